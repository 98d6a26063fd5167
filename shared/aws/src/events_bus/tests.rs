use super::*;
use crate::cloudtrail::touched;
use serde_json::json;
use stackseer_model::{ChangeEvent, Inventory, PropertyChange, Resource};

const STACK_EVENT: &str = include_str!("../../../../events/record-cloudformation.json");
const CODEDEPLOY_EVENT: &str = include_str!("../../../../events/record-codedeploy.json");
const API_EVENT: &str = include_str!("../../../../events/record-api-call.json");
const CUSTOM_EVENT: &str = include_str!("../../../../events/record-custom.json");

fn event(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// With what lies at the pointer set to something else.
fn with(text: &str, pointer: &str, value: Value) -> Value {
    let mut event = event(text);
    let (object, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(object).unwrap()[key] = value;
    event
}

fn read(event: &Value) -> RegionChange {
    change_on_bus(event).unwrap().unwrap()
}

fn resource(rest: &str, stack: &str) -> Resource {
    let (service, rest) = rest.split_once(':').unwrap();
    let resource = stackseer_catalog::Catalog::builtin()
        .resource_of_arn(&format!("arn:aws:{service}:eu-west-1:123456789012:{rest}"))
        .unwrap();
    Resource { stack: Some(stack.to_owned()), ..resource }
}

fn inventory() -> Inventory {
    let of = |cfn: &str, name: &str| Resource { stack: Some("shop".into()), ..Resource::new(cfn, name) };
    let resources = vec![
        resource("lambda:function:checkout", "shop"),
        resource("dynamodb:table/orders", "shop"),
        resource("lambda:function:thumbnails", "shop-Images-1ABC"),
        of("AWS::IAM::Role", "shop-checkout-role"),
        of("AWS::CodeDeploy::Application", "shop-deployments"),
        of("AWS::CodeDeploy::DeploymentGroup", "shop-checkout"),
    ];
    Inventory { resources, ..Inventory::default() }
}

fn on_inventory(change: RegionChange) -> Vec<ChangeEvent> {
    touched(&[change], &inventory(), Timestamp::UNIX_EPOCH, Timestamp::MAX)
}

/// Names of what it touched.
fn names(change: RegionChange) -> Vec<String> {
    let inventory = inventory();
    let events = on_inventory(change);
    let ids = events.iter().flat_map(|e| &e.resources);
    ids.map(|id| inventory.resource(id).unwrap().name.clone()).collect()
}

#[test]
fn a_stack_that_changes_touches_what_is_in_it() {
    let change = read(&event(STACK_EVENT));
    assert_eq!((change.name.as_str(), change.class), ("UPDATE_COMPLETE", EventClass::Deployment));
    assert_eq!(change.id, "0a2b8a3e-6c0e-4a2d-9a3c-8f5a1d2c7e10");
    assert_eq!(change.time.to_string(), "2026-11-25T03:04:05Z");
    assert_eq!(names(change), ["orders", "checkout"]);
    let other = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-2/1111";
    assert_eq!(names(read(&with(STACK_EVENT, "/detail/stack-id", json!(other)))), [] as [&str; 0]);
    let nested = other.replace("shop-2", "shop-Images-1ABC");
    assert_eq!(names(read(&with(STACK_EVENT, "/detail/stack-id", json!(nested)))), ["thumbnails"]);
}

#[test]
fn beginnings_and_ends_of_a_stack_s_change_and_not_what_is_between() {
    for (status, kept) in [
        ("CREATE_IN_PROGRESS", true),
        ("UPDATE_IN_PROGRESS", true),
        ("UPDATE_ROLLBACK_IN_PROGRESS", true),
        ("ROLLBACK_COMPLETE", true),
        ("UPDATE_ROLLBACK_FAILED", true),
        ("DELETE_COMPLETE", true),
        ("REVIEW_IN_PROGRESS", false),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", false),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", false),
    ] {
        let change = change_on_bus(&with(STACK_EVENT, "/detail/status-details/status", json!(status))).unwrap();
        assert_eq!(change.map(|c| c.name), kept.then(|| status.to_owned()));
    }
}

#[test]
fn codedeploy_touches_what_its_application_s_stack_can_have_deployed() {
    let change = read(&event(CODEDEPLOY_EVENT));
    assert_eq!((change.data_source, change.class), (DataSource::AwsCodeDeploy, EventClass::Deployment));
    assert_eq!(change.name, "DEPLOYMENT_START");
    assert_eq!(names(change), ["shop-deployments", "shop-checkout", "checkout"]);
    let mut other = with(CODEDEPLOY_EVENT, "/detail/application", json!("blog"));
    other["detail"]["deploymentGroup"] = json!("blog");
    other["resources"] = json!([]);
    assert_eq!(names(read(&other)), [] as [&str; 0]);
    assert_eq!(change_on_bus(&with(CODEDEPLOY_EVENT, "/detail/state", json!("READY"))), Ok(None));
}

#[test]
fn an_api_call_is_what_cloudtrail_s_history_would_say_without_any_secret() {
    let change = read(&event(API_EVENT));
    assert_eq!(change.id, "c6b1c6de-6b0c-4c1c-9a5e-7f1a2b3c4d5e", "the history's, so that it is one change");
    assert_eq!((change.name.as_str(), change.class), ("UpdateFunctionConfiguration", EventClass::ConfigChange));
    assert_eq!(change.actor.as_deref(), Some("deploy/github-42"));
    assert!(!format!("{change:?}").contains("hunter2"), "{change:?}");
    assert_eq!(names(change), ["checkout"]);
    for (pointer, value) in [("/detail/errorCode", json!("AccessDenied")), ("/detail/readOnly", json!(true))] {
        assert_eq!(change_on_bus(&with(API_EVENT, pointer, value)), Ok(None), "{pointer}");
    }
    assert_eq!(change_on_bus(&with(API_EVENT, "/detail", json!("?"))), Ok(None));
}

#[test]
fn a_user_s_own_change_names_functions_tables_and_stacks_as_people_do() {
    let change = read(&event(CUSTOM_EVENT));
    let expected = ChangeEvent {
        id: "7bf73129-1428-4cd3-a780-95db273d1602".into(),
        time: "2026-11-25T03:04:05Z".parse().unwrap(),
        source: "example.ci".into(),
        name: "Release 2026.11.3: asks the payment service twice".into(),
        data_source: DataSource::Custom,
        class: EventClass::ConfigChange,
        resources: vec![resource("dynamodb:table/orders", "").id, resource("lambda:function:checkout", "").id],
        changes: vec![PropertyChange {
            property: "version".into(),
            from: Some("2026.11.2".into()),
            to: Some("2026.11.3".into()),
        }],
        actor: Some("ann".into()),
        verdict: None,
    };
    assert_eq!(on_inventory(change), [expected]);
    let on = |named: Value| names(read(&with(CUSTOM_EVENT, "/detail/resources", named)));
    assert_eq!(on(json!(["shop-Images-1ABC"])), ["thumbnails"]);
    assert_eq!(on(json!(["shop"])), ["orders", "checkout"]);
    assert_eq!(on(json!(["arn:aws:lambda:eu-west-1:123456789012:function:checkout:live"])), ["checkout"]);
    assert_eq!(on(json!(["check", "arn:aws:lambda:us-east-1:123456789012:function:checkout"])), [] as [&str; 0]);
}

#[test]
fn two_words_are_enough() {
    let event = with(CUSTOM_EVENT, "/detail", json!({"name": "Release", "resources": ["checkout"]}));
    let change = read(&event);
    assert_eq!((change.name.as_str(), change.class), ("Release", EventClass::Deployment));
    assert_eq!((change.actor, change.changes), (None, vec![]));
    // Numbers are what people write for versions and sizes.
    let event = with(
        CUSTOM_EVENT,
        "/detail/changes",
        json!([{"property": "memory_mb", "from": 128, "to": 256}, {"property": "x"}]),
    );
    assert_eq!(read(&event).changes[0].to.as_deref(), Some("256"));
}

#[test]
fn what_is_wrong_is_named_with_what_is_allowed() {
    let long = "x".repeat(201);
    for (pointer, value, field, allowed) in [
        ("/detail/name", json!(null), "detail.name", "1 to 200"),
        ("/detail/name", json!("  "), "detail.name", "1 to 200"),
        ("/detail/name", json!(["Release"]), "detail.name", "1 to 200"),
        ("/detail/description", json!(long), "detail.description", "1 to 200"),
        ("/detail/actor", json!({"name": "ann"}), "detail.actor", "1 to 200"),
        ("/detail/resource", json!("checkout"), "detail.resource", "name, resources, class, actor"),
        ("/detail/resources", json!(null), "detail.resources", "names or ARNs"),
        ("/detail/resources", json!("checkout"), "detail.resources", "names or ARNs"),
        ("/detail/resources", json!([]), "detail.resources", "1 to 100"),
        ("/detail/resources", json!(vec!["x"; 101]), "detail.resources", "1 to 100"),
        ("/detail/resources", json!(["checkout", 1]), "detail.resources", "names or ARNs"),
        ("/detail/resources", json!([""]), "detail.resources", "names or ARNs"),
        ("/detail/class", json!("deployment"), "detail.class", "DEPLOYMENT"),
        ("/detail/class", json!(1), "detail.class", "SCHEMA_CHANGE"),
        ("/detail/changes", json!({}), "detail.changes", "{property, from, to}"),
        ("/detail/changes", json!([{"from": 1}]), "detail.changes[0].property", "1 to 200"),
        ("/detail/changes", json!([{"property": "a"}, {"name": "b"}]), "detail.changes[1].name", "property, from, to"),
        ("/detail/changes", json!(vec![json!({"property": "a"}); 21]), "detail.changes", "up to 20"),
        ("/detail", json!("Release"), "detail", "name, resources"),
        ("/time", json!("yesterday"), "time", "2026-11-25T03:04:05Z"),
        ("/id", json!(7), "id", "text"),
        ("/detail-type", json!("deployment"), "detail-type", "stackseer.change"),
        ("/source", json!("aws.events"), "detail-type", "CloudFormation Stack Status Change"),
        ("/source", json!(null), "source", "text"),
    ] {
        let error = change_on_bus(&with(CUSTOM_EVENT, pointer, value.clone())).unwrap_err();
        assert_eq!(error.field, field, "{value}: {error}");
        assert!(error.to_string().contains(allowed), "{error}");
        assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
    }
    for (text, pointer, field) in [
        (STACK_EVENT, "/detail/stack-id", "detail.stack-id"),
        (STACK_EVENT, "/detail/status-details", "detail.status-details.status"),
        (CODEDEPLOY_EVENT, "/detail/state", "detail.state"),
        (CODEDEPLOY_EVENT, "/detail/application", "detail.application"),
    ] {
        assert_eq!(change_on_bus(&with(text, pointer, json!(null))).unwrap_err().field, field);
    }
    assert!(change_on_bus(&json!([])).is_err());
}

/// Anybody who may put events can name any type, but not AWS as its source.
#[test]
fn nobody_else_speaks_for_aws() {
    for text in [STACK_EVENT, CODEDEPLOY_EVENT, API_EVENT] {
        let error = change_on_bus(&with(text, "/source", json!("example.ci"))).unwrap_err();
        assert_eq!((error.field.as_str(), error.allowed.as_str()), ("detail-type", CUSTOM));
    }
}
