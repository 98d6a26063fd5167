//! The line's ports over a recorded incident.

use crate::{Incident, Recorded};
use stackseer_model::ports::{EventSource, MetricAnswer, MetricSource, PortError, ReadSeries, ResourceSource};
use stackseer_model::{
    Application, ChangeEvent, Coverage, Inventory, Metric, Point, ResourceId, Series, Timestamp, Unseen,
};
use std::collections::{BTreeMap, BTreeSet};

/// Answers as AWS would have at the time asked for: the end of every range read is the clock. A point is there once its
/// period is over, an event once it has happened.
pub struct IncidentSource<'a> {
    incident: &'a Incident,
    by_resource: BTreeMap<&'a ResourceId, Vec<&'a Recorded>>,
}

impl<'a> IncidentSource<'a> {
    pub fn new(incident: &'a Incident) -> Self {
        let mut by_resource: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for recorded in &incident.series {
            by_resource.entry(&recorded.resource).or_default().push(recorded);
        }
        Self { incident, by_resource }
    }

    fn series(&self, metric: &Metric, from: Timestamp, to: Timestamp) -> ReadSeries {
        let of_resource = self.by_resource.get(&metric.resource).map_or(&[][..], Vec::as_slice);
        // A series with its dimensions written out is nearer than one that leaves them to the catalogue.
        let found = of_resource
            .iter()
            .filter(|recorded| recorded.is_of(metric))
            .max_by_key(|recorded| !recorded.key.dimensions.is_empty());
        match found {
            Some(recorded) => Ok(published(&recorded.series, metric.period, from, to)),
            None => Err(Unseen {
                what: metric.key.to_string(),
                action: None,
                reason: "it is not in the incident folder".to_owned(),
            }),
        }
    }
}

/// The points from `from` on whose period is over at `to`.
fn published(series: &Series, period: u32, from: Timestamp, to: Timestamp) -> Series {
    let points = &series.0;
    let (from, to) = (from.as_second(), to.as_second() - i64::from(period));
    let start = points.partition_point(|p: &Point| p.time.as_second() < from);
    let end = points.partition_point(|p: &Point| p.time.as_second() <= to).max(start);
    Series(points[start..end].to_vec())
}

impl MetricSource for IncidentSource<'_> {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let series = metrics.iter().map(|metric| self.series(metric, from, to)).collect();
        Ok(MetricAnswer { series, ..MetricAnswer::default() })
    }

    async fn dimension_sets(&self, namespace: &str, metric: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        let sets: BTreeSet<_> = self
            .incident
            .series
            .iter()
            .filter(|r| r.key.namespace == namespace && r.key.name == metric && !r.key.dimensions.is_empty())
            .map(|r| r.key.dimensions.clone())
            .collect();
        Ok(sets.into_iter().collect())
    }
}

impl ResourceSource for IncidentSource<'_> {
    async fn applications(&self, _: &Coverage) -> Result<Vec<Application>, PortError> {
        Ok(vec![self.incident.application.clone()])
    }

    async fn inventory(&self, application: &Application) -> Result<Inventory, PortError> {
        if application.id != self.incident.application.id {
            return Err(PortError::NotFound {
                what: format!("application {} in the incident folder", application.name),
            });
        }
        Ok(self.incident.inventory.clone())
    }
}

impl EventSource for IncidentSource<'_> {
    async fn change_events(
        &self,
        _: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        Ok(self.incident.events.iter().filter(|e| e.time >= from && e.time < to).cloned().collect())
    }
}
