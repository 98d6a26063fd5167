//! Does a pattern of the catalogue hold for this incident?

use crate::abnormal::{Abnormal, means, ratio, time};
use crate::cause;
use crate::group::Group;
use crate::situation::{Observed, Situation};
use crate::text;
use crate::topology::Topology;
use stackseer_catalog::{Condition, DirectionWord, Pattern, State};
use stackseer_model::{ChangeEvent, Direction, Metric, PropertyChange, Resource, ResourceId, Timestamp};
use std::collections::BTreeMap;

/// A metric's own anomaly may precede the effect's by this much and still belong to it.
const LEAD_SECONDS: i64 = 30 * 60;

/// A pattern that holds, with what its texts need.
pub struct Match<'a> {
    pub pattern: &'a Pattern,
    pub effect: Abnormal<'a>,
    pub cause: Evidence<'a>,
    pub values: BTreeMap<&'static str, String>,
}

/// What makes a condition true.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    pub resource: &'a ResourceId,
    pub metric: Option<MetricEvidence<'a>>,
    pub event: Option<&'a ChangeEvent>,
    pub change: Option<&'a PropertyChange>,
    limit: Option<Limit<'a>>,
}

#[derive(Clone, Copy)]
struct Limit<'a> {
    attribute: &'a str,
    value: f64,
}

impl Limit<'_> {
    /// In the metric's own unit, where the attribute's name says which it is in.
    fn in_unit_of(self, metric: &Metric) -> f64 {
        let seconds = match metric.unit.as_str() {
            _ if !self.attribute.ends_with("_seconds") => 1.0,
            "Milliseconds" => 1e3,
            "Microseconds" => 1e6,
            _ => 1.0,
        };
        self.value * seconds
    }

    fn said(self) -> String {
        if self.attribute.ends_with("_seconds") { text::duration(self.value * 1e3) } else { text::number(self.value) }
    }
}

impl Evidence<'_> {
    /// In numbers, as a cause's reason.
    pub fn said(&self, onset: Timestamp) -> String {
        if let Some(event) = self.event {
            return cause::describe(event, onset);
        }
        match (self.metric, self.limit) {
            (Some(shown), Some(limit)) => {
                let metric = &shown.observed.metric;
                format!("{} {} of {}", metric.key.name, text::value(metric, shown.value), limit.said())
            }
            (Some(shown), None) => {
                let metric = &shown.observed.metric;
                format!(
                    "{} {} against {} expected ({})",
                    metric.key.name,
                    text::value(metric, shown.value),
                    text::value(metric, shown.expected),
                    text::times(ratio(shown.value, shown.expected)),
                )
            }
            (None, Some(limit)) => format!("{} is {}", limit.attribute, limit.said()),
            (None, None) => "its configuration".to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
pub struct MetricEvidence<'a> {
    pub observed: &'a Observed,
    pub value: f64,
    pub expected: f64,
    pub ratio: f64,
}

/// The best pattern: highest rank, then the earliest effect.
pub fn best<'a>(situation: &'a Situation<'a>, topology: &Topology<'a>, group: &Group<'a>) -> Option<Match<'a>> {
    let mut matches: Vec<Match<'a>> = situation
        .catalog
        .patterns()
        .iter()
        .flat_map(|pattern| {
            group.all().filter_map(|effect| holds(situation, topology, pattern, *effect)).collect::<Vec<_>>()
        })
        .collect();
    matches.sort_by(|a, b| {
        (b.pattern.rank, a.effect.start, &a.pattern.id).cmp(&(a.pattern.rank, b.effect.start, &b.pattern.id))
    });
    matches.into_iter().next()
}

fn holds<'a>(
    situation: &'a Situation<'a>,
    topology: &Topology<'a>,
    pattern: &'a Pattern,
    effect: Abnormal<'a>,
) -> Option<Match<'a>> {
    let metric = effect.metric();
    let resource = situation.inventory.resource(&metric.resource)?;
    let named = pattern.effect.metric.contains(&metric.key.name)
        && resource.resource_type == pattern.effect.resource_type
        && effect.direction() == Direction::from(pattern.effect.direction);
    if !named {
        return None;
    }
    let check = |condition: &'a Condition| evidence(situation, topology, condition, &effect);
    let cause = check(pattern.when.first()?)?;
    if !pattern.when.iter().skip(1).all(|condition| check(condition).is_some()) {
        return None;
    }
    if pattern.not_when.iter().any(|look_alike| look_alike.when.iter().all(|condition| check(condition).is_some())) {
        return None;
    }
    let values = values(situation, &effect, resource, &cause);
    Some(Match { pattern, effect, cause, values })
}

