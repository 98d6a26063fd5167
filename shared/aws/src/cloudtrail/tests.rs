use super::*;
use crate::wire::{ACCOUNT, Calls, REGION, Reply, denied, sdk};
use serde_json::json;
use stackseer_model::{DataSource, EventClass, PropertyChange, Resource};
use std::time::Instant as Clock;

const NOW: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

fn resource(service: &str, rest: &str) -> Resource {
    let mut resource = stackseer_catalog::Catalog::builtin().resource_of_arn(&arn(service, rest)).unwrap();
    resource.stack = Some("shop".into());
    resource
}

fn inventory() -> Inventory {
    let resources = vec![
        resource("lambda", "function:checkout"),
        resource("dynamodb", "table/orders"),
        resource("sqs", "jobs"),
        resource("ecs", "service/prod/web"),
        resource("ecs", "cluster/prod"),
        resource("rds", "db:main"),
        resource("kinesis", "stream/clicks"),
        Resource { stack: Some("shop".into()), ..Resource::new("AWS::IAM::Role", "shop-checkout-role") },
    ];
    Inventory { resources, ..Inventory::default() }
}

fn event(source: &str, name: &str, more: Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.11",
        "eventID": format!("{source}-{name}"),
        "eventTime": at(NOW - 600).to_string(),
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name,
        "awsRegion": REGION,
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 lang/python#3.13",
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "ann", "arn": format!("arn:aws:iam::{ACCOUNT}:user/ann")},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn source(pages: Vec<Vec<Value>>) -> (Events, Calls) {
    let (sdk, calls) = sdk(move |call| {
        let page: usize = call.text("NextToken").parse().unwrap_or(0);
        let events: Vec<Value> =
            pages[page].iter().map(|e| json!({"EventId": e["eventID"], "CloudTrailEvent": e.to_string()})).collect();
        let mut answer = json!({"Events": events});
        if page + 1 < pages.len() {
            answer["NextToken"] = json!((page + 1).to_string());
        }
        Reply::Ok(answer)
    });
    (Events::new(Client::new(&sdk), Scope::new(ACCOUNT, REGION)), calls)
}

async fn read(events: Vec<Value>) -> Vec<ChangeEvent> {
    let (source, _) = source(vec![events]);
    source.change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap()
}

