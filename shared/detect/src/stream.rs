//! One series and nothing but its own past: rarity in a few views, summed. Constant memory.
//!
//! The design follows a study on the Numenta Anomaly Benchmark (NAB, arXiv 1510.03336). Two of its constants were chosen again
//! here, in some fifteen trials on half of NAB, after rarity was made relative to the length of the history: NAB results are
//! therefore in-sample (neighbouring constants give 64 to 72 there). What carries it: each view's raw number is turned into how
//! rare it is in that view's *own* history, and one episode is told once.

use crate::Point;
use crate::settings::Settings;

/// Points from which the first scale is taken; nothing is scored before.
const WARM_UP: usize = 100;
/// Hour-of-day profile: 24 steps, learned with this gain.
const PROFILE_GAIN: f64 = 0.05;
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
/// Bins to either side that count for the mass around a value.
const KERNEL: i64 = 2;
/// Rarer than once in thirty, 10^-1.5, is what a view adds.
const COMMON: f64 = 1.5;
/// What a record in one view adds.
const RECORD: f64 = 1.5;
/// After an alert, so many points of silence for what is not this much larger.
const SILENCE: usize = 100;
const LARGER: f64 = 1.5;
const ALERT: f64 = 1.0;

/// What the detector says of one point, from the points before it only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Rarity summed over the views, in powers of ten beyond the ordinary.
    pub score: f64,
    /// The same, told once per episode.
    pub alert_score: f64,
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
}

#[derive(Debug, Clone)]
pub struct Detector {
    settings: Settings,
    seen: usize,
    warm_up: Vec<(i64, f64)>,
    hours: [Option<f64>; 24],
    level: f64,
    scale: f64,
    least: f64,
    most: f64,
    residual: Histogram,
    jitter: Histogram,
    excursion: Octaves,
    shift: Octaves,
    recent: Ring,
    lagged_mean: f64,
    lagged_spread: f64,
    differences: Ring,
    last: f64,
    silent: usize,
    episode: f64,
}

