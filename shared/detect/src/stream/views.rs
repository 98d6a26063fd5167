//! Four views of one series' past, and how rare a point is in each.

use super::histogram::{Bin, Histogram};
use super::measure::Measure;
use super::octaves::Octaves;
use super::ring::Ring;
use crate::Point;

/// Hour-of-day profile: 24 steps, learned with this gain.
const PROFILE_GAIN: f64 = 0.05;
/// In an hour of the day that was never seen, the limits are so much wider.
const UNSEEN: f64 = 3.0;
/// Slow level: gain per point, residual clipped at so many scales (Huber).
const LEVEL_GAIN: f64 = 0.002;
const LEVEL_CLIP: f64 = 6.0;
/// An excursion counts from this share of the range seen so far.
const EXCURSION: f64 = 0.05;
/// Points of the recent mean, and gain of the lagged mean it is compared with.
const SHIFT_POINTS: usize = 48;
const SHIFT_GAIN: f64 = 0.01;
/// Points of the mean absolute difference.
const JITTER_POINTS: usize = 12;
const JITTER_WEIGHT: f64 = 0.5;
/// Rarer than once in thirty, 10^-1.5, is what a view adds.
const COMMON: f64 = 1.5;
/// More than that, so that of what is common no logarithm is needed.
const COMMON_SHARE: f64 = 0.032;
/// What a record in one view adds.
const RECORD: f64 = 1.5;

/// How rare a point is, in powers of ten beyond the ordinary.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rarity {
    /// Of the value itself: its residual and how far it lies outside all that was seen.
    value: f64,
    /// Of the mean of the last points.
    shift: f64,
    /// Of how much the last points jump.
    jitter: f64,
}

impl Rarity {
    pub fn total(self) -> f64 {
        self.value + self.shift + self.jitter
    }
}

/// The view that finds a point most remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    Value,
    Shift,
    Jitter,
}

#[derive(Debug, Clone)]
pub struct Views {
    measure: Measure,
    /// Gains for this period in terms of those for five minutes.
    pace: f64,
    seen: usize,
    zeros: usize,
    hours: [Option<f64>; 24],
    level: f64,
    scale: f64,
    least: f64,
    most: f64,
    residual: Histogram,
    jitter: Histogram,
    excursion: Octaves,
    shift: Octaves,
    values: Ring,
    differences: Ring,
    last: f64,
    lagged_mean: f64,
    lagged_spread: f64,
}

/// One point as each view sees it, before it becomes part of the past.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    time: i64,
    value: f64,
    residual: Bin,
    outside: f64,
    mean: f64,
    shifted: f64,
    jitter: Option<f64>,
    jitter_bin: Option<Bin>,
    is_zero: bool,
    /// Nothing, where nothing is usual: no anomaly, whatever came before it.
    pub nothing: bool,
    lagged: (f64, f64),
    pub rarity: Rarity,
}

impl Sample {
    pub fn lead(self) -> Lead {
        let Rarity { value, shift, jitter } = self.rarity;
        match shift.max(jitter) {
            course if value >= course => Lead::Value,
            course if shift >= course => Lead::Shift,
            _ => Lead::Jitter,
        }
    }
}

/// What was usual at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    measure: Measure,
    level: f64,
    hours: [Option<f64>; 24],
    low: f64,
    high: f64,
    mean: f64,
    jitter: f64,
}

impl Past {
    /// Lower limit, expected value and upper limit, in the metric's unit.
    pub fn band(&self, time: i64) -> (f64, f64, f64) {
        band(self.measure, self.expected(time), (self.low, self.high))
    }

    /// How far a later point departs from it in one view.
    pub fn departure(&self, lead: Lead, sample: Sample) -> f64 {
        match lead {
            Lead::Value => sample.value - self.expected(sample.time),
            Lead::Shift => sample.mean - self.mean,
            Lead::Jitter => sample.jitter.map_or(0.0, |jitter| jitter - self.jitter),
        }
    }

