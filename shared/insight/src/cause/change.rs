//! Changes just before the onset, as causes.

use super::Candidate;
use super::share::Harm;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use stackseer_catalog::Place;
use stackseer_model::{Change, ChangeEvent, Direction, EventClass, ResourceId, Role, Timestamp, relative};
use std::collections::BTreeSet;

/// A change this long before the onset may have caused it; after it, only clock and period grain excuse it.
pub const BEFORE_MINUTES: i64 = 60;
pub const AFTER_MINUTES: i64 = 5;
/// Records of one deployment follow each other within so long.
const ONE_CHANGE_SECONDS: i64 = 15 * 60;
/// A change counts for half by itself: with it a resource outranks one that shows more of the harm, but not one that shows all of
/// it.
const CHANGED: f64 = 0.5;
/// Who was changed beside a queue goes before the queue.
const BESIDE: f64 = 0.6;
/// One that would show the harm and does not is a weak candidate, however lately it was changed.
const WELL: f64 = 0.35;

pub fn near(event: &ChangeEvent, onset: Timestamp) -> bool {
    let minutes = (onset.as_second() - event.time.as_second()) as f64 / 60.0;
    (-AFTER_MINUTES as f64..=BEFORE_MINUTES as f64).contains(&minutes)
}

/// Lifts the candidates that were changed, and adds those that were changed and show nothing of their own.
pub fn weigh<'a>(
    situation: &Situation<'a>,
    topology: &Topology<'a>,
    group: &Group<'a>,
    candidates: &mut Vec<Candidate<'a>>,
    harm: Harm,
    onset: Timestamp,
) {
    let symptoms: BTreeSet<&'a ResourceId> = group.symptoms.iter().map(|s| &s.metric().resource).collect();
    let behind: BTreeSet<&'a ResourceId> = symptoms.iter().flat_map(|id| topology.at(Place::Downstream, id)).collect();
    // Who reads a queue, and who writes to it, make its backlog.
    let queues = group.symptoms.iter().filter(|s| s.metric().role == Role::Backlog).map(|s| &s.metric().resource);
    let beside: BTreeSet<&'a ResourceId> = queues
        .flat_map(|id| [Place::Consumer, Place::Producer].map(|place| topology.at(place, id)))
        .flatten()
        .collect();
    // A topic or rule does nothing but hand on: what fails of it was refused by who should receive it, who may get less.
    let hands_on = |id: &ResourceId| {
        let observed = topology.observed(id);
        !observed.is_empty() && observed.iter().all(|o| o.metric.role != Role::Latency)
    };
    let refused = group.symptoms.iter().filter(|s| s.metric().role == Role::Errors).map(|s| &s.metric().resource);
    let gets_at_most_less = |id: &ResourceId| {
        let mut its = group.all().filter(|a| &a.metric().resource == id);
        its.all(|a| a.metric().role == Role::Traffic && a.direction() == Direction::Down)
    };
    let receivers: BTreeSet<&'a ResourceId> = refused
        .filter(|id| hands_on(id))
        .flat_map(|id| topology.at(Place::Consumer, id))
        .filter(|id| gets_at_most_less(id))
        .collect();
    let involved: BTreeSet<&'a ResourceId> = candidates
        .iter()
        .map(|c| c.id)
        .chain(receivers.iter().copied())
        .chain(symptoms.iter().copied())
        .chain(behind.iter().copied())
        .chain(beside.iter().copied())
        .collect();
    for (id, events) in changed(situation, &involved, onset) {
        let change = one_change(&events);
        let said = events.iter().max_by_key(|e| precedence(e)).map_or_else(String::new, |e| describe(e, onset));
        if let Some(known) = candidates.iter_mut().find(|c| c.id == id) {
            known.weight = CHANGED + known.weight / 2.0;
            known.reason = format!("{said}; {}", known.reason);
            known.changes.push(change);
            continue;
        }
        let would_show = topology.observed(id).iter().any(|o| harm.is_shown_by(&o.metric));
        let weight = match (symptoms.contains(id), would_show) {
            // Who hands it something counts what it refuses; all that it shows is that less comes.
            _ if receivers.contains(id) && !would_show => inherited(&topology.at(Place::Producer, id), candidates),
            (true, _) => CHANGED,
            _ if beside.contains(id) && !behind.contains(id) => BESIDE,
            (false, true) => WELL,
            // What it does wrong is counted by who waits for it.
            (false, false) => inherited(&topology.waiting_for(id), candidates),
        };
        candidates.push(Candidate { id, weight, share: None, metric: None, changes: vec![change], reason: said });
    }
}

/// The weight of who shows the harm of a resource that can't show its own goes to it; just below one that changed itself.
fn inherited<'a>(waiting: &[&'a ResourceId], candidates: &mut [Candidate<'a>]) -> f64 {
    let shows = candidates.iter_mut().filter(|c| waiting.contains(&c.id)).max_by(|a, b| a.weight.total_cmp(&b.weight));
    let Some(shows) = shows else { return CHANGED };
    let weight = CHANGED + shows.weight / 2.0 - 0.01;
    if shows.changes.is_empty() {
        shows.weight /= 2.0;
    }
    weight
}

