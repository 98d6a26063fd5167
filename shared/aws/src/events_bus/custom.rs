//! A change that users post themselves, from their CI or a script.

use super::{BadEvent, envelope};
use serde_json::{Map, Value};
use stackseer_model::{EventClass, PropertyChange, RegionChange};

const KEYS: &[&str] = &["name", "resources", "class", "actor", "changes", "description"];
const CHANGE_KEYS: &[&str] = &["property", "from", "to"];
const LONGEST_TEXT: usize = 200;
const LONGEST_RESOURCE: usize = 1024;
const MOST_RESOURCES: usize = 100;
const MOST_CHANGES: usize = 20;

pub(super) fn change(event: &Value) -> Result<RegionChange, BadEvent> {
    let detail = Fields::of(&event["detail"], "detail", KEYS)?;
    let name = detail.required("name")?;
    Ok(RegionChange {
        // People read the name; what they were told with it goes along.
        name: match detail.optional("description")? {
            Some(description) => format!("{name}: {description}"),
            None => name,
        },
        class: class(&detail)?,
        actor: detail.optional("actor")?,
        changes: changes(&detail)?,
        named: resources(&detail)?,
        ..envelope(event)?
    })
}

fn class(detail: &Fields) -> Result<EventClass, BadEvent> {
    let Some(value) = detail.map.get("class") else { return Ok(EventClass::Deployment) };
    serde_json::from_value(value.clone()).map_err(|_| {
        let allowed = "INFRASTRUCTURE, DEPLOYMENT, SECURITY_CHANGE, CONFIG_CHANGE or SCHEMA_CHANGE";
        BadEvent::new("detail.class", format!("is {value}"), allowed)
    })
}

fn resources<C: FromIterator<String>>(detail: &Fields) -> Result<C, BadEvent> {
    let bad = |wrong: &str| {
        BadEvent::new("detail.resources", wrong, format!("1 to {MOST_RESOURCES} names or ARNs of resources or stacks"))
    };
    let items = detail.map.get("resources").ok_or_else(|| bad("is missing"))?;
    let items = items.as_array().ok_or_else(|| bad("is no list"))?;
    if items.is_empty() || items.len() > MOST_RESOURCES {
        return Err(bad(&format!("has {} entries", items.len())));
    }
    let named = |item: &Value| {
        let text = item.as_str().map(str::trim).filter(|text| !text.is_empty() && text.len() <= LONGEST_RESOURCE);
        text.map(str::to_owned).ok_or_else(|| bad("has an entry that is no name"))
    };
    items.iter().map(named).collect()
}

fn changes(detail: &Fields) -> Result<Vec<PropertyChange>, BadEvent> {
    let Some(items) = detail.map.get("changes") else { return Ok(vec![]) };
    let allowed = || format!("up to {MOST_CHANGES} of {{property, from, to}}");
    let items = items.as_array().ok_or_else(|| BadEvent::new("detail.changes", "is no list", allowed()))?;
    if items.len() > MOST_CHANGES {
        return Err(BadEvent::new("detail.changes", format!("has {} entries", items.len()), allowed()));
    }
    let change = |(index, item): (usize, &Value)| {
        let fields = Fields::of(item, &format!("detail.changes[{index}]"), CHANGE_KEYS)?;
        Ok(PropertyChange {
            property: fields.required("property")?,
            from: fields.optional("from")?,
            to: fields.optional("to")?,
        })
    };
    items.iter().enumerate().map(change).collect()
}

/// An object with nothing in it that nobody would read.
struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, path: &str, keys: &[&str]) -> Result<Self, BadEvent> {
        let allowed = || keys.join(", ");
        let map = value.as_object().ok_or_else(|| BadEvent::new(path, "is no object", allowed()))?;
        match map.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(BadEvent::new(&format!("{path}.{key}"), "is not known", allowed())),
            None => Ok(Self { path: path.to_owned(), map }),
        }
    }

    fn optional(&self, key: &str) -> Result<Option<String>, BadEvent> {
        let text = match self.map.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(bool)) => bool.to_string(),
            Some(_) => return Err(self.bad(key, "is no text")),
        };
        match text.chars().count() {
            0 => Err(self.bad(key, "is empty")),
            1..=LONGEST_TEXT => Ok(Some(text)),
            length => Err(self.bad(key, &format!("has {length} characters"))),
        }
    }

    fn required(&self, key: &str) -> Result<String, BadEvent> {
        self.optional(key)?.ok_or_else(|| self.bad(key, "is missing"))
    }

    fn bad(&self, key: &str, wrong: &str) -> BadEvent {
        BadEvent::new(&format!("{}.{key}", self.path), wrong, format!("text of 1 to {LONGEST_TEXT} characters"))
    }
}
