use crate::{Attribute, ResourceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    pub id: ResourceId,
    /// CloudFormation's name of the type, `AWS::Lambda::Function`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// What a person calls it: function name, table name, queue name.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The stack it is in, a nested one's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// Configuration that metrics, checks and patterns use, in the catalogue's snake_case names:
    /// `reserved_concurrency`, `timeout_seconds`, `billing_mode`, `point_in_time_recovery`, `cluster`, …
    /// Absent: nobody looked, which is never the same as "off".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
}

impl Resource {
    pub fn new(resource_type: &str, name: &str) -> Self {
        Self {
            id: ResourceId(format!("{resource_type}/{name}")),
            resource_type: resource_type.to_owned(),
            name: name.to_owned(),
            arn: None,
            stack: None,
            attributes: BTreeMap::new(),
        }
    }

    /// The attribute's value, where it is known.
    pub fn known(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.known()
    }

    pub fn number(&self, attribute: &str) -> Option<f64> {
        self.known(attribute)?.parse().ok()
    }

    pub fn set(&mut self, attribute: &str, value: impl Into<Attribute>) {
        self.attributes.insert(attribute.to_owned(), value.into());
    }
}

/// A resource as an insight names it, readable after the resource is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceRef {
    pub id: ResourceId,
    pub name: String,
    #[serde(rename = "type")]
    pub resource_type: String,
}

impl From<&Resource> for ResourceRef {
    fn from(resource: &Resource) -> Self {
        Self { id: resource.id.clone(), name: resource.name.clone(), resource_type: resource.resource_type.clone() }
    }
}

/// `from` calls, feeds or writes to `to`: a cause travels against the arrow (a slow `to` slows a waiting `from`), load along it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    pub from: ResourceId,
    pub to: ResourceId,
    pub kind: EdgeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// The caller waits: latency and errors travel back.
    Sync,
    /// A queue, stream, topic, rule or state machine between them: latency does not travel back.
    Async,
    /// No call goes this way. A part that stands between the two says how they are set up, such as the event source mapping
    /// between a queue and its function: only the places of checks and patterns find it there.
    Part,
}

/// One application's resources and how they hang together, as read at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    pub resources: Vec<Resource>,
    pub edges: Vec<Edge>,
    /// What could not be read. Never to be taken for healthy.
    pub unseen: Vec<Unseen>,
    /// Not all members could be listed: what is not in it may exist.
    #[serde(default)]
    pub is_partial: bool,
    /// Its stack is being created, changed or deleted: soon it will have other members.
    #[serde(default)]
    pub is_changing: bool,
}

impl Inventory {
    pub fn resource(&self, id: &ResourceId) -> Option<&Resource> {
        self.resources.iter().find(|r| &r.id == id)
    }

    /// As an insight names it; one that is not in the inventory goes by its id.
    pub fn named(&self, id: &ResourceId) -> ResourceRef {
        self.resource(id).map_or_else(
            || ResourceRef { id: id.clone(), name: id.to_string(), resource_type: String::new() },
            ResourceRef::from,
        )
    }

    /// With the members of an earlier inventory that this one may have missed.
    pub fn with_missed(mut self, earlier: Inventory) -> Self {
        if self.is_partial || self.is_changing {
            let missed = earlier.resources.into_iter().filter(|r| self.resource(&r.id).is_none()).collect::<Vec<_>>();
            self.resources.extend(missed);
            let missed = earlier.edges.into_iter().filter(|e| !self.edges.contains(e)).collect::<Vec<_>>();
            self.edges.extend(missed);
        }
        self
    }
}

/// Something that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unseen {
    /// Resource, metric or service, as a person would name it.
    pub what: String,
    /// The IAM action that failed, `cloudwatch:GetMetricData`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    pub reason: String,
}
