//! What an application is made of and how a minute passes in it: load goes down the calls, times and failures come back up.
//! Every number follows from rates, service times, capacities, time-outs, retries and queues.

mod answer;
mod compute;
mod data;
mod door;
mod queue;
mod queueing;
mod record;
mod schedule;
mod setup;
mod stream;

pub use answer::Answer;
pub use record::{GET, OPERATIONS, Recorder};
pub use setup::*;

use crate::calendar::{Calendar, Minute};
use crate::random::Dice;
use std::collections::VecDeque;

/// What comes to a node within a minute.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// By somebody who waits.
    pub calls: f64,
    /// By nobody who waits.
    pub events: f64,
    /// Fetched from a queue or a stream.
    pub fetched: f64,
    /// Calls of a table by operation.
    pub operations: [f64; OPERATIONS.len()],
}

impl Load {
    pub fn all(&self) -> f64 {
        self.calls + self.events + self.fetched
    }
}

/// A batch of messages: since when they wait, how many, how often they were tried.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    pub since: Minute,
    pub count: f64,
    pub tries: u32,
}

/// What a node carries from minute to minute.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Seconds that a run, or a task's slot, was last busy with one call.
    pub hold_s: f64,
    /// Share that failed last minute.
    pub fail: f64,
    /// Runs of the last minute with something to do.
    pub concurrency: f64,
    /// What will be tried again, by minute.
    pub again: VecDeque<(Minute, f64)>,
    /// Calls to come of runs that take many minutes: minute, place in the node's calls, count.
    pub to_come: VecDeque<(Minute, usize, f64)>,
    pub waiting: VecDeque<Waiting>,
    /// In the hands of a consumer that failed; visible again at the minute.
    pub hidden: VecDeque<(Minute, Waiting)>,
    /// Dead letters that arrive with the next minute.
    pub dead: Vec<Waiting>,
    pub last_active: Minute,
    /// Requests that wait for a slot.
    pub pending: f64,
    /// Capacity saved up for bursts.
    pub saved: f64,
    /// Tasks, when they scale; memory that is not given back; bytes on a disk.
    pub level: f64,
    pub tasks: f64,
    pub calm: u32,
    pub started: bool,
    /// Of each consumer of a stream, where it is.
    pub readers: Vec<VecDeque<Waiting>>,
}

/// What a node did this minute.
#[derive(Debug, Clone, Default)]
pub struct Work {
    pub load: Load,
    pub runs: f64,
    pub refused: f64,
    pub failed: f64,
    /// Fetched messages by consumer.
    pub pulled: Vec<Waiting>,
    /// Counts by route, call or subscriber.
    pub parts: Vec<f64>,
    pub answer: Answer,
    pub reads: f64,
    pub writes: f64,
}

#[derive(Debug, Clone)]
pub struct World {
    pub states: Vec<State>,
    works: Vec<Work>,
    seed: u64,
    calendar: Calendar,
}

/// One node's minute: what it may look at and change.
pub struct Step<'a> {
    pub setup: &'a Setup,
    pub states: &'a mut [State],
    pub works: &'a mut [Work],
    pub minute: Minute,
    pub seed: u64,
    pub calendar: &'a Calendar,
}

impl Step<'_> {
    pub fn dice(&self, node: usize, stage: u64) -> Dice {
        Dice::new(self.seed, node as u64 * 4 + stage, self.minute)
    }

    /// Some fetched, called or told `to` so often.
    pub fn call(&mut self, call: &Call, count: f64) {
        let load = &mut self.works[call.to].load;
        load.calls += count;
        load.operations[call.operation] += count;
    }
}

impl World {
    pub fn new(setup: &Setup, seed: u64, calendar: Calendar) -> Self {
        Self {
            states: vec![State::default(); setup.nodes.len()],
            works: vec![Work::default(); setup.nodes.len()],
            seed,
            calendar,
        }
    }

    pub fn step(&mut self, setup: &Setup, minute: Minute, out: &mut Recorder) {
        self.works.iter_mut().for_each(|work| *work = Work::default());
        let mut step = Step {
            setup,
            states: &mut self.states,
            works: &mut self.works,
            minute,
            seed: self.seed,
            calendar: &self.calendar,
        };
        let of_account = compute::account_share(&step);
        for node in 0..setup.nodes.len() {
            match &setup.nodes[node].part {
                Part::Door(door) => door::down(&mut step, node, door),
                Part::Group(group) => door::group_down(&mut step, node, group),
                Part::Function(function) => compute::function_down(&mut step, node, function, of_account),
                Part::Service(service) => compute::service_down(&mut step, node, service),
                Part::Queue(queue) => queue::down(&mut step, node, queue),
                Part::Stream(stream) => stream::down(&mut step, node, stream),
                Part::Topic(topic) => schedule::topic_down(&mut step, node, topic),
                Part::Rule(rule) => schedule::rule_down(&mut step, node, rule),
                Part::Machine(machine) => schedule::machine_down(&mut step, node, machine),
                Part::Table(_) | Part::Database(_) | Part::Cache(_) | Part::Outside(_) | Part::Delivery(_) => {}
            }
        }
        for node in (0..setup.nodes.len()).rev() {
            out.at(node, minute, setup.nodes[node].is_silent);
            match &setup.nodes[node].part {
                Part::Door(door) => door::up(&mut step, node, door, out),
                Part::Group(group) => door::group_up(&mut step, node, group, out),
                Part::Function(function) => compute::function_up(&mut step, node, function, out),
                Part::Service(service) => compute::service_up(&mut step, node, service, out),
                Part::Queue(queue) => queue::up(&mut step, node, queue, out),
                Part::Stream(stream) => stream::up(&mut step, node, stream, out),
                Part::Topic(_) | Part::Rule(_) => schedule::publish(&mut step, node, out),
                Part::Machine(machine) => schedule::machine_up(&mut step, node, machine, out),
                Part::Table(table) => data::table_up(&mut step, node, table, out),
                Part::Database(database) => data::database_up(&mut step, node, database, out),
                Part::Cache(cache) => data::cache_up(&mut step, node, cache, out),
                Part::Outside(outside) => data::outside_up(&mut step, node, outside),
                Part::Delivery(delivery) => stream::delivery_up(&mut step, node, delivery, out),
            }
        }
    }
}
