//! What only the services tell, over the fake AWS.

use crate::discovery::tests::{World, app, arn, attributes, edges, function, named, names, stack, what};
use crate::wire::{ACCOUNT, REGION, Reply, denied};
use serde_json::{Value, json};
use stackseer_model::ports::ResourceSource;
use stackseer_model::{Attribute, EdgeKind, Inventory, Resource};

fn url(name: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
}

fn jobs() -> World {
    jobs_by("m0")
}

/// `mapping`: the id of the one in the template.
fn jobs_by(mapping: &str) -> World {
    let template = r#"{"Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 90}},
        "Work": {"Type": "AWS::Lambda::Function"},
        "Map": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Jobs", "Arn"]}, "FunctionName": {"Ref": "Work"}, "BatchSize": 5,
            "FunctionResponseTypes": ["ReportBatchItemFailures"]}}}}"#;
    let members = [
        ("Jobs", "AWS::SQS::Queue", url("jobs")),
        ("Work", "AWS::Lambda::Function", "work".to_owned()),
        ("Map", "AWS::Lambda::EventSourceMapping", mapping.to_owned()),
    ];
    World::of(vec![stack("shop", template, &members.each_ref().map(|(l, c, p)| (*l, *c, p.as_str())))])
}

fn resource<'a>(inventory: &'a Inventory, name: &str) -> &'a Resource {
    inventory.resources.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("{name}: {:?}", names(inventory)))
}

/// `a b`, of the parts between two.
fn parts(inventory: &Inventory) -> Vec<String> {
    let name = |id| inventory.resource(id).map_or("?", |r| &r.name);
    let parts = inventory.edges.iter().filter(|e| e.kind == EdgeKind::Part);
    parts.map(|e| format!("{} | {}", name(&e.from), name(&e.to))).collect()
}

#[tokio::test]
async fn a_mapping_stands_between_its_queue_and_its_function() {
    let mut world = jobs();
    let inventory = world.read(named("shop")).await;
    let map = resource(&inventory, "jobs to work");
    assert_eq!(map.known("batch_size"), Some("5"), "as the template has it");
    assert!(matches!(map.attributes["maximum_concurrency"], Attribute::Unknown(_)), "it is not listed");
    assert_eq!(map.known("partial_batch"), Some("true"));
    assert_eq!(map.known("max_retries"), Some("-1"), "as documented");
    assert_eq!(map.known("state"), Some("Enabled"));
    assert_eq!(parts(&inventory), ["jobs to work | work", "jobs | jobs to work"]);
    assert_eq!(edges(&inventory), ["jobs ⇢ work"], "no call goes by way of it");

    world.mappings = vec![
        (arn("sqs", "jobs"), function("work"), "Enabled"),
        // Made by hand.
        (arn("sqs", "jobs"), format!("{}:live", function("work")), "Enabled"),
        (arn("sqs", "jobs"), function("of-another-team"), "Enabled"),
    ];
    let inventory = world.read(named("shop")).await;
    let mappings: Vec<&Resource> = inventory.resources.iter().filter(|r| r.name == "jobs to work").collect();
    assert_eq!(mappings.len(), 2);
    assert_eq!(mappings[0].attributes["batch_size"], Attribute::Unset, "the service says so");
    assert_eq!(mappings[1].arn, Some(arn("lambda", "event-source-mapping:m1")));
    assert_eq!(inventory.edges.iter().filter(|e| e.kind == EdgeKind::Part).count(), 4);
}

#[tokio::test]
async fn a_mapping_switched_off_by_hand_stands_between_nothing() {
    let mut world = jobs();
    world.mappings = vec![(arn("sqs", "jobs"), function("work"), "Disabled")];
    let inventory = world.read(named("shop")).await;
    assert_eq!((edges(&inventory), parts(&inventory)), (vec![], vec![]));
    assert_eq!(resource(&inventory, "m0").known("state"), Some("Disabled"));
}

#[tokio::test]
async fn of_two_mappings_the_one_that_is_on_counts() {
    let mut world = jobs_by("m1");
    world.mappings = vec![
        (arn("sqs", "jobs"), format!("{}:new", function("work")), "Enabled"),
        (arn("sqs", "jobs"), format!("{}:old", function("work")), "Disabled"),
    ];
    let inventory = world.read(named("shop")).await;
    assert_eq!(edges(&inventory), ["jobs ⇢ work"]);
    assert_eq!(parts(&inventory).len(), 2);
}

