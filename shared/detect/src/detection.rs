//! Baseline and window → the band of what is expected, and the spans outside it.

use crate::counts::{Elevated, Looks, Scan};
use crate::fit::present;
use crate::persistence::Grain;
use crate::series::{align, regular};
use crate::tail::Joint;
use crate::{Bad, Baseline, Kind, Point};

/// While the history is short only what is usually absent can be told to be wrong, from so many points on.
const LEAST_POINTS: u64 = 30;
/// While the history is short, a departure must be rarer by this many powers of ten.
const COLD: f64 = 2.0;
/// A departure as large as what matters is one, though the expected lies a little off a whole number.
const INCLUSIVE: f64 = 0.95;
/// A departure goes on while it is so far on its way to the limit.
const GOES_ON: f64 = 0.5;
/// A single run must be so many times the expected.
const RUN_TIMES: f64 = 2.25;
/// Events just after a change are worth a look though they are more ordinary by this many powers of ten.
const AFTER_CHANGE: f64 = 1.0;
/// Score from which the requests of what fails are read.
const SUSPICIOUS: f64 = 0.3;
/// A run failed where none of those before did: told by itself.
const RUN_FAILED: f64 = 3.0;
/// A silence is longer than any in the history at its time of day: told by itself.
const SILENT: f64 = 3.0;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detection {
    pub band: Vec<BandPoint>,
    pub spans: Vec<Span>,
    /// Nothing came for longer than it ever took at this time of day, or far fewer than just before: it goes on to the window's
    /// end.
    pub silence: Option<Span>,
}

impl Detection {
    /// Nothing at all was published in the window, and that means nothing.
    pub fn is_silent(&self) -> bool {
        self.band.iter().all(|point| point.value.is_none())
    }
}

/// One period of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandPoint {
    pub time: i64,
    /// None: not known.
    pub value: Option<f64>,
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
}

/// A persistent departure in a direction that matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The first point outside the band, not the one that made it persistent.
    pub start: i64,
    /// The end of the last point outside; none while it goes on.
    pub end: Option<i64>,
    pub peak_time: i64,
    pub peak: f64,
    /// Expected at the peak.
    pub expected: f64,
    pub mean: f64,
    pub mean_expected: f64,
    /// −log10 of how often a week the metric's own history would show the like: 1.7 is once in fifty weeks.
    pub score: f64,
    /// Too ordinary to be told by itself: something just before must speak for it.
    pub is_weak: bool,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// Looks at `from..until`. The baseline does not learn from the window, so an incident stays one to its end.
pub fn detect(baseline: &Baseline, window: &[Point], from: i64, until: i64) -> Detection {
    look(baseline, window, None, from, until)
}

/// The requests out of which events come, and what is normal for them.
#[derive(Clone, Copy)]
pub struct Requests<'a> {
    pub baseline: &'a Baseline,
    pub window: &'a [Point],
}

/// The same of what fails out of requests: judged by its share of those that were made, so that more requests with the usual
/// failures among them are ordinary.
pub fn detect_share(baseline: &Baseline, window: &[Point], requests: Requests<'_>, from: i64, until: i64) -> Detection {
    look(baseline, window, Some(requests), from, until)
}

/// Whether more events came than come by chance twice in a month, or the first ever, whatever the number of requests: worth
/// reading it.
pub fn is_suspicious(baseline: &Baseline, window: &[Point], from: i64, until: i64) -> bool {
    let mut curious = Look::at(baseline, window, from, until);
    if baseline.kind != Kind::Sparse {
        return !curious.spans(&curious.band()).is_empty();
    }
    let never = baseline.counts.is_some_and(|counts| counts.mean() * baseline.points as f64 <= ONE_EVENT);
    if never && curious.values.iter().flatten().any(|events| *events > 0.0) {
        return true;
    }
    curious.seldom = (SUSPICIOUS + AFTER_CHANGE).min(curious.seldom);
    let expected = curious.by_the_clock();
    !curious.elevated(&curious.band_of_events(&expected), &expected).is_empty()
}

