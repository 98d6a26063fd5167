//! `catalog/checks/*.toml`: proactive. Each answers Pass, Fail or Unknown for one resource.

use super::Advice;
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
    pub condition: CheckCondition,
    pub recommendation: Advice,
    #[serde(default)]
    pub iam: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckCondition {
    /// Fails when the attribute is known and has one of `bad`.
    ConfigIs { attribute: String, bad: Vec<String> },
    /// Fails when the metric's rate per second stayed at or below `share` of the limit for `days` whole days or more.
    RatioBelow {
        namespace: String,
        metric: String,
        /// Attribute that holds the limit, per second.
        limit: String,
        share: f64,
        days: u32,
        /// The share of the limit that the recommended capacity should hold at the highest use seen.
        target: f64,
    },
}
