//! How far a metric departed *persistently*: the distance that at least m of the last n points reached.

use crate::Settings;
use serde::{Deserialize, Serialize};

/// What is counted to tell a departure from a stray point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grain {
    /// Periods, those without a point among them.
    Periods,
    /// Points, where most periods have none.
    Points,
    /// Each point is a run of something regular, and judged by itself.
    Runs,
}

impl Grain {
    /// (*m*, *n*): of the last *n* so many must depart.
    pub fn persistence(self, settings: &Settings) -> (usize, usize) {
        match self {
            Self::Periods | Self::Points => settings.persistence(),
            Self::Runs => (1, 1),
        }
    }

    /// The slots that count.
    pub fn counted(self, values: &[Option<f64>]) -> Vec<usize> {
        (0..values.len()).filter(|slot| self == Self::Periods || values[*slot].is_some()).collect()
    }

    /// For every slot, the m-th largest of the known values among the last n that count; `None` while fewer than m are known, and
    /// where a slot doesn't count.
    pub fn persistent(self, values: &[Option<f64>], (m, n): (usize, usize)) -> Vec<Option<f64>> {
        let counted = self.counted(values);
        let mut reached = vec![None; values.len()];
        let mut recent: Vec<f64> = Vec::with_capacity(n);
        for (i, slot) in counted.iter().enumerate() {
            recent.clear();
            recent.extend(counted[i.saturating_sub(n - 1)..=i].iter().filter_map(|slot| values[*slot]));
            if recent.len() >= m {
                recent.sort_unstable_by(|a, b| b.total_cmp(a));
                reached[*slot] = Some(recent[m - 1]);
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_reached_only_by_m_of_n() {
        let values = [0.0, 9.0, 0.0, 8.0, 7.0, 0.0, 0.0].map(Some);
        let reached: Vec<_> =
            Grain::Periods.persistent(&values, (3, 5)).into_iter().map(|v| v.unwrap_or(-1.0)).collect();
        assert_eq!(reached, [-1.0, -1.0, 0.0, 0.0, 7.0, 7.0, 0.0]);
    }

    #[test]
    fn a_hole_is_neither_high_nor_low() {
        let values = [Some(9.0), None, None, Some(8.0), None, None, None, None];
        let reached = Grain::Periods.persistent(&values, (2, 5));
        assert_eq!(reached[3], Some(8.0));
        assert_eq!(reached[7], None);
        assert_eq!(Grain::Points.persistent(&values, (2, 5))[3], Some(8.0));
        assert_eq!(Grain::Runs.persistent(&values, (1, 1)), values);
    }
}
