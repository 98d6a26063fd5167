use crate::scene::Scene;
use serde_json::{Value, json};
use stackseer_model::ports::PortError;

#[tokio::test]
async fn what_breaks_the_model_is_a_validation_exception() {
    let scene = Scene::new();
    let said = scene.ask("POST", "/insights", json!({"StatusFilter": {}, "MaxResults": 0})).await;
    let message =
        "Value '0' at 'MaxResults' failed to satisfy constraint: Member must have value greater than or equal to 1";
    assert_eq!((said.status.as_u16(), said.error.as_deref()), (400, Some("ValidationException")));
    assert_eq!(
        said.body,
        json!({
            "Message": format!("1 validation error detected: {message}"),
            "Reason": "FIELD_VALIDATION_FAILED",
            "Fields": [{"Name": "MaxResults", "Message": message}],
        })
    );
}

#[tokio::test]
async fn exactly_one_status_must_be_asked_for() {
    let scene = Scene::new();
    let ongoing = json!({"Type": "REACTIVE"});
    let any = json!({"Type": "REACTIVE", "StartTimeRange": {}});
    for filter in [json!({}), json!({"Ongoing": ongoing, "Any": any})] {
        let said = scene.ask("POST", "/insights", json!({"StatusFilter": filter})).await;
        assert_eq!((said.status.as_u16(), &said.body["Reason"]), (400, &json!("INVALID_PARAMETER_COMBINATION")));
        assert_eq!(said.body["Fields"][0]["Name"], "StatusFilter");
    }
}

#[tokio::test]
async fn what_is_no_json_object_cannot_be_parsed() {
    let scene = Scene::new();
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let long = format!("\"{}\"", "a".repeat(300 * 1024));
    for body in ["{", "[]", "7", "\u{feff}{}", &deep, &long] {
        let response = scene.send("POST", "/insights", body).await;
        assert_eq!(response.status(), 400, "{}", &body[..body.len().min(20)]);
    }
}

#[tokio::test]
async fn there_is_no_other_operation() {
    let scene = Scene::new();
    for (method, path) in [("GET", "/"), ("PATCH", "/insights"), ("GET", "/insights/a/b"), ("POST", "/../etc/passwd")] {
        let said = scene.ask(method, path, Value::Null).await;
        assert_eq!((said.status.as_u16(), &said.body["Reason"]), (400, &json!("UNKNOWN_OPERATION")), "{method} {path}");
    }
}

#[tokio::test]
async fn what_the_store_cannot_do_is_said_and_may_be_tried_again() {
    let scene = Scene::new();
    let busy = PortError::Transient { action: "dynamodb:Query".to_owned(), message: "throttled".to_owned() };
    scene.store.fail_next(busy);
    let body = json!({"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}}}).to_string();
    let response = scene.send("POST", "/insights", &body).await;
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (500, &"1".parse().unwrap()));
    assert_eq!(response.headers()["x-amzn-errortype"], "InternalServerException");
}

#[tokio::test]
async fn what_the_open_api_document_describes_is_there() {
    let scene = Scene::new();
    let document = scene.answer("GET", "/stackseer/openapi.json", Value::Null).await;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 15 && paths.keys().all(|path| path.starts_with("/stackseer/")));
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let said = scene.ask(&method.to_uppercase(), &path.replace(['{', '}'], ""), Value::Null).await;
            assert_ne!(said.body["Reason"], "UNKNOWN_OPERATION", "{method} {path}");
        }
    }
}
