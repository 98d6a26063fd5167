import { call, piece, query } from './client';
import type { Advice, Anomaly, Change, Clock, Found, Insight, InsightSummary, MuteRequest } from './own';
import type {
  AnomalousLogGroup, DescribeAccountOverviewResponse, GetSeriesResponse, GetSettingsResponse, GetStatusResponse,
  GetTopologyResponse, InsightFeedbackOption, InsightType, ListAuditResponse, ListCostsResponse, ListMutesResponse, ListNotificationChannelsResponse,
  ListSensitivitiesResponse, NotificationChannelConfig, ResourceCollection, SearchInsightsFilters, ServiceIntegrationConfig, SetSensitivityRequest,
  UpdateServiceIntegrationConfig, WatchedApplication,
} from './types';

type Paged<K extends string, T> = { [key in K]?: T[] } & { NextToken?: string };

/** Follows NextToken to the end. */
async function all<T, A extends { NextToken?: string }>(page: (token?: string) => Promise<A>, items: (answer: A) => T[] | undefined) {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const answer = await page(token);
    found.push(...(items(answer) ?? []));
    token = answer.NextToken;
  } while (token);
  return found;
}

export const status = () => call<GetStatusResponse>('GET', '/stackseer/status');
export const clock = () => call<Clock>('GET', '/stackseer/clock');
export const setClock = (change: Partial<Clock>) => call<Clock>('PUT', '/stackseer/clock', change);

export const applications = () =>
  all((NextToken) => call<Paged<'Applications', WatchedApplication>>('GET', `/stackseer/applications${query({ NextToken })}`), (a) => a.Applications);

export const overview = (from: number, to: number) =>
  call<DescribeAccountOverviewResponse>('POST', '/accounts/overview', { FromTime: from, ToTime: to });

export interface Search { type: InsightType; from: number; to?: number; filters: SearchInsightsFilters; size: number; token?: string }
export interface InsightPage { insights: InsightSummary[]; next?: string }

export async function searchInsights(search: Search): Promise<InsightPage> {
  const answer = await call<{ ReactiveInsights?: InsightSummary[]; ProactiveInsights?: InsightSummary[]; NextToken?: string }>(
    'POST', '/insights/search', {
      Type: search.type, StartTimeRange: { FromTime: search.from, ToTime: search.to }, Filters: search.filters,
      MaxResults: search.size, NextToken: search.token,
    });
  return { insights: [...(answer.ReactiveInsights ?? []), ...(answer.ProactiveInsights ?? [])], next: answer.NextToken };
}

/** A reactive insight's type is known by where it stands in the answer. */
export async function insight(id: string): Promise<{ insight: Insight; type: InsightType }> {
  const answer = await call<{ ReactiveInsight?: Insight; ProactiveInsight?: Insight }>('GET', `/insights/${piece(id)}`);
  return answer.ReactiveInsight
    ? { insight: answer.ReactiveInsight, type: 'REACTIVE' }
    : { insight: answer.ProactiveInsight ?? {}, type: 'PROACTIVE' };
}

export const anomalies = (id: string) =>
  all(
    (NextToken) => call<Paged<'ReactiveAnomalies' | 'ProactiveAnomalies', Anomaly>>(
      'POST', `/anomalies/insight/${piece(id)}`, { MaxResults: 100, NextToken }),
    (a) => [...(a.ReactiveAnomalies ?? []), ...(a.ProactiveAnomalies ?? [])],
  );

export const series = (Insight: string, Anomaly: string) =>
  call<GetSeriesResponse>('GET', `/stackseer/series${query({ Insight, Anomaly })}`).then((answer) => answer.Series);

export const events = (id: string) =>
  all((NextToken) => call<Paged<'Events', Change>>('POST', '/events', { Filters: { InsightId: id }, NextToken }), (a) => a.Events);

export const advice = (id: string) =>
  all((NextToken) => call<Paged<'Recommendations', Advice>>('POST', '/recommendations', { InsightId: id, NextToken }), (a) => a.Recommendations);

export const logGroups = (id: string) =>
  all(
    (NextToken) => call<Paged<'AnomalousLogGroups', AnomalousLogGroup>>('POST', '/list-log-anomalies', { InsightId: id, NextToken }),
    (a) => a.AnomalousLogGroups,
  );

export const acknowledge = (id: string) => call('PUT', `/stackseer/insights/${piece(id)}/acknowledgement`, {});
export const unacknowledge = (id: string) => call('DELETE', `/stackseer/insights/${piece(id)}/acknowledgement`);
export const assign = (id: string, Assignee: string) => call('PUT', `/stackseer/insights/${piece(id)}/assignee`, { Assignee });
export const unassign = (id: string) => call('DELETE', `/stackseer/insights/${piece(id)}/assignee`);
export const addNote = (id: string, Text: string) => call('POST', `/stackseer/insights/${piece(id)}/notes`, { Text });
export const removeNote = (id: string, note: string) => call('DELETE', `/stackseer/insights/${piece(id)}/notes/${piece(note)}`);
export const feedback = (Id: string, Feedback: InsightFeedbackOption) => call('PUT', '/feedback', { InsightFeedback: { Id, Feedback } });

export const topology = (application: string) => call<GetTopologyResponse>('GET', `/stackseer/applications/${piece(application)}/topology`);

export const changes = (values: { Application?: string; From: number; To: number; NextToken?: string }) =>
  call<Paged<'Events', Change>>('GET', `/stackseer/changes${query(values)}`);

export const resources = (values: { Application?: string; State?: string }) =>
  all(
    (NextToken) => call<Paged<'MonitoredResourceIdentifiers', Found>>('GET', `/stackseer/resources${query({ ...values, NextToken })}`),
    (a) => a.MonitoredResourceIdentifiers,
  );

export const mutes = () => call<ListMutesResponse>('GET', '/stackseer/mutes').then(({ Mutes }) => Mutes);
export const mute = (request: MuteRequest) => call('POST', '/stackseer/mutes', request);
export const unmute = (id: string) => call('DELETE', `/stackseer/mutes/${piece(id)}`);

export const sensitivities = () => call<ListSensitivitiesResponse>('GET', '/stackseer/sensitivities');
export const setSensitivity = (request: SetSensitivityRequest) => call('PUT', '/stackseer/sensitivities', request);
export const dropSensitivity = (id: string) => call('DELETE', `/stackseer/sensitivities/${piece(id)}`);

export const audit = (NextToken?: string) => call<ListAuditResponse>('GET', `/stackseer/audit${query({ NextToken })}`);
export const settings = () => call<GetSettingsResponse>('GET', '/stackseer/settings');

export const channels = () => call<ListNotificationChannelsResponse>('POST', '/channels', {});
export const addChannel = (Config: NotificationChannelConfig) => call<{ Id: string }>('PUT', '/channels', { Config });
export const removeChannel = (id: string) => call('DELETE', `/channels/${piece(id)}`);
export const testChannel = (id: string) => call('POST', `/stackseer/channels/${piece(id)}/test`, {});

export const integrations = () => call<{ ServiceIntegration?: ServiceIntegrationConfig }>('GET', '/service-integrations');
export const setIntegrations = (ServiceIntegration: UpdateServiceIntegrationConfig) => call('PUT', '/service-integrations', { ServiceIntegration });

export const updateCollection = (Action: 'ADD' | 'REMOVE', ResourceCollection: ResourceCollection) =>
  call('PUT', '/resource-collections', { Action, ResourceCollection });

export const costs = (Application?: string) => call<ListCostsResponse>('GET', `/stackseer/costs${query({ Application })}`);
