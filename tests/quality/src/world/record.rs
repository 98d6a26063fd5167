//! What CloudWatch keeps of a minute: of each metric that the catalogue has for a node, one value or none.

use crate::calendar::{Minute, seconds, time};
use stackseer_model::{Metric, Point, Series};
use std::collections::HashMap;

/// Operations of a table.
pub const OPERATIONS: [&str; 6] = ["GetItem", "PutItem", "UpdateItem", "Query", "DeleteItem", "Scan"];
pub const GET: usize = 0;

pub fn is_write(operation: usize) -> bool {
    matches!(OPERATIONS[operation], "PutItem" | "UpdateItem" | "DeleteItem")
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Statistic {
    Sum,
    Average,
    Maximum,
    Minimum,
    SampleCount,
    /// 0 to 1.
    Quantile(f64),
}

impl Statistic {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Maximum" => Self::Maximum,
            "Minimum" => Self::Minimum,
            "SampleCount" => Self::SampleCount,
            _ => Self::Quantile(name.strip_prefix('p')?.parse::<f64>().ok()? / 100.0),
        })
    }
}

#[derive(Debug, Clone)]
struct Slot {
    place: usize,
    statistic: Statistic,
    period: i64,
}

/// One value a minute from `first` on; not a number: nothing was published.
#[derive(Debug, Clone, Default)]
pub struct Track {
    pub first: Minute,
    pub values: Vec<f32>,
    pub period: u32,
}

impl Track {
    fn put(&mut self, minute: Minute, value: f64) {
        let place = usize::try_from(minute - self.first).unwrap_or(0);
        if self.values.len() <= place {
            self.values.resize(place + 1, f32::NAN);
        }
        self.values[place] = value as f32;
    }

    /// The points that begin in the range, for which `is_there` holds.
    pub fn points(&self, from: Minute, to: Minute, is_there: impl Fn(Minute) -> bool) -> Series {
        let place = |minute: Minute| usize::try_from(minute - self.first).unwrap_or(0).min(self.values.len());
        let (start, end) = (place(from), place(to));
        let step = usize::try_from(self.period / 60).unwrap_or(1).max(1);
        let mut points = Vec::with_capacity((end - start.min(end)) / step + 1);
        for (place, value) in self.values.iter().enumerate().take(end).skip(start) {
            let minute = self.first + place as i64;
            if value.is_finite() && is_there(minute) {
                points.push(Point { time: time(minute), value: f64::from(*value) });
            }
        }
        Series(points)
    }

    pub fn between(&self, from: Minute, to: Minute) -> impl Iterator<Item = f64> + '_ {
        let place = |minute: Minute| usize::try_from(minute - self.first).unwrap_or(0).min(self.values.len());
        self.values[place(from)..place(to)].iter().filter(|v| v.is_finite()).map(|v| f64::from(*v))
    }

    fn forget_before(&mut self, minute: Minute) {
        let gone = usize::try_from(minute - self.first).unwrap_or(0).min(self.values.len());
        self.values.drain(..gone);
        self.first += gone as i64;
    }
}

/// Metric and operation of a node.
type Name = (usize, &'static str, usize);

#[derive(Debug, Clone, Default)]
pub struct Recorder {
    slots: HashMap<Name, Vec<Slot>>,
    pub tracks: Vec<Track>,
    /// What scaled by itself: when, which node, from how many tasks to how many.
    pub scaled: Vec<(Minute, usize, f64, f64)>,
    /// The minute after the last one that was recorded.
    pub until: Minute,
    node: usize,
    minute: Minute,
    is_silent: bool,
}

/// The catalogue's names are the ones that nodes publish under; those that none does are known by this.
pub fn known_name(name: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|known| *known == name)
}

/// Everything that the lab's nodes publish.
const NAMES: &[&str] = &[
    "TopicMatch",
    "RuleMessageThrottled",
    "ParseError",
    "Failure",
    "Success",
    "Count",
    "4XXError",
    "5XXError",
    "4xx",
    "5xx",
    "Latency",
    "IntegrationLatency",
    "RequestCount",
    "TargetResponseTime",
    "HTTPCode_Target_2XX_Count",
    "HTTPCode_Target_4XX_Count",
    "HTTPCode_Target_5XX_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_ELB_4XX_Count",
    "RejectedConnectionCount",
    "TargetConnectionErrorCount",
    "ActiveConnectionCount",
    "NewConnectionCount",
    "ClientTLSNegotiationErrorCount",
    "HealthyHostCount",
    "UnHealthyHostCount",
    "RequestCountPerTarget",
    "Invocations",
    "Errors",
    "Throttles",
    "Duration",
    "ConcurrentExecutions",
    "IteratorAge",
    "AsyncEventsDropped",
    "AsyncEventAge",
    "AsyncEventsReceived",
    "DeadLetterErrors",
    "UnreservedConcurrentExecutions",
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
    "ReadThrottleEvents",
    "WriteThrottleEvents",
    "ThrottledRequests",
    "ProvisionedReadCapacityUnits",
    "ProvisionedWriteCapacityUnits",
    "ConditionalCheckFailedRequests",
    "SuccessfulRequestLatency",
    "SystemErrors",
    "UserErrors",
    "ApproximateAgeOfOldestMessage",
    "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "NumberOfMessagesSent",
    "NumberOfMessagesReceived",
    "NumberOfMessagesDeleted",
    "NumberOfEmptyReceives",
    "NumberOfMessagesPublished",
    "NumberOfNotificationsFailed",
    "NumberOfNotificationsDelivered",
    "FailedInvocations",
    "TriggeredRules",
    "MatchedEvents",
    "ThrottledRules",
    "DeadLetterInvocations",
    "ExecutionsStarted",
    "ExecutionsSucceeded",
    "ExecutionsFailed",
    "ExecutionsTimedOut",
    "ExecutionsAborted",
    "ExecutionThrottled",
    "ExecutionTime",
    "GetRecords.IteratorAgeMilliseconds",
    "IncomingRecords",
    "IncomingBytes",
    "GetRecords.Records",
    "GetRecords.Success",
    "PutRecords.Success",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "ThrottledRecords",
    "DeliveryToS3.DataFreshness",
    "DeliveryToS3.Success",
    "DeliveryToS3.Records",
    "FailedConversion.Records",
    "CPUUtilization",
    "MemoryUtilization",
    "RunningTaskCount",
    "DesiredTaskCount",
    "DatabaseConnections",
    "DBLoad",
    "DBLoadCPU",
    "ReadLatency",
    "WriteLatency",
    "ReadIOPS",
    "WriteIOPS",
    "FreeableMemory",
    "DiskQueueDepth",
    "ReplicaLag",
    "FreeStorageSpace",
    "BurstBalance",
    "CPUCreditBalance",
    "EBSIOBalance%",
    "EBSByteBalance%",
    "SwapUsage",
    "Deadlocks",
    "EngineCPUUtilization",
    "DatabaseMemoryUsagePercentage",
    "Evictions",
    "CurrConnections",
    "CacheHits",
    "CacheMisses",
    "CurrItems",
    "ReplicationLag",
    "CacheHitRate",
    "NewConnections",
];

