use crate::{AnomalyId, InsightId, WatchingCounts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something people are to be told: one row of the outbox, sent by every channel that wants it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Stable over retries, so that a receiver can drop doubles.
    pub id: String,
    pub message_type: MessageType,
    pub insight: InsightId,
    pub time: Timestamp,
    /// The anomalies that are new to the insight, for `NEW_ASSOCIATION`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anomalies: Vec<AnomalyId>,
    /// One sentence saying why.
    pub reason: String,
    /// How much of the application is watched; none: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watching: Option<WatchingCounts>,
}

/// DevOps Guru's five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageType {
    NewInsight,
    ClosedInsight,
    NewAssociation,
    SeverityUpgraded,
    NewRecommendation,
}
