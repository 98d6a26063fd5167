//! Every resource found is watched, known but without metrics, or not supported yet; helpers are no resources.

use stackseer_catalog::Catalog;
use stackseer_model::{Attribute, Inventory, Metric, Resource, ResourceState, Watching, WatchingCounts};

fn resource(cfn: &str, name: &str, attributes: &[(&str, &str)]) -> Resource {
    let mut resource = Resource::new(cfn, name);
    attributes.iter().for_each(|(attribute, value)| resource.set(attribute, *value));
    resource
}

/// `published` of each metric.
fn states(resources: Vec<Resource>, published: impl Fn(&Metric) -> Option<bool>) -> Vec<ResourceState> {
    let catalog = Catalog::builtin();
    let metrics: Vec<Metric> = resources.iter().flat_map(|r| catalog.metrics_of(r, |_, _| vec![]).0).collect();
    let inventory = Inventory { resources, ..Inventory::default() };
    catalog.watching(&inventory, &metrics, published)
}

fn without(why: &str) -> Watching {
    Watching::WithoutMetrics { because: why.to_owned(), turn_on: None }
}

/// Said as the bucket's metrics file has it.
fn request_metrics_off() -> Watching {
    let service = Catalog::builtin().services().iter().find(|s| s.id == "s3-requests").unwrap();
    let turn_on = service.needs.as_ref().map(|needs| needs.turn_on.clone());
    assert!(turn_on.as_ref().is_some_and(|text| text.contains("put-bucket-metrics-configuration")));
    Watching::WithoutMetrics { because: "request metrics are off".to_owned(), turn_on }
}

#[test]
fn each_resource_is_in_one_state_with_its_reason() {
    let mut group =
        resource("AWS::ElasticLoadBalancingV2::TargetGroup", "group", &[("target_group", "targetgroup/g/1")]);
    group.set("load_balancer_type", Attribute::Unknown("Fn::ImportValue protocol".to_owned()));
    let states = states(
        vec![
            resource("AWS::SQS::Queue", "jobs", &[]),
            resource("AWS::S3::Bucket", "files", &[]),
            resource("AWS::ECS::Service", "web", &[]),
            resource("AWS::ElastiCache::ReplicationGroup", "sessions", &[]),
            group,
            resource("AWS::ElasticLoadBalancingV2::LoadBalancer", "gate", &[("load_balancer_type", "gateway")]),
            resource("AWS::Redshift::Cluster", "warehouse", &[]),
            resource("AWS::Glue::Job", "nightly", &[]),
            resource("AWS::IAM::Role", "role", &[]),
            resource("AWS::Logs::LogGroup", "logs", &[]),
            resource("AWS::EC2::Subnet", "subnet", &[]),
            resource("Custom::Seed", "seed", &[]),
        ],
        |_| None,
    );
    let expected = [
        ("jobs", Watching::Watched),
        ("files", request_metrics_off()),
        ("web", without("cluster of web is not known")),
        ("sessions", without("nothing is published")),
        ("group", without("load_balancer_type of group is not known")),
        ("gate", Watching::NotSupported),
        ("warehouse", Watching::Watched),
        ("nightly", Watching::NotSupported),
    ];
    let found: Vec<_> = states.iter().map(|s| (s.resource.name.as_str(), s.watching.clone())).collect();
    assert_eq!(found, expected);
    let counts: WatchingCounts = states.iter().collect();
    assert_eq!(counts, WatchingCounts { watched: 2, without_metrics: 4, not_supported: 2 });
    assert_eq!(counts.all(), 8);
}

#[test]
fn what_was_read_and_published_nothing_is_not_watched_and_what_was_not_read_may_be() {
    let queue = || vec![resource("AWS::SQS::Queue", "jobs", &[])];
    assert_eq!(states(queue(), |_| Some(false))[0].watching, without("nothing is published"));
    assert_eq!(states(queue(), |m| Some(m.key.name == "NumberOfMessagesSent"))[0].watching, Watching::Watched);
    assert_eq!(
        states(queue(), |m| (m.key.name == "NumberOfMessagesSent").then_some(false))[0].watching,
        Watching::Watched
    );
}

/// A type that is a helper elsewhere, with metrics of its own in an incident folder.
#[test]
fn what_has_metrics_is_watched_whatever_its_type() {
    let own = resource("Custom::Service", "checkout", &[]);
    let inventory = Inventory { resources: vec![own.clone()], ..Inventory::default() };
    let catalog = Catalog::builtin();
    let queue = resource("AWS::SQS::Queue", "jobs", &[]);
    let metric = Metric { resource: own.id.clone(), ..catalog.metrics_of(&queue, |_, _| vec![]).0.remove(0) };
    let states = catalog.watching(&inventory, &[metric], |_| Some(true));
    assert_eq!(states.iter().map(|s| &s.watching).collect::<Vec<_>>(), [&Watching::Watched]);
    assert_eq!(catalog.watching(&inventory, &[], |_| None), []);
}

#[test]
fn what_is_watched_in_part_says_what_else_to_turn_on() {
    let service = || vec![resource("AWS::ECS::Service", "web", &[("cluster", "shop")])];
    let said = |states: Vec<ResourceState>| match &states[0].watching {
        Watching::WatchedInPart { because, .. } => because.clone(),
        other => format!("{other:?}"),
    };
    let but_tasks = |m: &Metric| Some(m.key.namespace == "AWS/ECS");
    assert_eq!(said(states(service(), but_tasks)), "Container Insights is off");
    assert_eq!(states(service(), |_| Some(true))[0].watching, Watching::Watched);
    assert_eq!(states(service(), |_| None)[0].watching, Watching::Watched, "what was not read may be there");

    // By its configuration alone.
    let cdn =
        |additional| vec![resource("AWS::CloudFront::Distribution", "cdn", &[("additional_metrics", additional)])];
    assert_eq!(said(states(cdn("Disabled"), |_| Some(true))), "additional metrics are off");
    assert_eq!(states(cdn("Enabled"), |_| Some(true))[0].watching, Watching::Watched);
    let counts: WatchingCounts = states(cdn("Disabled"), |_| Some(true)).iter().collect();
    assert_eq!((counts.watched, counts.without_metrics), (1, 0));
}
