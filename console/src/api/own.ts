// Names for what the pages speak of, over the generated types.
import type {
  Event, MonitoredResourceIdentifier, ProactiveAnomaly, ProactiveInsight, ProactiveInsightSummary, ReactiveAnomaly, ReactiveInsight,
  ReactiveInsightSummary, Recommendation,
} from './types';

export type InsightSummary = ReactiveInsightSummary | ProactiveInsightSummary;
export type Insight = ReactiveInsight & ProactiveInsight;
export type Anomaly = ReactiveAnomaly & ProactiveAnomaly;
export type Advice = Recommendation;
export type Change = Event;
export type Found = MonitoredResourceIdentifier;

export interface MuteScope { Resource?: string; Metric?: string; Check?: string; Application?: string }
export interface Mute {
  Id: string; What: MuteScope; Reason: string; From?: number; Until?: number;
  Window?: { Cron: string; Minutes: number; TimeZone: string }; By?: string;
}
export type MuteRequest = Pick<Mute, 'What' | 'Reason' | 'Until' | 'Window'>;
export interface Sensitivity { Id: string; Metric: string; Sensitivity: 'LOW' | 'MEDIUM' | 'HIGH'; Until?: number; By?: string; Reason?: string }
export interface AuditEntry { Time: number; Who: string; What: string; Command?: string }
export interface Clock { Paused: boolean; Speed: number; Now: number }
export interface Expiry { Resource?: { Name: string; Type: string; Label?: string }; What?: string; Time?: number; Sentence?: string }
