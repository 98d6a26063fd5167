use crate::scene::{Scene, insight, shop};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::ports::LearningStore;
use stackseer_model::{InsightType, Status};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:ops";

async fn refused(scene: &Scene, operation: Operation, values: Value) -> (u16, String) {
    let said = scene.try_call(operation, values).await;
    (said.status.as_u16(), said.error.unwrap_or_default())
}

#[tokio::test]
async fn channels_are_added_once_two_at_most_and_removed() {
    let scene = Scene::new();
    let topic = |name: &str| json!({"Config": {"Sns": {"TopicArn": format!("{TOPIC}-{name}")}}});
    let filters = json!({"Severities": ["HIGH"], "MessageTypes": ["NEW_INSIGHT", "CLOSED_INSIGHT"]});
    let mut first = topic("1");
    first["Config"]["Filters"] = filters;
    let id = scene.call(Operation::AddNotificationChannel, first.clone()).await["Id"].clone();
    let listed = scene.call(Operation::ListNotificationChannels, json!({})).await;
    assert_eq!(listed["Channels"], json!([{"Id": id, "Config": first["Config"]}]));
    let conflict = refused(&scene, Operation::AddNotificationChannel, first).await;
    assert_eq!(conflict, (409, "ConflictException".to_owned()));
    scene.call(Operation::AddNotificationChannel, topic("2")).await;
    let third = refused(&scene, Operation::AddNotificationChannel, topic("3")).await;
    assert_eq!(third, (402, "ServiceQuotaExceededException".to_owned()));
    assert_eq!(refused(&scene, Operation::TestChannel, json!({"Id": id})).await.0, 400);
    scene.call(Operation::RemoveNotificationChannel, json!({"Id": id})).await;
    let again = refused(&scene, Operation::RemoveNotificationChannel, json!({"Id": id})).await;
    assert_eq!(again, (404, "ResourceNotFoundException".to_owned()));
    let none = refused(&scene, Operation::AddNotificationChannel, json!({"Config": {"Sns": {}}})).await;
    assert_eq!(none, (400, "ValidationException".to_owned()));
}

#[tokio::test]
async fn a_channel_without_filters_has_none_when_it_is_read() {
    let scene = Scene::new();
    let config = json!({"Sns": {"TopicArn": TOPIC}});
    scene.call(Operation::AddNotificationChannel, json!({"Config": config})).await;
    let listed = scene.call(Operation::ListNotificationChannels, json!({})).await;
    assert_eq!(listed["Channels"][0]["Config"], config);
}

async fn covered(scene: &Scene, kind: &str) -> Value {
    let answer = scene.call(Operation::GetResourceCollection, json!({"ResourceCollectionType": kind})).await;
    answer["ResourceCollection"].clone()
}

async fn update(scene: &Scene, action: &str, collection: Value) {
    let request = json!({"Action": action, "ResourceCollection": collection});
    scene.call(Operation::UpdateResourceCollection, request).await;
}

#[tokio::test]
async fn stacks_are_watched_in_the_order_added_and_never_twice() {
    let scene = Scene::new();
    let stacks = |names: &[&str]| json!({"CloudFormation": {"StackNames": names}});
    update(&scene, "ADD", stacks(&["zebra", "billing", "zebra"])).await;
    assert_eq!(covered(&scene, "AWS_CLOUD_FORMATION").await, stacks(&["shop", "zebra", "billing"]));
    update(&scene, "REMOVE", stacks(&["zebra", "never-there"])).await;
    assert_eq!(covered(&scene, "AWS_CLOUD_FORMATION").await, stacks(&["shop", "billing"]));
    update(&scene, "ADD", stacks(&["*"])).await;
    assert_eq!(covered(&scene, "AWS_CLOUD_FORMATION").await, stacks(&["shop", "billing", "*"]));
    update(&scene, "REMOVE", stacks(&["*"])).await;
    assert_eq!(covered(&scene, "AWS_CLOUD_FORMATION").await, stacks(&[]));
}

