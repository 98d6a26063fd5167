//! Anomalies, with the values that show them.

use super::resource::{collection, label, metric, named};
use crate::wire;
use stackseer_catalog::Catalog;
use stackseer_model::{
    Anomaly, AnomalyType, BandPoint, Direction, Evidence, Insight, InsightType, MetricEvidence, Severity, Status,
};
use stackseer_notify as notify;

macro_rules! anomaly {
    ($form:ident, $insight:ident, $anomaly:ident $(, $field:ident: $value:expr)*) => {
        wire::$form {
            id: Some($anomaly.id.to_string()),
            severity: Some(severity($anomaly.severity)),
            status: Some(status($anomaly.status)),
            anomaly_time_range: Some(wire::AnomalyTimeRange {
                start_time: $anomaly.start_time.into(),
                end_time: $anomaly.end_time.map(Into::into),
            }),
            anomaly_reported_time_range: Some(wire::AnomalyReportedTimeRange {
                open_time: $anomaly.open_time.into(),
                close_time: $anomaly.close_time.map(Into::into),
            }),
            source_details: source_details($anomaly),
            associated_insight_id: Some($insight.id.to_string()),
            resource_collection: collection(&$insight.application),
            description: Some(notify::anomaly_said($insight, $anomaly)),
            anomaly_resources: Some(vec![wire::AnomalyResource {
                name: Some($anomaly.resource.name.clone()),
                r#type: super::some(&$anomaly.resource.resource_type),
            }]),
            causal: Some($anomaly.anomaly_type == AnomalyType::Causal),
            cause_rank: cause_rank($insight, $anomaly),
            label: Some(title($anomaly)),
            resource: Some(named(&$insight.application, &$anomaly.resource)),
            series: series($anomaly),
            cloud_watch_url: notify::graph_of($insight, $anomaly),
            evidence: Some(evidence($anomaly)),
            $($field: $value,)*
        }
    };
}

macro_rules! reactive {
    ($form:ident, $insight:ident, $anomaly:ident) => {
        anomaly!($form, $insight, $anomaly,
            r#type: Some(anomaly_type($anomaly.anomaly_type)),
            name: Some(title($anomaly)),
            causal_anomaly_id: $anomaly.causal_anomaly.as_ref().map(ToString::to_string))
    };
}

macro_rules! proactive {
    ($form:ident, $insight:ident, $anomaly:ident) => {
        anomaly!($form, $insight, $anomaly,
            update_time: Some($insight.update_time.into()),
            prediction_time_range: None,
            limit: $anomaly.of_metric().and_then(|metric| metric.limit),
            source_metadata: Some(wire::AnomalySourceMetadata {
                source: $insight.check().map(str::to_owned),
                source_resource_name: Some($anomaly.resource.name.clone()),
                source_resource_type: super::some(&$anomaly.resource.resource_type),
            }))
    };
}

pub fn described(insight: &Insight, anomaly: &Anomaly) -> wire::DescribeAnomalyResponse {
    match insight.insight_type() {
        InsightType::Reactive => wire::DescribeAnomalyResponse {
            reactive_anomaly: Some(reactive!(ReactiveAnomaly, insight, anomaly)),
            proactive_anomaly: None,
        },
        InsightType::Proactive => wire::DescribeAnomalyResponse {
            reactive_anomaly: None,
            proactive_anomaly: Some(proactive!(ProactiveAnomaly, insight, anomaly)),
        },
    }
}

pub fn reactive(insight: &Insight, anomaly: &Anomaly) -> wire::ReactiveAnomalySummary {
    reactive!(ReactiveAnomalySummary, insight, anomaly)
}

pub fn proactive(insight: &Insight, anomaly: &Anomaly) -> wire::ProactiveAnomalySummary {
    proactive!(ProactiveAnomalySummary, insight, anomaly)
}

fn severity(severity: Severity) -> wire::AnomalySeverity {
    match severity {
        Severity::Low => wire::AnomalySeverity::Low,
        Severity::Medium => wire::AnomalySeverity::Medium,
        Severity::High => wire::AnomalySeverity::High,
    }
}

fn status(status: Status) -> wire::AnomalyStatus {
    match status {
        Status::Ongoing => wire::AnomalyStatus::Ongoing,
        Status::Closed => wire::AnomalyStatus::Closed,
    }
}

fn anomaly_type(anomaly_type: AnomalyType) -> wire::AnomalyType {
    match anomaly_type {
        AnomalyType::Causal => wire::AnomalyType::Causal,
        AnomalyType::Contextual => wire::AnomalyType::Contextual,
    }
}

/// `Lambda duration`, and what else shows it by its own name.
fn title(anomaly: &Anomaly) -> String {
    let what = match &anomaly.evidence {
        Evidence::Metric(evidence) => Catalog::builtin().label_of(&evidence.metric),
        Evidence::Config(evidence) => evidence.attribute.replace('_', " "),
        Evidence::Log(evidence) => format!("new lines in {}", evidence.log_group),
        Evidence::Database(evidence) => format!("load by {}", evidence.wait_event),
    };
    let service = label(&anomaly.resource.resource_type);
    format!("{service} {what}").trim().to_owned()
}

fn cause_rank(insight: &Insight, anomaly: &Anomaly) -> Option<i64> {
    let of_resource = insight.causes.iter().filter(|cause| cause.resource.id == anomaly.resource.id);
    let name = anomaly.metric().map(|metric| metric.key.name.as_str());
    let mut shown = of_resource.filter(|cause| cause.metric.is_none() || cause.metric.as_deref() == name);
    shown.next().map(|cause| cause.rank.into())
}

