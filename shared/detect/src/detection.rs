//! Baseline and window → the band of what is expected, and the spans outside it.

use crate::persistence::{persistent, sums};
use crate::series::{align, regular};
use crate::tail::Joint;
use crate::{Bad, Baseline, Kind, Point};

/// While the history is short only what is usually absent can be told to be wrong, from so many points on.
const LEAST_POINTS: u64 = 30;
/// While the history is short, a departure must be rarer by this many powers of ten.
const COLD: f64 = 2.0;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detection {
    pub band: Vec<BandPoint>,
    pub spans: Vec<Span>,
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
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// Looks at `from..until`. The baseline does not learn from the window, so an incident stays one to its end.
pub fn detect(baseline: &Baseline, window: &[Point], from: i64, until: i64) -> Detection {
    let settings = &baseline.settings;
    let period = i64::from(settings.period.max(1));
    let (from, until) = (align(from + period - 1, period), align(until, period));
    let values = regular(window, period, settings.missing, from, until);
    let seldom = -settings.sensitivity.false_spans_a_week().log10() + if baseline.is_warm() { 0.0 } else { COLD };
    let look = Look { baseline, values: &values, from, period, seldom };
    let band = look.band();
    let tells = baseline.is_warm() || (baseline.kind == Kind::Sparse && baseline.learned_points() >= LEAST_POINTS);
    let spans = if tells { look.spans(&band) } else { vec![] };
    Detection { band, spans }
}

struct Look<'a> {
    baseline: &'a Baseline,
    values: &'a [Option<f64>],
    from: i64,
    period: i64,
    /// Score that a departure must reach.
    seldom: f64,
}

impl Look<'_> {
    /// Scores are per week, tails per point.
    fn point_score(&self) -> f64 {
        self.seldom + self.baseline.settings.a_week().log10()
    }

    fn band(&self) -> Vec<BandPoint> {
        let baseline = self.baseline;
        let limit = |joint: &Joint| joint.value_at(self.point_score(), baseline.settings.persistence());
        let (up, down) = (limit(&baseline.up), limit(&baseline.down));
        (0..self.values.len())
            .map(|slot| {
                let time = self.from + slot as i64 * self.period;
                let scaled = baseline.expected_scaled(time);
                let expected = baseline.scale.undo(scaled);
                let (lower, upper) = match baseline.kind {
                    Kind::Sparse => (0.0, baseline.scale.undo(up)),
                    _ => {
                        let spread = baseline.spread.at(time);
                        (baseline.scale.undo(scaled - down * spread), baseline.scale.undo(scaled + up * spread))
                    }
                };
                let least = baseline.settings.least;
                BandPoint {
                    time,
                    value: self.values[slot],
                    lower: lower.min(expected - least),
                    expected,
                    upper: upper.max(expected + least),
                }
            })
            .collect()
    }

    fn spans(&self, band: &[BandPoint]) -> Vec<Span> {
        let mut spans = Vec::new();
        if self.baseline.settings.bad != Bad::Down {
            spans.extend(self.runs(band, Direction::Up));
        }
        if self.baseline.settings.bad != Bad::Up && self.baseline.kind != Kind::Sparse {
            spans.extend(self.runs(band, Direction::Down));
        }
        spans.sort_by_key(|s| s.start);
        spans
    }

    fn outside(&self, band: &[BandPoint], direction: Direction) -> Vec<bool> {
        if self.baseline.kind == Kind::Sparse {
            let (_, n) = self.baseline.settings.persistence();
            let recent: Vec<Option<f64>> = sums(self.values, n).collect();
            return band
                .iter()
                .zip(&recent)
                .map(|(point, sum)| point.value.is_some_and(|v| v > 0.0) && sum.is_some_and(|sum| sum > point.upper))
                .collect();
        }
        band.iter()
            .map(|point| {
                point.value.is_some_and(|value| match direction {
                    Direction::Up => value > point.upper,
                    Direction::Down => value < point.lower,
                })
            })
            .collect()
    }

    fn runs(&self, band: &[BandPoint], direction: Direction) -> Vec<Span> {
        let (m, n) = match self.baseline.kind {
            // The sum over n points is persistence enough.
            Kind::Sparse => (1, self.baseline.settings.persistence().1),
            _ => self.baseline.settings.persistence(),
        };
        let outside = self.outside(band, direction);
        let mut spans = Vec::new();
        let mut free = 0;
        let mut slot = 0;
        while slot < outside.len() {
            let first = slot.saturating_sub(n - 1).max(free);
            if !outside[slot] || (first..=slot).filter(|i| outside[*i]).count() < m {
                slot += 1;
                continue;
            }
            let begins = |i: &usize| match self.baseline.kind {
                Kind::Sparse => self.values[*i].is_some_and(|v| v > 0.0),
                _ => outside[*i],
            };
            let start = (first..=slot).find(begins).unwrap_or(slot);
            let (mut last, mut quiet) = (slot, 0);
            slot += 1;
            while slot < outside.len() && quiet < n {
                if outside[slot] {
                    (last, quiet) = (slot, 0);
                } else if self.values[slot].is_some() {
                    quiet += 1;
                }
                slot += 1;
            }
            // With fewer than n ordinary points after it, it may go on.
            spans.extend(self.span(band, direction, start, last, quiet >= n));
            free = last + 1;
        }
        spans
    }

    fn span(&self, band: &[BandPoint], direction: Direction, start: usize, last: usize, ended: bool) -> Option<Span> {
        let points: Vec<(&BandPoint, f64)> = band[start..=last].iter().filter_map(|p| Some((p, p.value?))).collect();
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
            score: self.score(direction, start, last),
            direction,
        })
    }

    /// The rarest persistent departure within the span.
    fn score(&self, direction: Direction, start: usize, last: usize) -> f64 {
        let baseline = self.baseline;
        let (m, n) = baseline.settings.persistence();
        let from = start.saturating_sub(n - 1);
        let slots = &self.values[from..=last];
        let rarest =
            |departures: &mut dyn Iterator<Item = Option<f64>>| departures.flatten().fold(f64::NEG_INFINITY, f64::max);
        let score = if baseline.kind == Kind::Sparse {
            baseline.up.score(rarest(&mut sums(slots, n).map(|s| s.map(|s| baseline.scale.apply(s)))), (m, n))
        } else {
            let (joint, sign) = match direction {
                Direction::Up => (baseline.up, 1.0),
                Direction::Down => (baseline.down, -1.0),
            };
            let departed: Vec<Option<f64>> = slots
                .iter()
                .enumerate()
                .map(|(i, v)| {
                    let time = self.from + (from + i) as i64 * self.period;
                    v.map(|v| {
                        sign * (baseline.scale.apply(v) - baseline.expected_scaled(time)) / baseline.spread.at(time)
                    })
                })
                .collect();
            joint.score(rarest(&mut persistent(&departed, m, n)), (m, n))
        };
        score - baseline.settings.a_week().log10()
    }
}
