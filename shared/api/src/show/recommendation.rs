//! What to do.

use super::some;
use crate::wire;
use stackseer_model::{Insight, Recommendation, RelatedAnomaly, RelatedEvent, ResourceRef};
use stackseer_notify as notify;

pub fn recommendation(insight: &Insight, recommendation: &Recommendation) -> wire::Recommendation {
    let resource = recommendation.related_anomalies.first().map(|related| &related.resource);
    wire::Recommendation {
        name: Some(recommendation.name.clone()),
        description: Some(recommendation.description.clone()),
        reason: Some(recommendation.reason.clone()),
        link: some(&recommendation.link),
        category: None,
        related_events: Some(recommendation.related_events.iter().map(event).collect()),
        related_anomalies: Some(recommendation.related_anomalies.iter().map(|a| anomaly(insight, a)).collect()),
        place: some(&recommendation.place),
        command: some(&recommendation.command),
        console_url: resource.map(|resource| notify::page(&insight.application, resource)),
    }
}

fn event(event: &RelatedEvent) -> wire::RecommendationRelatedEvent {
    let resource = |resource: &ResourceRef| wire::RecommendationRelatedEventResource {
        name: Some(resource.name.clone()),
        r#type: some(&resource.resource_type),
    };
    wire::RecommendationRelatedEvent {
        name: Some(event.name.clone()),
        resources: Some(event.resources.iter().map(resource).collect()),
    }
}

fn anomaly(insight: &Insight, related: &RelatedAnomaly) -> wire::RecommendationRelatedAnomaly {
    let metric = related.metric.as_ref();
    let is_it = |a: &&stackseer_model::Anomaly| {
        a.resource.id == related.resource.id
            && metric.is_none_or(|metric| {
                a.metric().is_some_and(|m| m.key.namespace == metric.namespace && m.key.name == metric.name)
            })
    };
    let resource = wire::RecommendationRelatedAnomalyResource {
        name: Some(related.resource.name.clone()),
        r#type: some(&related.resource.resource_type),
    };
    let source = metric.map(|metric| wire::RecommendationRelatedAnomalySourceDetail {
        cloud_watch_metrics: Some(vec![wire::RecommendationRelatedCloudWatchMetricsSourceDetail {
            metric_name: Some(metric.name.clone()),
            namespace: Some(metric.namespace.clone()),
        }]),
    });
    wire::RecommendationRelatedAnomaly {
        anomaly_id: insight.anomalies.iter().find(is_it).map(|a| a.id.to_string()),
        resources: Some(vec![resource]),
        source_details: source.map(|source| vec![source]),
    }
}
