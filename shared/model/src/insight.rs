use crate::{
    Anomaly, Application, Cause, ChangeEvent, Handling, Impact, InsightId, Recommendation, ResourceId, Transition,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One problem: its anomalies, the changes around it, its cause and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Insight {
    pub id: InsightId,
    pub name: String,
    #[serde(flatten)]
    pub nature: Nature,
    /// What it is about. Titles change as more is known; a repeat and a relapse are recognised by this.
    pub subject: Subject,
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
    /// Best first. Empty is an answer: no clear cause.
    pub causes: Vec<Cause>,
    pub anomalies: Vec<Anomaly>,
    pub events: Vec<ChangeEvent>,
    pub recommendations: Vec<Recommendation>,
    /// Every change of state with a sentence saying why; bounded.
    pub history: Vec<Transition>,
    /// What was looked at and ruled out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Considered>,
    /// An earlier insight of the same subject within seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// What people made of it; no look changes it, but for what is muted.
    #[serde(default, skip_serializing_if = "Handling::is_empty")]
    pub handling: Handling,
}

impl Insight {
    pub fn insight_type(&self) -> InsightType {
        match self.nature {
            Nature::Reactive { .. } => InsightType::Reactive,
            Nature::Proactive { .. } => InsightType::Proactive,
        }
    }

    pub fn is_open(&self, insight_type: InsightType) -> bool {
        self.status == Status::Ongoing && self.insight_type() == insight_type
    }

    /// The pattern that named it, if one did.
    pub fn pattern(&self) -> Option<&str> {
        match &self.nature {
            Nature::Reactive { pattern, .. } => pattern.as_deref(),
            Nature::Proactive { .. } => None,
        }
    }

    pub fn check(&self) -> Option<&str> {
        match &self.nature {
            Nature::Proactive { check, .. } => Some(check),
            Nature::Reactive { .. } => None,
        }
    }

    /// What others call its check.
    pub fn maps(&self) -> Option<&BTreeMap<String, String>> {
        match &self.nature {
            Nature::Proactive { maps, .. } => Some(maps),
            Nature::Reactive { .. } => None,
        }
    }

    pub fn impact(&self) -> Option<&Impact> {
        match &self.nature {
            Nature::Reactive { impact, .. } => impact.as_ref(),
            Nature::Proactive { .. } => None,
        }
    }
}

/// What kind of insight it is, with what only that kind has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Nature {
    /// Something misbehaves.
    Reactive {
        /// The pattern that named it; none: the generic title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        /// None where no front door takes part, or its requests were not seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        impact: Option<Impact>,
    },
    /// Something will, unless it is changed.
    Proactive {
        check: String,
        /// What others (`prowler`, `trusted_advisor`) call the same check.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        maps: BTreeMap<String, String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightType {
    Reactive,
    Proactive,
}

/// What is wrong, and where: the main symptom's metric, or a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// A metric's key, or a check's id.
    pub what: String,
    /// None: the application, for a check that speaks of many of its resources at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceId>,
}

/// An explanation or an opening that was looked at and not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// A pattern's id, or what did not open.
    pub what: String,
    pub because: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The last one before.
    pub of: InsightId,
    /// How often in seven days, this one included.
    pub times: u32,
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
