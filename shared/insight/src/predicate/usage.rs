//! What learning keeps of a metric's history for the checks.

use stackseer_catalog::{Each, Over, Unit, date};
use stackseer_model::{Attribute, Inventory, Metric, ResourceId, Series, Timestamp};
use std::collections::BTreeMap;

/// A metric's last whole days and hours, oldest first. One that nobody measured is left out, unless silence means zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    pub metric: Metric,
    pub days: Vec<Use>,
    pub hours: Vec<Use>,
}

/// One day or hour of a metric, in its own unit; a `Sum` as a rate per second, but for `total`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// When it began.
    pub start: Timestamp,
    pub mean: f64,
    pub peak: f64,
    /// 95 % of its points are at or under it.
    pub p95: f64,
    pub lowest: f64,
    /// All its points added up, as CloudWatch has them.
    pub total: f64,
    /// Of how many points it is made, those that stand for silence included.
    pub points: u32,
}

impl Usage {
    pub fn of(&self, unit: Unit) -> &[Use] {
        match unit {
            Unit::Days => &self.days,
            Unit::Hours => &self.hours,
        }
    }

    /// The last of them that `over` asks about.
    pub fn last(&self, over: Over) -> &[Use] {
        let all = self.of(over.unit);
        &all[all.len().saturating_sub(over.count as usize)..]
    }
}

impl Use {
    pub fn value(&self, each: Each) -> f64 {
        match each {
            Each::Peak => self.peak,
            Each::P95 => self.p95,
            Each::Mean => self.mean,
            Each::Lowest => self.lowest,
            Each::Total => self.total,
        }
    }
}

/// Since when each resource is known to exist: it was created then, or a metric of it had a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Since(BTreeMap<ResourceId, Timestamp>);

impl Since {
    /// By the attribute `created` of those that have it.
    pub fn created(inventory: &Inventory) -> Self {
        let created = |value: &Attribute| date(value.known()?);
        let known =
            inventory.resources.iter().filter_map(|r| Some((r.id.clone(), created(r.attributes.get("created")?)?)));
        Self(known.collect())
    }

    pub fn saw(&mut self, metric: &Metric, series: &Series) {
        let Some(first) = series.0.first() else { return };
        let since = self.0.entry(metric.resource.clone()).or_insert(first.time);
        *since = first.time.min(*since);
    }

    pub fn of(&self, resource: &ResourceId) -> Option<Timestamp> {
        self.0.get(resource).copied()
    }
}
