use crate::scene::{Scene, insight, now};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::{InsightType, Status};

#[tokio::test]
async fn an_insight_is_acknowledged_assigned_and_noted_on_and_all_is_audited() {
    let of = insight(1, InsightType::Reactive, Status::Ongoing);
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    let id = json!({"Id": of.id});
    let seen = scene.call(Operation::AcknowledgeInsight, id.clone()).await["Acknowledgement"].clone();
    assert_eq!(seen, json!({"By": "ann", "Time": now().as_second()}));
    scene.call(Operation::AssignInsight, json!({"Id": of.id, "Assignee": "bob"})).await;
    let note = scene.call(Operation::AddNote, json!({"Id": of.id, "Text": "rolled back <b>"})).await["Note"].clone();

    let shown = scene.call(Operation::DescribeInsight, id.clone()).await["ReactiveInsight"].clone();
    assert_eq!(
        (&shown["Acknowledgement"], &shown["Assignee"], &shown["Notes"]),
        (&seen, &json!("bob"), &json!([note]))
    );
    let listed = json!({"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}}});
    let listed = scene.call(Operation::ListInsights, listed).await["ReactiveInsights"][0].clone();
    assert_eq!((&listed["Acknowledgement"], &listed["Assignee"]), (&seen, &json!("bob")));

    scene.call(Operation::UnacknowledgeInsight, id.clone()).await;
    scene.call(Operation::UnassignInsight, id.clone()).await;
    scene.call(Operation::DeleteNote, json!({"Id": of.id, "NoteId": note["Id"]})).await;
    let shown = scene.call(Operation::DescribeInsight, id).await["ReactiveInsight"].clone();
    assert_eq!(
        (&shown["Acknowledgement"], &shown["Assignee"], &shown["Notes"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    let gone = scene.try_call(Operation::DeleteNote, json!({"Id": of.id, "NoteId": note["Id"]})).await;
    assert_eq!((gone.status.as_u16(), &gone.body["ResourceType"]), (404, &json!("NOTE")));
    let audit = scene.call(Operation::ListAudit, json!({})).await;
    assert_eq!(audit["Entries"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn an_insight_is_deleted_once() {
    let of = insight(1, InsightType::Reactive, Status::Ongoing);
    let scene = Scene::with(std::slice::from_ref(&of)).await;
    scene.call(Operation::DeleteInsight, json!({"Id": of.id})).await;
    for operation in [Operation::DeleteInsight, Operation::DescribeInsight, Operation::AcknowledgeInsight] {
        assert_eq!(scene.try_call(operation, json!({"Id": of.id})).await.status, 404, "{operation:?}");
    }
    let audit = scene.call(Operation::ListAudit, json!({})).await;
    let command = format!("aws devops-guru delete-insight --id {}", of.id);
    assert_eq!(audit["Entries"][0]["Command"], command);
}
