use crate::{Application, Inventory, Metric, MetricKey, ResourceState, Unseen, WatchingCounts};
use jiff::Timestamp;
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

/// What a schedule needs to know of a learning.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedApplication {
    pub application: Application,
    pub at: Timestamp,
    pub complete: bool,
    /// How many of them it has, so that nothing else need be read to say so.
    pub resources: usize,
    pub metrics: usize,
    pub watching: WatchingCounts,
}
