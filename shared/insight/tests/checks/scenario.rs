//! `tests/checks/<id>.toml`: what is there, and in which of its cases the check fires, passes or does not know.

use serde::Deserialize;
use stackseer_catalog::{Catalog, Service};
use stackseer_insight::{Usage, Use};
use stackseer_model::{Attribute, Edge, EdgeKind, Inventory, Metric, Resource, Severity, Timestamp, Unseen};
use std::collections::BTreeMap;

pub const DAYS: usize = 13;
pub const HOURS: usize = 72;

type ByResource<T> = BTreeMap<String, BTreeMap<String, T>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(default = "noon")]
    pub now: Timestamp,
    #[serde(default)]
    edges: Vec<String>,
    resources: BTreeMap<String, Given>,
    /// What is ordinary, before what a case says.
    #[serde(default)]
    days: ByResource<Spans>,
    #[serde(default)]
    hours: ByResource<Spans>,
    pub fires: Case,
    /// Fires too, otherwise.
    #[serde(default)]
    also_fires: Vec<Case>,
    pub passes: Case,
    pub unknown: Case,
    #[serde(default)]
    pub look_alike: Vec<Case>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(rename = "type")]
    resource_type: String,
    #[serde(default)]
    arn: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

/// What differs in one case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub story: String,
    #[serde(default)]
    edges: Option<Vec<String>>,
    /// Resources that are not there.
    #[serde(default)]
    without: Vec<String>,
    /// IAM actions that were denied.
    #[serde(default)]
    denied: Vec<String>,
    #[serde(default)]
    attributes: ByResource<Value>,
    #[serde(default)]
    days: ByResource<Spans>,
    #[serde(default)]
    hours: ByResource<Spans>,
    #[serde(default)]
    pub expect: Expect,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Those that fail; the first of the check's type where nothing is said.
    #[serde(default)]
    pub resources: Vec<String>,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Unknown: part of why.
    #[serde(default)]
    pub because: Option<String>,
}

/// An attribute: a string or number; `{ unset = true }`; `{ unknown = "why" }`; `{ absent = true }`, nobody looked.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    State(State),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum State {
    Unset(bool),
    Absent(bool),
    Unknown(String),
}

/// Days or hours: one number for all; a list of the last; or `{ each = 4, last = [20, 20] }`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Spans {
    Each(f64),
    Last(Vec<Span>),
    Both { each: f64, last: Vec<Span> },
    One { each: Span },
}

/// A number is all its points (of a `Sum`: a second), or say which: `{ peak = 20, mean = 4, p95 = 9, lowest = 0 }`, `{ total = 3 }`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Span {
    Even(f64),
    Of(Of),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    peak: Option<f64>,
    mean: Option<f64>,
    p95: Option<f64>,
    lowest: Option<f64>,
    total: Option<f64>,
}

fn noon() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().expect("a time")
}

/// What a check is asked with.
pub struct World {
    pub inventory: Inventory,
    pub usage: Vec<Usage>,
}

impl Scenario {
    pub fn all_that_fire(&self) -> impl Iterator<Item = &Case> {
        [&self.fires].into_iter().chain(&self.also_fires)
    }

    pub fn world(&self, catalog: &Catalog, case: &Case) -> Result<World, String> {
        let mut inventory = Inventory::default();
        for (name, given) in self.resources.iter().filter(|(name, _)| !case.without.contains(name)) {
            inventory.resources.push(resource(name, given, case.attributes.get(name)));
        }
        if let Some(name) = case.attributes.keys().find(|name| !self.resources.contains_key(*name)) {
            return Err(format!("there is no resource {name}"));
        }
        for edge in case.edges.as_ref().unwrap_or(&self.edges) {
            inventory.edges.extend(read_edge(edge, &inventory)?);
        }
        let denied = |action: &String| Unseen {
            what: "what it tells".to_owned(),
            action: Some(action.clone()),
            reason: "access denied".to_owned(),
        };
        inventory.unseen = case.denied.iter().map(denied).collect();
        let mut usage = Usages { catalog, inventory: &inventory, now: self.now, known: vec![] };
        for (days, hours) in [(&self.days, &self.hours), (&case.days, &case.hours)] {
            usage.take(days, 86_400, DAYS)?;
            usage.take(hours, 3_600, HOURS)?;
        }
        let usage = usage.known;
        Ok(World { inventory, usage })
    }
}

fn resource(name: &str, given: &Given, differs: Option<&BTreeMap<String, Value>>) -> Resource {
    let mut resource = Resource::new(&given.resource_type, name);
    resource.arn.clone_from(&given.arn);
    for (attribute, value) in given.attributes.iter().chain(differs.into_iter().flatten()) {
        match value {
            Value::Text(text) => resource.set(attribute, text.as_str()),
            Value::Whole(number) => resource.set(attribute, number.to_string()),
            Value::Number(number) => resource.set(attribute, number.to_string()),
            Value::State(State::Unset(true)) => resource.set(attribute, Attribute::Unset),
            Value::State(State::Unset(false) | State::Absent(false)) => {}
            Value::State(State::Unknown(why)) => resource.set(attribute, Attribute::Unknown(why.clone())),
            Value::State(State::Absent(true)) => _ = resource.attributes.remove(attribute),
        }
    }
    resource
}

