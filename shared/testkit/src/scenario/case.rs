//! What is different in one case.

use super::error::{At, ScenarioError};
use crate::clock::after;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use stackseer_model::{ChangeEvent, DataSource, EventClass, PropertyChange, Resource, Timestamp, event_id};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "E: DeserializeOwned + Default")]
pub struct CaseFile<E> {
    pub story: String,
    #[serde(default)]
    pub expect: E,
    #[serde(default)]
    pub minutes: Option<u32>,
    #[serde(default)]
    pub during: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<Change>>>,
    #[serde(default)]
    pub event: Vec<EventFile>,
}

/// What a series does during the incident: the noise stays that of an ordinary series at the new level.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    factor: Option<f64>,
    #[serde(default)]
    add: Option<f64>,
    #[serde(default)]
    set: Option<f64>,
    /// Minutes after the incident's start.
    #[serde(default)]
    start: i64,
    /// As long as the incident where it isn't said.
    #[serde(default)]
    minutes: Option<u32>,
    /// Gets there evenly, at its last minute, as backlogs and leaks do.
    #[serde(default)]
    gradual: bool,
}

impl Change {
    pub fn check(&self, at: &At<'_>, span: Range<usize>) -> Result<(), ScenarioError> {
        if [self.factor, self.add, self.set].iter().flatten().count() == 1 {
            return Ok(());
        }
        Err(at.error(span, "needs one of `factor`, `add` and `set`".to_owned()))
    }
}

pub fn level(change: &Change, usual: f64, time: Timestamp, from: Timestamp, incident_minutes: u32) -> f64 {
    let lasts = change.minutes.map_or(i64::from(incident_minutes) - change.start, i64::from) * 60;
    let since = time.as_second() - from.as_second() - change.start * 60;
    if since < 0 || since >= lasts {
        return usual;
    }
    let target = change.set.unwrap_or(usual * change.factor.unwrap_or(1.0) + change.add.unwrap_or(0.0));
    let way = if change.gradual { (since + 60) as f64 / lasts as f64 } else { 1.0 };
    usual + (target - usual) * way
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFile {
    name: String,
    class: EventClass,
    pub on: Vec<Spanned<String>>,
    /// Minutes after the incident's start; before it they are negative.
    minute: i64,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    changes: Vec<PropertyChange>,
}

pub fn event(said: &EventFile, on: &[&Resource], from: Timestamp) -> ChangeEvent {
    let time = after(from, said.minute * 60);
    let service = on.first().and_then(|r| r.resource_type.split("::").nth(1)).unwrap_or("custom").to_lowercase();
    let source = format!("{service}.amazonaws.com");
    ChangeEvent {
        id: event_id(&source, &said.name, time.as_second(), on.first().map_or("", |r| r.id.as_str())),
        time,
        source,
        name: said.name.clone(),
        data_source: DataSource::AwsCloudTrail,
        class: said.class,
        resources: on.iter().map(|r| r.id.clone()).collect(),
        changes: said.changes.clone(),
        actor: said.by.clone(),
        verdict: None,
    }
}
