//! One incident is one insight: abnormal symptoms belong together when they overlap in time and are near in the topology.

use crate::abnormal::Abnormal;
use crate::topology::Topology;
use stackseer_model::Timestamp;

/// Onsets further apart than this are joined only if the spans overlap.
const NEAR_MINUTES: i64 = 30;
/// Edges between two resources whose symptoms may be one incident.
const NEAR_EDGES: usize = 2;

/// The symptoms of one incident, earliest first, with what explains them.
pub struct Group<'a> {
    pub symptoms: Vec<Abnormal<'a>>,
    pub context: Vec<Abnormal<'a>>,
}

impl<'a> Group<'a> {
    pub fn start(&self) -> Timestamp {
        self.symptoms[0].start
    }

    pub fn all(&self) -> impl Iterator<Item = &Abnormal<'a>> {
        self.symptoms.iter().chain(&self.context)
    }
}

pub fn groups<'a>(abnormal: &[Abnormal<'a>], topology: &Topology<'_>, now: Timestamp) -> Vec<Group<'a>> {
    let (symptoms, context): (Vec<_>, Vec<_>) = abnormal.iter().copied().partition(|a| a.metric().opens);
    let mut leader: Vec<usize> = (0..symptoms.len()).collect();
    for i in 0..symptoms.len() {
        for j in 0..i {
            let (a, b) = (find(&mut leader, i), find(&mut leader, j));
            if a != b && together(&symptoms[i], &symptoms[j], topology, now, NEAR_EDGES) {
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: Vec<(usize, Group<'a>)> = Vec::new();
    for (i, &symptom) in symptoms.iter().enumerate() {
        let root = find(&mut leader, i);
        match groups.iter_mut().find(|(r, _)| *r == root) {
            Some((_, group)) => group.symptoms.push(symptom),
            None => groups.push((root, Group { symptoms: vec![symptom], context: vec![] })),
        }
    }
    let mut groups: Vec<Group<'a>> = groups.into_iter().map(|(_, group)| group).collect();
    for candidate in context {
        let near = |group: &&mut Group<'a>| group.symptoms.iter().any(|s| together(s, &candidate, topology, now, 1));
        if let Some(group) = groups.iter_mut().find(near) {
            group.context.push(candidate);
        }
    }
    groups
}

fn together(a: &Abnormal<'_>, b: &Abnormal<'_>, topology: &Topology<'_>, now: Timestamp, edges: usize) -> bool {
    let gap = (a.start.as_second() - b.start.as_second()).abs() / 60;
    let in_time = gap <= NEAR_MINUTES || (a.overlaps(b.start, b.end.unwrap_or(now)));
    in_time && topology.within(&a.metric().resource, &b.metric().resource, edges)
}

fn find(leader: &mut [usize], mut i: usize) -> usize {
    while leader[i] != i {
        leader[i] = leader[leader[i]];
        i = leader[i];
    }
    i
}
