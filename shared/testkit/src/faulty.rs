use stackseer_model::ports::{
    ChangeSource, EventSource, MetricAnswer, MetricSource, PortError, RegionChanges, ResourceSource,
};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Any source, that fails as it is told to.
#[derive(Debug, Default)]
pub struct Faulty<S> {
    source: S,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: Vec<PortError>,
    denied_namespaces: BTreeSet<String>,
    is_gone: bool,
    application_failures: Vec<PortError>,
    inventory: Option<Inventory>,
    changes: Vec<RegionChange>,
}

impl<S> Faulty<S> {
    pub fn new(source: S) -> Self {
        Self { source, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call fails with this; several are used up one by one.
    pub fn fail_next(&self, error: PortError) {
        self.state().failures.push(error);
    }

    /// Series of this namespace can't be read any more.
    pub fn deny_namespace(&self, namespace: &str) {
        self.state().denied_namespaces.insert(namespace.to_owned());
    }

    /// Its applications are there no more.
    pub fn remove_applications(&self) {
        self.state().is_gone = true;
    }

    /// The next question which applications there are fails with this.
    pub fn fail_next_applications(&self, error: PortError) {
        self.state().application_failures.push(error);
    }

    pub fn inventory_becomes(&self, inventory: Inventory) {
        self.state().inventory = Some(inventory);
    }

    pub fn happen(&self, change: RegionChange) {
        self.state().changes.push(change);
    }

    fn fail(&self) -> Result<(), PortError> {
        let mut state = self.state();
        if state.failures.is_empty() { Ok(()) } else { Err(state.failures.remove(0)) }
    }
}

impl<S: MetricSource> MetricSource for Faulty<S> {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        self.fail()?;
        let denied = self.state().denied_namespaces.clone();
        let mut answer = self.source.read(metrics, from, to).await?;
        for (metric, series) in metrics.iter().zip(&mut answer.series) {
            if denied.contains(&metric.key.namespace) {
                *series = Err(Unseen {
                    what: metric.key.to_string(),
                    action: Some("cloudwatch:GetMetricData".to_owned()),
                    reason: "access denied".to_owned(),
                });
            }
        }
        Ok(answer)
    }

    async fn dimension_sets(&self, namespace: &str, metric: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        self.source.dimension_sets(namespace, metric).await
    }
}

impl<S: ResourceSource> ResourceSource for Faulty<S> {
    async fn applications(&self, coverage: &Coverage) -> Result<Vec<Application>, PortError> {
        self.fail()?;
        let failure = self.state().application_failures.pop();
        failure.map_or(Ok(()), Err)?;
        if self.state().is_gone { Ok(vec![]) } else { self.source.applications(coverage).await }
    }

    async fn inventory(&self, application: &Application) -> Result<Inventory, PortError> {
        self.fail()?;
        if self.state().is_gone {
            return Err(PortError::NotFound { what: application.name.clone() });
        }
        let changed = self.state().inventory.clone();
        match changed {
            Some(inventory) => Ok(inventory),
            None => self.source.inventory(application).await,
        }
    }
}

impl<S: EventSource> EventSource for Faulty<S> {
    async fn change_events(
        &self,
        inventory: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        self.source.change_events(inventory, from, to).await
    }
}

impl<S: Sync> ChangeSource for Faulty<S> {
    async fn region_changes(&self, from: Timestamp, to: Timestamp) -> Result<RegionChanges, PortError> {
        self.fail()?;
        let changes = self.state().changes.iter().filter(|c| c.time >= from && c.time < to).cloned().collect();
        Ok(RegionChanges { changes, unseen: None })
    }
}
