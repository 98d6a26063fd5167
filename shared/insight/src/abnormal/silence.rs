//! What stopped coming. A resource that nobody calls any more shows it in all its metrics; it is told once, by its traffic.
//!
//! Points that CloudWatch lost look the same, so that a silence is felt only where those beside it are silent too.

use super::{Abnormal, time};
use crate::topology::Topology;
use crate::{Observed, Situation};
use stackseer_detect::BandPoint;
use stackseer_model::{MissingPoint, ResourceId, Role, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What is taken away or stopped around the time is not missed.
const TAKEN_AWAY: [&str; 3] = ["Delete", "Terminate", "Stop"];
const BEFORE_SECONDS: i64 = 2 * 3600;
const AFTER_SECONDS: i64 = 15 * 60;
/// Points are late by less.
const LOST_SECONDS: i64 = 12 * 60;
/// What had dropped is back when so much of what is expected comes again over some minutes.
const BACK: f64 = 0.6;
const BACK_SECONDS: i64 = 10 * 60;

pub fn all<'a>(situation: &Situation<'a>, topology: &Topology<'a>) -> Vec<Abnormal<'a>> {
    let mut by_resource: BTreeMap<&ResourceId, Vec<Abnormal<'a>>> = BTreeMap::new();
    // Where nothing is known of anything, nothing is known to have stopped.
    let is_known =
        |o: &Observed| o.detection().is_some_and(|d| d.band.iter().any(|p| p.value.is_some_and(|v| v > 0.0)));
    if !situation.observed.iter().any(is_known) {
        return vec![];
    }
    for observed in situation.observed.iter().filter(|o| o.is_warm()) {
        let Some(span) = observed.detection().and_then(|d| d.silence.as_ref()) else { continue };
        let silence = Abnormal { silent: true, felt: false, ..Abnormal::of(observed, span) };
        by_resource.entry(&observed.metric.resource).or_default().push(silence);
    }
    let silent: BTreeSet<&ResourceId> = by_resource.keys().copied().collect();
    let beside = Beside { situation, topology, silent: &silent };
    by_resource.into_iter().filter_map(|(id, silences)| told(&beside, id, silences)).collect()
}

struct Beside<'a, 's> {
    situation: &'s Situation<'a>,
    topology: &'s Topology<'a>,
    silent: &'s BTreeSet<&'a ResourceId>,
}

impl Beside<'_, '_> {
    /// Whether what is published whether or not anybody calls was missing too for a while since then: CloudWatch has lost its
    /// points, or is late.
    fn are_lost(&self, since: Timestamp) -> bool {
        let always = |o: &&Observed| {
            let of_itself =
                matches!(o.metric.role, Role::Backlog | Role::Saturation | Role::Capacity | Role::Availability);
            of_itself && o.metric.missing == MissingPoint::Gap
        };
        let bands = self.situation.observed.iter().filter(always).filter_map(|o| o.detection()).flat_map(|d| &d.band);
        let mut times: Vec<i64> = bands.filter(|p| p.value.is_some()).map(|p| p.time).collect();
        if times.is_empty() {
            return false;
        }
        times.extend([since.as_second(), self.situation.now.as_second()]);
        times.retain(|time| *time >= since.as_second());
        times.sort_unstable();
        times.windows(2).any(|pair| pair[1] - pair[0] >= LOST_SECONDS)
    }

    /// Whether those beside it that are read are silent too: one of those that lead to it, or of those it leads to.
    fn confirms(&self, id: &ResourceId) -> bool {
        let counts = |other: &&ResourceId| {
            let of = |o: &&Observed| &o.metric.resource == *other && is_traffic(o);
            self.situation.observed.iter().any(|o| of(&o))
        };
        let mut read = self.topology.beside(id).filter(counts).peekable();
        read.peek().is_none() || read.any(|other| self.silent.contains(other))
    }

    fn was_taken_away(&self, id: &ResourceId, since: Timestamp) -> bool {
        self.situation.events.iter().any(|event| {
            let after = event.time.as_second() - since.as_second();
            (-BEFORE_SECONDS..=AFTER_SECONDS).contains(&after)
                && TAKEN_AWAY.iter().any(|verb| event.name.starts_with(verb))
                && event.resources.contains(id)
        })
    }
}

fn is_traffic(observed: &Observed) -> bool {
    observed.metric.role == Role::Traffic && observed.metric.missing == MissingPoint::Zero
}

/// The one that speaks for its resource. It is felt where its traffic is counted and stopped; until that has been read, the
/// latency of requests that don't come speaks for them.
fn told<'a>(beside: &Beside<'a, '_>, id: &ResourceId, silences: Vec<Abnormal<'a>>) -> Option<Abnormal<'a>> {
    let waits = |s: &Abnormal<'_>| s.metric().role == Role::Latency && s.metric().opens;
    let rank = |s: &Abnormal<'a>| (!is_traffic(s.observed), !s.metric().opens, !waits(s), &s.metric().key);
    let told = silences.into_iter().min_by_key(rank)?;
    let counted = beside.situation.observed.iter().any(|o| &o.metric.resource == id && o.metric.role == Role::Traffic);
    let felt = (is_traffic(told.observed) || (waits(&told) && !counted))
        && beside.confirms(id)
        && !beside.are_lost(told.start);
    (!beside.was_taken_away(id, told.start)).then_some(Abnormal { felt, ..told })
}

/// When something came again; or, where some of it came all the time, most of it.
pub fn came(observed: &Observed, after: Timestamp, had_stopped: bool) -> Option<Timestamp> {
    let counts = observed.metric.missing == MissingPoint::Zero;
    let band: Vec<&BandPoint> = observed.detection()?.band.iter().filter(|p| p.time > after.as_second()).collect();
    let comes = |value: f64| !counts || value > 0.0;
    if had_stopped {
        return band.iter().find(|p| p.value.is_some_and(comes)).map(|p| time(p.time));
    }
    let period = i64::from(observed.metric.period.max(1));
    let back = band.windows((BACK_SECONDS / period).max(1) as usize).find(|points| {
        let known = || points.iter().filter_map(|p| Some((p.value?, p.expected)));
        let came: f64 = known().map(|(came, _)| came).sum();
        let expected: f64 = known().map(|(_, expected)| expected).sum();
        known().count() > 0 && came >= BACK * expected
    })?;
    back.first().map(|p| time(p.time))
}
