//! A change just before the effect.

use super::{Answer, Shown, View};
use crate::cause;
use stackseer_catalog::{ChangeTest, DirectionWord};
use stackseer_model::{ChangeEvent, PropertyChange, Resource, Timestamp};

pub fn ask<'a>(view: View<'a, '_>, test: &'a ChangeTest, resource: &'a Resource) -> Answer<'a> {
    let Some(during) = view.during else { return Answer::Unknown("no time was asked about".to_owned()) };
    let found = view.events.iter().filter(|e| e.resources.contains(&resource.id)).find_map(|event| {
        let change = fits(test, event, during.start)?;
        Some(Shown { event: Some(event), change, ..Shown::of(&resource.id) })
    });
    found.map_or_else(|| Answer::Not(none_found(test, resource)), Answer::Holds)
}

/// `Some(None)`: the event fits and nothing was asked of a property.
fn fits<'e>(test: &ChangeTest, event: &'e ChangeEvent, onset: Timestamp) -> Option<Option<&'e PropertyChange>> {
    let minutes = (onset.as_second() - event.time.as_second()) as f64 / 60.0;
    let named = test.change.contains(&event.name) || test.class.contains(&event.class);
    if !named || minutes > f64::from(within(test)) || minutes < -(cause::AFTER_MINUTES as f64) {
        return None;
    }
    let Some(property) = &test.property else { return Some(None) };
    let change = event.changes.iter().find(|c| &c.property == property)?;
    let Some(moved) = test.moved else { return Some(Some(change)) };
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
    let (from, to) = (number(&change.from)?, number(&change.to)?);
    let went = match moved {
        DirectionWord::Up => to > from,
        DirectionWord::Down => to < from,
    };
    went.then_some(Some(change))
}

fn within(test: &ChangeTest) -> u32 {
    test.within_minutes.unwrap_or(cause::BEFORE_MINUTES as u32)
}

fn none_found(test: &ChangeTest, resource: &Resource) -> String {
    let what = match (&test.property, test.moved) {
        (Some(property), Some(DirectionWord::Up)) => format!(" that raised {}", property.replace('_', " ")),
        (Some(property), Some(DirectionWord::Down)) => format!(" that lowered {}", property.replace('_', " ")),
        (Some(property), None) => format!(" of {}", property.replace('_', " ")),
        (None, _) => String::new(),
    };
    format!("no such change{what} on {} within {} min before", resource.name, within(test))
}
