//! Configuration that the template tells, in the catalogue's names.

use super::edges::Stack;
use serde_json::Value;
use stackseer_catalog::{AttributeSpec, Catalog, Notation, PartProperty};
use stackseer_model::{Inventory, Resource};

/// Adds to the stack's resource `logical` what its template knows about it.
pub(crate) fn add(stack: &Stack<'_, '_>, logical: &str, resource: &mut Resource) {
    let Some(declared) = stack.scope.template.resources.get(logical) else { return };
    let Some(kind) = stack.lookup.catalog.resource_type(&resource.resource_type) else { return };
    let properties = stack.scope.resolve(&declared.properties);
    for attribute in &kind.attributes {
        let of_part = || stack.of_part(resource, attribute.of_part.as_ref()?);
        if let Some(value) = told(stack, &properties, attribute).or_else(of_part) {
            if attribute.is_name {
                resource.name.clone_from(&value);
            }
            resource.attributes.insert(attribute.name.clone(), value);
        } else if let Some(default) = &attribute.default {
            resource.attributes.entry(attribute.name.clone()).or_insert_with(|| default.clone());
        }
    }
}

fn told(stack: &Stack<'_, '_>, properties: &Value, attribute: &AttributeSpec) -> Option<String> {
    let value = attribute.property.iter().find_map(|pointer| properties.pointer(pointer))?;
    let text = match attribute.form {
        Notation::Presence => return Some("true".to_owned()),
        Notation::Text => stack.scope.text(value)?,
        Notation::Name => stack.scope.text(value)?.rsplit([':', '/']).next()?.to_owned(),
    };
    Some(attribute.worded(&text))
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
    let mut told: Vec<(usize, String, String)> = Vec::new();
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
        inventory.resources[index].attributes.insert(attribute, value);
    }
}
