//! Proactive insights: what the checks of the catalogue say of the application's resources. Unknown neither opens nor closes.

mod answer;
mod ending;
mod evidence;
mod texts;
mod tuned;

pub use answer::{CheckAnswer, Failure};

use crate::Plan;
use crate::lifecycle::tell;
use crate::predicate::{Since, Usage};
use crate::topology::Topology;
use stackseer_catalog::{Catalog, Check};
use stackseer_model::*;

/// A check that fails again so soon after its end goes on.
const RELAPSE_SECONDS: i64 = 3600;

/// What the checks are asked with.
pub struct CheckSituation<'a> {
    pub now: Timestamp,
    pub application: &'a Application,
    pub inventory: &'a Inventory,
    /// Use of the metrics that checks name, and since when resources are known to exist.
    pub usage: &'a [Usage],
    pub since: &'a Since,
    /// What people set of checks.
    pub settings: &'a [CheckSetting],
    /// Open insights, and those closed in the last seven days.
    pub known: &'a [Insight],
    pub catalog: &'a Catalog,
}

/// What a check says of each resource that it is about.
pub fn check_answers<'a>(situation: &CheckSituation<'a>, check: &'a Check) -> Vec<(&'a Resource, CheckAnswer)> {
    answers(situation, &Topology::new(situation.inventory), check)
}

fn answers<'a>(
    situation: &CheckSituation<'a>,
    topology: &Topology<'a>,
    check: &'a Check,
) -> Vec<(&'a Resource, CheckAnswer)> {
    let resources = situation.inventory.resources.iter().filter(|r| r.resource_type == check.resource_type);
    let known = open(situation, check);
    let failing = |r: &Resource| {
        known.is_some_and(|i| i.anomalies.iter().any(|a| a.resource.id == r.id && a.status == Status::Ongoing))
    };
    let asked = resources.filter_map(|r| Some((r, tuned::tuned(situation, check, r)?)));
    asked.map(|(r, tuned)| (r, answer::answer(situation, topology, &tuned, r, failing(r)))).collect()
}

/// Whether anything is asked of the application's resources at all.
fn is_asked(situation: &CheckSituation<'_>, id: &str) -> bool {
    let Some(check) = situation.catalog.checks().iter().find(|check| check.id == id) else { return false };
    let resources = situation.inventory.resources.iter().filter(|r| r.resource_type == check.resource_type);
    tuned::is_on(situation, check) || resources.into_iter().any(|r| tuned::tuned(situation, check, r).is_some())
}

pub fn plan_checks(situation: &CheckSituation<'_>) -> Plan {
    let mut plan = Plan::default();
    let topology = Topology::new(situation.inventory);
    for check in situation.catalog.checks().iter().filter(|check| is_asked(situation, &check.id)) {
        reconcile(situation, check, &answers(situation, &topology, check), &mut plan);
    }
    for known in situation.known.iter().filter(|i| i.is_open(InsightType::Proactive)) {
        if !known.check().is_some_and(|id| is_asked(situation, id)) {
            let mut insight = known.clone();
            if ending::unasked(&mut insight, &mut plan.messages, situation.now) {
                insight.update_time = situation.now;
                plan.changed.push(insight);
            }
        }
    }
    plan
}