/// The involved resources that were changed, each with the records of that change. Whose change is told by an event of its own
/// is changed; that the whole stack was updated says little of each of its resources.
fn changed<'a>(
    situation: &Situation<'a>,
    involved: &BTreeSet<&'a ResourceId>,
    onset: Timestamp,
) -> Vec<(&'a ResourceId, Vec<&'a ChangeEvent>)> {
    let mut events: Vec<&'a ChangeEvent> = situation.events.iter().filter(|e| near(e, onset)).collect();
    events.sort_by_key(|e| (e.time, &e.id));
    let mut changed = Vec::new();
    for records in deployments(&events) {
        let of = |id: &ResourceId| records.iter().copied().filter(|e| e.resources.contains(id)).collect::<Vec<_>>();
        let own = |id: &ResourceId| of(id).iter().any(|e| !is_of_stack(e));
        let some_own = involved.iter().any(|id| own(id));
        for id in involved {
            let its = of(id);
            if !its.is_empty() && (own(id) || !some_own) {
                changed.push((*id, its));
            }
        }
    }
    changed
}

/// Runs of events that record one thing somebody did: near in time, on a common resource, and by one hand or of one deployment.
fn deployments<'a>(events: &[&'a ChangeEvent]) -> Vec<Vec<&'a ChangeEvent>> {
    let mut runs: Vec<Vec<&'a ChangeEvent>> = Vec::new();
    for &event in events {
        let joins = |run: &&mut Vec<&'a ChangeEvent>| {
            run.iter().any(|e| {
                let near = event.time.as_second() - e.time.as_second() <= ONE_CHANGE_SECONDS;
                let common = event.resources.iter().any(|r| e.resources.contains(r));
                let deploys = |e: &ChangeEvent| e.class == EventClass::Deployment || is_of_stack(e);
                let one_hand = event.actor.is_some() && event.actor == e.actor;
                near && common && (one_hand || (deploys(event) && deploys(e)) || is_of_stack(event) || is_of_stack(e))
            })
        };
        match runs.iter_mut().find(joins) {
            Some(run) => run.push(event),
            None => runs.push(vec![event]),
        }
    }
    runs
}

fn is_of_stack(event: &ChangeEvent) -> bool {
    event.source == "cloudformation.amazonaws.com" || event.name.ends_with("Stack") || event.name.ends_with("ChangeSet")
}

/// What tells most: what was changed from what to what, then what is no more than that a stack was.
fn precedence(event: &ChangeEvent) -> (bool, bool, Timestamp) {
    let says = event.changes.iter().any(|c| c.from.is_some() || c.to.is_some());
    (says, !is_of_stack(event), event.time)
}

fn one_change(events: &[&ChangeEvent]) -> Change {
    let most = events.iter().max_by_key(|e| precedence(e)).expect("a change has a record");
    let said: BTreeSet<String> = events.iter().map(|e| what(e)).filter(|w| !w.is_empty()).collect();
    Change {
        name: most.name.clone(),
        time: most.time,
        events: events.iter().map(|e| e.id.clone()).collect(),
        what: said.into_iter().collect::<Vec<_>>().join(", "),
    }
}

/// `UpdateTable (write_capacity 10 → 2) 7 min before`
pub fn describe(event: &ChangeEvent, onset: Timestamp) -> String {
    let what = match what(event) {
        none if none.is_empty() => none,
        changes => format!(" ({changes})"),
    };
    format!("{}{what} {}", event.name, relative(event.time, onset))
}

fn what(event: &ChangeEvent) -> String {
    let said = event.changes.iter().map(|c| match (&c.from, &c.to) {
        (Some(from), Some(to)) => format!("{} {from} → {to}", c.property),
        (None, Some(to)) => format!("{} → {to}", c.property),
        // What it was, or that it changed, is all the event says.
        (Some(from), None) => format!("{}, was {from}", c.property),
        (None, None) => c.property.clone(),
    });
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{DataSource, PropertyChange};

    fn event(id: &str, name: &str, at: &str, on: &[&str], from: Option<&str>, to: Option<&str>) -> ChangeEvent {
        let change = PropertyChange { property: "code".into(), from: from.map(Into::into), to: to.map(Into::into) };
        ChangeEvent {
            id: id.into(),
            time: format!("2026-01-26T{at}:00Z").parse().unwrap(),
            source: "lambda.amazonaws.com".into(),
            name: name.into(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::Deployment,
            resources: on.iter().map(|r| ResourceId((*r).into())).collect(),
            changes: vec![change],
            actor: None,
            verdict: None,
        }
    }

    #[test]
    fn a_change_says_no_more_than_its_event_does() {
        let onset: Timestamp = "2026-01-26T12:01:00Z".parse().unwrap();
        let said = |from, to| describe(&event("1", "Update", "12:00", &[], from, to), onset);
        assert_eq!(said(Some("1"), Some("2")), "Update (code 1 → 2) 1 min before");
        assert_eq!(said(None, Some("2")), "Update (code → 2) 1 min before");
        assert_eq!(said(Some("1"), None), "Update (code, was 1) 1 min before");
        assert_eq!(said(None, None), "Update (code) 1 min before");
    }

    #[test]
    fn the_records_of_one_deployment_are_one_change() {
        let of = |events: &[ChangeEvent]| {
            let events: Vec<&ChangeEvent> = events.iter().collect();
            deployments(&events).iter().map(|run| one_change(run).name).collect::<Vec<_>>()
        };
        let stack = event("1", "ExecuteChangeSet", "12:00", &["a", "b"], None, None);
        let code = event("2", "UpdateFunctionCode", "12:01", &["a"], Some("1"), Some("2"));
        let alias = event("3", "UpdateAlias", "12:03", &["a"], None, None);
        assert_eq!(of(&[stack.clone(), code.clone(), alias]), ["UpdateFunctionCode"]);
        // Elsewhere, or long after, it is another.
        let other = event("4", "UpdateFunctionCode", "12:02", &["c"], None, None);
        let later = event("5", "UpdateFunctionCode", "12:40", &["a"], None, None);
        assert_eq!(of(&[stack, code, other, later]).len(), 3);
    }
}
