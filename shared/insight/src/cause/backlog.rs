//! A backlog is made by those who read too little or those who write too much.

use super::{CLEAR, Candidate};
use crate::abnormal::Abnormal;
use crate::findings;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use stackseer_model::{ResourceId, Role};
use std::collections::BTreeSet;

pub fn of<'a>(situation: &Situation<'a>, topology: &Topology<'_>, group: &Group<'a>) -> Vec<Candidate<'a>> {
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    let total: f64 = group.all().map(|a| a.span.score).sum::<f64>().max(f64::MIN_POSITIVE);
    let backlogged: Vec<&ResourceId> =
        group.symptoms.iter().filter(|s| s.metric().role == Role::Backlog).map(|s| &s.metric().resource).collect();
    for abnormal in group.all().filter(|a| a.metric().role != Role::Backlog) {
        let id = &abnormal.metric().resource;
        let near = backlogged.iter().any(|queue| *queue == id || topology.within(queue, id, 1, &BTreeSet::new()));
        if near && candidates.iter().all(|known| known.id != id) {
            let weight = (abnormal.span.score / total).max(CLEAR);
            candidates.push(candidate(situation, abnormal, weight, ""));
        }
    }
    if candidates.is_empty() {
        // Nothing else is abnormal: the symptom's own resource, when there is only one.
        let first = &group.symptoms[0];
        if group.symptoms.iter().all(|s| s.metric().resource == first.metric().resource) {
            candidates.push(candidate(situation, first, 0.5, "nothing else is unusual: "));
        }
    }
    candidates
}

fn candidate<'a>(situation: &Situation<'a>, abnormal: &Abnormal<'a>, weight: f64, before: &str) -> Candidate<'a> {
    let metric = abnormal.metric();
    let reason = format!("{before}{}", findings::shown(situation, abnormal));
    let name = Some(metric.key.name.clone());
    Candidate { id: &metric.resource, weight, share: None, metric: name, changes: vec![], reason }
}
