use crate::scene::{ACCOUNT, REGION, Scene, anomaly, insight, resource};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::ports::LearningStore;
use stackseer_model::{
    Application, Boundary, Evidence, InsightType, LogEvidence, Recommendation, ResourceState, Status, Watching,
};

fn names(answer: &Value) -> Vec<&str> {
    let resources = answer["MonitoredResourceIdentifiers"].as_array().unwrap();
    resources.iter().map(|resource| resource["MonitoredResourceName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_resource_is_listed_with_its_state_and_what_would_change_that() {
    let scene = Scene::new().learned().await;
    for size in [1, 2, 50] {
        let mut request = json!({"MaxResults": size});
        let mut found = Vec::new();
        loop {
            let answer = scene.call(Operation::ListMonitoredResources, request.clone()).await;
            found.extend(names(&answer).into_iter().map(str::to_owned));
            match &answer["NextToken"] {
                Value::Null => break,
                token => request["NextToken"] = token.clone(),
            }
        }
        assert_eq!(found, ["checkout", "images", "jobs"], "{size}");
    }
    let answer = scene.call(Operation::ListResources, json!({"State": "WITHOUT_METRICS"})).await;
    assert_eq!(names(&answer), ["images"]);
    let bucket = &answer["MonitoredResourceIdentifiers"][0];
    assert_eq!(
        (&bucket["Because"], &bucket["TurnOn"]),
        (&json!("request metrics are off"), &json!("Turn on request metrics."))
    );
}

#[tokio::test]
async fn a_filter_asks_by_permission_and_type() {
    let scene = Scene::new().learned().await;
    for (permission, kinds, expected) in [
        ("FULL_PERMISSION", json!(["LAMBDA_FUNCTION"]), vec!["checkout"]),
        ("FULL_PERMISSION", json!(["REDSHIFT_CLUSTER"]), vec![]),
        ("MISSING_PERMISSION", json!(["LAMBDA_FUNCTION"]), vec![]),
    ] {
        let filters = json!({"ResourcePermission": permission, "ResourceTypeFilters": kinds});
        let answer = scene.call(Operation::ListMonitoredResources, json!({"Filters": filters})).await;
        assert_eq!(names(&answer), expected, "{filters}");
    }
}

#[tokio::test]
async fn anomalies_have_their_points_and_the_band_they_were_expected_in() {
    let mut of = insight(1, InsightType::Reactive, Status::Closed);
    let queue = resource("AWS::SQS::Queue", "jobs");
    of.anomalies.push(anomaly(&of.id, 1, &queue, of.start_time, of.end_time));
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    let one = scene.call(Operation::DescribeAnomaly, json!({"Id": of.anomalies[0].id})).await;
    let shown = &one["ReactiveAnomaly"];
    assert_eq!((&shown["AssociatedInsightId"], &shown["CauseRank"]), (&json!(of.id), &json!(1)));
    assert_eq!(shown["Series"]["Values"], json!([40.0, null, 40.0]));
    assert_eq!(shown["Series"]["Upper"], json!([2.0, 2.0, 2.0]));
    let points = &shown["SourceDetails"]["CloudWatchMetrics"][0]["MetricDataSummary"]["TimestampMetricValuePairList"];
    assert_eq!(points.as_array().unwrap().len(), 2);
    let series = json!({"Insight": of.id, "Anomaly": of.anomalies[0].id});
    assert_eq!(scene.call(Operation::GetSeries, series).await["Series"], shown["Series"]);

    let filter = json!({"InsightId": of.id, "Filters": {"ServiceCollection": {"ServiceNames": ["SQS"]}}});
    let listed = scene.call(Operation::ListAnomaliesForInsight, filter).await;
    assert_eq!(listed["ReactiveAnomalies"].as_array().unwrap().len(), 1);
    let first = scene.call(Operation::ListAnomaliesForInsight, json!({"InsightId": of.id, "MaxResults": 1})).await;
    let mut rest = json!({"InsightId": of.id, "MaxResults": 1});
    rest["NextToken"] = first["NextToken"].clone();
    let second = scene.call(Operation::ListAnomaliesForInsight, rest).await;
    assert!(second.get("NextToken").is_none());
    assert_ne!(first["ReactiveAnomalies"][0]["Id"], second["ReactiveAnomalies"][0]["Id"]);
    assert_eq!(scene.try_call(Operation::DescribeAnomaly, json!({"Id": "none"})).await.body["ResourceId"], "none");
}

#[tokio::test]
async fn recommendations_come_ten_at_a_time_and_log_groups_with_what_was_new_in_them() {
    let mut of = insight(1, InsightType::Reactive, Status::Ongoing);
    let advice = |number: i64| Recommendation {
        name: format!("advice {number}"),
        description: "Look at it.".to_owned(),
        reason: "It fails.".to_owned(),
        link: String::new(),
        place: "Lambda, checkout".to_owned(),
        command: "aws lambda get-function".to_owned(),
        related_events: vec![],
        related_anomalies: vec![],
    };
    of.recommendations = (0..12).map(advice).collect();
    let log =
        LogEvidence { log_group: "/aws/lambda/checkout".to_owned(), template: "ERROR *".to_owned(), occurrences: 7 };
    of.anomalies[0].evidence = Evidence::Log(log);
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    let mut request = json!({"InsightId": of.id, "Locale": "DE_DE"});
    let first = scene.call(Operation::ListRecommendations, request.clone()).await;
    request["NextToken"] = first["NextToken"].clone();
    let second = scene.call(Operation::ListRecommendations, request).await;
    let count = |answer: &Value| answer["Recommendations"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second), &second["Recommendations"][1]["Name"]), (10, 2, &json!("advice 11")));
    let groups = scene.call(Operation::ListAnomalousLogGroups, json!({"InsightId": of.id})).await;
    let group = &groups["AnomalousLogGroups"][0];
    assert_eq!(group["LogGroupName"], "/aws/lambda/checkout");
    assert_eq!(group["LogAnomalyShowcases"][0]["LogAnomalyClasses"][0]["NumberOfLogLinesOccurrences"], 7);
}

