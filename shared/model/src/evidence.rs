use crate::{BandPoint, Direction, Metric};
use serde::{Deserialize, Serialize};

/// What shows that something is wrong.
// Nearly all are of metrics.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    Metric(MetricEvidence),
    Config(ConfigEvidence),
    Log(LogEvidence),
    Database(DatabaseEvidence),
}

/// A metric outside its own normal, or on its way to a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricEvidence {
    pub metric: Metric,
    pub direction: Direction,
    /// The value furthest from what was expected, and what was expected then.
    pub peak: f64,
    pub expected: f64,
    /// −log10 of how often a week its own history departs as far; 0 where a limit and not the history judges.
    pub score: f64,
    /// Nothing came, where something always had by then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// Proactive only: the threshold that is or will be crossed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<BandPoint>,
}

/// A configuration that should be another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigEvidence {
    /// The catalogue's snake_case name.
    pub attribute: String,
    /// None: it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Lines of a log that were not there before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEvidence {
    pub log_group: String,
    /// What the lines have in common, masked.
    pub template: String,
    pub occurrences: u64,
}

/// What a database was busy with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatabaseEvidence {
    pub wait_event: String,
    /// Average active sessions in it, and what is usual.
    pub load: f64,
    pub expected: f64,
    /// Tokenised: literals never leave the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}
