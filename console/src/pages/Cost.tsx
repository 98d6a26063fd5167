import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../api/operations';
import type { GetCostEstimationResponse, ServiceResourceCost } from '../api/types';
import { costCommand } from '../commands';
import { useLive } from '../live';
import { dollars, number } from '../number';
import { When } from '../parts/labels';
import { Dialog } from '../parts/Dialog';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';
import { useAction } from '../parts/useAction';

async function load(): Promise<GetCostEstimationResponse> {
  const first = await api.cost();
  const costs = [...(first.Costs ?? [])];
  for (let token = first.NextToken; token;) {
    const page = await api.cost(token);
    costs.push(...(page.Costs ?? []));
    token = page.NextToken;
  }
  return { ...first, Costs: costs };
}

export function Cost() {
  const live = useLive('cost', load, 15_000);
  const [isAsking, setAsking] = useState(false);
  const stacks = useLive('stacks', () => api.settings().then(({ Coverage }) => Coverage.ResourceCollection.CloudFormation?.StackNames ?? []));
  return (
    <SpaceBetween size="l">
      <PageHeader
        title="Cost" description="What a month of watching costs with Stackseer, beside what Amazon DevOps Guru charged for the same resources."
        actions={<Button onClick={() => setAsking(true)}>Estimate anew</Button>}
      />
      <Loaded live={live} what="costs">{(estimation) => <Estimation estimation={estimation} />}</Loaded>
      {isAsking && <Ask stacks={stacks.data ?? []} onClose={() => setAsking(false)} onDone={live.reload} />}
    </SpaceBetween>
  );
}

function Ask({ stacks, onClose, onDone }: { stacks: string[]; onClose: () => void; onDone: () => void }) {
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const collection = { CloudFormation: { StackNames: stacks.slice(0, 1) } };
  return (
    <Dialog
      title="Estimate the cost anew" confirm="Estimate" command={costCommand(collection)} error={error} isBusy={isBusy} isReady={stacks.length > 0}
      onClose={onClose} onConfirm={() => run(() => api.startCost(collection))}
    >
      <Box>{stacks.length ? `Counts the resources of ${stacks[0]} and prices them.` : 'There is no covered stack to count.'}</Box>
    </Dialog>
  );
}

function Estimation({ estimation: { Costs = [], Status, TimeRange, TotalCost, StackseerTotalCost } }: { estimation: GetCostEstimationResponse }) {
  if (!Status) return <Section title="By service"><Nothing title="Nothing was estimated yet" /></Section>;
  return (
    <Section
      title="By service"
      description={Status === 'ONGOING' ? <StatusIndicator type="in-progress">Counting</StatusIndicator> : <>Counted over <When at={TimeRange?.StartTime} /> to <When at={TimeRange?.EndTime} /></>}
    >
      <dl className="facts">
        <div><dt>Stackseer, a month</dt><dd>{StackseerTotalCost === undefined ? '–' : dollars(StackseerTotalCost)}</dd></div>
        <div><dt>Amazon DevOps Guru, a month</dt><dd>{TotalCost === undefined ? '–' : dollars(TotalCost)}</dd></div>
      </dl>
      <Table<ServiceResourceCost>
        variant="embedded" wrapLines items={Costs} ariaLabels={{ tableLabel: 'Costs by service' }} empty={<Nothing title="No resources were counted" />}
        columnDefinitions={[
          { id: 'type', header: 'Type', isRowHeader: true, cell: (item) => item.Type },
          { id: 'state', header: 'State', cell: (item) => (item.State === 'ACTIVE' ? 'Active' : 'Idle') },
          { id: 'count', header: 'Resources', cell: (item) => (item.Count === undefined ? '–' : number(item.Count)) },
          { id: 'own', header: 'Stackseer', cell: (item) => (item.StackseerCost === undefined ? '–' : dollars(item.StackseerCost)) },
          { id: 'guru', header: 'DevOps Guru', cell: (item) => (item.Cost === undefined ? '–' : dollars(item.Cost)) },
        ]}
      />
    </Section>
  );
}
