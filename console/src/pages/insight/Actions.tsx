import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as api from '../../api/operations';
import type { InsightFeedbackOption } from '../../api/types';
import { download } from '../../export/download';
import { markdown } from '../../export/markdown';
import { useAction } from '../../parts/useAction';
import { usePreferences } from '../../preferences';
import { useServer } from '../../server';
import { AssignDialog } from './AssignDialog';
import { MuteDialog } from './MuteDialog';
import type { Report } from './report';

const FEEDBACK: Record<InsightFeedbackOption, string> = {
  VALID_COLLECTION: 'The insight is right', RECOMMENDATION_USEFUL: 'The recommendation helped', ALERT_TOO_SENSITIVE: 'Too sensitive: lower it',
  DATA_NOISY_ANOMALY: 'The metric is only noisy: lower it', DATA_INCORRECT: 'The data is wrong',
};

/** What people do with an insight. */
export function Actions({ report, reload }: { report: Report; reload: () => void }) {
  const { insight } = report;
  const { zone } = usePreferences();
  const { now } = useServer();
  const [dialog, setDialog] = useState<'assign' | 'mute'>();
  const { run, error, isBusy } = useAction(reload);
  const id = insight.Id ?? '';
  const acknowledged = insight.Acknowledgement;
  const choose = (choice: string) => {
    if (choice === 'assign' || choice === 'mute') setDialog(choice);
    else if (choice === 'markdown') download(`insight-${id}.md`, 'text/markdown', markdown(report, now(), zone));
    else if (choice === 'json') download(`insight-${id}.json`, 'application/json', JSON.stringify(report, null, 2));
    else void run(() => api.feedback(id, choice as InsightFeedbackOption));
  };
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button loading={isBusy} iconName={acknowledged ? 'check' : undefined} onClick={() => run(() => (acknowledged ? api.unacknowledge(id) : api.acknowledge(id)))}>
          {acknowledged ? `Seen by ${acknowledged.By}: take back` : 'Acknowledge'}
        </Button>
        <ButtonDropdown
          items={[{ id: 'assign', text: insight.Assignee ? `Assigned to ${insight.Assignee}…` : 'Assign…' }, { id: 'mute', text: 'Mute…' }]}
          onItemClick={({ detail }) => choose(detail.id)}
        >
          Assign or mute
        </ButtonDropdown>
        <ButtonDropdown
          items={Object.entries(FEEDBACK).map(([option, text]) => ({ id: option, text, itemType: 'checkbox' as const, checked: insight.Feedback === option }))}
          onItemClick={({ detail }) => choose(detail.id)}
        >
          Feedback
        </ButtonDropdown>
        <ButtonDropdown items={[{ id: 'markdown', text: 'Markdown' }, { id: 'json', text: 'JSON' }]} onItemClick={({ detail }) => choose(detail.id)}>Export</ButtonDropdown>
      </SpaceBetween>
      {error && <Box color="text-status-error"><span role="alert">{error}</span></Box>}
      {dialog === 'assign' && <AssignDialog insight={insight} onClose={() => setDialog(undefined)} onDone={reload} />}
      {dialog === 'mute' && <MuteDialog insight={insight} onClose={() => setDialog(undefined)} onDone={reload} />}
    </>
  );
}
