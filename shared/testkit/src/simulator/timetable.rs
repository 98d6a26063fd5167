//! What is done to the shop and when, with the change events it leaves in CloudTrail.

use crate::clock::after;
use crate::simulator::inventory::{
    ACCOUNTS, CATALOG, CHECKOUT, DEAD_LETTERS, FUNCTION, ORDER_QUEUE, ORDERS, ORDERS_WRITE_CAPACITY, QUEUE, TABLE,
    WORKER,
};
use crate::simulator::{DAY_MINUTES, Simulation};
use stackseer_model::{ChangeEvent, DataSource, EventClass, PropertyChange, Resource, ResourceId, Timestamp, event_id};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// Many times the usual requests for products.
    LoadTest,
    /// The orders table gets a fifth of its write capacity.
    CapacityCut,
    /// New code of the checkout that is slow and often fails.
    BadDeployment,
    /// Orders that the worker hangs on, until it is mended.
    PoisonedQueue,
}

/// When a trouble is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub trouble: Trouble,
    /// Minutes after the watched range begins.
    pub start_minute: u32,
    pub minutes: u32,
}

/// What was done to what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injected {
    pub trouble: Trouble,
    pub from: Timestamp,
    /// When it was undone; what it left behind takes a little longer.
    pub to: Timestamp,
    /// Where it began.
    pub resource: ResourceId,
}

const LOAD_TEST_FACTOR: f64 = 12.0;
/// A load test is driven up and down.
const LOAD_TEST_RAMP_MINUTES: u32 = 4;
const CUT_WRITE_CAPACITY: u32 = 5;
const POISON_SHARE: f64 = 0.15;
/// After the end of a trouble somebody looks at the dead letters and empties the queue.
const PURGE_AFTER_MINUTES: u32 = 25;
/// Releases as every shop has them: day of the week, hour, function.
const RELEASES: [(u32, u32, &str); 3] = [(1, 10, CATALOG), (2, 14, CHECKOUT), (3, 9, ACCOUNTS)];

/// The state of the shop's surroundings in a minute.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    pub products_factor: f64,
    pub orders_write_capacity: f64,
    pub checkout_is_bad: bool,
    pub poison_share: f64,
    /// The worker's code hangs on poison rather than setting it aside.
    pub worker_hangs: bool,
    /// Functions whose code was replaced just now.
    pub released: Vec<&'static str>,
    pub purge_dead_letters: bool,
}

struct Entry {
    minute: u32,
    event: ChangeEvent,
    released: Option<&'static str>,
    purges: bool,
}

pub struct Timetable {
    start: Timestamp,
    /// Of the watched range, in minutes from the start.
    watched: u32,
    troubles: Vec<Planned>,
    entries: Vec<Entry>,
}

impl Timetable {
    pub fn new(simulation: &Simulation) -> Self {
        let mut timetable = Self {
            start: simulation.start,
            watched: simulation.ordinary_days * DAY_MINUTES,
            troubles: simulation.troubles.clone(),
            entries: Vec::new(),
        };
        for day in 0..simulation.ordinary_days {
            for (_, hour, function) in RELEASES.iter().filter(|(weekday, ..)| *weekday == day % 7) {
                timetable.release(day * DAY_MINUTES + hour * 60 + 7 + day % 11, function, "release-pipeline");
            }
        }
        for Planned { trouble, start_minute, minutes } in simulation.troubles.clone() {
            let from = timetable.watched + start_minute;
            let to = from + minutes;
            match trouble {
                Trouble::LoadTest => {}
                Trouble::CapacityCut => {
                    timetable.capacity(from, ORDERS_WRITE_CAPACITY, CUT_WRITE_CAPACITY);
                    timetable.capacity(to, CUT_WRITE_CAPACITY, ORDERS_WRITE_CAPACITY);
                }
                Trouble::BadDeployment => {
                    timetable.release(from, CHECKOUT, "release-pipeline");
                    timetable.release(to, CHECKOUT, "on-call");
                }
                Trouble::PoisonedQueue => timetable.release(to, WORKER, "on-call"),
            }
            if matches!(trouble, Trouble::CapacityCut | Trouble::PoisonedQueue) {
                timetable.purge(to + PURGE_AFTER_MINUTES);
            }
        }
        timetable.entries.sort_by_key(|entry| entry.minute);
        timetable
    }

