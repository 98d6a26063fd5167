//! What is written reads back as the same.

use stackseer_incident::{GivenRole, Incident, IncidentError, Problem, Range, Recorded, read_folder, write_folder};
use stackseer_model::*;
use std::collections::BTreeMap;
use std::fs;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn series(values: &[(&str, f64)]) -> Series {
    Series::new(values.iter().map(|(t, value)| Point { time: time(t), value: *value }))
}

fn key(namespace: &str, name: &str, statistic: &str, dimensions: &[(&str, &str)]) -> MetricKey {
    MetricKey {
        namespace: namespace.into(),
        name: name.into(),
        statistic: statistic.into(),
        dimensions: dimensions.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
    }
}

/// With everything in it that makes writing hard: one name for two resources, ids that are ARNs, commas, quotes, separators.
fn incident() -> Incident {
    let mut function = Resource::new("AWS::Lambda::Function", "shop, \"main\"");
    function.id = ResourceId("arn:aws:lambda:eu-west-1:123456789012:function:shop".into());
    function.arn = Some(function.id.0.clone());
    function.stack = Some("shop-nested".into());
    function.attributes = BTreeMap::from([("timeout_seconds".into(), "30".into())]);
    let table = Resource::new("AWS::DynamoDB::Table", "shop, \"main\"");
    let first_stage = Resource { id: ResourceId("a/prod".into()), ..Resource::new("AWS::ApiGateway::Stage", "prod") };
    let second_stage = Resource { id: ResourceId("b/prod".into()), ..Resource::new("AWS::ApiGateway::Stage", "prod") };
    let silent = Resource::new("AWS::SQS::Queue", "silent");
    let of = |resource: &Resource, key: MetricKey, role: Option<GivenRole>, series: Series| Recorded {
        key,
        resource: resource.id.clone(),
        resource_type: resource.resource_type.clone(),
        role,
        series,
        line: 0,
    };
    let latency = GivenRole { unit: "Milliseconds".into(), least: 2.5, ..GivenRole::from(Role::Latency) };
    Incident {
        application: Application::new(
            "123456789012",
            "eu-west-1",
            Boundary::Tag { key: "devops-guru-app".into(), value: "shop".into() },
        ),
        period: 60,
        learn: Range { from: time("2026-01-05T00:00:00Z"), to: time("2026-01-08T00:00:00Z") },
        watch: Range { from: time("2026-01-08T00:00:00Z"), to: time("2026-01-08T01:00:00Z") },
        tick_minutes: 1,
        series: vec![
            of(
                &function,
                key("AWS/Lambda", "Errors", "Sum", &[("FunctionName", "a;b=c\\d")]),
                None,
                series(&[
                    ("2026-01-05T00:00:00Z", 0.1),
                    ("2026-01-05T00:01:00Z", 1e-12),
                    ("2026-01-05T00:03:00Z", 3e9),
                ]),
            ),
            of(&table, key("AWS/DynamoDB", "WriteThrottleEvents", "Sum", &[]), None, Series::default()),
            of(
                &second_stage,
                key("Own", "Wait, total", "p90", &[("Stage", "prod")]),
                Some(latency),
                series(&[("2026-01-05T00:00:00Z", -7.25)]),
            ),
        ],
        events: vec![ChangeEvent {
            id: "e-1".into(),
            time: time("2026-01-08T00:10:30Z"),
            source: "dynamodb.amazonaws.com".into(),
            name: "UpdateTable".into(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::Infrastructure,
            resources: vec![table.id.clone(), first_stage.id.clone()],
            changes: vec![PropertyChange {
                property: "write_capacity".into(),
                from: Some("10".into()),
                to: Some("2".into()),
            }],
            actor: Some("somebody".into()),
            verdict: None,
        }],
        inventory: Inventory {
            edges: vec![
                Edge { from: first_stage.id.clone(), to: function.id.clone(), kind: EdgeKind::Sync },
                Edge { from: function.id.clone(), to: silent.id.clone(), kind: EdgeKind::Async },
            ],
            resources: vec![function, table, first_stage, second_stage, silent],
            unseen: vec![Unseen { what: "SNS".into(), action: Some("sns:ListTopics".into()), reason: "denied".into() }],
            ..Inventory::default()
        },
    }
}

fn without_lines(mut incident: Incident) -> Incident {
    incident.series.iter_mut().for_each(|recorded| recorded.line = 0);
    incident
}

#[test]
fn an_incident_reads_back_as_it_was_written() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/shop");
    write_folder(&folder, &incident()).unwrap();
    assert_eq!(without_lines(read_folder(&folder).unwrap()), incident());
}

#[test]
fn a_stack_in_no_account_needs_no_more_than_its_name() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("shop");
    let stack = Boundary::Stack { name: "shop".into() };
    let small = Incident { application: Application::new("000000000000", "us-east-1", stack), ..incident() };
    write_folder(&folder, &small).unwrap();
    let settings = fs::read_to_string(folder.join("incident.toml")).unwrap();
    assert!(!settings.contains("boundary") && !settings.contains("account"), "{settings}");
    assert_eq!(read_folder(&folder).unwrap().application, small.application);
}

#[test]
fn what_is_there_is_never_overwritten() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("shop");
    fs::create_dir(&folder).unwrap();
    write_folder(&folder, &incident()).unwrap();
    let error = write_folder(&folder, &incident()).unwrap_err();
    assert!(matches!(error, IncidentError::Invalid { problem: Problem::NotEmpty, .. }), "{error}");
    let file = parent.path().join("file");
    fs::write(&file, "kept").unwrap();
    assert!(write_folder(&file, &incident()).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let parent = tempfile::tempdir().unwrap();
    let mut broken = incident();
    broken.inventory.edges[0].to = ResourceId("nobody".into());
    let error = write_folder(&parent.path().join("shop"), &broken).unwrap_err();
    assert!(error.to_string().contains("topology.csv: target: no resource is called `nobody`"), "{error}");
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}
