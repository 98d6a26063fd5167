//! DevOps Guru's fields, as its SNS messages and its EventBridge events have them. The order is that of its own examples.

use crate::{Links, arn, text};
use serde::{Serialize, Serializer};
use stackseer_model::*;

/// DevOps Guru's own limits.
const MOST_NAME: usize = 530;
const MOST_RECOMMENDATIONS: usize = 10;
/// So that what isn't anomalies always fits into a message.
const MOST_TEXT: usize = 1500;
const MOST_RELATED: usize = 10;

/// Where the two forms differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sns,
    EventBridge,
}

impl Dialect {
    fn tells_severity(self, message: MessageType) -> bool {
        match message {
            MessageType::NewInsight | MessageType::ClosedInsight | MessageType::SeverityUpgraded => true,
            MessageType::NewAssociation => self == Self::Sns,
            MessageType::NewRecommendation => false,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail<'a> {
    account_id: &'a str,
    region: &'a str,
    message_type: MessageType,
    insight_id: &'a str,
    insight_name: String,
    insight_url: String,
    insight_type: &'static str,
    insight_description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    insight_severity: Option<&'static str>,
    start_time: Millis,
    #[serde(rename = "startTimeISO")]
    start_time_iso: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Millis>,
    #[serde(rename = "endTimeISO", skip_serializing_if = "Option::is_none")]
    end_time_iso: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anomalies: Option<Vec<AnomalyDetail<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendations: Option<Vec<RecommendationDetail<'a>>>,
    resource_collection: ResourceCollection<'a>,
    /// Not DevOps Guru's: the same on a second delivery, which can so be dropped. SNS messages have it as an attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
}

/// Epoch milliseconds, as text.
#[derive(Debug, Clone, Copy)]
struct Millis(Timestamp);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.as_millisecond())
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AnomalyDetail<'a> {
    id: &'a str,
    start_time: Millis,
    #[serde(rename = "startTimeISO")]
    start_time_iso: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Millis>,
    #[serde(rename = "endTimeISO", skip_serializing_if = "Option::is_none")]
    end_time_iso: Option<Timestamp>,
    open_time: Millis,
    #[serde(rename = "openTimeISO")]
    open_time_iso: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_time: Option<Millis>,
    #[serde(rename = "closeTimeISO", skip_serializing_if = "Option::is_none")]
    close_time_iso: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_impact_time: Option<Millis>,
    #[serde(rename = "earliestImpactTimeISO", skip_serializing_if = "Option::is_none")]
    earliest_impact_time_iso: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_impact_time: Option<Millis>,
    #[serde(rename = "latestImpactTimeISO", skip_serializing_if = "Option::is_none")]
    latest_impact_time_iso: Option<Timestamp>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    anomaly_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anomaly_severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anomaly_resources: Option<[Named<'a>; 1]>,
    source_details: Vec<SourceDetail<'a>>,
    associated_resource_arns: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceDetail<'a> {
    data_source: &'static str,
    data_identifiers: DataIdentifiers<'a>,
}

#[derive(Debug, Serialize)]
struct DataIdentifiers<'a> {
    name: &'a str,
    namespace: &'a str,
    period: String,
    stat: &'a str,
    unit: &'a str,
    dimensions: Dimensions<'a>,
    #[serde(rename = "ResourceId")]
    resource_id: &'a str,
    #[serde(rename = "ResourceType")]
    resource_type: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Dimensions<'a> {
    /// JSON within a string.
    Text(String),
    Pairs(Vec<Dimension<'a>>),
}

#[derive(Debug, Serialize)]
struct Dimension<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum ResourceCollection<'a> {
    #[serde(rename_all = "camelCase")]
    CloudFormation {
        stack_names: Vec<&'a str>,
    },
    Tags([Tag<'a>; 1]),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tag<'a> {
    app_boundary_key: &'a str,
    tag_values: [&'a str; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RecommendationDetail<'a> {
    name: String,
    description: String,
    reason: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    link: &'a str,
    related_events: Vec<RelatedEventDetail<'a>>,
    related_anomalies: Vec<RelatedAnomalyDetail<'a>>,
}

#[derive(Debug, Serialize)]
struct RelatedEventDetail<'a> {
    name: &'a str,
    resources: Vec<Named<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RelatedAnomalyDetail<'a> {
    source_details: CloudWatchMetrics<'a>,
    resources: [Named<'a>; 1],
    associated_resource_arns: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudWatchMetrics<'a> {
    cloud_watch_metrics: Vec<CloudWatchMetric<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudWatchMetric<'a> {
    metric_name: &'a str,
    namespace: &'a str,
}

/// With no more than `most` anomalies.
pub(crate) fn detail<'a>(
    message: &'a Message,
    insight: &'a Insight,
    links: &Links,
    dialect: Dialect,
    most: usize,
) -> Detail<'a> {
    let kind = message.message_type;
    let end = insight.end_time.filter(|_| kind == MessageType::ClosedInsight);
    Detail {
        account_id: &insight.application.account,
        region: &insight.application.region,
        message_type: kind,
        insight_id: insight.id.as_str(),
        insight_name: text::clip(&insight.name, MOST_NAME),
        insight_url: links.insight(insight),
        insight_type: match insight.insight_type() {
            InsightType::Reactive => "REACTIVE",
            InsightType::Proactive => "PROACTIVE",
        },
        insight_description: text::clip(&insight.description, MOST_TEXT),
        insight_severity: dialect.tells_severity(kind).then(|| text::severity(insight.severity)),
        start_time: Millis(insight.start_time),
        start_time_iso: insight.start_time,
        end_time: end.map(Millis),
        end_time_iso: end,
        anomalies: told(message, insight, dialect).map(|anomalies| {
            anomalies.into_iter().take(most).map(|anomaly| anomaly_detail(kind, insight, anomaly, dialect)).collect()
        }),
        recommendations: (kind == MessageType::NewRecommendation)
            .then(|| insight.recommendations.iter().take(MOST_RECOMMENDATIONS).map(|r| advice(insight, r)).collect()),
        resource_collection: match &insight.application.boundary {
            Boundary::Stack { name } => ResourceCollection::CloudFormation { stack_names: vec![name] },
            Boundary::Tag { key, value } => {
                ResourceCollection::Tags([Tag { app_boundary_key: key, tag_values: [value] }])
            }
            // At account level DevOps Guru names no stack.
            Boundary::Unassigned => ResourceCollection::CloudFormation { stack_names: vec![] },
        },
        message_id: (dialect == Dialect::EventBridge).then_some(message.id.as_str()),
    }
}

/// The anomalies a message is about, those that matter most first; none: it has no such field.
pub(crate) fn told<'a>(message: &Message, insight: &'a Insight, dialect: Dialect) -> Option<Vec<&'a Anomaly>> {
    let wanted = |anomaly: &&Anomaly| match message.message_type {
        MessageType::NewAssociation => message.anomalies.contains(&anomaly.id),
        _ => true,
    };
    match message.message_type {
        MessageType::NewRecommendation => return None,
        MessageType::SeverityUpgraded if dialect == Dialect::Sns => return None,
        _ => {}
    }
    let score = |a: &Anomaly| a.of_metric().map_or(0.0, |m| m.score);
    let mut anomalies: Vec<&Anomaly> = insight.anomalies.iter().filter(wanted).collect();
    anomalies.sort_by(|a, b| {
        let contextual = |a: &Anomaly| a.anomaly_type == AnomalyType::Contextual;
        (contextual(a), b.severity).cmp(&(contextual(b), a.severity)).then(score(b).total_cmp(&score(a)))
    });
    Some(anomalies)
}

fn anomaly_detail<'a>(
    kind: MessageType,
    insight: &'a Insight,
    anomaly: &'a Anomaly,
    dialect: Dialect,
) -> AnomalyDetail<'a> {
    let closed = kind == MessageType::ClosedInsight;
    let bus = dialect == Dialect::EventBridge;
    let end = anomaly.end_time.filter(|_| bus || closed || kind == MessageType::NewAssociation);
    let close = anomaly.close_time.filter(|_| closed);
    let earliest = bus.then_some(anomaly.start_time);
    let latest = anomaly.end_time.filter(|_| bus);
    AnomalyDetail {
        id: anomaly.id.as_str(),
        start_time: Millis(anomaly.start_time),
        start_time_iso: anomaly.start_time,
        end_time: end.map(Millis),
        end_time_iso: end,
        open_time: Millis(anomaly.open_time),
        open_time_iso: anomaly.open_time,
        close_time: close.map(Millis),
        close_time_iso: close,
        earliest_impact_time: earliest.map(Millis),
        earliest_impact_time_iso: earliest,
        latest_impact_time: latest.map(Millis),
        latest_impact_time_iso: latest,
        anomaly_type: bus.then_some(match anomaly.anomaly_type {
            AnomalyType::Causal => "CAUSAL",
            AnomalyType::Contextual => "CONTEXTUAL",
        }),
        anomaly_severity: bus.then(|| text::severity(anomaly.severity)),
        limit: anomaly.of_metric().and_then(|m| m.limit).filter(|limit| bus && limit.is_finite()),
        description: (bus || closed).then(|| text::clip(&anomaly.description, MOST_TEXT)),
        anomaly_resources: (bus || closed).then_some([named(&anomaly.resource)]),
        source_details: anomaly.metric().iter().map(|metric| source(metric, anomaly, dialect)).collect(),
        associated_resource_arns: arn::of_anomaly(insight, anomaly),
    }
}