#[tokio::test]
async fn applications_are_watched_by_the_values_of_one_key() {
    let scene = Scene::new();
    let tags = |key: &str, values: &[&str]| json!({"Tags": [{"AppBoundaryKey": key, "TagValues": values}]});
    let app = "devops-guru-app";
    update(&scene, "ADD", tags(app, &["web", "api"])).await;
    assert_eq!(covered(&scene, "AWS_TAGS").await, tags(app, &["web", "api"]));
    for other in ["team", "Devops-Guru-Team"] {
        let request = json!({"Action": "ADD", "ResourceCollection": tags(other, &["web"])});
        assert_eq!(refused(&scene, Operation::UpdateResourceCollection, request).await.0, 400, "{other}");
    }
    update(&scene, "REMOVE", tags(app, &["web"])).await;
    assert_eq!(covered(&scene, "AWS_TAGS").await, tags(app, &["api"]));
    update(&scene, "ADD", tags(app, &["*"])).await;
    assert_eq!(covered(&scene, "AWS_TAGS").await, tags(app, &["*"]));
    update(&scene, "REMOVE", tags(app, &["*"])).await;
    assert_eq!(covered(&scene, "AWS_TAGS").await, json!({"Tags": []}));
}

#[tokio::test]
async fn a_long_list_of_stacks_comes_in_pages() {
    let scene = Scene::new();
    let names: Vec<String> = (0..250).map(|number| format!("stack-{number}")).collect();
    for part in names.chunks(100) {
        update(&scene, "ADD", json!({"CloudFormation": {"StackNames": part}})).await;
    }
    let mut request = json!({"ResourceCollectionType": "AWS_CLOUD_FORMATION"});
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let answer = scene.call(Operation::GetResourceCollection, request.clone()).await;
        let page = answer["ResourceCollection"]["CloudFormation"]["StackNames"].as_array().unwrap().clone();
        found.extend(page.iter().map(|name| name.as_str().unwrap().to_owned()));
        pages += 1;
        match &answer["NextToken"] {
            Value::Null => break,
            token => request["NextToken"] = token.clone(),
        }
    }
    assert_eq!((pages, found[0].as_str(), &found[1..]), (3, "shop", names.as_slice()));
}

#[tokio::test]
async fn integrations_and_event_sources_are_kept_and_what_is_not_named_stays() {
    let scene = Scene::new();
    let own_key = json!({"OptInStatus": "ENABLED", "Type": "CUSTOMER_MANAGED_KEY", "KMSKeyId": "alias/insights"});
    let wanted = [
        ("OpsCenter", json!({"OptInStatus": "ENABLED"})),
        ("LogsAnomalyDetection", json!({"OptInStatus": "ENABLED"})),
        ("KMSServerSideEncryption", own_key),
    ];
    for (name, part) in &wanted {
        let request = json!({"ServiceIntegration": {*name: part}});
        scene.call(Operation::UpdateServiceIntegration, request).await;
    }
    let set = scene.call(Operation::DescribeServiceIntegration, json!({})).await;
    for (name, part) in wanted {
        assert_eq!(set["ServiceIntegration"][name], part);
    }
    let wrong =
        json!({"ServiceIntegration": {"KMSServerSideEncryption": {"Type": "AWS_OWNED_KMS_KEY", "KMSKeyId": "x"}}});
    assert_eq!(refused(&scene, Operation::UpdateServiceIntegration, wrong).await.0, 400);
    for status in ["ENABLED", "DISABLED"] {
        let sources = json!({"EventSources": {"AmazonCodeGuruProfiler": {"Status": status}}});
        scene.call(Operation::UpdateEventSourcesConfig, sources.clone()).await;
        assert_eq!(scene.call(Operation::DescribeEventSourcesConfig, json!({})).await, sources);
    }
}

