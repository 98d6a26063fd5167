//! `catalog/checks/*.toml`: proactive. Each answers Pass, Fail or Unknown for one resource.

use super::{Advice, LookAlike, Predicate};
use serde::Deserialize;
use stackseer_model::Severity;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    pub title: String,
    pub description: String,
    pub severity: Severity,
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
    pub recommendation: Advice,
    #[serde(default)]
    pub iam: Vec<String>,
}

impl Check {
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.when.iter().chain(self.not_when.iter().flat_map(|look_alike| &look_alike.when))
    }
}
