//! `catalog/metrics/*.toml`: one file per namespace, resource type and dimension set.

use serde::Deserialize;
use stackseer_model::{BadDirection, Kind, MissingPoint, Role, Severity};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    pub namespace: String,
    /// Where CloudWatch keeps the namespace, if that is one Region alone wherever the resources are.
    #[serde(default)]
    pub region: Option<String>,
    /// CloudFormation's name of the type these metrics describe.
    pub resource_type: String,
    /// What people call these metrics, where they are not the service's own: `Shop`.
    #[serde(default)]
    pub label: Option<String>,
    /// The exact dimension set. A value is a template over the resource (`{name}`, `{attribute}`); `*` means every value
    /// that `ListMetrics` knows for it, and `{name}-#` every one that goes on with numbers:
    /// `sessions-001`. `{attribute?}` is `*` where the attribute isn't known.
    pub dimensions: BTreeMap<String, String>,
    /// Only resources with these attribute values, where one CloudFormation type has several kinds.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// Not resources with any of these attribute values.
    #[serde(default)]
    pub unless: BTreeMap<String, String>,
    /// Seconds between two points.
    pub period: u32,
    /// Seconds after a period's end until its point can be trusted to be there.
    pub publication_delay: u32,
    /// What must be switched on before CloudWatch has them.
    #[serde(default)]
    pub needs: Option<Needs>,
    #[serde(rename = "metric")]
    pub metrics: Vec<MetricSpec>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// What is said where there are none: `request metrics are off`.
    pub off: String,
    /// Where and how to switch it on, a sentence.
    pub turn_on: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricSpec {
    pub name: String,
    /// How a sentence says it: `duration`, `throttled writes`.
    pub label: String,
    pub statistic: String,
    pub unit: String,
    pub role: Role,
    pub kind: Kind,
    pub bad: BadDirection,
    pub missing: MissingPoint,
    /// Whether it may open an insight by itself.
    pub opens: bool,
    /// The smallest departure from the expected that a person would care about, in the unit.
    #[serde(default)]
    pub least: f64,
    /// The traffic metric of this file that counts the requests out of which these events come: judged by their share.
    #[serde(default)]
    pub out_of: Option<String>,
    /// The level from which it does harm, in the unit; below it a departure opens nothing.
    #[serde(default)]
    pub harms: Option<f64>,
    /// Where the one who asks may be at fault: no more severe than this.
    #[serde(default)]
    pub at_most: Option<Severity>,
    /// Overrides the file's, for a metric that is published differently.
    #[serde(default)]
    pub period: Option<u32>,
    #[serde(default)]
    pub publication_delay: Option<u32>,
}

impl Service {
    /// The attributes that its dimensions need.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.dimensions.values().filter_map(|template| {
            let (attribute, _) = template.split_once('{')?.1.split_once('}')?;
            Some(attribute.trim_end_matches('?'))
        })
    }
}
