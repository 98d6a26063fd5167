import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useCollection } from '@cloudscape-design/collection-hooks';
import * as api from '../api/operations';
import type { Found } from '../api/own';
import type { CoverageState } from '../api/types';
import { useLive } from '../live';
import { count } from '../number';
import { Coverage, When } from '../parts/labels';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { useNarrow } from '../parts/useNarrow';
import { go, link, useRoute } from '../route';

const STATES: { id: CoverageState | 'ALL'; text: string }[] = [
  { id: 'ALL', text: 'All' }, { id: 'WATCHED', text: 'Watched' }, { id: 'WITHOUT_METRICS', text: 'No metrics' }, { id: 'NOT_SUPPORTED', text: 'Not supported yet' },
];

export function Resources() {
  const { query } = useRoute();
  const state = STATES.some(({ id }) => id === query.get('state')) ? query.get('state')! : 'ALL';
  const live = useLive('resources', () => api.resources({}));
  return (
    <SpaceBetween size="l">
      <PageHeader title="Analysed resources" description="All that was found. What isn’t watched may be ill without anybody being told." />
      <SegmentedControl
        label="State" selectedId={state} options={STATES}
        onChange={({ detail }) => go(link(['resources'], detail.selectedId === 'ALL' ? {} : { state: detail.selectedId }))}
      />
      <Loaded live={live} what="resources">
        {(resources) => <ResourceTable resources={state === 'ALL' ? resources : resources.filter(({ State }) => State === state)} />}
      </Loaded>
    </SpaceBetween>
  );
}

const why = ({ Because, TurnOn }: Found) => [Because, TurnOn].filter(Boolean).join('. ');

function ResourceTable({ resources }: { resources: Found[] }) {
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(resources, {
    filtering: { empty: <Nothing title="No such resource" />, noMatch: <Nothing title="No such resource" /> },
    pagination: { pageSize: 50 },
    sorting: { defaultState: { sortingColumn: { sortingField: 'MonitoredResourceName' } } },
  });
  const isNarrow = useNarrow();
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy={(item) => `${item.Application?.Id} ${item.Type} ${item.MonitoredResourceName}`}
      wrapLines
      header={<Header counter={`(${resources.length})`}>Resources</Header>}
      filter={<TextFilter {...filterProps} filteringPlaceholder="Find a resource" filteringAriaLabel="Find a resource" countText={count(filteredItemsCount ?? 0, 'resource')} />}
      pagination={<Pagination {...paginationProps} ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (page) => `Page ${page}` }} />}
      ariaLabels={{ tableLabel: 'Resources' }}
      columnDefinitions={[
        { id: 'name', header: 'Resource', sortingField: 'MonitoredResourceName', isRowHeader: true, minWidth: 160, cell: (item) => <>{item.MonitoredResourceName}{isNarrow && <Box color="text-body-secondary" fontSize="body-s">{[item.Label ?? item.Type, why(item)].filter(Boolean).join(': ')}</Box>}</> },
        ...(isNarrow ? [] : [
          { id: 'type', header: 'Type', sortingField: 'Type', cell: (item: Found) => item.Label ?? item.Type },
          { id: 'application', header: 'Application', cell: (item: Found) => item.Application?.Name ?? item.ResourceCollection?.CloudFormation?.StackNames?.join(', ') ?? '–' },
        ]),
        { id: 'state', header: 'State', sortingField: 'State', cell: (item) => <Coverage value={item.State} /> },
        ...(isNarrow ? [] : [
          { id: 'why', header: 'Why, and what to turn on', minWidth: 220, cell: (item: Found) => why(item) || '–' },
          { id: 'updated', header: 'Last read', cell: (item: Found) => <When at={item.LastUpdated} /> },
        ]),
      ]}
    />
  );
}
