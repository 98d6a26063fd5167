//! The share of the harm that each resource does itself.

use super::Candidate;
use crate::abnormal::{Means, means};
use crate::findings;
use crate::group::Group;
use crate::situation::{Observed, Situation};
use crate::text;
use crate::topology::Topology;
use stackseer_model::{Metric, ResourceId, Role, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What kind of harm the users of the effect feel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// Milliseconds waited in excess a minute.
    Waiting,
    /// Requests failed in excess a minute.
    Failures,
}

impl Harm {
    /// The metrics that would show it.
    pub fn is_shown_by(self, metric: &Metric) -> bool {
        match self {
            Self::Waiting => metric.role == Role::Latency,
            Self::Failures => matches!(metric.role, Role::Errors | Role::Throttles),
        }
    }
}

/// A resource's harm in one unit, with the metric that shows most of it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    harm: f64,
    metric: &'a Metric,
    means: Means,
}

pub fn own<'a>(
    situation: &Situation<'a>,
    topology: &Topology<'a>,
    group: &Group<'a>,
    unit: Harm,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Candidate<'a>> {
    // Only what is in this incident can have caused it: abnormal itself, or waited for by something that is.
    let waited_for = group.symptoms.iter().flat_map(|s| topology.callees(&s.metric().resource));
    let involved: BTreeSet<&'a ResourceId> = group.all().map(|a| &a.metric().resource).chain(waited_for).collect();
    let rate = |id: &ResourceId| requests_a_minute(topology.observed(id), from, to);
    let mut shown: BTreeMap<&'a ResourceId, Shown<'a>> = BTreeMap::new();
    // What they wait for in turn says how much of it is their own.
    for id in involved.iter().copied().chain(involved.iter().flat_map(|id| topology.callees(id))) {
        if shown.contains_key(id) {
            continue;
        }
        // A callee that doesn't count its requests gets at least its busiest caller's.
        let requests = rate(id).or_else(|| topology.callers(id).filter_map(rate).reduce(f64::max)).unwrap_or(1.0);
        if let Some(harm) = harm_of(topology.observed(id), unit, requests, from, to) {
            shown.insert(id, harm);
        }
    }
    let own = |id: &ResourceId| {
        let below: f64 = topology.callees(id).filter_map(|callee| shown.get(callee)).map(|s| s.harm).sum();
        shown.get(id).map_or(0.0, |s| (s.harm - below).max(0.0))
    };
    let harmful: Vec<(&'a ResourceId, f64)> = shown
        .keys()
        .filter(|id| involved.contains(*id) && !is_alias(situation, id))
        .map(|id| (*id, own(id)))
        .filter(|(_, own)| *own > 0.0)
        .collect();
    let total: f64 = harmful.iter().map(|(_, own)| own).sum();
    let candidate = |(id, own): (&'a ResourceId, f64)| {
        let Shown { metric, means, .. } = shown[id];
        let share = own / total;
        let seen = if metric.role == Role::Availability { means.observed } else { means.peak };
        // One number for one thing: the anomaly's, where it is one.
        let shown = group.worst_of(metric).map_or_else(
            || {
                format!(
                    "{} {} against {} expected, from {}",
                    situation.label(metric),
                    text::value(metric, seen),
                    text::value(metric, means.expected),
                    text::moment(from, situation.now),
                )
            },
            |abnormal| findings::shown(situation, abnormal),
        );
        let reason = format!(
            "{} % of the {}: {shown}",
            text::number((share * 100.0).round()),
            match unit {
                Harm::Waiting => "added waiting is its own",
                Harm::Failures => "failures are its own",
            },
        );
        let metric = Some(metric.key.name.clone());
        Candidate { id, weight: share, share: Some(share), metric, changes: vec![], reason }
    };
    harmful.into_iter().map(candidate).collect()
}

fn requests_a_minute(observed: &[&Observed], from: Timestamp, to: Timestamp) -> Option<f64> {
    observed
        .iter()
        .filter(|o| o.metric.role == Role::Traffic && matches!(o.metric.key.statistic.as_str(), "Sum" | "SampleCount"))
        .filter_map(|o| means(o, from, to).map(|m| per_minute(&o.metric, m.observed)))
        .reduce(f64::max)
}

fn harm_of<'a>(
    observed: &[&'a Observed],
    unit: Harm,
    requests: f64,
    from: Timestamp,
    to: Timestamp,
) -> Option<Shown<'a>> {
    let all = match unit {
        Harm::Waiting => waiting(observed, requests, from, to),
        Harm::Failures => failures(observed, requests, from, to),
    };
    // Two views of the same requests (errors and availability, one latency per operation) are not added up.
    all.into_iter().filter(|s| s.harm > 0.0).max_by(|a, b| a.harm.total_cmp(&b.harm))
}

/// Only means add up over a call graph; another statistic stands in where there is no mean.
fn waiting<'a>(observed: &[&'a Observed], requests: f64, from: Timestamp, to: Timestamp) -> Vec<Shown<'a>> {
    let averaged = |o: &&&'a Observed| o.metric.key.statistic == "Average";
    let latencies = || observed.iter().filter(|o| o.metric.role == Role::Latency);
    let some_average = latencies().any(|o| averaged(&o));
    latencies()
        .filter(|o| !some_average || averaged(o))
        .filter_map(|o| Some((o, means(o, from, to)?)))
        .filter(|(_, means)| means.observed - means.expected > means.above / 2.0)
        .map(|(o, means)| {
            let added = milliseconds(&o.metric, means.observed - means.expected);
            Shown { harm: added * requests, metric: &o.metric, means }
        })
        .collect()
}

fn failures<'a>(observed: &[&'a Observed], requests: f64, from: Timestamp, to: Timestamp) -> Vec<Shown<'a>> {
    let shown = |o: &&'a Observed| {
        let means = means(o, from, to)?;
        let harm = match o.metric.role {
            Role::Errors | Role::Throttles => per_minute(&o.metric, means.observed - means.expected),
            Role::Availability => (means.expected - means.observed) / 100.0 * requests,
            _ => return None,
        };
        Some(Shown { harm, metric: &o.metric, means })
    };
    observed.iter().filter_map(shown).collect()
}

/// X-Ray's client and remote nodes are a resource as its caller sees it, never a thing that can break by itself.
fn is_alias(situation: &Situation<'_>, id: &ResourceId) -> bool {
    situation
        .inventory
        .resource(id)
        .is_some_and(|r| matches!(r.resource_type.as_str(), "X-Ray::Client" | "X-Ray::Remote"))
}

fn per_minute(metric: &Metric, value: f64) -> f64 {
    value * 60.0 / f64::from(metric.period.max(1))
}

fn milliseconds(metric: &Metric, value: f64) -> f64 {
    match metric.unit.as_str() {
        "Seconds" => value * 1_000.0,
        "Microseconds" => value / 1_000.0,
        _ => value,
    }
}
