//! Which API calls are a change, of which class, and what they say about it.

use serde::Deserialize;
use stackseer_model::EventClass;
use std::collections::BTreeMap;

/// `catalog/changes/*.toml`: what no single resource type is meant by. Of all entries the first that fits decides: those of
/// resource types before these, in the order of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    #[serde(skip)]
    pub id: String,
    pub change: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// CloudTrail's event source without `.amazonaws.com`; `*` is any. A resource type's is its ARN's service.
    #[serde(default)]
    pub source: Option<String>,
    /// The call's name without its API version; `*` at either end stands for anything.
    pub names: Vec<String>,
    /// Only events in which this JSON pointer leads somewhere.
    #[serde(default)]
    pub has: Option<String>,
    /// One of DevOps Guru's five; none: not a change worth telling.
    #[serde(default)]
    pub class: Option<EventClass>,
    #[serde(default, rename = "property")]
    pub properties: Vec<ChangedProperty>,
}

/// What the event says of one property, by JSON pointers into it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedProperty {
    /// As in the resource's attributes.
    pub name: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Changed if this leads somewhere, without saying to what: the value may be secret.
    #[serde(default)]
    pub when: Option<String>,
    /// The catalogue's words for the event's.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}
