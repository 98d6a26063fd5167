use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What to do, in a few words.
    pub name: String,
    pub description: String,
    /// Why, in numbers.
    pub reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_events: Vec<RelatedEvent>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related_anomalies: Vec<RelatedAnomaly>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedEvent {
    pub name: String,
    pub resource_name: String,
    pub resource_type: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelatedAnomaly {
    pub namespace: String,
    pub metric: String,
    pub resource_name: String,
    pub resource_type: String,
}
