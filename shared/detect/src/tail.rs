//! How rare is a value beyond most of what was seen: peaks over threshold (Pickands 1975), with a generalised Pareto tail.

use serde::{Deserialize, Serialize};

/// Share of the history above the threshold from which the tail is fitted.
const TAIL_SHARE: f64 = 0.02;
/// Smallest scale, as a share of the way from the middle of the history to the threshold: values that are few or bounded bunch
/// at the threshold, and a step beyond the bunch is not as rare as its distance would say.
const BUNCHED: f64 = 0.15;
/// Shape of the tail. 0 would be exponential; a little heavier errs on the side of silence.
const SHAPE: f64 = 0.1;

/// The upper tail of something's history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// Threshold.
    start: f32,
    /// Scale of the excess above it.
    scale: f32,
    /// Share of the history above it.
    share: f32,
}

impl Tail {
    /// `values` is reordered. `floor` is the smallest scale that is believed, so that a constant history still has one.
    pub fn fit(values: &mut [f64], floor: f64) -> Self {
        let n = values.len();
        if n == 0 {
            return Self { start: 0.0, scale: floor as f32, share: 1.0 };
        }
        let cut = ((n as f64) * (1.0 - TAIL_SHARE)) as usize;
        let middle = crate::series::median(values).unwrap_or(0.0);
        let (_, start, above) = values.select_nth_unstable_by(cut.min(n - 1), f64::total_cmp);
        let start = *start;
        let excess: Vec<f64> = above.iter().map(|v| v - start).filter(|e| *e > 0.0).collect();
        let mean = if excess.is_empty() { 0.0 } else { excess.iter().sum::<f64>() / excess.len() as f64 };
        // A generalised Pareto's mean is its scale over 1 − shape.
        let scale = mean * (1.0 - SHAPE);
        // One unseen exceedance is always possible.
        let share = (excess.len() as f64 + 1.0) / (n as f64 + 1.0);
        Self {
            start: start as f32,
            scale: scale.max(floor).max((start - middle) * BUNCHED) as f32,
            share: share as f32,
        }
    }

    /// −log10 of the share of points beyond `value`.
    pub fn score(&self, value: f64) -> f64 {
        let beyond = (value - f64::from(self.start)) / f64::from(self.scale);
        let share = f64::from(self.share);
        if beyond <= 0.0 { -share.log10() * 0.5 } else { -share.log10() + (1.0 + SHAPE * beyond).log10() / SHAPE }
    }

    /// The value whose score is `score`.
    pub fn value_at(&self, score: f64) -> f64 {
        let rarer = score + f64::from(self.share).log10();
        f64::from(self.start) + f64::from(self.scale) * (10f64.powf(rarer.max(0.0) * SHAPE) - 1.0) / SHAPE
    }
}

/// How rare it is that *m* of *n* points lie beyond a value: as the history's own such departures say, and never rarer than if
/// its single points came by chance. A fortnight in which no two dips happened to meet does not make two that do an incident.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Joint {
    pub together: Tail,
    pub single: Tail,
}

impl Joint {
    /// −log10 of the share of points at which the last *n* hold *m* beyond `value`.
    pub fn score(&self, value: f64, (m, n): (usize, usize)) -> f64 {
        let by_chance = (m as f64 * self.single.score(value) - ways(m, n).log10()).max(0.0);
        self.together.score(value).min(by_chance)
    }

    /// The value whose score is `score`.
    pub fn value_at(&self, score: f64, (m, n): (usize, usize)) -> f64 {
        self.together.value_at(score).max(self.single.value_at((score + ways(m, n).log10()) / m as f64))
    }
}

/// Of choosing m of n.
fn ways(m: usize, n: usize) -> f64 {
    (0..m).map(|i| (n - i) as f64 / (m - i) as f64).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_single_points_do_by_chance_bounds_the_joint_score_and_inverts() {
        // One point in fifty departs, no two ever met.
        let mut singles: Vec<f64> = (0..5000).map(|i| if i % 50 == 0 { 5.0 + (i % 7) as f64 } else { 0.0 }).collect();
        let joint = Joint { together: Tail::fit(&mut vec![0.0; 5000], 0.1), single: Tail::fit(&mut singles, 0.1) };
        let persistence = (2, 3);
        assert!(joint.score(6.0, persistence) < 5.0, "{}", joint.score(6.0, persistence));
        assert!(joint.together.score(6.0) > 8.0);
        // Below the tail a score has no value of its own.
        for score in [4.0, 5.0, 8.0] {
            let value = joint.value_at(score, persistence);
            assert!((joint.score(value, persistence) - score).abs() < 1e-3, "{score} {value}");
        }
        assert_eq!((ways(2, 3), ways(3, 5), ways(1, 5)), (3.0, 10.0, 5.0));
    }

    #[test]
    fn score_and_value_are_inverse() {
        let mut values: Vec<f64> = (0..10_000).map(|i| -(1.0 - (i as f64 + 0.5) / 10_000.0).ln()).collect();
        let tail = Tail::fit(&mut values, 1e-9);
        for score in [2.0, 3.0, 5.7, 9.0] {
            assert!((tail.score(tail.value_at(score)) - score).abs() < 1e-6);
        }
        // An exponential history: once in a thousand is at ln 1000.
        assert!((tail.value_at(3.0) - 1000f64.ln()).abs() < 0.5, "{}", tail.value_at(3.0));
    }

    #[test]
    fn a_constant_history_has_a_tail_of_the_floor() {
        let tail = Tail::fit(&mut vec![0.0; 1000], 0.05);
        assert!(tail.score(0.0) < 3.1);
        assert!(tail.score(2.0) > 8.0);
    }
}
