//! Configuration that the template tells, in the catalogue's names.

use super::edges::Stack;
use super::intrinsics::Scope;
use super::lookup::Lookup;
use serde_json::Value;
use stackseer_catalog::{AttributeSpec, Catalog, Notation, PartProperty};
use stackseer_model::{Attribute, CHECK_TAG, Inventory, Resource};

/// Adds to the stack's resource `logical` what its template knows about it.
pub(crate) fn add(stack: &Stack<'_, '_>, logical: &str, resource: &mut Resource) {
    let Some(declared) = stack.scope.template.resources.get(logical) else { return };
    let Some(kind) = stack.lookup.catalog.resource_type(&resource.resource_type) else { return };
    let properties = stack.scope.resolve(&declared.properties);
    add_tags(stack, &properties, resource);
    for attribute in &kind.attributes {
        let of_part = || stack.of_part(resource, attribute.of_part.as_ref()?).map(Attribute::Known);
        let told = told(stack, &properties, attribute).or_else(of_part);
        if let (true, Some(Attribute::Known(name))) = (attribute.is_name, &told) {
            resource.name.clone_from(name);
        }
        match told {
            Some(told) => resource.set(&attribute.name, told),
            // What the id says stands; of the rest the template would have told.
            None if resource.attributes.contains_key(&attribute.name) => {}
            None => {
                let default = attribute.default.as_deref().map(Attribute::from);
                let unset = (!attribute.property.is_empty()).then_some(Attribute::Unset);
                default.or(unset).into_iter().for_each(|value| resource.set(&attribute.name, value));
            }
        }
    }
}

/// What its tags set of checks. Tags are a list of `Key` and `Value`, or a map.
fn add_tags(stack: &Stack<'_, '_>, properties: &Value, resource: &mut Resource) {
    let listed = properties["Tags"].as_array().into_iter().flatten();
    let listed = listed.filter_map(|tag| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].clone())));
    let mapped = properties["Tags"].as_object().into_iter().flatten();
    let mapped = mapped.map(|(key, value)| (key.clone(), value.clone()));
    for (key, value) in listed.chain(mapped).filter(|(key, _)| key.starts_with(CHECK_TAG)) {
        resource.attributes.extend(stack.scope.text(&value).map(|text| (key, Attribute::Known(text))));
    }
}

/// `None`: not set.
fn told(stack: &Stack<'_, '_>, properties: &Value, attribute: &AttributeSpec) -> Option<Attribute> {
    let value = attribute.property.iter().find_map(|pointer| at(properties, pointer))?;
    let text = match (attribute.form, stack.scope.text(&value)) {
        (Notation::Presence, _) => return Some("true".into()),
        (_, None) => return Some(Attribute::Unknown(format!("the template's {} can't be resolved", said(&value)))),
        (Notation::Text, Some(text)) => text,
        (Notation::Name, Some(text)) => text.rsplit([':', '/']).next().unwrap_or_default().to_owned(),
    };
    Some(attribute.worded(&text).into())
}

/// What a pointer leads to: the intrinsic function on its way that can't be resolved, too. JSON within text is looked into.
fn at(properties: &Value, pointer: &str) -> Option<Value> {
    let mut value = properties.clone();
    for key in pointer.split('/').skip(1) {
        if let Value::String(text) = &value {
            value = serde_json::from_str(text).ok()?;
        }
        if intrinsic(&value).is_some() {
            return Some(value);
        }
        value = match value {
            Value::Object(mut map) => map.remove(key)?,
            Value::Array(mut items) => {
                key.parse().ok().filter(|i: &usize| *i < items.len()).map(|i| items.swap_remove(i))?
            }
            _ => return None,
        };
    }
    Some(value)
}

fn intrinsic(value: &Value) -> Option<&str> {
    let name = value.as_object().filter(|map| map.len() == 1)?.keys().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some(name)
}

/// `Fn::ImportValue shop-limit`
fn said(value: &Value) -> String {
    match (intrinsic(value), value) {
        (Some(name), Value::Object(map)) => match &map[name] {
            Value::String(argument) => format!("{name} {argument}"),
            _ => name.to_owned(),
        },
        _ => "value".to_owned(),
    }
}

impl Stack<'_, '_> {
    /// What the only part of a type says of its whole: with several stages, metrics of one aren't the API's.
    fn of_part(&self, whole: &Resource, asked: &PartProperty) -> Option<String> {
        let part_of = self.lookup.catalog.resource_type(&asked.cfn)?.part_of.as_ref()?;
        let resources = self.scope.template.resources.values().filter(|declared| declared.cfn == asked.cfn);
        let mut parts = resources.filter(|part| self.named(part.properties.pointer(part_of)).contains(&whole.id));
        let part = parts.next().filter(|_| parts.next().is_none())?;
        self.scope.text(part.properties.pointer(&asked.property)?)
    }
}

/// What a caller says of those it calls: a target group publishes its metrics under its load balancer's name and namespace.
pub(crate) fn of_callers(catalog: &Catalog, inventory: &mut Inventory) {
    let mut told: Vec<(usize, String, Attribute)> = Vec::new();
    for (index, resource) in inventory.resources.iter().enumerate() {
        let attributes = catalog.resource_type(&resource.resource_type).map(|kind| kind.attributes.as_slice());
        for (attribute, cfn) in attributes.unwrap_or_default().iter().filter_map(|a| Some((a, a.of_caller.as_ref()?))) {
            let callers = inventory.edges.iter().filter(|e| e.to == resource.id);
            let mut callers = callers.filter_map(|e| inventory.resource(&e.from));
            let says = |caller: &Resource| {
                (caller.resource_type == *cfn).then(|| caller.attributes.get(&attribute.name).cloned())?
            };
            told.extend(callers.find_map(says).map(|value| (index, attribute.name.clone(), value)));
        }
    }
    for (index, attribute, value) in told {
        inventory.resources[index].set(&attribute, value);
    }
}

/// The same of callers that aren't of the application, as far as their ARN tells: a listener of another team's load
/// balancer forwards to the target group.
pub(crate) fn of_foreign_callers(scopes: &[Scope<'_>], lookup: &Lookup, inventory: &mut Inventory) {
    let catalog = &lookup.catalog;
    for (text, called) in scopes.iter().flat_map(|scope| Stack { scope, lookup }.parts_of_others()) {
        let arn = load_balancer_of(&text).unwrap_or(text);
        let Some(caller) = catalog.resource_of_arn(&arn) else { continue };
        for resource in inventory.resources.iter_mut().filter(|r| called.contains(&r.id)) {
            let attributes = catalog.resource_type(&resource.resource_type).map(|kind| kind.attributes.as_slice());
            for attribute in attributes.unwrap_or_default() {
                let is_asked = attribute.of_caller.as_ref() == Some(&caller.resource_type);
                if let Some(value) = caller.attributes.get(&attribute.name).filter(|_| is_asked) {
                    resource.attributes.entry(attribute.name.clone()).or_insert_with(|| value.clone());
                }
            }
        }
    }
}

/// `…:listener/app/name/id/listener-id` → `…:loadbalancer/app/name/id`
fn load_balancer_of(listener: &str) -> Option<String> {
    let (before, path) = listener.split_once(":listener/")?;
    Some(format!("{before}:loadbalancer/{}", path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")))
}