fn look(baseline: &Baseline, window: &[Point], requests: Option<Requests<'_>>, from: i64, until: i64) -> Detection {
    let look = Look::at(baseline, window, from, until);
    let share = requests.and_then(|requests| look.share(requests));
    if baseline.kind == Kind::Sparse || share.is_some() {
        let expected = share.unwrap_or_else(|| look.by_the_clock());
        let band = look.band_of_events(&expected);
        let tells = baseline.is_warm() || baseline.learned_points() >= LEAST_POINTS;
        let spans = if tells { look.elevated(&band, &expected) } else { vec![] };
        return Detection { silence: look.silence(), band, spans };
    }
    let judged = look.band();
    let spans = if baseline.is_warm() { look.spans(&judged) } else { vec![] };
    Detection { silence: look.silence(), band: judged.into_iter().map(|j| j.point).collect(), spans }
}

/// What is missing to the window's end: so many come, where `expected` would have.
fn missed(start: i64, come: f64, expected: f64, score: f64) -> Span {
    Span {
        start,
        end: None,
        peak_time: start,
        peak: come,
        expected,
        mean: come,
        mean_expected: expected,
        score,
        is_weak: false,
        direction: Direction::Down,
    }
}

struct Look<'a> {
    baseline: &'a Baseline,
    values: Vec<Option<f64>>,
    from: i64,
    period: i64,
    /// Score that a departure must reach.
    seldom: f64,
}

/// Out of so many requests that nobody made one more is taken to fail, so that a few teach nothing of what never fails.
const OF_REQUESTS: f64 = 100.0;
/// A history's mean counts one event that never came.
const ONE_EVENT: f64 = 1.01;

/// What is expected of each period's events.
struct Expected {
    events: Vec<f64>,
    requests: Option<Vec<f64>>,
    looks: Looks,
    /// Of something regular that runs now and then, and has never failed.
    never_failed: bool,
}

/// A point with the limits that its own history gives.
struct Judged {
    point: BandPoint,
    lower: f64,
    upper: f64,
}

impl Judged {
    fn is_outside(&self, direction: Direction, least: f64) -> bool {
        self.point.value.is_some_and(|value| {
            let (beyond, away) = self.beyond(direction, value, 1.0);
            beyond && away >= least * INCLUSIVE
        })
    }

    fn goes_on(&self, direction: Direction, least: f64) -> bool {
        self.point.value.is_some_and(|value| {
            let (beyond, away) = self.beyond(direction, value, GOES_ON);
            beyond && away >= least * GOES_ON
        })
    }

    /// Whether the value is beyond that share of the way to the limit, and how far it is from what was expected.
    fn beyond(&self, direction: Direction, value: f64, share: f64) -> (bool, f64) {
        let expected = self.point.expected;
        match direction {
            Direction::Up => (value > expected + (self.upper - expected) * share, value - expected),
            Direction::Down => (value < expected - (expected - self.lower) * share, expected - value),
        }
    }
}

impl<'a> Look<'a> {
    fn at(baseline: &'a Baseline, window: &[Point], from: i64, until: i64) -> Self {
        let settings = &baseline.settings;
        let period = i64::from(settings.period.max(1));
        let (from, until) = (align(from + period - 1, period), align(until, period));
        let values = regular(window, period, settings.missing, from, until);
        let seldom = -settings.sensitivity.false_spans_a_week().log10() + if baseline.is_warm() { 0.0 } else { COLD };
        Self { baseline, values, from, period, seldom }
    }

    fn time(&self, slot: usize) -> i64 {
        self.from + slot as i64 * self.period
    }

    fn persistence(&self) -> (usize, usize) {
        self.baseline.grain.persistence(&self.baseline.settings)
    }

    /// Scores are per week, tails per point.
    fn point_score(&self) -> f64 {
        self.seldom + self.baseline.a_week().log10()
    }

    fn band(&self) -> Vec<Judged> {
        let baseline = self.baseline;
        let limit = |joint: &Joint| joint.value_at(self.point_score(), self.persistence());
        let (up, down) = (limit(&baseline.up), limit(&baseline.down));
        let least = baseline.settings.least;
        (0..self.values.len())
            .map(|slot| {
                let time = self.time(slot);
                let scaled = baseline.expected_scaled(time);
                let expected = baseline.scale.undo(scaled);
                let spread = baseline.spread.at(time);
                let upper = baseline.scale.undo(scaled + up * spread);
                let lower = baseline.scale.undo(scaled - down * spread);
                let upper = if baseline.grain == Grain::Runs { upper.max(expected * RUN_TIMES) } else { upper };
                let point = BandPoint {
                    time,
                    value: self.values[slot],
                    lower: lower.min(expected - least),
                    expected,
                    upper: upper.max(expected + least),
                };
                Judged { point, lower, upper }
            })
            .collect()
    }

