//! Rules of resource types, of what is none, and of changes.

use super::{Broken, error};
use crate::schema::{AttributeSpec, Change, Form, Read, ResourceType};
use std::collections::{BTreeMap, BTreeSet};

pub fn broken(read: &Read, errors: &mut Vec<Broken>) {
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut arns: BTreeMap<(&str, &Form), &str> = BTreeMap::new();
    for resource in &read.resources {
        let mut say = |at: &str, problem: String| errors.push(error("resources", &resource.id, at, problem));
        for cfn in resource.also.iter().chain([&resource.cfn]) {
            if let Some(other) = types.insert(cfn, &resource.id) {
                say("type", format!("`type` {cfn} has a file already: {other}"));
            }
        }
        for arn in resource.arn.iter().filter(|arn| !arn.is_shared) {
            for form in &arn.forms {
                if let Some(other) = arns.insert((&arn.service, form), &resource.id) {
                    say(
                        "arn.forms",
                        format!("`arn` has a form that is also one of {other}: of one of them it `is_shared`"),
                    );
                }
            }
        }
        attributes(resource, &mut say);
        pointers(resource, &mut say);
        types_named(resource, read, &mut say);
        for (i, change) in resource.changes.iter().enumerate() {
            change_says(i, change, &mut say);
            if change.source.is_none() && resource.arn.is_none() {
                say(
                    &format!("change.{i}"),
                    "`change` needs a `source`, as without `arn` its service is not known".to_owned(),
                );
            }
        }
    }
    for ignored in &read.ignored {
        for cfn in ignored.types.iter().filter(|cfn| types.contains_key(cfn.as_str())) {
            errors.push(error("ignored", &ignored.id, "types", format!("{cfn} has a file in catalog/resources")));
        }
    }
    for changes in &read.changes {
        let mut say = |at: &str, problem: String| errors.push(error("changes", &changes.id, at, problem));
        for (i, change) in changes.change.iter().enumerate() {
            change_says(i, change, &mut say);
            if change.source.is_none() {
                say(&format!("change.{i}"), "`change` needs a `source`".to_owned());
            }
        }
    }
}

/// Each has a name of its own and a source.
fn attributes(resource: &ResourceType, say: &mut impl FnMut(&str, String)) {
    let forms = resource.arn.iter().flat_map(|arn| &arn.forms).chain(&resource.physical_id);
    let parts: BTreeSet<&str> = forms.flat_map(Form::names).collect();
    let actions: BTreeSet<&str> = resource.iam.iter().map(|iam| iam.action.as_str()).collect();
    for (i, attribute) in resource.attributes.iter().enumerate() {
        let AttributeSpec { name, live, .. } = attribute;
        let at = &format!("attribute.{i}");
        if matches!(name.as_str(), "name" | "arn" | "account")
            || resource.attributes[..i].iter().any(|a| a.name == *name)
        {
            say(at, format!("attribute {name} stands here twice, or is what every resource has"));
        }
        let is_said = !attribute.property.is_empty()
            || attribute.parts.is_some()
            || live.is_some()
            || attribute.of_caller.is_some()
            || attribute.of_part.is_some()
            || parts.contains(name.as_str());
        if !is_said {
            say(
                at,
                format!(
                    "attribute {name} has no source, expected one of `property`, `parts`, `live`, `of_caller`, `of_part`, or a part of the id's or ARN's forms called so"
                ),
            );
        }
        if let Some(unknown) = attribute.parts.iter().flat_map(Form::names).find(|part| !parts.contains(part)) {
            say(at, format!("attribute {name}: {unknown} is no part of the id's or ARN's forms"));
        }
        if let Some(live) = live.as_ref().filter(|live| !actions.contains(live.action.as_str())) {
            say(at, format!("attribute {name} needs {}, which has no `iam` in this file", live.action));
        }
    }
}

fn pointers(resource: &ResourceType, say: &mut impl FnMut(&str, String)) {
    let attributes = resource.attributes.iter().enumerate().flat_map(|(i, attribute)| {
        let pointers = attribute.property.iter().chain(attribute.of_part.iter().map(|part| &part.property));
        pointers.map(move |pointer| (format!("attribute.{i}"), pointer))
    });
    let edges = resource.edges.iter().enumerate().map(|(i, edge)| (format!("edge.{i}"), &edge.property));
    let part_of = resource.part_of.iter().map(|pointer| ("part_of".to_owned(), pointer));
    let role = resource.role.iter().map(|pointer| ("role".to_owned(), pointer));
    let run_by = resource.run_by.iter().map(|by| ("run_by".to_owned(), &by.property));
    let all = attributes.chain(edges).chain(part_of).chain(role).chain(run_by);
    if let Some((at, wrong)) = all.into_iter().find(|(_, pointer)| !pointer.starts_with('/')) {
        say(&at, format!("{wrong} is no JSON pointer into the template's properties: `/{wrong}`"));
    }
}

fn types_named(resource: &ResourceType, read: &Read, say: &mut impl FnMut(&str, String)) {
    let attributes = resource.attributes.iter().enumerate().flat_map(|(i, attribute)| {
        let types = attribute.of_caller.iter().chain(attribute.of_part.iter().map(|part| &part.cfn));
        types.map(move |cfn| (format!("attribute.{i}"), cfn))
    });
    let mut named = attributes.chain(resource.run_by.iter().map(|by| ("run_by".to_owned(), &by.cfn)));
    if let Some((at, unknown)) = named.find(|(_, cfn)| !read.resources.iter().any(|r| r.is(cfn))) {
        say(&at, format!("{unknown} has no file in catalog/resources"));
    }
    let known = |attribute: &String| resource.attributes.iter().any(|a| a.name == *attribute);
    if let Some(unknown) = resource.variants.iter().flat_map(|v| v.only.keys()).find(|a| !known(a)) {
        say("variant", format!("`variant.only` {unknown} is no attribute of {}", resource.cfn));
    }
}

fn change_says(number: usize, change: &Change, say: &mut impl FnMut(&str, String)) {
    for (i, property) in change.properties.iter().enumerate() {
        let pointers: Vec<&String> = [&property.from, &property.to, &property.when].into_iter().flatten().collect();
        let within = |p: &&String| p.starts_with("/requestParameters/") || p.starts_with("/responseElements/");
        if pointers.is_empty() || !pointers.iter().all(within) {
            say(
                &format!("change.{number}.property.{i}"),
                format!(
                    "change {}: property {} needs `to`, `from` and `to`, or `when`: pointers into /requestParameters or /responseElements",
                    change.names.join(", "),
                    property.name
                ),
            );
        }
    }
}
