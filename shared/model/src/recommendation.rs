use crate::ResourceRef;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What to do, in a few words.
    pub name: String,
    pub description: String,
    /// Why, in numbers.
    pub reason: String,
    /// Documentation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Where in the AWS console to look, and the command that shows the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_events: Vec<RelatedEvent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_anomalies: Vec<RelatedAnomaly>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedEvent {
    pub name: String,
    /// What the event itself was on.
    pub resources: Vec<ResourceRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedAnomaly {
    pub resource: ResourceRef,
    /// None where a configuration is what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<RelatedMetric>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedMetric {
    pub namespace: String,
    pub name: String,
}
