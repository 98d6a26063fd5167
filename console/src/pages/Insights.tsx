import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useRef } from 'react';
import * as api from '../api/operations';
import type { InsightSummary } from '../api/own';
import type { InsightType } from '../api/types';
import { useLive } from '../live';
import { InsightStatusLabel, PeopleLabels, Severity, When } from '../parts/labels';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { useNarrow } from '../parts/useNarrow';
import { follow, go, link, useRoute } from '../route';
import { useNow, useServer } from '../server';
import { duration } from '../time';
import { SavedViews } from './SavedViews';
import { KEYS, PERIODS, read, request, write, type ListState } from './search';

const SIZE = 50;

const PROPERTIES = [
  { key: 'status', propertyLabel: 'Status', groupValuesLabel: 'Statuses', operators: ['='] },
  { key: 'severity', propertyLabel: 'Severity', groupValuesLabel: 'Severities', operators: ['='] },
  { key: 'application', propertyLabel: 'Application', groupValuesLabel: 'Applications', operators: ['='] },
  { key: 'service', propertyLabel: 'Service', groupValuesLabel: 'Services', operators: ['='] },
];
const SERVICES = [
  'API_GATEWAY', 'APPLICATION_ELB', 'AUTO_SCALING_GROUP', 'CLOUD_FRONT', 'DYNAMO_DB', 'EC2', 'ECS', 'EKS', 'ELASTI_CACHE', 'KINESIS', 'LAMBDA',
  'NAT_GATEWAY', 'NETWORK_ELB', 'RDS', 'REDSHIFT', 'ROUTE_53', 'S3', 'SNS', 'SQS', 'STEP_FUNCTIONS',
];

export function Insights() {
  const { query } = useRoute();
  const state = read(query);
  const { now, every, isReached } = useServer();
  const show = (change: Partial<ListState>) => go(link(['insights'], write({ ...state, page: 1, token: undefined, ...change })));
  const live = useLive(isReached ? `insights ${write(state)}` : undefined, () => api.searchInsights(request(state, now(), SIZE)), state.page === 1 ? every : undefined);
  const applications = useLive('applications', api.applications);
  const tokens = usePageTokens(state, live.data?.next);

  return (
    <SpaceBetween size="l">
      <PageHeader
        title="Insights"
        actions={<SavedViews query={write({ ...state, page: 1, token: undefined }).toString()} onChoose={(text) => go(`#/insights${text && `?${text}`}`)} />}
      />
      <SegmentedControl
        label="Type" selectedId={state.type}
        options={[{ id: 'REACTIVE', text: 'Reactive' }, { id: 'PROACTIVE', text: 'Proactive' }]}
        onChange={({ detail }) => show({ type: detail.selectedId as InsightType })}
      />
      <div className="filters">
        <Filter state={state} applications={(applications.data ?? []).map(({ Name }) => Name)} onChange={show} />
        <div className="picker">
          <Select
            inlineLabelText="Began" selectedOption={PERIODS.find(({ value }) => value === state.period) ?? null} options={PERIODS}
            onChange={({ detail }) => show({ period: detail.selectedOption.value ?? 'all' })}
          />
        </div>
      </div>
      <Loaded live={live} what="insights">
        {(page) => (
          <InsightTable
            insights={page.insights} type={state.type} isFiltered={KEYS.some((name) => state[name].length > 0) || state.period !== 'all'}
            onClear={() => show({ status: [], severity: [], application: [], service: [], period: 'all' })}
            pagination={
              <Pagination
                currentPageIndex={state.page} pagesCount={state.page + (page.next ? 1 : 0)} openEnd={Boolean(page.next)}
                ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (number) => `Page ${number}` }}
                onChange={({ detail }) => {
                  const token = tokens(detail.currentPageIndex);
                  show(token || detail.currentPageIndex === 1 ? { page: detail.currentPageIndex, token } : {});
                }}
              />
            }
          />
        )}
      </Loaded>
    </SpaceBetween>
  );
}

/** The token of a page that was seen, or of the next. A link into the middle knows its own and the next only. */
function usePageTokens(state: ListState, next?: string) {
  const known = useRef<{ filter: string; tokens: Map<number, string> }>({ filter: '', tokens: new Map() });
  const filter = write({ ...state, page: 1, token: undefined }).toString();
  if (known.current.filter !== filter) known.current = { filter, tokens: new Map() };
  if (state.token) known.current.tokens.set(state.page, state.token);
  if (next) known.current.tokens.set(state.page + 1, next);
  return (page: number) => known.current.tokens.get(page);
}

