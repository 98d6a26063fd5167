//! Which pattern of the catalogue explains this incident, and which were looked at and ruled out.

use crate::abnormal::{Abnormal, ratio};
use crate::group::Group;
use crate::predicate::{All, During, Shown, View, ask_all};
use crate::situation::Situation;
use crate::text;
use crate::topology::Topology;
use stackseer_catalog::Pattern;
use stackseer_model::{Considered, Direction, Resource, relative};
use std::collections::BTreeMap;

/// A pattern that holds, with what its texts need.
pub struct Match<'a> {
    pub pattern: &'a Pattern,
    pub effect: Abnormal<'a>,
    pub cause: Shown<'a>,
    pub values: BTreeMap<String, String>,
}

/// What the catalogue's patterns say of an incident.
pub struct Judged<'a> {
    pub best: Option<Match<'a>>,
    /// Every other pattern whose effect is there, and why it is not the one; and what the best could not rule out.
    pub considered: Vec<Considered>,
}

/// The best pattern: highest rank, then the earliest effect.
pub fn best<'a>(situation: &'a Situation<'a>, topology: &Topology<'a>, group: &Group<'a>) -> Judged<'a> {
    let mut held: Vec<Held<'a>> = Vec::new();
    let mut considered: Vec<Considered> = Vec::new();
    for pattern in situation.catalog.patterns() {
        for effect in group.all() {
            let because = match judge(situation, topology, pattern, *effect) {
                Verdict::OtherEffect => continue,
                Verdict::Holds(found) => {
                    held.push(*found);
                    continue;
                }
                Verdict::RuledOut(because) => because,
            };
            if !considered.iter().any(|c| c.what == pattern.id) {
                considered.push(Considered { what: pattern.id.clone(), because });
            }
        }
    }
    held.sort_by(|a, b| {
        (b.pattern.rank, a.effect.start, &a.pattern.id).cmp(&(a.pattern.rank, b.effect.start, &b.pattern.id))
    });
    considered.retain(|c| !held.iter().any(|h| h.pattern.id == c.what));
    let mut held = held.into_iter();
    let Some(best) = held.next() else { return Judged { best: None, considered } };
    for other in held {
        let id = &other.pattern.id;
        if *id != best.pattern.id && !considered.iter().any(|c| &c.what == id) {
            let because = format!("it fits too, but {} explains more", best.pattern.id);
            considered.push(Considered { what: id.clone(), because });
        }
    }
    let Held { pattern, effect, resource, shown, open } = best;
    considered.extend(open.into_iter().map(|because| Considered { what: pattern.id.clone(), because }));
    Judged { best: Some(filled(situation, group, pattern, effect, resource, shown)), considered }
}

/// A pattern that holds, before its texts are asked for.
struct Held<'a> {
    pattern: &'a Pattern,
    effect: Abnormal<'a>,
    resource: &'a Resource,
    shown: Vec<Shown<'a>>,
    /// What could not be ruled out.
    open: Vec<String>,
}

enum Verdict<'a> {
    OtherEffect,
    Holds(Box<Held<'a>>),
    RuledOut(String),
}

fn judge<'a>(
    situation: &'a Situation<'a>,
    topology: &Topology<'a>,
    pattern: &'a Pattern,
    effect: Abnormal<'a>,
) -> Verdict<'a> {
    let Some(resource) = resource_of(situation, pattern, &effect) else { return Verdict::OtherEffect };
    let view = view(situation, topology, &effect);
    let shown = match ask_all(view, &pattern.when, resource) {
        All::Hold(shown) => shown,
        All::Not(why) => return Verdict::RuledOut(why),
        All::Unknown(why) => return Verdict::RuledOut(format!("it can't be told: {why}")),
    };
    let mut open = Vec::new();
    for look_alike in &pattern.not_when {
        match ask_all(view, &look_alike.when, resource) {
            All::Hold(_) => return Verdict::RuledOut(look_alike.because.clone()),
            All::Not(_) => {}
            All::Unknown(why) => open.push(format!("it can't be ruled out that {}: {why}", look_alike.because)),
        }
    }
    Verdict::Holds(Box::new(Held { pattern, effect, resource, shown, open }))
}

/// The pattern that named the insight once, with the numbers of now.
pub fn again<'a>(
    situation: &'a Situation<'a>,
    topology: &Topology<'a>,
    group: &Group<'a>,
    id: &str,
) -> Option<Match<'a>> {
    let pattern = situation.catalog.patterns().iter().find(|p| p.id == id)?;
    group.all().find_map(|effect| {
        let resource = resource_of(situation, pattern, effect)?;
        let view = View { told: true, ..view(situation, topology, effect) };
        match ask_all(view, &pattern.when, resource) {
            All::Hold(shown) => Some(filled(situation, group, pattern, *effect, resource, shown)),
            All::Not(_) | All::Unknown(_) => None,
        }
    })
}

