//! What the kind decides: the scale on which values are compared, the smallest spread that is believed, the limits of the band.

use crate::Kind;
use crate::scale::Scale;

/// Share of a ratio's range within which its limits are not told apart.
const NEAR_LIMIT: f64 = 0.005;

#[derive(Debug, Clone, Copy)]
pub struct Measure {
    kind: Kind,
    scale: Scale,
    /// Full scale of a ratio.
    full: f64,
}

impl Measure {
    /// From the first values.
    pub fn of(kind: Kind, first: &[f64]) -> Self {
        let mut values = first.to_vec();
        let median = crate::series::median(&mut values).unwrap_or(0.0);
        let most = first.iter().copied().fold(0.0, f64::max);
        Self { kind, scale: Scale::of(kind, median), full: if most <= 1.0 { 1.0 } else { 100.0 } }
    }

    pub fn is_sparse(self) -> bool {
        self.kind == Kind::Sparse
    }

    /// On the scale of comparison.
    pub fn apply(self, value: f64) -> f64 {
        match self.kind {
            Kind::Ratio => logit(value / self.full),
            // Anscombe: events that come by chance spread by one, however many there are.
            Kind::Sparse => 2.0 * (value.max(0.0) + 0.375).sqrt(),
            _ => self.scale.apply(value),
        }
    }

    /// Back to the metric's unit, for the band.
    pub fn undo(self, scaled: f64) -> f64 {
        match self.kind {
            Kind::Ratio => self.full * from_logit(scaled).clamp(0.0, 1.0),
            Kind::Sparse => ((scaled.max(0.0) / 2.0).powi(2) - 0.375).max(0.0),
            _ => self.scale.undo(scaled),
        }
    }

    /// The smallest spread around a level: a history that never moved does not make every move remarkable.
    pub fn least_spread(self, level: f64) -> f64 {
        match self.kind {
            Kind::Gauge => (level.abs() * 1e-3).max(1e-9),
            Kind::Ratio => 0.01,
            kind => self.scale.floor(kind, level, 0.0, 0.0),
        }
    }

    /// The smallest range of values that departures are compared with.
    pub fn least_range(self) -> f64 {
        match self.kind {
            Kind::Gauge => f64::MIN_POSITIVE,
            _ => self.least_spread(0.0),
        }
    }
}

/// Log odds, so that 99 → 99.9 % is a step like 90 → 99 %; straight beyond the limits.
fn logit(share: f64) -> f64 {
    let inside = share.clamp(0.0, 1.0);
    let beyond = (share - inside) / NEAR_LIMIT;
    ((inside + NEAR_LIMIT) / (1.0 - inside + NEAR_LIMIT)).ln() + beyond
}

fn from_logit(odds: f64) -> f64 {
    let share = 1.0 / (1.0 + (-odds).exp());
    share * (1.0 + 2.0 * NEAR_LIMIT) - NEAR_LIMIT
}
