//! `catalog/patterns/*.toml`: a cause and the effect it is known by.

use super::{Advice, LookAlike, Predicate};
use serde::Deserialize;
use stackseer_model::Direction;

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
    /// All must hold. The first that shows something is the cause; where none does, the effect itself is.
    pub when: Vec<Predicate>,
    /// None may hold.
    #[serde(default)]
    pub not_when: Vec<LookAlike>,
    pub recommendation: Advice,
    /// Where the harm is the bill.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// Of two patterns that hold, the higher one names the insight. 0 to 100; a change that explains the effect
    /// outranks the load that shows it.
    pub rank: u8,
    #[serde(default)]
    pub iam: Vec<String>,
}

/// What the effect's resource costs more a day than usual.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Said after the description, where it is known: a template, with `{cost}`.
    pub said: String,
    /// They add up.
    #[serde(rename = "part")]
    pub parts: Vec<CostPart>,
}

/// So many dollars for each that is counted, or for each unit of what they take and have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostPart {
    pub dollars: f64,
    /// Counts them, with the statistic `Sum`.
    pub metric: String,
    /// How much each takes, with the statistic `Average`.
    #[serde(default)]
    pub average: Option<String>,
    /// And how much of it the resource has.
    #[serde(default)]
    pub attribute: Option<String>,
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

impl Pattern {
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.when.iter().chain(self.not_when.iter().flat_map(|look_alike| &look_alike.when))
    }
}