#[tokio::test]
async fn of_mappings_that_can_not_be_listed_the_template_s_are_known() {
    let world = jobs();
    let (source, _) = world.denying("lambda.ListEventSourceMappings");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let map = resource(&inventory, "jobs to work");
    assert_eq!(map.known("batch_size"), Some("5"));
    assert!(matches!(map.attributes["maximum_concurrency"], Attribute::Unknown(_)), "{map:?}");
    assert!(!inventory.is_partial);
    let (source, _) = world.source_but(|call| {
        let this = call.operation == "lambda.ListEventSourceMappings";
        this.then(|| Reply::Error(429, "TooManyRequestsException", "Rate exceeded".into()))
    });
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert!(inventory.is_partial, "those that were made by hand may be there");
}

#[tokio::test]
async fn a_queue_says_how_it_is_set_now() {
    let mut world = jobs();
    let dead = r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":"4"}"#;
    world.answers.insert(
        "sqs.GetQueueAttributes",
        json!({"Attributes": {"VisibilityTimeout": "120", "MessageRetentionPeriod": "345600", "RedrivePolicy": dead}}),
    );
    let (source, calls) = world.source();
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let queue = attributes(&inventory, "jobs");
    assert_eq!(queue["visibility_timeout_seconds"], "120", "90 in the template");
    assert_eq!((queue["dead_letter_queue"].as_str(), queue["max_receives"].as_str()), ("dead", "4"));
    assert_eq!(resource(&inventory, "jobs").attributes["fifo"], Attribute::Unset);
    assert_eq!(calls.of("sqs.GetQueueAttributes")[0].text("QueueUrl"), url("jobs"));

    for (reply, reason) in [
        (Reply::Error as fn(u16, &'static str, String) -> Reply, "Rate exceeded"),
        (|_, _, _| denied("sqs:GetQueueAttributes"), "access denied"),
    ] {
        let (source, _) = world.source_but(move |call| {
            let this = call.operation == "sqs.GetQueueAttributes";
            this.then(|| reply(400, "ThrottlingException", "Rate exceeded".into()))
        });
        let inventory = source.inventory(&app(named("shop"))).await.unwrap();
        let queue = resource(&inventory, "jobs");
        assert_eq!(queue.known("visibility_timeout_seconds"), Some("90"), "the template's");
        assert_eq!(inventory.unseen.len(), 1);
        assert!(inventory.unseen[0].reason.starts_with(reason), "{:?}", inventory.unseen);
        assert_eq!(edges(&inventory), ["jobs ⇢ work"], "the rest goes on");
    }
}

fn subnets() -> World {
    let mut world = jobs();
    let within = |subnets: &[&str]| json!({"FunctionArn": function("work"), "VpcConfig": {"SubnetIds": subnets}});
    world.functions = vec![within(&["subnet-1", "subnet-2", "subnet-3"])];
    let subnet = |id: &str, zone: &str| {
        format!("<item><subnetId>subnet-{id}</subnetId><availabilityZone>eu-west-1{zone}</availabilityZone></item>")
    };
    let listed = [subnet("1", "a"), subnet("2", "b"), subnet("3", "a")].concat();
    world.answers.insert("ec2.DescribeSubnets", Value::from(format!("<subnetSet>{listed}</subnetSet>")));
    let zones: String = ["a", "b", "c"].map(|z| format!("<item><zoneName>eu-west-1{z}</zoneName></item>")).concat();
    let zones = format!("<availabilityZoneInfo>{zones}</availabilityZoneInfo>");
    world.answers.insert("ec2.DescribeAvailabilityZones", Value::from(zones));
    world
}

#[tokio::test]
async fn a_function_of_a_vpc_is_in_the_zones_of_its_subnets() {
    let world = subnets();
    let inventory = world.read(named("shop")).await;
    let work = attributes(&inventory, "work");
    assert_eq!(work["zones"], "eu-west-1a, eu-west-1b");
    assert_eq!(work["region_zones"], "eu-west-1a, eu-west-1b, eu-west-1c");

    let (source, _) = world.denying("ec2.DescribeSubnets");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert!(matches!(resource(&inventory, "work").attributes["zones"], Attribute::Unknown(_)));
    assert_eq!(what(&inventory), [("zones of 1 Lambda function", "ec2:DescribeSubnets")]);

    let mut world = subnets();
    world.functions = vec![json!({"FunctionArn": function("work"), "Timeout": 9})];
    let (source, calls) = world.source();
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(resource(&inventory, "work").attributes["zones"], Attribute::Unset, "outside a VPC, Lambda uses all");
    assert!(calls.of("ec2.DescribeSubnets").is_empty(), "nobody asked");
}

#[tokio::test]
async fn where_failed_events_go_is_asked_of_who_is_started_by_events() {
    let template = r#"{"Resources": {
        "Nightly": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "1", "Arn": {"Fn::GetAtt": ["Work", "Arn"]}}]}},
        "Work": {"Type": "AWS::Lambda::Function"}}}"#;
    let members = [("Nightly", "AWS::Events::Rule", "nightly"), ("Work", "AWS::Lambda::Function", "work")];
    let mut world = World::of(vec![stack("shop", template, &members)]);
    let settings = json!({"FunctionArn": format!("{}:$LATEST", function("work")), "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnFailure": {"Destination": arn("sqs", "failed")}}});
    let of_alias = json!({"FunctionArn": format!("{}:live", function("work")), "MaximumRetryAttempts": 2});
    world
        .answers
        .insert("lambda.ListFunctionEventInvokeConfigs", json!({"FunctionEventInvokeConfigs": [of_alias, settings]}));
    world.answers.insert("lambda.GetFunctionRecursionConfig", json!({"RecursiveLoop": "Allow"}));
    let inventory = world.read(named("shop")).await;
    let work = attributes(&inventory, "work");
    assert_eq!((work["async_on_failure"].as_str(), work["async_max_retries"].as_str()), ("failed", "1"));
    assert_eq!((work["started_by_events"].as_str(), work["recursion"].as_str()), ("true", "Allow"));

    world.answers.insert("lambda.ListFunctionEventInvokeConfigs", json!({"FunctionEventInvokeConfigs": []}));
    let inventory = world.read(named("shop")).await;
    assert_eq!(resource(&inventory, "work").attributes["async_on_failure"], Attribute::Unset);
    let (source, _) = world.denying("lambda.ListFunctionEventInvokeConfigs");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert!(matches!(resource(&inventory, "work").attributes["started_by_events"], Attribute::Unknown(_)));

    // A queue is polled: what fails comes back to it, and nothing is dropped.
    let (source, calls) = jobs().source();
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(resource(&inventory, "work").attributes["started_by_events"], Attribute::Unset);
    assert!(calls.of("lambda.ListFunctionEventInvokeConfigs").is_empty());
    assert_eq!(calls.of("lambda.GetFunctionRecursionConfig").len(), 1);
}

