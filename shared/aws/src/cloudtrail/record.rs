//! One CloudTrail record → one change: whose it was, what it names, what it changed.

use super::classify::change_of;
use crate::client::APP_NAME;
use serde_json::Value;
use stackseer_catalog::ChangedProperty;
use stackseer_model::without_version;
use stackseer_model::{DataSource, PropertyChange, RegionChange, Scope, Timestamp, event_id};
use std::collections::BTreeSet;

/// What `LookupEvents` says beside the record itself.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub id: Option<String>,
    pub resources: Vec<String>,
}

/// `None`: failed, only read, Stackseer's own, or not a change worth telling.
pub(crate) fn region_change(scope: &Scope, event: &Value, hints: Hints) -> Option<RegionChange> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    if text("/errorCode").is_some() || event["readOnly"] == Value::Bool(true) || is_own(text("/userAgent")) {
        return None;
    }
    let source = match (text("/eventSource")?, text("/additionalEventData/service")) {
        // Application Auto Scaling records its calls under the name of EC2's.
        ("autoscaling.amazonaws.com", Some("application-autoscaling")) => "application-autoscaling.amazonaws.com",
        (source, _) => source,
    };
    let name = without_version(text("/eventName")?);
    let change = change_of(source, name, event)?;
    let time: Timestamp = text("/eventTime")?.parse().ok()?;
    let mut named: BTreeSet<String> = hints.resources.into_iter().collect();
    if let Some(resources) = event["resources"].as_array() {
        named.extend(resources.iter().filter_map(|r| r["ARN"].as_str().map(str::to_owned)));
    }
    identifiers(&event["requestParameters"], 0, &mut named);
    let id = hints.id.or_else(|| text("/eventID").map(str::to_owned));
    Some(RegionChange {
        id: id.unwrap_or_else(|| event_id(source, name, time.as_second(), named.first().map_or("", String::as_str))),
        scope: scope.clone(),
        time,
        source: source.to_owned(),
        name: name.to_owned(),
        data_source: match source {
            "codedeploy.amazonaws.com" => DataSource::AwsCodeDeploy,
            _ => DataSource::AwsCloudTrail,
        },
        class: change.class?,
        changes: change.properties.iter().filter_map(|p| property_change(p, event)).collect(),
        actor: actor(&event["userIdentity"]),
        named,
    })
}

/// The SDK puts the application's name into the user agent, `app/stackseer`.
fn is_own(user_agent: Option<&str>) -> bool {
    let own = format!("app/{APP_NAME}");
    user_agent.is_some_and(|agent| agent.split_whitespace().any(|word| word == own))
}

/// Request parameters by which services name what a call is about. Others may hold secrets or only sound alike, and a change
/// is kept: what users name themselves is left out with all that is in it, and so is every URL but a queue's, as others may
/// carry a key.
fn identifiers(value: &Value, depth: usize, found: &mut BTreeSet<String>) {
    const ENDINGS: &[&str] = &["Name", "Arn", "ARN", "Id", "Identifier", "Url", "Names", "Arns", "Ids"];
    const WORDS: &[&str] =
        &["id", "service", "cluster", "resource", "name", "rule", "endpoint", "autoScalingGroupName"];
    const USERS: &[&str] = &["environment", "variables", "tags", "parameters", "input", "secret", "headers", "body"];
    const LONGEST: usize = 1024;
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        if USERS.iter().any(|user| key.to_lowercase().contains(user)) && value.is_object() {
            continue;
        }
        if WORDS.contains(&key.as_str()) || ENDINGS.iter().any(|e| key.ends_with(e)) {
            let fits = |text: &&str| {
                let place = key == "queueUrl" || !text.contains("://");
                // A subscriber's endpoint may also be a telephone number or an address.
                place && (key != "endpoint" || text.starts_with("arn:")) && text.len() <= LONGEST
            };
            let texts = match value {
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().map_or_else(Vec::new, |text| vec![text]),
            };
            found.extend(texts.iter().filter(|text| fits(text)).map(|text| (*text).to_owned()));
        }
        if depth < 2 {
            identifiers(value, depth + 1, found);
        }
    }
}

fn property_change(property: &ChangedProperty, event: &Value) -> Option<PropertyChange> {
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