function Filter({ state, applications, onChange }: { state: ListState; applications: string[]; onChange: (change: Partial<ListState>) => void }) {
  const tokens = KEYS.flatMap((propertyKey) => state[propertyKey].map((value) => ({ propertyKey, operator: '=', value })));
  const option = (propertyKey: string) => (value: string) => ({ propertyKey, value });
  return (
    <PropertyFilter
      query={{ tokens, operation: 'and' }}
      hideOperations
      filteringProperties={PROPERTIES as PropertyFilterProps.FilteringProperty[]}
      filteringOptions={[
        ...['ONGOING', 'CLOSED'].map(option('status')), ...['HIGH', 'MEDIUM', 'LOW'].map(option('severity')),
        ...applications.map(option('application')), ...SERVICES.map(option('service')),
      ]}
      filteringPlaceholder="Filter by status, severity, application or service"
      filteringAriaLabel="Filter insights"
      i18nStrings={{
        enteredTextLabel: (text) => `Use: ${text}`, clearFiltersText: 'Clear filters', groupPropertiesText: 'Properties', groupValuesText: 'Values',
        operatorEqualsText: 'is', removeTokenButtonAriaLabel: (token) => `Remove ${token.propertyLabel ?? token.propertyKey} ${token.value}`,
        applyActionText: 'Apply', cancelActionText: 'Cancel', dismissAriaLabel: 'Close', editTokenHeader: 'Edit filter', propertyText: 'Property',
        operatorText: 'Operator', valueText: 'Value', operatorsText: 'Operators', filteringAriaLabel: 'Filter insights',
      }}
      onChange={({ detail }) => {
        const of = (key: string) => [...new Set(detail.tokens.flatMap((token) => (token.propertyKey === key && token.value ? [String(token.value)] : [])))];
        onChange({ status: of('status'), severity: of('severity'), application: of('application'), service: of('service') });
      }}
    />
  );
}

function Lasting({ insight }: { insight: InsightSummary }) {
  const now = useNow();
  const { StartTime, EndTime } = insight.InsightTimeRange ?? {};
  return <>{StartTime === undefined ? '–' : duration((EndTime ?? now) - StartTime)}</>;
}

function InsightTable({ insights, type, isFiltered, onClear, pagination }: {
  insights: InsightSummary[]; type: InsightType; isFiltered: boolean; onClear: () => void; pagination: React.ReactNode;
}) {
  const isNarrow = useNarrow();
  return (
    <Table
      items={insights}
      trackBy={(insight) => insight.Id ?? ''}
      wrapLines
      stickyHeader
      pagination={pagination}
      ariaLabels={{ tableLabel: 'Insights' }}
      empty={
        <Nothing title={isFiltered ? 'No such insight' : 'No insights'}>
          {isFiltered ? 'Nothing fits the filter. ' : `No ${type.toLowerCase()} insight was opened yet. `}
          {isFiltered && <Button variant="inline-link" onClick={onClear}>Show all</Button>}
        </Nothing>
      }
      columnDefinitions={[
        {
          id: 'name', header: 'What', isRowHeader: true, minWidth: isNarrow ? 180 : 280,
          cell: (insight) => <>
            <Link href={link(['insights', insight.Id ?? ''])} onFollow={follow}>{insight.Headline ?? insight.Name}</Link> <PeopleLabels insight={insight} />
            {isNarrow && <Box color="text-body-secondary" fontSize="body-s">{insight.Status === 'CLOSED' ? 'Closed' : 'Ongoing'}, since <When at={insight.InsightTimeRange?.StartTime} />, for <Lasting insight={insight} /></Box>}
          </>,
        },
        { id: 'severity', header: 'Severity', cell: (insight) => <Severity value={insight.Severity} /> },
        ...(isNarrow ? [] : [
          { id: 'status', header: 'Status', cell: (insight: InsightSummary) => <InsightStatusLabel value={insight.Status} /> },
          { id: 'application', header: 'Application', cell: (insight: InsightSummary) => insight.Application?.Name ?? insight.ResourceCollection?.CloudFormation?.StackNames?.join(', ') ?? '–' },
          { id: 'start', header: 'Since', cell: (insight: InsightSummary) => <When at={insight.InsightTimeRange?.StartTime} /> },
          { id: 'lasting', header: 'For', cell: (insight: InsightSummary) => <span className="whole"><Lasting insight={insight} /></span> },
        ]),
      ]}
    />
  );
}