fn source_details(anomaly: &Anomaly) -> Option<wire::AnomalySourceDetails> {
    match &anomaly.evidence {
        Evidence::Metric(evidence) => Some(wire::AnomalySourceDetails {
            cloud_watch_metrics: Some(vec![cloud_watch(evidence)]),
            performance_insights_metrics: None,
        }),
        Evidence::Database(evidence) => {
            let average =
                |value| vec![wire::PerformanceInsightsStat { r#type: Some("Average".to_owned()), value: Some(value) }];
            Some(wire::AnomalySourceDetails {
                cloud_watch_metrics: None,
                performance_insights_metrics: Some(vec![wire::PerformanceInsightsMetricsDetail {
                    metric_display_name: Some(evidence.wait_event.clone()),
                    unit: Some("Average active sessions".to_owned()),
                    stats_at_anomaly: Some(average(evidence.load)),
                    stats_at_baseline: Some(average(evidence.expected)),
                    ..Default::default()
                }]),
            })
        }
        Evidence::Config(_) | Evidence::Log(_) => None,
    }
}

fn cloud_watch(evidence: &MetricEvidence) -> wire::CloudWatchMetricsDetail {
    let key = &evidence.metric.key;
    let dimension = |(name, value): (&String, &String)| wire::CloudWatchMetricsDimension {
        name: Some(name.clone()),
        value: Some(value.clone()),
    };
    let published = evidence.series.iter().filter_map(|point| {
        Some(wire::TimestampMetricValuePair { timestamp: Some(point.time.into()), metric_value: Some(point.value?) })
    });
    let data = wire::CloudWatchMetricsDataSummary {
        timestamp_metric_value_pair_list: Some(published.collect()),
        status_code: Some(wire::CloudWatchMetricDataStatusCode::Complete),
    };
    wire::CloudWatchMetricsDetail {
        metric_name: Some(key.name.clone()),
        namespace: Some(key.namespace.clone()),
        dimensions: Some(key.dimensions.iter().map(dimension).collect()),
        // The model knows eight.
        stat: serde_json::from_value(key.statistic.clone().into()).ok(),
        unit: super::some(&evidence.metric.unit),
        period: Some(evidence.metric.period.into()),
        metric_data_summary: (!evidence.series.is_empty()).then_some(data),
    }
}

/// None: there are no values to show.
pub fn series(anomaly: &Anomaly) -> Option<wire::Series> {
    let points = &anomaly.of_metric()?.series;
    let band = |of: fn(&BandPoint) -> f64| points.iter().map(|point| rounded(of(point))).collect();
    let shown = || wire::Series {
        timestamps: points.iter().map(|point| point.time.into()).collect(),
        values: points.iter().map(|point| point.value).collect(),
        expected: band(|point| point.expected),
        lower: band(|point| point.lower),
        upper: band(|point| point.upper),
    };
    (!points.is_empty()).then(shown)
}

/// Six digits: nobody sees more of a band, and an insight of hundreds of anomalies has to fit into one answer.
fn rounded(value: f64) -> Option<f64> {
    let scale = 10_f64.powf(5.0 - value.abs().log10().floor());
    match scale.is_finite() && value.is_finite() {
        true => Some((value * scale).round() / scale),
        false => Some(value).filter(|value| value.is_finite()),
    }
}

fn evidence(anomaly: &Anomaly) -> wire::AnomalyEvidence {
    let none = wire::AnomalyEvidence {
        kind: wire::EvidenceKind::Metric,
        metric: None,
        direction: None,
        peak: None,
        expected: None,
        score: None,
        limit: None,
        attribute: None,
        value: None,
        log_group: None,
        template: None,
        occurrences: None,
        wait_event: None,
        load: None,
        statement: None,
    };
    match &anomaly.evidence {
        Evidence::Metric(evidence) => wire::AnomalyEvidence {
            metric: Some(metric(&evidence.metric)),
            direction: Some(match evidence.direction {
                Direction::Up => wire::DepartureDirection::Up,
                Direction::Down => wire::DepartureDirection::Down,
            }),
            peak: Some(evidence.peak),
            expected: Some(evidence.expected),
            score: Some(evidence.score),
            limit: evidence.limit,
            ..none
        },
        Evidence::Config(evidence) => wire::AnomalyEvidence {
            kind: wire::EvidenceKind::Config,
            attribute: Some(evidence.attribute.clone()),
            value: evidence.value.clone(),
            ..none
        },
        Evidence::Log(evidence) => wire::AnomalyEvidence {
            kind: wire::EvidenceKind::Log,
            log_group: Some(evidence.log_group.clone()),
            template: Some(evidence.template.clone()),
            occurrences: evidence.occurrences.try_into().ok(),
            ..none
        },
        Evidence::Database(evidence) => wire::AnomalyEvidence {
            kind: wire::EvidenceKind::Database,
            wait_event: Some(evidence.wait_event.clone()),
            load: Some(evidence.load),
            expected: Some(evidence.expected),
            statement: evidence.statement.clone(),
            ..none
        },
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn a_band_has_six_digits() {
        for (value, shown) in [(0.0, 0.0), (1_234.567_89, 1_234.57), (-0.001_234_567_89, -0.001_234_57), (812.0, 812.0)]
        {
            assert_eq!(rounded(value), Some(shown));
        }
        // What is too small or too large for that is left as it is.
        assert_eq!([rounded(2e-310), rounded(1e300)].map(|shown| shown.is_some_and(f64::is_finite)), [true, true]);
        assert_eq!([rounded(f64::NAN), rounded(f64::INFINITY)], [None, None]);
    }
}