#[tokio::test]
async fn a_subscription_stands_between_its_topic_and_its_receiver() {
    let news = arn("sns", "news");
    let template = r#"{"Resources": {"News": {"Type": "AWS::SNS::Topic"}, "Work": {"Type": "AWS::Lambda::Function"}}}"#;
    let members = [("News", "AWS::SNS::Topic", news.as_str()), ("Work", "AWS::Lambda::Function", "work")];
    let mut world = World::of(vec![stack("shop", template, &members)]);
    world.subscriptions.insert(news.clone(), vec![function("work"), "ann@example.com".to_owned()]);
    let inventory = world.read(named("shop")).await;
    assert_eq!(parts(&inventory), ["news | news to work", "news to work | work"]);
    let subscription = resource(&inventory, "news to work");
    assert_eq!(subscription.known("dead_letter_queue"), Some("dead"));
    assert_eq!(attributes(&inventory, "news")["pending_subscriptions"], "1");
    let (source, _) = world.denying("sns.GetSubscriptionAttributes");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let subscription = resource(&inventory, "news to work");
    assert!(matches!(subscription.attributes["dead_letter_queue"], Attribute::Unknown(_)), "{subscription:?}");
}

fn databases() -> World {
    let template = r#"{"Resources": {
        "Main": {"Type": "AWS::RDS::DBInstance", "Properties": {"AllocatedStorage": 20, "MultiAZ": true}},
        "Shop": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"}}}}"#;
    let members = [("Main", "AWS::RDS::DBInstance", "main"), ("Shop", "AWS::RDS::DBCluster", "shop")];
    let mut world = World::of(vec![stack("shop", template, &members)]);
    let instance = |name: &str, more: &str| {
        let arn = arn("rds", &format!("db:{name}"));
        format!(
            "<DBInstance><DBInstanceArn>{arn}</DBInstanceArn><DBInstanceIdentifier>{name}</DBInstanceIdentifier>{more}</DBInstance>"
        )
    };
    let main = "<Engine>postgres</Engine><EngineVersion>13.9</EngineVersion><AllocatedStorage>100</AllocatedStorage>\
        <MultiAZ>false</MultiAZ><DBInstanceClass>db.r6g.large</DBInstanceClass>\
        <CertificateDetails><ValidTill>2027-05-01T00:00:00Z</ValidTill></CertificateDetails><DBParameterGroups>\
        <DBParameterGroup><DBParameterGroupName>own</DBParameterGroupName>\
        <ParameterApplyStatus>in-sync</ParameterApplyStatus></DBParameterGroup></DBParameterGroups>";
    let of_shop = |zone: &str, tier: u8| {
        format!(
            "<DBClusterIdentifier>shop</DBClusterIdentifier><AvailabilityZone>eu-west-1{zone}</AvailabilityZone>\
             <DBInstanceClass>db.r6g.large</DBInstanceClass><PromotionTier>{tier}</PromotionTier>"
        )
    };
    let all = [instance("main", main), instance("shop-1", &of_shop("a", 1)), instance("shop-2", &of_shop("b", 3))];
    let xml = |text: String| Value::from(text);
    world.answers.extend([
        ("rds.DescribeDBInstances", xml(format!("<DBInstances>{}</DBInstances>", all.concat()))),
        (
            "rds.DescribeDBClusters",
            xml(format!(
                "<DBClusters><DBCluster><DBClusterArn>{}</DBClusterArn><Engine>aurora-mysql</Engine><EngineVersion>8.0.39\
                 </EngineVersion><DBClusterMembers><DBClusterMember><DBInstanceIdentifier>shop-1</DBInstanceIdentifier>\
                 </DBClusterMember><DBClusterMember><DBInstanceIdentifier>shop-2</DBInstanceIdentifier></DBClusterMember>\
                 </DBClusterMembers><DBClusterParameterGroup>default.aurora-mysql8.0</DBClusterParameterGroup></DBCluster>\
                 </DBClusters>",
                arn("rds", "cluster:shop")
            )),
        ),
        (
            "rds.DescribeDBParameters",
            xml("<Parameters><Parameter><ParameterName>autovacuum</ParameterName><ParameterValue>0</ParameterValue>\
                 </Parameter></Parameters>"
                .into()),
        ),
        (
            "rds.DescribeDBMajorEngineVersions",
            xml("<DBMajorEngineVersions><DBMajorEngineVersion><Engine>postgres</Engine><MajorEngineVersion>13\
                 </MajorEngineVersion><SupportedEngineLifecycles><SupportedEngineLifecycle><LifecycleSupportName>\
                 open-source-rds-standard-support</LifecycleSupportName><LifecycleSupportEndDate>2026-02-28T23:59:59Z\
                 </LifecycleSupportEndDate></SupportedEngineLifecycle></SupportedEngineLifecycles></DBMajorEngineVersion>\
                 </DBMajorEngineVersions>"
                .into()),
        ),
        (
            "rds.DescribePendingMaintenanceActions",
            xml(format!(
                "<PendingMaintenanceActions><ResourcePendingMaintenanceActions><ResourceIdentifier>{}</ResourceIdentifier>\
                 <PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>os-upgrade</Action><ForcedApplyDate>\
                 2026-12-05T03:00:00Z</ForcedApplyDate></PendingMaintenanceAction></PendingMaintenanceActionDetails>\
                 </ResourcePendingMaintenanceActions></PendingMaintenanceActions>",
                arn("rds", "db:main")
            )),
        ),
        (
            "ec2.DescribeInstanceTypes",
            xml("<instanceTypeSet><item><instanceType>r6g.large</instanceType><memoryInfo><sizeInMiB>16384</sizeInMiB>\
                 </memoryInfo><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item></instanceTypeSet>"
                .into()),
        ),
    ]);
    world
}

