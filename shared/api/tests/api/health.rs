use crate::scene::{ACCOUNT, REGION, Scene, after, insight, shop, start};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::ports::{LearningStore, Store};
use stackseer_model::{Application, Boundary, Insight, InsightType, Status};

/// Three open and two closed reactive ones, one open proactive.
async fn scene() -> Scene {
    let reactive = |number, status| insight(number, InsightType::Reactive, status);
    let insights: Vec<Insight> = (0..3)
        .map(|number| reactive(number, Status::Ongoing))
        .chain((10..12).map(|number| reactive(number, Status::Closed)))
        .chain([insight(0, InsightType::Proactive, Status::Ongoing)])
        .collect();
    Scene::with(&insights).await.learned().await
}

#[tokio::test]
async fn an_account_s_health_counts_what_is_open_and_what_is_watched() {
    let scene = scene().await;
    let account = scene.call(Operation::DescribeAccountHealth, json!({})).await;
    let open = json!({"OpenReactiveInsights": 3, "OpenProactiveInsights": 1, "MetricsAnalyzed": 1, "ResourceHours": 2});
    let mut expected = open.clone();
    expected["AnalyzedResourceCount"] = json!(2);
    assert_eq!(account, expected);
    assert_eq!(scene.call(Operation::DescribeOrganizationHealth, json!({})).await, open);
    let other = json!({"AccountIds": ["210987654321"]});
    assert_eq!(scene.call(Operation::DescribeOrganizationHealth, other).await["OpenReactiveInsights"], 0);
}

/// Three days: on the second one began just before midnight, and ended after it.
#[tokio::test]
async fn an_overview_counts_what_began_on_its_days_and_how_long_it_lasted() {
    let day = 24 * 60;
    let reactive = |minute, status| insight(minute, InsightType::Reactive, status);
    let insights = [
        reactive(0, Status::Closed),
        reactive(day + 9 * 60 + 59, Status::Closed),
        reactive(day + 60, Status::Ongoing),
        insight(2 * day, InsightType::Proactive, Status::Closed),
    ];
    let longer = Insight { end_time: Some(after(insights[1].start_time, 3 * 3600)), ..insights[1].clone() };
    let scene = Scene::with(&insights).await;
    scene.store.commit(&shop(), 1, &[longer], &[]).await.unwrap();
    let at = |minute: i64| after(start(), minute * 60).as_second();
    let overview = async |from: i64, to: i64| {
        let range = json!({"FromTime": at(from), "ToTime": at(to)});
        let account = scene.call(Operation::DescribeAccountOverview, range.clone()).await;
        let organization = scene.call(Operation::DescribeOrganizationOverview, range).await;
        let counted = |of: &Value| [of["ReactiveInsights"].clone(), of["ProactiveInsights"].clone()];
        assert_eq!(counted(&account), counted(&organization));
        let [reactive, proactive] = counted(&account);
        json!([reactive, proactive, account["MeanTimeToRecoverInMilliseconds"]])
    };
    assert_eq!(overview(0, 2 * day).await, json!([3, 1, 7_200_000]));
    // Whole days of UTC, whatever the time of day.
    assert_eq!(overview(9 * 60, day - 600).await, json!([1, 0, 3_600_000]));
    assert_eq!(overview(day, day).await, json!([2, 0, 10_800_000]));
    assert_eq!(overview(2 * day, 2 * day + 1).await, json!([0, 1, 0]));
    assert_eq!(overview(3 * day, 4 * day).await, json!([0, 0, 0]));
    // To the day that it is; DevOps Guru's range has an end as well.
    let until_now = scene.call(Operation::DescribeAccountOverview, json!({"FromTime": at(0)})).await;
    assert_eq!(until_now["ReactiveInsights"], 3);
    let ahead = scene.call(Operation::DescribeAccountOverview, json!({"FromTime": at(5 * day)})).await;
    assert_eq!(ahead["ReactiveInsights"], 0);
}

#[tokio::test]
async fn health_is_told_by_stack_tag_service_and_account() {
    let scene = scene().await;
    let of = async |kind: &str| {
        scene.call(Operation::DescribeResourceCollectionHealth, json!({"ResourceCollectionType": kind})).await
    };
    let insight =
        json!({"OpenReactiveInsights": 3, "OpenProactiveInsights": 1, "MeanTimeToRecoverInMilliseconds": 3_600_000});
    let stack = json!({"StackName": "shop", "Insight": insight, "AnalyzedResourceCount": 2});
    assert_eq!(of("AWS_CLOUD_FORMATION").await, json!({"CloudFormation": [stack]}));
    assert_eq!(of("AWS_TAGS").await, json!({"Tags": []}));
    let open = json!({"OpenReactiveInsights": 3, "OpenProactiveInsights": 1});
    let none = json!({"OpenReactiveInsights": 0, "OpenProactiveInsights": 0});
    let services = json!([
        {"ServiceName": "LAMBDA", "Insight": open, "AnalyzedResourceCount": 1},
        {"ServiceName": "SQS", "Insight": none, "AnalyzedResourceCount": 1},
    ]);
    assert_eq!(of("AWS_SERVICE").await["Service"], services);
    let request = json!({"OrganizationResourceCollectionType": "AWS_ACCOUNT"});
    let answer = scene.call(Operation::DescribeOrganizationResourceCollectionHealth, request).await;
    assert_eq!(answer, json!({"Account": [{"AccountId": ACCOUNT, "Insight": open}]}));
}