#[tokio::test]
async fn costs_are_those_of_what_is_active_beside_what_stackseer_costs() {
    let scene = Scene::new().learned().await;
    assert_eq!(scene.call(Operation::GetCostEstimation, json!({})).await, json!({}));
    let stack = |name: &str| json!({"CloudFormation": {"StackNames": [name]}});
    let request = |name: &str| json!({"ResourceCollection": stack(name), "ClientToken": "one"});
    scene.call(Operation::StartCostEstimation, request("shop")).await;
    scene.call(Operation::StartCostEstimation, request("shop")).await;
    let estimate = scene.call(Operation::GetCostEstimation, json!({})).await;
    assert_eq!((&estimate["Status"], &estimate["ResourceCollection"]), (&json!("COMPLETED"), &stack("shop")));
    let cost = |index: usize| {
        let cost = &estimate["Costs"][index];
        (cost["Type"].as_str().unwrap(), cost["State"].as_str().unwrap(), cost["Cost"].as_f64().unwrap())
    };
    assert_eq!(cost(0), ("AWS::Lambda::Function", "ACTIVE", 0.0028 * 720.0));
    assert_eq!(cost(1), ("AWS::S3::Bucket", "INACTIVE", 0.0));
    assert_eq!(cost(2), ("AWS::SQS::Queue", "ACTIVE", 0.0042 * 720.0));
    // It stays as it was, whatever becomes of the application.
    scene.store.forget_learning(&shop()).await.unwrap();
    assert_eq!(scene.call(Operation::GetCostEstimation, json!({})).await, estimate);
    let total = estimate["TotalCost"].as_f64().unwrap();
    assert!((total - (0.0028 + 0.0042) * 720.0).abs() < 1e-9);
    let own = estimate["StackseerTotalCost"].as_f64().unwrap();
    assert!(own > 0.0 && own < total, "{own} of {total}");
    assert_eq!(refused(&scene, Operation::StartCostEstimation, request("none")).await.0, 404);
    assert_eq!(refused(&scene, Operation::StartCostEstimation, json!({"ResourceCollection": {}})).await.0, 400);
}

#[tokio::test]
async fn what_is_set_is_shown_with_its_command_and_who_set_it() {
    let scene = Scene::new();
    update(&scene, "ADD", json!({"CloudFormation": {"StackNames": ["billing"]}})).await;
    let odd = "arn:aws:sns:eu-central-1:123456789012:it's";
    scene.call(Operation::AddNotificationChannel, json!({"Config": {"Sns": {"TopicArn": odd}}})).await;
    let settings = scene.call(Operation::GetSettings, json!({})).await;
    let command = "aws devops-guru update-resource-collection --action ADD --resource-collection \
                   '{\"CloudFormation\":{\"StackNames\":[\"shop\",\"billing\"]}}'";
    assert_eq!(settings["Coverage"]["Command"], command);
    assert!(settings["Channels"][0]["Command"].as_str().unwrap().contains(r"it'\''s"), "{settings}");
    let audit = scene.call(Operation::ListAudit, json!({"MaxResults": 1})).await;
    let rest = json!({"MaxResults": 1, "NextToken": audit["NextToken"]});
    let mut entries = audit["Entries"].as_array().unwrap().clone();
    entries.extend(scene.call(Operation::ListAudit, rest).await["Entries"].as_array().unwrap().clone());
    let mut said: Vec<&str> = entries.iter().map(|entry| entry["What"].as_str().unwrap()).collect();
    said.sort_unstable();
    assert_eq!(said, ["Added billing to what is watched".to_owned(), format!("Added the channel {odd}")]);
    assert!(entries.iter().all(|entry| entry["Who"] == "ann" && entry["Command"].is_string()));
}

