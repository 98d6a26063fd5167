use crate::{AnomalyId, BandPoint, Metric, Severity, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One metric of one resource outside its own normal, within an insight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    pub id: AnomalyId,
    #[serde(rename = "type")]
    pub anomaly_type: AnomalyType,
    /// Contextual only: the causal anomaly it explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causal_anomaly: Option<AnomalyId>,
    pub severity: Severity,
    pub status: Status,
    /// When the behaviour started and ended.
    pub start_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// When Stackseer opened and closed it.
    pub open_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_time: Option<Timestamp>,
    /// None where configuration is what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    pub resource_name: String,
    pub resource_type: String,
    pub direction: Direction,
    /// The value furthest from what was expected, and what was expected then.
    pub peak: f64,
    pub expected: f64,
    /// −log10 of how rare it is: 3 is once in a thousand points.
    pub score: f64,
    /// Proactive only: the threshold that is or will be crossed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    pub description: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<BandPoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyType {
    /// Able to open an insight by itself.
    Causal,
    /// Adds detail.
    Contextual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}
