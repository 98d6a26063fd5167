//! What the planner is given, and what it gives back.

use crate::lifecycle::Repeats;
use crate::text;
use stackseer_catalog::Catalog;
use stackseer_detect::Detection;
use stackseer_model::{Application, ChangeEvent, Considered, Insight, Inventory, Message, Metric, Timestamp, Unseen};

/// Everything known about one application at one time. Immutable.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    pub now: Timestamp,
    /// Where the observed window begins; it ends at `now`.
    pub window_start: Timestamp,
    pub application: &'a Application,
    pub inventory: &'a Inventory,
    pub observed: &'a [Observed],
    pub events: &'a [ChangeEvent],
    /// Open insights, and those closed in the last seven days.
    pub known: &'a [Insight],
    pub catalog: &'a Catalog,
    pub repeats: Repeats,
}

impl Situation<'_> {
    pub fn label(&self, metric: &Metric) -> String {
        text::label(self.catalog, metric)
    }
}

/// What one metric looked like in the window. A metric that is not listed at all belongs to a resource that is gone or was
/// not asked for.
#[derive(Debug, Clone)]
pub struct Observed {
    pub metric: Metric,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    /// `warm` is false while too little history is known to be sure.
    Read { detection: Detection, warm: bool },
    /// Could not be read. Never to be taken for healthy.
    Unknown(Unseen),
}

impl Observed {
    pub fn detection(&self) -> Option<&Detection> {
        match &self.outcome {
            Outcome::Read { detection, .. } => Some(detection),
            Outcome::Unknown(_) => None,
        }
    }

    pub fn is_warm(&self) -> bool {
        matches!(self.outcome, Outcome::Read { warm: true, .. })
    }
}

/// What to write and what to tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Insights that are new or different now.
    pub changed: Vec<Insight>,
    pub messages: Vec<Message>,
    /// What was not done, and why.
    pub considered: Vec<Considered>,
}
