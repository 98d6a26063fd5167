import AppLayout from '@cloudscape-design/components/app-layout';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { Dashboard } from './pages/Dashboard';
import { ClockBar } from './parts/ClockBar';
import { Footer } from './parts/Footer';
import { Navigation } from './parts/Navigation';
import { PageBoundary } from './parts/PageBoundary';
import { StatusBanners } from './parts/StatusBanners';
import { TopBar } from './parts/TopBar';
import { useRoute, type Route } from './route';
import { useServer } from './server';

const Insights = lazy(() => import('./pages/Insights').then((m) => ({ default: m.Insights })));
const InsightPage = lazy(() => import('./pages/insight/InsightPage').then((m) => ({ default: m.InsightPage })));
const TopologyPage = lazy(() => import('./pages/TopologyPage').then((m) => ({ default: m.TopologyPage })));
const Resources = lazy(() => import('./pages/Resources').then((m) => ({ default: m.Resources })));
const Changes = lazy(() => import('./pages/Changes').then((m) => ({ default: m.Changes })));
const Cost = lazy(() => import('./pages/Cost').then((m) => ({ default: m.Cost })));
const Settings = lazy(() => import('./pages/settings/Settings').then((m) => ({ default: m.Settings })));
const NotFound = lazy(() => import('./pages/NotFound').then((m) => ({ default: m.NotFound })));

function pageOf({ path: [name, id] }: Route): ReactNode {
  switch (name) {
    case undefined: return <Dashboard />;
    case 'insights': return id ? <InsightPage key={id} id={id} /> : <Insights />;
    case 'topology': return <TopologyPage id={id} />;
    case 'resources': return <Resources />;
    case 'changes': return <Changes />;
    case 'cost': return <Cost />;
    case 'settings': return <Settings section={id} />;
    default: return <NotFound />;
  }
}

const isWide = () => window.matchMedia('(min-width: 900px)').matches;

export function App() {
  const route = useRoute();
  const { clock, status } = useServer();
  const [isNavigationOpen, setNavigationOpen] = useState(isWide);
  const place = route.path.join('/');
  useEffect(() => {
    window.scrollTo(0, 0);
    if (!isWide()) setNavigationOpen(false);
  }, [place]);
  return (
    <>
      <nav aria-label="Skip">
        <a className="skip" href="#/" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('main h1')?.focus(); }}>
          Skip to the page’s content
        </a>
      </nav>
      <div id="top"><TopBar /></div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigation={<Navigation place={route.path[0]} />}
        navigationOpen={isNavigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        navigationWidth={230}
        maxContentWidth={1600}
        ariaLabels={{ navigation: 'Pages', navigationClose: 'Close the list of pages', navigationToggle: 'Open the list of pages', notifications: 'Notices' }}
        notifications={<StatusBanners />}
        content={
          <>
            {clock && <ClockBar clock={clock} />}
            <PageBoundary key={place}>
              <Suspense fallback={<div className="waiting"><Spinner size="large" /></div>}>{pageOf(route)}</Suspense>
            </PageBoundary>
            <Footer version={status.data?.Version} />
          </>
        }
      />
    </>
  );
}
