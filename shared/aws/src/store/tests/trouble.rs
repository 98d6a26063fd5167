//! Over an engine that fails.

use super::*;

fn throttled() -> Option<Reply> {
    Some(Reply::Error(400, "ProvisionedThroughputExceededException", "Rate exceeded".into()))
}

#[tokio::test]
async fn what_a_batch_leaves_over_is_written_and_read_in_the_end() {
    // Three times nothing, then one row at a time: more rounds than patience, each with some progress.
    let (writes, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let engine = Engine::new();
    let inner = engine.clone();
    let (store, _) = over(&engine, move |call| {
        let mut one = call.clone();
        let asked = call.input["RequestItems"].clone();
        match call.operation.as_str() {
            "dynamodb.BatchWriteItem" => {
                let mut left = asked[TABLE].as_array().unwrap().clone();
                if writes.fetch_add(1, Ordering::SeqCst) < 3 {
                    return Some(Reply::Ok(json!({"UnprocessedItems": asked})));
                }
                one.input["RequestItems"][TABLE] = json!([left.remove(0)]);
                let Reply::Ok(mut answer) = inner.call(&one) else { panic!() };
                if !left.is_empty() {
                    answer["UnprocessedItems"] = json!({TABLE: left});
                }
                Some(Reply::Ok(answer))
            }
            "dynamodb.BatchGetItem" => {
                let mut left = asked[TABLE]["Keys"].as_array().unwrap().clone();
                if reads.fetch_add(1, Ordering::SeqCst) < 3 {
                    return Some(Reply::Ok(json!({"Responses": {}, "UnprocessedKeys": asked})));
                }
                one.input["RequestItems"][TABLE]["Keys"] = json!([left.remove(0)]);
                let Reply::Ok(mut answer) = inner.call(&one) else { panic!() };
                if !left.is_empty() {
                    answer["UnprocessedKeys"] = json!({TABLE: {"Keys": left, "ConsistentRead": true}});
                }
                Some(Reply::Ok(answer))
            }
            _ => None,
        }
    });
    let app = application("shop");
    let big = insight(&app, "big", 30, 3);
    assert_eq!(store.commit(&app, 0, from_ref(&big), &[]).await, Ok(Committed::At(1)));
    assert_eq!(open(&store, &app).await, [big]);
}

#[tokio::test]
async fn a_batch_that_gets_nowhere_is_given_up_as_transient() {
    let app = application("shop");
    let one = insight(&app, "one", 3, 5);
    let engine = Engine::new();
    over(&engine, |_| None).0.commit(&app, 0, from_ref(&one), &[]).await.unwrap();

    let (store, calls) = over(&engine, |call| {
        let asked = &call.input["RequestItems"];
        match call.operation.as_str() {
            "dynamodb.BatchGetItem" => Some(Reply::Ok(json!({"Responses": {}, "UnprocessedKeys": asked}))),
            _ => None,
        }
    });
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert!(matches!(&error, PortError::Transient { action, .. } if action == "dynamodb:BatchGetItem"), "{error:?}");
    assert_eq!(calls.of("dynamodb.BatchGetItem").len(), 8);

    let (store, calls) = over(&engine, |call| {
        let asked = &call.input["RequestItems"];
        (call.operation == "dynamodb.BatchWriteItem").then(|| Reply::Ok(json!({"UnprocessedItems": asked})))
    });
    let error = store.commit(&app, 1, &[insight(&app, "two", 1, 5)], &[]).await.unwrap_err();
    assert!(matches!(&error, PortError::Transient { action, .. } if action == "dynamodb:BatchWriteItem"), "{error:?}");
    assert_eq!(calls.of("dynamodb.BatchWriteItem").len(), 8);
    assert_eq!(calls.of("dynamodb.TransactWriteItems").len(), 0);
    assert_eq!(open(&over(&engine, |_| None).0, &app).await, [one]);
}

#[tokio::test]
async fn throttling_is_retried_and_to_the_end_transient() {
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    for operation in ["GetItem", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"] {
        let engine = Engine::new();
        let tries = AtomicUsize::new(0);
        let (patient, _) = over(&engine, move |call| {
            let this = call.operation.ends_with(&format!(".{operation}"));
            (this && tries.fetch_add(1, Ordering::SeqCst) < 2).then(throttled).flatten()
        });
        assert_eq!(patient.commit(&app, 0, from_ref(&one), &[]).await, Ok(Committed::At(1)), "{operation}");

        let (store, _) = over(&Engine::new(), move |call| {
            call.operation.ends_with(&format!(".{operation}")).then(throttled).flatten()
        });
        let error = store.commit(&app, 0, from_ref(&one), &[]).await.unwrap_err();
        let action = format!("dynamodb:{operation}");
        assert_eq!(error, PortError::Transient { action, message: "Rate exceeded".into() });
    }
    let (store, _) = over(&Engine::new(), |_| throttled());
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert!(matches!(&error, PortError::Transient { action, .. } if action == "dynamodb:Query"), "{error:?}");
}

#[tokio::test]
async fn why_a_transaction_was_cancelled_decides() {
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    for (codes, expected) in [
        (vec!["ConditionalCheckFailed", "None"], "conflict"),
        (vec!["ConditionalCheckFailed", "TransactionConflict"], "conflict"),
        (vec!["TransactionConflict", "None"], "transient"),
        (vec!["None", "TransactionConflict"], "transient"),
        (vec!["None", "ThrottlingError"], "transient"),
        (vec!["None", "ProvisionedThroughputExceeded"], "transient"),
        (vec!["None", "ItemCollectionSizeLimitExceeded"], "permanent"),
        (vec!["None", "ValidationError"], "permanent"),
        (vec![], "permanent"),
    ] {
        let reasons: Vec<Value> = codes.iter().map(|code| json!({"Code": code})).collect();
        let (store, _) = over(&Engine::new(), move |call| {
            (call.operation == "dynamodb.TransactWriteItems").then(|| {
                Reply::Body(
                    400,
                    json!({
                        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                        "CancellationReasons": reasons,
                    }),
                )
            })
        });
        let answer = match store.commit(&app, 0, from_ref(&one), &[]).await {
            Ok(Committed::Conflict) => "conflict",
            Ok(Committed::At(_)) => "committed",
            Err(PortError::Transient { .. }) => "transient",
            Err(PortError::Permanent { .. }) => "permanent",
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(answer, expected, "{codes:?}");
        assert_eq!(open(&store, &app).await, []);
    }
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_not_done_twice() {
    let engine = Engine::new();
    let inner = engine.clone();
    let tries = AtomicUsize::new(0);
    let (store, calls) = over(&engine, move |call| {
        if call.operation == "dynamodb.TransactWriteItems" && tries.fetch_add(1, Ordering::SeqCst) == 0 {
            assert!(matches!(inner.call(call), Reply::Ok(_)));
            return Some(Reply::Error(500, "InternalServerError", "the answer got lost".into()));
        }
        None
    });
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    assert_eq!(store.commit(&app, 0, from_ref(&one), &[message(&one, 1)]).await, Ok(Committed::At(1)));
    let transactions = calls.of("dynamodb.TransactWriteItems");
    assert_eq!(transactions.len(), 2);
    assert_eq!(transactions[0].text("ClientRequestToken"), transactions[1].text("ClientRequestToken"));
    assert!(!transactions[0].text("ClientRequestToken").is_empty());
    assert_eq!(store.messages(&app.id, 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_denial_says_which_action_and_a_table_that_is_not_there_its_name() {
    let app = application("shop");
    let (store, _) =
        over(&Engine::new(), |_| Some(Reply::Error(400, "AccessDeniedException", "not authorized to perform".into())));
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert!(matches!(&error, PortError::Denied { action, .. } if action == "dynamodb:Query"), "{error:?}");

    let (store, _) = over(&Engine::without_table(), |_| None);
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: format!("DynamoDB table {TABLE}") });
    assert!(store.commit(&app, 0, &[insight(&app, "one", 1, 5)], &[]).await.is_err());
}

/// Killed after the charts were written, before the transaction.
#[tokio::test]
async fn a_commit_cut_off_in_the_middle_changes_nothing_and_can_be_done_again() {
    let engine = Engine::new();
    let app = application("shop");
    let before = insight(&app, "one", 2, 5);
    over(&engine, |_| None).0.commit(&app, 0, from_ref(&before), &[message(&before, 1)]).await.unwrap();
    let (after, new) = (closed(&insight(&app, "one", 2, 9), NOW), insight(&app, "new", 2, 5));
    let (changed, messages) = ([after.clone(), new.clone()], [message(&new, 2)]);
    {
        let (store, calls) = over(&engine, |call| {
            (call.operation == "dynamodb.TransactWriteItems").then(|| Reply::Error(400, "Killed", "killed".into()))
        });
        store.commit(&app, 1, &changed, &messages).await.unwrap_err();
        assert!(!calls.of("dynamodb.BatchWriteItem").is_empty());
    }
    let (store, _) = over(&engine, |_| None);
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!((state.generation, state.insights), (1, vec![before.clone()]));
    assert_eq!(store.insight(&before.id).await.unwrap(), Some(before.clone()));
    assert_eq!(store.insight(&new.id).await.unwrap(), None);
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), [message(&before, 1)]);

    assert_eq!(store.commit(&app, 1, &changed, &messages).await, Ok(Committed::At(2)));
    // And once more, by somebody who never heard that it worked.
    assert_eq!(store.commit(&app, 1, &changed, &messages).await, Ok(Committed::Conflict));
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!(sorted(state.insights), sorted(vec![after, new.clone()]));
    // Even planned afresh and said again, the ids are the same and so are the rows.
    assert_eq!(store.commit(&app, 2, &changed, &messages).await, Ok(Committed::At(3)));
    assert_eq!(open(&store, &app).await.len(), 2);
    assert_eq!(
        store.messages(&app.id, 1).await.unwrap(),
        [message(&new, 2), message(&new, 2)],
        "same id: one for them"
    );
}

#[tokio::test]
async fn superseded_charts_that_stay_are_no_failure() {
    let engine = Engine::new();
    let (store, _) = over(&engine, |call| {
        let deletes = call.input.to_string().contains("DeleteRequest");
        deletes.then(|| Reply::Error(400, "AccessDeniedException", "not authorized".into()))
    });
    let app = application("shop");
    let mut one = insight(&app, "one", 1, 5);
    store.commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    *series_of(&mut one) = series(6, 1);
    assert_eq!(store.commit(&app, 1, from_ref(&one), &[]).await, Ok(Committed::At(2)));
    assert_eq!(open(&store, &app).await, [one]);
}

#[tokio::test]
async fn a_lost_chart_does_not_take_its_insight_along() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let app = application("shop");
    let mut one = insight(&app, "one", 2, 5);
    store.commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    let chart = put(&calls).into_iter().find(|i| key(i).starts_with("series#")).unwrap();
    let delete = json!({"DeleteRequest": {"Key": {"pk": chart["pk"], "sk": chart["sk"]}}});
    engine.run("BatchWriteItem", json!({"RequestItems": {TABLE: [delete]}}));
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    let mut points: Vec<usize> =
        state.insights[0].anomalies.iter().map(|a| a.of_metric().unwrap().series.len()).collect();
    points.sort_unstable();
    assert_eq!(points, [0, 5]);
    let read = store.insight(&one.id).await.unwrap().unwrap();
    for (anomaly, read) in one.anomalies.iter_mut().zip(&read.anomalies) {
        anomaly.of_metric_mut().unwrap().series = read.of_metric().unwrap().series.clone();
    }
    assert_eq!(read, one);
}