    pub fn at(&self, minute: u32) -> Surroundings {
        let mut now = Surroundings {
            products_factor: 1.0,
            orders_write_capacity: f64::from(ORDERS_WRITE_CAPACITY),
            checkout_is_bad: false,
            poison_share: 0.0,
            worker_hangs: true,
            released: vec![],
            purge_dead_letters: false,
        };
        for planned in &self.troubles {
            let Some(since) = minute.checked_sub(self.watched + planned.start_minute) else { continue };
            let Some(left) = planned.minutes.checked_sub(since + 1) else {
                // Mended code stays.
                now.worker_hangs &= planned.trouble != Trouble::PoisonedQueue;
                continue;
            };
            match planned.trouble {
                Trouble::LoadTest => {
                    let ramp = f64::from((since + 1).min(left + 1).min(LOAD_TEST_RAMP_MINUTES));
                    now.products_factor = 1.0 + (LOAD_TEST_FACTOR - 1.0) * ramp / f64::from(LOAD_TEST_RAMP_MINUTES);
                }
                Trouble::CapacityCut => now.orders_write_capacity = f64::from(CUT_WRITE_CAPACITY),
                Trouble::BadDeployment => now.checkout_is_bad = true,
                Trouble::PoisonedQueue => now.poison_share = POISON_SHARE,
            }
        }
        let first = self.entries.partition_point(|entry| entry.minute < minute);
        for entry in self.entries[first..].iter().take_while(|entry| entry.minute == minute) {
            now.released.extend(entry.released);
            now.purge_dead_letters |= entry.purges;
        }
        now
    }

    pub fn events(&self) -> Vec<ChangeEvent> {
        self.entries.iter().map(|entry| entry.event.clone()).collect()
    }

    pub fn injected(&self) -> Vec<Injected> {
        let at = |minute: u32| after(self.start, i64::from(minute) * 60);
        self.troubles
            .iter()
            .map(|planned| Injected {
                trouble: planned.trouble,
                from: at(self.watched + planned.start_minute),
                to: at(self.watched + planned.start_minute + planned.minutes),
                resource: match planned.trouble {
                    Trouble::LoadTest => Resource::new(FUNCTION, CATALOG),
                    Trouble::CapacityCut => Resource::new(TABLE, ORDERS),
                    Trouble::BadDeployment => Resource::new(FUNCTION, CHECKOUT),
                    Trouble::PoisonedQueue => Resource::new(QUEUE, ORDER_QUEUE),
                }
                .id,
            })
            .collect()
    }

    fn release(&mut self, minute: u32, function: &'static str, actor: &str) {
        let change = PropertyChange { property: "code".to_owned(), from: None, to: None };
        let resource = Resource::new(FUNCTION, function);
        let event =
            self.event(minute, "lambda", "UpdateFunctionCode", EventClass::Deployment, &resource, Some(change), actor);
        self.entries.push(Entry { minute, event, released: Some(function), purges: false });
    }

    fn capacity(&mut self, minute: u32, from: u32, to: u32) {
        let change = PropertyChange {
            property: "write_capacity".to_owned(),
            from: Some(from.to_string()),
            to: Some(to.to_string()),
        };
        let resource = Resource::new(TABLE, ORDERS);
        let event = self.event(
            minute,
            "dynamodb",
            "UpdateTable",
            EventClass::ConfigChange,
            &resource,
            Some(change),
            "cost-cutter",
        );
        self.entries.push(Entry { minute, event, released: None, purges: false });
    }

    fn purge(&mut self, minute: u32) {
        let resource = Resource::new(QUEUE, DEAD_LETTERS);
        let event = self.event(minute, "sqs", "PurgeQueue", EventClass::Infrastructure, &resource, None, "on-call");
        self.entries.push(Entry { minute, event, released: None, purges: true });
    }

    #[expect(clippy::too_many_arguments, reason = "one call for each kind of event, just above")]
    fn event(
        &self,
        minute: u32,
        service: &str,
        name: &str,
        class: EventClass,
        resource: &Resource,
        change: Option<PropertyChange>,
        actor: &str,
    ) -> ChangeEvent {
        let time = after(self.start, i64::from(minute) * 60);
        let source = format!("{service}.amazonaws.com");
        ChangeEvent {
            id: event_id(&source, name, time.as_second(), resource.id.as_str()),
            time,
            source,
            name: name.to_owned(),
            data_source: DataSource::AwsCloudTrail,
            class,
            resources: vec![resource.id.clone()],
            changes: change.into_iter().collect(),
            actor: Some(actor.to_owned()),
            verdict: None,
        }
    }
}
