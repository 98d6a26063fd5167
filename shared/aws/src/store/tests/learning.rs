use super::*;
use std::sync::atomic::AtomicBool;

async fn read(store: &DynamoStore, application: &Application) -> Option<Learning> {
    store.learning(application).await.unwrap()
}

/// Of the rows put, those of this partition.
fn of<'a>(items: &'a [Value], partition: &str) -> Vec<&'a Value> {
    items.iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(partition)).collect()
}

/// Parts there are, whoever names them.
fn stored(engine: &Engine, application: &Application) -> usize {
    let mut query = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": format!("learning#{}", application.id)}},
        "Limit": 1,
    });
    let mut found = 0;
    loop {
        let page = engine.run("Query", query.clone());
        found += page["Items"].as_array().unwrap().len();
        if page["LastEvaluatedKey"].is_null() {
            return found;
        }
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
    }
}

#[tokio::test]
async fn five_thousand_metrics_come_back_from_rows_that_fit() {
    let (store, calls) = plain();
    let app = application("shop");
    assert_eq!(read(&store, &app).await, None);
    assert_eq!(store.learned_applications(&scope()).await.unwrap(), []);
    let learned = learning(5000, 0);
    store.keep_learning(&app, &learned).await.unwrap();
    let before = calls.all().len();
    assert!(read(&store, &app).await.as_ref() == Some(&learned));
    assert_eq!(store.learned_applications(&scope()).await.unwrap(), [LearnedApplication::of(&app, &learned)]);

    let read: Vec<Call> = calls.all().split_off(before);
    assert!(read.iter().all(|c| c.operation == "dynamodb.Query" || c.operation == "dynamodb.GetItem"));
    let written = put(&calls);
    let (heads, parts) = (of(&written, "learned"), of(&written, "learning#"));
    assert_eq!((heads.len(), parts.len()), (1, 17), "6 MB of baselines, and the inventory");
    assert!(bytes(heads[0]) < 1024, "what a tick reads of an application");
    assert!(parts.iter().all(|part| bytes(part) < 400 * 1024));
    assert!(parts.iter().all(|part| part["expires"]["N"] == json!((NOW + 60 * DAY).to_string())));
    assert!(heads[0]["expires"].is_null(), "who is gone is found by it");
    for batch in calls.of("dynamodb.BatchWriteItem") {
        assert!(batch.input.to_string().len() < 16 * 1024 * 1024);
    }
}

#[tokio::test]
async fn an_ordinary_application_is_one_part_of_each_and_the_emptiest_comes_back_too() {
    let (store, calls) = plain();
    let empty = Learning {
        at: at(NOW),
        complete: true,
        inventory: Inventory::default(),
        metrics: vec![],
        baselines: BTreeMap::new(),
        unseen: BTreeMap::new(),
        watching: vec![],
    };
    for (name, learned) in [("shop", learning(60, 0)), ("empty", empty)] {
        let (app, before) = (application(name), put(&calls).len());
        store.keep_learning(&app, &learned).await.unwrap();
        assert_eq!(put(&calls).len() - before, 3, "{name}");
        assert_eq!(read(&store, &app).await, Some(learned));
    }
}

#[tokio::test]
async fn the_new_replaces_the_old_and_leaves_nothing_of_it() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let app = application("shop");
    for (metrics, seed) in [(900, 0), (60, 1), (900, 2), (900, 2)] {
        let learned = learning(metrics, seed);
        store.keep_learning(&app, &learned).await.unwrap();
        assert_eq!(read(&store, &app).await, Some(learned));
        assert_eq!(stored(&engine, &app), if metrics == 60 { 2 } else { 4 }, "kept once more, it is the same rows");
    }
    let steps: Vec<String> = put(&calls).iter().map(|i| key(i).split(['#', ' ']).next().unwrap().to_owned()).collect();
    assert_eq!(steps.last().unwrap(), "learned", "the head last");
}

/// The head is read, then all of it is replaced, then the parts are read.
#[tokio::test]
async fn a_reader_whom_the_new_overtakes_gets_the_new() {
    let engine = Engine::new();
    let app = application("shop");
    let (writer, _) = over(&engine, |_| None);
    writer.keep_learning(&app, &learning(700, 0)).await.unwrap();
    let new = learning(700, 1);

    let kept: Arc<Mutex<Vec<Call>>> = Arc::default();
    let record = kept.clone();
    let (recorder, _) = over(&engine, move |call| {
        let writes = call.operation.ends_with(".BatchWriteItem");
        writes.then(|| {
            record.lock().unwrap().push(call.clone());
            Reply::Ok(json!({}))
        })
    });
    recorder.keep_learning(&app, &new).await.unwrap();

    let (other, overtaken) = (engine.clone(), AtomicBool::new(false));
    let (reader, calls) = over(&engine, move |call| {
        if call.operation == "dynamodb.Query" && !overtaken.swap(true, Ordering::SeqCst) {
            assert_eq!(kept.lock().unwrap().len(), 3, "parts, head, and the old parts deleted");
            for write in kept.lock().unwrap().iter() {
                assert!(matches!(other.call(write), Reply::Ok(_)));
            }
        }
        None
    });
    assert_eq!(read(&reader, &app).await, Some(new));
    assert_eq!(calls.of("dynamodb.GetItem").len(), 2);
    let consistent = |call: &Call| call.input["ConsistentRead"] == json!(true);
    let queries: Vec<bool> = calls.of("dynamodb.Query").iter().map(consistent).collect();
    assert_eq!(queries, [false, true], "cheap first, and sure when that failed");
}

