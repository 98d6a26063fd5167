use crate::ResourceRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who did the harm, as far as the evidence goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    pub resource: ResourceRef,
    /// The metric that shows it; none where a change or a configuration is the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Share of the harm that is this resource's own, 0 to 1; none where harm is not additive. Those of one insight never sum
    /// over 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// 1 is the likeliest.
    pub rank: u32,
    /// What was changed on it just before the onset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// From the symptom to the cause, both included, each with its own evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Step>,
    /// One sentence, in numbers.
    pub reason: String,
}

/// One thing that somebody did: the records of one deployment are one change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `UpdateFunctionCode`
    pub name: String,
    pub time: Timestamp,
    /// The ids of the change events that recorded it.
    pub events: Vec<String>,
    /// `write_capacity 100 → 5`; empty where the events don't say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub resource: ResourceRef,
    pub evidence: String,
}
