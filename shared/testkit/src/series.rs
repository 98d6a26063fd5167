//! Seeded series: the same seed gives the same points, anywhere.

use crate::clock::after;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Deserialize;
use stackseer_model::{Point, Series, Timestamp};
use std::f64::consts::TAU;

/// An ordinary series: a level with a day's wave, a weekend and noise.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordinary {
    /// The mean over a working day.
    pub base: f64,
    #[serde(default)]
    pub noise: Noise,
    /// The noise's size as a share of the level; not for `poisson`, whose size follows from the level.
    #[serde(default)]
    pub spread: f64,
    /// How far the day's wave goes from the level, as a share of it: 0.5 is half as much at night, half more by day.
    #[serde(default)]
    pub daily: f64,
    /// UTC hour of the wave's top.
    #[serde(default = "afternoon")]
    pub peak_hour: f64,
    /// Saturday's and Sunday's level as a share of the other days'.
    #[serde(default = "same")]
    pub weekend: f64,
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
    /// A value of zero is not published, as AWS does with some counts.
    #[serde(default)]
    pub absent_when_zero: bool,
}

fn afternoon() -> f64 {
    15.0
}

fn same() -> f64 {
    1.0
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    #[default]
    None,
    /// Symmetric around the level.
    Normal,
    /// Positive with a heavy upper tail, as latencies are; the level is its mean.
    Lognormal,
    /// Counts of independent events.
    Poisson,
}

impl Default for Ordinary {
    fn default() -> Self {
        Self {
            base: 0.0,
            noise: Noise::None,
            spread: 0.0,
            daily: 0.0,
            peak_hour: afternoon(),
            weekend: same(),
            min: None,
            max: None,
            absent_when_zero: false,
        }
    }
}

impl Ordinary {
    /// What is expected at a time, without noise.
    pub fn level(&self, time: Timestamp) -> f64 {
        let seconds = time.as_second();
        let hour = seconds.rem_euclid(86_400) as f64 / 3_600.0;
        // 1970-01-01 was a Thursday.
        let weekend = matches!(seconds.div_euclid(86_400).rem_euclid(7), 2 | 3);
        let wave = 1.0 + self.daily * ((hour - self.peak_hour) / 24.0 * TAU).cos();
        self.base * wave * if weekend { self.weekend } else { 1.0 }
    }

    /// One value per `period` seconds from `from` (inclusive) to `to` (exclusive). `change` turns the level at a time into
    /// another: what an incident does, to which the noise then belongs as to any level.
    pub fn series(
        &self,
        seed: u64,
        period: u32,
        from: Timestamp,
        to: Timestamp,
        change: impl Fn(Timestamp, f64) -> f64,
    ) -> Series {
        let mut rng = StdRng::seed_from_u64(seed);
        let step = i64::from(period.max(1));
        let count = (to.as_second() - from.as_second()).max(0) / step;
        Series::new((0..count).filter_map(|i| {
            let time = after(from, i * step);
            let value = self.noisy(change(time, self.level(time)), &mut rng);
            (!(self.absent_when_zero && value == 0.0)).then_some(Point { time, value })
        }))
    }

    fn noisy(&self, level: f64, rng: &mut StdRng) -> f64 {
        let value = match self.noise {
            Noise::None => level,
            Noise::Normal => level + level.abs() * self.spread * normal(rng),
            Noise::Lognormal => level * (self.spread * normal(rng) - self.spread * self.spread / 2.0).exp(),
            Noise::Poisson => poisson(rng, level),
        };
        value.max(self.min.unwrap_or(f64::NEG_INFINITY)).min(self.max.unwrap_or(f64::INFINITY))
    }
}

/// Standard normal (Box and Muller).
pub fn normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (TAU * rng.random::<f64>()).cos()
}

/// How many events when `mean` are expected.
pub fn poisson(rng: &mut impl Rng, mean: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    if mean > 50.0 {
        return (mean + mean.sqrt() * normal(rng)).round().max(0.0);
    }
    let limit = (-mean).exp();
    let (mut events, mut product) = (0.0, rng.random::<f64>());
    while product > limit {
        events += 1.0;
        product *= rng.random::<f64>();
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::time;

    fn mean(series: &Series) -> f64 {
        series.0.iter().map(|p| p.value).sum::<f64>() / series.0.len() as f64
    }

    fn day(ordinary: &Ordinary, seed: u64) -> Series {
        ordinary.series(seed, 60, time("2026-01-05T00:00:00Z"), time("2026-01-06T00:00:00Z"), |_, level| level)
    }

    #[test]
    fn the_same_seed_gives_the_same_points_and_another_gives_others() {
        let ordinary = Ordinary { base: 10.0, noise: Noise::Lognormal, spread: 0.3, ..Ordinary::default() };
        assert_eq!(day(&ordinary, 1), day(&ordinary, 1));
        assert_ne!(day(&ordinary, 1), day(&ordinary, 2));
    }

    #[test]
    fn every_kind_of_noise_keeps_the_level() {
        for noise in [Noise::None, Noise::Normal, Noise::Lognormal, Noise::Poisson] {
            for base in [3.0, 200.0] {
                let ordinary = Ordinary { base, noise, spread: 0.4, daily: 0.3, ..Ordinary::default() };
                let mean = mean(&day(&ordinary, 7));
                assert!((mean / base - 1.0).abs() < 0.05, "{noise:?} {base} {mean}");
            }
        }
    }

    #[test]
    fn the_day_has_its_top_at_the_peak_hour_and_the_weekend_its_share() {
        let ordinary = Ordinary { base: 10.0, daily: 0.5, peak_hour: 15.0, weekend: 0.2, ..Ordinary::default() };
        assert!((ordinary.level(time("2026-01-05T15:00:00Z")) - 15.0).abs() < 1e-9);
        assert!((ordinary.level(time("2026-01-05T03:00:00Z")) - 5.0).abs() < 1e-9);
        assert!((ordinary.level(time("2026-01-10T15:00:00Z")) - 3.0).abs() < 1e-9);
        assert!((ordinary.level(time("2026-01-11T15:00:00Z")) - 3.0).abs() < 1e-9);
        assert!((ordinary.level(time("2026-01-09T15:00:00Z")) - 15.0).abs() < 1e-9);
    }

    #[test]
    fn zeros_are_absent_where_aws_publishes_none() {
        let errors = Ordinary { base: 0.01, noise: Noise::Poisson, absent_when_zero: true, ..Ordinary::default() };
        let series = day(&errors, 3);
        assert!((1..60).contains(&series.0.len()), "{}", series.0.len());
        assert!(series.0.iter().all(|p| p.value > 0.0));
    }

    #[test]
    fn values_stay_within_their_bounds() {
        let ratio =
            Ordinary { base: 99.0, noise: Noise::Normal, spread: 0.05, max: Some(100.0), ..Ordinary::default() };
        let series = day(&ratio, 5);
        assert!(series.0.iter().all(|p| p.value <= 100.0) && series.0.iter().any(|p| p.value == 100.0));
    }
}
