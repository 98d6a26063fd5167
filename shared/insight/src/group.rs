//! One incident is one insight: abnormal symptoms belong together when they overlap in time and are joined by the topology.

mod net;

use crate::abnormal::Abnormal;
use crate::situation::Situation;
use crate::topology::Topology;
use crate::{impact, severity};
use net::Net;
use stackseer_catalog::Place;
use stackseer_model::{Metric, ResourceId, Role, Subject, Timestamp};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Onsets further apart than this are joined only if the spans overlap.
const NEAR_MINUTES: i64 = 30;
/// Edges between two resources whose symptoms may be one incident, not counting what requests only pass through.
const NEAR_EDGES: usize = 2;
/// Another symptom names the insight only if it harms so many times the requests.
const OVERTAKES: f64 = 1.5;

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

    /// The anomaly of a metric that departs furthest, if the incident has one.
    pub fn worst_of(&self, metric: &Metric) -> Option<&Abnormal<'a>> {
        let of_it = self.all().filter(|a| a.metric().resource == metric.resource && a.metric().key == metric.key);
        of_it.max_by(|a, b| a.away().total_cmp(&b.away()))
    }

    /// What people feel: the most severe symptom, of these the one that harms most requests, at the front door before behind it,
    /// the earliest. The one that names the insight already keeps it until another clearly overtakes it.
    pub fn main(&self, topology: &Topology<'_>, named: Option<&Subject>) -> &Abnormal<'a> {
        let is_named = |s: &Abnormal<'_>| {
            let metric = s.metric();
            named.is_some_and(|n| n.resource.as_ref() == Some(&metric.resource) && n.what == metric.key.to_string())
        };
        let harm = |s: &Abnormal<'_>| impact::harmed_a_minute(s) * if is_named(s) { OVERTAKES } else { 1.0 };
        let worse = |a: &&Abnormal<'_>, b: &&Abnormal<'_>| -> Ordering {
            let entry = |s: &Abnormal<'_>| topology.is_entry(&s.metric().resource);
            severity::of(a, topology)
                .cmp(&severity::of(b, topology))
                .then(harm(a).total_cmp(&harm(b)))
                .then(entry(a).cmp(&entry(b)))
                .then(b.start.cmp(&a.start))
                .then_with(|| b.metric().key.cmp(&a.metric().key))
        };
        let is_silent = |id: &ResourceId| self.symptoms.iter().any(|s| s.silent && &s.metric().resource == id);
        let begins = |s: &&Abnormal<'a>| !topology.at(Place::Upstream, &s.metric().resource).into_iter().any(is_silent);
        // What stopped is told where it begins.
        let first =
            self.symptoms.iter().filter(|_| self.symptoms.iter().all(|s| s.silent)).filter(begins).max_by(worse);
        first.or_else(|| self.symptoms.iter().max_by(worse)).expect("a group has a symptom")
    }
}

pub fn groups<'a>(abnormal: &[Abnormal<'a>], topology: &Topology<'a>, situation: &Situation<'a>) -> Vec<Group<'a>> {
    let passed = passed_through(situation);
    let net = Net::new(topology, abnormal.iter().map(|a| &a.metric().resource), &passed);
    let (symptoms, context): (Vec<_>, Vec<_>) = abnormal.iter().copied().partition(|a| a.is_symptom());
    let mut leader: Vec<usize> = (0..symptoms.len()).collect();
    join_near(&mut leader, &symptoms, &net, situation);
    join_by_what_is_abnormal(&mut leader, &symptoms, abnormal, &net, situation.now);

    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut of_leader: BTreeMap<usize, usize> = BTreeMap::new();
    for (i, &symptom) in symptoms.iter().enumerate() {
        let group = *of_leader.entry(find(&mut leader, i)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.symptoms.push(symptom),
            None => groups.push(Group { symptoms: vec![symptom], context: vec![] }),
        }
    }
    for candidate in context {
        let edges = if candidate.silent { NEAR_EDGES } else { 1 };
        let near = net.around(net.place(&candidate.metric().resource), edges);
        let is_near = |s: &Abnormal<'_>| near[net.place(&s.metric().resource)] && in_time(s, &candidate, situation.now);
        let explains = |group: &&mut Group<'a>| group.symptoms.iter().any(is_near);
        if let Some(group) = groups.iter_mut().find(explains) {
            group.context.push(candidate);
        }
    }
    groups
}

