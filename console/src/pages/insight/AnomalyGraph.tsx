import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Toggle from '@cloudscape-design/components/toggle';
import { memo, useState } from 'react';
import * as api from '../../api/operations';
import type { Anomaly } from '../../api/own';
import type { Series } from '../../api/types';
import { MetricChart, type Marker } from '../../charts/MetricChart';
import { useLive } from '../../live';
import { number } from '../../number';
import { SensitivityDialog } from '../../parts/SensitivityDialog';
import { usePreferences } from '../../preferences';
import { follow } from '../../route';
import { moment } from '../../time';
import { SeriesTable } from './SeriesTable';
import { end, measure, metric, resourceName, start } from './report';

/** One anomaly: what, where, its picture or the same as a table, and the way to CloudWatch. */
export const AnomalyGraph = memo(function AnomalyGraph({ insightId, anomaly, markers }: { insightId: string; anomaly: Anomaly; markers: Marker[] }) {
  const [isTable, setTable] = useState(false);
  const [isSetting, setSetting] = useState(false);
  const [isSet, setSet] = useState(false);
  const title = `${measure(anomaly)} of ${resourceName(anomaly)}`;
  const key = anomaly.Evidence?.Metric?.Key;
  const isMetric = !anomaly.Evidence || anomaly.Evidence.Kind === 'METRIC';
  return (
    <article aria-label={title}>
      <h3>{title} {anomaly.CauseRank === 1 && <Badge color="red">Cause</Badge>}</h3>
      <p>{anomaly.Description}</p>
      {isMetric ? <Picture insightId={insightId} anomaly={anomaly} markers={markers} isTable={isTable} title={title} /> : <OtherEvidence anomaly={anomaly} />}
      <div className="tools">
        {isMetric && <Toggle checked={isTable} onChange={({ detail }) => setTable(detail.checked)} ariaLabel={`As a table: ${title}`}>As a table</Toggle>}
        {anomaly.CloudWatchUrl && <Link external href={anomaly.CloudWatchUrl} ariaLabel={`Open in CloudWatch: ${title}`}>Open in CloudWatch</Link>}
        {anomaly.Resource?.ConsoleUrl && <Link external href={anomaly.Resource.ConsoleUrl} ariaLabel={`Resource ${resourceName(anomaly)} of ${measure(anomaly)} in the AWS console`}>Resource</Link>}
        {key && <Button variant="inline-link" ariaLabel={`Sensitivity: ${title}`} onClick={() => setSetting(true)}>Sensitivity…</Button>}
        {isSet && <span role="status">Set; it holds from the next look on. <Link href="#/settings/sensitivity" onFollow={follow}>All that are set</Link></span>}
      </div>
      {isSetting && <SensitivityDialog metric={key} title={`Sensitivity of ${title}`} onClose={() => setSetting(false)} onDone={() => setSet(true)} />}
    </article>
  );
});

function Picture({ insightId, anomaly, markers, isTable, title }: { insightId: string; anomaly: Anomaly; markers: Marker[]; isTable: boolean; title: string }) {
  const { zone } = usePreferences();
  const known = anomaly.Series;
  const live = useLive(`series ${known ? 'known' : anomaly.Id}`, async (): Promise<Series> => known ?? api.series(insightId, anomaly.Id ?? ''));
  const series = known ?? live.data;
  const unit = metric(anomaly)?.Unit;
  if (!series) return <Box color="text-body-secondary">{live.error ? `No points: ${live.error.message}` : 'Loading the points'}</Box>;
  if (series.Timestamps.length === 0) return <Box color="text-body-secondary">Its points are not kept.</Box>;
  if (isTable) return <SeriesTable series={series} title={title} />;
  const peak = anomaly.Evidence?.Peak, expected = anomaly.Evidence?.Expected;
  const against = peak === undefined ? '' : ` Up to ${number(peak)}${expected === undefined ? '' : ` against ${number(expected)} expected`}.`;
  const until = end(anomaly);
  return (
    <MetricChart
      series={series} markers={markers} unit={unit === 'Count' || unit === 'None' ? '' : unit}
      window={{ from: start(anomaly), to: until }}
      summary={`${title}, anomalous from ${moment(start(anomaly), zone)} ${until ? `to ${moment(until, zone)}` : 'until now'}.${against}`}
    />
  );
}

function OtherEvidence({ anomaly: { Evidence } }: { anomaly: Anomaly }) {
  if (!Evidence) return null;
  const facts: [string, string | undefined][] = Evidence.Kind === 'CONFIG'
    ? [['Setting', Evidence.Attribute], ['Is', Evidence.Value ?? 'not set']]
    : Evidence.Kind === 'LOG'
      ? [['Log group', Evidence.LogGroup], ['Lines like', Evidence.Template], ['How often', Evidence.Occurrences === undefined ? undefined : number(Evidence.Occurrences)]]
      : [['Waits for', Evidence.WaitEvent], ['Sessions on average', Evidence.Load === undefined ? undefined : number(Evidence.Load)], ['Expected', Evidence.Expected === undefined ? undefined : number(Evidence.Expected)], ['Statement', Evidence.Statement]];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => value !== undefined && <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}
    </dl>
  );
}
