//! The scale on which departures of a kind of metric are comparable.

use crate::Kind;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Scale {
    /// By ratio. `offset` keeps the logarithm finite at zero.
    Log { offset: f32 },
    /// By difference.
    Linear,
}

impl Scale {
    pub fn of(kind: Kind, median: f64) -> Self {
        match kind {
            // Below one event the ratio means nothing.
            Kind::Count => Self::Log { offset: 1.0 },
            Kind::Latency => Self::Log { offset: (median.abs() * 0.01).max(1e-9) as f32 },
            Kind::Gauge | Kind::Ratio | Kind::Sparse => Self::Linear,
        }
    }

    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Log { offset } => (value.max(0.0) + f64::from(offset)).ln(),
            Self::Linear => value,
        }
    }

    pub fn undo(self, scaled: f64) -> f64 {
        match self {
            Self::Log { offset } => (scaled.min(700.0).exp() - f64::from(offset)).max(0.0),
            Self::Linear => scaled,
        }
    }

    /// The smallest tail that is believed on this scale: a history that never moved does not make every move an incident.
    pub fn floor(self, kind: Kind, level: f64, spread: f64, least: f64) -> f64 {
        match (self, kind) {
            // 3 %.
            (Self::Log { .. }, _) => 0.03,
            // One event.
            (Self::Linear, Kind::Sparse) => 1.0,
            // 0.05 % of full scale for what is bounded, 1 % of the level for what is not.
            (Self::Linear, Kind::Ratio) => (level.abs() * 0.0005).max(1e-6),
            (Self::Linear, _) => (level.abs().max(spread) * 0.01).max(least * 0.1).max(1e-9),
        }
    }
}