fn evidence<'a>(
    situation: &'a Situation<'a>,
    topology: &Topology<'a>,
    condition: &'a Condition,
    effect: &Abnormal<'a>,
) -> Option<Evidence<'a>> {
    let places = topology.at(condition.at, &effect.metric().resource);
    let resources: Vec<&Resource> = places
        .into_iter()
        .filter_map(|id| situation.inventory.resource(id))
        .filter(|r| condition.resource_type.as_ref().is_none_or(|wanted| wanted == &r.resource_type))
        .collect();
    if condition.is == Some(State::Normal) && resources.iter().any(|r| !all_normal(situation, condition, effect, r)) {
        return None;
    }
    let found: Vec<Evidence<'a>> =
        resources.into_iter().filter_map(|r| at_resource(situation, condition, effect, r)).collect();
    // The largest departure speaks for the condition.
    found.into_iter().max_by(|a, b| {
        let size = |e: &Evidence<'_>| e.metric.map_or(0.0, |m| if m.ratio.is_finite() { m.ratio } else { f64::MAX });
        size(a).total_cmp(&size(b)).then_with(|| b.resource.cmp(a.resource))
    })
}

fn at_resource<'a>(
    situation: &'a Situation<'a>,
    condition: &'a Condition,
    effect: &Abnormal<'a>,
    resource: &'a Resource,
) -> Option<Evidence<'a>> {
    let nothing = Evidence { resource: &resource.id, metric: None, event: None, change: None, limit: None };
    if let Some(state) = condition.is {
        let limit = condition
            .limit
            .as_ref()
            .and_then(|attribute| Some(Limit { attribute, value: resource.number(attribute)? }));
        // What people feel speaks before what only explains: the 90th percentile before the longest single run.
        let metric = meant(situation, condition, resource)
            .filter_map(|o| metric_state(situation, condition, state, limit, effect, o))
            .max_by(|a, b| {
                let opens = |m: &MetricEvidence<'_>| m.observed.metric.opens;
                opens(a).cmp(&opens(b)).then(a.ratio.total_cmp(&b.ratio))
            })?;
        return Some(Evidence { metric: Some(metric), limit, ..nothing });
    }
    if let Some(attribute) = &condition.attribute {
        let value = resource.known(attribute)?;
        return (condition.values.is_empty() || condition.values.iter().any(|v| v == value))
            .then_some(Evidence { limit: value.parse().ok().map(|value| Limit { attribute, value }), ..nothing });
    }
    situation.events.iter().filter(|e| e.resources.contains(&resource.id)).find_map(|event| {
        let change = change_matches(condition, event, effect.start)?;
        Some(Evidence { event: Some(event), change, ..nothing })
    })
}

/// The metrics of the resource that a condition speaks of.
fn meant<'a>(
    situation: &'a Situation<'a>,
    condition: &'a Condition,
    resource: &'a Resource,
) -> impl Iterator<Item = &'a Observed> {
    situation
        .observed
        .iter()
        .filter(|o| o.metric.resource == resource.id)
        .filter(|o| condition.metric.contains(&o.metric.key.name) || condition.role.contains(&o.metric.role))
        .filter(|o| condition.statistic.as_ref().is_none_or(|statistic| statistic == &o.metric.key.statistic))
}

/// One function that is called as ever doesn't make its siblings so, and what could not be read is not known to be normal. A
/// metric without points in the span says nothing.
fn all_normal<'a>(
    situation: &'a Situation<'a>,
    condition: &'a Condition,
    effect: &Abnormal<'a>,
    resource: &'a Resource,
) -> bool {
    let until = effect.end.unwrap_or(situation.now);
    meant(situation, condition, resource).all(|o| {
        let silent = o.detection().is_some() && means(o, effect.start, until).is_none();
        silent || metric_state(situation, condition, State::Normal, None, effect, o).is_some()
    })
}

