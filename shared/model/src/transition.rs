use crate::{AnomalyId, InsightId, MuteId, Severity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A change of an insight's state, with a sentence saying why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    pub time: Timestamp,
    #[serde(flatten)]
    pub step: Transited,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Transited {
    Opened,
    /// It came back within the hour.
    Reopened,
    Extended {
        anomalies: Vec<AnomalyId>,
    },
    SeverityUpgraded {
        from: Severity,
        to: Severity,
    },
    CauseChanged {
        from: Option<String>,
        to: Option<String>,
    },
    Renamed {
        from: String,
    },
    Recommended,
    /// Another one turned out to be part of it.
    Absorbed {
        insight: InsightId,
    },
    /// People asked not to be told of it.
    Muted {
        mute: MuteId,
    },
    /// What was muted is over, or something else is affected too.
    Unmuted,
    /// Whether it goes on can't be told.
    Unknown,
    Closed {
        ending: Ending,
    },
}

/// Why an insight is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Back to normal.
    Normal,
    /// Nothing was published for a day: whether it is back to normal is not known.
    Silent,
    /// Its resources no longer exist.
    Gone,
    /// The metric, check or resource is no longer asked for.
    NotWatched,
    /// It turned out to be one with an older one.
    PartOf { insight: InsightId },
}

impl Transited {
    /// As people read it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Extended { .. } => "extended",
            Self::SeverityUpgraded { .. } => "severity upgraded",
            Self::CauseChanged { .. } => "cause changed",
            Self::Renamed { .. } => "renamed",
            Self::Recommended => "recommendation",
            Self::Absorbed { .. } => "took in",
            Self::Muted { .. } => "muted",
            Self::Unmuted => "no longer muted",
            Self::Unknown => "unknown",
            Self::Closed { .. } => "closed",
        }
    }
}
