//! Applications of any size: functions that call each other, with the catalogue's metrics.

use crate::series::{DAY, MINUTE, START, at, recorded};
use pollster::block_on;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource, Range, Recorded};
use stackseer_line::{Baselines, Fitted, History, Learned, Reach, Repeats, Sensitivity, Watch, Watched, learn, watch};
use stackseer_model::{Application, Boundary, Edge, EdgeKind, Insight, Inventory, Metric, Resource};
use std::collections::BTreeMap;
use std::ops::ControlFlow::Continue;

/// The end of what was learned, a Monday, and of the look at noon.
pub const LEARNED: i64 = START + 14 * DAY;
pub const NOW: i64 = LEARNED + DAY / 2;
/// What a look reads.
const WINDOW: i64 = 180 * MINUTE;
/// Since when all is worse in an incident.
pub const WORSE: i64 = NOW - 40 * MINUTE;

/// How the functions stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Each calls four others, down to the leaves.
    Tree,
    /// All call the first.
    Star,
    /// Nobody calls anybody.
    Apart,
}

const CALLS: usize = 4;

pub fn inventory(functions: usize, shape: Shape) -> Inventory {
    let resource = |i: usize| Resource::new("AWS::Lambda::Function", &format!("function-{i:05}"));
    let resources: Vec<Resource> = (0..functions).map(resource).collect();
    let called = |i: usize| match shape {
        Shape::Tree => CALLS * i + 1..CALLS * i + 1 + CALLS,
        Shape::Star => 0..usize::from(i > 0),
        Shape::Apart => 0..0,
    };
    let edge = |from: usize, to: usize| {
        let id = |i: usize| resources[i].id.clone();
        Edge { from: id(from), to: id(to), kind: EdgeKind::Sync }
    };
    let calls = (0..functions).flat_map(|from| called(from).map(move |to| (from, to)));
    let edges = calls.filter(|(_, to)| *to < functions).map(|(from, to)| edge(from, to)).collect();
    Inventory { resources, edges, ..Inventory::default() }
}

/// The catalogue's for each function.
pub fn metrics(inventory: &Inventory) -> Vec<Metric> {
    let of = |resource| Catalog::builtin().metrics_of(resource, |_, _| vec![]).0;
    inventory.resources.iter().flat_map(of).collect()
}

/// All that was published of the first `series` metrics between two times.
pub fn incident(inventory: Inventory, series: usize, (from, to): (i64, i64), worse: Option<i64>) -> Incident {
    let boundary = Boundary::Stack { name: "large".to_owned() };
    let metrics: Vec<Metric> = metrics(&inventory).into_iter().take(series).collect();
    let record = |(metric, seed): (&Metric, u64)| Recorded {
        key: metric.key.clone(),
        resource: metric.resource.clone(),
        resource_type: "AWS::Lambda::Function".to_owned(),
        role: None,
        series: recorded(metric, seed, from, to, worse),
        line: 0,
    };
    Incident {
        application: Application::new("123456789012", "eu-west-1", boundary),
        period: 60,
        learn: Range { from: at(START), to: at(LEARNED) },
        watch: Range { from: at(LEARNED), to: at(NOW) },
        tick_minutes: 5,
        series: metrics.iter().zip(1..).map(record).collect(),
        inventory,
        events: vec![],
    }
}

/// Fits what the incident holds.
pub fn learned(incident: &Incident) -> Learned {
    let history = History {
        catalog: Catalog::builtin(),
        sensitivity: Sensitivity::default(),
        from: incident.learn.from,
        to: incident.learn.to,
        known: Baselines::new(),
    };
    let metrics = incident.metrics(&metrics(&incident.inventory)).expect("the catalogue's metrics");
    let source = IncidentSource::new(incident);
    let inventory = incident.inventory.clone();
    block_on(learn(&source, history, inventory, metrics, |_| Continue(()))).expect("a recorded history")
}

/// A learned application, and its last three hours.
pub struct Large {
    pub learned: Learned,
    pub window: Incident,
}

impl Large {
    /// So many series. Those of one function are fitted; every other function has the like.
    pub fn new(series: usize, shape: Shape, worse: Option<i64>) -> Self {
        let a_function = metrics(&inventory(1, shape)).len();
        let inventory = inventory(series.div_ceil(a_function), shape);
        let window = incident(inventory.clone(), series, (NOW - WINDOW, NOW), worse);
        let metrics = window.metrics(&metrics(&inventory)).expect("the catalogue's metrics");
        let fitted = fitted(shape);
        let baselines = metrics.iter().map(|m| (m.key.clone(), fitted[&named(m)].clone())).collect();
        Self { learned: Learned { complete: true, inventory, metrics, baselines, ..Learned::default() }, window }
    }

    /// One look.
    pub fn watch(&self, known: &[Insight]) -> Watched {
        let source = IncidentSource::new(&self.window);
        block_on(watch(&source, &source, &look(&self.window, &self.learned, known, NOW))).expect("a recorded window")
    }
}

pub fn look<'a>(incident: &'a Incident, learned: &'a Learned, known: &'a [Insight], now: i64) -> Watch<'a> {
    Watch {
        catalog: Catalog::builtin(),
        application: &incident.application,
        learned,
        known,
        kept: &[],
        now: at(now),
        reach: Reach::SymptomsFirst,
        repeats: Repeats::Keep,
    }
}

fn named(metric: &Metric) -> (String, String) {
    (metric.key.name.clone(), metric.key.statistic.clone())
}

fn fitted(shape: Shape) -> BTreeMap<(String, String), Fitted> {
    let one = incident(inventory(1, shape), usize::MAX, (START, LEARNED), None);
    let Learned { metrics, mut baselines, .. } = learned(&one);
    metrics.iter().filter_map(|m| Some((named(m), baselines.remove(&m.key)?))).collect()
}
