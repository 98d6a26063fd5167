import Button from '@cloudscape-design/components/button';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as api from '../api/operations';
import type { Change } from '../api/own';
import { useLive } from '../live';
import { ChangeTable } from '../parts/ChangeTable';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';
import { useAction } from '../parts/useAction';
import { go, link, useRoute } from '../route';
import { useServer } from '../server';
import { DAY } from '../time';

const DAYS = [{ value: '1', label: 'Last day' }, { value: '7', label: 'Last 7 days' }, { value: '30', label: 'Last 30 days' }];

/** What was done to the applications, whether or not something broke. */
export function Changes() {
  const { query } = useRoute();
  const { now, isReached } = useServer();
  const days = DAYS.find(({ value }) => value === query.get('days')) ?? DAYS[0]!;
  const application = query.get('application') ?? '';
  const applications = useLive('applications', api.applications);
  const ask = (NextToken?: string) => {
    const to = Math.ceil(now());
    return api.changes({ Application: application || undefined, From: to - Number(days.value) * DAY, To: to, NextToken });
  };
  const key = `changes ${application} ${days.value}`;
  const live = useLive(isReached ? key : undefined, () => ask());
  const options = [{ value: '', label: 'All' }, ...(applications.data ?? []).map(({ Id, Name }) => ({ value: Id, label: Name }))];
  const show = (change: Record<string, string>) => go(link(['changes'], Object.fromEntries(
    Object.entries({ days: days.value, application, ...change }).filter(([, value]) => value))));
  return (
    <SpaceBetween size="l">
      <PageHeader title="Changes" description="Deployments, configuration and infrastructure changes, the newest first." />
      <SpaceBetween direction="horizontal" size="s">
        <div className="picker">
          <Select inlineLabelText="When" options={DAYS} selectedOption={days} onChange={({ detail }) => show({ days: detail.selectedOption.value ?? '1' })} />
        </div>
        <div className="picker">
          <Select
            inlineLabelText="Application" options={options} selectedOption={options.find(({ value }) => value === application) ?? null}
            onChange={({ detail }) => show({ application: detail.selectedOption.value ?? '' })}
          />
        </div>
      </SpaceBetween>
      <Loaded live={live} what="changes">
        {(first) => <Pages key={`${key} ${live.at}`} first={first} ask={ask} />}
      </Loaded>
    </SpaceBetween>
  );
}

function Pages({ first, ask }: { first: { Events?: Change[]; NextToken?: string }; ask: (token?: string) => Promise<{ Events?: Change[]; NextToken?: string }> }) {
  const [changes, setChanges] = useState(first.Events ?? []);
  const [next, setNext] = useState(first.NextToken);
  const { run, error, isBusy } = useAction(() => undefined);
  const more = () => run(async () => {
    const page = await ask(next);
    setChanges([...changes, ...(page.Events ?? [])]);
    setNext(page.NextToken);
  });
  return (
    <Section title="Changes" count={changes.length}>
      <ChangeTable changes={changes} showApplication empty={<Nothing title="Nothing was changed">At least nothing that CloudTrail told.</Nothing>} />
      {next && <div className="tools"><Button loading={isBusy} onClick={more}>Older changes</Button>{error && <span role="alert">{error}</span>}</div>}
    </Section>
  );
}
