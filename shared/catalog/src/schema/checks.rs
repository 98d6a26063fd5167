//! `catalog/checks/*.toml`: proactive. Each answers Pass, Fail or Unknown for one resource.

use super::predicate::days;
use super::{Advice, LookAlike, Predicate};
use serde::{Deserialize, Deserializer};
use stackseer_model::Severity;
use std::collections::BTreeMap;

/// Whose checks `maps` may name.
pub const OTHERS: [&str; 2] = ["prowler", "trusted_advisor"];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    pub title: String,
    pub description: String,
    pub severity: Severity,
    /// Worse where one of these holds.
    #[serde(default)]
    pub severity_at: Vec<SeverityAt>,
    pub resource_type: String,
    /// Only resources with these attribute values.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// It fails when all hold; the first that shows something is the evidence.
    pub when: Vec<Predicate>,
    /// It passes when one of these holds.
    #[serde(default)]
    pub not_when: Vec<LookAlike>,
    /// The share of the recommended limit that the highest use seen would be. A recommendation that would not change the
    /// limit is none: the check passes.
    #[serde(default)]
    pub target: Option<f64>,
    /// So many looks in a row must pass before it is over.
    #[serde(default = "two")]
    pub close_after: u32,
    /// Of a younger resource nothing is said.
    #[serde(default = "three", deserialize_with = "number_of_days")]
    pub least_age: u32,
    /// What others call the same check, so that one of the two can be silenced.
    #[serde(default)]
    pub maps: BTreeMap<String, String>,
    #[serde(default)]
    pub default: Default,
    pub recommendation: Advice,
    #[serde(default)]
    pub iam: Vec<String>,
}

/// Whether a check is asked where nobody set anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, std::default::Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Default {
    #[default]
    On,
    Off,
}

/// How bad it is when it is worse than the threshold: one of three.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "WrittenSeverity")]
pub struct SeverityAt {
    pub severity: Severity,
    pub when: Worse,
}

#[derive(Debug, Clone)]
pub enum Worse {
    /// At this share of the limit, or beyond it.
    Share(f64),
    /// What ends does so within so many days.
    Within(u32),
    /// All of these hold.
    All(Vec<Predicate>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSeverity {
    severity: Severity,
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    within: Option<String>,
    #[serde(default)]
    when: Vec<Predicate>,
}

impl TryFrom<WrittenSeverity> for SeverityAt {
    type Error = String;

    fn try_from(written: WrittenSeverity) -> Result<Self, String> {
        let when = match (written.share, written.within, written.when) {
            (Some(share), None, when) if when.is_empty() && share > 0.0 => Worse::Share(share),
            (None, Some(within), when) if when.is_empty() => Worse::Within(days(&within)?),
            (None, None, when) if !when.is_empty() => Worse::All(when),
            _ => {
                return Err(
                    "`severity_at` has `severity` and one of `share` (above 0), `within` (\"14 days\") and `when`"
                        .to_owned(),
                );
            }
        };
        Ok(Self { severity: written.severity, when })
    }
}

fn two() -> u32 {
    2
}

fn three() -> u32 {
    3
}

fn number_of_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    days(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl Check {
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let worse = self.severity_at.iter().flat_map(|at| match &at.when {
            Worse::All(when) => when.as_slice(),
            Worse::Share(_) | Worse::Within(_) => &[],
        });
        self.when.iter().chain(self.not_when.iter().flat_map(|look_alike| &look_alike.when)).chain(worse)
    }

    /// The predicate whose evidence is shown.
    pub fn shown(&self) -> Option<&Predicate> {
        self.when.iter().find(|predicate| predicate.shows())
    }

    /// With another threshold. None: it compares with nothing.
    pub fn with_threshold(&self, threshold: f64) -> Option<Self> {
        let mut check = self.clone();
        let shown = check.when.iter_mut().find(|predicate| predicate.shows())?;
        shown.set_threshold(threshold).then_some(check)
    }
}
