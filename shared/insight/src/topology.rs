//! Walks over the application's edges.

use crate::Observed;
use stackseer_catalog::Place;
use stackseer_model::{EdgeKind, Inventory, ResourceId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub struct Topology<'a> {
    calls: BTreeMap<&'a ResourceId, Vec<(&'a ResourceId, EdgeKind)>>,
    called_by: BTreeMap<&'a ResourceId, Vec<(&'a ResourceId, EdgeKind)>>,
    /// From whom to whom, where one of the two is a part.
    parts: Vec<(&'a ResourceId, &'a ResourceId)>,
    all: Vec<&'a ResourceId>,
    observed: BTreeMap<&'a ResourceId, Vec<&'a Observed>>,
}

impl<'a> Topology<'a> {
    pub fn new(inventory: &'a Inventory) -> Self {
        let mut calls: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut called_by: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let (parts, edges): (Vec<_>, Vec<_>) = inventory.edges.iter().partition(|edge| edge.kind == EdgeKind::Part);
        let parts = parts.into_iter().map(|edge| (&edge.from, &edge.to)).collect();
        for edge in edges {
            calls.entry(&edge.from).or_default().push((&edge.to, edge.kind));
            called_by.entry(&edge.to).or_default().push((&edge.from, edge.kind));
        }
        let all = inventory.resources.iter().map(|r| &r.id).collect();
        Self { calls, called_by, parts, all, observed: BTreeMap::new() }
    }

    /// The same with what was seen of each resource.
    pub fn with_observed(mut self, observed: &'a [Observed]) -> Self {
        for observed in observed {
            self.observed.entry(&observed.metric.resource).or_default().push(observed);
        }
        self
    }

    /// In the order in which they were read.
    pub fn observed(&self, of: &ResourceId) -> &[&'a Observed] {
        self.observed.get(of).map_or(&[], Vec::as_slice)
    }

    /// From whom to whom, of whichever kind.
    pub fn edges(&self) -> impl Iterator<Item = (&'a ResourceId, &'a ResourceId)> {
        self.calls.iter().flat_map(|(from, to)| to.iter().map(|(to, _)| (*from, *to)))
    }

    /// Directly called and waited for.
    pub fn callees(&self, of: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        neighbours(&self.calls, of).filter(|(_, kind)| *kind == EdgeKind::Sync).map(|(id, _)| id)
    }

    pub fn callers(&self, of: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        neighbours(&self.called_by, of).filter(|(_, kind)| *kind == EdgeKind::Sync).map(|(id, _)| id)
    }

    /// What calls or feeds it, and what it calls or feeds.
    pub fn beside(&self, of: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        self.neighbours(of)
    }

    /// Nothing in the application calls or feeds it: harm here is harm the user sees.
    pub fn is_entry(&self, id: &ResourceId) -> bool {
        neighbours(&self.called_by, id).next().is_none()
    }

    /// An entry, or what an entry calls and waits for.
    pub fn is_at_front(&self, id: &ResourceId) -> bool {
        self.is_entry(id) || self.callers(id).any(|caller| self.is_entry(caller))
    }

    /// Whether at most `most` edges, in whichever direction, lie between the two. Those into one of `free` don't count.
    pub fn within(&self, a: &ResourceId, b: &ResourceId, most: usize, free: &BTreeSet<&ResourceId>) -> bool {
        let mut least: BTreeMap<&ResourceId, usize> = BTreeMap::from([(a, 0)]);
        let mut queue = VecDeque::from([(a, 0)]);
        while let Some((id, depth)) = queue.pop_front() {
            if id == b {
                return true;
            }
            for next in self.neighbours(id) {
                let cost = depth + usize::from(next == b || !free.contains(next));
                if cost <= most && least.get(next).is_none_or(|known| cost < *known) {
                    least.insert(next, cost);
                    // The nearer first, so that the first visit of each is its nearest.
                    if cost == depth { queue.push_front((next, cost)) } else { queue.push_back((next, cost)) }
                }
            }
        }
        false
    }

