import Alert from '@cloudscape-design/components/alert';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useLive } from '../../live';
import { ChangeTable } from '../../parts/ChangeTable';
import { Loaded, Nothing } from '../../parts/Loaded';
import { PageHeader } from '../../parts/PageHeader';
import { Section } from '../../parts/Section';
import { follow, link } from '../../route';
import { useServer } from '../../server';
import { Actions } from './Actions';
import { CauseMap } from './CauseMap';
import { EventsSection } from './EventsSection';
import { Facts } from './Facts';
import { Graphs } from './Graphs';
import { Considered, History } from './Lists';
import { Logs } from './Logs';
import { MetricsTimeline } from './MetricsTimeline';
import { Notes } from './Notes';
import { headline, loadReport, type Report } from './report';
import { WhatToDo } from './WhatToDo';

export function InsightPage({ id }: { id: string }) {
  const { every } = useServer();
  const live = useLive(`insight ${id}`, () => loadReport(id), every);
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup ariaLabel="Where you are" onFollow={follow} items={[{ text: 'Insights', href: '#/insights' }, { text: 'Insight', href: link(['insights', id]) }]} />
      <Loaded live={live} what="insight">
        {(report) => <Content report={report} reload={live.reload} />}
      </Loaded>
    </SpaceBetween>
  );
}

/** In the order in which somebody who was woken reads. */
function Content({ report, reload }: { report: Report; reload: () => void }) {
  const { insight, anomalies, events, advice, logs } = report;
  const around = aroundStart(report);
  return (
    <SpaceBetween size="l">
      <PageHeader title={headline(insight)} description={insight.Description} actions={<Actions report={report} reload={reload} />} />
      {insight.MutedBy && (
        <Alert type="info" header="Muted: nobody is told of it">
          {insight.MutedBy.Reason}, says {insight.MutedBy.By}. <Link href="#/settings/mutes" onFollow={follow}>All mutes</Link>
        </Alert>
      )}
      {insight.RepeatOf && (
        <Alert type="info">
          It was there before: {insight.RepeatOf.Times} times in seven days. <Link href={link(['insights', insight.RepeatOf.InsightId])} onFollow={follow}>The last one before</Link>
        </Alert>
      )}
      <Facts report={report} />
      <CauseMap insight={insight} />
      <WhatToDo advice={advice} />
      <Section title="Changed around the start" count={around.length} description="In the hour before it began, and while it began.">
        <ChangeTable changes={around} label="Changed around the start" empty={<Nothing title="Nothing was changed" />} />
      </Section>
      <MetricsTimeline anomalies={anomalies} events={events} insight={insight} />
      <Graphs insightId={insight.Id ?? ''} anomalies={anomalies} events={events} />
      {logs.length > 0 && <Logs groups={logs} />}
      <EventsSection insight={insight} events={events} />
      <Considered items={insight.Considered ?? []} />
      <Notes insight={insight} reload={reload} />
      <History items={insight.History ?? []} />
    </SpaceBetween>
  );
}

const BEFORE = 3600, AFTER = 600;

function aroundStart({ insight, events }: Report) {
  const begin = insight.InsightTimeRange?.StartTime;
  if (begin === undefined) return events;
  const causal = new Set((insight.Causes ?? []).flatMap(({ ChangeIds }) => ChangeIds));
  return events.filter(({ Id, Time = 0 }) => (Id && causal.has(Id)) || (Time >= begin - BEFORE && Time <= begin + AFTER));
}
