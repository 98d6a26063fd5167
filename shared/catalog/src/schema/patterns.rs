//! `catalog/patterns/*.toml`: a cause and the effect it is known by.

use super::Advice;
use serde::Deserialize;
use stackseer_model::{Direction, EventClass, Role};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// Template, see [`super::fill`].
    pub title: String,
    /// One or two sentences: what happened, in numbers. Template.
    pub description: String,
    pub effect: Effect,
    /// All must hold; the first is the cause.
    pub when: Vec<Condition>,
    /// None may hold.
    #[serde(default)]
    pub not_when: Vec<LookAlike>,
    pub recommendation: Advice,
    /// Of two patterns that hold, the higher one names the insight. 0 to 100; a change that explains the effect
    /// outranks the load that shows it.
    pub rank: u8,
    #[serde(default)]
    pub iam: Vec<String>,
}

/// The anomaly the insight is named after.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    pub resource_type: String,
    /// Any of these metrics of the catalogue.
    pub metric: Vec<String>,
    pub direction: DirectionWord,
}

/// `up` or `down`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectionWord {
    Up,
    Down,
}

impl From<DirectionWord> for Direction {
    fn from(word: DirectionWord) -> Self {
        match word {
            DirectionWord::Up => Direction::Up,
            DirectionWord::Down => Direction::Down,
        }
    }
}

/// One thing that is so, somewhere in the application, around the effect's onset. It speaks of a metric (`metric` or
/// `role`, with `is`), of a change event (`change` or `class`), or of a resource's configuration (`attribute`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub at: Place,
    #[serde(default)]
    pub resource_type: Option<String>,

    #[serde(default)]
    pub metric: Vec<String>,
    #[serde(default)]
    pub role: Vec<Role>,
    /// Only this statistic of the metric, where several are read: `Average`, `p90`.
    #[serde(default)]
    pub statistic: Option<String>,
    #[serde(default)]
    pub is: Option<State>,
    /// With `is = "high"` or `"low"`: how many times the expected it must be, over the effect's span.
    #[serde(default)]
    pub ratio: Option<f64>,
    /// With `is = "near"`: the attribute that is the limit, and the share of it that counts as near. An attribute that ends in
    /// `_seconds` is compared in the metric's own unit of time.
    #[serde(default)]
    pub limit: Option<String>,
    #[serde(default)]
    pub share: Option<f64>,

    /// Names of change events.
    #[serde(default)]
    pub change: Vec<String>,
    #[serde(default)]
    pub class: Vec<EventClass>,
    /// The change must say that this property went this way.
    #[serde(default)]
    pub property: Option<String>,
    #[serde(default)]
    pub moved: Option<DirectionWord>,
    /// How long before the effect's onset the change may lie. Default 60, at most 180.
    #[serde(default)]
    pub within_minutes: Option<u32>,

    /// A configuration attribute that must be known, and have one of these values if any are given.
    #[serde(default)]
    pub attribute: Option<String>,
    #[serde(default)]
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The effect's own resource.
    Itself,
    /// What it calls and waits for, directly or through others.
    Downstream,
    /// What calls it or feeds it, directly or through others.
    Upstream,
    /// What writes to it (to a queue, stream, topic), directly.
    Producer,
    /// What reads from it, directly.
    Consumer,
    /// Anything in the application.
    Application,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Anomalous upwards, or `ratio` times the expected.
    High,
    /// Anomalous downwards, or below 1/`ratio` of the expected.
    Low,
    /// Neither, of all that fit: each was read and learned.
    Normal,
    /// At `share` of `limit` or more.
    Near,
}

/// What the effect could be taken for, and how to tell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAlike {
    /// Why this rules the pattern out.
    pub because: String,
    /// All must hold.
    pub when: Vec<Condition>,
}
