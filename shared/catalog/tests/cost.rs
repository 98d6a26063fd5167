//! What watching costs, pinned: a change that raises the bill shows here.

use stackseer_catalog::{Catalog, Service};
use std::collections::{BTreeMap, BTreeSet};

/// Dollars per metric requested of `GetMetricData`.
const PRICE: f64 = 0.01 / 1000.0;
/// Watches of a month of 30 days, one every five minutes.
const WATCHES: f64 = 30.0 * 24.0 * 12.0;

#[test]
fn metrics_and_dollars_per_resource_and_month() {
    let mut services: Vec<&Service> = Catalog::builtin().services().iter().collect();
    services.sort_by(|a, b| a.id.cmp(&b.id));
    let lines: BTreeMap<&str, String> = services
        .iter()
        .map(|service| {
            // Statistics of one metric are billed as one, up to five.
            let symptoms: BTreeSet<&str> =
                service.metrics.iter().filter(|m| m.opens).map(|m| m.name.as_str()).collect();
            let opening = service.metrics.iter().filter(|m| m.opens).count();
            let symptoms = symptoms.len();
            let dollars = symptoms as f64 * WATCHES * PRICE;
            (
                service.id.as_str(),
                format!("{symptoms} always, {} to explain, ${dollars:.2} a month", service.metrics.len() - opening),
            )
        })
        .collect();
    insta::assert_debug_snapshot!(lines);
}

#[test]
fn every_service_can_open_an_insight() {
    for service in Catalog::builtin().services() {
        assert!(service.metrics.iter().any(|m| m.opens), "{}", service.id);
    }
}
