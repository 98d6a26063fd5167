//! What an application is made of, with the numbers that a trouble changes.

use crate::calendar::Habits;
use crate::world::OPERATIONS;

#[derive(Debug, Clone)]
pub struct Setup {
    pub nodes: Vec<Node>,
    /// The account's limit of concurrent executions, and what of it others use.
    pub account_concurrency: f64,
    pub used_elsewhere: f64,
}

#[derive(Debug, Clone)]
pub struct Node {
    pub name: &'static str,
    pub part: Part,
    /// Nothing of it is published.
    pub is_silent: bool,
}

#[derive(Debug, Clone)]
pub enum Part {
    Door(Door),
    Group(Group),
    Function(Function),
    Service(Service),
    Queue(Queue),
    Stream(Stream),
    Topic(Topic),
    Rule(Rule),
    Machine(Machine),
    Table(Table),
    Database(Database),
    Cache(Cache),
    /// Somebody else's: nobody publishes its metrics.
    Outside(Outside),
    Delivery(Delivery),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    Rest,
    Http,
    Balancer,
    /// Who writes to a stream without any door: devices.
    Unseen,
}

/// Where requests come in.
#[derive(Debug, Clone)]
pub struct Door {
    pub front: Front,
    /// Requests a minute in a busy hour.
    pub rate: f64,
    pub habits: Habits,
    pub routes: Vec<Route>,
    pub overhead_ms: f64,
    /// Share of requests that the clients got wrong.
    pub client_errors: f64,
    /// Requests of a crawler that finds nothing, a minute.
    pub crawler: f64,
    /// Requests a minute that it takes; the rest gets 429.
    pub limit: f64,
    /// Share of failures that the clients try again a minute later.
    pub retries: f64,
    /// Share of requests that never arrive: names don't resolve, the certificate is out of date.
    pub unreachable: f64,
    /// Share that its own authorizer fails.
    pub own_failures: f64,
    pub timeout_ms: f64,
}

#[derive(Debug, Clone)]
pub struct Route {
    pub to: usize,
    pub share: f64,
}

/// A target group of a load balancer.
#[derive(Debug, Clone)]
pub struct Group {
    pub to: usize,
    /// Share of requests for which the connection breaks before there is an answer.
    pub broken: f64,
    /// Targets that health checks hold for ill, whatever the tasks do.
    pub ill: f64,
}

/// A call that is waited for.
#[derive(Debug, Clone)]
pub struct Call {
    pub to: usize,
    pub per_run: f64,
    pub operation: usize,
    /// Without it there is no answer.
    pub is_needed: bool,
    pub timeout_ms: f64,
    /// Immediate retries.
    pub retries: i32,
}

/// Something sent that nobody waits for.
#[derive(Debug, Clone)]
pub struct Send {
    pub to: usize,
    pub per_run: f64,
}

#[derive(Debug, Clone)]
pub struct Function {
    pub own_ms: f64,
    pub variation: f64,
    pub timeout_ms: f64,
    pub errors: f64,
    /// Share of runs that hang until the time-out.
    pub hangs: f64,
    /// Share of runs that take `slow_ms` longer.
    pub slow: f64,
    pub slow_ms: f64,
    pub cold: f64,
    pub cold_ms: f64,
    pub reserved: Option<f64>,
    pub calls: Vec<Call>,
    pub sends: Vec<Send>,
}

/// Tasks of a container service.
#[derive(Debug, Clone)]
pub struct Service {
    pub tasks: f64,
    /// Tasks that are there but answer nothing.
    pub ill_tasks: f64,
    /// Grows and shrinks between these by its CPU.
    pub scales: Option<(f64, f64)>,
    /// Requests that one task works on at once.
    pub slots: f64,
    pub cpus: f64,
    pub own_ms: f64,
    pub cpu_ms: f64,
    pub variation: f64,
    pub errors: f64,
    pub slow: f64,
    pub slow_ms: f64,
    pub timeout_ms: f64,
    /// Percent of the memory that it has at least, and how much of a gigabyte each open request takes.
    pub memory: f64,
    /// Percent a minute that it never gives back.
    pub leak: f64,
    pub calls: Vec<Call>,
    pub sends: Vec<Send>,
    /// Other load on its processors, percent.
    pub other_cpu: f64,
}

#[derive(Debug, Clone)]
pub struct Queue {
    pub consumer: Option<usize>,
    /// At most so many runs of the consumer at once.
    pub at_once: f64,
    pub is_read: bool,
    pub visibility_min: i64,
    pub tries: u32,
    pub dead_letters: Option<usize>,
    pub retention_min: i64,
    /// Share of messages that no consumer can digest.
    pub poison: f64,
    pub purge: bool,
    /// What others send to it, a minute.
    pub extra: f64,
}

#[derive(Debug, Clone)]
pub struct Stream {
    pub shards: f64,
    pub readers: Vec<Reader>,
    /// Share of all records that has one key.
    pub hot: f64,
    /// What devices put into it, a minute in a busy hour.
    pub rate: f64,
    pub habits: Habits,
}

#[derive(Debug, Clone)]
pub struct Reader {
    pub to: usize,
    pub batch: f64,
    pub is_on: bool,
    /// Share of shards in which one record fails each time.
    pub poisoned: f64,
}

