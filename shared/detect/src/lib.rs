//! One metric's normal and its departures. Pure: no clock, no network, no randomness, and a point's score never depends on
//! later points.
//!
//! Two detectors for two situations:
//! - [`fit`] and [`detect`]: weeks of history are at hand. The threshold is calibrated on the metric's own history of
//!   *persistent* departures, so that it is crossed by chance about once in fifty weeks.
//! - [`Detector`]: one series, nothing but its own past, constant memory; all points of an anomaly score, or its first only
//!   ([`Form`]).

mod baseline;
mod collapse;
mod counts;
mod detection;
mod fit;
mod forecast;
mod persistence;
mod profile;
mod scale;
mod series;
mod settings;
mod silence;
mod spread;
mod stream;
mod tail;
mod trend;

pub use baseline::{Baseline, BaselineError};
pub use detection::{BandPoint, Detection, Direction, Requests, Span, detect, detect_share, is_suspicious};
pub use fit::fit;
pub use forecast::{Forecast, Outlook, forecast};
pub use settings::{Bad, Kind, Missing, Sensitivity, Settings};
pub use stream::{Detector, Form, Step};
pub use trend::{Trend, trend};

/// A value and the start of the period it stands for, in Unix seconds. A value that is not finite counts as missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub time: i64,
    pub value: f64,
}