    /// How far it may depart within the band, on the side where it is.
    pub fn limit(&self, lead: Lead, sample: Sample) -> Option<f64> {
        let above = sample.value >= self.expected(sample.time);
        let limit = if above { self.high } else { -self.low }.max(0.0);
        let unseen = self.hours[hour(sample.time)].is_none();
        (lead == Lead::Value).then_some(if unseen { UNSEEN * limit } else { limit })
    }

    fn expected(&self, time: i64) -> f64 {
        self.level + season(&self.hours, time)
    }
}

impl Views {
    /// From the first points, which then are history like any other.
    pub fn new(measure: Measure, pace: f64, first: &[Point]) -> Self {
        let points: Vec<(i64, f64)> = first.iter().map(|p| (p.time, measure.apply(p.value))).collect();
        let values: Vec<f64> = points.iter().map(|(_, v)| *v).collect();
        let (level, spread) = median_and_spread(&values);
        let mut views = Self::empty(measure, pace, level, spread.max(measure.least_spread(level)));
        // The first points count twice: they are looked at once more below.
        views.seen = first.len();
        views.zeros = first.iter().filter(|p| p.value == 0.0).count();
        let residuals: Vec<f64> = points.iter().map(|(time, value)| views.follow(*time, *value)).collect();
        let (residual, residual_spread) = median_and_spread(&residuals);
        let differences: Vec<f64> = values.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
        let smoothed: Vec<f64> =
            differences.windows(JITTER_POINTS).map(|w| w.iter().sum::<f64>() / JITTER_POINTS as f64).collect();
        let (jitter, jitter_spread) = median_and_spread(&smoothed);
        views.residual = Histogram::new(residual, residual_spread.max(measure.least_spread(level)));
        views.jitter = Histogram::new(jitter, jitter_spread.max(measure.least_spread(jitter)));
        views.hours = [None; 24];
        views.level = level;
        views.last = values.first().copied().unwrap_or(level);
        for point in first {
            views.learn(views.judge(*point));
        }
        views
    }

    fn empty(measure: Measure, pace: f64, level: f64, scale: f64) -> Self {
        let points = |at_five_minutes: usize| (at_five_minutes as f64 / pace) as usize;
        Self {
            measure,
            pace,
            seen: 0,
            zeros: 0,
            hours: [None; 24],
            level,
            scale,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            residual: Histogram::new(0.0, scale),
            jitter: Histogram::new(0.0, scale),
            excursion: Octaves::new(EXCURSION),
            shift: Octaves::new(1.0),
            values: Ring::new(points(SHIFT_POINTS)),
            differences: Ring::new(points(JITTER_POINTS)),
            last: level,
            lagged_mean: level,
            lagged_spread: scale,
        }
    }

    /// What is usual now: the band of [`Self::past`].
    pub fn band(&self, time: i64) -> (f64, f64, f64) {
        band(self.measure, self.level + season(&self.hours, time), self.residual.central())
    }

    /// The point against what came before it.
    pub fn judge(&self, point: Point) -> Sample {
        let value = self.measure.apply(point.value);
        let is_zero = point.value == 0.0;
        let mut rarity = Rarity::default();

        let residual = self.residual.bin(value - self.level - season(&self.hours, point.time));
        rarity.value += self.beyond_common(self.residual.share(residual));

        let outside = self.outside(value);
        rarity.value += self.beyond_common(self.excursion.share(outside));

        let (mut shifted, mut lagged) = (0.0, (self.lagged_mean, self.lagged_spread));
        let mean = self.values.mean_with(value);
        if let Some(left) = self.values.leaves() {
            let away = left - lagged.0;
            let gain = SHIFT_GAIN * self.pace;
            lagged = (lagged.0 + gain * away, lagged.1 + gain * (away.abs() - lagged.1));
            shifted = (mean - lagged.0).abs() / lagged.1.max(self.scale * 0.1);
            rarity.shift = self.beyond_common(self.shift.share(shifted));
        }

        let difference = (value - self.last).abs();
        let jitter = self.differences.is_full_with_one().then(|| self.differences.mean_with(difference));
        let jitter_bin = jitter.map(|jitter| self.jitter.bin(jitter));
        if let Some(bin) = jitter_bin {
            rarity.jitter = JITTER_WEIGHT * self.beyond_common(self.jitter.share(bin));
        }
        let nothing = is_zero && self.is_sparse();
        if nothing {
            rarity = Rarity::default();
        }
        let time = point.time;
        Sample { time, value, residual, outside, mean, shifted, jitter, jitter_bin, is_zero, nothing, lagged, rarity }
    }

