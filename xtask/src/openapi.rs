//! `openapi.json`: Stackseer's own operations, for whoever calls them from elsewhere.

use crate::model::{Model, Operation, Place, Shape};
use anyhow::Result;
use serde_json::{Map, Value, json};

pub fn write(model: &Model) -> Result<String> {
    let own = || model.operations.iter().filter(|(_, operation)| operation.own.is_some());
    let mut paths: Map<String, Value> = Map::new();
    for (name, operation) in own() {
        let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        path[operation.method.to_ascii_lowercase()] = described(model, name, operation);
    }
    let outputs = own().flat_map(|(_, o)| [vec![o.output.clone()], o.errors.clone()].concat());
    let bodies = own().flat_map(|(_, o)| body(model, o));
    let reached = model.reached(outputs.chain(bodies.map(|(_, member)| member.shape.clone())));
    let is_named = |name: &&String| matches!(model.shape(name), Shape::Structure(_) | Shape::Enum(_));
    let schemas: Map<String, Value> =
        reached.iter().filter(is_named).map(|name| (name.clone(), schema(model, name))).collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Stackseer",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "What Stackseer offers beside the 31 operations of the DevOps Guru API, which are as that API's \
                            model says. Times are seconds since 1970. What went wrong is named in the header \
                            `x-amzn-errortype`.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&document)?))
}

fn body<'a>(model: &'a Model, operation: &Operation) -> Vec<(&'a String, &'a crate::model::Member)> {
    let members = &model.structure(&operation.input).members;
    members.iter().filter(|(_, member)| member.place == Place::Body).collect()
}

fn described(model: &Model, name: &str, operation: &Operation) -> Value {
    let mut parameters = Vec::new();
    for (name, member) in &model.structure(&operation.input).members {
        let place = match member.place {
            Place::Uri => "path",
            Place::Query => "query",
            Place::Body | Place::Header => continue,
        };
        let schema = reference(model, &member.shape);
        parameters.push(json!({"name": name, "in": place, "required": member.required, "schema": schema}));
    }
    let content = |schema: Value| json!({"application/json": {"schema": schema}});
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({"description": "Done.", "content": content(reference(model, &operation.output))}),
    );
    for error in &operation.errors {
        let status = model.structure(error).status.unwrap_or(500).to_string();
        responses.insert(status, json!({"description": error, "content": content(reference(model, error))}));
    }
    let mut described = json!({
        "operationId": name,
        "summary": operation.own,
        "parameters": parameters,
        "responses": responses,
    });
    let members = body(model, operation);
    if !members.is_empty() {
        described["requestBody"] = json!({"required": true, "content": content(object(model, &members))});
    }
    described
}

fn object(model: &Model, members: &[(&String, &crate::model::Member)]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|(name, member)| ((*name).clone(), reference(model, &member.shape))).collect();
    let required: Vec<&String> = members.iter().filter(|(_, m)| m.required).map(|(name, _)| *name).collect();
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn reference(model: &Model, name: &str) -> Value {
    match model.shape(name) {
        Shape::Structure(_) | Shape::Enum(_) => json!({"$ref": format!("#/components/schemas/{name}")}),
        _ => schema(model, name),
    }
}

fn schema(model: &Model, name: &str) -> Value {
    let mut schema = match model.shape(name) {
        Shape::Structure(structure) => object(model, &structure.members.iter().collect::<Vec<_>>()),
        Shape::Enum(values) => json!({"type": "string", "enum": values}),
        Shape::List { min, max, of, sparse } => {
            let mut items = reference(model, of);
            if *sparse {
                items = json!({"anyOf": [items, {"type": "null"}]});
            }
            json!({"type": "array", "items": items, "minItems": min, "maxItems": max})
        }
        Shape::Map { of } => json!({"type": "object", "additionalProperties": reference(model, of)}),
        Shape::Text { min, max, pattern } => {
            json!({"type": "string", "minLength": min, "maxLength": max, "pattern": pattern})
        }
        Shape::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Shape::Double => json!({"type": "number"}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Time => json!({"type": "number", "description": "seconds since 1970"}),
    };
    schema.as_object_mut().expect("a schema is an object").retain(|_, value| !value.is_null());
    schema
}
