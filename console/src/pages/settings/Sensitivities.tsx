import Button from '@cloudscape-design/components/button';
import Table from '@cloudscape-design/components/table';
import * as api from '../../api/operations';
import { useLive } from '../../live';
import { When } from '../../parts/labels';
import { Loaded, Nothing } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useAction } from '../../parts/useAction';

export function Sensitivities() {
  const live = useLive('sensitivities', api.sensitivities);
  const { run, error, isBusy } = useAction(live.reload);
  return (
    <Section title="Metrics that are watched less sensitively" description="Feedback on an insight lowers its metrics. It ends by itself, and can be taken back.">
      {error && <p role="alert">{error}</p>}
      <Loaded live={live} what="sensitivities">
        {(items) => (
          <Table
            variant="embedded" wrapLines items={items} trackBy="Id" ariaLabels={{ tableLabel: 'Sensitivities' }} empty={<Nothing title="Every metric is watched as sensitively as the others" />}
            columnDefinitions={[
              { id: 'metric', header: 'Metric', isRowHeader: true, cell: (item) => <span className="mono">{item.Metric}</span> },
              { id: 'sensitivity', header: 'Sensitivity', cell: (item) => item.Sensitivity },
              { id: 'until', header: 'Until', cell: (item) => (item.Until ? <When at={item.Until} /> : 'taken back') },
              { id: 'remove', header: 'Change', cell: (item) => <Button variant="inline-link" disabled={isBusy} ariaLabel={`Take back ${item.Metric}`} onClick={() => run(() => api.dropSensitivity(item.Id))}>Take back</Button> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
