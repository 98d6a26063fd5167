import { useMemo } from 'react';
import type { TopologyEdge, TopologyNode } from '../api/types';
import { layers } from './layers';

const WIDTH = 190, HEIGHT = 52, GAP_X = 64, GAP_Y = 22, MARGIN = 20;

/** Who calls, feeds or writes to whom; what is wrong has a red frame and a number. */
export function TopologyMap({ nodes, edges, chosen, onChoose }: {
  nodes: TopologyNode[]; edges: TopologyEdge[]; chosen?: string; onChoose: (id: string) => void;
}) {
  const { place, width, height } = useMemo(() => placed(nodes, edges), [nodes, edges]);
  return (
    <div className="topology" tabIndex={0} role="region" aria-label="Topology, scrolls in both directions">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {edges.map(({ From, To, Kind }) => {
          const from = place.get(From), to = place.get(To);
          return from && to && <Arrow key={`${From} ${To}`} from={from} to={to} isAsync={Kind === 'ASYNC'} />;
        })}
        {nodes.map((node) => {
          const at = place.get(node.Id);
          return at && <Node key={node.Id} node={node} at={at} isChosen={node.Id === chosen} onChoose={() => onChoose(node.Id)} />;
        })}
      </svg>
    </div>
  );
}

interface At { x: number; y: number }

function placed(nodes: TopologyNode[], edges: TopologyEdge[]) {
  const cells = layers(nodes.map(({ Id }) => Id), edges);
  const rows = Math.max(1, ...cells.map(({ row }) => row + 1)), columns = Math.max(1, ...cells.map(({ column }) => column + 1));
  const height = 2 * MARGIN + rows * (HEIGHT + GAP_Y) - GAP_Y;
  const inColumn = new Map<number, number>();
  for (const { column } of cells) inColumn.set(column, (inColumn.get(column) ?? 0) + 1);
  const place = new Map(cells.map(({ id, column, row }): [string, At] => {
    const used = (inColumn.get(column) ?? 1) * (HEIGHT + GAP_Y) - GAP_Y;
    return [id, { x: MARGIN + column * (WIDTH + GAP_X), y: (height - used) / 2 + row * (HEIGHT + GAP_Y) }];
  }));
  return { place, width: 2 * MARGIN + columns * (WIDTH + GAP_X) - GAP_X, height };
}

function Arrow({ from, to, isAsync }: { from: At; to: At; isAsync: boolean }) {
  const isBack = to.x <= from.x;
  const x1 = from.x + WIDTH, y1 = from.y + HEIGHT / 2, x2 = to.x - 6, y2 = to.y + HEIGHT / 2;
  const bend = isBack ? 60 : Math.max(24, (x2 - x1) / 2);
  return (
    <g>
      <path className={isAsync ? 'edge async' : 'edge'} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />
      <path className="head" d={`M${x2 + 6} ${y2}l-9 -4.5v9z`} />
    </g>
  );
}

function Node({ node, at, isChosen, onChoose }: { node: TopologyNode; at: At; isChosen: boolean; onChoose: () => void }) {
  const many = node.InsightIds.length;
  const unwatched = node.State === 'WATCHED' ? '' : ', not watched';
  const frame = ['box', many > 0 && 'ill', node.State !== 'WATCHED' && 'unwatched'].filter(Boolean).join(' ');
  return (
    <g
      role="button" tabIndex={0} className={isChosen ? 'chosen' : undefined} transform={`translate(${at.x} ${at.y})`}
      aria-label={`${node.Label} ${node.Name}${unwatched}${many ? `, ${many} open` : ''}`} aria-pressed={isChosen} onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <title>{`${node.Label} ${node.Name}`}</title>
      <rect className={frame} width={WIDTH} height={HEIGHT} rx={8} />
      <text x={12} y={21} className="faint">{short(node.Label || node.Type, 24)}</text>
      <text x={12} y={40} fontWeight={700}>{short(node.Name, 24)}</text>
      {many > 0 && <><circle className="badge" cx={WIDTH} cy={0} r={10} /><text className="badge-text" x={WIDTH} y={4} textAnchor="middle">{many}</text></>}
    </g>
  );
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 9)}…${text.slice(-8)}`;
}
