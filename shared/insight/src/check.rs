//! Proactive insights: what the checks of the catalogue say of the application's resources. Unknown neither opens nor closes.

mod config_is;
mod ratio_below;

use crate::Plan;
use crate::lifecycle::tell;
use stackseer_catalog::{Catalog, Check, CheckCondition, fill};
use stackseer_model::*;
use std::collections::BTreeMap;

/// What the checks are asked with.
pub struct CheckSituation<'a> {
    pub now: Timestamp,
    pub application: &'a Application,
    pub inventory: &'a Inventory,
    /// Daily use of the metrics that checks name.
    pub usage: &'a [(Metric, Vec<DailyUse>)],
    pub known: &'a [Insight],
    pub catalog: &'a Catalog,
}

/// One whole day of a metric, as rates per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyUse {
    pub day: Timestamp,
    pub mean: f64,
    pub peak: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum CheckAnswer {
    Pass,
    /// With the numbers for the texts.
    Fail(Box<Failure>),
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub evidence: Evidence,
    /// Since when it has been so, as far as was seen.
    pub since: Option<Timestamp>,
    pub values: BTreeMap<&'static str, String>,
}

impl Failure {
    fn metric(&self) -> Option<&Metric> {
        match &self.evidence {
            Evidence::Metric(evidence) => Some(&evidence.metric),
            Evidence::Config(_) | Evidence::Log(_) | Evidence::Database(_) => None,
        }
    }
}

pub fn plan_checks(situation: &CheckSituation<'_>) -> Plan {
    let mut plan = Plan::default();
    for check in situation.catalog.checks() {
        let answers: Vec<(&Resource, CheckAnswer)> = situation
            .inventory
            .resources
            .iter()
            .filter(|r| r.resource_type == check.resource_type)
            .filter_map(|r| Some((r, applies(check, r).then(|| answer(situation, check, r))?)))
            .collect();
        reconcile(situation, check, &answers, &mut plan);
    }
    plan
}

/// An attribute that isn't known can't rule the resource out: its check says Unknown by itself.
fn applies(check: &Check, resource: &Resource) -> bool {
    check.only.iter().all(|(attribute, wanted)| resource.known(attribute).is_none_or(|value| value == wanted))
}

fn answer(situation: &CheckSituation<'_>, check: &Check, resource: &Resource) -> CheckAnswer {
    if let Some((attribute, _)) = check.only.iter().find(|(attribute, _)| resource.known(attribute).is_none()) {
        return CheckAnswer::Unknown(format!("{attribute} of {} is not known", resource.name));
    }
    match &check.condition {
        CheckCondition::ConfigIs { attribute, bad } => config_is::answer(resource, attribute, bad),
        CheckCondition::RatioBelow { namespace, metric, limit, share, days, target } => {
            let usage = situation
                .usage
                .iter()
                .find(|(m, _)| m.resource == resource.id && &m.key.namespace == namespace && &m.key.name == metric);
            let wanted = ratio_below::Wanted { limit, share: *share, days: *days, target: *target };
            ratio_below::answer(resource, usage, &wanted)
        }
    }
}

