import { useMemo } from 'react';
import type { TopologyEdge, TopologyNode } from '../api/types';
import { layers, wayKey, type Cell } from './layers';

const WIDTH = 164, HEIGHT = 52, GAP_X = 34, GAP_Y = 22, MARGIN = 16;

/** Who calls, feeds or writes to whom; what is wrong has a red frame and a number. */
export function TopologyMap({ nodes, edges, chosen, onChoose }: {
  nodes: TopologyNode[]; edges: TopologyEdge[]; chosen?: string; onChoose: (id: string) => void;
}) {
  const { place, ways, width, height } = useMemo(() => placed(nodes, edges), [nodes, edges]);
  return (
    <div className="topology" tabIndex={0} role="region" aria-label="Topology, scrolls in both directions">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {edges.map((edge) => {
          const from = place.get(edge.From), to = place.get(edge.To);
          return from && to && <Arrow key={wayKey(edge)} from={from} to={to} by={ways.get(wayKey(edge)) ?? []} isAsync={edge.Kind === 'ASYNC'} />;
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
  const { cells, ways } = layers(nodes.map(({ Id }) => Id), edges);
  const all = [...cells.values()];
  const rows = Math.max(1, ...all.map(({ row }) => row + 1)), columns = Math.max(1, ...all.map(({ column }) => column + 1));
  const height = 2 * MARGIN + rows * (HEIGHT + GAP_Y) - GAP_Y;
  const inColumn = new Map<number, number>();
  for (const { column } of all) inColumn.set(column, (inColumn.get(column) ?? 0) + 1);
  const at = ({ column, row }: Cell): At => {
    const used = (inColumn.get(column) ?? 1) * (HEIGHT + GAP_Y) - GAP_Y;
    return { x: MARGIN + column * (WIDTH + GAP_X), y: (height - used) / 2 + row * (HEIGHT + GAP_Y) };
  };
  return {
    place: new Map([...cells].map(([id, cell]): [string, At] => [id, at(cell)])),
    ways: new Map([...ways].map(([key, bends]): [string, At[]] => [key, bends.map(at)])),
    width: 2 * MARGIN + columns * (WIDTH + GAP_X) - GAP_X, height,
  };
}

/** Straight across the cells it passes, curved between the columns. */
function Arrow({ from, to, by, isAsync }: { from: At; to: At; by: At[]; isAsync: boolean }) {
  const curve = (a: { x: number; y: number }, b: { x: number; y: number }) => {
    const bend = b.x > a.x ? (b.x - a.x) / 2 : 50;
    return `C${a.x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}`;
  };
  const left = ({ x, y }: At) => ({ x, y: y + HEIGHT / 2 }), right = ({ x, y }: At) => ({ x: x + WIDTH, y: y + HEIGHT / 2 });
  const begin = right(from), tip = left(to), end = { x: tip.x - 6, y: tip.y };
  const way = by.map((cell, index) => `${curve(right(by[index - 1] ?? from), left(cell))}L${right(cell).x} ${right(cell).y}`).join('');
  return (
    <g>
      <path className={isAsync ? 'edge async' : 'edge'} d={`M${begin.x} ${begin.y}${way}${curve(right(by.at(-1) ?? from), end)}`} />
      <path className="head" d={`M${tip.x} ${tip.y}l-9 -4.5v9z`} />
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
      aria-label={`${node.Label} ${node.Name}${many ? `, ${many} open` : ''}${unwatched}`} aria-pressed={isChosen} onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <rect className={frame} width={WIDTH} height={HEIGHT} rx={8} />
      <text x={10} y={21} className="faint">{`${short(node.Label || node.Type, 24)} `}</text>
      <text x={10} y={40} fontWeight={700}>{short(node.Name, 24)}</text>
      {many > 0 && <><circle className="badge" cx={WIDTH} cy={0} r={10} /><text className="badge-text" x={WIDTH} y={4} textAnchor="middle">{` ${many}`}</text></>}
    </g>
  );
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 9)}…${text.slice(-8)}`;
}
