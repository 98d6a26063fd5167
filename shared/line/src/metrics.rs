//! Which series an application has.

use stackseer_catalog::Catalog;
use stackseer_model::ports::{MetricSource, PortError};
use stackseer_model::{Inventory, Metric, Unseen};
use std::collections::BTreeMap;

type DimensionSets = BTreeMap<(String, String), Vec<BTreeMap<String, String>>>;

/// The catalogue's metrics of every resource, with the dimension values that only `ListMetrics` knows.
pub async fn metrics_of(
    source: &impl MetricSource,
    catalog: &Catalog,
    inventory: &Inventory,
) -> Result<(Vec<Metric>, Vec<Unseen>), PortError> {
    let mut sets: DimensionSets = BTreeMap::new();
    let mut unseen = Vec::new();
    for (namespace, metric) in catalog.wildcard_metrics(inventory) {
        match source.dimension_sets(&namespace, &metric).await {
            Ok(found) => {
                sets.insert((namespace, metric), found);
            }
            Err(PortError::Transient { action, message }) => return Err(PortError::Transient { action, message }),
            Err(error) => unseen.push(Unseen {
                what: format!("{namespace} {metric}"),
                action: Some("cloudwatch:ListMetrics".to_owned()),
                reason: error.to_string(),
            }),
        }
    }
    let mut metrics: Vec<Metric> = Vec::new();
    for resource in &inventory.resources {
        let (found, unresolved) = catalog.metrics_of(resource, |namespace, metric| {
            sets.get(&(namespace.to_owned(), metric.to_owned())).cloned().unwrap_or_default()
        });
        metrics.extend(found);
        unseen.extend(unresolved);
    }
    metrics.sort_by(|a, b| a.key.cmp(&b.key));
    metrics.dedup_by(|a, b| a.key == b.key);
    Ok((metrics, unseen))
}
