//! What a failed check is told as.

use super::{CheckSituation, Failure};
use stackseer_catalog::{Check, fill};
use stackseer_model::*;
use std::collections::BTreeMap;

pub fn opened(situation: &CheckSituation<'_>, check: &Check, failures: &[(&Resource, &Failure)]) -> Insight {
    let now = situation.now;
    let told = failures.first().map_or_else(BTreeMap::new, |(resource, f)| values(situation, resource, f));
    Insight {
        id: InsightId::of(&situation.application.id, &check.id, now.as_second()),
        name: fill(&check.title, &told),
        nature: Nature::Proactive { check: check.id.clone(), maps: check.maps.clone() },
        subject: Subject { what: check.id.clone(), resource: None },
        severity: failures.iter().map(|(_, f)| f.severity).max().unwrap_or(check.severity),
        status: Status::Ongoing,
        start_time: failures.iter().filter_map(|(_, f)| f.since).min().unwrap_or(now),
        end_time: None,
        open_time: now,
        update_time: now,
        application: situation.application.clone(),
        description: fill(&check.description, &told),
        causes: vec![],
        anomalies: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

pub fn anomaly(check: &Check, insight: &Insight, resource: &Resource, failure: &Failure, now: Timestamp) -> Anomaly {
    let subject = failure.metric().map_or_else(|| check.id.clone(), |m| m.key.to_string());
    let start = failure.since.unwrap_or(now);
    Anomaly {
        id: AnomalyId::of(&insight.id, &format!("{subject} {}", resource.name), start.as_second()),
        anomaly_type: AnomalyType::Causal,
        causal_anomaly: None,
        severity: failure.severity,
        status: Status::Ongoing,
        start_time: start,
        end_time: None,
        open_time: now,
        close_time: None,
        resource: ResourceRef::from(resource),
        description: format!("{} fails: {}", check.id, resource.name),
        evidence: failure.evidence.clone(),
        passed: 0,
    }
}

pub fn cause(situation: &CheckSituation<'_>, check: &Check, resource: &Resource, failure: &Failure) -> Cause {
    Cause {
        resource: ResourceRef::from(resource),
        metric: failure.metric().map(|m| m.key.name.clone()),
        share: None,
        rank: 0,
        changes: vec![],
        path: vec![],
        reason: fill(&check.description, &values(situation, resource, failure)),
    }
}

pub fn advice(situation: &CheckSituation<'_>, check: &Check, resource: &Resource, failure: &Failure) -> Recommendation {
    let values = values(situation, resource, failure);
    let metric = failure.metric();
    let set = failure.set.as_ref().map_or_else(String::new, |set| format!(" The threshold is {set}."));
    Recommendation {
        name: fill(&check.recommendation.name, &values),
        description: fill(&check.recommendation.description, &values),
        reason: fill(&check.recommendation.reason, &values) + &set,
        link: check.recommendation.link.clone(),
        place: String::new(),
        command: String::new(),
        related_events: vec![],
        related_anomalies: vec![RelatedAnomaly {
            resource: ResourceRef::from(resource),
            metric: metric.map(|m| RelatedMetric { namespace: m.key.namespace.clone(), name: m.key.name.clone() }),
        }],
    }
}

fn values(situation: &CheckSituation<'_>, resource: &Resource, failure: &Failure) -> BTreeMap<&'static str, String> {
    let mut values = failure.values.clone();
    values.insert("application", situation.application.name.clone());
    values.insert("resource", resource.name.clone());
    values
}