#[tokio::test]
async fn mutes_and_sensitivities_are_set_listed_and_taken_back() {
    let scene = Scene::new();
    let nightly = json!({
        "What": {"Resource": "AWS::SQS::Queue/jobs"},
        "Reason": "backups",
        "Window": {"Cron": "0 2 * * *", "Minutes": 60, "TimeZone": "UTC"},
    });
    let mute = scene.call(Operation::AddMute, nightly.clone()).await["Mute"].clone();
    assert_eq!((&mute["By"], &mute["What"]), (&json!("ann"), &nightly["What"]));
    assert_eq!(scene.call(Operation::ListMutes, json!({})).await["Mutes"], json!([mute]));
    for (name, value) in [
        ("What", json!({})),
        ("What", json!({"Resource": "a", "Metric": "b"})),
        ("Until", json!(1000)),
        ("Window", json!({"Cron": "at midnight", "Minutes": 60, "TimeZone": "UTC"})),
    ] {
        let mut wrong = nightly.clone();
        wrong[name] = value;
        assert_eq!(refused(&scene, Operation::AddMute, wrong).await, (400, "ValidationException".to_owned()), "{name}");
    }
    let of_one = json!({
        "What": {"Resource": "AWS::SQS::Queue/jobs", "Check": "sqs-lambda-no-dead-letter-queue"},
        "Reason": "worked off by hand",
    });
    let dismissed = scene.call(Operation::AddMute, of_one.clone()).await["Mute"].clone();
    assert_eq!(dismissed["What"], of_one["What"]);
    scene.call(Operation::DeleteMute, json!({"Id": dismissed["Id"]})).await;
    scene.call(Operation::DeleteMute, json!({"Id": mute["Id"]})).await;
    assert_eq!(refused(&scene, Operation::DeleteMute, json!({"Id": mute["Id"]})).await.0, 404);

    for what in [
        json!({"Metric": "AWS/SQS NumberOfMessagesSent Sum QueueName=jobs"}),
        json!({"Resource": "AWS::SQS::Queue/jobs"}),
        json!({"Application": "shop"}),
    ] {
        let set = |level: &str| json!({"What": what, "Sensitivity": level});
        let first = scene.call(Operation::SetSensitivity, set("HIGH")).await["Sensitivity"].clone();
        let kept = scene.call(Operation::SetSensitivity, set("LOW")).await["Sensitivity"].clone();
        assert_eq!((&kept["Id"], &kept["What"], &kept["By"]), (&first["Id"], &what, &json!("ann")));
        let listed = scene.call(Operation::ListSensitivities, json!({})).await;
        assert_eq!((&listed["General"], &listed["Sensitivities"]), (&json!("MEDIUM"), &json!([kept])));
        scene.call(Operation::DeleteSensitivity, json!({"Id": kept["Id"]})).await;
        assert_eq!(refused(&scene, Operation::DeleteSensitivity, json!({"Id": kept["Id"]})).await.0, 404);
    }
    let done = scene.call(Operation::ListAudit, json!({})).await["Entries"].clone();
    let commands: Vec<&str> = done.as_array().unwrap().iter().filter_map(|entry| entry["Command"].as_str()).collect();
    for command in [
        "stackseer sensitivity set low --metric 'AWS/SQS NumberOfMessagesSent Sum QueueName=jobs'",
        "stackseer sensitivity unset --resource AWS::SQS::Queue/jobs",
    ] {
        assert!(commands.contains(&command), "no {command} in {commands:?}");
    }
    for wrong in [json!({}), json!({"Resource": "a", "Metric": "b"})] {
        let set = json!({"What": wrong, "Sensitivity": "LOW"});
        assert_eq!(refused(&scene, Operation::SetSensitivity, set).await, (400, "ValidationException".to_owned()));
    }
}

#[tokio::test]
async fn feedback_is_kept_and_lowers_what_is_too_sensitive() {
    let of = insight(1, InsightType::Reactive, Status::Ongoing);
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    assert_eq!(scene.call(Operation::DescribeFeedback, json!({"InsightId": of.id})).await, json!({}));
    let feedback = json!({"InsightFeedback": {"Id": of.id, "Feedback": "ALERT_TOO_SENSITIVE"}});
    scene.call(Operation::PutFeedback, feedback.clone()).await;
    assert_eq!(scene.call(Operation::DescribeFeedback, json!({"InsightId": of.id})).await, feedback);
    let lowered = scene.call(Operation::ListSensitivities, json!({})).await;
    assert_eq!(lowered["Sensitivities"][0]["Sensitivity"], "LOW");
    assert_eq!(lowered["Sensitivities"][0]["InsightId"], json!(of.id));
    let described = scene.call(Operation::DescribeInsight, json!({"Id": of.id})).await;
    assert_eq!(described["ReactiveInsight"]["Feedback"], "ALERT_TOO_SENSITIVE");
    assert_eq!(refused(&scene, Operation::PutFeedback, json!({})).await.0, 400);
    let none = json!({"InsightFeedback": {"Id": "none", "Feedback": "VALID_COLLECTION"}});
    assert_eq!(refused(&scene, Operation::PutFeedback, none).await.0, 404);
}
