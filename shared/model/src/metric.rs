use crate::{ResourceId, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What CloudWatch needs to find one series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MetricKey {
    pub namespace: String,
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
    /// CloudWatch's name: `Sum`, `Average`, `Maximum`, `p90`, …
    pub statistic: String,
}

impl fmt::Display for MetricKey {
    /// `AWS/Lambda Duration p90 FunctionName=checkout`: stable, it is part of ids and store keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.namespace, self.name, self.statistic)?;
        self.dimensions.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

/// How many metrics AWS bills for reading these at once: up to five statistics of one metric are one.
/// https://aws.amazon.com/cloudwatch/pricing/, quoted in https://github.com/prometheus/cloudwatch_exporter/pull/482
pub fn billed<'a>(metrics: impl IntoIterator<Item = &'a MetricKey>) -> usize {
    let mut statistics: BTreeMap<_, usize> = BTreeMap::new();
    for key in metrics {
        *statistics.entry((&key.namespace, &key.name, &key.dimensions)).or_default() += 1;
    }
    statistics.values().map(|count| count.div_ceil(STATISTICS)).sum()
}

const STATISTICS: usize = 5;

/// One series of one resource, with what the catalogue knows about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    #[serde(flatten)]
    pub key: MetricKey,
    pub resource: ResourceId,
    pub unit: String,
    pub role: Role,
    pub kind: Kind,
    pub bad: BadDirection,
    pub missing: MissingPoint,
    /// Seconds between two points as AWS publishes them.
    pub period: u32,
    /// Seconds after a minute ends until its point can be trusted to be there.
    pub publication_delay: u32,
    /// Whether an anomaly of this metric may open an insight by itself; the others only explain.
    pub opens: bool,
    /// The smallest departure from the expected that a person would care about, in the metric's unit.
    pub least: f64,
    /// The metric of the same resource that counts the requests out of which these events come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of: Option<String>,
    /// The level from which it does harm; below it a departure only explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harms: Option<f64>,
    /// Where the one who asks may be at fault: no more severe than this, and low while it is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Severity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Errors,
    Throttles,
    Latency,
    Backlog,
    Traffic,
    Saturation,
    Capacity,
    Availability,
}

/// How the values behave, which decides the detector's transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Events per period, usually many.
    Count,
    /// A duration: positive, heavy upper tail.
    Latency,
    /// A level that may go anywhere.
    Gauge,
    /// Bounded on both sides, such as 0–100 %.
    Ratio,
    /// Events per period, usually none.
    Sparse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadDirection {
    Up,
    Down,
    Both,
    /// Only that it stops, or falls far within minutes.
    Absent,
}

/// What the absence of a point means for this very metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPoint {
    /// Nothing happened: zero.
    Zero,
    /// Not known: skipped, never invented.
    Gap,
}
