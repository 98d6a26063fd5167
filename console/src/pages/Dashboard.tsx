import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import * as api from '../api/operations';
import type { InsightSummary } from '../api/own';
import type { WatchedApplication } from '../api/types';
import { DayStrip } from '../charts/DayStrip';
import { useLive } from '../live';
import { count, number } from '../number';
import { changeSentence } from '../parts/ChangeTable';
import { PeopleLabels, Severity, When } from '../parts/labels';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';
import { useNarrow } from '../parts/useNarrow';
import { follow, link } from '../route';
import { useServer } from '../server';
import { DAY, duration } from '../time';

async function load(now: number) {
  const [applications, overview, recent, changes] = await Promise.all([
    api.applications(),
    api.overview(now - 30 * DAY, now),
    lastDay(now),
    api.changes({ From: now - DAY, To: now }),
  ]);
  return { now, applications, overview, recent, changes: changes.Events ?? [] };
}

/** What began within the day, and what goes on since before. */
async function lastDay(now: number) {
  const [began, older] = await Promise.all([
    api.searchInsights({ type: 'REACTIVE', from: now - DAY, to: now, filters: {}, size: 100 }),
    api.searchInsights({ type: 'REACTIVE', from: 0, to: now - DAY, filters: { Statuses: ['ONGOING'] }, size: 100 }),
  ]);
  return [...began.insights, ...older.insights];
}

export function Dashboard() {
  const { now, every, isReached } = useServer();
  const live = useLive(isReached ? 'dashboard' : undefined, () => load(Math.floor(now())), every);
  return (
    <SpaceBetween size="l">
      <PageHeader title="Dashboard" />
      <Loaded live={live} what="the dashboard">
        {({ now: at, applications, overview, recent, changes }) => (
          <SpaceBetween size="l">
            <Numbers applications={applications} recovery={overview.MeanTimeToRecoverInMilliseconds} />
            <WrongNow recent={recent} />
            <Applications applications={applications} />
            <Section title="Last 24 hours" description="A bar for each reactive insight, a diamond for each change.">
              <DayStrip
                range={{ from: at - DAY, to: at }} reactive={recent}
                changes={changes.map((change) => ({ time: change.Time ?? 0, label: changeSentence(change) }))}
              />
            </Section>
          </SpaceBetween>
        )}
      </Loaded>
    </SpaceBetween>
  );
}

function Numbers({ applications, recovery }: { applications: WatchedApplication[]; recovery: number }) {
  const sum = (of: (application: WatchedApplication) => number) => applications.reduce((total, application) => total + of(application), 0);
  const reactive = sum(({ Health }) => Health.OpenReactive), proactive = sum(({ Health }) => Health.OpenProactive);
  const watched = sum(({ Watching }) => Watching.Watched);
  const found = watched + sum(({ Watching }) => Watching.WithoutMetrics + Watching.NotSupported);
  const items = [
    { name: 'Ongoing reactive insights', value: number(reactive), href: '#/insights', isBad: reactive > 0 },
    { name: 'Ongoing proactive insights', value: number(proactive), href: '#/insights?type=PROACTIVE' },
    { name: 'Mean time to recover, 30 days', value: recovery > 0 ? duration(recovery / 1000) : '–', href: '#/insights?status=CLOSED' },
    { name: 'Resources watched, of those found', value: `${number(watched)} of ${number(found)}`, href: '#/resources' },
  ];
  return (
    <Container>
      <div className="numbers">
        {items.map(({ name, value, href, isBad }) => (
          <a key={name} href={href}><span className={isBad ? 'value bad' : 'value'}>{value}</span><span className="name">{name}</span></a>
        ))}
      </div>
    </Container>
  );
}

const MOST = 5;

