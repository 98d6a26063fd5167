//! How far a metric departed *persistently*: the distance that at least m of the last n points reached.

/// For every slot, the m-th largest of the known values among the last n slots; `None` while fewer than m are known.
pub fn persistent(values: &[Option<f64>], m: usize, n: usize) -> impl Iterator<Item = Option<f64>> + '_ {
    let mut recent: Vec<f64> = Vec::with_capacity(n);
    (0..values.len()).map(move |i| {
        recent.clear();
        recent.extend(values[i.saturating_sub(n - 1)..=i].iter().flatten());
        if recent.len() < m {
            return None;
        }
        recent.sort_by(|a, b| b.total_cmp(a));
        Some(recent[m - 1])
    })
}

/// For every slot, the sum of the known values among the last n slots.
pub fn sums(values: &[Option<f64>], n: usize) -> impl Iterator<Item = Option<f64>> + '_ {
    (0..values.len()).map(move |i| {
        let recent = &values[i.saturating_sub(n - 1)..=i];
        recent.iter().any(Option::is_some).then(|| recent.iter().flatten().sum())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_reached_only_by_m_of_n() {
        let values = [0.0, 9.0, 0.0, 8.0, 7.0, 0.0, 0.0].map(Some);
        let reached: Vec<_> = persistent(&values, 3, 5).map(|v| v.unwrap_or(-1.0)).collect();
        assert_eq!(reached, [-1.0, -1.0, 0.0, 0.0, 7.0, 7.0, 0.0]);
    }

    #[test]
    fn a_hole_is_neither_high_nor_low() {
        let values = [Some(9.0), None, None, Some(8.0), None, None, None, None];
        let reached: Vec<_> = persistent(&values, 2, 5).collect();
        assert_eq!(reached[3], Some(8.0));
        assert_eq!(reached[7], None);
    }
}
