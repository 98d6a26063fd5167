//! What stopped first: silence travels along the calls, so that whoever is silent and is called by nobody silent is where it begins.

use super::Candidate;
use crate::abnormal::Abnormal;
use crate::findings;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use stackseer_catalog::Place;

pub fn of<'a>(situation: &Situation<'a>, topology: &Topology<'_>, group: &Group<'a>) -> Vec<Candidate<'a>> {
    let silent = |a: &&Abnormal<'_>| a.silent;
    let is_silent = |id| group.all().filter(silent).any(|a| &a.metric().resource == id);
    let begins = |a: &&Abnormal<'a>| !topology.at(Place::Upstream, &a.metric().resource).into_iter().any(is_silent);
    let first: Vec<&Abnormal<'a>> = group.all().filter(silent).filter(begins).collect();
    let weight = 1.0 / first.len().max(1) as f64;
    let candidate = |a: &Abnormal<'a>| Candidate {
        id: &a.metric().resource,
        weight,
        share: None,
        metric: Some(a.metric().key.name.clone()),
        changes: vec![],
        reason: findings::shown(situation, a),
    };
    first.into_iter().map(candidate).collect()
}
