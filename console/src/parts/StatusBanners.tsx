import Alert from '@cloudscape-design/components/alert';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { GetStatusResponse } from '../api/types';
import { usePreferences } from '../preferences';
import { useServer } from '../server';
import { useAccount } from '../sign-in/account';
import { ago, moment, type Zone } from '../time';
import { count } from '../number';

/** Behind by more than this, what is shown may no longer be so. */
const LATE = 20 * 60;

/** That what is shown was seen a while ago, or that not all was looked at. */
function Old({ status: { Source, LastWatch, Now }, zone }: { status: GetStatusResponse; zone: Zone }) {
  const isScan = Source === 'SCAN';
  if (LastWatch === undefined) {
    return <Alert type="info" header="Not all was looked at yet">{isScan ? 'The next scan looks at the rest.' : 'A new application is learned first, and then watched every few minutes.'}</Alert>;
  }
  if (Now - LastWatch <= LATE) return null;
  if (Source === 'DEMO') return <Alert type="info" header={`The demo’s clock runs ahead: this is ${moment(LastWatch, zone, Now)}`}>This machine computes its day more slowly. Stop the clock until it has come after.</Alert>;
  return (
    <Alert type={isScan ? 'info' : 'warning'} header={`What is shown is old: not all was looked at since ${moment(LastWatch, zone, Now)}`}>
      That was {ago(LastWatch, Now)}; it may no longer be so. {isScan ? 'Scan again to see what is now.' : 'See which application in the dashboard, and the alarms of the deployment.'}
    </Alert>
  );
}

/** What makes the page less than the truth: no server, no recent look, things that can't be seen. */
export function StatusBanners() {
  const { status } = useServer();
  const { zone } = usePreferences();
  const isHosted = useAccount() !== undefined;
  const known = status.data;
  const unseen = known?.Unseen ?? [];
  return (
    <SpaceBetween size="xs">
      {status.error && (
        <Alert type="error" header="The console’s server does not answer" key="away">
          {known ? `This is what was known at ${moment(known.Now, zone)}. It is tried again by itself.` : `${isHosted ? '' : 'Is “stackseer console” still running? '}It is tried again by itself.`}
        </Alert>
      )}
      {known && <Old status={known} zone={zone} key="old" />}
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
