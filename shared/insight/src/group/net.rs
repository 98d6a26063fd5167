//! The topology with a number for each resource: grouping asks it of each symptom, which may be thousands.

use crate::topology::Topology;
use stackseer_model::ResourceId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub struct Net<'a> {
    places: BTreeMap<&'a ResourceId, usize>,
    /// Whom each calls or feeds, or is called or fed by.
    beside: Vec<Vec<usize>>,
    /// What requests only pass through.
    passed: Vec<bool>,
}

impl<'a> Net<'a> {
    /// Of the topology's resources and of others.
    pub fn new(
        topology: &Topology<'a>,
        others: impl Iterator<Item = &'a ResourceId>,
        passed: &BTreeSet<&'a ResourceId>,
    ) -> Self {
        let ids: BTreeSet<&ResourceId> = topology.edges().flat_map(|(from, to)| [from, to]).chain(others).collect();
        let passed = ids.iter().map(|id| passed.contains(id)).collect();
        let places: BTreeMap<&ResourceId, usize> = ids.into_iter().zip(0..).collect();
        let mut beside = vec![Vec::new(); places.len()];
        for (from, to) in topology.edges() {
            let (from, to) = (places[from], places[to]);
            beside[from].push(to);
            beside[to].push(from);
        }
        Self { places, beside, passed }
    }

    pub fn place(&self, of: &ResourceId) -> usize {
        self.places[of]
    }

    /// False for each.
    pub fn nowhere(&self) -> Vec<bool> {
        vec![false; self.beside.len()]
    }

    /// Those at most so many edges away, in whichever direction. Edges into what is only passed through don't count, but for the
    /// last.
    pub fn around(&self, from: usize, most: usize) -> Vec<bool> {
        let mut near = self.nowhere();
        near[from] = true;
        let mut least = vec![usize::MAX; self.beside.len()];
        least[from] = 0;
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            let here = least[place];
            for &next in &self.beside[place] {
                near[next] |= here < most;
                let cost = here + usize::from(!self.passed[next]);
                if cost <= most && cost < least[next] {
                    least[next] = cost;
                    // The nearer first, so that the first visit of each is its nearest.
                    if cost == here { queue.push_front(next) } else { queue.push_back(next) }
                }
            }
        }
        near
    }

    /// Those to which a way of any length leads, in whichever direction, with nothing between but what is in `through`.
    pub fn reached(&self, from: usize, through: &[bool]) -> Vec<bool> {
        let mut reached = self.nowhere();
        reached[from] = true;
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            for &next in &self.beside[place] {
                if !std::mem::replace(&mut reached[next], true) && through[next] {
                    queue.push_back(next);
                }
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Edge, EdgeKind, Inventory, Resource};

    /// a - b - c - d - e, and f by itself.
    fn chain() -> Inventory {
        let id = |name: &str| ResourceId(name.to_owned());
        let edge = |from: &str, to: &str| Edge { from: id(from), to: id(to), kind: EdgeKind::Sync };
        Inventory {
            resources: ["a", "b", "c", "d", "e", "f"].map(|n| Resource { id: id(n), ..Resource::new("T", n) }).into(),
            edges: vec![edge("a", "b"), edge("b", "c"), edge("d", "c"), edge("d", "e")],
            ..Inventory::default()
        }
    }

    fn names(inventory: &Inventory, are: &[bool]) -> String {
        inventory.resources.iter().zip(are).filter(|(_, is)| **is).map(|(r, _)| r.name.as_str()).collect()
    }

    #[test]
    fn what_is_passed_through_is_no_hop_but_is_one_to_itself() {
        let inventory = chain();
        let topology = Topology::new(&inventory);
        let ids = || inventory.resources.iter().map(|r| &r.id);
        let around = |passed: &[usize], most| {
            let passed = passed.iter().map(|i| &inventory.resources[*i].id).collect();
            names(&inventory, &Net::new(&topology, ids(), &passed).around(0, most))
        };
        assert_eq!(around(&[], 1), "ab");
        assert_eq!(around(&[], 2), "abc");
        assert_eq!(around(&[1], 1), "abc");
        assert_eq!(around(&[1, 2], 1), "abcd");
        assert_eq!(around(&[1], 2), "abcd");
    }

    #[test]
    fn a_way_ends_with_what_is_not_on_it() {
        let inventory = chain();
        let topology = Topology::new(&inventory);
        let net = Net::new(&topology, inventory.resources.iter().map(|r| &r.id), &BTreeSet::new());
        let reached = |through: &str| {
            let through: Vec<bool> = inventory.resources.iter().map(|r| through.contains(&r.name)).collect();
            names(&inventory, &net.reached(0, &through))
        };
        assert_eq!(reached(""), "ab");
        assert_eq!(reached("b"), "abc");
        assert_eq!(reached("c"), "ab");
        assert_eq!(reached("bcdf"), "abcde");
    }
}
