//! The line's ports over the lab: each answers what AWS would have by then.

use crate::calendar::{Minute, minute_of};
use crate::script::Late;
use crate::world::{OPERATIONS, Part, Recorder, Setup};
use stackseer_model::ports::{EventSource, MetricAnswer, MetricSource, PortError};
use stackseer_model::{ChangeEvent, Inventory, Metric, MetricKey, Timestamp, Unseen};
use std::collections::{BTreeMap, BTreeSet};

/// CloudWatch has a minute's point about a minute after it ended.
const USUAL_DELAY_MINUTES: Minute = 1;

#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub places: &'a BTreeMap<MetricKey, usize>,
    pub recorder: &'a Recorder,
    pub events: &'a [ChangeEvent],
    pub late: &'a [Late],
    /// While learning nothing is late any more.
    pub is_history: bool,
}

impl Source<'_> {
    fn is_there(&self, minute: Minute, period: Minute, now: Minute) -> bool {
        if self.is_history {
            return minute + period <= now;
        }
        let late = self.late.iter().filter(|l| (l.from..l.to).contains(&minute)).map(|l| l.minutes).max();
        minute + period + USUAL_DELAY_MINUTES + late.unwrap_or(0) <= now
    }
}

impl MetricSource for Source<'_> {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let (from, to) = (minute_of(from), minute_of(to));
        let series = metrics.iter().map(|metric| {
            let Some(place) = self.places.get(&metric.key) else {
                return Err(Unseen {
                    what: metric.key.to_string(),
                    action: None,
                    reason: "the lab has no such metric".to_owned(),
                });
            };
            let period = Minute::from(metric.period) / 60;
            Ok(self.recorder.tracks[*place].points(from, to, |minute| self.is_there(minute, period, to)))
        });
        Ok(MetricAnswer { series: series.collect(), ..MetricAnswer::default() })
    }

    async fn dimension_sets(&self, _: &str, _: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        Ok(vec![])
    }
}

impl EventSource for Source<'_> {
    async fn change_events(
        &self,
        _: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        Ok(self.events.iter().filter(|e| e.time >= from && e.time < to).cloned().collect())
    }
}

/// Which dimension sets there are, before anything is recorded: operations by table.
pub struct Dimensions(BTreeSet<(&'static str, &'static str)>);

impl Dimensions {
    pub fn of(setup: &Setup) -> Self {
        let calls = setup.nodes.iter().flat_map(|node| match &node.part {
            Part::Function(function) => function.calls.as_slice(),
            Part::Service(service) => service.calls.as_slice(),
            Part::Machine(machine) => machine.steps.as_slice(),
            _ => &[],
        });
        let of_tables = calls.filter(|call| matches!(setup.nodes[call.to].part, Part::Table(_)));
        Self(of_tables.map(|call| (setup.nodes[call.to].name, OPERATIONS[call.operation])).collect())
    }
}

impl MetricSource for Dimensions {
    async fn read(&self, _: &[&Metric], _: Timestamp, _: Timestamp) -> Result<MetricAnswer, PortError> {
        Ok(MetricAnswer::default())
    }

    async fn dimension_sets(&self, namespace: &str, metric: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        if namespace != "AWS/DynamoDB" || metric == "SystemErrors" {
            return Ok(vec![]);
        }
        let set = |(table, operation): &(&str, &str)| {
            [("TableName", *table), ("Operation", *operation)].map(|(k, v)| (k.to_owned(), v.to_owned())).into()
        };
        Ok(self.0.iter().map(set).collect())
    }
}
