//! Asks one predicate of the catalogue: it holds, with what shows it; it does not; or it is not known, which is neither.

mod attribute;
mod change;
mod compare;
mod forecast;
mod metric;
mod over;
mod shown;
mod usage;

pub use compare::Limit;
pub use over::said as said_of_use;
pub use shown::{Crossing, Shown, ShownAttribute, ShownEnd, ShownMetric, ShownOver};
pub use usage::{Since, Usage, Use};

use crate::topology::Topology;
use compare::Compared;
use stackseer_catalog::{Catalog, MetricIs, Place, Predicate, Test};
use stackseer_model::{ChangeEvent, Inventory, Resource, Timestamp};
use std::cmp::Ordering;

/// What there is to look at.
#[derive(Clone, Copy)]
pub struct View<'a, 't> {
    pub catalog: &'a Catalog,
    pub inventory: &'a Inventory,
    pub topology: &'t Topology<'a>,
    pub events: &'a [ChangeEvent],
    pub usage: &'a [Usage],
    pub now: Timestamp,
    /// The effect's time; none: nothing has happened.
    pub during: Option<During>,
    /// What has been told already is shown with the numbers of now, whether or not its threshold still holds.
    pub told: bool,
    /// It is known to fail: it is over only a tenth of the threshold away from it, and not where it may fail again tomorrow.
    pub failing: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct During {
    pub start: Timestamp,
    pub until: Timestamp,
}

#[expect(clippy::large_enum_variant, reason = "it is asked and answered, never kept")]
pub enum Answer<'a> {
    Holds(Shown<'a>),
    /// And why not, in words.
    Not(String),
    Unknown(String),
}

/// Of several predicates, all of which must hold: what shows each, or the first that does not, or else the first that is
/// not known.
pub enum All<'a> {
    Hold(Vec<Shown<'a>>),
    Not(String),
    Unknown(String),
}

/// `of`: the resource that the places are seen from.
pub fn ask_all<'a>(view: View<'a, '_>, predicates: &'a [Predicate], of: &'a Resource) -> All<'a> {
    let mut shown = Vec::new();
    let mut unknown = None;
    for predicate in predicates {
        match ask(view, predicate, of) {
            Answer::Holds(evidence) => shown.push(evidence),
            Answer::Not(why) => return All::Not(why),
            Answer::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    unknown.map_or(All::Hold(shown), All::Unknown)
}

pub fn ask<'a>(view: View<'a, '_>, predicate: &'a Predicate, of: &'a Resource) -> Answer<'a> {
    let resources = at(view, predicate.at, predicate.resource_type.as_deref(), of);
    if resources.is_empty() {
        return nothing_there(view, predicate, of);
    }
    let answers = resources.into_iter().filter_map(|resource| match &predicate.test {
        Test::Metric(which, is) => metric::ask(view, predicate, which, is, Compared { resource, itself: of }),
        Test::Attribute(name, is) => Some(attribute::ask(view, name, is, Compared { resource, itself: of })),
        Test::Change(change) => Some(change::ask(view, change, resource)),
        Test::Present => Some(Answer::Holds(Shown::of(&resource.id))),
    });
    let every = matches!(predicate.test, Test::Metric(_, MetricIs::Normal(_)));
    let larger = |a: &Shown<'_>, b: &Shown<'_>| a.size().total_cmp(&b.size()).then_with(|| b.resource.cmp(a.resource));
    together(answers, every, larger)
        .unwrap_or_else(|| Answer::Not(format!("{} has no such metric", place(predicate.at, of))))
}

/// Any that holds is enough, and the largest speaks for them; with `every`, all must. None: nobody had anything to say.
fn together<'a>(
    answers: impl Iterator<Item = Answer<'a>>,
    every: bool,
    larger: impl Fn(&Shown<'a>, &Shown<'a>) -> Ordering,
) -> Option<Answer<'a>> {
    let (mut held, mut not, mut unknown): (Vec<Shown<'a>>, _, _) = (vec![], None, None);
    for answer in answers {
        match answer {
            Answer::Holds(shown) => held.push(shown),
            Answer::Not(why) => not = not.or(Some(why)),
            Answer::Unknown(why) => unknown = unknown.or(Some(why)),
        }
    }
    let held = held.into_iter().max_by(larger).map(Answer::Holds);
    let (not, unknown) = (not.map(Answer::Not), unknown.map(Answer::Unknown));
    if every { not.or(unknown).or(held) } else { held.or(unknown).or(not) }
}

/// The resources that a place means, seen from `of`. Parts between two are there only for who asks for their type.
fn at<'a>(view: View<'a, '_>, place: Place, resource_type: Option<&str>, of: &'a Resource) -> Vec<&'a Resource> {
    let parts = view.topology.parts_at(place, &of.id).into_iter();
    let found = view.topology.at(place, &of.id).into_iter().chain(parts).filter_map(|id| view.inventory.resource(id));
    let is_meant = |resource: &&Resource| match resource_type {
        Some(wanted) => wanted == resource.resource_type,
        None => resource.id == of.id || !view.catalog.is_ignored(&resource.resource_type),
    };
    found.filter(is_meant).collect()
}

/// That nothing is there is only known when no call failed that might have told of it.
fn nothing_there<'a>(view: View<'a, '_>, predicate: &Predicate, of: &Resource) -> Answer<'a> {
    let what = predicate.resource_type.as_deref().unwrap_or("resource");
    let said = format!("no {what} is known where {} is looked for", place(predicate.at, of));
    let denied = view.inventory.unseen.iter().any(|unseen| unseen.action.is_some());
    let incomplete = view.inventory.is_partial || view.inventory.is_changing || denied;
    if incomplete { Answer::Unknown(format!("{said}, and not everything could be read")) } else { Answer::Not(said) }
}

fn place(place: Place, of: &Resource) -> String {
    let name = &of.name;
    match place {
        Place::Itself => name.clone(),
        Place::Downstream => format!("what {name} waits for"),
        Place::Upstream => format!("what leads to {name}"),
        Place::Producer => format!("what writes to {name}"),
        Place::Consumer => format!("what reads from {name}"),
        Place::Loop => format!("what goes round with {name}"),
        Place::Outside => format!("what leads to {name} from outside its loop"),
        Place::Application => "the application".to_owned(),
    }
}