#[derive(Debug, Clone)]
pub struct Topic {
    pub subscribers: Vec<Subscriber>,
}

#[derive(Debug, Clone)]
pub struct Subscriber {
    pub to: usize,
    /// Share of deliveries that are refused.
    pub refused: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Times {
    Every {
        minutes: i64,
    },
    /// Minute of the day by the wall clock.
    Daily {
        at: i64,
    },
    /// The same on one day of the month.
    Monthly {
        day: i8,
        at: i64,
    },
    /// When others send it an event.
    OnEvent,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub times: Times,
    pub is_on: bool,
    pub targets: Vec<Subscriber>,
}

#[derive(Debug, Clone)]
pub struct Machine {
    pub steps: Vec<Call>,
    /// Its own definition fails so often.
    pub errors: f64,
}

#[derive(Debug, Clone)]
pub struct Table {
    /// Units a second; none: on demand.
    pub provisioned: Option<Capacity>,
    pub latency_ms: f64,
    /// Share of its use that falls on one partition.
    pub hot: f64,
    /// Writes that are copied to a stream.
    pub stream: Option<Send>,
    pub errors: f64,
    pub conditional: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Capacity {
    pub reads: f64,
    pub writes: f64,
}

#[derive(Debug, Clone)]
pub struct Database {
    pub cpus: f64,
    /// Processor time and time at the disk of one query.
    pub cpu_ms: f64,
    pub reads: f64,
    pub writes: f64,
    pub read_ms: f64,
    pub write_ms: f64,
    /// Reads and writes a second that the disk takes, and how many when its burst is used up.
    pub iops: f64,
    pub base_iops: Option<f64>,
    pub connections: f64,
    pub max_connections: f64,
    /// Connections that somebody opens and never gives back.
    pub leaked: f64,
    /// Other queries: percent of a processor, and reads and writes a second.
    pub other_cpu: f64,
    pub other_iops: f64,
    /// Share of queries that wait so long for a lock.
    pub locked: f64,
    pub lock_ms: f64,
    pub storage_gb: f64,
    pub used_gb: f64,
    /// Gigabytes a minute.
    pub grows: f64,
    pub is_down: bool,
}

#[derive(Debug, Clone)]
pub struct Cache {
    pub latency_ms: f64,
    /// Processor time of one command.
    pub cpu_ms: f64,
    pub memory_mb: f64,
    pub used_mb: f64,
    /// Megabytes a minute.
    pub grows: f64,
    pub other_cpu: f64,
    pub connections: f64,
    pub is_down: bool,
    /// Of the reads so many are not in it, and go on to the database.
    pub misses: f64,
    pub behind: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Outside {
    pub latency_ms: f64,
    pub variation: f64,
    pub errors: f64,
    /// Share of calls that get no answer.
    pub hangs: f64,
}

/// Firehose.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub buffer_s: f64,
    /// Nothing can be handed over.
    pub is_stuck: bool,
}

impl Setup {
    pub fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    fn part(&mut self, name: &str) -> &mut Part {
        let node = self.find(name).unwrap_or_else(|| panic!("the application has no {name}"));
        &mut self.nodes[node].part
    }

    pub fn node(&mut self, name: &str) -> &mut Node {
        let node = self.find(name).unwrap_or_else(|| panic!("the application has no {name}"));
        &mut self.nodes[node]
    }
}

/// Each part by name, for who changes it.
macro_rules! parts {
    ($($get:ident $part:ident),*) => {
        impl Setup {
            $(pub fn $get(&mut self, name: &str) -> &mut $part {
                match self.part(name) {
                    Part::$part(part) => part,
                    other => panic!("{name} is no {}: {other:?}", stringify!($get)),
                }
            })*
        }
    };
}
parts!(
    door Door, group Group, function Function, service Service, queue Queue, stream Stream, topic Topic, rule Rule,
    machine Machine, table Table, database Database, cache Cache, outside Outside, delivery Delivery
);

impl Function {
    pub fn new(own_ms: f64, timeout_s: f64) -> Self {
        Self {
            own_ms,
            variation: 0.5,
            timeout_ms: timeout_s * 1000.0,
            errors: 0.0004,
            hangs: 0.0,
            slow: 0.0,
            slow_ms: 0.0,
            cold: 0.002,
            cold_ms: 350.0,
            reserved: None,
            calls: vec![],
            sends: vec![],
        }
    }
}

impl Call {
    pub fn new(to: usize, per_run: f64) -> Self {
        Self { to, per_run, operation: 0, is_needed: true, timeout_ms: 30_000.0, retries: 2 }
    }

    pub fn operation(self, name: &str) -> Self {
        let operation = OPERATIONS.iter().position(|o| *o == name).expect("an operation that the lab knows");
        Self { operation, ..self }
    }

    pub fn optional(self) -> Self {
        Self { is_needed: false, ..self }
    }

    pub fn timeout_s(self, seconds: f64) -> Self {
        Self { timeout_ms: seconds * 1000.0, ..self }
    }

    pub fn once(self) -> Self {
        Self { retries: 0, ..self }
    }
}