#[tokio::test]
async fn killed_between_parts_and_head_the_old_holds_and_it_can_be_done_again() {
    let engine = Engine::new();
    let app = application("shop");
    let (store, _) = over(&engine, |_| None);
    let (old, new) = (learning(60, 0), learning(700, 1));
    for before in [None, Some(old)] {
        if let Some(old) = &before {
            store.keep_learning(&app, old).await.unwrap();
        }
        let (dying, calls) = over(&engine, |call| {
            let head = call.input.to_string().contains(r#""learned#"#);
            (call.operation == "dynamodb.BatchWriteItem" && head).then(|| Reply::Error(400, "Killed", "killed".into()))
        });
        dying.keep_learning(&app, &new).await.unwrap_err();
        assert!(!of(&put(&calls), "learning#").is_empty());
        assert_eq!(read(&store, &app).await, before);
        assert_eq!(store.learned_applications(&scope()).await.unwrap().len(), usize::from(before.is_some()));
    }
    store.keep_learning(&app, &new).await.unwrap();
    assert_eq!(read(&store, &app).await, Some(new));
}

#[tokio::test]
async fn a_missing_part_is_never_learned() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let app = application("shop");
    store.keep_learning(&app, &learning(900, 0)).await.unwrap();
    let written = put(&calls);
    for part in of(&written, "learning#") {
        let key = json!({"pk": part["pk"], "sk": part["sk"]});
        engine.run("BatchWriteItem", json!({"RequestItems": {TABLE: [{"DeleteRequest": {"Key": key}}]}}));
        assert_eq!(read(&store, &app).await, None);
        engine.run("BatchWriteItem", json!({"RequestItems": {TABLE: [{"PutRequest": {"Item": part}}]}}));
    }
    assert_eq!(read(&store, &app).await, Some(learning(900, 0)));
}