/// `a -> b`: a calls b and waits; `a ~> b`: a feeds b; `a -- b`: one of them is a part between two. None: one of them is not
/// there in this case.
fn read_edge(edge: &str, inventory: &Inventory) -> Result<Option<Edge>, String> {
    let kinds = [(" -> ", EdgeKind::Sync), (" ~> ", EdgeKind::Async), (" -- ", EdgeKind::Part)];
    let said = kinds.iter().find_map(|(arrow, kind)| edge.split_once(arrow).map(|(from, to)| (from, to, *kind)));
    let (from, to, kind) =
        said.ok_or_else(|| format!("an edge is \"a -> b\", \"a ~> b\" or \"a -- b\", not {edge:?}"))?;
    let id = |name: &str| inventory.resources.iter().find(|r| r.name == name).map(|r| r.id.clone());
    Ok(id(from).zip(id(to)).map(|(from, to)| Edge { from, to, kind }))
}

struct Usages<'a> {
    catalog: &'a Catalog,
    inventory: &'a Inventory,
    now: Timestamp,
    known: Vec<Usage>,
}

impl Usages<'_> {
    fn take(&mut self, given: &ByResource<Spans>, length: i64, all: usize) -> Result<(), String> {
        for (name, metrics) in given {
            let Some(resource) = self.inventory.resources.iter().find(|r| r.name == *name) else { continue };
            for (named, spans) in metrics {
                let metric = find(self.catalog, resource, named)?;
                let uses = spans.uses(&metric, self.now, length, all);
                let at = self.known.iter().position(|u| u.metric.key == metric.key).unwrap_or_else(|| {
                    self.known.push(Usage { metric, days: vec![], hours: vec![] });
                    self.known.len() - 1
                });
                let of = if length == 3_600 { &mut self.known[at].hours } else { &mut self.known[at].days };
                *of = uses;
            }
        }
        Ok(())
    }
}

impl Spans {
    fn uses(&self, metric: &Metric, now: Timestamp, length: i64, all: usize) -> Vec<Use> {
        let spans: Vec<Span> = match self {
            Self::Each(value) => vec![Span::Even(*value); all],
            Self::One { each } => vec![*each; all],
            Self::Last(last) => last.clone(),
            Self::Both { each, last } => {
                let before = std::iter::repeat_n(Span::Even(*each), all.saturating_sub(last.len()));
                before.chain(last.iter().copied()).collect()
            }
        };
        let start = |i: usize| now.as_second() - (spans.len() - i) as i64 * length;
        let one = |(i, span): (usize, &Span)| {
            let start = Timestamp::from_second(start(i)).expect("a time");
            span.of(metric, start, length)
        };
        spans.iter().enumerate().map(one).collect()
    }
}

impl Span {
    fn of(self, metric: &Metric, start: Timestamp, length: i64) -> Use {
        let points = (length / i64::from(metric.period.max(1))).max(1) as u32;
        // So often an even value makes up a total.
        let times = if metric.key.statistic == "Sum" { length as f64 } else { f64::from(points) };
        let Of { peak, mean, p95, lowest, total } = match self {
            Self::Even(value) => Of { peak: Some(value), mean: Some(value), p95: None, lowest: None, total: None },
            Self::Of(of) => of,
        };
        let mean = mean.or(total.map(|total| total / times)).or(peak).unwrap_or(0.0);
        let peak = peak.unwrap_or(mean);
        Use {
            start,
            mean,
            peak,
            p95: p95.unwrap_or(peak),
            lowest: lowest.unwrap_or(mean),
            total: total.unwrap_or(mean * times),
            points,
        }
    }
}

/// `"Duration p90"`, with the dimensions that the catalogue leaves open: `"ConsumedReadCapacityUnits Sum IndexName=by-date"`.
fn find(catalog: &Catalog, resource: &Resource, named: &str) -> Result<Metric, String> {
    let mut words = named.split(' ');
    let (name, statistic) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let open = open_dimensions(words);
    let sets = |namespace: &str, metric: &str| {
        let files = catalog.services().iter().filter(|s| s.namespace == namespace);
        files
            .filter(|s| s.metrics.iter().any(|m| m.name == metric))
            .filter_map(|s| dimensions(s, resource, &open))
            .collect()
    };
    let (metrics, _) = catalog.metrics_of(resource, sets);
    let mut fit = metrics.into_iter().filter(|m| m.key.name == name && m.key.statistic == statistic);
    let found = fit.find(|m| open.iter().all(|(d, v)| m.key.dimensions.get(d).is_some_and(|value| value == v)));
    found.ok_or_else(|| format!("{named} is no metric of {} {}", resource.resource_type, resource.name))
}

/// `Name=value`; a name may have spaces: `Broker ID=1`.
fn open_dimensions<'t>(words: impl Iterator<Item = &'t str>) -> BTreeMap<String, String> {
    let mut open = BTreeMap::new();
    let mut before = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => {
                before.push(name);
                open.insert(before.join(" "), value.to_owned());
                before.clear();
            }
            None => before.push(word),
        }
    }
    open
}

fn dimensions(
    service: &Service,
    resource: &Resource,
    open: &BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let one = |(dimension, template): (&String, &String)| {
        let value = match template.as_str() {
            "{name}" => resource.name.clone(),
            template if template.starts_with('{') => {
                let attribute = template.trim_matches(['{', '}']);
                resource.known(attribute.trim_end_matches('?')).map(str::to_owned)?
            }
            "*" => open.get(dimension)?.clone(),
            template => template.to_owned(),
        };
        Some((dimension.clone(), value))
    };
    service.dimensions.iter().map(one).collect()
}
