//! Notes what passes through the ports: which metrics had points and, for `--record`, all of it, to be written as an incident
//! folder.

use jiff::Timestamp;
use stackseer_incident::{Incident, Range, Recorded};
use stackseer_model::ports::{EventSource, MetricAnswer, MetricSource, PortError, ReadSeries};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Stands between the line and its sources.
pub struct Recorder<'a, M, E> {
    metrics: &'a M,
    events: &'a E,
    /// None: everything passes and nothing is kept.
    kept: Option<Mutex<Kept>>,
    with_points: Mutex<BTreeSet<MetricKey>>,
}

#[derive(Default)]
struct Kept {
    series: BTreeMap<MetricKey, (Metric, Series)>,
    events: BTreeMap<String, ChangeEvent>,
}

/// What the folder is about.
pub struct About<'a> {
    pub application: &'a Application,
    pub inventory: &'a Inventory,
    pub learn: (Timestamp, Timestamp),
    pub watch: (Timestamp, Timestamp),
}

impl<'a, M, E> Recorder<'a, M, E> {
    pub fn new(metrics: &'a M, events: &'a E, keep: bool) -> Self {
        Self { metrics, events, kept: keep.then(Mutex::default), with_points: Mutex::default() }
    }

    /// How many metrics had a point since this was last asked.
    pub fn take_with_points(&self) -> usize {
        std::mem::take(&mut *self.with_points()).len()
    }

    fn with_points(&self) -> MutexGuard<'_, BTreeSet<MetricKey>> {
        self.with_points.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> Option<MutexGuard<'_, Kept>> {
        self.kept.as_ref().map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was kept, as a folder that `replay` reads.
    pub fn incident(self, about: &About<'_>) -> Option<Incident> {
        const GRAIN_SECONDS: u32 = 60;
        const TICK_MINUTES: u32 = 5;
        let kept = self.kept?.into_inner().unwrap_or_else(PoisonError::into_inner);
        let range = |(from, to)| Range { from, to };
        let recorded = |(key, (metric, series)): (MetricKey, (Metric, Series))| {
            let resource = about.inventory.resource(&metric.resource)?;
            Some(Recorded {
                key,
                resource: metric.resource,
                resource_type: resource.resource_type.clone(),
                role: None,
                series,
                line: 0,
            })
        };
        let mut events: Vec<ChangeEvent> = kept.events.into_values().collect();
        events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        let mut incident = Incident {
            application: about.application.clone(),
            period: GRAIN_SECONDS,
            learn: range(about.learn),
            watch: range(about.watch),
            tick_minutes: TICK_MINUTES,
            inventory: about.inventory.clone(),
            series: kept.series.into_iter().filter_map(recorded).collect(),
            events,
        };
        // What runs every ten minutes has a point every ten minutes at most.
        incident.period = incident.grain().unwrap_or(GRAIN_SECONDS);
        Some(incident)
    }
}

impl<M: MetricSource, E: Sync> MetricSource for Recorder<'_, M, E> {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let answer = self.metrics.read(metrics, from, to).await?;
        let had = |(metric, read): (&&Metric, &ReadSeries)| match read {
            Ok(series) if !series.is_empty() => Some(metric.key.clone()),
            _ => None,
        };
        self.with_points().extend(metrics.iter().zip(&answer.series).filter_map(had));
        if let Some(mut kept) = self.kept() {
            for (metric, read) in metrics.iter().zip(&answer.series) {
                let Ok(series) = read else { continue };
                let (_, whole) =
                    kept.series.entry(metric.key.clone()).or_insert_with(|| ((*metric).clone(), Series::default()));
                whole.0.extend(&series.0);
                *whole = Series::new(std::mem::take(&mut whole.0));
            }
        }
        Ok(answer)
    }

    async fn dimension_sets(&self, namespace: &str, metric: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        self.metrics.dimension_sets(namespace, metric).await
    }
}

impl<M: Sync, E: EventSource> EventSource for Recorder<'_, M, E> {
    async fn change_events(
        &self,
        inventory: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        let events = self.events.change_events(inventory, from, to).await?;
        if let Some(mut kept) = self.kept() {
            kept.events.extend(events.iter().map(|e| (e.id.clone(), e.clone())));
        }
        Ok(events)
    }
}
