import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as api from '../api/operations';
import type { InsightSummary } from '../api/own';
import type { GetTopologyResponse, InsightType, TopologyNode } from '../api/types';
import { TopologyMap } from '../charts/TopologyMap';
import { useLive } from '../live';
import { Coverage, Severity } from '../parts/labels';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';
import { follow, go, link } from '../route';
import { useServer } from '../server';

export function TopologyPage({ id }: { id?: string }) {
  const { every } = useServer();
  const applications = useLive('applications', api.applications);
  const chosen = id ?? applications.data?.[0]?.Id;
  const options = (applications.data ?? []).map(({ Id, Name }) => ({ value: Id, label: Name }));
  return (
    <SpaceBetween size="l">
      <PageHeader
        title="Topology" description="Who calls, feeds or writes to whom, with what is wrong on it."
      />
      <div className="picker">
        <Select
          inlineLabelText="Application" options={options} selectedOption={options.find(({ value }) => value === chosen) ?? null}
          onChange={({ detail }) => go(link(['topology', detail.selectedOption.value ?? '']))}
        />
      </div>
      <Loaded live={applications} what="applications">
        {() => (chosen ? <Map key={chosen} application={chosen} every={every} /> : <Nothing title="No application is covered" />)}
      </Loaded>
    </SpaceBetween>
  );
}

function Map({ application, every }: { application: string; every: number }) {
  const live = useLive(`topology ${application}`, () => api.topology(application), every);
  const open = useLive('open insights', openInsights, every);
  const [clicked, setClicked] = useState<string>();
  return (
    <Loaded live={live} what="topology">
      {(topology) => {
        if (topology.Nodes.length === 0) return <Nothing title="Nothing was found in it yet" />;
        const node = topology.Nodes.find(({ Id }) => Id === clicked) ?? worst(topology.Nodes);
        return (
          <SpaceBetween size="l">
            <TopologyMap nodes={topology.Nodes} edges={topology.Edges} chosen={node?.Id} onChoose={setClicked} />
            <p className="legend"><span>Line: the caller waits.</span><span>Dashed line: a queue, stream, topic or rule between.</span><span>Red frame: something is open.</span><span>Dashed frame: not watched.</span></p>
            {node ? <About node={node} topology={topology} open={open.data ?? []} /> : <Box color="text-body-secondary">Choose a resource to read about it.</Box>}
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}

async function openInsights(): Promise<InsightSummary[]> {
  const search = (type: InsightType) => api.searchInsights({ type, from: 0, filters: { Statuses: ['ONGOING'] }, size: 100 });
  return (await Promise.all([search('REACTIVE'), search('PROACTIVE')])).flatMap(({ insights }) => insights);
}

const RANK = { HIGH: 3, MEDIUM: 2, LOW: 1 };

/** What somebody opens the page for. */
function worst(nodes: TopologyNode[]): TopologyNode | undefined {
  const rank = ({ Severity: value }: TopologyNode) => (value ? RANK[value] : 0);
  return nodes.filter(({ InsightIds }) => InsightIds.length > 0).sort((a, b) => rank(b) - rank(a))[0];
}

function About({ node, topology: { Nodes, Edges }, open }: { node: TopologyNode; topology: GetTopologyResponse; open: InsightSummary[] }) {
  const nameOf = (id: string) => open.find(({ Id }) => Id === id);
  const names = (ids: string[]) => ids.map((id) => Nodes.find(({ Id }) => Id === id)?.Name ?? id).join(', ') || 'nothing known';
  return (
    <Section title={`${node.Label} ${node.Name}`}>
      <ColumnLayout columns={3}>
        <div><Box variant="awsui-key-label">State</Box><Coverage value={node.State} />{node.State === 'WATCHED' && <div><Severity value={node.Severity} /></div>}</div>
        <div><Box variant="awsui-key-label">Called or fed by</Box>{names(Edges.filter(({ To }) => To === node.Id).map(({ From }) => From))}</div>
        <div><Box variant="awsui-key-label">Calls or feeds</Box>{names(Edges.filter(({ From }) => From === node.Id).map(({ To }) => To))}</div>
      </ColumnLayout>
      {node.InsightIds.length > 0 && (
        <Box margin={{ top: 'm' }}>
          {node.InsightIds.map((id) => <div key={id}><Link href={link(['insights', id])} onFollow={follow}>{nameOf(id)?.Headline ?? nameOf(id)?.Name ?? 'An insight'}</Link></div>)}
        </Box>
      )}
    </Section>
  );
}
