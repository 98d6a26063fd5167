//! From what happened in a minute to what CloudWatch publishes of it.

use crate::clock::after;
use crate::simulator::PERIOD;
use stackseer_incident::Recorded;
use stackseer_model::{MetricKey, Point, Resource, Series, Timestamp};

/// The series of all metrics, filled minute by minute.
pub struct Recorder {
    start: Timestamp,
    capacity: usize,
    series: Vec<Recorded>,
}

/// One metric with one statistic.
#[derive(Clone, Copy)]
pub struct Channel(usize);

impl Recorder {
    pub fn new(start: Timestamp, minutes: u32) -> Self {
        Self { start, capacity: minutes as usize, series: Vec::new() }
    }

    /// `dimensions`: as AWS publishes the metric.
    pub fn channel(
        &mut self,
        resource: &Resource,
        namespace: &str,
        metric: &str,
        statistic: &str,
        dimensions: &[(&str, &str)],
    ) -> Channel {
        self.series.push(Recorded {
            key: MetricKey {
                namespace: namespace.to_owned(),
                name: metric.to_owned(),
                dimensions: dimensions.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
                statistic: statistic.to_owned(),
            },
            resource: resource.id.clone(),
            resource_type: resource.resource_type.clone(),
            role: None,
            series: Series::default(),
            line: 0,
        });
        Channel(self.series.len() - 1)
    }

    /// Minutes must come in order.
    pub fn put(&mut self, channel: Channel, minute: u32, value: f64) {
        let points = &mut self.series[channel.0].series.0;
        if points.is_empty() {
            points.reserve(self.capacity.saturating_sub(minute as usize));
        }
        points.push(Point { time: after(self.start, i64::from(minute) * i64::from(PERIOD)), value });
    }

    /// For what AWS publishes only when it happens.
    pub fn put_if_any(&mut self, channel: Channel, minute: u32, count: u32) {
        if count > 0 {
            self.put(channel, minute, f64::from(count));
        }
    }

    pub fn finish(mut self) -> Vec<Recorded> {
        self.series.iter_mut().for_each(|recorded| recorded.series.0.shrink_to_fit());
        self.series
    }
}

/// The statistics of a duration.
pub struct Times {
    average: Channel,
    p90: Channel,
    p99: Channel,
    maximum: Channel,
}

impl Times {
    pub fn new(
        recorder: &mut Recorder,
        resource: &Resource,
        namespace: &str,
        metric: &str,
        dims: &[(&str, &str)],
    ) -> Self {
        let mut channel = |statistic| recorder.channel(resource, namespace, metric, statistic, dims);
        Self { average: channel("Average"), p90: channel("p90"), p99: channel("p99"), maximum: channel("Maximum") }
    }

    /// Nothing is published where there was nothing to measure. Reorders the values.
    pub fn put(&self, recorder: &mut Recorder, minute: u32, values: &mut [f32]) {
        let Some(last) = values.len().checked_sub(1) else { return };
        let sum: f64 = values.iter().map(|v| f64::from(*v)).sum();
        recorder.put(self.average, minute, sum / values.len() as f64);
        // From the highest down, so that each selection only has to look at what is left below.
        let mut below = values;
        for (channel, share) in [(self.maximum, 1.0), (self.p99, 0.99), (self.p90, 0.9)] {
            let index = ((last as f64 * share).round() as usize).min(below.len() - 1);
            let (_, value, _) = below.select_nth_unstable_by(index, f32::total_cmp);
            recorder.put(channel, minute, f64::from(*value));
            below = &mut below[..=index];
        }
    }
}
