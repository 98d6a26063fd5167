use crate::{Inventory, Metric, MetricKey, Unseen};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is known about an application before a window is looked at, as a store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Learning {
    /// The end of the history it was learned from.
    pub at: Timestamp,
    pub inventory: Inventory,
    pub metrics: Vec<Metric>,
    /// Serialised by whoever fitted them; a store doesn't look inside.
    pub baselines: BTreeMap<MetricKey, Vec<u8>>,
    /// What could not be learned, and why.
    pub unseen: BTreeMap<MetricKey, Unseen>,
}
