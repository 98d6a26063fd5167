use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Start of the period the value stands for.
    pub time: Timestamp,
    pub value: f64,
}

/// Points in ascending time, one at most per period, holes where AWS published nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Series(pub Vec<Point>);

impl Series {
    /// Sorts, keeps the last of two points with one timestamp (a corrected value), drops what is not a finite number.
    pub fn new(points: impl IntoIterator<Item = Point>) -> Self {
        let mut points: Vec<Point> = points.into_iter().filter(|p| p.value.is_finite()).collect();
        points.sort_by_key(|p| p.time);
        points.dedup_by(|later, kept| {
            let same = later.time == kept.time;
            if same {
                kept.value = later.value;
            }
            same
        });
        Self(points)
    }

    /// From `from` (inclusive) to `to` (exclusive).
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Self {
        Self(self.0.iter().filter(|p| p.time >= from && p.time < to).copied().collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A value with the band it was expected in, as kept with an anomaly so that it stays readable for a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BandPoint {
    pub time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
}
