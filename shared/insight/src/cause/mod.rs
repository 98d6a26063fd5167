//! Who did the harm. Contributions are in absolute, additive units along the call graph (milliseconds of waiting, or failed
//! requests, a minute): a resource's own harm is what it shows less what its anomalous callees already show. Ranking by
//! z-score fails because a quiet leaf has a huge z at the smallest move (PetShop: top-1 1.00 against 0.15).

mod backlog;
mod change;
mod common;
mod path;
mod share;
mod silence;

pub use change::{AFTER_MINUTES, BEFORE_MINUTES, describe, near};
pub use path::path;

use crate::abnormal::Abnormal;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use share::Harm;
use stackseer_model::{Cause, Change, ResourceId, Role};

/// Below this weight nobody is named.
const CLEAR: f64 = 0.3;
/// At most so many causes are worth reading.
const MOST: usize = 5;

/// A resource that may be the cause, with what it is ranked by: its share of the harm, lifted by a change just before.
struct Candidate<'a> {
    id: &'a ResourceId,
    weight: f64,
    /// Of the harm, where harm adds up.
    share: Option<f64>,
    metric: Option<String>,
    changes: Vec<Change>,
    reason: String,
}

pub fn rank(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>, main: &Abnormal<'_>) -> Vec<Cause> {
    let from = group.start();
    let to = group.symptoms.iter().map(|s| s.end.unwrap_or(situation.now)).max().unwrap_or(situation.now);
    let has = |roles: &[Role]| group.symptoms.iter().any(|s| roles.contains(&s.metric().role));

    let mut harm = Harm::Failures;
    // Where people no longer come, what few failures there are say nothing.
    let mut candidates = if main.silent { silence::of(situation, topology, group) } else { Vec::new() };
    if candidates.is_empty() && has(&[Role::Errors, Role::Availability, Role::Throttles]) {
        candidates = share::own(situation, topology, group, harm, from, to);
    }
    if candidates.is_empty() && has(&[Role::Latency]) {
        harm = Harm::Waiting;
        candidates = share::own(situation, topology, group, harm, from, to);
    }
    if candidates.is_empty() {
        candidates = backlog::of(situation, topology, group);
    }
    common::add(situation, topology, group, &mut candidates);
    change::weigh(situation, topology, group, &mut candidates, harm, from);
    candidates.retain(|c| c.weight >= CLEAR);
    candidates.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(b.id)));
    candidates.truncate(MOST);
    let caused = |(candidate, rank): (Candidate<'_>, u32)| {
        let Candidate { id, share, metric, changes, reason, .. } = candidate;
        let path = path(situation, topology, group, &main.metric().resource, id, &reason);
        Cause { resource: situation.inventory.named(id), metric, share, rank, changes, path, reason }
    };
    candidates.into_iter().zip(1..).map(caused).collect()
}
