use crate::Application;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One piece of work for one application: the body of a queue message. Doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub kind: TaskKind,
    pub application: Application,
    /// The time it is about, whenever it is done: the end of the window, or of the history.
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Look at the last three hours.
    Watch,
    /// Read inventory and history, fit baselines, run the checks.
    Learn,
    /// The application is gone: close what is open, forget what was learned.
    Retire,
}

impl Task {
    /// Stable over retries and doubles: application, window and kind.
    pub fn id(&self) -> String {
        let kind = match self.kind {
            TaskKind::Watch => "watch",
            TaskKind::Learn => "learn",
            TaskKind::Retire => "retire",
        };
        format!("{kind}-{}-{}", self.application.id, self.at.as_second())
    }
}
