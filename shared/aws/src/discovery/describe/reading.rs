//! An inventory while the services' answers are added to it.

use crate::discovery::lookup::Lookup;
use crate::error::unseen;
use crate::signed::{each, text};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use stackseer_catalog::{AttributeSpec, Notation};
use stackseer_model::ports::PortError;
use stackseer_model::{Attribute, Inventory, Resource, Unseen};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;

/// Lambda's control plane answers 15 requests a second, DynamoDB's 10.
const AT_ONCE: usize = 4;

/// An action's answer about one resource, by the names of its fields. None: known to be unset, whatever the template says.
pub(super) type Fields = BTreeMap<String, Option<String>>;

pub(super) struct Reading<'a> {
    pub lookup: &'a Lookup,
    pub inventory: &'a mut Inventory,
    /// What could not be read.
    pub missed: Vec<Unseen>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lookup: &'a Lookup, inventory: &'a mut Inventory) -> Self {
        Self { lookup, inventory, missed: Vec::new() }
    }

    /// The ARNs of all members of a type; names where they have none.
    pub(super) fn of_type(&self, cfn: &str) -> Vec<String> {
        self.members(cfn).map(|r| key(r).to_owned()).collect()
    }

    pub(super) fn members(&self, cfn: &str) -> impl Iterator<Item = &Resource> {
        self.inventory.resources.iter().filter(move |r| r.resource_type == cfn)
    }

    pub(super) fn miss(&mut self, what: impl Into<String>, error: &PortError) {
        self.missed.push(unseen(what, error));
    }

    /// What is read live is newer than the template; of what could not be read, only what the template sets is known. The
    /// catalogue says which attribute a field of the answer is.
    pub(super) fn set(&mut self, action: &str, read: impl IntoIterator<Item = (String, Fields)>) {
        let mut read: HashMap<String, Fields> = read.into_iter().collect();
        for resource in &mut self.inventory.resources {
            let Some(kind) = self.lookup.catalog.resource_type(&resource.resource_type) else { continue };
            let fields = read.remove(key(resource));
            for (attribute, field) in told_by(&kind.attributes, action) {
                match fields.as_ref().map(|fields| fields.get(field)) {
                    Some(Some(Some(value))) => resource.set(&attribute.name, in_form(attribute, value)),
                    Some(Some(None)) => resource.set(&attribute.name, Attribute::Unset),
                    None if matches!(resource.attributes.get(&attribute.name), None | Some(Attribute::Unset)) => {
                        resource.set(&attribute.name, Attribute::Unknown(format!("{action} did not tell it")));
                    }
                    Some(None) | None => {}
                }
            }
        }
    }

    /// As [`set`](Self::set), with what the service said of each resource, into which the catalogue's pointers lead.
    pub(super) fn set_answers<'v>(&mut self, action: &str, said: impl IntoIterator<Item = (String, &'v Value)>) {
        let said: HashMap<String, &Value> = said.into_iter().collect();
        let fields = |resource: &Resource| {
            // Nothing at all is no answer.
            let said = said.get(key(resource)).filter(|said| said.as_object().is_some_and(|map| !map.is_empty()))?;
            let kind = self.lookup.catalog.resource_type(&resource.resource_type)?;
            let pointers = told_by(&kind.attributes, action).filter(|(_, field)| field.starts_with('/'));
            Some((key(resource).to_owned(), pointers.map(|(_, p)| (p.to_owned(), at(said, p))).collect()))
        };
        let read: Vec<(String, Fields)> = self.inventory.resources.iter().filter_map(fields).collect();
        self.set(action, read);
    }

    /// Reads each resource by a call of its own. One that is gone is left out; after a denial no other is asked for, as the
    /// answer would be the same.
    pub(super) async fn each<'k, T, F>(
        &mut self,
        arns: &'k [String],
        what: &str,
        noun: &str,
        read: impl Fn(&'k str) -> F,
    ) -> Vec<(String, T)>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        let calls: Vec<_> = arns.iter().map(|arn| read(arn)).collect();
        let mut answers = stream::iter(calls).buffered(AT_ONCE).zip(stream::iter(arns)).enumerate();
        let mut done = Vec::new();
        while let Some((index, (answer, arn))) = answers.next().await {
            match answer {
                Ok(value) => done.push((arn.clone(), value)),
                Err(PortError::NotFound { .. }) => {}
                Err(error @ PortError::Denied { .. }) => {
                    self.missed.push(unseen(format!("{what} of {}", count(arns.len() - index, noun)), &error));
                    break;
                }
                Err(error) => {
                    let name = arn.rsplit([':', '/']).next().unwrap_or(arn);
                    self.missed.push(unseen(format!("{what} of {noun} {name}"), &error));
                }
            }
        }
        done
    }
}

fn key(resource: &Resource) -> &str {
    resource.arn.as_deref().unwrap_or(&resource.name)
}

pub(super) fn count(of: usize, noun: &str) -> String {
    format!("{of} {noun}{}", if of == 1 { "" } else { "s" })
}

/// The attributes that an action tells, with the field of its answer.
fn told_by<'s>(attributes: &'s [AttributeSpec], action: &str) -> impl Iterator<Item = (&'s AttributeSpec, &'s str)> {
    let live = attributes.iter().filter_map(|attribute| Some((attribute, attribute.live.as_ref()?)));
    live.filter(move |(_, live)| live.action == action).map(|(attribute, live)| (attribute, live.field.as_str()))
}

fn in_form(attribute: &AttributeSpec, value: &str) -> Attribute {
    let value = match attribute.form {
        Notation::Text => value,
        Notation::Name => value.rsplit([':', '/']).next().unwrap_or(value),
        Notation::Presence => "true",
    };
    attribute.worded(value).into()
}

/// Where a pointer leads, in which `*` is each item of a list: each text once, in their order. JSON within text is looked into.
pub(super) fn at(said: &Value, pointer: &str) -> Option<String> {
    let mut values = vec![said.clone()];
    for step in pointer.split('/').skip(1) {
        values = values.iter().flat_map(|value| stepped(value, step)).collect();
    }
    let mut texts: Vec<String> = values.iter().flat_map(|value| each(Some(value))).map(text).collect();
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| !text.is_empty() && seen.insert(text.clone()));
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn stepped(value: &Value, step: &str) -> Vec<Value> {
    let within = match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    match step {
        "*" => each(Some(&within)).cloned().collect(),
        _ => within.get(step).cloned().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pointer_leads_through_lists_and_text() {
        let said = json!({
            "RedrivePolicy": r#"{"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:dead", "maxReceiveCount": 3}"#,
            "Zones": {"member": [{"Name": "b"}, {"Name": "a"}, {"Name": "b"}]},
            "One": {"member": {"Name": "a"}},
            "Empty": "", "Null": null, "On": false, "Names": ["x", "y"],
        });
        for (pointer, found) in [
            ("/RedrivePolicy/maxReceiveCount", Some("3")),
            ("/Zones/member/*/Name", Some("b, a")),
            ("/One/member/*/Name", Some("a")),
            ("/Names", Some("x, y")),
            ("/On", Some("false")),
            ("/Empty", None),
            ("/Null", None),
            ("/Nothing/there", None),
            ("/On/further", None),
        ] {
            assert_eq!(at(&said, pointer).as_deref(), found, "{pointer}");
        }
    }
}
