//! Whether values move one way: Mann and Kendall's test, and Theil and Sen's slope. Neither is moved by a few wild points.

use crate::series::median;

/// A line through points, and how likely chance alone would order them so much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The median of the slopes between all pairs.
    pub slope: f64,
    pub intercept: f64,
    /// Two-sided; 1 where nothing can be said.
    pub chance: f64,
}

impl Trend {
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// Of points `(x, y)` with rising `x`.
pub fn trend(points: &[(f64, f64)]) -> Trend {
    let pairs = || points.iter().enumerate().flat_map(|(i, a)| points[i + 1..].iter().map(move |b| (a, b)));
    let middle = |mut values: Vec<f64>| median(&mut values).unwrap_or(0.0);
    let slope = middle(pairs().map(|(a, b)| (b.1 - a.1) / (b.0 - a.0)).collect());
    let intercept = middle(points.iter().map(|(x, y)| y - slope * x).collect());
    let concordant: f64 = pairs().map(|(a, b)| sign(b.1 - a.1)).sum();
    Trend { slope, intercept, chance: chance(points, concordant) }
}

/// By the normal approximation, corrected for ties and for that the sum moves in steps.
fn chance(points: &[(f64, f64)], concordant: f64) -> f64 {
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut values: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
    values.sort_by(f64::total_cmp);
    let ties: f64 = values.chunk_by(|a, b| a == b).map(|tied| spread(tied.len() as f64)).sum();
    let variance = (spread(points.len() as f64) - ties) / 18.0;
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (concordant.abs() - 1.0).max(0.0) / variance.sqrt();
    libm::erfc(z / std::f64::consts::SQRT_2)
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Trend {
        trend(&values.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect::<Vec<_>>())
    }

    #[test]
    fn what_grows_every_day_is_no_chance() {
        let grows = of(&[100.0, 110.0, 118.0, 131.0, 140.0, 149.0, 161.0]);
        assert!((grows.slope - 10.0).abs() < 0.5 && grows.chance < 0.01, "{grows:?}");
        assert!((grows.at(0.0) - 100.0).abs() < 2.0);
    }

    #[test]
    fn a_single_spike_is_no_trend() {
        let spike = of(&[100.0, 101.0, 99.0, 400.0, 100.0, 102.0, 98.0]);
        assert!(spike.chance > 0.2 && spike.slope.abs() < 1.0, "{spike:?}");
    }

    #[test]
    fn what_never_moves_has_none() {
        assert_eq!(of(&[5.0; 7]), Trend { slope: 0.0, intercept: 5.0, chance: 1.0 });
        assert_eq!(of(&[]).chance, 1.0);
    }

    #[test]
    fn mann_and_kendalls_numbers() {
        // S = 21, variance 44.33: z = 20 / 6.658.
        assert!((of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]).chance - 0.002_664).abs() < 1e-5);
    }
}
