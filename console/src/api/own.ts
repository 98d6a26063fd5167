// Names for what the pages speak of, over the generated types.
import type {
  AddMuteRequest, Event, MonitoredResourceIdentifier, ProactiveAnomaly, ProactiveInsight, ProactiveInsightSummary,
  ReactiveAnomaly, ReactiveInsight, ReactiveInsightSummary, Recommendation, SetClockResponse,
} from './types';

export type InsightSummary = ReactiveInsightSummary | ProactiveInsightSummary;
export type Insight = ReactiveInsight & ProactiveInsight;
export type Anomaly = ReactiveAnomaly & ProactiveAnomaly;
export type Advice = Recommendation;
export type Change = Event;
export type Found = MonitoredResourceIdentifier;

export type MuteRequest = Pick<AddMuteRequest, 'What' | 'Reason' | 'Until' | 'Window'>;
export type Clock = SetClockResponse;