impl Detector {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            seen: 0,
            warm_up: Vec::with_capacity(WARM_UP),
            hours: [None; 24],
            level: 0.0,
            scale: 1.0,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            residual: Histogram::new(0.0, 1.0),
            jitter: Histogram::new(0.0, 1.0),
            excursion: Octaves::new(EXCURSION),
            shift: Octaves::new(1.0),
            recent: Ring::new(SHIFT_POINTS),
            lagged_mean: 0.0,
            lagged_spread: 0.0,
            differences: Ring::new(JITTER_POINTS),
            last: 0.0,
            silent: 0,
            episode: 0.0,
        }
    }

    /// A value that is not finite changes nothing and scores 0.
    pub fn step(&mut self, point: Point) -> Step {
        if !point.value.is_finite() {
            let (lower, expected, upper) = self.bounds(point.time);
            return Step { score: 0.0, alert_score: 0.0, lower, expected, upper };
        }
        if self.seen < WARM_UP {
            return self.warm(point);
        }
        let (lower, expected, upper) = self.bounds(point.time);
        let score = self.look(point);
        let alert_score = self.tell_once(score);
        Step { score, alert_score, lower, expected, upper }
    }

    fn warm(&mut self, point: Point) -> Step {
        self.warm_up.push((point.time, point.value));
        self.seen += 1;
        if self.seen == WARM_UP {
            let points = std::mem::take(&mut self.warm_up);
            self.take_scale(&points);
            // What was seen already is history like any other.
            for (time, value) in points {
                self.look(Point { time, value });
            }
        }
        Step { score: 0.0, alert_score: 0.0, lower: point.value, expected: point.value, upper: point.value }
    }

    fn take_scale(&mut self, points: &[(i64, f64)]) {
        let values: Vec<f64> = points.iter().map(|(_, v)| *v).collect();
        let (level, spread) = median_and_spread(&values);
        let differences: Vec<f64> = values.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
        let smoothed: Vec<f64> =
            differences.windows(JITTER_POINTS).map(|w| w.iter().sum::<f64>() / JITTER_POINTS as f64).collect();
        let (jitter, jitter_spread) = median_and_spread(&smoothed);
        let least_scale = |level: f64| (level.abs() * 1e-3).max(1e-9);
        self.level = level;
        self.scale = spread.max(least_scale(level));
        let residuals: Vec<f64> = points.iter().map(|(time, value)| self.follow(*time, *value)).collect();
        let (residual, residual_spread) = median_and_spread(&residuals);
        self.residual = Histogram::new(residual, residual_spread.max(least_scale(level)));
        self.hours = [None; 24];
        self.level = level;
        self.jitter = Histogram::new(jitter, jitter_spread.max(least_scale(jitter)));
        self.lagged_mean = level;
        self.lagged_spread = self.scale;
        self.last = values[0];
    }

    fn season(&self, time: i64) -> f64 {
        self.hours[hour(time)].unwrap_or(0.0)
    }

    fn bounds(&self, time: i64) -> (f64, f64, f64) {
        if self.seen < WARM_UP {
            let last = self.warm_up.last().map_or(0.0, |(_, v)| *v);
            return (last, last, last);
        }
        let expected = self.level + self.season(time);
        let (low, high) = self.residual.central();
        (expected + low, expected, expected + high)
    }

    /// Scores the point against the past, then makes it part of the past.
    fn look(&mut self, point: Point) -> f64 {
        let value = point.value;
        self.seen += 1;

        let residual = value - self.level - self.season(point.time);
        let mut score = beyond_common(self.residual.rarity(residual), self.seen);

        let range = (self.most - self.least).max(f64::MIN_POSITIVE);
        let outside = if self.most >= self.least {
            ((value - self.most).max(self.least - value) / range - EXCURSION).max(0.0)
        } else {
            0.0
        };
        score += beyond_common(self.excursion.rarity(outside), self.seen);

        let mut shifted = 0.0;
        if let Some(left) = self.recent.push(value) {
            let away = left - self.lagged_mean;
            self.lagged_mean += SHIFT_GAIN * away;
            self.lagged_spread += SHIFT_GAIN * (away.abs() - self.lagged_spread);
            shifted = (self.recent.mean() - self.lagged_mean).abs() / self.lagged_spread.max(self.scale * 0.1);
            score += beyond_common(self.shift.rarity(shifted), self.seen);
        }

        self.differences.push((value - self.last).abs());
        let jitter = self.differences.mean();
        if self.differences.is_full() {
            score += JITTER_WEIGHT * beyond_common(self.jitter.rarity(jitter), self.seen);
        }

        self.residual.add(residual);
        self.excursion.add(outside);
        if shifted > 0.0 {
            self.shift.add(shifted);
        }
        if self.differences.is_full() {
            self.jitter.add(jitter);
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.last = value;
        self.follow(point.time, value);
        score
    }

    /// Moves the level and the hour's step towards the value; returns how far they were from it.
    fn follow(&mut self, time: i64, value: f64) -> f64 {
        let residual = value - self.level - self.season(time);
        let hour = &mut self.hours[hour(time)];
        let departed = value - self.level;
        *hour = Some(hour.map_or(departed, |known| known + PROFILE_GAIN * (departed - known)));
        let clip = LEVEL_CLIP * self.scale;
        self.level += LEVEL_GAIN * residual.clamp(-clip, clip);
        residual
    }

    fn tell_once(&mut self, score: f64) -> f64 {
        if self.silent > 0 {
            self.silent -= 1;
            if score < self.episode * LARGER {
                return 0.0;
            }
        }
        if score >= ALERT {
            self.silent = SILENCE;
            self.episode = score;
        }
        score
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn hour(time: i64) -> usize {
    (time.rem_euclid(24 * 3600) / 3600) as usize
}

/// Beyond common, as a share of the way from common to a record: a record is as remarkable in a long history as in a short one,
/// and rarer.
fn beyond_common(rarity: f64, seen: usize) -> f64 {
    let record = (seen as f64).log10() - COMMON;
    if record <= 0.1 { 0.0 } else { RECORD * (rarity - COMMON).max(0.0) / record }
}

fn median_and_spread(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    let centre = crate::series::median(&mut sorted).unwrap_or(0.0);
    let mut away: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    (centre, crate::series::median(&mut away).unwrap_or(0.0))
}

/// How often a value was seen, in bins that widen with the distance from the middle.
#[derive(Debug, Clone)]
struct Histogram {
    centre: f64,
    scale: f64,
    bins: Box<[u32; Self::BINS]>,
    total: f64,
}

impl Histogram {
    const BINS: usize = 256;
    const PER_UNIT: f64 = 8.0;

    fn new(centre: f64, spread: f64) -> Self {
        Self { centre, scale: 2.0 * spread, bins: Box::new([0; Self::BINS]), total: 0.0 }
    }

    fn bin(&self, value: f64) -> usize {
        let position = ((value - self.centre) / self.scale).asinh() * Self::PER_UNIT + Self::BINS as f64 / 2.0;
        position.clamp(0.0, Self::BINS as f64 - 1.0) as usize
    }

    fn value(&self, bin: f64) -> f64 {
        self.centre + self.scale * ((bin - Self::BINS as f64 / 2.0) / Self::PER_UNIT).sinh()
    }

    fn add(&mut self, value: f64) {
        self.bins[self.bin(value)] += 1;
        self.total += 1.0;
    }

    /// −log10 of the smaller of the two-sided tail and three times the smoothed mass around the value: what lies in a gap
    /// between two modes is as rare as what lies beyond them.
    fn rarity(&self, value: f64) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        let bin = self.bin(value);
        let below: f64 = self.bins[..=bin].iter().map(|c| f64::from(*c)).sum();
        let above = self.total - below + f64::from(self.bins[bin]);
        let tail = 2.0 * below.min(above);
        // A kernel over half a unit to both sides, so that the thin end of a wide tail is not taken for a gap.
        let mass: f64 = (-KERNEL..=KERNEL)
            .filter_map(|offset| {
                self.bins.get(usize::try_from(bin as i64 + offset).ok()?).map(|c| (offset, f64::from(*c)))
            })
            .map(|(offset, count)| count * (1.0 - offset.abs() as f64 / (KERNEL + 1) as f64))
            .sum();
        let p = (tail.min(mass) + 1.0) / (self.total + 1.0);
        -p.min(1.0).log10()
    }

    /// Where all but one in two thousand lie.
    fn central(&self) -> (f64, f64) {
        let rare = self.total / 2000.0;
        let mut count = 0.0;
        let mut low = 0;
        while low + 1 < Self::BINS && count + f64::from(self.bins[low]) <= rare {
            count += f64::from(self.bins[low]);
            low += 1;
        }
        count = 0.0;
        let mut high = Self::BINS - 1;
        while high > 0 && count + f64::from(self.bins[high]) <= rare {
            count += f64::from(self.bins[high]);
            high -= 1;
        }
        (self.value(low as f64), self.value(high as f64 + 1.0))
    }
}

/// The upper tail of a positive number's history, by powers of two.
#[derive(Debug, Clone)]
struct Octaves {
    counts: [u32; 64],
    total: f64,
    /// The largest seen; what counts as a record at first.
    record: f64,
}

impl Octaves {
    fn new(record: f64) -> Self {
        Self { counts: [0; 64], total: 0.0, record }
    }

    /// Bin 0 is zero; each further bin doubles, from 2⁻²⁰ on.
    fn bin(value: f64) -> usize {
        if value <= 0.0 { 0 } else { (value.log2() + 21.0).clamp(1.0, 63.0) as usize }
    }

    fn add(&mut self, value: f64) {
        self.counts[Self::bin(value)] += 1;
        self.total += 1.0;
        self.record = self.record.max(value);
    }

    /// −log10 of the share at least as large; each octave beyond the record halves it once more.
    fn rarity(&self, value: f64) -> f64 {
        let bin = Self::bin(value);
        if bin == 0 || self.total == 0.0 {
            return 0.0;
        }
        let above: f64 = self.counts[bin..].iter().map(|c| f64::from(*c)).sum();
        let octaves = (value / self.record).log2().max(0.0);
        (self.total + 1.0).log10() - (above + 1.0).log10() + octaves * 2f64.log10()
    }
}

/// The last few values and their mean.
#[derive(Debug, Clone)]
struct Ring {
    values: std::collections::VecDeque<f64>,
    size: usize,
}

impl Ring {
    fn new(size: usize) -> Self {
        Self { values: std::collections::VecDeque::with_capacity(size + 1), size }
    }

    /// Returns the value that falls out.
    fn push(&mut self, value: f64) -> Option<f64> {
        self.values.push_back(value);
        if self.values.len() > self.size { self.values.pop_front() } else { None }
    }

    fn is_full(&self) -> bool {
        self.values.len() == self.size
    }

    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len().max(1) as f64
    }
}
