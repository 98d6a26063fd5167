import Alert from '@cloudscape-design/components/alert';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { usePreferences } from '../preferences';
import { useServer } from '../server';
import { useAccount } from '../sign-in/account';
import { ago, moment } from '../time';
import { count } from '../number';

/** Behind by more than this, what is shown may no longer be so. */
const LATE = 20 * 60;

/** What makes the page less than the truth: no server, no recent look, things that can't be seen. */
export function StatusBanners() {
  const { status } = useServer();
  const { zone } = usePreferences();
  const isHosted = useAccount() !== undefined;
  const known = status.data;
  const unseen = known?.Unseen ?? [];
  const isLate = known?.Source === 'DEPLOYED' && known.LastWatch !== undefined && known.Now - known.LastWatch > LATE;
  return (
    <SpaceBetween size="xs">
      {status.error && (
        <Alert type="error" header="The console’s server does not answer" key="away">
          {known ? `This is what was known at ${moment(known.Now, zone)}. It is tried again by itself.` : `${isHosted ? '' : 'Is “stackseer console” still running? '}It is tried again by itself.`}
        </Alert>
      )}
      {isLate && known?.LastWatch !== undefined && (
        <Alert type="warning" header={`Nothing was looked at since ${moment(known.LastWatch, zone, known.Now)}`} key="late">
          The last look was {ago(known.LastWatch, known.Now)}. What is shown may no longer be so. See the alarms of the deployment.
        </Alert>
      )}
      {unseen.length > 0 && (
        <Alert type="warning" header={`${count(unseen.length, 'thing')} could not be seen: not known is not healthy`} key="unseen">
          <ExpandableSection headerText="What, and why">
            <ul className="plain">{unseen.map(({ What, Why }) => <li key={`${What} ${Why}`}>{What}: {Why}</li>)}</ul>
          </ExpandableSection>
        </Alert>
      )}
    </SpaceBetween>
  );
}