#[tokio::test]
async fn pages_of_one_are_the_whole() {
    let scene = scene().await;
    let mut request = json!({"OrganizationResourceCollectionType": "AWS_SERVICE", "MaxResults": 1});
    let mut names = Vec::new();
    loop {
        let answer = scene.call(Operation::DescribeOrganizationResourceCollectionHealth, request.clone()).await;
        names.extend(answer["Service"].as_array().unwrap().iter().map(|service| service["ServiceName"].clone()));
        match &answer["NextToken"] {
            Value::Null => break,
            token => request["NextToken"] = token.clone(),
        }
    }
    assert_eq!(names, [json!("LAMBDA"), json!("SQS")]);
}

#[tokio::test]
async fn applications_and_their_topology_show_what_is_wrong() {
    let scene = scene().await;
    let answer = scene.call(Operation::ListApplications, json!({})).await;
    let shop = &answer["Applications"][0];
    assert_eq!((&shop["Name"], &shop["Kind"]), (&json!("shop"), &json!("STACK")));
    assert_eq!(shop["Health"], json!({"OpenReactive": 3, "OpenProactive": 1, "Severity": "HIGH"}));
    assert_eq!(shop["Watching"], json!({"Watched": 2, "WithoutMetrics": 1, "NotSupported": 0}));
    let topology = scene.call(Operation::GetTopology, json!({"Id": shop["Id"]})).await;
    let wrong = |name: &str| {
        let nodes = topology["Nodes"].as_array().unwrap();
        let node = nodes.iter().find(|node| node["Name"] == name).unwrap();
        (node["InsightIds"].as_array().unwrap().len(), node["Severity"].clone(), node["State"].clone())
    };
    assert_eq!(wrong("checkout"), (4, json!("HIGH"), json!("WATCHED")));
    assert_eq!(wrong("images"), (0, Value::Null, json!("WITHOUT_METRICS")));
    assert_eq!(topology["Edges"][0]["Kind"], "ASYNC");
    assert_eq!(scene.try_call(Operation::GetTopology, json!({"Id": "none"})).await.status, 404);
}

#[tokio::test]
async fn the_status_says_what_this_is_and_only_a_demo_has_a_clock() {
    let scene = scene().await;
    let status = scene.call(Operation::GetStatus, json!({})).await;
    assert_eq!(
        (&status["Product"], &status["Account"], &status["Source"]),
        (&json!("Stackseer"), &json!(ACCOUNT), &json!("DEMO"))
    );
    assert_eq!(status["Now"], crate::scene::now().as_second());
    assert_eq!(status["LastWatch"], Value::Null, "the shop was learned and never watched");
    assert_eq!(scene.try_call(Operation::GetClock, json!({})).await.status, 404);
    assert_eq!(scene.try_call(Operation::SetClock, json!({"Paused": true})).await.status, 404);
}

#[tokio::test]
async fn the_last_watch_is_that_of_the_application_which_waits_for_the_longest() {
    let (scene, blog) = (scene().await, another());
    let last = async || {
        let applications = scene.call(Operation::ListApplications, json!({})).await;
        let of = applications["Applications"].as_array().unwrap().iter().map(|of| of["LastWatch"].clone()).collect();
        (scene.call(Operation::GetStatus, json!({})).await["LastWatch"].clone(), of)
    };
    scene.store.keep_watched(&shop(), after(start(), 600)).await.unwrap();
    let (ten, five) = (json!(after(start(), 600).as_second()), json!(after(start(), 300).as_second()));
    assert_eq!(last().await, (ten.clone(), vec![ten.clone()]));
    let learned = scene.store.learning(&shop()).await.unwrap().unwrap();
    scene.store.keep_learning(&blog, &learned).await.unwrap();
    assert_eq!(last().await, (Value::Null, vec![ten.clone(), Value::Null]), "one was never watched");
    scene.store.keep_watched(&blog, after(start(), 300)).await.unwrap();
    assert_eq!(last().await, (five.clone(), vec![ten, five]));
}

fn another() -> Application {
    Application::new(ACCOUNT, REGION, Boundary::Stack { name: "blog".to_owned() })
}
