use crate::scene::{Scene, after, insight, start};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::{Insight, InsightType, Status};

fn some() -> Vec<Insight> {
    let of = |insight_type, status, count| (0..count).map(move |number| insight(number, insight_type, status));
    let closed = of(InsightType::Reactive, Status::Closed, 5)
        .map(|i| insight(100 + offset(&i), InsightType::Reactive, Status::Closed));
    of(InsightType::Reactive, Status::Ongoing, 7)
        .chain(closed)
        .chain(of(InsightType::Proactive, Status::Ongoing, 2))
        .collect()
}

fn offset(insight: &Insight) -> i64 {
    (insight.start_time.as_second() - start().as_second()) / 60
}

fn ids(answer: &Value, list: &str) -> Vec<String> {
    let items = answer[list].as_array().unwrap();
    items.iter().map(|item| item["Id"].as_str().unwrap().to_owned()).collect()
}

fn newest(insights: &[Insight], keep: impl Fn(&Insight) -> bool) -> Vec<String> {
    let mut kept: Vec<&Insight> = insights.iter().filter(|insight| keep(insight)).collect();
    kept.sort_by_key(|insight| std::cmp::Reverse(insight.start_time));
    kept.iter().map(|insight| insight.id.to_string()).collect()
}

async fn pages(scene: &Scene, request: &Value, size: usize) -> Vec<String> {
    let mut request = request.clone();
    request["MaxResults"] = json!(size);
    let mut found = Vec::new();
    loop {
        let answer = scene.answer("POST", "/insights", request.clone()).await;
        let page = ids(&answer, "ReactiveInsights");
        assert!(page.len() <= size);
        found.extend(page);
        match &answer["NextToken"] {
            Value::Null => return found,
            token => request["NextToken"] = token.clone(),
        }
    }
}

#[tokio::test]
async fn each_status_lists_its_own_newest_first_whatever_the_page() {
    let insights = some();
    let scene = Scene::with(&insights).await;
    let reactive = |i: &Insight| i.insight_type() == InsightType::Reactive;
    let range = json!({"Type": "REACTIVE", "StartTimeRange": {}});
    let ended = json!({"Type": "REACTIVE", "EndTimeRange": {}});
    let cases = [
        (json!({"Ongoing": {"Type": "REACTIVE"}}), newest(&insights, |i| reactive(i) && i.status == Status::Ongoing)),
        (json!({"Any": range}), newest(&insights, reactive)),
        (json!({"Closed": ended}), newest(&insights, |i| reactive(i) && i.status == Status::Closed)),
    ];
    for (filter, expected) in cases {
        for size in [1, 2, 100] {
            assert_eq!(pages(&scene, &json!({"StatusFilter": filter}), size).await, expected, "{size} of {filter}");
        }
    }
}

#[tokio::test]
async fn a_range_is_inclusive_and_of_the_time_it_names() {
    let insights = some();
    let scene = Scene::with(&insights).await;
    let at = |minute: i64| after(start(), minute * 60).as_second();
    for (filter, expected) in [
        (json!({"Any": {"Type": "REACTIVE", "StartTimeRange": {"FromTime": at(2), "ToTime": at(4)}}}), vec![4, 3, 2]),
        (json!({"Any": {"Type": "REACTIVE", "StartTimeRange": {"FromTime": at(103)}}}), vec![104, 103]),
        (json!({"Closed": {"Type": "REACTIVE", "EndTimeRange": {"ToTime": at(161)}}}), vec![101, 100]),
    ] {
        let answer = scene.answer("POST", "/insights", json!({"StatusFilter": filter})).await;
        let expected: Vec<String> = expected
            .into_iter()
            .map(|n| newest(&insights, |i| offset(i) == n && i.insight_type() == InsightType::Reactive).remove(0))
            .collect();
        assert_eq!(ids(&answer, "ReactiveInsights"), expected, "{filter}");
    }
}