    /// Makes the point part of the past.
    pub fn learn(&mut self, sample: Sample) {
        self.seen += 1;
        self.zeros += usize::from(sample.is_zero);
        self.residual.add(sample.residual);
        self.excursion.add(sample.outside);
        if sample.shifted > 0.0 {
            self.shift.add(sample.shifted);
        }
        if let Some(bin) = sample.jitter_bin {
            self.jitter.add(bin);
        }
        self.least = self.least.min(sample.value);
        self.most = self.most.max(sample.value);
        (self.lagged_mean, self.lagged_spread) = sample.lagged;
        self.values.push(sample.value);
        self.differences.push((sample.value - self.last).abs());
        self.last = sample.value;
        self.follow(sample.time, sample.value);
    }

    /// Takes the level and the profile back to what they were.
    pub fn forgive(&mut self, past: &Past) {
        self.level = past.level;
        self.hours = past.hours;
    }

    pub fn seen(&self) -> usize {
        self.seen
    }

    pub fn past(&self) -> Past {
        let (low, high) = self.residual.central();
        Past {
            measure: self.measure,
            level: self.level,
            hours: self.hours,
            low,
            high,
            mean: self.lagged_mean,
            jitter: self.jitter.median(),
        }
    }

    /// Usually zero.
    fn is_sparse(&self) -> bool {
        self.measure.is_sparse() || 2 * self.zeros > self.seen
    }

    /// How far outside all that was seen, as a share of its range.
    fn outside(&self, value: f64) -> f64 {
        if self.most < self.least {
            return 0.0;
        }
        let range = (self.most - self.least).max(self.measure.least_range());
        ((value - self.most).max(self.least - value) / range - EXCURSION).max(0.0)
    }

    /// Moves the level and the hour's step towards the value; returns how far they were from it.
    fn follow(&mut self, time: i64, value: f64) -> f64 {
        let residual = value - self.level - season(&self.hours, time);
        let hour = &mut self.hours[hour(time)];
        let departed = value - self.level;
        *hour = Some(hour.map_or(departed, |known| known + PROFILE_GAIN * self.pace * (departed - known)));
        let clip = LEVEL_CLIP * self.scale;
        self.level += LEVEL_GAIN * self.pace * residual.clamp(-clip, clip);
        residual
    }

    /// Beyond common, as a share of the way from common to a record: a record is as remarkable in a long history as in a short
    /// one, and rarer.
    fn beyond_common(&self, share: f64) -> f64 {
        if share > COMMON_SHARE {
            return 0.0;
        }
        let record = ((self.seen + 1) as f64).log10() - COMMON;
        if record <= 0.1 { 0.0 } else { RECORD * (-share.log10() - COMMON).max(0.0) / record }
    }
}

fn band(measure: Measure, expected: f64, (low, high): (f64, f64)) -> (f64, f64, f64) {
    (measure.undo(expected + low), measure.undo(expected), measure.undo(expected + high))
}

fn season(hours: &[Option<f64>; 24], time: i64) -> f64 {
    hours[hour(time)].unwrap_or(0.0)
}

fn hour(time: i64) -> usize {
    (time.rem_euclid(24 * 3600) / 3600) as usize
}

fn median_and_spread(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    let centre = crate::series::median(&mut sorted).unwrap_or(0.0);
    let mut away: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    (centre, crate::series::median(&mut away).unwrap_or(0.0))
}
