use super::*;

const MIDNIGHT: i64 = NOW - NOW % DAY;

fn function() -> Resource {
    stackseer_catalog::Catalog::builtin()
        .resource_of_arn("arn:aws:lambda:eu-west-1:123456789012:function:checkout")
        .unwrap()
}

fn inventory() -> Inventory {
    Inventory { resources: vec![function()], ..Inventory::default() }
}

fn change(id: &str, second: i64, function: &str) -> RegionChange {
    RegionChange {
        id: id.into(),
        scope: scope(),
        time: at(second),
        source: "lambda.amazonaws.com".into(),
        name: "UpdateFunctionCode".into(),
        data_source: DataSource::AwsCloudTrail,
        class: EventClass::Deployment,
        changes: vec![PropertyChange { property: "code".into(), from: None, to: None }],
        actor: Some("ann".into()),
        named: [function.to_owned()].into(),
    }
}

async fn ids(store: &DynamoStore, from: i64, to: i64) -> Vec<String> {
    let events = store.changes(scope()).change_events(&inventory(), at(from), at(to)).await.unwrap();
    events.into_iter().map(|e| e.id).collect()
}

#[tokio::test]
async fn a_change_comes_back_as_an_event_of_whom_it_touched() {
    let (store, calls) = plain();
    let (ours, theirs) = (change("a", NOW - 60, "checkout"), change("b", NOW - 60, "of-another-team"));
    store.record_changes(&[ours.clone(), theirs]).await.unwrap();
    let events = store.changes(scope()).change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap();
    let expected = ChangeEvent {
        id: "a".into(),
        time: ours.time,
        source: ours.source,
        name: ours.name,
        data_source: ours.data_source,
        class: ours.class,
        resources: vec![function().id],
        changes: ours.changes,
        actor: ours.actor,
        verdict: None,
    };
    assert_eq!(events, [expected]);
    for item in put(&calls) {
        assert_eq!(item["expires"]["N"], json!((NOW - 60 + 14 * DAY).to_string()));
        assert!(bytes(&item) < 512, "one write unit");
    }
}

#[tokio::test]
async fn the_range_is_kept_to_the_second_and_over_midnight() {
    let (store, calls) = plain();
    let times = [-7200, -3600, -3599, -1, 0, 1, 3599, 3600];
    let changes = times.map(|t| change(&format!("{t}"), MIDNIGHT + t, "checkout"));
    store.record_changes(&changes).await.unwrap();
    assert_eq!(ids(&store, MIDNIGHT - 3600, MIDNIGHT + 3600).await, ["-3600", "-3599", "-1", "0", "1", "3599"]);
    let queries = calls.of("dynamodb.Query");
    let days: Vec<&str> =
        queries.iter().map(|q| q.input["ExpressionAttributeValues"][":pk"]["S"].as_str().unwrap()).collect();
    assert_eq!(days, ["2027-01-14", "2027-01-15"].map(|day| format!("changes#123456789012#eu-west-1#{day}")));
    assert_eq!(ids(&store, MIDNIGHT + 1, MIDNIGHT + 2).await, ["1"]);
    assert_eq!(ids(&store, MIDNIGHT + 4000, MIDNIGHT + 5000).await, [] as [&str; 0]);
    assert_eq!(calls.of("dynamodb.Query").len(), 4, "a window within a day is one");
    // Within a second, as the event bus has it.
    let late =
        RegionChange { time: Timestamp::from_millisecond(NOW * 1000 + 700).unwrap(), ..change("late", 0, "checkout") };
    store.record_changes(&[late]).await.unwrap();
    assert_eq!(ids(&store, NOW, NOW + 1).await, ["late"]);
    assert_eq!(ids(&store, NOW + 1, NOW + 2).await, [] as [&str; 0]);
}

/// Ticks look back further than to the last tick, and the event bus may bring the same.
#[tokio::test]
async fn the_same_change_again_is_one_and_the_later_word_counts() {
    let (store, _) = plain();
    let first = change("a", NOW - 60, "of-another-team");
    let second = change("a", NOW - 60, "checkout");
    store.record_changes(&[first.clone(), first.clone(), second.clone()]).await.unwrap();
    store.record_changes(&[second]).await.unwrap();
    assert_eq!(ids(&store, NOW - 3600, NOW).await, ["a"]);
    store.record_changes(&[]).await.unwrap();
}

#[tokio::test]
async fn many_are_batches_and_what_a_batch_leaves_over_is_written_too() {
    let engine = Engine::new();
    let (inner, tries) = (engine.clone(), AtomicUsize::new(0));
    let (store, calls) = over(&engine, move |call| {
        let first = call.operation == "dynamodb.BatchWriteItem" && tries.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| {
            let (mut some, mut left) = (call.clone(), call.input["RequestItems"][TABLE].as_array().unwrap().clone());
            some.input["RequestItems"][TABLE] = json!(left.split_off(10));
            let Reply::Ok(mut answer) = inner.call(&some) else { panic!() };
            answer["UnprocessedItems"] = json!({TABLE: left});
            Reply::Ok(answer)
        })
    });
    let changes: Vec<RegionChange> = (0..60).map(|i| change(&format!("{i:02}"), NOW - 3000 + i, "checkout")).collect();
    store.record_changes(&changes).await.unwrap();
    assert_eq!(ids(&store, NOW - 3600, NOW).await.len(), 60);
    let sizes: Vec<usize> = calls
        .of("dynamodb.BatchWriteItem")
        .iter()
        .map(|c| c.input["RequestItems"][TABLE].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [25, 25, 20]);
}

#[tokio::test]
async fn what_can_not_be_read_is_no_quiet_day() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    store.record_changes(&[change("a", NOW - 60, "checkout")]).await.unwrap();
    let mut row = put(&calls)[0].clone();
    row["body"] = json!({"B": "bm9uc2Vuc2U="});
    engine.run("BatchWriteItem", json!({"RequestItems": {TABLE: [{"PutRequest": {"Item": row}}]}}));
    let error = store.changes(scope()).change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap_err();
    assert!(matches!(error, PortError::Permanent { .. }), "{error:?}");
}

#[tokio::test]
async fn another_account_s_resource_of_the_same_name_was_not_changed() {
    let (store, _) = plain();
    let ours = change("a", NOW - 60, "checkout");
    // Even under the same id.
    let theirs = RegionChange { scope: Scope::new("210987654321", "eu-west-1"), actor: None, ..ours.clone() };
    let elsewhere = RegionChange { scope: Scope::new("123456789012", "eu-west-2"), ..theirs.clone() };
    store.record_changes(&[ours.clone(), theirs, elsewhere]).await.unwrap();
    let events = store.changes(scope()).change_events(&inventory(), at(NOW - 3600), at(NOW)).await.unwrap();
    assert_eq!(events.into_iter().map(|e| e.actor).collect::<Vec<_>>(), [ours.actor]);
}
