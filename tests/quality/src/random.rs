//! Counts and times by chance. Every node draws each minute from its own seed, so that what a trouble doesn't touch is the
//! same with and without it.

use rand::{Rng, SeedableRng};
use rand_distr::{Binomial, Distribution, Poisson, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub fn new(seed: u64, node: u64, minute: i64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed(seed, node, minute as u64)))
    }

    pub fn share(&mut self) -> f64 {
        self.0.random()
    }

    pub fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.share() < share
    }

    pub fn normal(&mut self) -> f64 {
        self.0.sample(StandardNormal)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound.max(1))
    }

    pub fn poisson(&mut self, mean: f64) -> f64 {
        if mean > 0.0 { Poisson::new(mean).map_or(0.0, |d| d.sample(&mut self.0)) } else { 0.0 }
    }

    /// How many of `count` have what each has with `share`.
    pub fn binomial(&mut self, count: f64, share: f64) -> f64 {
        if count < 1.0 || share <= 0.0 {
            return 0.0;
        }
        Binomial::new(count as u64, share.min(1.0)).map_or(0.0, |d| d.sample(&mut self.0) as f64)
    }

    /// `mean` up or down to a whole number, right on average.
    pub fn whole(&mut self, mean: f64) -> f64 {
        mean.floor() + f64::from(u8::from(self.happens(mean.fract())))
    }

    /// Log-normal with this mean and coefficient of variation.
    pub fn time(&mut self, mean: f64, variation: f64) -> f64 {
        let variance = (1.0 + variation * variation).ln();
        mean * (variance.sqrt() * self.normal() - variance / 2.0).exp()
    }
}

fn mixed(seed: u64, node: u64, minute: u64) -> u64 {
    let mut mixed = seed;
    for part in [node, minute] {
        mixed = (mixed ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_add(part);
    }
    mixed
}

/// Standard normal, by place in a grid.
fn at_grid(seed: u64, what: u64, cell: i64) -> f64 {
    Dice::new(seed, what, cell).normal()
}

/// A smooth random line with a new direction each `cell` minutes.
pub fn wave(seed: u64, what: u64, minute: i64, cell: i64) -> f64 {
    let (left, inside) = (minute.div_euclid(cell), minute.rem_euclid(cell) as f64 / cell as f64);
    let ease = inside * inside * (3.0 - 2.0 * inside);
    at_grid(seed, what, left) * (1.0 - ease) + at_grid(seed, what, left + 1) * ease
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_as_asked_for() {
        let mut dice = Dice::new(1, 2, 3);
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        assert!((mean((0..20_000).map(|_| dice.time(80.0, 0.6)).collect()) - 80.0).abs() < 1.0);
        assert!((mean((0..20_000).map(|_| dice.poisson(3.0)).collect()) - 3.0).abs() < 0.05);
        assert!((mean((0..20_000).map(|_| dice.binomial(50.0, 0.1)).collect()) - 5.0).abs() < 0.1);
        assert!((mean((0..20_000).map(|_| dice.whole(0.3)).collect()) - 0.3).abs() < 0.02);
    }

    #[test]
    fn the_same_seed_gives_the_same_and_another_minute_does_not() {
        let first = |minute| Dice::new(7, 1, minute).share();
        assert_eq!(first(5), first(5));
        assert_ne!(first(5), first(6));
    }
}
