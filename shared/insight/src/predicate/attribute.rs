//! A resource's configuration.

use super::compare::{Limits, is_beyond, not_known};
use super::{Answer, Limit, Shown, ShownAttribute, View};
use stackseer_catalog::{AttributeIs, Bound};
use stackseer_model::{Attribute, Resource};

pub fn ask<'a>(view: View<'a, '_>, name: &'a str, is: &'a AttributeIs, resource: &'a Resource) -> Answer<'a> {
    let value = match resource.attributes.get(name) {
        None => return Answer::Unknown(not_known(resource, name, None)),
        Some(Attribute::Unknown(why)) => return Answer::Unknown(not_known(resource, name, Some(why))),
        Some(value) => value,
    };
    let attribute = ShownAttribute { name, value };
    let shown = Shown { attribute: Some(attribute), ..Shown::of(&resource.id) };
    let holds = match is {
        AttributeIs::Known => value.known().is_some(),
        AttributeIs::OneOf(values) => value.known().is_some_and(|value| values.iter().any(|v| v == value)),
        AttributeIs::Unset => *value == Attribute::Unset,
        AttributeIs::By(bound) => return by(view, bound, resource, shown),
    };
    // A number may be a limit that texts speak of.
    let limit = value.known().and_then(|value| Limit::quantity(name, value));
    let limit = limit.map(|quantity| Limit { quantity, of: resource });
    if holds { Answer::Holds(Shown { limit, ..shown }) } else { Answer::Not(said(resource, attribute)) }
}

fn by<'a>(view: View<'a, '_>, bound: &'a Bound, resource: &'a Resource, shown: Shown<'a>) -> Answer<'a> {
    let Some(attribute) = shown.attribute else { return Answer::Not(String::new()) };
    let Some(value) = attribute.value.known() else { return Answer::Not(said(resource, attribute)) };
    let Some(value) = Limit::quantity(attribute.name, value) else {
        return Answer::Unknown(not_known(resource, attribute.name, Some("it is no number")));
    };
    let limits = Limits::of(view, bound, resource);
    match (limits.decisive, limits.unknown) {
        (Some(limit), _) if is_beyond(bound, value.value, limit.quantity.value) => {
            Answer::Holds(Shown { limit: Some(limit), ..shown })
        }
        (_, Some(unknown)) => Answer::Unknown(unknown),
        (Some(limit), None) => Answer::Not(format!("{} against {}", said(resource, attribute), limit.said())),
        (None, None) => Answer::Not(format!("{}, and nothing sets a limit to it", said(resource, attribute))),
    }
}

fn said(resource: &Resource, attribute: ShownAttribute<'_>) -> String {
    format!("{} of {} is {}", attribute.name.replace('_', " "), resource.name, attribute.said())
}
