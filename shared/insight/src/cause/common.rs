//! What those who do the harm wait for: where it is itself abnormal, or the only thing that they have in common, the harm is its.

use super::Candidate;
use crate::abnormal::Abnormal;
use crate::findings;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use stackseer_catalog::Place;
use stackseer_model::{Direction, ResourceId, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Share of what waits for it that goes to what is abnormal and does harm by itself, that is abnormal, and that is only common.
const HARMS: f64 = 1.1;
const ABNORMAL: f64 = 1.02;
const COMMON: f64 = 0.8;
/// What is left to who only shows it.
const LEFT: f64 = 0.9;

pub fn add<'a>(
    situation: &Situation<'a>,
    topology: &Topology<'a>,
    group: &Group<'a>,
    candidates: &mut Vec<Candidate<'a>>,
) {
    let mut waiting: BTreeMap<&'a ResourceId, Vec<usize>> = BTreeMap::new();
    for (i, candidate) in candidates.iter().enumerate().filter(|(_, c)| c.share.is_some()) {
        for behind in topology.at(Place::Downstream, candidate.id) {
            waiting.entry(behind).or_default().push(i);
        }
    }
    let known: BTreeSet<&ResourceId> = candidates.iter().map(|c| c.id).collect();
    let share = |indices: &[usize]| indices.iter().filter_map(|i| candidates[*i].share).sum::<f64>();
    let common: Vec<(&'a ResourceId, Vec<usize>)> = waiting.into_iter().filter(|(id, _)| !known.contains(id)).collect();
    let of_all = common.iter().filter(|(_, who)| who.len() > 1 && who.len() == known.len()).count();
    let mut added = Vec::new();
    for (id, who) in common {
        let shown = group.all().filter(|a| &a.metric().resource == id && speaks(a)).max_by(|a, b| {
            (a.is_symptom(), a.span.score)
                .partial_cmp(&(b.is_symptom(), b.span.score))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let (times, reason) = match shown {
            Some(a) if a.is_symptom() => (HARMS, findings::shown(situation, a)),
            Some(a) => (ABNORMAL, findings::shown(situation, a)),
            None if who.len() == known.len() && who.len() > 1 && of_all == 1 => {
                (COMMON, format!("all {} that fail wait for it", who.len()))
            }
            None => continue,
        };
        let metric = shown.map(|a| a.metric().key.name.clone());
        let weight = share(&who) * times;
        added.push((who, Candidate { id, weight, share: None, metric, changes: vec![], reason }));
    }
    // Of several in a row the deepest that is abnormal: the others wait for it.
    let deepest = |id: &ResourceId| {
        let behind: BTreeSet<&ResourceId> = topology.at(Place::Downstream, id).into_iter().collect();
        !added.iter().any(|(_, other)| behind.contains(other.id) && other.metric.is_some())
    };
    let deepest: Vec<bool> = added.iter().map(|(_, c)| deepest(c.id)).collect();
    for ((who, candidate), _) in added.into_iter().zip(deepest).filter(|(_, deepest)| *deepest) {
        for i in who {
            candidates[i].weight *= LEFT;
        }
        candidates.push(candidate);
    }
}

/// What it has too much of, or too little to give. More traffic is what others send.
fn speaks(abnormal: &Abnormal<'_>) -> bool {
    match abnormal.metric().role {
        Role::Traffic => abnormal.silent,
        Role::Capacity => abnormal.direction() == Direction::Down,
        Role::Errors | Role::Throttles | Role::Latency | Role::Backlog | Role::Saturation | Role::Availability => true,
    }
}
