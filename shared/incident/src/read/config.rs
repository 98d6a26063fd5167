//! `config.jsonl`: what is known of a resource beside its metrics.

use super::Text;
use super::json::objects;
use super::resources::Resources;
use crate::{IncidentError, Problem};
use serde_json::{Map, Value};
use stackseer_model::{Attribute, Resource, ResourceId};
use std::collections::HashMap;

pub fn read(text: &Text, resources: &mut Resources) -> Result<(), IncidentError> {
    let mut lines: HashMap<ResourceId, u64> = HashMap::new();
    for object in objects(text) {
        let mut object = object?;
        let name: String = object.required("resource")?;
        let resource_type: String = object.required("resource_type")?;
        for (field, value) in [("resource", &name), ("resource_type", &resource_type)] {
            if value.trim().is_empty() {
                return Err(object.error(field, Problem::Empty));
            }
        }
        let mut resource = Resource::new(&resource_type, &name);
        if let Some(id) = object.optional::<String>("id")? {
            resource.id = ResourceId(id);
        }
        resource.arn = object.optional("arn")?;
        resource.stack = object.optional("stack")?;
        for (attribute, value) in object.optional::<Map<String, Value>>("attributes")?.unwrap_or_default() {
            let value = match value {
                Value::String(text) => Attribute::Known(text),
                Value::Number(number) => Attribute::Known(number.to_string()),
                Value::Bool(yes) => Attribute::Known(yes.to_string()),
                Value::Null => Attribute::Unset,
                Value::Object(why) if why.len() == 1 && why.get("unknown").is_some_and(Value::is_string) => {
                    Attribute::Unknown(why["unknown"].as_str().unwrap_or_default().to_owned())
                }
                _ => {
                    let message =
                        "is neither text, number, true or false, null (not set) nor {\"unknown\": \"why\"}".to_owned();
                    return Err(object.error(&format!("attributes.{attribute}"), Problem::Syntax { message }));
                }
            };
            resource.attributes.insert(attribute, value);
        }
        let (id, line) = (resource.id.clone(), object.line);
        if !resources.declare(resource) {
            let first_line = lines.get(&id).copied().unwrap_or_default();
            return Err(object.error("resource", Problem::Repeated { first_line }));
        }
        object.finish()?;
        lines.insert(id, line);
    }
    Ok(())
}
