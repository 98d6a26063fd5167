//! What must be known of a metric before its values mean anything.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub kind: Kind,
    /// Seconds between two points.
    pub period: u32,
    pub missing: Missing,
    pub bad: Bad,
    /// The smallest departure from the expected that matters, in the metric's unit. 0: any.
    pub least: f64,
    pub sensitivity: Sensitivity,
}

/// How the values behave, which decides the scale on which departures are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Events per period: measured by ratio.
    Count,
    /// A duration: measured by ratio.
    Latency,
    /// A level: measured by difference.
    Gauge,
    /// Bounded on both sides, such as 0–100 %: measured by difference.
    Ratio,
    /// Events per period, usually none: summed over a few periods, measured by difference.
    Sparse,
}

/// What a missing point means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    Zero,
    Gap,
}

/// The direction that can be a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bad {
    Up,
    Down,
    Both,
    /// Only that it stops, or falls far within minutes.
    Absent,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sensitivity {
    Low,
    #[default]
    Medium,
    High,
}

impl Sensitivity {
    /// False spans per metric and week that the threshold is set for, if the history's tail goes on as it did.
    pub(crate) fn false_spans_a_week(self) -> f64 {
        match self {
            Self::Low => 0.004,
            Self::Medium => 0.02,
            Self::High => 0.1,
        }
    }
}

impl Settings {
    /// Points a week.
    pub(crate) fn a_week(&self) -> f64 {
        7.0 * 24.0 * 3600.0 / f64::from(self.period.max(1))
    }

    /// (*m*, *n*): of the last *n* points *m* must depart. Three minutes of five, or two five-minute points of three.
    pub(crate) fn persistence(&self) -> (usize, usize) {
        if self.period < 300 { (3, 5) } else { (2, 3) }
    }
}
