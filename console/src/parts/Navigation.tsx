import SideNavigation from '@cloudscape-design/components/side-navigation';
import { follow } from '../route';

const page = (text: string, href: string) => ({ type: 'link' as const, text, href });

export function Navigation({ place }: { place?: string }) {
  return (
    <SideNavigation
      activeHref={`#/${place ?? ''}`}
      onFollow={follow}
      items={[
        page('Dashboard', '#/'), page('Insights', '#/insights'), page('Topology', '#/topology'), page('Changes', '#/changes'),
        page('Analysed resources', '#/resources'),
        { type: 'divider' },
        page('Cost', '#/cost'), page('Settings', '#/settings'),
      ]}
    />
  );
}
