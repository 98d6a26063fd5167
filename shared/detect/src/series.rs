//! From points as they come to one value per period.

use crate::{Missing, Point};

/// One slot per period from `from` to `until`; the last of two values for one period wins (a corrected value). `None`: not
/// known. With [`Missing::Zero`] the slots without a point are zero.
pub fn regular(points: &[Point], period: i64, missing: Missing, from: i64, until: i64) -> Vec<Option<f64>> {
    let slots = usize::try_from((until - from).div_euclid(period)).unwrap_or(0);
    let mut values: Vec<Option<(i64, f64)>> = vec![None; slots];
    for point in points.iter().filter(|p| p.value.is_finite() && p.time >= from && p.time < until) {
        let slot = ((point.time - from) / period) as usize;
        if let Some(value) = values.get_mut(slot)
            && value.is_none_or(|(time, _)| point.time >= time)
        {
            *value = Some((point.time, point.value));
        }
    }
    let empty = match missing {
        Missing::Zero => Some(0.0),
        Missing::Gap => None,
    };
    values.into_iter().map(|v| v.map(|(_, value)| value).or(empty)).collect()
}

/// Aligned down to a period.
pub fn align(time: i64, period: i64) -> i64 {
    time.div_euclid(period) * period
}

pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let (_, median, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}