/** From here it is one click to what to do. */
function WrongNow({ recent }: { recent: InsightSummary[] }) {
  const ongoing = recent.filter(({ Status }) => Status === 'ONGOING').sort((a, b) => severity(b) - severity(a) || start(b) - start(a));
  const [last] = recent.filter(({ Status }) => Status === 'CLOSED').sort((a, b) => start(b) - start(a));
  if (ongoing.length === 0) {
    return (
      <Section title="Wrong now">
        Nothing that is watched.{last && <> The last: <Link href={link(['insights', last.Id ?? ''])} onFollow={follow}>{last.Headline ?? last.Name}</Link>, ended <When at={last.InsightTimeRange?.EndTime} />.</>}
      </Section>
    );
  }
  return (
    <Section title="Wrong now" count={ongoing.length}>
      <ul className="wrong">
        {ongoing.slice(0, MOST).map((insight) => (
          <li key={insight.Id}>
            <Severity value={insight.Severity} />
            <span><Link href={link(['insights', insight.Id ?? ''])} onFollow={follow}>{insight.Headline ?? insight.Name}</Link> <PeopleLabels insight={insight} /></span>
            <small>{insight.Application?.Name}, since <When at={start(insight)} relative /></small>
          </li>
        ))}
      </ul>
      {ongoing.length > MOST && <Link href="#/insights" onFollow={follow}>All {ongoing.length}</Link>}
    </Section>
  );
}

const RANK = { HIGH: 3, MEDIUM: 2, LOW: 1 };

const severity = ({ Severity: value }: InsightSummary) => (value ? RANK[value] : 0);
const start = ({ InsightTimeRange }: InsightSummary) => InsightTimeRange?.StartTime ?? 0;

function worstFirst(a: WatchedApplication, b: WatchedApplication): number {
  const rank = ({ Health }: WatchedApplication) => (Health.OpenReactive > 0 ? 10 : 0) + (Health.Severity ? RANK[Health.Severity] : 0);
  return rank(b) - rank(a) || b.Health.OpenReactive - a.Health.OpenReactive || a.Name.localeCompare(b.Name);
}

function Applications({ applications }: { applications: WatchedApplication[] }) {
  const isNarrow = useNarrow();
  const filtered = (application: WatchedApplication, type: string) => link(['insights'], { type, application: application.Name });
  return (
    <Section title="Health by application" count={applications.length}>
      <Table
        variant="embedded"
        items={[...applications].sort(worstFirst)}
        trackBy="Id"
        ariaLabels={{ tableLabel: 'Applications, the worst first' }}
        empty={<Nothing title="No application is covered">Say what to watch in <Link href="#/settings/coverage" onFollow={follow}>the settings</Link>, or scan a stack.</Nothing>}
        columnDefinitions={[
          { id: 'name', header: 'Application', isRowHeader: true, cell: (item) => <Link href={link(['topology', item.Id])} onFollow={follow}>{item.Name}</Link> },
          { id: 'severity', header: 'Worst', cell: (item) => <Severity value={item.Health.Severity} /> },
          { id: 'reactive', header: 'Reactive', cell: (item) => <Link href={filtered(item, 'REACTIVE')} onFollow={follow} ariaLabel={`${count(item.Health.OpenReactive, 'reactive insight')} of ${item.Name}`}>{item.Health.OpenReactive}</Link> },
          ...(isNarrow ? [] : [{ id: 'proactive', header: 'Proactive', cell: (item: WatchedApplication) => <Link href={filtered(item, 'PROACTIVE')} onFollow={follow} ariaLabel={`${count(item.Health.OpenProactive, 'proactive insight')} of ${item.Name}`}>{item.Health.OpenProactive}</Link> },
          { id: 'watched', header: 'Watched', cell: ({ Watching }: WatchedApplication) => `${Watching.Watched} of ${Watching.Watched + Watching.WithoutMetrics + Watching.NotSupported}` },
          { id: 'looked', header: 'Last looked at', cell: (item: WatchedApplication) => (item.LastWatch === undefined ? 'Not yet' : <When at={item.LastWatch} />) }]),
        ]}
      />
    </Section>
  );
}
