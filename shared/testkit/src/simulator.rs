//! A web shop on AWS, simulated request by request on a fast clock, with what CloudWatch would have published about it.
//!
//! ```text
//! clients → API Gateway → catalog  → products (DynamoDB, on demand)
//!                                  → a search cluster with a limited rate
//!                       → checkout → sessions (over-provisioned writes), a payment provider, orders (provisioned)
//!                                  → order queue → worker → orders
//!                       → account  → sessions, orders                 ↘ dead-letter queue
//! ```
//!
//! What happens follows from rates, capacities, queues and retries, never from what a detector would find.

mod distribution;
mod function;
mod gateway;
mod inventory;
mod queue;
mod record;
mod shop;
mod table;
mod timetable;
mod traffic;

pub use timetable::{Injected, Planned, Trouble};

use crate::clock::{after, time};
use stackseer_incident::{Incident, Range};
use stackseer_model::{Application, Boundary, Timestamp};

/// Seconds between two points.
pub const PERIOD: u32 = 60;
pub(crate) const DAY_MINUTES: u32 = 24 * 60;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Simulation {
    pub seed: u64,
    /// Midnight UTC, so that the daily season begins where a day does.
    pub start: Timestamp,
    /// Days without trouble, which become the range to learn from.
    pub ordinary_days: u32,
    /// Days after them, which become the range to watch.
    pub watched_days: u32,
    pub troubles: Vec<Planned>,
}

impl Default for Simulation {
    /// Three ordinary weeks from a Monday, then a day with each trouble once, hours apart.
    fn default() -> Self {
        let planned = |trouble, start_minute, minutes| Planned { trouble, start_minute, minutes };
        Self {
            seed: 1,
            start: time("2026-01-05T00:00:00Z"),
            ordinary_days: 21,
            watched_days: 1,
            troubles: vec![
                planned(Trouble::LoadTest, 9 * 60, 45),
                planned(Trouble::CapacityCut, 12 * 60, 50),
                planned(Trouble::BadDeployment, 15 * 60 + 30, 40),
                planned(Trouble::PoisonedQueue, 18 * 60 + 30, 45),
            ],
        }
    }
}

impl Simulation {
    /// The default without any trouble.
    pub fn ordinary() -> Self {
        Self { troubles: vec![], ..Self::default() }
    }
}

/// What CloudWatch, CloudTrail and the resources show, and apart from it what was done.
#[derive(Debug, Clone)]
pub struct Simulated {
    pub incident: Incident,
    /// For a test to compare with, never for the line to see.
    pub injected: Vec<Injected>,
}

/// The same simulation always gives the same points.
pub fn simulate(simulation: &Simulation) -> Simulated {
    let minutes = (simulation.ordinary_days + simulation.watched_days) * DAY_MINUTES;
    let inventory = inventory::inventory();
    let timetable = timetable::Timetable::new(simulation);
    let series = shop::run(simulation.seed, simulation.start, minutes, &timetable, &inventory);
    let learned = after(simulation.start, i64::from(simulation.ordinary_days * DAY_MINUTES) * 60);
    let end = after(simulation.start, i64::from(minutes) * 60);
    let boundary = Boundary::Stack { name: inventory::STACK.to_owned() };
    Simulated {
        incident: Incident {
            application: Application::new(inventory::ACCOUNT, inventory::REGION, boundary),
            period: PERIOD,
            learn: Range { from: simulation.start, to: learned },
            watch: Range { from: learned, to: end },
            tick_minutes: 5,
            inventory,
            series,
            events: timetable.events(),
        },
        injected: timetable.injected(),
    }
}
