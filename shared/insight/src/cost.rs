//! What an incident costs, where its harm is the bill.

use crate::Observed;
use crate::abnormal::means;
use crate::topology::Topology;
use stackseer_catalog::{Cost, CostPart};
use stackseer_model::{Resource, Timestamp};

const DAY_SECONDS: f64 = 24.0 * 3600.0;

/// Dollars a day more than usual, if it goes on as between the two. None: not all that it is made of is known.
pub fn a_day(topology: &Topology<'_>, cost: &Cost, of: &Resource, from: Timestamp, to: Timestamp) -> Option<f64> {
    let observed = topology.observed(&of.id);
    cost.parts.iter().map(|part| one(observed, part, of, from, to)).sum()
}

fn one(observed: &[&Observed], part: &CostPart, of: &Resource, from: Timestamp, to: Timestamp) -> Option<f64> {
    let read = |name: &str, statistic: &str| {
        let found = observed.iter().find(|o| o.metric.key.name == name && o.metric.key.statistic == statistic)?;
        Some((means(found, from, to)?, f64::from(found.metric.period)))
    };
    let (count, period) = read(&part.metric, "Sum")?;
    let (took, usual) = match &part.average {
        Some(average) => read(average, "Average").map(|(each, _)| (each.observed, each.expected))?,
        None => (1.0, 1.0),
    };
    let has: f64 = match &part.attribute {
        Some(attribute) => of.known(attribute)?.parse().ok()?,
        None => 1.0,
    };
    let more = (count.observed * took - count.expected * usual) * DAY_SECONDS / period;
    Some((more * has * part.dollars).max(0.0))
}
