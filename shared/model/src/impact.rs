use crate::ResourceRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of what users asked for went wrong, counted at the front door since the insight's start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    pub front_door: ResourceRef,
    pub requests: f64,
    /// Answered with an error, or refused.
    pub failed: f64,
    /// Answered in minutes whose latency was outside its normal.
    pub slow: f64,
    /// The last minute in which any failed or was slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Up to when it is counted: a watch sees three hours, an incident may last longer.
    pub until: Timestamp,
}

impl Impact {
    pub fn failed_share(&self) -> f64 {
        share(self.failed, self.requests)
    }

    pub fn slow_share(&self) -> f64 {
        share(self.slow, self.requests)
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
