import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { ApiError } from '../api/client';
import * as api from '../api/operations';
import type { Expiry } from '../api/own';
import { useLive } from '../live';
import { When } from '../parts/labels';
import { Loaded, Nothing } from '../parts/Loaded';
import { PageHeader } from '../parts/PageHeader';
import { Section } from '../parts/Section';

/** None where the server doesn't know of expiries at all. */
async function load(): Promise<Expiry[] | null> {
  return api.expiries().catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
}

export function Expiries() {
  const live = useLive('expiries', load);
  return (
    <SpaceBetween size="l">
      <PageHeader title="Expiries" description="What ends by itself, the soonest first." />
      <Loaded live={live} what="expiries">
        {(expiries) => (expiries === null
          ? <Nothing title="Expiries are not watched here">This server does not read when certificates and the like end.</Nothing>
          : (
            <Section title="Expiries" count={expiries.length}>
              <Table
                variant="embedded" wrapLines items={[...expiries].sort((a, b) => (a.Time ?? 0) - (b.Time ?? 0))} ariaLabels={{ tableLabel: 'Expiries' }}
                empty={<Nothing title="Nothing that is known of expires" />}
                columnDefinitions={[
                  { id: 'time', header: 'When', cell: (item) => <When at={item.Time} relative /> },
                  { id: 'resource', header: 'Resource', isRowHeader: true, cell: ({ Resource }) => (Resource ? `${Resource.Label ?? Resource.Type} ${Resource.Name}` : '–') },
                  { id: 'what', header: 'What', cell: (item) => item.Sentence ?? item.What ?? '–' },
                ]}
              />
            </Section>
          ))}
      </Loaded>
    </SpaceBetween>
  );
}
