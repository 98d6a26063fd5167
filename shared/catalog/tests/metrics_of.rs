//! From a resource to its series.

use stackseer_catalog::Catalog;
use stackseer_model::{Inventory, Resource};
use std::collections::BTreeMap;

fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn a_table_has_its_own_metrics_and_those_of_the_operations_it_served() {
    let table = Resource::new("AWS::DynamoDB::Table", "orders");
    let catalog = Catalog::builtin();
    let sets = |_: &str, metric: &str| match metric {
        "SuccessfulRequestLatency" => vec![
            set(&[("TableName", "orders"), ("Operation", "PutItem")]),
            set(&[("TableName", "carts"), ("Operation", "PutItem")]),
            set(&[("TableName", "orders")]),
        ],
        _ => vec![],
    };
    let (metrics, unseen) = catalog.metrics_of(&table, sets);
    assert_eq!(unseen, []);
    let latency: Vec<_> = metrics.iter().filter(|m| m.key.name == "SuccessfulRequestLatency").collect();
    assert_eq!(latency.len(), 1);
    assert_eq!(latency[0].key.dimensions["Operation"], "PutItem");
    assert!(
        metrics
            .iter()
            .any(|m| m.key.name == "WriteThrottleEvents" && m.key.dimensions == set(&[("TableName", "orders")]))
    );
    let wanted = catalog.wildcard_metrics(&Inventory { resources: vec![table], ..Inventory::default() });
    assert!(wanted.contains(&("AWS/DynamoDB".to_owned(), "SuccessfulRequestLatency".to_owned())));
}

#[test]
fn a_dimension_nobody_knows_is_said_and_not_guessed() {
    let (metrics, unseen) = Catalog::builtin().metrics_of(&Resource::new("AWS::ECS::Service", "web"), |_, _| vec![]);
    assert!(metrics.is_empty());
    assert_eq!(unseen[0].reason, "cluster of web is not known");
}

#[test]
fn one_type_of_two_kinds_is_told_apart_by_its_attributes() {
    let mut balancer = Resource::new("AWS::ElasticLoadBalancingV2::LoadBalancer", "front");
    balancer.attributes.clear();
    balancer.set("load_balancer_type", "network");
    balancer.set("load_balancer", "net/front/1");
    let (metrics, _) = Catalog::builtin().metrics_of(&balancer, |_, _| vec![]);
    assert!(!metrics.is_empty() && metrics.iter().all(|m| m.key.namespace == "AWS/NetworkELB"));
}

#[test]
fn what_has_no_metrics_has_none() {
    let (metrics, unseen) = Catalog::builtin().metrics_of(&Resource::new("AWS::IAM::Role", "role"), |_, _| vec![]);
    assert_eq!((metrics, unseen), (vec![], vec![]));
}
