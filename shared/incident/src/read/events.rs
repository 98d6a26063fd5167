//! `events.jsonl`: what was changed.

use super::json::objects;
use super::resources::Resources;
use super::{Text, timestamp};
use crate::{IncidentError, Problem};
use serde_json::Value;
use stackseer_model::{ChangeEvent, PropertyChange, event_id, without_version};
use std::collections::HashMap;

pub fn read(text: &Text, resources: &Resources) -> Result<Vec<ChangeEvent>, IncidentError> {
    let mut events: Vec<ChangeEvent> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for object in objects(text) {
        let mut object = object?;
        let time = match object.required("time")? {
            Value::String(text) => timestamp(&text),
            other => timestamp(&other.to_string()),
        };
        let time = time.map_err(|problem| object.error("time", problem))?;
        let source: String = object.required("source")?;
        // As CloudTrail writes it or without its version: the same event.
        let name = without_version(&object.required::<String>("name")?).to_owned();
        let class = object.required("class")?;
        let named: Vec<String> = object.required("resources")?;
        let touched: Result<Vec<_>, Problem> = named.iter().map(|name| resources.named(name)).collect();
        let touched = touched.map_err(|problem| object.error("resources", problem))?;
        let id = object.optional("id")?.unwrap_or_else(|| {
            event_id(&source, &name, time.as_second(), touched.first().map_or("", |resource| resource.as_str()))
        });
        let data_source = object.optional("data_source")?.unwrap_or_default();
        let changes = object.optional::<Vec<PropertyChange>>("changes")?.unwrap_or_default();
        let actor = object.optional("actor")?;
        if let Some(first_line) = lines.insert(id.clone(), object.line) {
            return Err(object.error("id", Problem::Repeated { first_line }));
        }
        events.push(ChangeEvent {
            id,
            time,
            source,
            name,
            data_source,
            class,
            resources: touched,
            changes,
            actor,
            verdict: None,
        });
        object.finish()?;
    }
    events.sort_by_key(|event| event.time);
    Ok(events)
}
