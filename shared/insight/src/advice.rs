//! What to do when no pattern knows better, and where to look: by the type of the resource and the role of what is wrong, from
//! `catalog/advice`.

use crate::abnormal::{Abnormal, ratio};
use crate::group::Group;
use crate::situation::Situation;
use crate::{cause, findings, text};
use stackseer_catalog::fill;
use stackseer_model::*;
use std::collections::BTreeMap;

const MOST_EVENTS: usize = 10;

pub fn by_role(situation: &Situation<'_>, effect: &Abnormal<'_>, cause: Option<&Cause>) -> Recommendation {
    let metric = effect.metric();
    let at = cause.map_or(&metric.resource, |c| &c.resource.id);
    let looked = if effect.silent { silence(situation, at, effect) } else { look(situation, at, effect) };
    let reason = match effect.silent {
        true => format!("{}.", findings::summary(situation, effect)),
        false => {
            let times = text::times(ratio(effect.peak, effect.expected));
            format!("{} ({times}).", findings::summary(situation, effect))
        }
    };
    let Some((cause, change)) = cause.and_then(|c| Some((c, c.changes.last()?))) else {
        return Recommendation { reason, ..looked };
    };
    let name = &cause.resource.name;
    let (name, description) = match is_rollback(change) {
        // Nobody rolls back a roll-back.
        true => (
            format!("See what was rolled back on {name} and why"),
            format!(
                "{} was itself a roll-back: what it went back to meets something that has changed since.",
                change.name
            ),
        ),
        false => (
            format!("Look at {} on {name} first, and roll it back if in doubt", change.name),
            "It came just before the onset. Rolling it back is the quickest way to know.".to_owned(),
        ),
    };
    Recommendation { name, description, reason, ..looked }
}

fn is_rollback(change: &Change) -> bool {
    change.name.to_lowercase().contains("rollback")
}

/// Where nothing comes there is nothing to look at but what should have come.
fn silence(situation: &Situation<'_>, at: &ResourceId, effect: &Abnormal<'_>) -> Recommendation {
    let named = situation.inventory.named(at);
    let since = text::moment(effect.start, situation.now);
    Recommendation {
        name: match effect.has_stopped() {
            true => format!("Find what should reach {}, and why nothing has since {since}", named.name),
            false => format!("Find what should reach {}, and why so little has since {since}", named.name),
        },
        description: "Its caller, schedule or event source may be switched off or broken, or the way to it: its name, \
                      certificate, network or permissions."
            .to_owned(),
        ..look(situation, at, effect)
    }
}

/// What to look at on a resource, with the place in the console and the command that shows it, as far as all they name is known.
pub fn look(situation: &Situation<'_>, at: &ResourceId, effect: &Abnormal<'_>) -> Recommendation {
    let metric = effect.metric();
    let resource = situation.inventory.resource(at);
    let resource_type = resource.map_or("", |r| r.resource_type.as_str());
    let looks = situation.catalog.look(resource_type, metric.role);
    let named = situation.inventory.named(at);
    let mut values: BTreeMap<&str, String> = BTreeMap::from([
        ("resource", named.name),
        ("metric", situation.label(metric)),
        ("region", situation.application.region.clone()),
        ("start", text::moment(effect.start, situation.now)),
        ("start_time", effect.start.to_string()),
        ("now", situation.now.to_string()),
    ]);
    if let Some(resource) = resource {
        values.extend(resource.arn.clone().map(|arn| ("arn", arn)));
        values.extend(resource.attributes.iter().filter_map(|(k, v)| Some((k.as_str(), v.known()?.to_owned()))));
    }
    let said = |template: &str| Some(fill(template, &values)).filter(|text| !text.contains('{')).unwrap_or_default();
    // A command is copied into a shell: names that mean something there are left out of it.
    let safe = |(name, value): (&&str, &String)| !looks.command.contains(&format!("{{{name}}}")) || is_plain(value);
    let command = if values.iter().all(safe) { said(&looks.command) } else { String::new() };
    Recommendation {
        name: said(&looks.name),
        description: said(&looks.description),
        reason: String::new(),
        link: looks.link.clone(),
        place: said(&looks.place),
        command,
        related_events: vec![],
        related_anomalies: vec![],
    }
}

fn is_plain(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/+@".contains(c))
}

/// Fills in what a recommendation rests on.
pub fn relate(
    situation: &Situation<'_>,
    group: &Group<'_>,
    recommendation: Recommendation,
    effect: &Abnormal<'_>,
) -> Recommendation {
    let inventory = situation.inventory;
    let metric = effect.metric();
    let on_incident = |e: &&ChangeEvent| {
        cause::near(e, group.start()) && group.all().any(|a| e.resources.contains(&a.metric().resource))
    };
    let event = |event: &ChangeEvent| RelatedEvent {
        name: event.name.clone(),
        resources: event.resources.iter().map(|id| inventory.named(id)).collect(),
    };
    let related = RelatedMetric { namespace: metric.key.namespace.clone(), name: metric.key.name.clone() };
    Recommendation {
        related_events: situation.events.iter().filter(on_incident).take(MOST_EVENTS).map(event).collect(),
        related_anomalies: vec![RelatedAnomaly { resource: inventory.named(&metric.resource), metric: Some(related) }],
        ..recommendation
    }
}