#[tokio::test]
async fn a_database_is_what_several_answers_say_together() {
    let (source, calls) = databases().source();
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(inventory.unseen, []);
    let main = attributes(&inventory, "main");
    for (attribute, value) in [
        ("allocated_storage_gb", "100"),
        ("multi_az", "false"),
        ("certificate_ends", "2027-05-01T00:00:00Z"),
        ("parameter_group", "own"),
        ("parameter_autovacuum", "0"),
        ("maintenance", "os-upgrade"),
        ("maintenance_forced", "2026-12-05T03:00:00Z"),
        ("standard_support_ends", "2026-02-28T23:59:59Z"),
        ("memory_mb", "16384"),
        ("max_connections", "1802"),
    ] {
        assert_eq!(main.get(attribute).map(String::as_str), Some(value), "{attribute}");
    }
    let unset = |name: &str, attribute: &str| resource(&inventory, name).attributes[attribute] == Attribute::Unset;
    assert!(unset("main", "max_storage_gb") && unset("main", "parameter_track_counts"));
    let cluster = attributes(&inventory, "shop");
    assert_eq!(cluster["members"], "shop-1, shop-2");
    assert_eq!(cluster["member_zones"], "eu-west-1a, eu-west-1b");
    assert_eq!(cluster["writer_classes"], "db.r6g.large");
    assert!(unset("shop", "maintenance_forced") && unset("shop", "parameter_autovacuum"));
    let ends = &resource(&inventory, "shop").attributes["standard_support_ends"];
    assert!(matches!(ends, Attribute::Unknown(_)), "AWS says nothing of that version: {ends:?}");
    assert_eq!(calls.of("rds.DescribeDBInstances").len(), 1, "one list for instances and clusters");
    assert!(calls.of("rds.DescribeDBClusterParameters").is_empty(), "a default group has nothing that anybody set");
}

