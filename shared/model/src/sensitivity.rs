use crate::{InsightId, SensitivityId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How rare something must be to be unusual; each step is five times rarer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sensitivity {
    Low,
    #[default]
    Medium,
    High,
}

impl Sensitivity {
    /// None: there is nothing lower.
    pub fn lower(self) -> Option<Self> {
        match self {
            Self::High => Some(Self::Medium),
            Self::Medium => Some(Self::Low),
            Self::Low => None,
        }
    }
}

/// Of one metric, instead of the deployment's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricSensitivity {
    pub id: SensitivityId,
    /// The metric's key as text.
    pub metric: String,
    pub sensitivity: Sensitivity,
    /// Exclusive; none: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    pub by: String,
    /// The insight whose feedback lowered it; none: somebody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<InsightId>,
}

impl MetricSensitivity {
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
