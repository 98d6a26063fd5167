//! DevOps Guru's fields, as its SNS messages and its EventBridge events have them. The order is that of its own examples.

use crate::source::{self, Source};
use crate::{Links, arn, said, text};
use serde::{Serialize, Serializer};
use stackseer_model::*;
use std::collections::BTreeMap;

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
    insight_severity: &'static str,
    start_time: Millis,
    #[serde(rename = "startTimeISO")]
    start_time_iso: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Millis>,
    #[serde(rename = "endTimeISO", skip_serializing_if = "Option::is_none")]
    end_time_iso: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anomalies: Option<Vec<AnomalyDetail>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendations: Option<Vec<RecommendationDetail<'a>>>,
    resource_collection: ResourceCollection<'a>,
    /// Not DevOps Guru's: the same on a second delivery, which can so be dropped. SNS messages have it as an attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    /// Not DevOps Guru's: what other tools call the same check.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_checks: Option<&'a BTreeMap<String, String>>,
}

/// Epoch milliseconds: SNS has them as a number, EventBridge as text.
#[derive(Debug, Clone, Copy)]
struct Millis(Timestamp, Dialect);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.as_millisecond();
        match self.1 {
            Dialect::Sns => serializer.serialize_i64(millis),
            Dialect::EventBridge => serializer.collect_str(&millis),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AnomalyDetail {
    id: String,
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
    anomaly_resources: Option<[Named; 1]>,
    source_details: [SourceDetail; 1],
    associated_resource_arns: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceDetail {
    data_source: &'static str,
    data_identifiers: DataIdentifiers,
}

#[derive(Debug, Serialize)]
struct DataIdentifiers {
    name: String,
    namespace: String,
    period: String,
    stat: String,
    unit: String,
    dimensions: Dimensions,
    #[serde(rename = "ResourceId")]
    resource_id: String,
    #[serde(rename = "ResourceType")]
    resource_type: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Dimensions {
    /// JSON within a string.
    Text(String),
    Pairs(Vec<Dimension>),
}

#[derive(Debug, Serialize)]
struct Dimension {
    name: String,
    value: String,
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
    related_anomalies: Vec<RelatedAnomalyDetail>,
}

#[derive(Debug, Serialize)]
struct RelatedEventDetail<'a> {
    name: &'a str,
    resources: Vec<Named>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RelatedAnomalyDetail {
    source_details: CloudWatchMetrics,
    resources: [Named; 1],
    associated_resource_arns: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudWatchMetrics {
    cloud_watch_metrics: [CloudWatchMetric; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudWatchMetric {
    metric_name: String,
    namespace: String,
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
        insight_description: said::description(message, insight),
        insight_severity: text::severity(insight.severity),
        start_time: Millis(insight.start_time, dialect),
        start_time_iso: insight.start_time,
        end_time: end.map(|end| Millis(end, dialect)),
        end_time_iso: end,
        anomalies: told(message, insight, dialect).map(|told| anomalies(kind, insight, &told, dialect, most)),
        recommendations: (kind == MessageType::NewRecommendation).then(|| recommendations(message, insight)),
        resource_collection: match &insight.application.boundary {
            Boundary::Stack { name } => ResourceCollection::CloudFormation { stack_names: vec![name] },
            Boundary::Tag { key, value } => {
                ResourceCollection::Tags([Tag { app_boundary_key: key, tag_values: [value] }])
            }
            // At account level DevOps Guru names no stack.
            Boundary::Unassigned => ResourceCollection::CloudFormation { stack_names: vec![] },
        },
        message_id: (dialect == Dialect::EventBridge).then_some(message.id.as_str()),
        same_checks: insight.maps().filter(|maps| dialect == Dialect::EventBridge && !maps.is_empty()),
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

/// Never none: receivers read the first without asking whether there is one.
fn anomalies(
    kind: MessageType,
    insight: &Insight,
    told: &[&Anomaly],
    dialect: Dialect,
    most: usize,
) -> Vec<AnomalyDetail> {
    let detail = |anomaly: &Anomaly, source| anomaly_detail(kind, insight, anomaly, source, dialect);
    match told.is_empty() {
        false => told.iter().take(most).map(|a| detail(a, source::of(insight, a))).collect(),
        true => {
            let (anomaly, source) = source::stand_in(insight);
            vec![detail(&anomaly, source)]
        }
    }
}

fn anomaly_detail(
    kind: MessageType,
    insight: &Insight,
    anomaly: &Anomaly,
    source: Source,
    dialect: Dialect,
) -> AnomalyDetail {
    let closed = kind == MessageType::ClosedInsight;
    let bus = dialect == Dialect::EventBridge;
    let end = anomaly.end_time.filter(|_| bus || closed || kind == MessageType::NewAssociation);
    let close = anomaly.close_time.filter(|_| closed);
    let earliest = bus.then_some(anomaly.start_time);
    let latest = anomaly.end_time.filter(|_| bus);
    let millis = |time: Timestamp| Millis(time, dialect);
    AnomalyDetail {
        id: anomaly.id.to_string(),
        start_time: millis(anomaly.start_time),
        start_time_iso: anomaly.start_time,
        end_time: end.map(millis),
        end_time_iso: end,
        open_time: millis(anomaly.open_time),
        open_time_iso: anomaly.open_time,
        close_time: close.map(millis),
        close_time_iso: close,
        earliest_impact_time: earliest.map(millis),
        earliest_impact_time_iso: earliest,
        latest_impact_time: latest.map(millis),
        latest_impact_time_iso: latest,
        anomaly_type: bus.then_some(match anomaly.anomaly_type {
            AnomalyType::Causal => "CAUSAL",
            AnomalyType::Contextual => "CONTEXTUAL",
        }),
        anomaly_severity: bus.then(|| text::severity(anomaly.severity)),
        limit: anomaly.of_metric().and_then(|m| m.limit).filter(|limit| bus && limit.is_finite()),
        description: (bus || closed).then(|| text::clip(&said::anomaly(insight, anomaly), MOST_TEXT)),
        anomaly_resources: (bus || closed).then(|| [named(&anomaly.resource)]),
        source_details: [source_detail(source, dialect)],
        associated_resource_arns: arn::of_anomaly(insight, anomaly),
    }
}

fn source_detail(source: Source, dialect: Dialect) -> SourceDetail {
    let dimensions = source.dimensions;
    SourceDetail {
        data_source: source.data_source,
        data_identifiers: DataIdentifiers {
            name: source.name,
            namespace: source.namespace,
            period: source.period.to_string(),
            stat: source.stat,
            unit: source.unit,
            dimensions: match dialect {
                // A map of texts always has a JSON form.
                Dialect::Sns => {
                    let map: BTreeMap<String, String> = dimensions.into_iter().collect();
                    Dimensions::Text(serde_json::to_string(&map).unwrap_or_default())
                }
                Dialect::EventBridge => {
                    Dimensions::Pairs(dimensions.into_iter().map(|(name, value)| Dimension { name, value }).collect())
                }
            },
            resource_id: source.resource.name,
            // `DynamoDB/Table`
            resource_type: source.resource.resource_type.trim_start_matches("AWS::").replace("::", "/"),
        },
    }
}

fn named(resource: &ResourceRef) -> Named {
    Named { name: resource.name.clone(), kind: resource.resource_type.clone() }
}

/// Where it has none any more, what the message was about.
fn recommendations<'a>(message: &Message, insight: &'a Insight) -> Vec<RecommendationDetail<'a>> {
    let now = insight.recommendations.iter().take(MOST_RECOMMENDATIONS).map(|r| advice(insight, r));
    let then = || RecommendationDetail {
        name: text::clip(&message.reason, MOST_NAME),
        description: "It no longer applies.".to_owned(),
        reason: String::new(),
        link: "",
        related_events: vec![],
        related_anomalies: vec![about(insight, None)],
    };
    match insight.recommendations.is_empty() {
        false => now.collect(),
        true => vec![then()],
    }
}

fn advice<'a>(insight: &'a Insight, recommendation: &'a Recommendation) -> RecommendationDetail<'a> {
    let event = |event: &'a RelatedEvent| RelatedEventDetail {
        name: &event.name,
        resources: event.resources.iter().map(named).collect(),
    };
    let places = [("Where to look", &recommendation.place), ("Command", &recommendation.command)];
    let places = places.into_iter().filter(|(_, text)| !text.is_empty());
    let description = places.fold(text::clip(&recommendation.description, MOST_TEXT), |said, (label, text)| {
        format!("{said} {label}: {}", text::clip(text, MOST_TEXT))
    });
    RecommendationDetail {
        name: text::clip(&recommendation.name, MOST_NAME),
        description,
        reason: text::clip(&recommendation.reason, MOST_TEXT),
        link: &recommendation.link,
        related_events: recommendation.related_events.iter().take(MOST_RELATED).map(event).collect(),
        related_anomalies: related(insight, recommendation),
    }
}

/// What it rests on; where it doesn't say, what the insight is about.
fn related(insight: &Insight, recommendation: &Recommendation) -> Vec<RelatedAnomalyDetail> {
    let detail = |RelatedAnomaly { resource, metric }: &RelatedAnomaly| match metric {
        Some(metric) => related_detail(insight, resource, metric.name.clone(), metric.namespace.clone()),
        None => about(insight, Some(resource)),
    };
    match recommendation.related_anomalies.is_empty() {
        false => recommendation.related_anomalies.iter().take(MOST_RELATED).map(detail).collect(),
        true => vec![about(insight, None)],
    }
}

/// The insight's anomaly on the resource, or its first.
fn about(insight: &Insight, resource: Option<&ResourceRef>) -> RelatedAnomalyDetail {
    let anomaly = insight.anomalies.iter().find(|a| resource.is_none_or(|r| r.id == a.resource.id));
    let source = anomaly.map_or_else(|| source::stand_in(insight).1, |anomaly| source::of(insight, anomaly));
    related_detail(insight, resource.unwrap_or(&source.resource), source.name, source.namespace)
}

fn related_detail(
    insight: &Insight,
    resource: &ResourceRef,
    metric_name: String,
    namespace: String,
) -> RelatedAnomalyDetail {
    RelatedAnomalyDetail {
        source_details: CloudWatchMetrics { cloud_watch_metrics: [CloudWatchMetric { metric_name, namespace }] },
        resources: [named(resource)],
        associated_resource_arns: arn::arn(&insight.application, resource).into_iter().collect(),
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