/// Those at the same time a few edges apart, or refused by the same limit.
fn join_near(leader: &mut [usize], symptoms: &[Abnormal<'_>], net: &Net<'_>, situation: &Situation<'_>) {
    let places: Vec<usize> = symptoms.iter().map(|s| net.place(&s.metric().resource)).collect();
    let limited: Vec<bool> = symptoms.iter().map(|s| shares_a_limit(s, situation)).collect();
    for i in 0..symptoms.len() {
        let near = net.around(places[i], NEAR_EDGES);
        for j in 0..i {
            let may_join = near[places[j]] || (limited[i] && limited[j]);
            if may_join && in_time(&symptoms[i], &symptoms[j], situation.now) {
                join(leader, i, j);
            }
        }
    }
}

/// Those at the same time with a way between them on which all is abnormal at the time of both.
fn join_by_what_is_abnormal(
    leader: &mut [usize],
    symptoms: &[Abnormal<'_>],
    abnormal: &[Abnormal<'_>],
    net: &Net<'_>,
    now: Timestamp,
) {
    let places: Vec<usize> = abnormal.iter().map(|a| net.place(&a.metric().resource)).collect();
    let reached = |from: &Abnormal<'_>, to: &Abnormal<'_>| {
        let mut through = net.nowhere();
        for (other, place) in abnormal.iter().zip(&places) {
            through[*place] |= in_time(from, other, now) && in_time(to, other, now);
        }
        net.reached(net.place(&from.metric().resource), &through)
    };
    for (i, a) in symptoms.iter().enumerate() {
        // Whom it may reach at all, asked of all at once.
        let mut at_best: Option<Vec<bool>> = None;
        for (j, b) in symptoms[..i].iter().enumerate() {
            if find(leader, i) == find(leader, j) || !in_time(a, b, now) {
                continue;
            }
            let place = net.place(&b.metric().resource);
            if at_best.get_or_insert_with(|| reached(a, a))[place] && reached(a, b)[place] {
                join(leader, i, j);
            }
        }
    }
}

/// Resources that are seen, but by nothing that speaks of requests: a container service by its memory. Whatever is wrong with the
/// requests shows before and behind them.
fn passed_through<'a>(situation: &Situation<'a>) -> BTreeSet<&'a ResourceId> {
    let of_requests = |role: Role| !matches!(role, Role::Saturation | Role::Capacity | Role::Availability);
    let seen: BTreeSet<&ResourceId> = situation.observed.iter().map(|o| &o.metric.resource).collect();
    let speak = situation.observed.iter().filter(|o| of_requests(o.metric.role)).map(|o| &o.metric.resource).collect();
    seen.difference(&speak).copied().collect()
}

/// Functions without a limit of their own are refused by that of the account, wherever they stand.
fn shares_a_limit(refused: &Abnormal<'_>, situation: &Situation<'_>) -> bool {
    let metric = refused.metric();
    let own = |r: &stackseer_model::Resource| r.known("reserved_concurrency").is_some();
    metric.role == Role::Throttles
        && metric.key.namespace == "AWS/Lambda"
        && situation.inventory.resource(&metric.resource).is_some_and(|r| !own(r))
}

fn in_time(a: &Abnormal<'_>, b: &Abnormal<'_>, now: Timestamp) -> bool {
    let gap = (a.start.as_second() - b.start.as_second()).abs() / 60;
    gap <= NEAR_MINUTES || a.overlaps(b.start, b.end.unwrap_or(now))
}

fn join(leader: &mut [usize], i: usize, j: usize) {
    let (a, b) = (find(leader, i), find(leader, j));
    leader[a.max(b)] = a.min(b);
}

fn find(leader: &mut [usize], mut i: usize) -> usize {
    while leader[i] != i {
        leader[i] = leader[leader[i]];
        i = leader[i];
    }
    i
}
