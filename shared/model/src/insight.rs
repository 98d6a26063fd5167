use crate::{Anomaly, Application, ChangeEvent, InsightId, Recommendation};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One problem: its anomalies, the changes around it, its cause and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Insight {
    pub id: InsightId,
    pub name: String,
    #[serde(rename = "type")]
    pub insight_type: InsightType,
    pub severity: Severity,
    pub status: Status,
    /// When the behaviour started and ended.
    pub start_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// When Stackseer first opened it, and last changed it.
    pub open_time: Timestamp,
    pub update_time: Timestamp,
    pub application: Application,
    pub description: String,
    /// The pattern or check that named it; none: the generic title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Best first. Empty is an answer: no clear cause.
    pub causes: Vec<Cause>,
    pub anomalies: Vec<Anomaly>,
    pub events: Vec<ChangeEvent>,
    pub recommendations: Vec<Recommendation>,
    /// Every change of state with a sentence saying why.
    pub history: Vec<Transition>,
    /// An earlier insight of the same subject within seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_of: Option<InsightId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightType {
    Reactive,
    Proactive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ongoing,
    Closed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Name of the resource, as people know it.
    pub resource: String,
    pub resource_type: String,
    /// The metric that shows it; none where a change event is the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Share of the harm that is this resource's own, 0 to 1.
    pub score: f64,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    pub time: Timestamp,
    /// `opened`, `extended`, `severity upgraded`, `cause changed`, `closed`.
    pub change: String,
    pub reason: String,
}
