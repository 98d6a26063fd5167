//! A small incident written down by hand: `tests/patterns/*.toml`.
//!
//! What is there and what is ordinary stands once in a file; each of its cases says only what is different in it. What a case
//! expects is the reader's own: nothing here knows what is looked for. docs/adding-patterns.md describes the format.

mod case;
mod error;
mod metric_name;
mod ordinary;

pub use error::ScenarioError;
pub use ordinary::OrdinaryByType;

use crate::clock::{after, time};
use case::{CaseFile, event, level};
use error::{At, parse};
use metric_name::MetricName;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use stackseer_incident::{Incident, Range, Recorded};
use stackseer_model::{Application, Boundary, Edge, EdgeKind, Inventory, Resource, Timestamp};
use std::collections::BTreeMap;
use std::hash::Hasher;
use toml::{Spanned, Value};

/// A Monday, so that the history holds a whole week and the watched day has one like it.
const MONDAY: &str = "2026-01-05T12:00:00Z";
const PERIOD: u32 = 60;
const TICK_MINUTES: u32 = 5;
const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";

/// The incident that is looked for, and those it could be taken for.
#[derive(Debug, Clone)]
pub struct Scenario<E> {
    pub fires: Case<E>,
    pub look_alikes: Vec<Case<E>>,
}

#[derive(Debug, Clone)]
pub struct Case<E> {
    /// What happens, in a sentence.
    pub story: String,
    pub expect: E,
    /// When it happens; the incident's own ranges are wider.
    pub from: Timestamp,
    pub to: Timestamp,
    pub incident: Incident,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "E: DeserializeOwned + Default")]
struct File<E> {
    #[serde(default = "shop")]
    application: String,
    #[serde(default = "one")]
    seed: u64,
    #[serde(default = "eight_days")]
    history_days: u32,
    /// Ordinary minutes that are watched before the incident.
    #[serde(default = "an_hour")]
    before_minutes: u32,
    /// How long the incident goes on, where a case doesn't say.
    #[serde(default = "three_quarters")]
    minutes: u32,
    #[serde(default = "an_hour")]
    after_minutes: u32,
    resources: BTreeMap<Spanned<String>, ResourceFile>,
    /// `a -> b`: a calls b and waits; `a ~> b`: a feeds b and does not.
    #[serde(default)]
    edges: Vec<Spanned<String>>,
    #[serde(default)]
    ordinary: BTreeMap<Spanned<String>, ordinary::Series>,
    fires: CaseFile<E>,
    look_alike: Vec<CaseFile<E>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceFile {
    #[serde(rename = "type")]
    resource_type: String,
    #[serde(default)]
    arn: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<Spanned<String>, Value>,
}

fn shop() -> String {
    "shop".to_owned()
}

fn one() -> u64 {
    1
}

fn eight_days() -> u32 {
    8
}

fn an_hour() -> u32 {
    60
}

fn three_quarters() -> u32 {
    45
}

impl<E: DeserializeOwned + Default> Scenario<E> {
    /// `file` names the text in errors. `usual` is what is ordinary where the scenario says nothing.
    pub fn read(file: &str, text: &str, usual: &OrdinaryByType) -> Result<Self, ScenarioError> {
        let parsed: File<E> = parse(file, text)?;
        World::new(At { file, text }, parsed, usual)?.cases()
    }
}

/// What all cases share.
struct World<'t, E> {
    at: At<'t>,
    file: File<E>,
    inventory: Inventory,
    /// By resource, as the inventory lists them.
    series: Vec<Vec<(MetricName, crate::series::Ordinary)>>,
}

impl<'t, E> World<'t, E> {
    fn new(at: At<'t>, file: File<E>, usual: &OrdinaryByType) -> Result<Self, ScenarioError> {
        let resources: Vec<Resource> =
            file.resources.iter().map(|(name, said)| resource(&at, name, said)).collect::<Result<_, _>>()?;
        let mut inventory = Inventory { resources, ..Inventory::default() };
        inventory.edges = file.edges.iter().map(|said| edge(&at, &inventory, said)).collect::<Result<_, _>>()?;
        let mut series: Vec<_> = inventory.resources.iter().map(|r| usual.of(&r.resource_type)).collect();
        for (name, given) in &file.ordinary {
            ordinary::merge(&at, &mut series[position(&at, &inventory, name)?], given)?;
        }
        Ok(Self { at, file, inventory, series })
    }

    fn cases(mut self) -> Result<Scenario<E>, ScenarioError>
    where
        E: Default,
    {
        let expects: Vec<E> = self.file.look_alike.iter_mut().map(|case| std::mem::take(&mut case.expect)).collect();
        let look_alikes = self.file.look_alike.iter().zip(expects).map(|(case, expect)| self.case(case, expect));
        let look_alikes = look_alikes.collect::<Result<_, _>>()?;
        let expect = std::mem::take(&mut self.file.fires.expect);
        Ok(Scenario { fires: self.case(&self.file.fires, expect)?, look_alikes })
    }