    /// Whatever the number of requests.
    fn by_the_clock(&self) -> Expected {
        let mean = self.baseline.counts.map_or(0.0, |counts| counts.mean());
        Expected {
            events: vec![mean; self.values.len()],
            requests: None,
            looks: self.baseline.looks(),
            never_failed: false,
        }
    }

    /// The history's share of the requests that were made. None: one of the two counts nothing.
    fn share(&self, requests: Requests<'_>) -> Option<Expected> {
        let usual = requests.baseline;
        let (failed, made) = (self.baseline.counts?.mean(), usual.counts?.mean());
        if made <= 0.0 || !usual.is_warm() {
            return None;
        }
        let until = self.time(self.values.len());
        let requests = regular(requests.window, self.period, usual.settings.missing, self.from, until);
        let (failed, made_ever) = (failed * self.baseline.points as f64, made * usual.points as f64);
        let share = failed / (made_ever + OF_REQUESTS);
        // What failed was requested, though its count may be late.
        let requests: Vec<f64> =
            requests.iter().zip(&self.values).map(|(r, v)| r.unwrap_or(0.0).max(v.unwrap_or(0.0))).collect();
        let looks = self.baseline.looks();
        let looks = Looks { a_week: looks.a_week.min(made * looks.a_week), ..looks };
        let never_failed = usual.is_regular && failed <= ONE_EVENT;
        let events = requests.iter().map(|r| r * share).collect();
        Some(Expected { events, requests: Some(requests), looks, never_failed })
    }

    fn band_of_events(&self, expected: &Expected) -> Vec<BandPoint> {
        let counts = self.baseline.counts;
        let least = self.baseline.settings.least;
        let limit = |mean: f64| counts.map_or(least, |counts| counts.burst_at(self.seldom, mean, expected.looks));
        let mut known: Option<(f64, f64)> = None;
        expected
            .events
            .iter()
            .enumerate()
            .map(|(slot, &mean)| {
                let upper = match known {
                    Some((of, upper)) if (of - mean).abs() <= 0.05 * of => upper,
                    _ => limit(mean),
                };
                known = Some((mean, upper));
                let (time, value) = (self.time(slot), self.values[slot]);
                BandPoint { time, value, lower: 0.0, expected: mean, upper: upper.max(mean + least) }
            })
            .collect()
    }

    fn elevated(&self, band: &[BandPoint], expected: &Expected) -> Vec<Span> {
        let Some(counts) = &self.baseline.counts else { return vec![] };
        if matches!(self.baseline.settings.bad, Bad::Down | Bad::Absent) {
            return vec![];
        }
        let told = (self.baseline.settings.least, self.seldom - AFTER_CHANGE);
        let scan =
            Scan::new(counts, expected.looks, told, &self.values, &expected.events, expected.requests.as_deref());
        let span = |Elevated { start, last, ended, score }| self.span(band, Direction::Up, start..=last, ended, score);
        let elevated = scan.elevated();
        let elevated =
            if elevated.is_empty() && expected.never_failed { scan.failed_runs(RUN_FAILED) } else { elevated };
        elevated.into_iter().filter_map(span).collect()
    }

    fn silence(&self) -> Option<Span> {
        let present = present(&self.baseline.settings, &self.values);
        let since = self.baseline.silences.since(&present, self.from, self.period);
        let nothing = since.map(|start| missed(start, 0.0, f64::from(self.baseline.typical), SILENT));
        nothing.or_else(|| self.collapse())
    }

    fn collapse(&self) -> Option<Span> {
        let baseline = self.baseline;
        let expected: Vec<f64> = (0..self.values.len()).map(|slot| baseline.expected(self.time(slot))).collect();
        let collapses = baseline.collapses.filter(|_| baseline.is_warm())?;
        let found = collapses.last(&self.values, &expected, self.period, self.seldom)?;
        Some(missed(self.time(found.slots.start), found.came, found.expected, found.score))
    }