#[tokio::test]
async fn what_another_version_kept_or_nobody_can_read_is_never_learned_and_can_be_replaced() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let (app, neighbour) = (application("shop"), application("blog"));
    store.keep_learning(&app, &learning(20, 0)).await.unwrap();
    store.keep_learning(&neighbour, &learning(20, 1)).await.unwrap();
    let written = put(&calls);
    let (head, part) = (of(&written, "learned")[0], of(&written, "learning#")[0]);
    let body = |bytes: Vec<u8>| json!({"B": aws_smithy_types::base64::encode(bytes)});
    let known: Value =
        pack::decode(&aws_smithy_types::base64::decode(head["body"]["B"].as_str().unwrap()).unwrap()).unwrap();
    let mut former = known.clone();
    former["form"] = json!(0);
    let mut unlike = known;
    unlike.as_object_mut().unwrap().remove("version");
    for (row, bytes) in [
        (head, pack::encode(&former).unwrap()),
        (head, pack::encode(&unlike).unwrap()),
        (head, b"nonsense".to_vec()),
        (part, b"nonsense".to_vec()),
        (of(&written, "learning#")[1], b"nonsense".to_vec()),
        (part, pack::encode(&json!({"metrics": []})).unwrap()),
        (part, pack::deflate(&[255; 64]).unwrap()),
    ] {
        let mut broken = row.clone();
        broken["body"] = body(bytes);
        let write = json!({"RequestItems": {TABLE: [{"PutRequest": {"Item": broken}}]}});
        engine.run("BatchWriteItem", write);
        assert_eq!(read(&store, &app).await, None, "{row}");
        let known = store.learned_applications(&scope()).await.unwrap();
        assert!(known.iter().any(|l| l.application == neighbour), "the others stay");
        assert_eq!(known.len(), if std::ptr::eq(row, head) { 1 } else { 2 });
        store.keep_learning(&app, &learning(20, 0)).await.unwrap();
        assert_eq!(read(&store, &app).await, Some(learning(20, 0)));
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_before_anything_is_written() {
    let (store, calls) = plain();
    let mut wrong = learning(3, 0);
    wrong.metrics[1].least = f64::NAN;
    let error = store.keep_learning(&application("shop"), &wrong).await.unwrap_err();
    assert!(matches!(&error, PortError::Permanent { message, .. } if message.contains("not finite")), "{error:?}");
    assert_eq!(put(&calls), [] as [Value; 0]);
}

#[tokio::test]
async fn what_is_forgotten_is_gone_and_the_other_application_is_not() {
    let (store, calls) = plain();
    let (shop, blog) = (application("shop"), application("blog"));
    let (of_shop, of_blog) = (learning(700, 0), learning(20, 1));
    store.keep_learning(&shop, &of_shop).await.unwrap();
    store.keep_learning(&blog, &of_blog).await.unwrap();
    assert_eq!(read(&store, &shop).await, Some(of_shop));
    assert_eq!(store.learned_applications(&scope()).await.unwrap().len(), 2);
    store.forget_learning(&shop).await.unwrap();
    assert_eq!(read(&store, &shop).await, None);
    assert_eq!(read(&store, &blog).await, Some(of_blog.clone()));
    assert_eq!(store.learned_applications(&scope()).await.unwrap(), [LearnedApplication::of(&blog, &of_blog)]);
    let deletes: usize = calls.all().iter().map(|c| c.input.to_string().matches("DeleteRequest").count()).sum();
    assert_eq!(deletes, 2 + 4);
    // Twice, and what never was.
    store.forget_learning(&shop).await.unwrap();
    store.forget_learning(&application("never")).await.unwrap();
}

#[tokio::test]
async fn when_each_was_last_watched_is_known_until_it_is_forgotten() {
    let (store, _) = plain();
    let (shop, blog) = (application("shop"), application("blog"));
    assert_eq!(store.last_watched(&scope()).await.unwrap(), BTreeMap::new());
    for (application, second) in [(&shop, 0), (&blog, 60), (&shop, 300)] {
        store.keep_watched(application, at(NOW + second)).await.unwrap();
    }
    let of_both = [(shop.id.clone(), at(NOW + 300)), (blog.id.clone(), at(NOW + 60))].into();
    assert_eq!(store.last_watched(&scope()).await.unwrap(), of_both);
    assert_eq!(store.last_watched(&Scope::new("123456789012", "us-east-1")).await.unwrap(), BTreeMap::new());
    store.forget_learning(&shop).await.unwrap();
    assert_eq!(store.last_watched(&scope()).await.unwrap(), [(blog.id, at(NOW + 60))].into());
}

#[tokio::test]
async fn of_two_who_want_to_learn_one_application_one_gets_it_until_it_is_released_or_over() {
    let (store, _) = plain();
    let (shop, blog) = (application("shop").id, application("blog").id);
    let reserve = |id, from: i64| store.reserve_learning(id, at(NOW + from), at(NOW + from + 900));
    let (first, second) = tokio::join!(reserve(&shop, 0), reserve(&shop, 0));
    assert!(first.unwrap() ^ second.unwrap());
    assert!(!reserve(&shop, 899).await.unwrap());
    assert!(reserve(&blog, 899).await.unwrap(), "another application");
    assert!(reserve(&shop, 900).await.unwrap());
    assert!(!reserve(&shop, 901).await.unwrap());
    store.release_learning(&shop).await.unwrap();
    assert!(reserve(&shop, 901).await.unwrap());
    assert!(!reserve(&blog, 901).await.unwrap());
}

#[tokio::test]
async fn the_inventory_and_the_counts_are_read_without_the_baselines() {
    let (store, calls) = plain();
    let (app, learned) = (application("shop"), learning(700, 0));
    assert_eq!(store.learned_inventory(&app).await.unwrap(), None);
    store.keep_learning(&app, &learned).await.unwrap();
    let before = calls.all().len();
    assert_eq!(store.learned_inventory(&app).await.unwrap().as_ref(), Some(&learned.inventory));
    let known = &store.learned_applications(&scope()).await.unwrap()[0];
    assert_eq!((known.resources, known.metrics), (1, 700));
    for call in calls.all().split_off(before) {
        let range = &call.input["ExpressionAttributeValues"];
        let inventory = [&range[":first"], &range[":last"]].iter().all(|v| v.to_string().contains("#inventory"));
        let heads = call.input.to_string().contains("learned#123456789012#eu-west-1");
        assert!(inventory || heads, "{}", call.input);
    }
}

#[tokio::test]
async fn each_account_and_region_knows_its_own_applications() {
    let (store, _) = plain();
    let (ours, theirs) = (application("shop"), application_in("210987654321", "shop"));
    let (of_ours, of_theirs) = (learning(3, 0), learning(4, 1));
    store.keep_learning(&ours, &of_ours).await.unwrap();
    store.keep_learning(&theirs, &of_theirs).await.unwrap();
    let known = |application: &Application| {
        let (store, scope) = (&store, application.scope());
        async move { store.learned_applications(&scope).await.unwrap() }
    };
    assert_eq!(known(&ours).await, [LearnedApplication::of(&ours, &of_ours)]);
    assert_eq!(known(&theirs).await, [LearnedApplication::of(&theirs, &of_theirs)]);
    store.forget_learning(&theirs).await.unwrap();
    assert_eq!((known(&theirs).await, read(&store, &ours).await), (vec![], Some(of_ours)));
}
