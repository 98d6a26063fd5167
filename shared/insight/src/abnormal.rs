//! A metric's span outside its normal, with the means to say how much harm it did.

mod silence;

pub use silence::came;

use crate::topology::Topology;
use crate::{Observed, Situation, cause};
use stackseer_catalog::Place;
use stackseer_detect::Direction::Down;
use stackseer_detect::{BandPoint, Span};
use stackseer_model::{ChangeEvent, Direction, EventClass, Kind, Metric, ResourceId, Role, Timestamp};

#[derive(Debug, Clone, Copy)]
pub struct Abnormal<'a> {
    pub observed: &'a Observed,
    pub span: &'a Span,
    pub start: Timestamp,
    /// None while it goes on.
    pub end: Option<Timestamp>,
    /// The value furthest from what was expected, and what was expected then; of all that is known of it, not of the window
    /// alone.
    pub peak: f64,
    pub expected: f64,
    /// Nothing comes, where something always had by then, or far less than just before.
    pub silent: bool,
    felt: bool,
}

impl<'a> Abnormal<'a> {
    fn of(observed: &'a Observed, span: &'a Span) -> Self {
        let metric = &observed.metric;
        let harms = metric.harms.is_none_or(|level| span.peak >= level);
        Self {
            observed,
            span,
            start: time(span.start),
            end: span.end.map(time),
            peak: span.peak,
            expected: span.expected,
            silent: false,
            felt: metric.opens && harms && !span.is_weak,
        }
    }

    /// Whether it can open an insight; the others only explain.
    pub fn is_symptom(&self) -> bool {
        self.felt
    }

    /// Nothing comes at all.
    pub fn has_stopped(&self) -> bool {
        self.silent && self.peak <= 0.0
    }

    pub fn metric(&self) -> &'a Metric {
        &self.observed.metric
    }

    /// What is known of the same anomaly: since when, and its worst.
    pub fn remember(&mut self, start: Timestamp, peak: f64, expected: f64) {
        self.start = self.start.min(start);
        let kept = Self { peak, expected, ..*self };
        if kept.away() > self.away() {
            *self = kept;
        }
    }

    /// How far from what was expected, to its own side.
    pub fn away(&self) -> f64 {
        match self.span.direction {
            stackseer_detect::Direction::Up => self.peak - self.expected,
            stackseer_detect::Direction::Down => self.expected - self.peak,
        }
    }

    pub fn direction(&self) -> Direction {
        match self.span.direction {
            stackseer_detect::Direction::Up => Direction::Up,
            stackseer_detect::Direction::Down => Direction::Down,
        }
    }

    pub fn overlaps(&self, from: Timestamp, to: Timestamp) -> bool {
        self.start <= to && self.end.is_none_or(|end| end >= from)
    }

    /// In Unix seconds: its end, or that of what is known.
    pub fn seen_until(&self) -> i64 {
        let last = self.observed.detection().and_then(|d| d.band.last()).map(|point| point.time);
        self.end.map_or(last.unwrap_or(self.span.peak_time), Timestamp::as_second)
    }

    /// How many times the expected, over the span. Infinite where nothing was expected.
    pub fn ratio(&self) -> f64 {
        ratio(self.span.mean, self.span.mean_expected)
    }
}

pub fn ratio(observed: f64, expected: f64) -> f64 {
    if observed == expected {
        1.0
    } else if expected <= 0.0 {
        f64::INFINITY
    } else {
        observed / expected
    }
}

/// Every span of every observed metric, and every silence once.
pub fn all<'a>(situation: &Situation<'a>) -> Vec<Abnormal<'a>> {
    let topology = Topology::new(situation.inventory);
    let silences = silence::all(situation, &topology);
    let is_silence = |metric: &Metric, span: &Span| {
        let is_same = |s: &Abnormal<'_>| {
            let both_count = [metric, s.metric()].iter().all(|m| m.role == Role::Traffic && m.kind == Kind::Count);
            s.metric().key == metric.key || (both_count && s.metric().resource == metric.resource)
        };
        let meets = |s: &Abnormal<'_>| s.span.start <= span.end.unwrap_or(i64::MAX);
        span.direction == Down && silences.iter().any(|s| is_same(s) && meets(s))
    };
    let mut found: Vec<Abnormal<'a>> = situation
        .observed
        .iter()
        .filter_map(|observed| observed.detection().map(|detection| (observed, detection)))
        .flat_map(|(observed, detection)| detection.spans.iter().map(move |span| Abnormal::of(observed, span)))
        .filter(|abnormal| !is_silence(abnormal.metric(), abnormal.span))
        .collect();
    found.extend(silences);
    for abnormal in found.iter_mut().filter(|a| a.metric().opens && !a.silent) {
        abnormal.felt = match abnormal.span.is_weak {
            true => speaks_for(situation, &topology, abnormal),
            false => abnormal.felt && !is_warming_up(situation, &topology, abnormal) && !is_asked(situation, abnormal),
        };
    }
    found.sort_by(|a, b| (a.start, &a.metric().key).cmp(&(b.start, &b.metric().key)));
    found
}

