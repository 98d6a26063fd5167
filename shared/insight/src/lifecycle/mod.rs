//! Opening, extending, merging, repeating and ending reactive insights: decisions about what an insight is about, never about
//! its title.

mod extend;
mod merge;
mod open;
mod repeat;
mod settle;
mod subject;
mod tell;

pub use open::ALONE;
pub use repeat::Repeats;
pub(crate) use tell::{note, tell};

use crate::abnormal::{self, Abnormal};
use crate::group::{Group, groups};
use crate::situation::{Plan, Situation};
use crate::topology::Topology;
use stackseer_model::*;

pub fn plan(situation: &Situation<'_>) -> Plan {
    let topology = Topology::new(situation.inventory).with_observed(situation.observed);
    let events = remembered_events(situation);
    // Whatever order a store gives them in.
    let mut known = situation.known.to_vec();
    known.sort_by(|a, b| (a.start_time, a.open_time, &a.id).cmp(&(b.start_time, b.open_time, &b.id)));
    let situation = &Situation { events: &events, known: &known, ..*situation };
    let mut found = abnormal::all(situation);
    remember(situation, &mut found);
    let mut insights: Vec<Insight> = open_reactive(situation).cloned().collect();
    let mut plan = Plan::default();

    for mut group in groups(&found, &topology, situation) {
        // What a closed insight has told already is not told again as the window still shows it.
        group.symptoms.retain(|s| !closed_reactive(situation).any(|i| subject::is_told(i, s)));
        if !group.symptoms.is_empty() {
            apply(situation, &topology, &group, &mut insights, &mut plan);
        }
    }
    for insight in insights.iter_mut().filter(|i| i.status == Status::Ongoing) {
        settle::settle(situation, &found, insight, &mut plan.messages);
    }
    plan.changed = insights.into_iter().filter(|i| differs(known.iter().find(|k| k.id == i.id), i)).collect();
    plan
}

/// Whether a watch has seen something that the planner has not finished with, so that it is worth reading what explains it.
pub fn is_news(situation: &Situation<'_>) -> bool {
    open_reactive(situation).next().is_some()
        || abnormal::all(situation)
            .iter()
            .filter(|a| a.is_symptom())
            .any(|s| !closed_reactive(situation).any(|i| subject::is_told(i, s)))
}

fn apply(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    insights: &mut Vec<Insight>,
    plan: &mut Plan,
) {
    let now = situation.now;
    let mut known = merge::of_group(insights, group).into_iter();
    if let Some(eldest) = known.next() {
        for younger in known {
            let mut absorbed = insights[younger].clone();
            merge::absorb(&mut insights[eldest], &mut absorbed, &mut plan.messages, now);
            insights[younger] = absorbed;
        }
        extend::extend(situation, topology, group, &mut insights[eldest], &mut plan.messages);
        return;
    }
    let relapsed = closed_reactive(situation)
        .filter(|i| insights.iter().all(|open| open.id != i.id))
        .filter(|i| open::is_relapse(i, group))
        .max_by_key(|i| (i.end_time, &i.id));
    if let Some(relapsed) = relapsed {
        let mut insight = relapsed.clone();
        open::reopen(situation, topology, group, &mut insight, &mut plan.messages);
        insights.push(insight);
        return;
    }
    match open::opens(situation, group) {
        Ok(()) => insights.push(open::open(situation, topology, group, &mut plan.messages)),
        Err(because) => plan.considered.push(Considered { what: open::not_opened(situation, group), because }),
    }
}

fn open_reactive<'a>(situation: &Situation<'a>) -> impl Iterator<Item = &'a Insight> {
    situation.known.iter().filter(|i| i.is_open(InsightType::Reactive))
}

/// One that became part of another has told nothing of its own any more.
fn closed_reactive<'a>(situation: &Situation<'a>) -> impl Iterator<Item = &'a Insight> {
    situation
        .known
        .iter()
        .filter(|i| i.insight_type() == InsightType::Reactive && i.status == Status::Closed && !i.anomalies.is_empty())
}

/// What was read now, and what an open insight knows already: a long incident outlives the changes that began it in what is
/// read.
fn remembered_events(situation: &Situation<'_>) -> Vec<ChangeEvent> {
    let mut events = situation.events.to_vec();
    for event in open_reactive(situation).flat_map(|i| &i.events) {
        if events.iter().all(|e| e.id != event.id) {
            events.push(event.clone());
        }
    }
    events
}

/// In the same way a long anomaly outlives its start and its worst in the window.
fn remember(situation: &Situation<'_>, found: &mut [Abnormal<'_>]) {
    for abnormal in found.iter_mut() {
        for insight in open_reactive(situation) {
            let Some(i) = subject::position(insight, abnormal, situation.now) else { continue };
            let anomaly = &insight.anomalies[i];
            if let Some(evidence) = anomaly.of_metric() {
                abnormal.remember(anomaly.start_time, evidence.peak, evidence.expected);
            }
        }
    }
    for i in 1..found.len() {
        for j in 0..i {
            if subject::are_one(&found[i], &found[j]) {
                let (a, b) = (found[i], found[j]);
                found[i].remember(b.start, b.peak, b.expected);
                found[j].remember(a.start, a.peak, a.expected);
                let end = a.end.zip(b.end).map(|(a, b)| a.max(b));
                (found[i].end, found[j].end) = (end, end);
            }
        }
    }
    found.sort_by(|a, b| (a.start, &a.metric().key).cmp(&(b.start, &b.metric().key)));
}

/// Whether anything but the time of the last look is different.
fn differs(before: Option<&Insight>, after: &Insight) -> bool {
    before.is_none_or(|before| {
        let same_time = Insight { update_time: before.update_time, ..after.clone() };
        *before != same_time
    })
}
