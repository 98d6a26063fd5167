//! Events from EventBridge → changes of the Region: deployments, API calls where a trail brings them, and what users post
//! themselves.

mod custom;
#[cfg(test)]
mod tests;

use crate::cloudtrail::{Hints, region_change};
use serde_json::Value;
use stackseer_model::{DataSource, EventClass, RegionChange, Scope, Timestamp};
use std::collections::BTreeSet;

const CUSTOM: &str = "stackseer.change";
const STACK: &str = "CloudFormation Stack Status Change";
const DEPLOYMENT: &str = "CodeDeploy Deployment State-change Notification";
const API_CALL: &str = "AWS API Call via CloudTrail";

/// What is wrong with an event. It is the same when it comes again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {wrong}; allowed: {allowed}")]
pub struct BadEvent {
    pub field: String,
    pub wrong: String,
    pub allowed: String,
}

impl BadEvent {
    fn new(field: &str, wrong: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { field: field.to_owned(), wrong: wrong.into(), allowed: allowed.into() }
    }
}

/// The change that an EventBridge event tells of; `None` if it is none worth keeping.
pub fn change_on_bus(event: &Value) -> Result<Option<RegionChange>, BadEvent> {
    let source = text(event, "/source")?;
    let kind = text(event, "/detail-type")?;
    // Only AWS can send with such a source.
    match (source.strip_prefix("aws."), kind) {
        (Some(_), API_CALL) => Ok(region_change(&scope(event)?, &event["detail"], Hints::default())),
        (Some("cloudformation"), STACK) => stack(event),
        (Some("codedeploy"), DEPLOYMENT) => deployment(event),
        (None, CUSTOM) => custom::change(event).map(Some),
        (None, _) => Err(BadEvent::new("detail-type", format!("is `{kind}`"), CUSTOM)),
        (Some(_), _) => {
            let known = [API_CALL, STACK, DEPLOYMENT].map(|k| format!("`{k}`")).join(", ");
            Err(BadEvent::new("detail-type", format!("is `{kind}` of `{source}`"), known))
        }
    }
}

fn text<'a>(event: &'a Value, pointer: &str) -> Result<&'a str, BadEvent> {
    let text = event.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| BadEvent::new(&pointer[1..].replace("/", "."), "is missing or no text", "text"))
}

/// EventBridge says of each event where it is from, also of one that another account sent on.
fn scope(event: &Value) -> Result<Scope, BadEvent> {
    Ok(Scope::new(text(event, "/account")?, text(event, "/region")?))
}

/// What every event has, as a deployment.
fn envelope(event: &Value) -> Result<RegionChange, BadEvent> {
    let time = text(event, "/time")?;
    let time: Timestamp =
        time.parse().map_err(|_| BadEvent::new("time", format!("is `{time}`"), "such as 2026-11-25T03:04:05Z"))?;
    Ok(RegionChange {
        id: text(event, "/id")?.to_owned(),
        scope: scope(event)?,
        time,
        source: text(event, "/source")?.to_owned(),
        name: String::new(),
        data_source: DataSource::Custom,
        class: EventClass::Deployment,
        changes: vec![],
        actor: None,
        named: BTreeSet::new(),
    })
}

fn stack(event: &Value) -> Result<Option<RegionChange>, BadEvent> {
    let id = text(event, "/detail/stack-id")?;
    let status = text(event, "/detail/status-details/status")?;
    let begins = status.ends_with("_IN_PROGRESS") && !status.contains("CLEANUP") && !status.starts_with("REVIEW");
    if !begins && !status.ends_with("_COMPLETE") && !status.ends_with("_FAILED") {
        return Ok(None);
    }
    let name = id.split_once(":stack/").and_then(|(_, rest)| rest.split('/').next()).unwrap_or(id);
    Ok(Some(RegionChange {
        source: "cloudformation.amazonaws.com".to_owned(),
        name: status.to_owned(),
        data_source: DataSource::AwsCloudTrail,
        named: [id.to_owned(), name.to_owned()].into(),
        ..envelope(event)?
    }))
}

fn deployment(event: &Value) -> Result<Option<RegionChange>, BadEvent> {
    let state = text(event, "/detail/state")?;
    if !["START", "SUCCESS", "FAILURE", "STOP"].contains(&state) {
        return Ok(None);
    }
    let mut named = BTreeSet::from([text(event, "/detail/application")?.to_owned()]);
    named.extend(text(event, "/detail/deploymentGroup").map(str::to_owned));
    let resources = event["resources"].as_array().into_iter().flatten();
    named.extend(resources.filter_map(|r| r.as_str().map(str::to_owned)));
    Ok(Some(RegionChange {
        source: "codedeploy.amazonaws.com".to_owned(),
        name: format!("DEPLOYMENT_{state}"),
        data_source: DataSource::AwsCodeDeploy,
        named,
        ..envelope(event)?
    }))
}