#[tokio::test]
async fn a_denial_of_one_database_call_costs_what_it_tells() {
    for (operation, name, attribute, lost) in [
        ("rds.DescribeDBInstances", "main", "zone", "configuration of 2 RDS databases"),
        ("rds.DescribeDBClusters", "shop", "members", "configuration of 1 RDS cluster"),
        (
            "rds.DescribePendingMaintenanceActions",
            "main",
            "maintenance_forced",
            "pending maintenance of 2 RDS databases",
        ),
        ("rds.DescribeDBMajorEngineVersions", "main", "standard_support_ends", "end of support of 2 RDS databases"),
        ("rds.DescribeDBParameters", "main", "parameter_autovacuum", "parameters of 1 RDS parameter group"),
        ("ec2.DescribeInstanceTypes", "main", "max_connections", "size of 1 RDS instance"),
    ] {
        let (source, _) = databases().denying(operation);
        let inventory = source.inventory(&app(named("shop"))).await.unwrap();
        assert_eq!(what(&inventory).iter().map(|(what, _)| *what).collect::<Vec<_>>(), [lost], "{operation}");
        let value = &resource(&inventory, name).attributes[attribute];
        assert!(matches!(value, Attribute::Unknown(_)), "{operation}: {value:?}");
        assert_eq!(resource(&inventory, "shop").known("engine"), Some("aurora-mysql"), "the rest goes on");
    }
}

