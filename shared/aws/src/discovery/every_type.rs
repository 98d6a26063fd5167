//! The catalogue asks for attributes by name; a name that discovery doesn't set would be a service silently unwatched.

use super::tests::{World, arn, named, stack};
use serde_json::{Value, json};
use stackseer_catalog::{AttributeSpec, Catalog, ResourceType, Service};
use std::collections::{BTreeMap, BTreeSet};

/// What takes its attributes from resources around it, as a template declares them.
const TOGETHER: &str = r#"{"Resources": {
    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    "Web": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"},
    "Listener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
        "LoadBalancerArn": {"Ref": "Balancer"},
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Web"}}]}},
    "Network": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    "Edge": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Protocol": "TCP"}},
    "EdgeListener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
        "LoadBalancerArn": {"Ref": "Network"},
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Edge"}}]}}
}}"#;

/// Logical id, type, rest of the ARN.
const MEMBERS: [(&str, &str, &str); 6] = [
    ("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "loadbalancer/app/front/1"),
    ("Web", "AWS::ElasticLoadBalancingV2::TargetGroup", "targetgroup/web/3"),
    ("Listener", "AWS::ElasticLoadBalancingV2::Listener", "listener/app/front/1/4"),
    ("Network", "AWS::ElasticLoadBalancingV2::LoadBalancer", "loadbalancer/net/edge/2"),
    ("Edge", "AWS::ElasticLoadBalancingV2::TargetGroup", "targetgroup/edge/5"),
    ("EdgeListener", "AWS::ElasticLoadBalancingV2::Listener", "listener/net/edge/2/6"),
];

/// The value of an attribute in the words of a template: what the metrics want, or anything.
fn said(kind: &ResourceType, service: &Service, attribute: &str) -> String {
    let wanted = service.only.get(attribute);
    let spec = kind.attributes.iter().find(|a| a.name == attribute);
    let word = spec.and_then(|spec| spec.words.iter().find(|(_, ours)| Some(*ours) == wanted));
    word.map(|(theirs, _)| theirs).or(wanted).cloned().unwrap_or_else(|| attribute.replace('_', "-"))
}

/// Puts it where the pointer leads, and makes what leads there.
fn put(properties: &mut Value, pointer: &str, value: Value) {
    let mut place = properties;
    for key in pointer.split('/').skip(1) {
        place = &mut place[key];
    }
    *place = value;
}

/// What a template and its stack say of a resource that has these metrics, by the catalogue alone.
fn example(kind: &ResourceType, service: &Service) -> (Value, String) {
    let values: BTreeMap<&str, String> =
        kind.attributes.iter().map(|a| (a.name.as_str(), said(kind, service, &a.name))).collect();
    let mut properties = json!({});
    for attribute in &kind.attributes {
        let way = attribute.property.iter().find(|p| !p.contains(|c: char| c.is_ascii_digit()));
        if let Some(pointer) = way {
            put(&mut properties, pointer, json!(values[attribute.name.as_str()]));
        }
    }
    let name = service.id.as_str();
    let part = |part: &str| Some(values.get(part).map_or(name, String::as_str));
    let of_arn = kind.arn.as_ref().filter(|arn| arn.forms[0].names().ne(["name"]));
    let id = match (kind.physical_id.first(), of_arn) {
        (Some(form), _) => form.write(part).unwrap(),
        (None, Some(of)) => arn(&of.service, &of.forms[0].write(part).unwrap()),
        (None, None) => name.to_owned(),
    };
    (json!({"Type": kind.cfn, "Properties": properties}), id)
}

/// The parts that say what these metrics want of the whole.
fn parts(kind: &ResourceType, service: &Service, whole: &str) -> Vec<(String, Value)> {
    let wanted = kind.attributes.iter().filter(|a| service.only.contains_key(&a.name));
    let part = |attribute: &AttributeSpec| {
        let of = attribute.of_part.as_ref()?;
        let part_of = Catalog::builtin().resource_type(&of.cfn)?.part_of.as_ref()?;
        let mut properties = json!({});
        put(&mut properties, &of.property, json!(said(kind, service, &attribute.name)));
        put(&mut properties, part_of, json!({"Ref": whole}));
        Some((format!("{whole}Part"), json!({"Type": of.cfn, "Properties": properties})))
    };
    wanted.filter_map(part).collect()
}

#[tokio::test]
async fn every_type_of_the_catalogue_has_metrics_once_discovered() {
    let catalog = Catalog::builtin();
    let mut template: Value = serde_json::from_str(TOGETHER).unwrap();
    let mut members: Vec<(String, String, String)> = MEMBERS
        .iter()
        .map(|(id, cfn, rest)| ((*id).to_owned(), (*cfn).to_owned(), arn("elasticloadbalancing", rest)))
        .collect();
    // Those only `ListMetrics` knows the dimensions of are not asked for here.
    let services: Vec<&Service> =
        catalog.services().iter().filter(|s| !s.dimensions.values().any(|v| v == "*" || v.ends_with('#'))).collect();
    for service in &services {
        let kind = catalog.resource_type(&service.resource_type).unwrap();
        if MEMBERS.iter().all(|(_, cfn, _)| *cfn != kind.cfn) {
            let logical = service.id.replace('-', "");
            let (resource, id) = example(kind, service);
            template["Resources"][&logical] = resource;
            for (part, declared) in parts(kind, service, &logical) {
                members.push((part.clone(), declared["Type"].as_str().unwrap().to_owned(), part.clone()));
                template["Resources"][part] = declared;
            }
            members.push((logical, kind.cfn.clone(), id));
        }
    }
    let listed: Vec<(&str, &str, &str)> =
        members.iter().map(|(logical, cfn, id)| (logical.as_str(), cfn.as_str(), id.as_str())).collect();
    let inventory = World::of(vec![stack("shop", &template.to_string(), &listed)]).read(named("shop")).await;
    let asked: BTreeSet<String> = inventory
        .resources
        .iter()
        .flat_map(|r| catalog.metrics_of(r, |_, _| vec![]).0)
        .map(|m| format!("{} {} {:?}", m.key.namespace, m.key.name, m.key.dimensions.keys().collect::<Vec<_>>()))
        .collect();
    let wanted: BTreeSet<String> = services
        .iter()
        .flat_map(|s| s.metrics.iter().map(move |m| (s, m)))
        .map(|(s, m)| format!("{} {} {:?}", s.namespace, m.name, s.dimensions.keys().collect::<Vec<_>>()))
        .collect();
    let unasked: Vec<&String> = wanted.difference(&asked).collect();
    assert_eq!((unasked, asked.difference(&wanted).next()), (vec![], None), "of {template:#}");
}
