use crate::MetricKey;
use serde::{Deserialize, Serialize};

/// What a release did to what it changed, beside the time before it. Once given it stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    pub outcome: VerdictOutcome,
    /// One line with numbers and units; of what was not judged, why.
    pub said: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerdictOutcome {
    /// Too few requests, too little time, or what could not be read.
    NotJudged,
    Same,
    Better,
    Worse,
}

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub metric: MetricKey,
    pub outcome: VerdictOutcome,
    /// In the metric's unit; of what counts failures their share of the requests, 0 to 1.
    pub before: f64,
    pub after: f64,
}