fn reconcile(situation: &CheckSituation<'_>, check: &Check, answers: &[(&Resource, CheckAnswer)], plan: &mut Plan) {
    let now = situation.now;
    let failures: Vec<(&Resource, &Failure)> = answers
        .iter()
        .filter_map(|(resource, answer)| match answer {
            CheckAnswer::Fail(failure) => Some((*resource, failure.as_ref())),
            _ => None,
        })
        .collect();
    let known = open(situation, check).or_else(|| relapsed(situation, check).filter(|_| !failures.is_empty()));
    let mut insight = match known {
        Some(known) => known.clone(),
        None if failures.is_empty() => return,
        None => texts::opened(situation, check, &failures),
    };
    ending::asked_again(&mut insight);
    let joined = join(check, &mut insight, &failures, now);
    let ended = ending::anomalies(situation, check, &mut insight, answers);
    let worst = failures.iter().map(|(_, failure)| failure.severity).max();
    let climbs = worst.filter(|worst| *worst > insight.severity);
    explain(situation, check, &mut insight, answers, &failures);
    match known {
        None => {
            let reason = insight.description.clone();
            tell(&mut insight, &mut plan.messages, MessageType::NewInsight, Transited::Opened, reason, now);
        }
        Some(known) if known.status == Status::Closed => {
            insight.severity = worst.unwrap_or(insight.severity);
            insight.status = Status::Ongoing;
            insight.end_time = None;
            let reason = "it fails again within the hour".to_owned();
            tell(&mut insight, &mut plan.messages, MessageType::NewInsight, Transited::Reopened, reason, now);
        }
        Some(_) if !joined.is_empty() => {
            let step = Transited::Extended { anomalies: joined };
            let reason = "more resources fail the same check".to_owned();
            tell(&mut insight, &mut plan.messages, MessageType::NewAssociation, step, reason, now);
        }
        Some(_) => {}
    }
    if let Some((to, _)) = climbs.zip(known.filter(|known| known.status == Status::Ongoing)) {
        let from = std::mem::replace(&mut insight.severity, to);
        let step = Transited::SeverityUpgraded { from, to };
        let reason = insight.causes.first().map_or_else(String::new, |cause| cause.reason.clone());
        tell(&mut insight, &mut plan.messages, MessageType::SeverityUpgraded, step, reason, now);
    }
    ending::insight(&mut insight, ended, &mut plan.messages, now);
    if known.is_none_or(|known| *known != Insight { update_time: known.update_time, ..insight.clone() }) {
        insight.update_time = now;
        plan.changed.push(insight);
    }
}

fn open<'a>(situation: &CheckSituation<'a>, check: &Check) -> Option<&'a Insight> {
    situation.known.iter().find(|i| i.is_open(InsightType::Proactive) && i.check() == Some(check.id.as_str()))
}

fn relapsed<'a>(situation: &CheckSituation<'a>, check: &Check) -> Option<&'a Insight> {
    let just_ended = |i: &&Insight| {
        i.check() == Some(check.id.as_str())
            && i.end_time.is_some_and(|end| situation.now.as_second() - end.as_second() <= RELAPSE_SECONDS)
    };
    situation.known.iter().filter(just_ended).max_by_key(|i| i.end_time)
}

/// Brings the failures' anomalies up to date. The answer: those that are new, or go on again.
fn join(check: &Check, insight: &mut Insight, failures: &[(&Resource, &Failure)], now: Timestamp) -> Vec<AnomalyId> {
    let mut joined = Vec::new();
    for (resource, failure) in failures {
        let fresh = texts::anomaly(check, insight, resource, failure, now);
        let same = |a: &&mut Anomaly| a.resource.id == resource.id && (a.status == Status::Ongoing || a.id == fresh.id);
        match insight.anomalies.iter_mut().find(same) {
            Some(known) => {
                if known.status == Status::Closed {
                    joined.push(known.id.clone());
                }
                let (id, open_time, start_time) = (known.id.clone(), known.open_time, known.start_time);
                *known = Anomaly { id, open_time, start_time, ..fresh };
            }
            None => {
                joined.push(fresh.id.clone());
                insight.anomalies.push(fresh);
            }
        }
    }
    joined
}

/// Causes and advice of what fails now. What was said of a resource holds while its answer is not known.
fn explain(
    situation: &CheckSituation<'_>,
    check: &Check,
    insight: &mut Insight,
    answers: &[(&Resource, CheckAnswer)],
    failures: &[(&Resource, &Failure)],
) {
    let told = failures.iter().map(|(resource, failure)| {
        (texts::cause(situation, check, resource, failure), texts::advice(situation, check, resource, failure))
    });
    let is_unknown = |cause: &Cause| {
        answers.iter().any(|(r, answer)| r.id == cause.resource.id && matches!(answer, CheckAnswer::Unknown(_)))
    };
    let before = insight.causes.iter().cloned().zip(insight.recommendations.iter().cloned());
    let both = told.chain(before.filter(|(cause, _)| is_unknown(cause)));
    (insight.causes, insight.recommendations) = both.unzip();
    insight.causes.iter_mut().zip(1..).for_each(|(cause, rank)| cause.rank = rank);
}

#[cfg(test)]
mod tests;
