use crate::{AuditId, Scope};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One change that somebody made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub scope: Scope,
    pub time: Timestamp,
    /// As AWS or the command line knows them: an ARN, a name.
    pub who: String,
    /// One sentence.
    pub what: String,
    /// The command that does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl AuditEntry {
    pub fn new(scope: &Scope, time: Timestamp, who: &str, what: &str, command: Option<&str>) -> Self {
        Self {
            id: AuditId::of(scope, time, who, what),
            scope: scope.clone(),
            time,
            who: who.to_owned(),
            what: what.to_owned(),
            command: command.map(str::to_owned),
        }
    }
}
