//! Who did the harm. Contributions are in absolute, additive units along the call graph (milliseconds of waiting, or failed
//! requests, a minute): a resource's own harm is what it shows less what its anomalous callees already show. Ranking by
//! z-score fails because a quiet leaf has a huge z at the smallest move (PetShop: top-1 1.00 against 0.15).

use crate::abnormal::{Means, means};
use crate::group::Group;
use crate::situation::{Observed, Situation};
use crate::text;
use crate::topology::Topology;
use stackseer_model::{Cause, Change, ChangeEvent, Metric, ResourceId, Role, Timestamp};
use std::collections::BTreeMap;

/// A change this long before the onset may have caused it; after it, only clock and period grain excuse it.
pub const BEFORE_MINUTES: i64 = 60;
pub const AFTER_MINUTES: i64 = 5;
/// Below this share of the harm nobody is named.
const CLEAR_SHARE: f64 = 0.3;
/// At most so many causes are worth reading.
const MOST: usize = 5;

/// What kind of harm the users of the effect feel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// Milliseconds waited in excess a minute.
    Waiting,
    /// Requests failed in excess a minute.
    Failures,
}

pub fn rank(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>) -> Vec<Cause> {
    let from = group.start();
    let to = group.symptoms.iter().map(|s| s.end.unwrap_or(situation.now)).max().unwrap_or(situation.now);
    let has = |roles: &[Role]| group.symptoms.iter().any(|s| roles.contains(&s.metric().role));
    let by_resource = observed_by_resource(situation);

    let mut causes = Vec::new();
    if has(&[Role::Errors, Role::Availability, Role::Throttles]) {
        causes = own_shares(situation, topology, group, &by_resource, Harm::Failures, from, to);
    }
    if causes.is_empty() && has(&[Role::Latency]) {
        causes = own_shares(situation, topology, group, &by_resource, Harm::Waiting, from, to);
    }
    if causes.is_empty() {
        causes = of_backlog(situation, topology, group);
    }
    with_changes(situation, group, &mut causes, from);
    causes.retain(|(_, weight, _)| *weight >= CLEAR_SHARE);
    causes.truncate(MOST);
    causes.into_iter().zip(1..).map(|((_, _, cause), rank)| Cause { rank, ..cause }).collect()
}

type ByResource<'a> = BTreeMap<&'a ResourceId, Vec<&'a Observed>>;
/// With what it is ranked by, which is no share.
type Ranked<'a> = Vec<(&'a ResourceId, f64, Cause)>;

fn observed_by_resource<'a>(situation: &'a Situation<'_>) -> ByResource<'a> {
    let mut map: ByResource<'a> = BTreeMap::new();
    for observed in situation.observed {
        map.entry(&observed.metric.resource).or_default().push(observed);
    }
    map
}

/// A resource's harm in one unit, with the metric that shows most of it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    harm: f64,
    metric: &'a Metric,
    means: Means,
}