fn events() -> World {
    let machine = arn("states", "stateMachine:order");
    let members = [
        ("Clicks", "AWS::Kinesis::Stream", "clicks"),
        ("Order", "AWS::StepFunctions::StateMachine", machine.as_str()),
        ("Nightly", "AWS::Events::Rule", "nightly"),
        ("Api", "AWS::ApiGateway::RestApi", "a1b2"),
        ("Http", "AWS::ApiGatewayV2::Api", "c3d4"),
        ("Orders", "AWS::DynamoDB::Table", "orders"),
    ];
    let mut world = World::of(vec![stack("shop", "{}", &members)]);
    world.tables.insert("orders", json!({"TableStatus": "ACTIVE"}));
    world.recovery.insert("orders", true);
    let endless = r#"{"States": {"Ask": {"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}}"#;
    let scaled = json!({"ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"});
    let with = |name: &str, value: Value| {
        let mut item = scaled.clone();
        item[name] = value;
        json!([item])
    };
    world.answers.extend([
        (
            "kinesis.DescribeStreamSummary",
            json!({"StreamDescriptionSummary": {"OpenShardCount": 4, "RetentionPeriodHours": 48,
                "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}}),
        ),
        ("states.DescribeStateMachine", json!({"type": "EXPRESS", "definition": endless})),
        ("events.ListTargetsByRule", json!({"Targets": [{"Id": "1", "Arn": function("report")}]})),
        (
            "application-autoscaling.DescribeScalableTargets",
            json!({"ScalableTargets": with("MaxCapacity", json!(400))}),
        ),
        (
            "application-autoscaling.DescribeScalingPolicies",
            json!({"ScalingPolicies": with("TargetTrackingScalingPolicyConfiguration", json!({"TargetValue": 70.0}))}),
        ),
    ]);
    world
}

#[tokio::test]
async fn streams_state_machines_rules_and_tables_say_how_they_are_set() {
    let (source, calls) = events().source_but(|call| {
        let stages = call.operation == "apigateway.GET" && call.text("path").ends_with("/stages");
        let settings = json!({"defaultRouteSettings": {"throttlingRateLimit": 50.0}});
        stages.then(|| Reply::Ok(json!({"items": [settings]})))
    });
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let clicks = attributes(&inventory, "clicks");
    assert_eq!((clicks["shard_count"].as_str(), clicks["retention_hours"].as_str()), ("4", "48"));
    assert_eq!(clicks["stream_mode"], "ON_DEMAND");
    let order = attributes(&inventory, "order");
    assert_eq!((order["state_machine_type"].as_str(), order["endless_states"].as_str()), ("EXPRESS", "Ask"));
    assert_eq!(attributes(&inventory, "nightly")["targets_without_dead_letters"], "report");
    let http = attributes(&inventory, "c3d4");
    assert_eq!((http["throttle_rate"].as_str(), http["integration_timeout_seconds"].as_str()), ("50.0", "30.0"));
    assert_eq!(attributes(&inventory, "a1b2")["integration_timeout_seconds"], "29.0");
    let orders = attributes(&inventory, "orders");
    assert_eq!((orders["read_scaling_max"].as_str(), orders["read_scaling_target"].as_str()), ("400", "70.0"));
    assert_eq!(resource(&inventory, "orders").attributes["write_scaling_max"], Attribute::Unset);
    assert_eq!(calls.of("application-autoscaling.DescribeScalableTargets").len(), 1);
}

#[tokio::test]
async fn what_one_service_denies_the_others_still_tell() {
    for (operation, name, attribute) in [
        ("kinesis.DescribeStreamSummary", "clicks", "shard_count"),
        ("states.DescribeStateMachine", "order", "endless_states"),
        ("events.ListTargetsByRule", "nightly", "targets_without_dead_letters"),
        ("apigateway.GET", "a1b2", "integration_timeout_seconds"),
        ("application-autoscaling.DescribeScalableTargets", "orders", "read_scaling_max"),
    ] {
        let (source, _) = events().denying(operation);
        let inventory = source.inventory(&app(named("shop"))).await.unwrap();
        let value = &resource(&inventory, name).attributes[attribute];
        assert!(matches!(value, Attribute::Unknown(_)), "{operation}: {value:?}");
        assert!(inventory.unseen.iter().any(|u| u.reason.starts_with("access denied")), "{:?}", inventory.unseen);
        let (source, _) = events().source_but(move |call| {
            (call.operation == operation).then(|| Reply::Error(400, "ThrottlingException", "Rate exceeded".into()))
        });
        let inventory = source.inventory(&app(named("shop"))).await.unwrap();
        let value = &resource(&inventory, name).attributes[attribute];
        assert!(matches!(value, Attribute::Unknown(_)), "{operation}: {value:?}");
        assert!(inventory.unseen.iter().any(|u| u.reason == "Rate exceeded"), "{:?}", inventory.unseen);
    }
}