impl Recorder {
    /// `node_of`: which node a resource is. Beside it the metrics that the lab has nothing for.
    pub fn new(metrics: &[Metric], node_of: impl Fn(&Metric) -> Option<usize>) -> (Self, Vec<&Metric>) {
        let mut recorder = Self { tracks: vec![], ..Self::default() };
        let mut unknown = Vec::new();
        for (place, metric) in metrics.iter().enumerate() {
            recorder.tracks.push(Track { period: metric.period, ..Track::default() });
            let operation = metric.key.dimensions.get("Operation").map(String::as_str);
            let operation = operation.and_then(|o| OPERATIONS.iter().position(|known| *known == o)).unwrap_or(GET);
            let found = node_of(metric).zip(known_name(&metric.key.name)).zip(Statistic::read(&metric.key.statistic));
            let Some(((node, name), statistic)) = found else {
                unknown.push(metric);
                continue;
            };
            let slot = Slot { place, statistic, period: i64::from(metric.period / 60).max(1) };
            recorder.slots.entry((node, name, operation)).or_default().push(slot);
        }
        (recorder, unknown)
    }

    pub fn at(&mut self, node: usize, minute: Minute, is_silent: bool) {
        (self.node, self.minute, self.is_silent) = (node, minute, is_silent);
    }

    /// Only what was recorded before `minute`.
    pub fn until(&self, minute: Minute) -> Self {
        let track = |track: &Track| {
            let kept = usize::try_from(minute - track.first).unwrap_or(0).min(track.values.len());
            Track { values: track.values[..kept].to_vec(), ..*track }
        };
        Self {
            slots: self.slots.clone(),
            tracks: self.tracks.iter().map(track).collect(),
            scaled: self.scaled.iter().filter(|(at, ..)| *at < minute).copied().collect(),
            until: minute,
            ..*self
        }
    }

    pub fn forget_before(&mut self, minute: Minute) {
        self.tracks.iter_mut().for_each(|track| track.forget_before(minute));
    }

    fn each(&mut self, name: &'static str, operation: usize, value: impl Fn(Statistic) -> f64) {
        debug_assert!(NAMES.contains(&name), "{name} is missing in the list of names");
        if self.is_silent {
            return;
        }
        let Some(slots) = self.slots.get(&(self.node, name, operation)) else { return };
        for slot in slots {
            let start = seconds(self.minute) / 60;
            if start.rem_euclid(slot.period) == 0 {
                self.tracks[slot.place].put(self.minute, value(slot.statistic));
            }
        }
    }

    /// Counted `count` in `of` calls.
    pub fn count(&mut self, name: &'static str, count: f64, of: f64) {
        self.count_of(name, GET, count, of);
    }

    /// The same of one operation.
    pub fn count_of(&mut self, name: &'static str, operation: usize, count: f64, of: f64) {
        self.each(name, operation, |statistic| match statistic {
            Statistic::Sum => count,
            Statistic::SampleCount => of,
            Statistic::Average => count / of.max(1.0),
            Statistic::Minimum | Statistic::Quantile(_) => f64::from(u8::from(count >= of)),
            Statistic::Maximum => f64::from(u8::from(count > 0.0)),
        });
    }

    /// A level that was looked at some times in the minute; it went up and down by `around`.
    pub fn level(&mut self, name: &'static str, value: f64, around: f64) {
        self.each(name, GET, |statistic| match statistic {
            Statistic::Maximum => value + around,
            Statistic::Minimum => (value - around).max(0.0),
            Statistic::SampleCount => 1.0,
            _ => value,
        });
    }

    pub fn times(&mut self, name: &'static str, operation: usize, times: &mut [f32], of: f64) {
        if times.is_empty() {
            return;
        }
        times.sort_by(f32::total_cmp);
        let at = |share: f64| f64::from(times[((times.len() - 1) as f64 * share).round() as usize]);
        let sum = times.iter().map(|t| f64::from(*t)).sum::<f64>();
        self.each(name, operation, |statistic| match statistic {
            Statistic::Average => sum / times.len() as f64,
            Statistic::Maximum => at(1.0),
            Statistic::Minimum => at(0.0),
            Statistic::Sum => sum / times.len() as f64 * of,
            Statistic::SampleCount => of,
            Statistic::Quantile(share) => at(share),
        });
    }
}
