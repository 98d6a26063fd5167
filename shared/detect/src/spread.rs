//! How widely ordinary values scatter, hour by hour: a job at two every night must not excuse the same load at noon.

use serde::{Deserialize, Serialize};

const HOURS: usize = 24;
/// Share of an hour's departures that lie within its spread.
const WITHIN: f64 = 0.9;
/// Points of the whole history that speak for an hour beside its own.
const SHARED: f64 = 60.0;
/// A normal distribution's mean excess over its 98 % point, in units of the spread.
const NORMAL_TAIL: f64 = 0.22;
/// No hour is quieter than this share of the typical one.
const QUIETEST: f64 = 0.5;

/// On the metric's scale. Empty: one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread(Vec<f32>);

impl Spread {
    /// The smallest tail that is believed, in units of the spread. Persistent departures of a normal distribution have 0.15.
    pub const TAIL: f64 = 0.1;

    pub fn one() -> Self {
        Self(vec![])
    }

    /// `least_tail`: the smallest tail that is believed, on the metric's scale.
    pub fn fit(residuals: &[Option<f64>], start: i64, period: i64, least_tail: f64) -> Self {
        let mut hours: Vec<Vec<f64>> = vec![Vec::new(); HOURS];
        for (slot, residual) in residuals.iter().enumerate() {
            if let Some(residual) = residual {
                hours[hour(start + slot as i64 * period)].push(residual.abs());
            }
        }
        let mut all: Vec<f64> = hours.iter().flatten().copied().collect();
        let shared = quantile(&mut all);
        let spreads: Vec<f64> = hours
            .iter_mut()
            .map(|hour| {
                let own = hour.len() as f64;
                (quantile(hour) * own + shared * SHARED) / (own + SHARED)
            })
            .collect();
        let typical = crate::series::median(&mut spreads.clone()).unwrap_or(0.0);
        let least = (typical * QUIETEST).max(least_tail / NORMAL_TAIL);
        Self(spreads.into_iter().map(|s| s.max(least) as f32).collect())
    }

    pub fn at(&self, time: i64) -> f64 {
        self.0.get(hour(time)).map_or(1.0, |s| f64::from(*s))
    }
}

fn hour(time: i64) -> usize {
    (time.rem_euclid(24 * 3600) / 3600) as usize
}

fn quantile(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let at = ((values.len() as f64 * WITHIN) as usize).min(values.len() - 1);
    *values.select_nth_unstable_by(at, f64::total_cmp).1
}
