import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { InsightSeverity, NotificationChannel, NotificationMessageType } from '../../api/types';
import { channelCommand, removeChannelCommand } from '../../commands';
import { useLive } from '../../live';
import { Dialog } from '../../parts/Dialog';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

const SEVERITIES = ['HIGH', 'MEDIUM', 'LOW'].map((value) => ({ value, label: value[0] + value.slice(1).toLowerCase() }));
const MESSAGES = [
  { value: 'NEW_INSIGHT', label: 'An insight opens' }, { value: 'NEW_ASSOCIATION', label: 'More is affected' },
  { value: 'SEVERITY_UPGRADED', label: 'It became worse' }, { value: 'NEW_RECOMMENDATION', label: 'There is something to do' },
  { value: 'CLOSED_INSIGHT', label: 'It is over' },
];

export function Channels() {
  const live = useLive('channels', () => api.channels().then(({ Channels = [] }) => Channels));
  const [change, setChange] = useState<'ADD' | NotificationChannel>();
  const [told, setTold] = useState<string>();
  const { run, error, isBusy } = useAction(() => undefined);
  const close = () => setChange(undefined);
  const test = async ({ Id = '', Config }: NotificationChannel) => {
    setTold(undefined);
    if (await run(() => api.testChannel(Id))) setTold(`A test message went to ${Config?.Sns?.TopicArn}.`);
  };
  return (
    <Section title="Who is told" actions={<Button onClick={() => setChange('ADD')}>Add a channel</Button>}>
      <p role="status">{error ? `The test message could not be sent: ${error}` : told}</p>
      <Loaded live={live} what="channels">
        {(channels) => (
          <Table
            variant="embedded" wrapLines items={channels} trackBy={(item) => item.Id ?? ''} ariaLabels={{ tableLabel: 'Channels' }}
            empty={<Nothing title="Nobody is told">Add an SNS topic.</Nothing>}
            columnDefinitions={[
              { id: 'topic', header: 'SNS topic', isRowHeader: true, cell: (item) => <span className="mono">{item.Config?.Sns?.TopicArn}</span> },
              { id: 'severities', header: 'Severities', cell: (item) => labels(SEVERITIES, item.Config?.Filters?.Severities, 'High, Medium') },
              { id: 'messages', header: 'Messages', cell: (item) => labels(MESSAGES, item.Config?.Filters?.MessageTypes, 'All') },
              {
                id: 'change', header: 'Change',
                cell: (item) => (
                  <SpaceBetween direction="horizontal" size="m">
                    <Button variant="inline-link" disabled={isBusy} ariaLabel={`Send a test message to ${item.Config?.Sns?.TopicArn}`} onClick={() => void test(item)}>Test</Button>
                    <Button variant="inline-link" ariaLabel={`Remove ${item.Config?.Sns?.TopicArn}`} onClick={() => setChange(item)}>Remove</Button>
                  </SpaceBetween>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {change === 'ADD' && <Add onClose={close} onDone={live.reload} />}
      {change && change !== 'ADD' && <Remove channel={change} onClose={close} onDone={live.reload} />}
    </Section>
  );
}

function labels(options: { value: string; label: string }[], values: string[] | undefined, all: string): string {
  return values?.length ? values.map((value) => options.find((option) => option.value === value)?.label ?? value).join(', ') : all;
}

function Add({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [topic, setTopic] = useState('');
  const [severities, setSeverities] = useState<string[]>(['HIGH', 'MEDIUM']);
  const [messages, setMessages] = useState<string[]>([]);
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  const chosen = <T extends { value: string }>(options: T[], values: string[]) => options.filter(({ value }) => values.includes(value));
  const save = () => run(() => api.addChannel({
    Sns: { TopicArn: topic.trim() },
    Filters: {
      Severities: severities.length ? (severities as InsightSeverity[]) : undefined,
      MessageTypes: messages.length ? (messages as NotificationMessageType[]) : undefined,
    },
  }));
  return (
    <Dialog title="Add a channel" confirm="Add" command={channelCommand(topic.trim(), severities, messages)} error={error} isBusy={isBusy} isReady={Boolean(topic.trim())} onClose={onClose} onConfirm={save}>
      <FormField label="ARN of the SNS topic"><Input value={topic} onChange={({ detail }) => setTopic(detail.value)} placeholder="arn:aws:sns:eu-west-1:123456789012:on-call" /></FormField>
      <FormField label="Severities">
        <Multiselect options={SEVERITIES} selectedOptions={chosen(SEVERITIES, severities)} placeholder="All" onChange={({ detail }) => setSeverities(detail.selectedOptions.map(({ value = '' }) => value))} />
      </FormField>
      <FormField label="Messages">
        <Multiselect options={MESSAGES} selectedOptions={chosen(MESSAGES, messages)} placeholder="All" onChange={({ detail }) => setMessages(detail.selectedOptions.map(({ value = '' }) => value))} />
      </FormField>
    </Dialog>
  );
}

function Remove({ channel: { Id = '', Config }, onClose, onDone }: { channel: NotificationChannel; onClose: () => void; onDone: () => void }) {
  const { run, error, isBusy } = useAction(() => { onDone(); onClose(); });
  return (
    <Dialog title="Remove the channel" confirm="Remove" command={removeChannelCommand(Id)} error={error} isBusy={isBusy} onClose={onClose} onConfirm={() => run(() => api.removeChannel(Id))}>
      Nobody is told through <span className="mono">{Config?.Sns?.TopicArn}</span> any more.
    </Dialog>
  );
}
