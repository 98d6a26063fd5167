//! What a check says of one resource.

use super::CheckSituation;
use crate::predicate::{All, Shown, ShownMetric, View, ask_all, said_of_days};
use crate::text;
use crate::topology::Topology;
use stackseer_catalog::{Bound, Check, Side};
use stackseer_model::*;
use std::collections::BTreeMap;

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
    pub fn metric(&self) -> Option<&Metric> {
        match &self.evidence {
            Evidence::Metric(evidence) => Some(&evidence.metric),
            Evidence::Config(_) | Evidence::Log(_) | Evidence::Database(_) => None,
        }
    }
}

pub fn answer<'a>(
    situation: &CheckSituation<'a>,
    topology: &Topology<'a>,
    check: &'a Check,
    resource: &'a Resource,
) -> CheckAnswer {
    let view = View {
        catalog: situation.catalog,
        inventory: situation.inventory,
        topology,
        events: &[],
        usage: situation.usage,
        during: None,
        told: false,
    };
    match ask_check(view, check, resource) {
        All::Hold(shown) => match failure(situation.inventory, check, &shown) {
            Some(failure) => CheckAnswer::Fail(Box::new(failure)),
            None => CheckAnswer::Pass,
        },
        All::Not(_) => CheckAnswer::Pass,
        All::Unknown(why) => CheckAnswer::Unknown(why),
    }
}

/// Whether it fails. A look-alike that is not known does not excuse, and does not accuse either.
fn ask_check<'a>(view: View<'a, '_>, check: &'a Check, resource: &'a Resource) -> All<'a> {
    let mut unknown = None;
    for (attribute, wanted) in &check.only {
        match resource.attributes.get(attribute) {
            Some(Attribute::Known(value)) if value == wanted => {}
            Some(Attribute::Known(_) | Attribute::Unset) => {
                return All::Not(format!("{attribute} of {} is another", resource.name));
            }
            Some(Attribute::Unknown(_)) | None => {
                unknown = unknown.or(Some(format!("{attribute} of {} is not known", resource.name)));
            }
        }
    }
    let shown = match ask_all(view, &check.when, resource) {
        All::Hold(shown) => shown,
        All::Not(why) => return All::Not(why),
        All::Unknown(why) => return All::Unknown(unknown.unwrap_or(why)),
    };
    for look_alike in &check.not_when {
        match ask_all(view, &look_alike.when, resource) {
            All::Hold(_) => return All::Not(look_alike.because.clone()),
            All::Not(_) => {}
            All::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    unknown.map_or(All::Hold(shown), All::Unknown)
}

/// The evidence and its numbers. None: nothing better is there to recommend.
fn failure(inventory: &Inventory, check: &Check, shown: &[Shown<'_>]) -> Option<Failure> {
    let (predicate, shown) = check.when.iter().zip(shown).find(|(predicate, _)| predicate.shows())?;
    let mut failure = match (shown.metric, predicate.bound()) {
        (Some(metric), Some(bound)) => of_metric(check, bound, shown, metric)?,
        _ => of_attribute(shown)?,
    };
    if let Some(cause) = inventory.resource(shown.resource) {
        failure.values.insert("cause", cause.name.clone());
    }
    if let Some(limit) = shown.limit {
        failure.values.insert("limit", limit.said());
        failure.values.insert("limit_of", limit.of.name.clone());
    }
    Some(failure)
}

/// None: no better limit is there to recommend.
fn of_metric(check: &Check, bound: &Bound, shown: &Shown<'_>, metric: ShownMetric<'_>) -> Option<Failure> {
    let limit = shown.limit?.quantity.in_unit_of(metric.metric);
    let direction = match bound.side {
        Side::Near => Direction::Up,
        Side::Below => Direction::Down,
    };
    let mut values = BTreeMap::from([
        ("share", percent(bound.share)),
        ("use", percent(metric.ratio)),
        ("peak", said_of_days(metric.metric, metric.value)),
    ]);
    if let Some((days, _)) = metric.days {
        values.insert("days", days.to_string());
    }
    if let Some(target) = check.target {
        // Just enough that the highest use seen stays at the target.
        let recommended = (metric.value / target).ceil().max(1.0);
        let changes = match bound.side {
            Side::Near => recommended > limit,
            Side::Below => recommended < limit,
        };
        if !changes {
            return None;
        }
        values.insert("target", percent(target));
        values.insert("recommended", text::number(recommended));
    }
    Some(Failure {
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric.metric.clone(),
            direction,
            peak: metric.value,
            expected: limit,
            score: 0.0,
            silent: false,
            limit: Some(limit),
            series: vec![],
        }),
        since: metric.days.map(|(_, since)| since),
        values,
    })
}

fn of_attribute(shown: &Shown<'_>) -> Option<Failure> {
    let attribute = shown.attribute?;
    Some(Failure {
        evidence: Evidence::Config(ConfigEvidence {
            attribute: attribute.name.to_owned(),
            value: attribute.value.known().map(str::to_owned),
        }),
        since: None,
        values: BTreeMap::from([("attribute", attribute.name.replace('_', " ")), ("value", attribute.said())]),
    })
}

fn percent(share: f64) -> String {
    text::number((share * 1000.0).round() / 10.0)
}

#[cfg(test)]
mod tests;
