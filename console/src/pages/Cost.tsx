import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import * as api from '../api/operations';
import type { ListCostsResponse, ServiceResourceCost } from '../api/types';
import { useLive } from '../live';
import { count, dollars, number } from '../number';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';
import { go, link, useRoute } from '../route';

/** Of all that is watched, or of one application; counted whenever it is opened. */
export function Cost() {
  const { query } = useRoute();
  const application = query.get('application') ?? '';
  const applications = useLive('applications', api.applications);
  const live = useLive(`costs ${application}`, () => api.costs(application || undefined));
  const options = [{ value: '', label: 'All that are watched' }, ...(applications.data ?? []).map(({ Id, Name }) => ({ value: Id, label: Name }))];
  return (
    <SpaceBetween size="l">
      <PageHeader title="Cost" description="What a month of watching costs with Stackseer, beside what Amazon DevOps Guru charged for the same resources." />
      <div className="picker">
        <Select
          inlineLabelText="Application" options={options} selectedOption={options.find(({ value }) => value === application) ?? null}
          onChange={({ detail }) => go(link(['cost'], detail.selectedOption.value ? { application: detail.selectedOption.value } : {}))}
        />
      </div>
      <Loaded live={live} what="costs">{(costs) => <Costs costs={costs} />}</Loaded>
    </SpaceBetween>
  );
}

function Costs({ costs: { Applications, Costs: items, TotalCost, StackseerTotalCost } }: { costs: ListCostsResponse }) {
  return (
    <Section title="By type of resource" description={counted(Applications.map(({ Name }) => Name), items)}>
      <dl className="facts">
        <div><dt>Stackseer, a month</dt><dd>{dollars(StackseerTotalCost)}</dd></div>
        <div><dt>Amazon DevOps Guru, a month</dt><dd>{dollars(TotalCost)}</dd></div>
      </dl>
      <Table<ServiceResourceCost>
        variant="embedded" wrapLines items={items} ariaLabels={{ tableLabel: 'Costs by type of resource' }} empty={<Nothing title="No resources were counted" />}
        columnDefinitions={[
          { id: 'type', header: 'Type', isRowHeader: true, cell: (item) => item.Label ?? item.Type },
          { id: 'state', header: 'State', cell: (item) => (item.State === 'ACTIVE' ? 'Active' : 'Idle') },
          { id: 'count', header: 'Resources', cell: (item) => number(item.Count ?? 0) },
          { id: 'own', header: 'Stackseer', cell: (item) => dollars(item.StackseerCost ?? 0) },
          { id: 'guru', header: 'DevOps Guru', cell: (item) => dollars(item.Cost ?? 0) },
        ]}
      />
    </Section>
  );
}

const FEW = 5;

/** What the sums are of. */
function counted(names: string[], items: ServiceResourceCost[]): string {
  const of = (state?: string) => items.filter(({ State }) => !state || State === state).reduce((sum, { Count = 0 }) => sum + Count, 0);
  const named = names.length > FEW ? `${names.slice(0, FEW).join(', ')} and ${names.length - FEW} more` : names.join(', ');
  return `Counted now: ${count(of(), 'resource')} of ${named || 'nothing'}, ${number(of('ACTIVE'))} of them active. DevOps Guru charges for those; Stackseer pays for the metrics that it reads of them.`;
}
