//! Service times: drawn millions of times, so from a table of quantiles.

use rand::Rng;
use std::f64::consts::PI;

const ENTRIES: usize = 1 << 14;
/// The share of the slowest that follows a power law, and its exponent: now and then something takes much longer.
const TAIL_SHARE: f64 = 0.002;
const TAIL_EXPONENT: f64 = 2.2;

/// A lognormal time with a Pareto tail.
pub struct ServiceTime {
    quantiles: Vec<f32>,
}

impl ServiceTime {
    /// In milliseconds; `sigma` is the logarithm's spread.
    pub fn new(median: f64, sigma: f64) -> Self {
        let body = |p: f64| median * (sigma * normal_quantile(p)).exp();
        let joint = body(1.0 - TAIL_SHARE);
        let quantile = |i: usize| {
            let p = (i as f64 + 0.5) / ENTRIES as f64;
            let above = (1.0 - p) / TAIL_SHARE;
            let value = if above < 1.0 { joint * above.powf(-1.0 / TAIL_EXPONENT) } else { body(p) };
            value as f32
        };
        Self { quantiles: (0..ENTRIES).map(quantile).collect() }
    }

    pub fn draw(&self, rng: &mut impl Rng) -> f64 {
        f64::from(self.quantiles[(rng.random::<u32>() >> 18) as usize])
    }
}

/// By bisection of the distribution function: only used to build tables.
fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if normal_below(middle) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Standard normal distribution function, by its power series around zero.
fn normal_below(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= x * x / f64::from(2 * n + 1);
        sum += term;
        if term.abs() < 1e-12 * sum.abs() {
            break;
        }
    }
    0.5 + sum * (-x * x / 2.0).exp() / (2.0 * PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn the_normal_quantiles_are_the_known_ones() {
        for (p, z) in [(0.5, 0.0), (0.8413447, 1.0), (0.97724987, 2.0), (0.00134990, -3.0), (0.9999683, 4.0)] {
            assert!((normal_quantile(p) - z).abs() < 1e-3, "{p}: {} is not {z}", normal_quantile(p));
        }
    }

    #[test]
    fn half_are_below_the_median_and_a_few_are_far_above() {
        let time = ServiceTime::new(20.0, 0.4);
        let mut rng = StdRng::seed_from_u64(1);
        let mut drawn: Vec<f64> = (0..100_000).map(|_| time.draw(&mut rng)).collect();
        drawn.sort_by(f64::total_cmp);
        assert!((drawn[50_000] - 20.0).abs() < 0.3);
        assert!((drawn[84_134] / drawn[50_000] - 0.4_f64.exp()).abs() < 0.03);
        let lognormal = 20.0 * (0.4_f64 * 3.72).exp();
        assert!(drawn[99_989] > lognormal * 1.3, "{}", drawn[99_989]);
    }
}
