use crate::{Application, Inventory, Metric, MetricKey, ResourceState, Unseen, WatchingCounts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known about an application before a window is looked at, as a store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Learning {
    /// When it was learned.
    pub at: Timestamp,
    /// False: it ended before every metric's history was read, or while the application was being changed; the next one goes on.
    pub complete: bool,
    pub inventory: Inventory,
    pub metrics: Vec<Metric>,
    pub baselines: BTreeMap<MetricKey, KeptBaseline>,
    /// What could not be learned, and why.
    pub unseen: BTreeMap<MetricKey, Unseen>,
    /// The inventory's resources, watched or not.
    pub watching: Vec<ResourceState>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct KeptBaseline {
    /// The end of the history it was fitted on.
    pub at: Timestamp,
    /// Whether that history had a point.
    pub published: bool,
    /// Serialised by whoever fitted it; a store doesn't look inside.
    pub bytes: Vec<u8>,
}

/// What is known of a learning without reading it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnedApplication {
    pub application: Application,
    pub at: Timestamp,
    pub complete: bool,
    /// How many of them it has, so that nothing else need be read to say so.
    pub resources: usize,
    pub metrics: usize,
    /// How many are watched, by type of resource.
    pub types: BTreeMap<String, WatchingCounts>,
    /// What could not be read of its inventory.
    pub unseen: Vec<Unseen>,
}

impl LearnedApplication {
    pub fn of(application: &Application, learning: &Learning) -> Self {
        let mut types: BTreeMap<String, WatchingCounts> = BTreeMap::new();
        for state in &learning.watching {
            *types.entry(state.resource.resource_type.clone()).or_default() += WatchingCounts::from_iter([state]);
        }
        Self {
            application: application.clone(),
            at: learning.at,
            complete: learning.complete,
            resources: learning.inventory.resources.len(),
            metrics: learning.metrics.len(),
            types,
            unseen: learning.inventory.unseen.clone(),
        }
    }

    pub fn watching(&self) -> WatchingCounts {
        let mut counts = WatchingCounts::default();
        self.types.values().for_each(|of_type| counts += *of_type);
        counts
    }
}