fn reconcile(situation: &CheckSituation<'_>, check: &Check, answers: &[(&Resource, CheckAnswer)], plan: &mut Plan) {
    let now = situation.now;
    let known =
        situation.known.iter().find(|i| i.is_open(InsightType::Proactive) && i.check() == Some(check.id.as_str()));
    let failures: Vec<(&Resource, &Failure)> = answers
        .iter()
        .filter_map(|(resource, answer)| match answer {
            CheckAnswer::Fail(failure) => Some((*resource, failure.as_ref())),
            _ => None,
        })
        .collect();
    let mut insight = match known {
        Some(known) => known.clone(),
        None if failures.is_empty() => return,
        None => opened(situation, check, &failures),
    };
    let mut joined = Vec::new();
    for (resource, failure) in &failures {
        let fresh = anomaly(check, &insight, resource, failure, now);
        match insight.anomalies.iter_mut().find(|a| a.resource.id == resource.id && a.status == Status::Ongoing) {
            Some(anomaly) => {
                *anomaly = Anomaly {
                    open_time: anomaly.open_time,
                    start_time: anomaly.start_time,
                    id: anomaly.id.clone(),
                    ..fresh
                }
            }
            None => {
                joined.push(fresh.id.clone());
                insight.anomalies.push(fresh);
            }
        }
    }
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        let passes = answers.iter().any(|(r, answer)| r.id == anomaly.resource.id && *answer == CheckAnswer::Pass);
        let gone = situation.inventory.resource(&anomaly.resource.id).is_none();
        if passes || gone {
            anomaly.status = Status::Closed;
            anomaly.end_time = Some(now);
            anomaly.close_time = Some(now);
        }
    }
    let told = failures.iter().map(|(resource, failure)| {
        let cause = Cause {
            resource: ResourceRef::from(*resource),
            metric: failure.metric().map(|m| m.key.name.clone()),
            share: None,
            rank: 0,
            changes: vec![],
            path: vec![],
            reason: fill(&check.description, &values(situation, resource, failure)),
        };
        (cause, advice(situation, check, resource, failure))
    });
    // What was said of a resource holds while its answer is not known.
    let is_unknown = |cause: &Cause| {
        answers.iter().any(|(r, answer)| r.id == cause.resource.id && matches!(answer, CheckAnswer::Unknown(_)))
    };
    let before = insight.causes.iter().cloned().zip(insight.recommendations.iter().cloned());
    (insight.causes, insight.recommendations) = told.chain(before.filter(|(cause, _)| is_unknown(cause))).unzip();
    insight.causes.iter_mut().zip(1..).for_each(|(cause, rank)| cause.rank = rank);
    if known.is_none() {
        let reason = insight.description.clone();
        tell(&mut insight, &mut plan.messages, MessageType::NewInsight, Transited::Opened, reason, now);
    } else if !joined.is_empty() {
        let reason = "more resources fail the same check".to_owned();
        tell(
            &mut insight,
            &mut plan.messages,
            MessageType::NewAssociation,
            Transited::Extended { anomalies: joined },
            reason,
            now,
        );
    }
    if insight.anomalies.iter().all(|a| a.status == Status::Closed) {
        insight.status = Status::Closed;
        insight.end_time = Some(now);
        let reason = "no resource fails the check any more".to_owned();
        tell(
            &mut insight,
            &mut plan.messages,
            MessageType::ClosedInsight,
            Transited::Closed { ending: Ending::Normal },
            reason,
            now,
        );
    }
    if known.is_none_or(|known| *known != Insight { update_time: known.update_time, ..insight.clone() }) {
        insight.update_time = now;
        plan.changed.push(insight);
    }
}

fn opened(situation: &CheckSituation<'_>, check: &Check, failures: &[(&Resource, &Failure)]) -> Insight {
    let (resource, failure) = failures[0];
    let values = values(situation, resource, failure);
    let now = situation.now;
    Insight {
        id: InsightId::of(&situation.application.id, &check.id, now.as_second()),
        name: fill(&check.title, &values),
        nature: Nature::Proactive { check: check.id.clone() },
        subject: Subject { what: check.id.clone(), resource: None },
        severity: check.severity,
        status: Status::Ongoing,
        start_time: failures.iter().filter_map(|(_, f)| f.since).min().unwrap_or(now),
        end_time: None,
        open_time: now,
        update_time: now,
        application: situation.application.clone(),
        description: fill(&check.description, &values),
        causes: vec![],
        anomalies: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        considered: vec![],
        repeat: None,
    }
}

fn values(situation: &CheckSituation<'_>, resource: &Resource, failure: &Failure) -> BTreeMap<&'static str, String> {
    let mut values = failure.values.clone();
    values.insert("application", situation.application.name.clone());
    values.insert("resource", resource.name.clone());
    values
}

fn anomaly(check: &Check, insight: &Insight, resource: &Resource, failure: &Failure, now: Timestamp) -> Anomaly {
    let subject = failure.metric().map_or_else(|| check.id.clone(), |m| m.key.to_string());
    let start = failure.since.unwrap_or(now);
    Anomaly {
        id: AnomalyId::of(&insight.id, &format!("{subject} {}", resource.name), start.as_second()),
        anomaly_type: AnomalyType::Causal,
        causal_anomaly: None,
        severity: check.severity,
        status: Status::Ongoing,
        start_time: start,
        end_time: None,
        open_time: now,
        close_time: None,
        resource: ResourceRef::from(resource),
        description: format!("{} fails: {}", check.id, resource.name),
        evidence: failure.evidence.clone(),
    }
}

fn advice(situation: &CheckSituation<'_>, check: &Check, resource: &Resource, failure: &Failure) -> Recommendation {
    let values = values(situation, resource, failure);
    Recommendation {
        name: fill(&check.recommendation.name, &values),
        description: fill(&check.recommendation.description, &values),
        reason: fill(&check.recommendation.reason, &values),
        link: check.recommendation.link.clone(),
        place: String::new(),
        command: String::new(),
        related_events: vec![],
        related_anomalies: vec![RelatedAnomaly {
            resource: ResourceRef::from(resource),
            metric: failure
                .metric()
                .map(|m| RelatedMetric { namespace: m.key.namespace.clone(), name: m.key.name.clone() }),
        }],
    }
}
