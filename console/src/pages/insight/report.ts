import * as api from '../../api/operations';
import type { Advice, Anomaly, Change, Insight } from '../../api/own';
import type { AnomalousLogGroup, InsightType } from '../../api/types';

/** All that is known of an insight. */
export interface Report {
  type: InsightType; insight: Insight; anomalies: Anomaly[]; events: Change[]; advice: Advice[]; logs: AnomalousLogGroup[];
}

export async function loadReport(id: string): Promise<Report> {
  const [{ insight, type }, anomalies, events, advice, logs] = await Promise.all([
    api.insight(id), api.anomalies(id), api.events(id), api.advice(id), api.logGroups(id),
  ]);
  return { type, insight, anomalies: causeFirst(anomalies), events: byTime(events), advice, logs };
}

/** The cause's own first, then what began first; what only adds detail last. */
export function causeFirst(anomalies: Anomaly[]): Anomaly[] {
  const key = (anomaly: Anomaly) => [anomaly.CauseRank ?? Infinity, anomaly.Type === 'CONTEXTUAL' ? 1 : 0, start(anomaly)];
  return [...anomalies].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    const differing = x.findIndex((value, index) => value !== y[index]);
    return differing < 0 ? 0 : x[differing]! - y[differing]!;
  });
}

function byTime(events: Change[]): Change[] {
  return [...events].sort((a, b) => (a.Time ?? 0) - (b.Time ?? 0));
}

export const start = (anomaly: Anomaly) => anomaly.AnomalyTimeRange?.StartTime ?? 0;
export const end = (anomaly: Anomaly) => anomaly.AnomalyTimeRange?.EndTime;

export function resourceName(anomaly: Anomaly): string {
  return anomaly.Resource?.Name ?? anomaly.AnomalyResources?.[0]?.Name ?? '';
}

export function metric(anomaly: Anomaly) {
  return anomaly.SourceDetails?.CloudWatchMetrics?.[0];
}

/** `Duration p90`; of another kind of evidence what it is. */
export function measure(anomaly: Anomaly): string {
  const of = metric(anomaly);
  const name = anomaly.Label ?? of?.MetricName ?? anomaly.Evidence?.Attribute ?? anomaly.Evidence?.WaitEvent ?? 'Log lines';
  return of?.Stat && !['Sum', 'Average'].includes(of.Stat) ? `${name} ${of.Stat}` : name;
}

/** The title: what broke and why, in one sentence. */
export const headline = (insight: Insight) => insight.Headline ?? insight.Name ?? 'Insight';