    fn spans(&self, band: &[Judged]) -> Vec<Span> {
        let mut spans = Vec::new();
        if matches!(self.baseline.settings.bad, Bad::Up | Bad::Both) {
            spans.extend(self.runs(band, Direction::Up));
        }
        if matches!(self.baseline.settings.bad, Bad::Down | Bad::Both) {
            spans.extend(self.runs(band, Direction::Down));
        }
        spans.sort_by_key(|s| s.start);
        spans
    }

    fn runs(&self, judged: &[Judged], direction: Direction) -> Vec<Span> {
        let (m, n) = self.persistence();
        let least = self.baseline.settings.least;
        let counted = self.baseline.grain.counted(&self.values);
        let outside: Vec<bool> = counted.iter().map(|slot| judged[*slot].is_outside(direction, least)).collect();
        let band: Vec<BandPoint> = judged.iter().map(|j| j.point).collect();
        let mut spans = Vec::new();
        let (mut free, mut at) = (0, 0);
        while at < outside.len() {
            let first = at.saturating_sub(n - 1).max(free);
            if !outside[at] || (first..=at).filter(|i| outside[*i]).count() < m {
                at += 1;
                continue;
            }
            let start = (first..=at).find(|i| outside[*i]).unwrap_or(at);
            let (mut last, mut quiet) = (at, 0);
            at += 1;
            while at < outside.len() && quiet < n {
                if judged[counted[at]].goes_on(direction, least) {
                    (last, quiet) = (at, 0);
                } else if self.values[counted[at]].is_some() {
                    quiet += 1;
                }
                at += 1;
            }
            // With fewer than n ordinary points after it, it may go on.
            let slots = counted[start]..=counted[last];
            let score = self.score(direction, &counted[start.saturating_sub(n - 1)..=last]);
            spans.extend(self.span(&band, direction, slots, quiet >= n, score));
            free = last + 1;
        }
        spans
    }

    fn span(
        &self,
        band: &[BandPoint],
        direction: Direction,
        slots: std::ops::RangeInclusive<usize>,
        ended: bool,
        score: f64,
    ) -> Option<Span> {
        let (start, last) = (*slots.start(), *slots.end());
        let points: Vec<(&BandPoint, f64)> = band[slots].iter().filter_map(|p| Some((p, p.value?))).collect();
        let away = |p: &BandPoint, v: f64| match direction {
            Direction::Up => v - p.expected,
            Direction::Down => p.expected - v,
        };
        let (peak, value) = points.iter().copied().max_by(|(a, v), (b, w)| away(a, *v).total_cmp(&away(b, *w)))?;
        let mean = |pick: &dyn Fn(&BandPoint, f64) -> f64| {
            points.iter().map(|(p, v)| pick(p, *v)).sum::<f64>() / points.len() as f64
        };
        Some(Span {
            start: band[start].time,
            end: ended.then(|| band[last].time + self.period),
            peak_time: peak.time,
            peak: value,
            expected: peak.expected,
            mean: mean(&|_, v| v),
            mean_expected: mean(&|p, _| p.expected),
            score,
            is_weak: score < self.seldom,
            direction,
        })
    }

    /// The rarest persistent departure among the slots.
    fn score(&self, direction: Direction, slots: &[usize]) -> f64 {
        let baseline = self.baseline;
        let (joint, sign) = match direction {
            Direction::Up => (baseline.up, 1.0),
            Direction::Down => (baseline.down, -1.0),
        };
        let departed: Vec<Option<f64>> = slots
            .iter()
            .map(|slot| {
                let time = self.time(*slot);
                self.values[*slot].map(|v| {
                    sign * (baseline.scale.apply(v) - baseline.expected_scaled(time)) / baseline.spread.at(time)
                })
            })
            .collect();
        // The slots are those that count already.
        let reached = Grain::Periods.persistent(&departed, self.persistence());
        let rarest = reached.into_iter().flatten().fold(f64::NEG_INFINITY, f64::max);
        joint.score(rarest, self.persistence()) - baseline.a_week().log10()
    }
}