#[tokio::test]
async fn what_is_written_meanwhile_neither_moves_nor_doubles_what_follows() {
    let insights = some();
    let scene = Scene::with(&insights).await;
    let request = json!({"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}}, "MaxResults": 3});
    let first = scene.answer("POST", "/insights", request.clone()).await;
    for newer in 50..53 {
        let insight = insight(newer, InsightType::Reactive, Status::Ongoing);
        use stackseer_model::ports::Store;
        let generation = scene.store.insight_state(&insight.application.id, start()).await.unwrap().generation;
        scene.store.commit(&insight.application, generation, std::slice::from_ref(&insight), &[]).await.unwrap();
    }
    let mut second = request;
    second["NextToken"] = first["NextToken"].clone();
    let second = scene.answer("POST", "/insights", second).await;
    let all = newest(&insights, |i| i.insight_type() == InsightType::Reactive && i.status == Status::Ongoing);
    assert_eq!([ids(&first, "ReactiveInsights"), ids(&second, "ReactiveInsights")].concat(), all[..6]);
}

#[tokio::test]
async fn a_token_of_another_request_is_refused() {
    let scene = Scene::with(&some()).await;
    let ongoing = json!({"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}}, "MaxResults": 1});
    let token = scene.answer("POST", "/insights", ongoing).await["NextToken"].clone();
    let other = json!({"StatusFilter": {"Ongoing": {"Type": "PROACTIVE"}}, "NextToken": token});
    let said = scene.ask("POST", "/insights", other).await;
    assert_eq!(
        (said.error.as_deref(), &said.body["Fields"][0]["Name"]),
        (Some("ValidationException"), &json!("NextToken"))
    );
}

#[tokio::test]
async fn an_insight_is_described_with_what_devops_guru_never_said() {
    let reactive = insight(1, InsightType::Reactive, Status::Closed);
    let scene = Scene::with(&[reactive.clone(), insight(1, InsightType::Proactive, Status::Ongoing)]).await;
    let answer = scene.answer("GET", &format!("/insights/{}", reactive.id), Value::Null).await;
    assert!(answer.get("ProactiveInsight").is_none());
    let shown = &answer["ReactiveInsight"];
    let start = reactive.start_time.as_second();
    assert_eq!(shown["InsightTimeRange"], json!({"StartTime": start, "EndTime": start + 3600}));
    assert_eq!(shown["ResourceCollection"], json!({"CloudFormation": {"StackNames": ["shop"]}}));
    assert_eq!((&shown["Severity"], &shown["Status"]), (&json!("MEDIUM"), &json!("CLOSED")));
    assert_eq!(shown["Headline"], "Lambda Errors Anomalous In Stack shop (1): checkout fails since it was deployed");
    let key = "AWS/Lambda Errors Sum FunctionName=checkout";
    let metric = json!({"Key": key, "Namespace": "AWS/Lambda", "Name": "Errors", "Label": "errors"});
    assert_eq!(shown["Causes"][0]["Metric"], metric);
    assert_eq!(shown["Causes"][0]["Resource"]["Arn"], "arn:aws:lambda:eu-central-1:123456789012:function:checkout");
}

#[tokio::test]
async fn an_insight_that_is_not_there_is_not_found() {
    let scene = Scene::with(&some()).await;
    let there = some().remove(0).id;
    for path in [
        "/insights/search".to_owned(),
        "/insights/none".to_owned(),
        format!("/insights/{there}?AccountId=210987654321"),
    ] {
        let said = scene.ask("GET", &path, Value::Null).await;
        assert_eq!((said.status.as_u16(), said.error.as_deref()), (404, Some("ResourceNotFoundException")), "{path}");
        assert_eq!(said.body["ResourceType"], "INSIGHT");
    }
    let own = format!("/insights/{there}?AccountId={}", crate::scene::ACCOUNT);
    assert_eq!(scene.answer("GET", &own, Value::Null).await["ReactiveInsight"]["Id"], there.as_str());
}

#[tokio::test]
async fn what_is_read_goes_with_the_page_and_not_with_all_there_is() {
    let insights: Vec<Insight> = (0..1500)
        .map(|number| {
            let status = if number % 100 == 0 { Status::Ongoing } else { Status::Closed };
            insight(number, InsightType::Reactive, status)
        })
        .collect();
    let scene = Scene::with(&insights).await.learned().await;
    let read = async |operation: Operation, request: Value| {
        let before = scene.store.items_read();
        let answer = scene.call(operation, request).await;
        let shown = answer["ReactiveInsights"].as_array().map_or(0, Vec::len);
        (shown, scene.store.items_read() - before, answer["NextToken"].is_string())
    };
    let any = json!({"StatusFilter": {"Any": {"Type": "REACTIVE", "StartTimeRange": {}}}, "MaxResults": 10});
    assert_eq!(read(Operation::ListInsights, any).await, (10, 10, true));
    let search =
        |filters: Value| json!({"Type": "REACTIVE", "StartTimeRange": {}, "MaxResults": 10, "Filters": filters});
    // Every third is high.
    assert_eq!(read(Operation::SearchInsights, search(json!({"Severities": ["HIGH"]}))).await, (10, 50, true));
    // What is nowhere is looked for in parts.
    let nowhere = search(json!({"ServiceCollection": {"ServiceNames": ["REDSHIFT"]}}));
    assert_eq!(read(Operation::SearchInsights, nowhere).await, (0, 500, true));
    let another = search(json!({"ResourceCollection": {"CloudFormation": {"StackNames": ["another"]}}}));
    assert_eq!(read(Operation::SearchInsights, another).await, (0, 0, false));
    let open = search(json!({"Statuses": ["ONGOING"], "Severities": ["LOW"]}));
    assert_eq!(read(Operation::SearchInsights, open).await.1, 15);
    assert_eq!(read(Operation::DescribeAccountHealth, json!({})).await.1, 15);
}

#[tokio::test]
async fn a_search_finds_what_its_filters_ask_for() {
    let insights = some();
    let scene = Scene::with(&insights).await;
    let search = async |kind: &str, filters: Value| {
        let request = json!({"Type": kind, "StartTimeRange": {}, "Filters": filters});
        let answer = scene.call(Operation::SearchInsights, request.clone()).await;
        let mut organization = request;
        organization["AccountIds"] = json!([crate::scene::ACCOUNT]);
        let list = if kind == "REACTIVE" { "ReactiveInsights" } else { "ProactiveInsights" };
        let found = ids(&answer, list);
        assert_eq!(ids(&scene.call(Operation::SearchOrganizationInsights, organization).await, list), found);
        found
    };
    let reactive =
        |keep: fn(&Insight) -> bool| newest(&insights, move |i| i.insight_type() == InsightType::Reactive && keep(i));
    let stack = |names: Value| json!({"ResourceCollection": {"CloudFormation": {"StackNames": names}}});
    for (filters, expected) in [
        (json!({}), reactive(|_| true)),
        (json!({"Severities": ["HIGH", "LOW"]}), reactive(|i| i.severity != stackseer_model::Severity::Medium)),
        (json!({"Statuses": ["CLOSED"]}), reactive(|i| i.status == Status::Closed)),
        (json!({"Statuses": ["CLOSED", "ONGOING"], "Severities": []}), reactive(|_| true)),
        (stack(json!(["shop", "another"])), reactive(|_| true)),
        (stack(json!(["another"])), vec![]),
        (json!({"ServiceCollection": {"ServiceNames": ["LAMBDA"]}}), reactive(|_| true)),
        (json!({"ServiceCollection": {"ServiceNames": ["SQS"]}}), vec![]),
    ] {
        assert_eq!(search("REACTIVE", filters.clone()).await, expected, "{filters}");
    }
    assert_eq!(search("PROACTIVE", stack(json!(["shop"]))).await.len(), 2);
}
