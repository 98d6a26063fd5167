//! Ids are hashes of what they name (UUID version 5), so a replay rewrites and never doubles.

use crate::{Judged, Scope};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

fn hash(parts: &[&str]) -> String {
    // The unit separator keeps ("ab","c") and ("a","bc") apart.
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("stackseer:{}", parts.join("\u{1f}")).as_bytes()).to_string()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Hash of account, Region and boundary.
    ApplicationId
);
id!(
    /// Unique within one application: the resource's ARN where it has one, else `Type/name`.
    ResourceId
);
id!(
    /// Hash of application, type of insight and what made it open.
    InsightId
);
id!(
    /// Hash of insight, metric and onset.
    AnomalyId
);

impl ApplicationId {
    pub fn of(account: &str, region: &str, boundary: &str) -> Self {
        Self(hash(&["application", account, region, boundary]))
    }
}

id!(
    /// Hash of account, Region and topic.
    ChannelId
);
id!(
    /// Hash of account, Region, and all that the mute says.
    MuteId
);
id!(
    /// Hash of account, Region, and what the sensitivity is of.
    SensitivityId
);
id!(
    /// Hash of insight, time, author and text.
    NoteId
);
id!(
    /// Hash of account, Region and what was done by whom and when.
    AuditId
);

impl InsightId {
    /// `subject` names what made it open: the causal metric, or a check and its resource.
    pub fn of(application: &ApplicationId, subject: &str, start_seconds: i64) -> Self {
        Self(hash(&["insight", application.as_str(), subject, &start_seconds.to_string()]))
    }
}

impl AnomalyId {
    pub fn of(insight: &InsightId, metric: &str, start_seconds: i64) -> Self {
        Self(hash(&["anomaly", insight.as_str(), metric, &start_seconds.to_string()]))
    }
}

impl ChannelId {
    pub fn of(scope: &Scope, topic: &str) -> Self {
        Self(hash(&["channel", &scope.account, &scope.region, topic]))
    }
}

impl SensitivityId {
    pub fn of(scope: &Scope, judged: &Judged) -> Self {
        let (kind, which) = judged.said();
        Self(hash(&["sensitivity", &scope.account, &scope.region, kind, which]))
    }
}

impl MuteId {
    /// `said`: all that the mute says.
    pub(crate) fn of(scope: &Scope, said: &[&str]) -> Self {
        Self(hash(&[&["mute", scope.account.as_str(), scope.region.as_str()], said].concat()))
    }
}

impl NoteId {
    pub fn of(insight: &InsightId, time: Timestamp, by: &str, text: &str) -> Self {
        Self(hash(&["note", insight.as_str(), &time.to_string(), by, text]))
    }
}

impl AuditId {
    pub(crate) fn of(scope: &Scope, time: Timestamp, who: &str, what: &str) -> Self {
        Self(hash(&["audit", &scope.account, &scope.region, &time.to_string(), who, what]))
    }
}

/// A change event's id where its source gives none.
pub fn event_id(source: &str, name: &str, time_seconds: i64, resource: &str) -> String {
    hash(&["event", source, name, &time_seconds.to_string(), resource])
}