fn own_shares<'a>(
    situation: &'a Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'a>,
    by_resource: &ByResource<'a>,
    unit: Harm,
    from: Timestamp,
    to: Timestamp,
) -> Ranked<'a> {
    let rate = |id: &ResourceId| by_resource.get(id).and_then(|o| requests_a_minute(o, from, to));
    let mut shown: BTreeMap<&'a ResourceId, Shown<'a>> = BTreeMap::new();
    for (&id, observed) in by_resource {
        // A callee that doesn't count its requests gets at least its busiest caller's.
        let requests = rate(id).or_else(|| topology.callers(id).filter_map(rate).reduce(f64::max)).unwrap_or(1.0);
        if let Some(harm) = harm_of(observed, unit, requests, from, to) {
            shown.insert(id, harm);
        }
    }
    let own = |id: &ResourceId| {
        let below: f64 = topology.callees(id).filter_map(|callee| shown.get(callee)).map(|s| s.harm).sum();
        shown.get(id).map_or(0.0, |s| (s.harm - below).max(0.0))
    };
    // Only what is in this incident can have caused it: abnormal itself, or waited for by something that is.
    let involved = |id: &ResourceId| {
        group.all().any(|a| &a.metric().resource == id)
            || topology.callers(id).any(|caller| group.symptoms.iter().any(|s| &s.metric().resource == caller))
    };
    let candidates: Vec<(&ResourceId, f64)> = shown
        .keys()
        .filter(|id| !is_alias(situation, id) && involved(id))
        .map(|id| (*id, own(id)))
        .filter(|(_, own)| *own > 0.0)
        .collect();
    let total: f64 = candidates.iter().map(|(_, own)| own).sum();
    let mut ranked: Ranked<'a> = candidates
        .into_iter()
        .map(|(id, own)| {
            let Shown { metric, means, .. } = shown[id];
            let share = own / total;
            let what = match unit {
                Harm::Waiting => "added waiting",
                Harm::Failures => "added failures",
            };
            let (seen, normal) = match metric.role {
                Role::Availability => (means.observed, means.expected),
                _ => (means.peak, means.expected),
            };
            let reason = format!(
                "{} % of the {what} is its own: {} {} against {} expected, from {}",
                text::number((share * 100.0).round()),
                metric.key.name,
                text::value(metric, seen),
                text::value(metric, normal),
                text::clock(from),
            );
            (id, share, cause(situation, id, Some(metric.key.name.clone()), Some(share), reason))
        })
        .collect();
    sort(&mut ranked);
    ranked
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
    let of_role = |role: Role| observed.iter().filter(move |o| o.metric.role == role);
    let mut all: Vec<Shown<'a>> = Vec::new();
    match unit {
        Harm::Waiting => {
            // Only means add up over a call graph; another statistic stands in where there is no mean.
            let averaged = |o: &&&'a Observed| o.metric.key.statistic == "Average";
            let some_average = of_role(Role::Latency).any(|o| averaged(&o));
            for o in of_role(Role::Latency).filter(|o| !some_average || averaged(o)) {
                if let Some(means) = means(o, from, to) {
                    let added = milliseconds(&o.metric, means.observed - means.expected);
                    if means.observed - means.expected > means.above / 2.0 {
                        all.push(Shown { harm: added * requests, metric: &o.metric, means });
                    }
                }
            }
        }
        Harm::Failures => {
            for role in [Role::Errors, Role::Throttles] {
                for o in of_role(role) {
                    if let Some(means) = means(o, from, to) {
                        all.push(Shown {
                            harm: per_minute(&o.metric, means.observed - means.expected),
                            metric: &o.metric,
                            means,
                        });
                    }
                }
            }
            for o in of_role(Role::Availability) {
                if let Some(means) = means(o, from, to) {
                    all.push(Shown {
                        harm: (means.expected - means.observed) / 100.0 * requests,
                        metric: &o.metric,
                        means,
                    });
                }
            }
        }
    }
    // Two views of the same requests (errors and availability, one latency per operation) are not added up.
    all.into_iter().filter(|s| s.harm > 0.0).max_by(|a, b| a.harm.total_cmp(&b.harm))
}

/// A backlog is made by those who read too little or those who write too much.
fn of_backlog<'a>(situation: &'a Situation<'_>, topology: &Topology<'_>, group: &Group<'a>) -> Ranked<'a> {
    let mut ranked: Ranked<'a> = Vec::new();
    let total: f64 = group.all().map(|a| a.span.score).sum::<f64>().max(f64::MIN_POSITIVE);
    let backlogged: Vec<&ResourceId> =
        group.symptoms.iter().filter(|s| s.metric().role == Role::Backlog).map(|s| &s.metric().resource).collect();
    for abnormal in group.all().filter(|a| a.metric().role != Role::Backlog) {
        let id = &abnormal.metric().resource;
        let near = backlogged.iter().any(|queue| *queue == id || topology.within(queue, id, 1));
        if !near || ranked.iter().any(|(known, _, _)| *known == id) {
            continue;
        }
        let metric = abnormal.metric();
        let reason = format!(
            "{} {} against {} expected, from {}",
            metric.key.name,
            text::value(metric, abnormal.span.peak),
            text::value(metric, abnormal.span.expected),
            text::clock(abnormal.start)
        );
        let weight = (abnormal.span.score / total).max(CLEAR_SHARE);
        ranked.push((id, weight, cause(situation, id, Some(metric.key.name.clone()), None, reason)));
    }
    if ranked.is_empty() {
        // Nothing else is abnormal: the symptom's own resource, when there is only one.
        let mut symptoms = group.symptoms.iter().map(|s| s.metric());
        if let (Some(metric), true) =
            (symptoms.next(), group.symptoms.iter().all(|s| s.metric().resource == group.symptoms[0].metric().resource))
        {
            let abnormal = &group.symptoms[0];
            let reason = format!(
                "only its own {} is abnormal: {} against {} expected, from {}",
                metric.key.name,
                text::value(metric, abnormal.span.peak),
                text::value(metric, abnormal.span.expected),
                text::clock(abnormal.start)
            );
            ranked.push((
                &metric.resource,
                0.5,
                cause(situation, &metric.resource, Some(metric.key.name.clone()), None, reason),
            ));
        }
    }
    sort(&mut ranked);
    ranked
}