fn source<'a>(metric: &'a Metric, anomaly: &'a Anomaly, dialect: Dialect) -> SourceDetail<'a> {
    let key = &metric.key;
    let pairs = || key.dimensions.iter().map(|(name, value)| Dimension { name, value }).collect();
    SourceDetail {
        data_source: "CW_METRICS",
        data_identifiers: DataIdentifiers {
            name: &key.name,
            namespace: &key.namespace,
            period: metric.period.to_string(),
            stat: &key.statistic,
            unit: if metric.unit.is_empty() { "None" } else { &metric.unit },
            dimensions: match dialect {
                // A map of texts always has a JSON form.
                Dialect::Sns => Dimensions::Text(serde_json::to_string(&key.dimensions).unwrap_or_default()),
                Dialect::EventBridge => Dimensions::Pairs(pairs()),
            },
            resource_id: &anomaly.resource.name,
            // `DynamoDB/Table`
            resource_type: anomaly.resource.resource_type.trim_start_matches("AWS::").replace("::", "/"),
        },
    }
}

fn named(resource: &ResourceRef) -> Named<'_> {
    Named { name: &resource.name, kind: &resource.resource_type }
}

fn metrics(related: &RelatedAnomaly) -> Vec<CloudWatchMetric<'_>> {
    related.metric.iter().map(|m| CloudWatchMetric { metric_name: &m.name, namespace: &m.namespace }).collect()
}

