//! `catalog/advice/*.toml`: what to look at when something is wrong with a resource, by its type and the role of the metric.

use serde::Deserialize;
use stackseer_model::Role;

/// The resource type of the advice that holds where there is no nearer one.
pub const ANY: &str = "*";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looks {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// CloudFormation's name of the type; `*` for those that have no file of their own.
    pub resource_type: String,
    #[serde(rename = "look")]
    pub looks: Vec<Look>,
}

/// Every text is a template: `{resource}`, `{arn}`, `{metric}`, `{region}`, `{start}` as people read it, `{start_time}` and `{now}` as
/// commands do, and the resource's attributes. One whose values are not all known is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    pub role: Vec<Role>,
    pub name: String,
    pub description: String,
    /// Where in the AWS console.
    pub place: String,
    /// The command that shows the same, where there is one.
    #[serde(default)]
    pub command: String,
    #[serde(default)]
    pub link: String,
}