fn metric_state<'a>(
    situation: &Situation<'a>,
    condition: &Condition,
    state: State,
    limit: Option<Limit<'_>>,
    effect: &Abnormal<'a>,
    observed: &'a Observed,
) -> Option<MetricEvidence<'a>> {
    let until = effect.end.unwrap_or(situation.now);
    let lead = Timestamp::from_second(effect.start.as_second() - LEAD_SECONDS).unwrap_or(effect.start);
    let over = means(observed, effect.start, until)?;
    let span =
        |direction: stackseer_detect::Direction| {
            observed.detection()?.spans.iter().find(|s| {
                s.direction == direction && time(s.start) <= until && s.end.is_none_or(|end| time(end) >= lead)
            })
        };
    let ratio = ratio(over.observed, over.expected);
    let plain = MetricEvidence { observed, value: over.peak, expected: over.expected, ratio };
    let of_span = |s: &stackseer_detect::Span| MetricEvidence { observed, value: s.peak, expected: s.expected, ratio };
    let above = |least: f64| ratio >= least && over.observed - over.expected >= observed.metric.least;
    let below = |least: f64| ratio <= 1.0 / least && over.expected - over.observed >= observed.metric.least;
    match state {
        State::High => match (span(stackseer_detect::Direction::Up), condition.ratio) {
            (_, Some(least)) if above(least) => Some(plain),
            (Some(s), None) => Some(of_span(s)),
            _ => None,
        },
        State::Low => match (span(stackseer_detect::Direction::Down), condition.ratio) {
            (_, Some(least)) if below(least) => Some(plain),
            (Some(s), None) => Some(of_span(s)),
            _ => None,
        },
        State::Normal => {
            let abnormal = match condition.ratio {
                Some(least) => above(least) || below(least),
                None => {
                    span(stackseer_detect::Direction::Up).is_some() || span(stackseer_detect::Direction::Down).is_some()
                }
            };
            (observed.is_warm() && !abnormal).then_some(plain)
        }
        State::Near => {
            (over.peak >= limit?.in_unit_of(&observed.metric) * condition.share.unwrap_or(0.9)).then_some(plain)
        }
    }
}

/// `Some(None)`: the event fits and nothing was asked of a property.
fn change_matches<'e>(
    condition: &Condition,
    event: &'e ChangeEvent,
    onset: Timestamp,
) -> Option<Option<&'e PropertyChange>> {
    let minutes = (onset.as_second() - event.time.as_second()) as f64 / 60.0;
    let within = f64::from(condition.within_minutes.unwrap_or(cause::BEFORE_MINUTES as u32));
    let named = condition.change.contains(&event.name) || condition.class.contains(&event.class);
    if !named || minutes > within || minutes < -(cause::AFTER_MINUTES as f64) {
        return None;
    }
    let Some(property) = &condition.property else { return Some(None) };
    let change = event.changes.iter().find(|c| &c.property == property)?;
    let Some(moved) = condition.moved else { return Some(Some(change)) };
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
    let (from, to) = (number(&change.from)?, number(&change.to)?);
    let went = match moved {
        DirectionWord::Up => to > from,
        DirectionWord::Down => to < from,
    };
    went.then_some(Some(change))
}

fn values(
    situation: &Situation<'_>,
    effect: &Abnormal<'_>,
    resource: &Resource,
    cause: &Evidence<'_>,
) -> BTreeMap<&'static str, String> {
    let metric = effect.metric();
    let mut values = BTreeMap::from([
        ("application", situation.application.name.clone()),
        ("resource", resource.name.clone()),
        ("metric", situation.catalog.label_of(metric)),
        ("peak", text::value(metric, effect.span.peak)),
        ("expected", text::value(metric, effect.span.expected)),
        ("ratio", text::times(ratio(effect.span.peak, effect.span.expected))),
        ("start", text::clock(effect.start)),
    ]);
    let named = situation.inventory.resource(cause.resource);
    values.insert("cause", named.map_or_else(|| cause.resource.to_string(), |r| r.name.clone()));
    values.insert("cause_type", named.map_or_else(String::new, |r| situation.catalog.service_label(&r.resource_type)));
    if let Some(evidence) = cause.metric {
        let metric = &evidence.observed.metric;
        values.insert("cause_metric", situation.catalog.label_of(metric));
        values.insert("cause_peak", text::value(metric, evidence.value));
        values.insert("cause_expected", text::value(metric, evidence.expected));
        values.insert("cause_ratio", text::times(ratio(evidence.value, evidence.expected)));
    }
    if let Some(limit) = cause.limit {
        values.insert("limit", limit.said());
    }
    if let Some(event) = cause.event {
        values.insert("change", event.name.clone());
        values.insert("change_time", text::clock(event.time));
        values.insert("change_before", text::before(event.time, effect.start));
        values.insert("change_actor", event.actor.clone().unwrap_or_else(|| "an unknown principal".to_owned()));
    }
    if let Some(change) = cause.change {
        let unknown = || "unknown".to_owned();
        values.insert("property", change.property.replace('_', " "));
        values.insert("change_from", change.from.clone().unwrap_or_else(unknown));
        values.insert("change_to", change.to.clone().unwrap_or_else(unknown));
    }
    values
}