    fn case(&self, case: &CaseFile<E>, expect: E) -> Result<Case<E>, ScenarioError> {
        let learn = time(MONDAY);
        let watch = after(learn, i64::from(self.file.history_days) * 86_400);
        let from = after(watch, minutes(self.file.before_minutes));
        let lasts = case.minutes.unwrap_or(self.file.minutes);
        let to = after(from, minutes(lasts));
        let end = after(to, minutes(self.file.after_minutes));

        let mut changes: BTreeMap<(usize, usize), &case::Change> = BTreeMap::new();
        for (name, of_resource) in &case.during {
            let resource = position(&self.at, &self.inventory, name)?;
            for (metric, change) in of_resource {
                change.get_ref().check(&self.at, change.span())?;
                for series in ordinary::named(&self.at, &self.series[resource], metric)? {
                    if changes.insert((resource, series), change.get_ref()).is_some() {
                        let said = format!("`{}` has been changed already; a series changes once", metric.get_ref());
                        return Err(self.at.error(metric.span(), said));
                    }
                }
            }
        }
        let mut recorded = Vec::new();
        for (r, (resource, series)) in self.inventory.resources.iter().zip(&self.series).enumerate() {
            for (s, (metric, ordinary)) in series.iter().enumerate() {
                let change = changes.get(&(r, s));
                let seed = seed(self.at.file, self.file.seed, &resource.name, &metric.to_string());
                recorded.push(Recorded {
                    key: metric.key(&resource.name),
                    resource: resource.id.clone(),
                    resource_type: resource.resource_type.clone(),
                    role: None,
                    series: ordinary.series(seed, PERIOD, learn, end, |time, usual| {
                        change.map_or(usual, |change| level(change, usual, time, from, lasts))
                    }),
                    line: 0,
                });
            }
        }
        let mut events = Vec::new();
        for said in &case.event {
            let on =
                said.on.iter().map(|name| Ok(&self.inventory.resources[position(&self.at, &self.inventory, name)?]));
            events.push(event(said, &on.collect::<Result<Vec<_>, _>>()?, from));
        }
        events.sort_by_key(|e| e.time);
        let boundary = Boundary::Stack { name: self.file.application.clone() };
        Ok(Case {
            story: case.story.clone(),
            expect,
            from,
            to,
            incident: Incident {
                application: Application::new(ACCOUNT, REGION, boundary),
                period: PERIOD,
                learn: Range { from: learn, to: watch },
                watch: Range { from: watch, to: end },
                tick_minutes: TICK_MINUTES,
                inventory: self.inventory.clone(),
                series: recorded,
                events,
            },
        })
    }
}

fn minutes(count: u32) -> i64 {
    i64::from(count) * 60
}

fn resource(at: &At<'_>, name: &Spanned<String>, said: &ResourceFile) -> Result<Resource, ScenarioError> {
    let mut resource = Resource { arn: said.arn.clone(), ..Resource::new(&said.resource_type, name.get_ref()) };
    for (attribute, value) in &said.attributes {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => value.to_string(),
            _ => return Err(at.error(attribute.span(), "must be text, a number, true or false".to_owned())),
        };
        resource.set(attribute.get_ref(), value);
    }
    Ok(resource)
}

fn edge(at: &At<'_>, inventory: &Inventory, said: &Spanned<String>) -> Result<Edge, ScenarioError> {
    let words: Vec<&str> = said.get_ref().split_whitespace().collect();
    let (from, kind, to) = match words[..] {
        [from, "->", to] => (from, EdgeKind::Sync, to),
        [from, "~>", to] => (from, EdgeKind::Async, to),
        [from, "--", to] => (from, EdgeKind::Part, to),
        _ => {
            let problem = format!(
                "`{said}` is no edge; write `a -> b` (a waits for b), `a ~> b` (a feeds b) or `a -- b` (a part between two)"
            );
            return Err(at.error(said.span(), problem));
        }
    };
    let id = |name: &str| {
        let place = position(at, inventory, &Spanned::new(said.span(), name.to_owned()))?;
        Ok(inventory.resources[place].id.clone())
    };
    Ok(Edge { from: id(from)?, to: id(to)?, kind })
}

fn position(at: &At<'_>, inventory: &Inventory, name: &Spanned<String>) -> Result<usize, ScenarioError> {
    inventory.resources.iter().position(|r| &r.name == name.get_ref()).ok_or_else(|| {
        let known: Vec<&str> = inventory.resources.iter().map(|r| r.name.as_str()).collect();
        at.error(name.span(), format!("no resource is called `{name}`; there are {}", known.join(", ")))
    })
}

/// Each series its own noise, the same in every case and on every machine (FNV-1a).
fn seed(file: &str, seed: u64, resource: &str, metric: &str) -> u64 {
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.write(file.rsplit('/').next().unwrap_or(file).as_bytes());
    hash.write(&seed.to_le_bytes());
    hash.write(resource.as_bytes());
    hash.write(metric.as_bytes());
    hash.finish()
}