/// A change speaks for what is hardly unusual when it came so long before.
const JUST_BEFORE_SECONDS: i64 = 20 * 60;

/// A change just before, of the resource or of what it waits for.
fn speaks_for(situation: &Situation<'_>, topology: &Topology<'_>, weak: &Abnormal<'_>) -> bool {
    let resource = &weak.metric().resource;
    let behind = topology.at(Place::Downstream, resource);
    let is_on_path = |id: &ResourceId| id == resource || behind.contains(&id);
    let just_before = |e: &ChangeEvent| {
        cause::near(e, weak.start) && weak.start.as_second() - e.time.as_second() <= JUST_BEFORE_SECONDS
    };
    situation.events.iter().any(|e| just_before(e) && e.resources.iter().any(is_on_path))
}

/// What is new takes longer for its first requests, and so does who waits for it: told when it doesn't pass.
const WARMING_SECONDS: i64 = 15 * 60;
const WARMING_BEFORE_SECONDS: i64 = 10 * 60;
const WARMING_AFTER_SECONDS: i64 = 5 * 60;

fn is_warming_up(situation: &Situation<'_>, topology: &Topology<'_>, slow: &Abnormal<'_>) -> bool {
    if slow.metric().role != Role::Latency || slow.seen_until() - slow.start.as_second() >= WARMING_SECONDS {
        return false;
    }
    let behind = topology.at(Place::Downstream, &slow.metric().resource);
    let is_on_path = |id: &ResourceId| *id == slow.metric().resource || behind.contains(&id);
    situation.events.iter().filter(|e| e.class == EventClass::Deployment).any(|event| {
        let before = slow.start.as_second() - event.time.as_second();
        (-WARMING_AFTER_SECONDS..=WARMING_BEFORE_SECONDS).contains(&before) && event.resources.iter().any(is_on_path)
    })
}

/// What is refused of requests that would not have come otherwise harms nobody else: a crawler. Not where many more are served
/// too: there it may be the others who are refused.
const ASKED: f64 = 0.5;
const CROWD: f64 = 1.3;
const HOUR_SECONDS: i64 = 3600;

fn is_asked(situation: &Situation<'_>, refused: &Abnormal<'_>) -> bool {
    let metric = refused.metric();
    let Some(name) = metric.out_of.as_ref().filter(|_| metric.at_most.is_some()) else { return false };
    let until = time(refused.seen_until());
    let requests = situation.observed.iter().find(|o| {
        o.metric.resource == metric.resource
            && o.metric.key.name == *name
            && o.metric.key.dimensions == metric.key.dimensions
    });
    let Some(requests) = requests else { return false };
    let Some(during) = means(requests, refused.start, until) else { return false };
    let (from, to) = (refused.start.as_second() - HOUR_SECONDS, refused.start.as_second() - 1);
    let is_seen = to - situation.window_start.as_second() >= HOUR_SECONDS / 2;
    let before = means(requests, time(from), time(to)).filter(|_| is_seen);
    // What would have come had they gone on as in the hour before, where that is still seen.
    let usual = before.map_or(during.expected, |before| before.observed * ratio(during.expected, before.expected));
    let more = during.observed - usual;
    let served = during.observed - refused.span.mean;
    more >= ASKED * (refused.span.mean - refused.span.mean_expected) && served < CROWD * usual
}

/// Unix seconds to a timestamp; what no calendar holds becomes the epoch.
pub fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Mean observed and expected value over `from..=to`.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    pub observed: f64,
    pub expected: f64,
    /// Mean half width of the band above the expected.
    pub above: f64,
    pub peak: f64,
}

pub fn means(observed: &Observed, from: Timestamp, to: Timestamp) -> Option<Means> {
    let band = &observed.detection()?.band;
    let (from, to) = (from.as_second(), to.as_second());
    let inside =
        || band.iter().filter(|p| p.time >= from && p.time <= to).filter_map(|p: &BandPoint| Some((p, p.value?)));
    let count = inside().count();
    if count == 0 {
        return None;
    }
    let mean = |pick: &dyn Fn(&BandPoint, f64) -> f64| inside().map(|(p, v)| pick(p, v)).sum::<f64>() / count as f64;
    Some(Means {
        observed: mean(&|_, v| v),
        expected: mean(&|p, _| p.expected),
        above: mean(&|p, _| p.upper - p.expected),
        peak: inside().map(|(_, v)| v).fold(f64::NEG_INFINITY, f64::max),
    })
}