fn advice<'a>(insight: &'a Insight, recommendation: &'a Recommendation) -> RecommendationDetail<'a> {
    let event = |event: &'a RelatedEvent| RelatedEventDetail {
        name: &event.name,
        resources: event.resources.iter().map(named).collect(),
    };
    let anomaly = |related: &'a RelatedAnomaly| RelatedAnomalyDetail {
        source_details: CloudWatchMetrics { cloud_watch_metrics: metrics(related) },
        resources: [named(&related.resource)],
        associated_resource_arns: arn::of_resource(insight, &related.resource),
    };
    RecommendationDetail {
        name: text::clip(&recommendation.name, MOST_NAME),
        description: text::clip(&recommendation.description, MOST_TEXT),
        reason: text::clip(&recommendation.reason, MOST_TEXT),
        link: &recommendation.link,
        related_events: recommendation.related_events.iter().take(MOST_RELATED).map(event).collect(),
        related_anomalies: recommendation.related_anomalies.iter().take(MOST_RELATED).map(anomaly).collect(),
    }
}

/// The most that `build` can make of `all` anomalies in no more than `bytes`.
pub(crate) fn fitting(bytes: usize, all: usize, build: impl Fn(usize) -> String) -> String {
    let whole = build(all);
    if whole.len() <= bytes {
        return whole;
    }
    let (mut fits, mut too_many) = (0, all);
    while too_many - fits > 1 {
        let middle = fits + (too_many - fits) / 2;
        match build(middle).len() <= bytes {
            true => fits = middle,
            false => too_many = middle,
        }
    }
    build(fits)
}
