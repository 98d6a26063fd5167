//! How many requests at the front door went wrong.

use crate::abnormal::{Abnormal, time};
use crate::group::Group;
use crate::situation::{Observed, Situation};
use crate::topology::Topology;
use stackseer_model::{Impact, ResourceId, Role, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Requests failed, refused or slowed a minute by this symptom alone, as far as it counts any.
pub fn harmed_a_minute(abnormal: &Abnormal<'_>) -> f64 {
    let (metric, span) = (abnormal.metric(), abnormal.span);
    let counts = matches!(metric.key.statistic.as_str(), "Sum" | "SampleCount");
    match metric.role {
        Role::Errors | Role::Throttles if counts => {
            (span.mean - span.mean_expected).max(0.0) * 60.0 / f64::from(metric.period.max(1))
        }
        _ => 0.0,
    }
}

/// Counted from the incident's start, or on from what was counted before: a watch sees three hours, an incident may last longer.
pub fn count(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    before: Option<&Impact>,
) -> Option<Impact> {
    let door = front_door(situation, topology, group)?;
    let named = situation.inventory.named(door);
    let before = before.filter(|b| b.front_door.id == *door && b.until >= situation.window_start);
    let mut impact = before.cloned().unwrap_or_else(|| Impact {
        front_door: named,
        requests: 0.0,
        failed: 0.0,
        slow: 0.0,
        last_seen: None,
        until: group.start().max(situation.window_start),
    });
    let of = |role: Role| move |o: &&Observed| &o.metric.resource == door && o.metric.role == role;
    let abnormal: BTreeSet<_> = group.all().map(|a| &a.metric().key).collect();
    let is_abnormal = |o: &&Observed| abnormal.contains(&o.metric.key);
    let seen = situation.observed.iter();
    let traffic = seen
        .clone()
        .filter(of(Role::Traffic))
        .filter(counts)
        .map(|o| minutes(o, impact.until))
        .max_by_key(BTreeMap::len)?;
    let during = |o: &Observed, minutes: Minutes| -> Minutes {
        let spans: Vec<&Abnormal<'_>> = group.all().filter(|a| a.metric().key == o.metric.key).collect();
        minutes.into_iter().filter(|(m, _)| spans.iter().any(|a| is_in(a, *m))).collect()
    };
    let failing: Vec<Minutes> = seen
        .clone()
        .filter(|o| of(Role::Errors)(o) || of(Role::Throttles)(o))
        .filter(counts)
        .filter(is_abnormal)
        .map(|o| during(o, minutes(o, impact.until)))
        .collect();
    let refused: Vec<Minutes> =
        seen.filter(of(Role::Throttles)).filter(counts).filter(is_abnormal).map(|o| minutes(o, impact.until)).collect();
    let slow: Vec<&Abnormal<'_>> =
        group.all().filter(|a| &a.metric().resource == door && a.metric().role == Role::Latency).collect();
    let end = traffic.keys().chain(failing.iter().flat_map(BTreeMap::keys)).max().copied();
    let all: BTreeSet<i64> = traffic.keys().chain(failing.iter().flat_map(BTreeMap::keys)).copied().collect();
    for second in all {
        let at = |minutes: &Minutes| minutes.get(&second).copied().unwrap_or(0.0);
        // What is refused at the door is counted in no request.
        let requests = at(&traffic) + refused.iter().map(at).sum::<f64>();
        let failed = failing.iter().map(at).sum::<f64>().min(requests);
        let is_slow = slow.iter().any(|a| is_in(a, second));
        let slowed = if is_slow { requests - failed } else { 0.0 };
        impact.requests += requests;
        impact.failed += failed;
        impact.slow += slowed;
        if failed + slowed > 0.0 {
            impact.last_seen = Some(time(second));
        }
    }
    impact.until = end.map_or(impact.until, |last| time(last + 60));
    (impact.requests > 0.0).then_some(impact)
}

type Minutes = BTreeMap<i64, f64>;

/// What is ordinary between two bursts is no part of the harm.
fn is_in(abnormal: &Abnormal<'_>, second: i64) -> bool {
    abnormal.span.start <= second && abnormal.span.end.is_none_or(|end| second < end)
}

fn counts(observed: &&Observed) -> bool {
    matches!(observed.metric.key.statistic.as_str(), "Sum" | "SampleCount") && observed.metric.period <= 60
}

fn minutes(observed: &Observed, from: Timestamp) -> Minutes {
    let band = observed.detection().into_iter().flat_map(|d| &d.band);
    band.filter(|p| p.time >= from.as_second()).filter_map(|p| Some((p.time, p.value?))).collect()
}

/// The door nearest to the incident whose requests are seen: a symptom's own resource, or who calls it, up to the first that
/// nobody in the application calls.
fn front_door<'a>(situation: &Situation<'a>, topology: &Topology<'a>, group: &Group<'a>) -> Option<&'a ResourceId> {
    let traffic = |id: &ResourceId| -> f64 {
        let of = situation.observed.iter().filter(|o| &o.metric.resource == id && o.metric.role == Role::Traffic);
        of.filter(counts).flat_map(|o| minutes(o, group.start()).into_values()).sum()
    };
    let doors: BTreeSet<&ResourceId> = group
        .symptoms
        .iter()
        .flat_map(|s| {
            let id: &'a ResourceId = &s.metric().resource;
            std::iter::once(id).chain(topology.waiting_for(id))
        })
        .filter(|id| topology.is_entry(id))
        .collect();
    doors
        .into_iter()
        .map(|id| (traffic(id), id))
        .filter(|(sum, _)| *sum > 0.0)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, id)| id)
}
