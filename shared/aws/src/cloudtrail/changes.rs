//! One CloudTrail record → one change event: whose it was, what it touched, what it changed.

use super::classify::{Change, Property, change_of, without_version};
use crate::client::APP_NAME;
use crate::discovery::kinds::{self, Node, node, service_of};
use serde_json::Value;
use stackseer_model::{ChangeEvent, DataSource, Inventory, PropertyChange, ResourceId, Timestamp, event_id};
use std::collections::{BTreeSet, HashMap};

/// A change, before it is known whose resources it touched.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    id: String,
    time: Timestamp,
    source: String,
    name: String,
    change: &'static Change,
    changes: Vec<PropertyChange>,
    actor: Option<String>,
    /// Names, ids, ARNs and URLs that say what was changed.
    named: BTreeSet<String>,
}

/// What `LookupEvents` says beside the record itself.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub id: Option<String>,
    pub resources: Vec<String>,
}

impl Record {
    /// `None`: failed, only read, Stackseer's own, or not a change worth telling.
    pub(crate) fn of(event: &Value, hints: Hints) -> Option<Self> {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        if text("/errorCode").is_some() || event["readOnly"] == Value::Bool(true) || is_own(text("/userAgent")) {
            return None;
        }
        let source = text("/eventSource")?;
        let name = without_version(text("/eventName")?);
        let change = change_of(source, name, event)?;
        let time: Timestamp = text("/eventTime")?.parse().ok()?;
        let mut named: BTreeSet<String> = hints.resources.into_iter().collect();
        if let Some(resources) = event["resources"].as_array() {
            named.extend(resources.iter().filter_map(|r| r["ARN"].as_str().map(str::to_owned)));
        }
        identifiers(&event["requestParameters"], 0, &mut named);
        let id = hints.id.or_else(|| text("/eventID").map(str::to_owned));
        Some(Self {
            id: id
                .unwrap_or_else(|| event_id(source, name, time.as_second(), named.first().map_or("", String::as_str))),
            time,
            source: source.to_owned(),
            name: name.to_owned(),
            change,
            changes: change.properties.iter().filter_map(|p| property_change(p, event)).collect(),
            actor: actor(&event["userIdentity"]),
            named,
        })
    }

    /// As an event of the inventory's application; `None` if it touched nothing in it.
    pub(crate) fn on(&self, index: &Index) -> Option<ChangeEvent> {
        let resources: Vec<ResourceId> = index.find(&self.source, &self.named).into_iter().collect();
        (!resources.is_empty()).then(|| ChangeEvent {
            id: self.id.clone(),
            time: self.time,
            source: self.source.clone(),
            name: self.name.clone(),
            data_source: match self.source.as_str() {
                "codedeploy.amazonaws.com" => DataSource::AwsCodeDeploy,
                _ => DataSource::AwsCloudTrail,
            },
            class: self.change.class.expect("entries without a class are left out"),
            resources,
            changes: self.changes.clone(),
            actor: self.actor.clone(),
        })
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.time
    }
}

/// The SDK puts the application's name into the user agent, `app/stackseer`.
fn is_own(user_agent: Option<&str>) -> bool {
    let own = format!("app/{APP_NAME}");
    user_agent.is_some_and(|agent| agent.split_whitespace().any(|word| word == own))
}

/// Request parameters by which services name what a call is about. Others may hold secrets or only sound alike.
fn identifiers(value: &Value, depth: usize, found: &mut BTreeSet<String>) {
    const ENDINGS: &[&str] = &["Name", "Arn", "ARN", "Id", "Identifier", "Url", "Names", "Arns", "Ids"];
    const WORDS: &[&str] = &["service", "cluster", "resource", "name", "rule", "endpoint", "autoScalingGroupName"];
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        if WORDS.contains(&key.as_str()) || ENDINGS.iter().any(|e| key.ends_with(e)) {
            match value {
                Value::String(text) => {
                    found.insert(text.clone());
                }
                Value::Array(items) => found.extend(items.iter().filter_map(|v| v.as_str().map(str::to_owned))),
                _ => {}
            }
        }
        if depth < 2 {
            identifiers(value, depth + 1, found);
        }
    }
}

fn property_change(property: &Property, event: &Value) -> Option<PropertyChange> {
    let value = |pointer: &Option<String>| {
        let text = match event.pointer(pointer.as_ref()?)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(bool) => bool.to_string(),
            _ => return None,
        };
        Some(property.words.get(&text).cloned().unwrap_or(text))
    };
    let name = property.name.clone();
    if let Some(pointer) = &property.when {
        let changed = event.pointer(pointer).is_some_and(|v| !v.is_null());
        return changed.then_some(PropertyChange { property: name, from: None, to: None });
    }
    let (from, to) = (value(&property.from), value(&property.to)?);
    // A request may repeat what already was.
    (from.as_ref() != Some(&to)).then_some(PropertyChange { property: name, from, to: Some(to) })
}