/// Whose abnormal metric it is, where the pattern speaks of such an effect.
fn resource_of<'a>(situation: &Situation<'a>, pattern: &Pattern, effect: &Abnormal<'_>) -> Option<&'a Resource> {
    let metric = effect.metric();
    let may_be = pattern.effect.metric.contains(&metric.key.name)
        && effect.direction() == Direction::from(pattern.effect.direction);
    let resource = may_be.then(|| situation.inventory.resource(&metric.resource)).flatten()?;
    (resource.resource_type == pattern.effect.resource_type).then_some(resource)
}

/// With what the texts need. Of a metric that is abnormal in this incident, the anomaly's own numbers are told.
fn filled<'a>(
    situation: &'a Situation<'a>,
    group: &Group<'a>,
    pattern: &'a Pattern,
    effect: Abnormal<'a>,
    resource: &'a Resource,
    shown: Vec<Shown<'a>>,
) -> Match<'a> {
    let shown: Vec<Shown<'a>> = shown.into_iter().map(|shown| shown.as_in(group)).collect();
    let cause = pattern.when.iter().zip(&shown).find(|(predicate, _)| predicate.shows()).map(|(_, shown)| *shown);
    let cause = cause.unwrap_or_else(|| Shown::effect(&effect));
    let mut values = values(situation, &effect, resource);
    values.extend(values_of(situation, "cause", &cause));
    values.extend(values_of_change(situation, &effect, &cause));
    for (predicate, shown) in pattern.when.iter().zip(&shown) {
        if let Some(name) = &predicate.name {
            values.extend(values_of(situation, name, shown));
        }
    }
    Match { pattern, effect, cause, values }
}

fn view<'a, 't>(situation: &'a Situation<'a>, topology: &'t Topology<'a>, effect: &Abnormal<'a>) -> View<'a, 't> {
    View {
        catalog: situation.catalog,
        inventory: situation.inventory,
        topology,
        events: situation.events,
        usage: &[],
        now: situation.now,
        during: Some(During { start: effect.start, until: effect.end.unwrap_or(situation.now) }),
        told: false,
        failing: false,
    }
}

fn values(situation: &Situation<'_>, effect: &Abnormal<'_>, resource: &Resource) -> BTreeMap<String, String> {
    let metric = effect.metric();
    let values = [
        ("application", situation.application.name.clone()),
        ("resource", resource.name.clone()),
        ("metric", situation.label(metric)),
        ("peak", text::value(metric, effect.peak)),
        ("expected", text::value(metric, effect.expected)),
        ("ratio", text::times(ratio(effect.peak, effect.expected))),
        ("start", text::moment(effect.start, situation.now)),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a predicate shows, under the name that texts call it by.
fn values_of(situation: &Situation<'_>, name: &str, shown: &Shown<'_>) -> Vec<(String, String)> {
    let resource = situation.inventory.resource(shown.resource);
    let mut values = vec![
        (name.to_owned(), resource.map_or_else(|| shown.resource.to_string(), |r| r.name.clone())),
        (
            format!("{name}_type"),
            resource.map_or_else(String::new, |r| situation.catalog.service_label(&r.resource_type)),
        ),
    ];
    if let Some(of) = shown.metric {
        values.push((format!("{name}_metric"), situation.label(of.metric)));
        values.push((format!("{name}_peak"), text::value(of.metric, of.value)));
        values.push((format!("{name}_expected"), text::value(of.metric, of.expected)));
        values.push((format!("{name}_ratio"), text::times(ratio(of.value, of.expected))));
    }
    values
}

fn values_of_change(situation: &Situation<'_>, effect: &Abnormal<'_>, cause: &Shown<'_>) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut say = |name: &str, value: String| values.push((name.to_owned(), value));
    if let Some(limit) = cause.limit {
        say("limit", limit.said());
    }
    if let Some(event) = cause.event {
        say("change", event.name.clone());
        say("change_time", text::moment(event.time, situation.now));
        say("change_before", relative(event.time, effect.start));
        say("change_actor", event.actor.clone().unwrap_or_else(|| "an unknown principal".to_owned()));
    }
    if let Some(change) = cause.change {
        let unknown = || "unknown".to_owned();
        say("property", change.property.replace('_', " "));
        say("change_from", change.from.clone().unwrap_or_else(unknown));
        say("change_to", change.to.clone().unwrap_or_else(unknown));
    }
    values
}