/// A change just before the onset on a resource that takes part counts for half by itself: with it a resource outranks one that
/// shows more of the harm, but not one that shows all of it.
fn with_changes<'a>(situation: &'a Situation<'_>, group: &Group<'a>, causes: &mut Ranked<'a>, onset: Timestamp) {
    let involved: Vec<&'a ResourceId> =
        causes.iter().map(|(id, _, _)| *id).chain(group.symptoms.iter().map(|s| &s.metric().resource)).collect();
    for event in situation.events.iter().filter(|e| near(e, onset)) {
        let Some(&id) = involved.iter().find(|id| event.resources.contains(id)) else { continue };
        let said = describe(event, onset);
        match causes.iter_mut().find(|(known, _, _)| *known == id) {
            Some((_, weight, cause)) => {
                *weight = 0.5 + *weight / 2.0;
                cause.reason = format!("{said}; {}", cause.reason);
                cause.changes.push(change(event));
            }
            None => {
                let changed = Cause { changes: vec![change(event)], ..cause(situation, id, None, None, said) };
                causes.push((id, 0.5, changed));
            }
        }
    }
    sort(causes);
}

pub fn near(event: &ChangeEvent, onset: Timestamp) -> bool {
    let minutes = (onset.as_second() - event.time.as_second()) as f64 / 60.0;
    (-AFTER_MINUTES as f64..=BEFORE_MINUTES as f64).contains(&minutes)
}

/// `UpdateTable (write_capacity 10 → 2) 7 min before`
pub fn describe(event: &ChangeEvent, onset: Timestamp) -> String {
    let what = match what(event) {
        none if none.is_empty() => none,
        changes => format!(" ({changes})"),
    };
    format!("{}{what} {}", event.name, text::before(event.time, onset))
}

fn what(event: &ChangeEvent) -> String {
    let changes: Vec<String> = event
        .changes
        .iter()
        .map(|c| match (&c.from, &c.to) {
            (Some(from), Some(to)) => format!("{} {from} → {to}", c.property),
            (None, Some(to)) => format!("{} → {to}", c.property),
            // What it was, or that it changed, is all the event says.
            (Some(from), None) => format!("{}, was {from}", c.property),
            (None, None) => c.property.clone(),
        })
        .collect();
    changes.join(", ")
}

pub fn change(event: &ChangeEvent) -> Change {
    Change { name: event.name.clone(), time: event.time, events: vec![event.id.clone()], what: what(event) }
}

fn cause(
    situation: &Situation<'_>,
    id: &ResourceId,
    metric: Option<String>,
    share: Option<f64>,
    reason: String,
) -> Cause {
    Cause { resource: situation.inventory.named(id), metric, share, rank: 0, changes: vec![], path: vec![], reason }
}

/// X-Ray's client and remote nodes are a resource as its caller sees it, never a thing that can break by itself.
fn is_alias(situation: &Situation<'_>, id: &ResourceId) -> bool {
    situation
        .inventory
        .resource(id)
        .is_some_and(|r| matches!(r.resource_type.as_str(), "X-Ray::Client" | "X-Ray::Remote"))
}

fn sort(ranked: &mut Ranked<'_>) {
    ranked.sort_by(|(a_id, a, _), (b_id, b, _)| b.total_cmp(a).then_with(|| a_id.cmp(b_id)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{DataSource, EventClass, PropertyChange};

    #[test]
    fn a_change_says_no_more_than_its_event_does() {
        let onset: Timestamp = "2026-01-26T12:01:00Z".parse().unwrap();
        let said = |from: Option<&str>, to: Option<&str>| {
            let changes =
                vec![PropertyChange { property: "code".into(), from: from.map(Into::into), to: to.map(Into::into) }];
            let event = ChangeEvent {
                id: "1".into(),
                time: "2026-01-26T12:00:00Z".parse().unwrap(),
                source: "lambda.amazonaws.com".into(),
                name: "Update".into(),
                data_source: DataSource::AwsCloudTrail,
                class: EventClass::Deployment,
                resources: vec![],
                changes,
                actor: None,
            };
            describe(&event, onset)
        };
        assert_eq!(said(Some("1"), Some("2")), "Update (code 1 → 2) 1 min before");
        assert_eq!(said(None, Some("2")), "Update (code → 2) 1 min before");
        assert_eq!(said(Some("1"), None), "Update (code, was 1) 1 min before");
        assert_eq!(said(None, None), "Update (code) 1 min before");
    }
}
