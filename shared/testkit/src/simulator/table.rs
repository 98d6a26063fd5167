//! A DynamoDB table: capacity by the second, five minutes of it saved up for bursts, and clients that try again.

use crate::simulator::distribution::ServiceTime;
use crate::simulator::record::{Channel, Recorder};
use rand::Rng;
use stackseer_model::Resource;

const NAMESPACE: &str = "AWS/DynamoDB";
/// Unused capacity is kept for so long.
const BURST_SECONDS: f64 = 300.0;
/// The SDK's tries in all, and its wait before the second one, which doubles.
const TRIES: u32 = 4;
const BACKOFF_MS: f64 = 50.0;
/// The provisioned capacity is published every five minutes.
const CAPACITY_MINUTES: u32 = 5;

pub struct Table {
    read: Capacity,
    write: Capacity,
    operations: Vec<Operation>,
    conditional_failures: Channel,
    failed_conditions: u32,
}

/// One side of the table.
struct Capacity {
    /// Units a second; none: on demand.
    provisioned: Option<f64>,
    saved: f64,
    /// The chance that one try is refused.
    refused: f64,
    consumed: f64,
    throttled: u32,
    consumed_channel: Channel,
    throttled_channel: Channel,
    provisioned_channel: Option<Channel>,
}

struct Operation {
    writes: bool,
    /// Units one request takes.
    units: f64,
    time: ServiceTime,
    sum_ms: f64,
    slowest_ms: f64,
    served: u32,
    throttled: u32,
    average: Channel,
    maximum: Channel,
    throttled_channel: Channel,
}

/// Names an operation of one table.
#[derive(Clone, Copy)]
pub struct OperationId(usize);

impl Table {
    pub fn new(recorder: &mut Recorder, resource: &Resource) -> Self {
        let dims = [("TableName", resource.name.as_str())];
        let provisioned =
            |attribute| resource.number(attribute).filter(|_| resource.known("billing_mode") == Some("PROVISIONED"));
        let mut side = |word: &str, provisioned: Option<f64>| {
            let mut channel =
                |metric: String, statistic| recorder.channel(resource, NAMESPACE, &metric, statistic, &dims);
            Capacity {
                provisioned,
                saved: provisioned.unwrap_or_default() * BURST_SECONDS,
                refused: 0.0,
                consumed: 0.0,
                throttled: 0,
                consumed_channel: channel(format!("Consumed{word}CapacityUnits"), "Sum"),
                throttled_channel: channel(format!("{word}ThrottleEvents"), "Sum"),
                provisioned_channel: provisioned.map(|_| channel(format!("Provisioned{word}CapacityUnits"), "Average")),
            }
        };
        let read = side("Read", provisioned("read_capacity"));
        let write = side("Write", provisioned("write_capacity"));
        let conditional_failures =
            recorder.channel(resource, NAMESPACE, "ConditionalCheckFailedRequests", "Sum", &dims);
        Self { read, write, operations: Vec::new(), conditional_failures, failed_conditions: 0 }
    }

    pub fn operation(
        &mut self,
        recorder: &mut Recorder,
        resource: &Resource,
        name: &str,
        units: f64,
        time: ServiceTime,
    ) -> OperationId {
        let dims = [("TableName", resource.name.as_str()), ("Operation", name)];
        let mut channel = |metric, statistic| recorder.channel(resource, NAMESPACE, metric, statistic, &dims);
        self.operations.push(Operation {
            writes: matches!(name, "PutItem" | "UpdateItem" | "DeleteItem"),
            units,
            time,
            sum_ms: 0.0,
            slowest_ms: 0.0,
            served: 0,
            throttled: 0,
            average: channel("SuccessfulRequestLatency", "Average"),
            maximum: channel("SuccessfulRequestLatency", "Maximum"),
            throttled_channel: channel("ThrottledRequests", "Sum"),
        });
        // Nothing of AWS's own breaks in this shop, which is not the same as not being looked at.
        channel("SystemErrors", "Sum");
        OperationId(self.operations.len() - 1)
    }

    pub fn set_write_capacity(&mut self, units: f64) {
        if self.write.provisioned.is_some() {
            self.write.provisioned = Some(units);
            self.write.saved = self.write.saved.min(units * BURST_SECONDS);
        }
    }

    /// Before a minute in which so many units are wanted, were each request tried once.
    pub fn begin(&mut self, wanted_reads: f64, wanted_writes: f64) {
        self.read.begin(wanted_reads);
        self.write.begin(wanted_writes);
    }

    /// Whether the request was served in the end, and how long the client waited.
    pub fn request(&mut self, operation: OperationId, rng: &mut impl Rng) -> (bool, f64) {
        let operation = &mut self.operations[operation.0];
        let side = if operation.writes { &mut self.write } else { &mut self.read };
        let mut waited = 0.0;
        for attempt in 0..TRIES {
            if side.refused > 0.0 && rng.random_bool(side.refused) {
                side.throttled += 1;
                operation.throttled += 1;
                waited += 2.0 + BACKOFF_MS * f64::from(1 << attempt) * rng.random_range(0.5..1.0);
                continue;
            }
            let time = operation.time.draw(rng);
            side.consumed += operation.units;
            operation.served += 1;
            operation.sum_ms += time;
            operation.slowest_ms = operation.slowest_ms.max(time);
            return (true, waited + time);
        }
        (false, waited)
    }

    /// A write whose condition didn't hold: an order sent twice.
    pub fn condition_failed(&mut self) {
        self.failed_conditions += 1;
    }

    pub fn publish(&mut self, recorder: &mut Recorder, minute: u32) {
        for side in [&mut self.read, &mut self.write] {
            side.publish(recorder, minute);
        }
        for operation in &mut self.operations {
            if operation.served > 0 {
                recorder.put(operation.average, minute, operation.sum_ms / f64::from(operation.served));
                recorder.put(operation.maximum, minute, operation.slowest_ms);
            }
            recorder.put_if_any(operation.throttled_channel, minute, operation.throttled);
            (operation.sum_ms, operation.slowest_ms, operation.served, operation.throttled) = (0.0, 0.0, 0, 0);
        }
        recorder.put_if_any(self.conditional_failures, minute, self.failed_conditions);
        self.failed_conditions = 0;
    }
}

impl Capacity {
    /// With `s` the share of the wanted units that is there, each of `TRIES` tries is refused with the chance that leaves
    /// exactly `s` served.
    fn begin(&mut self, wanted: f64) {
        let Some(provisioned) = self.provisioned else { return };
        let there = provisioned * 60.0 + self.saved;
        self.refused = if wanted <= there { 0.0 } else { (1.0 - there / wanted).powf(1.0 / f64::from(TRIES)) };
    }

    fn publish(&mut self, recorder: &mut Recorder, minute: u32) {
        if self.consumed > 0.0 {
            recorder.put(self.consumed_channel, minute, self.consumed);
        }
        recorder.put_if_any(self.throttled_channel, minute, self.throttled);
        if let (Some(provisioned), Some(channel)) = (self.provisioned, self.provisioned_channel) {
            self.saved = (self.saved + provisioned * 60.0 - self.consumed).clamp(0.0, provisioned * BURST_SECONDS);
            if minute.is_multiple_of(CAPACITY_MINUTES) {
                recorder.put(channel, minute, provisioned);
            }
        }
        (self.consumed, self.throttled) = (0.0, 0);
    }
}