async fn read_one(event: Value) -> ChangeEvent {
    let mut events = read(vec![event]).await;
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn change(property: &str, from: Option<&str>, to: Option<&str>) -> PropertyChange {
    PropertyChange { property: property.into(), from: from.map(Into::into), to: to.map(Into::into) }
}

#[tokio::test]
async fn a_capacity_cut_says_from_what_to_what() {
    let throughput = |read: i64, write: i64| json!({"readCapacityUnits": read, "writeCapacityUnits": write});
    let event = read_one(event("dynamodb", "UpdateTable", json!({
        "requestParameters": {"tableName": "orders", "provisionedThroughput": throughput(5, 2)},
        "responseElements": {"tableDescription": {"tableName": "orders", "provisionedThroughput": throughput(5, 10)}},
    })))
    .await;
    assert_eq!(event.class, EventClass::ConfigChange);
    assert_eq!(event.name, "UpdateTable");
    assert_eq!(event.source, "dynamodb.amazonaws.com");
    assert_eq!(event.resources, [resource("dynamodb", "table/orders").id]);
    assert_eq!(event.changes, [change("write_capacity", Some("10"), Some("2"))], "the reads stay as they were");
    assert_eq!(event.actor.as_deref(), Some("ann"));
}

#[tokio::test]
async fn a_function_is_found_by_name_arn_and_alias() {
    let function = arn("lambda", "function:checkout");
    for named in ["checkout", function.as_str(), &format!("{function}:live")] {
        let event = read_one(event(
            "lambda",
            "UpdateFunctionCode20150331v2",
            json!({
                "requestParameters": {"functionName": named, "publish": false},
            }),
        ))
        .await;
        assert_eq!((event.name.as_str(), event.class), ("UpdateFunctionCode", EventClass::Deployment));
        assert_eq!(event.resources, [resource("lambda", "function:checkout").id], "{named}");
    }
}

#[tokio::test]
async fn values_of_the_environment_never_get_out() {
    let event = read_one(event(
        "lambda",
        "UpdateFunctionConfiguration20150331v2",
        json!({
            "requestParameters": {
                "functionName": "checkout", "memorySize": 256, "timeout": 3,
                "environment": {"variables": {"DB_PASSWORD": "hunter2"}}, "description": "hunter2",
            },
            "responseElements": {"environment": {"variables": {"DB_PASSWORD": "hunter2"}}},
        }),
    ))
    .await;
    let expected = [
        change("memory_mb", None, Some("256")),
        change("timeout_seconds", None, Some("3")),
        change("environment", None, None),
    ];
    assert_eq!(event.changes, expected);
    assert!(!format!("{event:?}").contains("hunter2"));
}

/// What is kept says even more than what is told: every name, also those of nobody's application.
#[tokio::test]
async fn nothing_secret_is_among_the_names() {
    let secret = "hunter2";
    let (source, _) = source(vec![vec![
        event(
            "lambda",
            "CreateFunction20150331",
            json!({"requestParameters": {
                "functionName": "checkout",
                "environment": {"variables": {"CLIENT_NAME": secret, "clientId": secret, "name": secret}},
                "tags": {"ownerName": secret},
            }}),
        ),
        event(
            "sns",
            "Subscribe",
            json!({"requestParameters": {
                "topicArn": arn("sns", "news"), "endpoint": format!("https://ann:{secret}@example.com/hook"),
            }}),
        ),
        event(
            "cloudformation",
            "CreateStack",
            json!({"requestParameters": {
                "stackName": "shop", "templateUrl": format!("https://s3.amazonaws.com/b/t?X-Amz-Signature={secret}"),
                "parameters": [{"parameterKey": "Name", "parameterValue": secret}],
            }}),
        ),
        event(
            "rds",
            "ModifyDBInstance",
            json!({"requestParameters": {"dBInstanceIdentifier": "main", "masterUserPassword": secret}}),
        ),
    ]]);
    let changes = source.region_changes(at(NOW - 3600), at(NOW)).await.unwrap().changes;
    let kept = serde_json::to_string(&changes).unwrap();
    assert!(!kept.contains(secret), "{kept}");
    let named: Vec<&str> = changes.iter().flat_map(|c| &c.named).map(String::as_str).collect();
    assert_eq!(named, ["shop", "checkout", "main", arn("sns", "news").as_str()]);
}

#[tokio::test]
async fn the_region_s_changes_are_whoever_s_each_once_and_in_order() {
    let update = |id: &str, function: &str, before: i64| {
        let time = at(NOW - before).to_string();
        let on = json!({"functionName": function});
        event("lambda", "UpdateFunctionCode", json!({"eventID": id, "eventTime": time, "requestParameters": on}))
    };
    let (source, calls) = source(vec![
        vec![update("b", "checkout", 600), update("a", "of-another-team", 600)],
        vec![update("a", "of-another-team", 600), update("c", "checkout", 900), update("d", "checkout", 0)],
    ]);
    let ids = |read: RegionChanges| read.changes.into_iter().map(|c| c.id).collect::<Vec<_>>();
    assert_eq!(ids(source.region_changes(at(NOW - 3600), at(NOW)).await.unwrap()), ["c", "a", "b"]);
    assert_eq!(ids(source.region_changes(at(NOW - 600), at(NOW)).await.unwrap()), ["a", "b"]);
    assert_eq!(calls.all().len(), 2, "one reading for both, and for whoever asks for an application's");
    assert_eq!(source.change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap().len(), 2);
    assert_eq!(calls.all().len(), 2);
}

/// A Region in which more happens than can be read.
#[tokio::test]
async fn in_a_busy_region_the_newest_changes_are_read_and_the_others_are_unseen() {
    let update = |n: i64| {
        let time = at(NOW - 60 * (n + 1)).to_string();
        let on = json!({"functionName": "checkout"});
        let more = json!({"eventID": n.to_string(), "eventTime": time, "requestParameters": on});
        vec![event("lambda", "UpdateFunctionCode", more)]
    };
    let pages: Vec<Vec<Value>> = (0..9).map(update).collect();
    let (source, calls) = source(pages.clone());
    // Two calls a second: the fifth begins too late.
    let read = source.within(Duration::from_millis(1900)).region_changes(at(NOW - 3600), at(NOW)).await.unwrap();
    let ids: Vec<&str> = read.changes.iter().map(|c| c.id.as_str()).collect();
    let oldest = ids.len() as i64 - 1;
    assert!((0..4).contains(&oldest), "{ids:?}");
    assert_eq!(ids, (0..=oldest).rev().map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(calls.all().len() < 9);
    let reason = read.unseen.unwrap().reason;
    assert!(reason.contains(&format!("before {} were not read", at(NOW - 60 * (oldest + 1)))), "{reason}");

    let (source, _) = self::source(pages[..2].to_vec());
    let read = source.within(Duration::from_secs(20)).region_changes(at(NOW - 3600), at(NOW)).await.unwrap();
    assert_eq!((read.changes.len(), read.unseen), (2, None));
}

#[tokio::test]
async fn each_service_names_its_resources_its_own_way() {
    for (event, expected, changes) in [
        (
            event(
                "lambda",
                "PutFunctionConcurrency20171031",
                json!({"requestParameters": {"functionName": "checkout", "reservedConcurrentExecutions": 1}}),
            ),
            resource("lambda", "function:checkout"),
            vec![change("reserved_concurrency", None, Some("1"))],
        ),
        (
            event(
                "sqs",
                "SetQueueAttributes",
                json!({"requestParameters": {
                "queueUrl": format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"), "attributes": {"VisibilityTimeout": "5"}}}),
            ),
            resource("sqs", "jobs"),
            vec![change("visibility_timeout_seconds", None, Some("5"))],
        ),
        (
            event(
                "ecs",
                "UpdateService",
                json!({"requestParameters": {"cluster": "prod", "service": "web", "desiredCount": 1}}),
            ),
            resource("ecs", "service/prod/web"),
            vec![change("desired_count", None, Some("1"))],
        ),
        (
            event(
                "rds",
                "ModifyDBInstance",
                json!({
                "requestParameters": {"dBInstanceIdentifier": "main", "dBInstanceClass": "db.t3.small", "masterUserPassword": "****"},
                "responseElements": {"dBInstanceClass": "db.r6g.large"}}),
            ),
            resource("rds", "db:main"),
            vec![change("instance_class", Some("db.r6g.large"), Some("db.t3.small"))],
        ),
        (
            event(
                "kinesis",
                "UpdateShardCount",
                json!({
                "requestParameters": {"streamName": "clicks", "targetShardCount": 1}, "responseElements": {"currentShardCount": 4}}),
            ),
            resource("kinesis", "stream/clicks"),
            vec![change("shard_count", Some("4"), Some("1"))],
        ),
        (
            event(
                "autoscaling",
                "RegisterScalableTarget",
                json!({"additionalEventData": {"service": "application-autoscaling"}, "requestParameters": {
                "resourceId": "table/orders", "scalableDimension": "dynamodb:table:WriteCapacityUnits", "maxCapacity": 2}}),
            ),
            resource("dynamodb", "table/orders"),
            vec![change("maximum_capacity", None, Some("2"))],
        ),
        (
            event(
                "dynamodb",
                "UpdateContinuousBackups",
                json!({"requestParameters": {
                "tableName": "orders", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": false}}}),
            ),
            resource("dynamodb", "table/orders"),
            vec![change("point_in_time_recovery", None, Some("disabled"))],
        ),
        (
            event(
                "iam",
                "PutRolePolicy",
                json!({"requestParameters": {"roleName": "shop-checkout-role", "policyName": "x"}}),
            ),
            Resource::new("AWS::IAM::Role", "shop-checkout-role"),
            vec![],
        ),
    ] {
        let name = event["eventName"].clone();
        let read = read_one(event).await;
        assert_eq!(read.resources, [expected.id], "{name}");
        assert_eq!(read.changes, changes, "{name}");
    }
}

#[tokio::test]
async fn a_stack_update_touches_what_can_go_wrong_in_the_stack() {
    let id = arn("cloudformation", "stack/shop/11111111-2222-3333-4444-555555555555");
    for named in ["shop", id.as_str()] {
        let event =
            read_one(event("cloudformation", "UpdateStack", json!({"requestParameters": {"stackName": named}}))).await;
        assert_eq!(event.class, EventClass::Deployment);
        assert_eq!(event.resources.len(), 6, "all but the role and the cluster");
    }
    assert!(
        read(vec![event("cloudformation", "UpdateStack", json!({"requestParameters": {"stackName": "other"}}))])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn what_failed_only_read_was_ours_or_touched_others_is_left_out() {
    let update = |more: Value| event("lambda", "UpdateFunctionCode20150331v2", more);
    let on = |function: &str| json!({"functionName": function});
    let events = vec![
        update(json!({"requestParameters": on("checkout"), "errorCode": "AccessDenied"})),
        update(json!({"requestParameters": on("checkout"), "readOnly": true})),
        update(
            json!({"requestParameters": on("checkout"), "userAgent": "aws-sdk-rust/1.3.0 os/linux lang/rust/1.95 app/stackseer"}),
        ),
        update(json!({"requestParameters": on("checkout-of-another-team")})),
        update(json!({"requestParameters": null})),
        update(json!({"requestParameters": on("checkout"), "eventTime": "yesterday"})),
        update(json!({"requestParameters": on("checkout"), "eventTime": at(NOW - 7200).to_string()})),
        // The same name in another service.
        event("dynamodb", "UpdateTable", json!({"requestParameters": {"tableName": "checkout"}})),
        event("logs", "CreateLogStream", json!({"requestParameters": {"logGroupName": "/aws/lambda/checkout"}})),
        json!({}),
    ];
    assert_eq!(read(events).await, []);
}

#[tokio::test]
async fn who_did_it() {
    let role = format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/github-42");
    for (identity, actor) in [
        (json!({"type": "AssumedRole", "arn": role}), "deploy/github-42"),
        (
            json!({"type": "AssumedRole", "arn": role, "invokedBy": "cloudformation.amazonaws.com"}),
            "cloudformation.amazonaws.com",
        ),
        (json!({"type": "Root", "arn": format!("arn:aws:iam::{ACCOUNT}:root")}), "root"),
        (
            json!({"type": "AWSService", "invokedBy": "dynamodb.application-autoscaling.amazonaws.com"}),
            "dynamodb.application-autoscaling.amazonaws.com",
        ),
    ] {
        let event = read_one(event(
            "lambda",
            "UpdateFunctionCode",
            json!({
            "userIdentity": identity, "requestParameters": {"functionName": "checkout"}}),
        ))
        .await;
        assert_eq!(event.actor.as_deref(), Some(actor));
    }
    let deployment = read_one(event(
        "codedeploy",
        "CreateDeployment",
        json!({
        "requestParameters": {"applicationName": "x"}, "resources": [{"ARN": arn("lambda", "function:checkout")}]}),
    ))
    .await;
    assert_eq!((deployment.data_source, deployment.class), (DataSource::AwsCodeDeploy, EventClass::Deployment));
}

#[tokio::test]
async fn writes_only_every_page_at_two_calls_a_second_and_once_a_run() {
    let update = |id: usize| {
        event(
            "lambda",
            "UpdateFunctionCode",
            json!({"eventID": format!("{id}"), "requestParameters": {"functionName": "checkout"}}),
        )
    };
    // The second page has one of the first again, as a late event shifts the pages.
    let (source, calls) = source(vec![vec![update(0)], vec![update(0), update(1)], vec![], vec![update(2)]]);
    let started = Clock::now();
    let events = source.change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap();
    let took = started.elapsed();
    assert_eq!(events.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
    assert!(took >= BETWEEN_CALLS * 3, "four calls took {took:?}");

    let again = source.change_events(&inventory(), at(NOW - 1800), at(NOW)).await.unwrap();
    assert_eq!(again, events);
    let calls = calls.of("cloudtrail.LookupEvents");
    assert_eq!(calls.len(), 4);
    assert_eq!(calls[0].input["LookupAttributes"], json!([{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]));
}

#[tokio::test]
async fn a_denial_is_an_error_and_throttling_is_not() {
    let (config, _) = sdk(|_| denied("cloudtrail:LookupEvents"));
    let error = Events::new(Client::new(&config), Scope::new(ACCOUNT, REGION))
        .change_events(&inventory(), at(0), at(NOW))
        .await
        .unwrap_err();
    assert!(matches!(&error, PortError::Denied { action, .. } if action == "cloudtrail:LookupEvents"), "{error:?}");

    let tries = std::sync::atomic::AtomicUsize::new(0);
    let (config, _) = sdk(move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Reply::Error(400, "ThrottlingException", "Rate exceeded".into()),
        _ => Reply::Ok(json!({"Events": []})),
    });
    let events = Events::new(Client::new(&config), Scope::new(ACCOUNT, REGION))
        .change_events(&inventory(), at(0), at(NOW))
        .await;
    assert_eq!(events, Ok(vec![]));
}

#[tokio::test]
async fn changes_of_what_has_no_region_are_read_where_they_are_told() {
    let cdn = "arn:aws:cloudfront::123456789012:distribution/E1";
    let answer = move |call: &crate::wire::Call| {
        let told = match call.input["LookupAttributes"][0]["AttributeKey"].as_str() {
            Some("ReadOnly") => event(
                "lambda",
                "UpdateFunctionCode20150331v2",
                json!({"requestParameters": {"functionName": "checkout"}}),
            ),
            _ => event("cloudfront", "UpdateDistribution2020_05_31", json!({"requestParameters": {"id": "E1"}})),
        };
        json!({"Events": [{"EventId": told["eventID"], "CloudTrailEvent": told.to_string()}]})
    };
    let inventory = || {
        let mut inventory = inventory();
        inventory.resources.push(stackseer_catalog::Catalog::builtin().resource_of_arn(cdn).unwrap());
        inventory
    };
    let there = |config: &aws_config::SdkConfig| Elsewhere {
        client: Client::from_conf(
            aws_sdk_cloudtrail::config::Builder::from(config).region(aws_config::Region::new("us-east-1")).build(),
        ),
        region: "us-east-1".into(),
        service: "cloudfront".into(),
    };
    let (config, calls) = sdk(move |call| Reply::Ok(answer(call)));
    let source = Events::new(Client::new(&config), Scope::new(ACCOUNT, REGION)).and_of(vec![there(&config)]);
    let events = source.change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap();
    let mut names: Vec<&str> = events.iter().map(|e| e.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["UpdateDistribution", "UpdateFunctionCode"]);
    let regions: Vec<String> = calls.all().into_iter().map(|c| c.region).collect();
    assert_eq!(regions, [REGION, "us-east-1"]);

    let (config, _) = sdk(move |call| match call.region.as_str() {
        "us-east-1" => denied("cloudtrail:LookupEvents"),
        _ => Reply::Ok(answer(call)),
    });
    let source = Events::new(Client::new(&config), Scope::new(ACCOUNT, REGION)).and_of(vec![there(&config)]);
    let changes = source.region_changes(at(NOW - 3600), at(NOW)).await.unwrap();
    assert_eq!(changes.changes.len(), 1, "what may be read at home is");
    assert_eq!(changes.unseen.unwrap().what, "change events of cloudfront in us-east-1");
}
