import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { PageHeader } from '../../parts/PageHeader';
import { go, link } from '../../route';
import { Audit } from './Audit';
import { Channels } from './Channels';
import { CoverageSettings } from './CoverageSettings';
import { Integrations } from './Integrations';
import { Mutes } from './Mutes';
import { Sensitivities } from './Sensitivities';

const SECTIONS = [
  { id: 'coverage', label: 'Coverage', content: <CoverageSettings /> },
  { id: 'channels', label: 'Channels', content: <Channels /> },
  { id: 'sensitivity', label: 'Sensitivity', content: <Sensitivities /> },
  { id: 'integrations', label: 'Integrations', content: <Integrations /> },
  { id: 'mutes', label: 'Mutes', content: <Mutes /> },
  { id: 'audit', label: 'Audit', content: <Audit /> },
];

export function Settings({ section }: { section?: string }) {
  const active = SECTIONS.some(({ id }) => id === section) ? section : 'coverage';
  return (
    <SpaceBetween size="l">
      <PageHeader title="Settings" description="Each change can be made on the command line too; the page shows how." />
      <Tabs
        activeTabId={active} tabs={SECTIONS} ariaLabel="Settings" onChange={({ detail }) => go(link(['settings', detail.activeTabId]))}
        i18nStrings={{ scrollLeftAriaLabel: 'Earlier tabs', scrollRightAriaLabel: 'Later tabs' }}
      />
    </SpaceBetween>
  );
}