#[tokio::test]
async fn costs_are_counted_of_all_that_is_watched_or_of_one_and_say_of_what() {
    let scene = Scene::new().learned().await;
    let stack = |name: &str| Application::new(ACCOUNT, REGION, Boundary::Stack { name: name.to_owned() });
    let mut learned = scene.store.learning(&stack("shop")).await.unwrap().unwrap();
    let own = ResourceState { resource: resource("AWS::SQS::Queue", "letters"), watching: Watching::Watched };
    learned.watching.push(own);
    scene.store.keep_learning(&stack("blog"), &learned).await.unwrap();
    let counted = |costs: &Value| -> Vec<(String, i64)> {
        let costs = costs["Costs"].as_array().unwrap().iter();
        costs.map(|of| (of["Label"].as_str().unwrap().to_owned(), of["Count"].as_i64().unwrap())).collect()
    };
    let said = |label: &str, count: i64| (label.to_owned(), count);
    let all = scene.call(Operation::ListCosts, json!({})).await;
    let of_all = vec![said("Lambda function", 1), said("S3 bucket", 1), said("SQS queue", 2)];
    assert_eq!(counted(&all), of_all, "what two have in common is one");
    let names: Vec<_> = all["Applications"].as_array().unwrap().iter().map(|of| of["Name"].clone()).collect();
    assert!(names.len() == 2 && names.contains(&json!("shop")) && names.contains(&json!("blog")), "{names:?}");
    // DevOps Guru charged for 720 hours of a function, and of two queues.
    let close = |amount: &Value, expected: f64| (amount.as_f64().unwrap() - expected).abs() < 1e-6;
    assert!(close(&all["TotalCost"], 720.0 * (0.0028 + 2.0 * 0.0042)), "{all}");
    assert!(all["StackseerTotalCost"].as_f64().unwrap() > 0.0);
    let one = scene.call(Operation::ListCosts, json!({"Application": stack("shop").id})).await;
    assert_eq!(counted(&one).pop(), Some(said("SQS queue", 1)));
    assert_eq!(one["Applications"].as_array().unwrap().len(), 1);
    assert!(close(&one["TotalCost"], 720.0 * (0.0028 + 0.0042)), "{one}");
    assert_eq!(scene.try_call(Operation::ListCosts, json!({"Application": "none"})).await.status, 404);
}

#[tokio::test]
async fn what_ends_is_listed_by_day_and_for_the_applications_that_are_asked_for() {
    let scene = Scene::new().learned().await;
    let all = scene.call(Operation::ListExpiries, json!({})).await;
    let listed = all["Expiries"].as_array().unwrap();
    let ends: Vec<_> = listed.iter().map(|e| (e["Ends"].is_null(), e["Ends"].as_f64().unwrap_or_default())).collect();
    assert!(ends.is_sorted_by(|a, b| a <= b), "{all}");
    assert!(listed.iter().all(|e| e["Ends"].is_null() != e["Because"].is_null()), "a day, or why there is none: {all}");
    assert_eq!(scene.try_call(Operation::ListExpiries, json!({"Application": "none"})).await.status, 404);
}
