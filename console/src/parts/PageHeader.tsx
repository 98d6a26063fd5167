import Header from '@cloudscape-design/components/header';
import { useEffect, type ReactNode } from 'react';

/** The page's title, in the window's title too. */
export function PageHeader({ title, description, actions }: { title: string; description?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Stackseer`;
    document.querySelector('main h1')?.setAttribute('tabindex', '-1');
  }, [title]);
  return <Header variant="h1" description={description} actions={actions}>{title}</Header>;
}
