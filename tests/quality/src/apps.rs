//! The lab's applications: what discovery would find of each, and how it behaves.

mod parts;
mod shop;

use crate::world::{Call, Front, Node, Part, Send, Setup};
use stackseer_model::{Application, Boundary, Edge, EdgeKind, Inventory, Resource, ResourceId};

pub const NAMES: [&str; 1] = ["shop"];
const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

#[derive(Debug, Clone)]
pub struct App {
    pub name: &'static str,
    pub application: Application,
    pub inventory: Inventory,
    pub setup: Setup,
}

pub fn app(name: &str) -> App {
    match name {
        "shop" => shop::app(),
        _ => panic!("no application is called {name}; there are {}", NAMES.join(", ")),
    }
}

/// A node on its way into an application.
struct Built {
    name: &'static str,
    resource_type: &'static str,
    attributes: Vec<(&'static str, String)>,
    part: Part,
}

/// What stands in the application in the order in which load passes.
struct Builder {
    order: &'static [&'static str],
    built: Vec<Built>,
}

impl Builder {
    fn new(order: &'static [&'static str]) -> Self {
        Self { order, built: vec![] }
    }

    fn at(&self, name: &str) -> usize {
        self.order.iter().position(|n| *n == name).unwrap_or_else(|| panic!("{name} has no place in the order"))
    }

    fn add(
        &mut self,
        resource_type: &'static str,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        part: Part,
    ) {
        let attributes = attributes.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        self.built.push(Built { name, resource_type, attributes, part });
    }

    fn call(&self, to: &str, per_run: f64) -> Call {
        Call::new(self.at(to), per_run)
    }

    fn send(&self, to: &str, per_run: f64) -> Send {
        Send { to: self.at(to), per_run }
    }

    fn app(mut self, name: &'static str) -> App {
        self.built.sort_by_key(|b| self.order.iter().position(|n| *n == b.name));
        let missing = |n: &&&str| !self.built.iter().any(|b| b.name == **n);
        assert_eq!(self.order.iter().filter(missing).count(), 0, "each name of the order is built");
        let application = Application::new(ACCOUNT, REGION, Boundary::Stack { name: name.to_owned() });
        let resource = |b: &Built| {
            let mut resource = Resource::new(b.resource_type, b.name);
            resource.stack = Some(name.to_owned());
            b.attributes.iter().for_each(|(key, value)| match *key {
                "arn" => resource.arn = Some(value.clone()),
                key => resource.set(key, value.as_str()),
            });
            if let Some(arn) = &resource.arn {
                resource.id = ResourceId(arn.clone());
            }
            resource
        };
        let ids: Vec<Option<Resource>> =
            self.built.iter().map(|b| (!b.resource_type.is_empty()).then(|| resource(b))).collect();
        let edges = self.built.iter().zip(&ids).flat_map(|(built, from)| {
            let ends = ends(&built.part);
            let edge = |(to, kind): (usize, EdgeKind)| {
                Some(Edge { from: from.as_ref()?.id.clone(), to: ids[to].as_ref()?.id.clone(), kind })
            };
            ends.into_iter().filter_map(edge).collect::<Vec<_>>()
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort();
        edges.dedup();
        let inventory = Inventory { resources: ids.iter().flatten().cloned().collect(), edges, ..Inventory::default() };
        let node = |b: Built| Node { name: b.name, part: b.part, is_silent: false };
        let nodes = self.built.into_iter().map(node).collect();
        App { name, application, inventory, setup: Setup { nodes, account_concurrency: 1000.0, used_elsewhere: 20.0 } }
    }
}

/// Whom a node calls, feeds or writes to, as templates and services tell it.
fn ends(part: &Part) -> Vec<(usize, EdgeKind)> {
    use EdgeKind::{Async, Sync};
    let calls = |calls: &[Call], kind| calls.iter().map(|c| (c.to, kind)).collect::<Vec<_>>();
    let sends = |sends: &[Send]| sends.iter().map(|s| (s.to, Async)).collect::<Vec<_>>();
    match part {
        Part::Door(door) if door.front == Front::Unseen => vec![],
        Part::Door(door) => door.routes.iter().map(|r| (r.to, Sync)).collect(),
        Part::Group(group) => vec![(group.to, Sync)],
        Part::Function(function) => [calls(&function.calls, Sync), sends(&function.sends)].concat(),
        Part::Service(service) => [calls(&service.calls, Sync), sends(&service.sends)].concat(),
        Part::Queue(queue) => queue.consumer.iter().chain(&queue.dead_letters).map(|to| (*to, Async)).collect(),
        Part::Stream(stream) => stream.readers.iter().map(|r| (r.to, Async)).collect(),
        Part::Topic(topic) => topic.subscribers.iter().map(|s| (s.to, Async)).collect(),
        Part::Rule(rule) => rule.targets.iter().map(|s| (s.to, Async)).collect(),
        Part::Machine(machine) => calls(&machine.steps, Async),
        Part::Table(table) => table.stream.iter().map(|s| (s.to, Async)).collect(),
        Part::Database(_) | Part::Cache(_) | Part::Outside(_) | Part::Delivery(_) => vec![],
    }
}
