//! What a check says of one resource.

use super::tuned::Tuned;
use super::{CheckSituation, evidence};
use crate::predicate::{All, View, ask_all};
use crate::topology::Topology;
use stackseer_catalog::Check;
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
    pub severity: Severity,
    /// Which threshold it is that somebody set, and where.
    pub set: Option<String>,
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

/// `failing`: it failed before, and is over only once it is well away from the threshold.
pub fn answer(
    situation: &CheckSituation<'_>,
    topology: &Topology<'_>,
    tuned: &Tuned<'_>,
    resource: &Resource,
    failing: bool,
) -> CheckAnswer {
    let check = tuned.check.as_ref();
    if let Some(young) = too_young(situation, check, resource) {
        return CheckAnswer::Unknown(young);
    }
    let view = View {
        catalog: situation.catalog,
        inventory: situation.inventory,
        topology,
        events: &[],
        usage: situation.usage,
        now: situation.now,
        during: None,
        told: false,
        failing,
    };
    match ask_check(view, check, resource) {
        All::Hold(shown) => match evidence::failure(view, check, &shown, resource) {
            Some(failure) => CheckAnswer::Fail(Box::new(Failure { set: tuned.said.clone(), ..failure })),
            None => CheckAnswer::Pass,
        },
        All::Not(_) => CheckAnswer::Pass,
        All::Unknown(why) => CheckAnswer::Unknown(why),
    }
}

/// Of what is new nobody knows yet how it will be.
fn too_young(situation: &CheckSituation<'_>, check: &Check, resource: &Resource) -> Option<String> {
    let since = situation.since.of(&resource.id)?;
    let days = (situation.now.as_second() - since.as_second()) / (24 * 3600);
    let wanted = check.least_age;
    (days < i64::from(wanted)).then(|| format!("{} is known for {days} days, {wanted} are needed", resource.name))
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

#[cfg(test)]
mod tests;
