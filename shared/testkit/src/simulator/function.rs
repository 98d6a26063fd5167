//! A Lambda function: instances that stay warm for a while, and a limit on how many there may be.

use crate::series::{normal, poisson};
use crate::simulator::distribution::ServiceTime;
use crate::simulator::record::{Channel, Recorder, Times};
use rand::Rng;
use stackseer_model::Resource;

/// Instances that Lambda takes back from those not needed, a minute.
const RECLAIMED: f64 = 0.03;
/// Each instance is replaced about so often a minute.
const REPLACED: f64 = 1.0 / 130.0;

pub struct Function {
    /// Of one invocation without what it waits for.
    pub own: ServiceTime,
    /// Creating an instance: before the handler runs, so no part of Duration, but the caller waits for it.
    init: ServiceTime,
    /// The first invocation on an instance opens connections.
    first: ServiceTime,
    pub timeout_ms: f64,
    reserved: Option<u32>,
    warm: f64,
    /// Mean time of an invocation lately, in seconds.
    busy_seconds: f64,
    minute: Minute,
    channels: Channels,
}

#[derive(Default)]
struct Minute {
    durations: Vec<f32>,
    errors: u32,
    throttles: u32,
    concurrent: u32,
    cold_left: u32,
    refused: f64,
}

struct Channels {
    invocations: Channel,
    errors: Channel,
    throttles: Channel,
    concurrent: Channel,
    duration: Times,
}

/// How an invocation began.
pub struct Start {
    /// Before the handler runs.
    pub init_ms: f64,
    /// Within the handler.
    pub first_ms: f64,
}

impl Function {
    pub fn new(recorder: &mut Recorder, resource: &Resource, own: ServiceTime) -> Self {
        const NAMESPACE: &str = "AWS/Lambda";
        let dims = [("FunctionName", resource.name.as_str())];
        let mut channel = |metric, statistic| recorder.channel(resource, NAMESPACE, metric, statistic, &dims);
        let channels = Channels {
            invocations: channel("Invocations", "Sum"),
            errors: channel("Errors", "Sum"),
            throttles: channel("Throttles", "Sum"),
            concurrent: channel("ConcurrentExecutions", "Maximum"),
            duration: Times::new(recorder, resource, NAMESPACE, "Duration", &dims),
        };
        Self {
            own,
            init: ServiceTime::new(380.0, 0.25),
            first: ServiceTime::new(130.0, 0.3),
            timeout_ms: resource.number("timeout_seconds").unwrap_or(3.0) * 1_000.0,
            reserved: resource.number("reserved_concurrency").map(|limit| limit as u32),
            warm: 1.0,
            busy_seconds: 0.05,
            minute: Minute::default(),
            channels,
        }
    }

    /// New code: every instance is created anew.
    pub fn replace(&mut self) {
        self.warm = 0.0;
    }

    /// Before a minute's `expected` invocations: how many run at once at its busiest moment, and how many of them on instances
    /// that must be created first. `pollers`: an event source never asks for more at once, and is never refused.
    pub fn begin(&mut self, expected: u32, pollers: Option<u32>, rng: &mut impl Rng) {
        if expected == 0 {
            return;
        }
        let mean = f64::from(expected) / 60.0 * self.busy_seconds;
        let busiest = (mean + (2.3 + 0.3 * normal(rng)) * mean.sqrt()).round().clamp(1.0, f64::from(expected)) as u32;
        let busiest = pollers.map_or(busiest, |most| busiest.min(most));
        let allowed = self.reserved.map_or(busiest, |limit| busiest.min(limit));
        self.warm -= poisson(rng, self.warm * REPLACED).min(self.warm);
        let needed = f64::from(allowed);
        self.minute.cold_left = (needed - self.warm).max(0.0).ceil() as u32;
        self.warm = self.warm.max(needed);
        self.warm -= (self.warm - needed) * RECLAIMED;
        self.minute.concurrent = allowed;
        // What comes while all instances that may be are busy is refused.
        self.minute.refused = f64::from(busiest - allowed) / f64::from(busiest);
    }

    /// None: throttled.
    pub fn start(&mut self, rng: &mut impl Rng) -> Option<Start> {
        if self.minute.refused > 0.0 && rng.random_bool(self.minute.refused) {
            self.minute.throttles += 1;
            return None;
        }
        if self.minute.cold_left == 0 {
            return Some(Start { init_ms: 0.0, first_ms: 0.0 });
        }
        self.minute.cold_left -= 1;
        Some(Start { init_ms: self.init.draw(rng), first_ms: self.first.draw(rng) })
    }

    /// The handler ended after so long; true: successfully, which it wasn't if it took longer than it may.
    pub fn end(&mut self, duration_ms: f64, succeeded: bool) -> bool {
        let succeeded = succeeded && duration_ms < self.timeout_ms;
        self.minute.durations.push(duration_ms.min(self.timeout_ms) as f32);
        self.minute.errors += u32::from(!succeeded);
        succeeded
    }

    pub fn publish(&mut self, recorder: &mut Recorder, minute: u32) {
        let now = &mut self.minute;
        let invocations = now.durations.len();
        if invocations > 0 {
            let total_ms: f64 = now.durations.iter().map(|d| f64::from(*d)).sum();
            self.busy_seconds = total_ms / 1_000.0 / invocations as f64;
            recorder.put(self.channels.invocations, minute, invocations as f64);
            recorder.put(self.channels.errors, minute, f64::from(now.errors));
            recorder.put(self.channels.concurrent, minute, f64::from(now.concurrent));
            self.channels.duration.put(recorder, minute, &mut now.durations);
        }
        if invocations > 0 || now.throttles > 0 {
            recorder.put(self.channels.throttles, minute, f64::from(now.throttles));
        }
        now.durations.clear();
        (now.errors, now.throttles, now.cold_left, now.refused) = (0, 0, 0, 0.0);
    }
}
