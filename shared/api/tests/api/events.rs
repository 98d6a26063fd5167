use crate::scene::{Scene, after, insight, shop, start};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::ports::EventHistory;
use stackseer_model::{ChangeEvent, DataSource, EventClass, InsightType, ResourceId, Status, Verdict, VerdictOutcome};

fn event(id: &str, minute: i64, class: EventClass) -> ChangeEvent {
    ChangeEvent {
        id: id.to_owned(),
        time: after(start(), minute * 60),
        source: "lambda.amazonaws.com".to_owned(),
        name: "UpdateFunctionCode".to_owned(),
        data_source: DataSource::AwsCloudTrail,
        class,
        resources: vec![ResourceId("arn:aws:lambda:eu-central-1:123456789012:function:checkout".to_owned())],
        changes: vec![],
        actor: Some("ann".to_owned()),
        verdict: None,
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["Events"].as_array().unwrap().iter().map(|event| event["Id"].as_str().unwrap()).collect()
}

/// Ids that are no UUIDs, several in one minute.
async fn scene() -> Scene {
    let scene = Scene::new().learned().await;
    let events: Vec<ChangeEvent> = [("deploy b", 5), ("deploy a", 5), ("deploy c", 5), ("x", 3), ("y", 9)]
        .map(|(id, minute)| event(id, minute, EventClass::Deployment))
        .into();
    scene.store.keep_events(&shop().id, &events).await.unwrap();
    scene.store.keep_events(&shop().id, &[event("z", 1, EventClass::ConfigChange)]).await.unwrap();
    scene
}

#[tokio::test]
async fn events_of_one_time_are_paged_whatever_their_ids() {
    let scene = scene().await;
    for (operation, request) in [(Operation::ListEvents, json!({"Filters": {}})), (Operation::ListChanges, json!({}))] {
        for size in [1, 2, 200] {
            let mut request = request.clone();
            request["MaxResults"] = json!(size);
            let mut found = Vec::new();
            loop {
                let answer = scene.call(operation, request.clone()).await;
                found.extend(ids(&answer).into_iter().map(str::to_owned));
                match &answer["NextToken"] {
                    Value::Null => break,
                    token => request["NextToken"] = token.clone(),
                }
            }
            assert_eq!(found, ["y", "deploy c", "deploy b", "deploy a", "x", "z"], "{size} of {operation:?}");
        }
    }
}

#[tokio::test]
async fn a_release_has_what_it_did() {
    let scene = Scene::new().learned().await;
    let said = "worse 30 min after: errors 0.1 % → 5 %, 600 invocations";
    let verdict = Verdict { outcome: VerdictOutcome::Worse, said: said.to_owned(), measures: vec![] };
    let judged = ChangeEvent { verdict: Some(verdict), ..event("x", 3, EventClass::Deployment) };
    scene.store.keep_events(&shop().id, &[judged, event("y", 2, EventClass::Deployment)]).await.unwrap();
    let answer = scene.call(Operation::ListEvents, json!({"Filters": {}})).await;
    assert_eq!(answer["Events"][0]["Verdict"], json!({"Outcome": "WORSE", "Sentence": said}));
    assert_eq!(answer["Events"][1]["Verdict"], Value::Null);
}

#[tokio::test]
async fn filters_and_ranges_hold() {
    let scene = scene().await;
    let at = |minute: i64| after(start(), minute * 60).as_second();
    for (filters, expected) in [
        (json!({"EventClass": "CONFIG_CHANGE"}), vec!["z"]),
        (
            json!({"EventTimeRange": {"FromTime": at(3), "ToTime": at(5)}}),
            vec!["deploy c", "deploy b", "deploy a", "x"],
        ),
        (json!({"EventSource": "sqs.amazonaws.com"}), vec![]),
        (json!({"ResourceCollection": {"CloudFormation": {"StackNames": ["another"]}}}), vec![]),
        (
            json!({"ResourceCollection": {"CloudFormation": {"StackNames": ["shop"]}}, "EventClass": "CONFIG_CHANGE"}),
            vec!["z"],
        ),
    ] {
        let answer = scene.call(Operation::ListEvents, json!({"Filters": filters})).await;
        assert_eq!(ids(&answer), expected, "{filters}");
    }
    let range = json!({"Filters": {"EventTimeRange": {"FromTime": at(5), "ToTime": at(3)}}});
    assert_eq!(scene.try_call(Operation::ListEvents, range).await.status, 400);
    assert_eq!(scene.try_call(Operation::ListChanges, json!({"Application": "none"})).await.status, 404);
}

#[tokio::test]
async fn an_insight_s_events_are_its_own_and_say_what_they_were_on() {
    let mut of = insight(1, InsightType::Reactive, Status::Ongoing);
    of.events = vec![event("mine", 1, EventClass::Deployment)];
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    let answer = scene.call(Operation::ListEvents, json!({"Filters": {"InsightId": of.id}})).await;
    assert_eq!(ids(&answer), ["mine"]);
    let shown = &answer["Events"][0];
    assert_eq!(
        (&shown["Resources"][0]["Name"], &shown["Resources"][0]["Type"]),
        (&json!("checkout"), &json!("AWS::Lambda::Function"))
    );
    assert!(shown["Sentence"].as_str().unwrap().contains("UpdateFunctionCode"), "{shown}");
}