    /// The shortest way from one to the other, both included; along calls before against them.
    pub fn path(&self, from: &'a ResourceId, to: &ResourceId) -> Vec<&'a ResourceId> {
        let mut came: BTreeMap<&'a ResourceId, &'a ResourceId> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(id) = queue.pop_front() {
            if id == to {
                let mut path = vec![id];
                while let Some(before) = came.get(path[path.len() - 1]).filter(|_| path[path.len() - 1] != from) {
                    path.push(before);
                }
                path.reverse();
                return path;
            }
            for next in self.neighbours(id) {
                if next != from && !came.contains_key(next) {
                    came.insert(next, id);
                    queue.push_back(next);
                }
            }
        }
        vec![]
    }

    /// Everything that waits for it, directly or through others.
    pub fn waiting_for(&self, of: &'a ResourceId) -> Vec<&'a ResourceId> {
        self.reach(of, |id| self.callers(id).collect())
    }

    fn neighbours(&self, id: &ResourceId) -> impl Iterator<Item = &'a ResourceId> {
        neighbours(&self.calls, id).chain(neighbours(&self.called_by, id)).map(|(next, _)| next)
    }

    /// The resources a condition's place means, seen from `of`.
    pub fn at(&self, place: Place, of: &'a ResourceId) -> Vec<&'a ResourceId> {
        match place {
            Place::Itself => vec![of],
            Place::Downstream => self.reach(of, |id| self.callees(id).collect()),
            Place::Upstream => self.led_by(of),
            Place::Producer => neighbours(&self.called_by, of).map(|(id, _)| id).collect(),
            Place::Consumer => neighbours(&self.calls, of).map(|(id, _)| id).collect(),
            Place::Loop => {
                let after: BTreeSet<_> = self.leads_to(of).into_iter().collect();
                self.led_by(of).into_iter().filter(|id| after.contains(id)).collect()
            }
            Place::Outside => {
                let after: BTreeSet<_> = self.leads_to(of).into_iter().collect();
                self.led_by(of).into_iter().filter(|id| !after.contains(id)).collect()
            }
            Place::Application => self.all.clone(),
        }
    }

    fn leads_to(&self, of: &'a ResourceId) -> Vec<&'a ResourceId> {
        self.reach(of, |id| neighbours(&self.calls, id).map(|(id, _)| id).collect())
    }

    fn led_by(&self, of: &'a ResourceId) -> Vec<&'a ResourceId> {
        self.reach(of, |id| neighbours(&self.called_by, id).map(|(id, _)| id).collect())
    }

    /// The parts that stand on the way there, or seen from a part what it stands between.
    pub fn parts_at(&self, place: Place, of: &ResourceId) -> Vec<&'a ResourceId> {
        let parts = self.parts.iter();
        match place {
            Place::Producer => parts.filter(|(_, to)| *to == of).map(|(from, _)| *from).collect(),
            Place::Consumer => parts.filter(|(from, _)| *from == of).map(|(_, to)| *to).collect(),
            _ => vec![],
        }
    }

    fn reach(&self, of: &'a ResourceId, next: impl Fn(&ResourceId) -> Vec<&'a ResourceId>) -> Vec<&'a ResourceId> {
        let mut seen = BTreeSet::from([of]);
        let mut reached = Vec::new();
        let mut queue = VecDeque::from([of]);
        while let Some(id) = queue.pop_front() {
            for id in next(id) {
                if seen.insert(id) {
                    reached.push(id);
                    queue.push_back(id);
                }
            }
        }
        reached
    }
}

type Neighbours<'a> = BTreeMap<&'a ResourceId, Vec<(&'a ResourceId, EdgeKind)>>;

fn neighbours<'a>(map: &Neighbours<'a>, of: &ResourceId) -> impl Iterator<Item = (&'a ResourceId, EdgeKind)> {
    map.get(of).into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Edge, Resource};

    fn inventory(edges: &[(&str, &str, EdgeKind)]) -> Inventory {
        let id = |name: &str| ResourceId(name.to_owned());
        let names: BTreeSet<&str> = edges.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        Inventory {
            resources: names.iter().map(|n| Resource { id: id(n), ..Resource::new("T", n) }).collect(),
            edges: edges.iter().map(|(a, b, kind)| Edge { from: id(a), to: id(b), kind: *kind }).collect(),
            ..Inventory::default()
        }
    }

    #[test]
    fn latency_does_not_travel_back_over_an_asynchronous_edge() {
        let inventory = inventory(&[
            ("api", "front", EdgeKind::Sync),
            ("front", "table", EdgeKind::Sync),
            ("front", "queue", EdgeKind::Async),
            ("queue", "worker", EdgeKind::Async),
        ]);
        let topology = Topology::new(&inventory);
        let names = |place, of: &str| {
            let of = inventory.resources.iter().find(|r| r.name == of).unwrap();
            topology.at(place, &of.id).iter().map(|id| id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(names(Place::Downstream, "api"), ["front", "table"]);
        assert_eq!(names(Place::Upstream, "worker"), ["queue", "front", "api"]);
        assert_eq!(names(Place::Producer, "queue"), ["front"]);
        assert_eq!(names(Place::Consumer, "queue"), ["worker"]);
        assert!(topology.is_entry(&ResourceId("api".into())));
        assert!(!topology.is_entry(&ResourceId("worker".into())));
    }

    #[test]
    fn a_loop_is_what_goes_round_and_outside_is_what_feeds_it() {
        let inventory = inventory(&[
            ("api", "front", EdgeKind::Sync),
            ("front", "table", EdgeKind::Sync),
            ("table", "project", EdgeKind::Async),
            ("project", "table", EdgeKind::Sync),
            ("project", "topic", EdgeKind::Sync),
        ]);
        let topology = Topology::new(&inventory);
        let names = |place, of: &str| {
            let of = inventory.resources.iter().find(|r| r.name == of).unwrap();
            topology.at(place, &of.id).iter().map(|id| id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(names(Place::Loop, "project"), ["table"]);
        assert_eq!(names(Place::Outside, "project"), ["front", "api"]);
        assert_eq!(names(Place::Loop, "front"), [] as [&str; 0], "it feeds a loop and is in none");
        assert_eq!(names(Place::Outside, "front"), ["api"]);
    }

    #[test]
    fn distance_is_counted_in_edges_and_ends_in_a_cycle() {
        let inventory = inventory(&[
            ("a", "b", EdgeKind::Sync),
            ("b", "c", EdgeKind::Sync),
            ("c", "a", EdgeKind::Sync),
            ("c", "d", EdgeKind::Sync),
        ]);
        let topology = Topology::new(&inventory);
        let id = |n: &str| ResourceId(n.into());
        assert!(topology.within(&id("a"), &id("d"), 2, &BTreeSet::new()));
        assert!(!topology.within(&id("a"), &id("d"), 1, &BTreeSet::new()));
        assert!(
            topology.within(&id("a"), &id("d"), 1, &BTreeSet::from([&id("c")])),
            "what is passed through is no hop"
        );
        assert_eq!(topology.path(&inventory.resources[0].id, &id("d")).len(), 3);
        assert_eq!(topology.at(Place::Downstream, &inventory.resources[0].id).len(), 3);
    }
}
