//! A resource's configuration.

use super::compare::{Compared, Limits, Quantity, is_beyond, not_known};
use super::{Answer, Limit, Shown, ShownAttribute, ShownEnd, View};
use stackseer_catalog::{AttributeIs, Bound, Ends, date};
use stackseer_model::{Attribute, Resource};
use std::collections::BTreeSet;

const DAY: i64 = 24 * 3600;

pub fn ask<'a>(view: View<'a, '_>, name: &'a str, is: &'a AttributeIs, compared: Compared<'a>) -> Answer<'a> {
    let resource = compared.resource;
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
        AttributeIs::By(bound) => return by(view, bound, compared, shown),
        AttributeIs::Fewer(than) => return fewer(*than, resource, shown, attribute),
        AttributeIs::Ends(ends) => return of_ends(view, ends, resource, shown, attribute),
    };
    // A number may be a limit that texts speak of.
    let limit = value.known().and_then(|value| Limit::quantity(name, value));
    let limit = limit.map(|quantity| Limit { quantity, of: resource });
    if holds { Answer::Holds(Shown { limit, ..shown }) } else { Answer::Not(said(resource, attribute)) }
}

fn by<'a>(view: View<'a, '_>, bound: &'a Bound, compared: Compared<'a>, shown: Shown<'a>) -> Answer<'a> {
    let resource = compared.resource;
    let Some(attribute) = shown.attribute else { return Answer::Not(String::new()) };
    let Some(value) = attribute.value.known() else { return Answer::Not(said(resource, attribute)) };
    let Some(value) = Limit::quantity(attribute.name, value) else {
        return Answer::Unknown(not_known(resource, attribute.name, Some("it is no number")));
    };
    let limits = Limits::of(view, bound, compared, |number| Quantity::of_attribute(attribute.name, number));
    match (limits.decisive, limits.unknown) {
        (Some(limit), _) if is_beyond(bound, value.value, limit.quantity.value) => {
            Answer::Holds(Shown { limit: Some(limit), ..shown })
        }
        (_, Some(unknown)) => Answer::Unknown(unknown),
        (Some(limit), None) => Answer::Not(format!("{} against {}", said(resource, attribute), limit.said())),
        (None, None) => Answer::Not(format!("{}, and nothing sets a limit to it", said(resource, attribute))),
    }
}

/// Of a list such as `a, b, c`. What is not set is none.
fn fewer<'a>(than: u32, resource: &'a Resource, shown: Shown<'a>, attribute: ShownAttribute<'a>) -> Answer<'a> {
    let Some(list) = attribute.value.known() else { return Answer::Not(said(resource, attribute)) };
    let elements = list.split(',').map(str::trim).filter(|element| !element.is_empty());
    let count = elements.collect::<BTreeSet<_>>().len();
    if count >= than as usize {
        return Answer::Not(said(resource, attribute));
    }
    let limit = Limit { quantity: Quantity::number(f64::from(than)), of: resource };
    Answer::Holds(Shown { count: Some(count), limit: Some(limit), ..shown })
}

/// A value that no row speaks of may end any day.
fn of_ends<'a>(
    view: View<'a, '_>,
    ends: &'a Ends,
    resource: &'a Resource,
    shown: Shown<'a>,
    attribute: ShownAttribute<'a>,
) -> Answer<'a> {
    let Some(value) = attribute.value.known() else { return Answer::Not(said(resource, attribute)) };
    let row = match &ends.table {
        Some(id) => match view.catalog.table(id).and_then(|table| table.row(value)) {
            Some(row) => Some(row),
            None => return Answer::Unknown(format!("when {value} ends is not known")),
        },
        None => None,
    };
    let Some(at) = row.map(|row| row.ends).or_else(|| date(value)) else {
        return Answer::Unknown(not_known(resource, attribute.name, Some("it is no date")));
    };
    if at.as_second() - view.now.as_second() > i64::from(ends.within_days) * DAY {
        return Answer::Not(format!("{} ends on {}", said(resource, attribute), stackseer_model::time::day(at)));
    }
    Answer::Holds(Shown { ends: Some(ShownEnd { at, row }), ..shown })
}

fn said(resource: &Resource, attribute: ShownAttribute<'_>) -> String {
    format!("{} of {} is {}", attribute.name.replace('_', " "), resource.name, attribute.said())
}
