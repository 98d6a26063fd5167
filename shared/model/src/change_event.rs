use crate::{ResourceId, Scope, Verdict};
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
    /// Of a release, half an hour after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl ChangeEvent {
    /// As it is kept after it was kept as `known`: a verdict once given stays.
    pub fn over(&self, known: Option<&Self>) -> Self {
        let verdict = known.and_then(|known| known.verdict.clone()).or_else(|| self.verdict.clone());
        Self { verdict, ..self.clone() }
    }
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

/// CloudTrail's name of an event without the version of the API that it may carry:
/// `UpdateFunctionCode20150331v2` → `UpdateFunctionCode`, `UpdateDistribution2020_05_31` → `UpdateDistribution`.
pub fn without_version(name: &str) -> &str {
    let Some(start) = name.find(|c: char| c.is_ascii_digit()).filter(|start| *start > 0) else { return name };
    let tail = &name[start..];
    let digits = tail.chars().filter(char::is_ascii_digit).count();
    let is_version = digits >= 8 && tail.chars().all(|c| c.is_ascii_digit() || matches!(c, 'v' | '_'));
    if is_version { &name[..start] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_are_cut_off_and_other_digits_stay() {
        for (name, plain) in [
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("PutFunctionConcurrency20171031", "PutFunctionConcurrency"),
            ("UpdateDistribution2020_05_31", "UpdateDistribution"),
            ("CreateStack", "CreateStack"),
            ("CreateVpcV2", "CreateVpcV2"),
            ("UpdateEC2Fleet", "UpdateEC2Fleet"),
            ("20150331", "20150331"),
        ] {
            assert_eq!(without_version(name), plain);
        }
    }
}
