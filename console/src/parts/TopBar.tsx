import TopNavigation from '@cloudscape-design/components/top-navigation';
import { usePreferences, type Theme } from '../preferences';
import { go } from '../route';
import { useServer } from '../server';
import { useAccount } from '../sign-in/account';

const THEMES: { id: Theme; text: string }[] = [
  { id: 'system', text: 'As the system' }, { id: 'light', text: 'Light' }, { id: 'dark', text: 'Dark' },
];

export function TopBar() {
  const { theme, zone, setTheme, setZone } = usePreferences();
  const { status } = useServer();
  const account = useAccount();
  const place = [status.data?.Account, status.data?.Region].filter(Boolean).join(' · ');
  return (
    <TopNavigation
      identity={{ href: '#/', logo: { src: './wordmark.svg', alt: 'Stackseer' }, onFollow: (event) => { event.preventDefault(); go('#/'); } }}
      utilities={[
        ...(place ? [{ type: 'button' as const, text: place, title: 'Account and Region', href: '#/settings' }] : []),
        {
          type: 'button', iconName: 'calendar', text: zone === 'utc' ? 'UTC' : 'Local time', disableTextCollapse: true, disableUtilityCollapse: true,
          ariaLabel: zone === 'utc' ? 'Times are UTC: show local times' : 'Times are local: show UTC',
          onClick: () => setZone(zone === 'utc' ? 'local' : 'utc'),
        },
        {
          type: 'menu-dropdown', iconName: 'settings', ariaLabel: 'Colours', title: 'Colours', disableUtilityCollapse: true,
          items: THEMES.map((item) => ({ ...item, itemType: 'checkbox' as const, checked: item.id === theme })),
          onItemClick: ({ detail }) => setTheme(detail.id as Theme),
        },
        ...(account ? [{
          type: 'menu-dropdown' as const, iconName: 'user-profile' as const, text: account.name, ariaLabel: `Signed in as ${account.name}`,
          title: account.name, description: account.mayChange ? 'May look and change' : 'May only look', disableUtilityCollapse: true,
          items: [{ id: 'sign-out', text: 'Sign out' }], onItemClick: account.signOut,
        }] : []),
      ]}
      i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All', overflowMenuDismissIconAriaLabel: 'Close', overflowMenuBackIconAriaLabel: 'Back' }}
    />
  );
}