/// Who did it, as a person would say: user, session, or AWS service.
fn actor(identity: &Value) -> Option<String> {
    let text = |pointer: &str| identity.pointer(pointer).and_then(Value::as_str);
    if let Some(service) = text("/invokedBy") {
        return Some(service.to_owned());
    }
    let session = || text("/arn")?.split_once(":assumed-role/").map(|(_, role)| role.to_owned());
    let name = text("/userName").map(str::to_owned).or_else(session);
    name.or_else(|| match text("/type")? {
        "Root" => Some("root".to_owned()),
        _ => text("/arn").or(text("/principalId")).map(str::to_owned),
    })
}

/// The inventory by all the names a CloudTrail record may use.
#[derive(Debug, Default)]
pub(crate) struct Index {
    arns: HashMap<String, ResourceId>,
    /// By service, as in ARNs, and name.
    names: HashMap<(String, String), BTreeSet<ResourceId>>,
    /// What can go wrong in each stack.
    stacks: HashMap<String, BTreeSet<ResourceId>>,
}

impl Index {
    pub(crate) fn new(inventory: &Inventory) -> Self {
        let mut index = Self::default();
        for resource in &inventory.resources {
            let service = service_of(&resource.resource_type);
            if let Some(arn) = &resource.arn {
                index.arns.insert(arn.clone(), resource.id.clone());
            }
            let aliases = ["api_id", "load_balancer"].iter().filter_map(|a| resource.attributes.get(*a));
            for name in aliases.chain([&resource.name]) {
                index.names.entry((service.clone(), name.clone())).or_default().insert(resource.id.clone());
            }
            if let Some(stack) = resource.stack.as_ref().filter(|_| node(&resource.resource_type) != Node::Plumbing) {
                index.stacks.entry(stack.clone()).or_default().insert(resource.id.clone());
            }
        }
        index
    }

    fn find(&self, source: &str, named: &BTreeSet<String>) -> BTreeSet<ResourceId> {
        let service = match source.trim_end_matches(".amazonaws.com") {
            "monitoring" => "cloudwatch",
            other => other,
        };
        let mut found = BTreeSet::new();
        for text in named {
            found.extend(self.by_arn(text));
            match service {
                // A deployment of the stack touched whatever is in it; nested stacks have records of their own.
                "cloudformation" => found.extend(self.stacks.get(&stack_name(text)).into_iter().flatten().cloned()),
                // `table/orders`, `service/cluster/name`, `function:checkout:live`
                "application-autoscaling" => found.extend(self.scaled(text)),
                _ => {
                    let name = text.rsplit('/').next().filter(|_| text.contains("://")).unwrap_or(text);
                    let key = (service.to_owned(), name.to_owned());
                    found.extend(self.names.get(&key).into_iter().flatten().cloned());
                }
            }
        }
        // The cluster of a service is named to find the service, not because it changed.
        if service == "ecs" && found.iter().any(|id| id.as_str().contains(":service/")) {
            found.retain(|id| id.as_str().contains(":service/"));
        }
        found
    }

    fn by_arn(&self, text: &str) -> Option<ResourceId> {
        let resource = kinds::from_arn(text)?;
        self.arns.get(text).or_else(|| self.arns.get(resource.id.as_str())).cloned()
    }

    fn scaled(&self, id: &str) -> BTreeSet<ResourceId> {
        let (service, name) = match id.split_once(['/', ':']) {
            Some(("table", rest)) => ("dynamodb", rest.split('/').next().unwrap_or(rest)),
            Some(("service", rest)) => ("ecs", rest.rsplit('/').next().unwrap_or(rest)),
            Some(("function", rest)) => ("lambda", rest.split(':').next().unwrap_or(rest)),
            Some(("cluster", rest)) => ("rds", rest),
            _ => return BTreeSet::new(),
        };
        self.names.get(&(service.to_owned(), name.to_owned())).cloned().unwrap_or_default()
    }
}

/// From a name or an ARN.
fn stack_name(text: &str) -> String {
    match kinds::Arn::parse(text) {
        Some(arn) => arn.rest.split('/').nth(1).unwrap_or(text).to_owned(),
        None => text.to_owned(),
    }
}
