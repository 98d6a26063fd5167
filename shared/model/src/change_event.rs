use crate::{ResourceId, Scope};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody or something changed the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEvent {
    pub id: String,
    pub time: Timestamp,
    /// `lambda.amazonaws.com`
    pub source: String,
    /// `UpdateFunctionCode`, without CloudTrail's API-version suffix.
    pub name: String,
    #[serde(default)]
    pub data_source: DataSource,
    pub class: EventClass,
    /// Resources of the application it touched.
    pub resources: Vec<ResourceId>,
    /// What changed, where the event says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PropertyChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

/// A change somewhere in the Region, before it is known whose resources it touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionChange {
    pub id: String,
    /// Where it happened: another account's resource of the same name is another one.
    pub scope: Scope,
    pub time: Timestamp,
    pub source: String,
    pub name: String,
    #[serde(default)]
    pub data_source: DataSource,
    pub class: EventClass,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PropertyChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Names, ids, ARNs and URLs that say what was changed.
    pub named: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyChange {
    /// The catalogue's snake_case name, as in `Resource::attributes`.
    pub property: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DataSource {
    #[default]
    AwsCloudTrail,
    AwsCodeDeploy,
    /// Posted by the user's own CI.
    Custom,
}

/// DevOps Guru's five classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventClass {
    Infrastructure,
    Deployment,
    SecurityChange,
    ConfigChange,
    SchemaChange,
}
