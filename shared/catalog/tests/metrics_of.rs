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

type Set = BTreeMap<String, String>;
/// Namespace, name, and every dimension set it is read under.
type Asked = (String, String, Vec<Set>);

fn asked(resource: &Resource, listed: &[Set]) -> Vec<Asked> {
    let (metrics, _) = Catalog::builtin().metrics_of(resource, |_, _| listed.to_vec());
    let mut found: BTreeMap<(String, String), Vec<Set>> = BTreeMap::new();
    for metric in metrics {
        let sets = found.entry((metric.key.namespace, metric.key.name)).or_default();
        if !sets.contains(&metric.key.dimensions) {
            sets.push(metric.key.dimensions);
        }
    }
    found.into_iter().map(|((namespace, name), sets)| (namespace, name, sets)).collect()
}

fn names(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|(_, name, _)| name.as_str()).collect()
}

#[test]
fn the_nodes_of_a_cache_group_are_those_with_its_name_and_a_number() {
    let node = |id: &str| set(&[("CacheClusterId", id)]);
    let listed = ["sessions-001", "sessions-0001-002", "sessions-prod-001", "sessions", "carts-001"].map(node);
    let asked = asked(&Resource::new("AWS::ElastiCache::ReplicationGroup", "sessions"), &listed);
    assert!(asked.iter().any(|(_, name, _)| name == "EngineCPUUtilization"));
    assert!(asked.iter().all(|(_, _, sets)| *sets == [node("sessions-001"), node("sessions-0001-002")]), "{asked:?}");
}

#[test]
fn a_rule_is_read_under_its_bus_unless_that_is_the_default_one() {
    let mut rule = Resource::new("AWS::Events::Rule", "paid");
    let plain = [set(&[("RuleName", "paid")])];
    assert!(asked(&rule, &[]).iter().all(|(_, _, sets)| *sets == plain));
    rule.set("event_bus", "default");
    assert!(asked(&rule, &[]).iter().all(|(_, _, sets)| *sets == plain));
    rule.set("event_bus", "orders-bus");
    let own = [set(&[("EventBusName", "orders-bus"), ("RuleName", "paid")])];
    let found = asked(&rule, &[]);
    assert!(found.len() == 3 && found.iter().all(|(_, _, sets)| *sets == own), "{found:?}");
}

#[test]
fn a_websocket_api_has_messages_and_no_http_requests() {
    let mut api = Resource::new("AWS::ApiGatewayV2::Api", "chat");
    api.set("api_id", "a1");
    api.set("protocol", "WEBSOCKET");
    let expected =
        ["ClientError", "ConnectCount", "ExecutionError", "IntegrationError", "IntegrationLatency", "MessageCount"];
    assert_eq!(names(&asked(&api, &[])), expected);
    api.set("protocol", "HTTP");
    assert_eq!(names(&asked(&api, &[])), ["4xx", "5xx", "Count", "IntegrationLatency", "Latency"]);
}

#[test]
fn a_target_group_is_read_in_its_balancer_s_namespace_even_behind_another_stack_s() {
    let mut group = Resource::new("AWS::ElasticLoadBalancingV2::TargetGroup", "group");
    group.set("target_group", "targetgroup/group/1");
    group.set("load_balancer_type", "network");
    let of = |balancer: &str, group: &str| set(&[("LoadBalancer", balancer), ("TargetGroup", group)]);
    let listed = [of("net/edge/2", "targetgroup/group/1"), of("net/edge/2", "targetgroup/other/3")];
    let found = asked(&group, &listed);
    assert_eq!(names(&found), ["HealthyHostCount", "UnHealthyHostCount"]);
    assert!(found.iter().all(|(space, _, sets)| space == "AWS/NetworkELB" && *sets == [listed[0].clone()]));
    let inventory = Inventory { resources: vec![group.clone()], ..Inventory::default() };
    assert_eq!(Catalog::builtin().wildcard_metrics(&inventory).len(), 2, "ListMetrics has to be asked");

    group.set("load_balancer_type", "application");
    group.set("load_balancer", "app/front/1");
    let found = asked(&group, &[]);
    assert!(names(&found).contains(&"HTTPCode_Target_5XX_Count") && names(&found).contains(&"TargetResponseTime"));
    assert!(found.iter().all(|(_, _, sets)| *sets == [of("app/front/1", "targetgroup/group/1")]), "{found:?}");
    let inventory = Inventory { resources: vec![group], ..Inventory::default() };
    assert_eq!(Catalog::builtin().wildcard_metrics(&inventory), [], "its balancer is known");
}

#[test]
fn the_indexes_of_a_table_have_capacity_and_throttling_of_their_own() {
    let index = |name: &str| set(&[("GlobalSecondaryIndexName", name), ("TableName", "orders")]);
    let listed = [index("by-customer"), index("by-day"), set(&[("TableName", "orders")])];
    let found = asked(&Resource::new("AWS::DynamoDB::Table", "orders"), &listed);
    let throttles = found.iter().find(|(_, name, _)| name == "WriteThrottleEvents").unwrap();
    assert_eq!(throttles.2.len(), 3, "the table and two indexes: {throttles:?}");
}
