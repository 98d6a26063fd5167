//! Insights and messages.

use super::lists::listed;
use super::*;

#[tokio::test]
async fn an_insight_comes_back_to_the_last_field() {
    let engine = Engine::new();
    let app = application("shop");
    let kept = insight(&app, "duration", 3, 180);
    {
        let (store, _) = over(&engine, |_| None);
        assert_eq!(store.insight_state(&app.id, at(NOW)).await.unwrap(), Default::default());
        assert_eq!(store.insight(&kept.id).await.unwrap(), None);
        assert_eq!(store.commit(&app, 0, from_ref(&kept), &[message(&kept, 1)]).await, Ok(Committed::At(1)));
    }
    let (store, _) = over(&engine, |_| None);
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!((state.generation, &state.insights), (1, &vec![kept.clone()]));
    assert_eq!(store.insight(&kept.id).await.unwrap(), Some(kept.clone()));
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), [message(&kept, 1)]);
}

#[tokio::test]
async fn the_emptiest_insight_comes_back_too() {
    let (store, _) = plain();
    let app = application("shop");
    let mut least = insight(&app, "duration", 1, 0);
    least.anomalies[0].evidence =
        Evidence::Config(ConfigEvidence { attribute: "point_in_time_recovery".into(), value: None });
    least.anomalies[0].causal_anomaly = None;
    let least = Insight {
        end_time: None,
        nature: Nature::Proactive {
            check: "dynamodb-point-in-time-recovery".into(),
            maps: std::collections::BTreeMap::new(),
        },
        subject: Subject { what: "dynamodb-point-in-time-recovery".into(), resource: None },
        causes: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
        ..least
    };
    store.commit(&app, 0, from_ref(&least), &[]).await.unwrap();
    assert_eq!(open(&store, &app).await, from_ref(&least));
    assert_eq!(store.insight(&least.id).await.unwrap(), Some(least));
}

#[tokio::test]
async fn only_the_generation_it_was_planned_on_takes_a_commit() {
    let (store, calls) = plain();
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    assert_eq!(store.commit(&app, 1, from_ref(&one), &[]).await, Ok(Committed::Conflict), "there is no first yet");
    assert_eq!(store.commit(&app, 0, from_ref(&one), &[]).await, Ok(Committed::At(1)));
    assert_eq!(store.commit(&app, 0, &[insight(&app, "two", 1, 5)], &[]).await, Ok(Committed::Conflict));
    assert_eq!(store.commit(&app, 1, &[], &[]).await, Ok(Committed::At(1)), "nothing to say, nothing written");
    assert_eq!(open(&store, &app).await, [one]);
    assert_eq!(calls.of("dynamodb.TransactWriteItems").len(), 1);
}

/// Both have looked and found the same generation; the other's transaction comes first.
#[tokio::test]
async fn of_two_committers_at_once_one_wins_and_the_other_leaves_nothing() {
    for before in [0, 1] {
        let engine = Engine::new();
        let app = application("shop");
        let base = insight(&app, "base", 1, 5);
        if before == 1 {
            over(&engine, |_| None).0.commit(&app, 0, from_ref(&base), &[]).await.unwrap();
        }
        let held: Arc<Mutex<Option<Call>>> = Arc::default();
        let hold = held.clone();
        let (winner, _) = over(&engine, move |call| {
            (call.operation == "dynamodb.TransactWriteItems").then(|| {
                *hold.lock().unwrap() = Some(call.clone());
                Reply::Error(400, "ValidationException", "held back".into())
            })
        });
        let (first, second) = (insight(&app, "first", 2, 5), insight(&app, "second", 2, 5));
        winner.commit(&app, before, from_ref(&first), &[message(&first, 1)]).await.unwrap_err();

        let other = engine.clone();
        let (loser, calls) = over(&engine, move |call| {
            if call.operation == "dynamodb.TransactWriteItems"
                && let Some(held) = held.lock().unwrap().take()
            {
                assert!(matches!(other.call(&held), Reply::Ok(_)));
            }
            None
        });
        let changed = [second.clone(), closed(&base, NOW)];
        let answer = loser.commit(&app, before, &changed, &[message(&second, 1)]).await;
        assert_eq!(answer, Ok(Committed::Conflict));
        assert_eq!(calls.of("dynamodb.TransactWriteItems").len(), 1, "a conflict is not tried again");

        let state = loser.insight_state(&app.id, at(NOW)).await.unwrap();
        assert_eq!(state.generation, before + 1);
        let there = if before == 1 { vec![base.clone(), first.clone()] } else { vec![first.clone()] };
        assert_eq!(sorted(state.insights), sorted(there));
        assert_eq!(loser.insight(&second.id).await.unwrap(), None);
        assert_eq!(loser.insight(&first.id).await.unwrap(), Some(first.clone()));
        let same = (before == 1).then_some(base);
        assert_eq!(loser.insight(&insight(&app, "base", 0, 0).id).await.unwrap(), same, "still open");
        assert_eq!(loser.messages(&app.id, 0).await.unwrap(), [message(&first, 1)]);
        // Planned again on what is there now, it goes through.
        assert_eq!(loser.commit(&app, before + 1, from_ref(&second), &[]).await, Ok(Committed::At(before + 2)));
        assert_eq!(loser.insight(&second.id).await.unwrap(), Some(second));
    }
}

#[tokio::test]
async fn messages_are_in_the_transaction_and_read_in_order() {
    let (store, calls) = plain();
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    let of = |numbers: std::ops::Range<usize>| numbers.map(|n| message(&one, n)).collect::<Vec<_>>();
    store.commit(&app, 0, from_ref(&one), &of(0..60)).await.unwrap();
    // An acknowledgement or the like changes no insight.
    store.commit(&app, 1, &[], &of(60..61)).await.unwrap();
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), of(0..61));
    assert_eq!(store.messages(&app.id, 1).await.unwrap(), of(60..61));
    assert_eq!(store.messages(&app.id, 2).await.unwrap(), []);

    let outbox: Vec<Value> = put(&calls).into_iter().filter(|i| key(i).starts_with("outbox#")).collect();
    assert_eq!(outbox.len(), 4, "25 a row");
    assert!(outbox.iter().all(|row| row["expires"]["N"].as_str().unwrap().parse() == Ok(NOW + 14 * DAY)));
    let batches = calls.of("dynamodb.BatchWriteItem");
    assert!(batches.iter().all(|c| !c.input.to_string().contains("outbox#")));
}

#[tokio::test]
async fn a_thousand_messages_still_fit_one_transaction() {
    let (store, calls) = plain();
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    let messages: Vec<Message> = (0..2500).map(|n| message(&one, n)).collect();
    store.commit(&app, 0, &[], &messages).await.unwrap();
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), messages);
    let transaction = &calls.of("dynamodb.TransactWriteItems")[0];
    assert!(transaction.input["TransactItems"].as_array().unwrap().len() <= 42);
}

/// Whose rows a transaction writes, and whom its messages are about.
fn written(transaction: &Call) -> (Vec<String>, Vec<String>) {
    let (mut insights, mut told) = (BTreeMap::<String, usize>::new(), vec![]);
    for item in transaction.input["TransactItems"].as_array().unwrap() {
        let item = &item["Put"]["Item"];
        let (pk, sk) = (item["pk"]["S"].as_str().unwrap_or_default(), item["sk"]["S"].as_str().unwrap_or_default());
        let id = match pk.split('#').next().unwrap() {
            "insights" => sk.split('#').next_back().unwrap(),
            "insight" => pk.split('#').next_back().unwrap(),
            "started" | "application" => sk.split('#').next_back().unwrap().trim_end_matches('!'),
            _ => "",
        };
        if pk.starts_with("outbox#") {
            let body = aws_smithy_types::base64::decode(item["body"]["B"].as_str().unwrap()).unwrap();
            told.extend(decode_messages(&body).unwrap().into_iter().map(|m| m.insight.to_string()));
        } else if !id.is_empty() && id != "state" {
            *insights.entry(id.to_owned()).or_default() += 1;
        }
    }
    assert!(insights.values().all(|rows| *rows == 4), "itself, where it is, and two places in lists");
    told.sort_unstable();
    (insights.into_keys().collect(), told)
}

#[tokio::test]
async fn two_hundred_open_insights_commit_in_transactions_that_each_hold_whole_ones() {
    let (store, calls) = plain();
    let app = application("shop");
    let insights: Vec<Insight> = (0..200).map(|i| insight(&app, &format!("subject {i}"), 4, 20)).collect();
    let messages: Vec<Message> = insights.iter().map(|i| message(i, 1)).collect();
    assert_eq!(store.commit(&app, 0, &insights, &messages).await, Ok(Committed::At(9)));
    assert_eq!(sorted(open(&store, &app).await), sorted(insights.clone()));

    let transactions = calls.of("dynamodb.TransactWriteItems");
    assert_eq!(transactions.len(), 9);
    for transaction in &transactions {
        assert!(transaction.input["TransactItems"].as_array().unwrap().len() <= 100);
        assert!(transaction.input.to_string().len() < 4 * 1024 * 1024);
        let (insights, told) = written(transaction);
        assert_eq!(insights, told, "each with the message about it");
    }
    assert!(put(&calls).iter().all(|item| bytes(item) < 400 * 1024));
    for batch in calls.of("dynamodb.BatchWriteItem") {
        assert!(batch.input["RequestItems"][TABLE].as_array().unwrap().len() <= 25);
        assert!(batch.input.to_string().len() < 16 * 1024 * 1024);
    }
    for batch in calls.of("dynamodb.BatchGetItem") {
        assert!(batch.input["RequestItems"][TABLE]["Keys"].as_array().unwrap().len() <= 100);
    }

    // And all of them at once close.
    let all: Vec<Insight> = insights.iter().map(|i| closed(i, NOW + 60)).collect();
    assert_eq!(store.commit(&app, 9, &all, &[]).await, Ok(Committed::At(20)));
    assert_eq!(sorted(open(&store, &app).await), sorted(all));
}

#[tokio::test]
async fn killed_between_two_transactions_each_insight_is_there_whole_or_not_at_all() {
    let engine = Engine::new();
    let app = application("shop");
    let insights: Vec<Insight> = (0..40).map(|i| insight(&app, &format!("subject {i}"), 1, 5)).collect();
    let messages: Vec<Message> = insights.iter().map(|i| message(i, 1)).collect();
    let transactions = AtomicUsize::new(0);
    let (dying, _) = over(&engine, move |call| {
        let second = call.operation.ends_with(".TransactWriteItems") && transactions.fetch_add(1, Ordering::SeqCst) > 0;
        second.then(|| Reply::Error(400, "Killed", "killed".into()))
    });
    dying.commit(&app, 0, &insights, &messages).await.unwrap_err();
    let (store, _) = over(&engine, |_| None);
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!((state.generation, state.insights.len()), (1, 24));
    let mut listed = listed(&store, &InsightList::Application(app.id.clone())).await;
    listed.sort_unstable();
    let mut there: Vec<InsightId> = state.insights.iter().map(|i| i.id.clone()).collect();
    there.sort_unstable();
    assert_eq!(listed, there);
    let mut told: Vec<InsightId> = store.messages(&app.id, 0).await.unwrap().into_iter().map(|m| m.insight).collect();
    told.sort_unstable();
    assert_eq!(told, there);
    // Planned again on what is there, the rest follows.
    assert_eq!(store.commit(&app, 1, &insights[24..], &messages[24..]).await, Ok(Committed::At(2)));
    assert_eq!(sorted(open(&store, &app).await), sorted(insights));
}

#[tokio::test]
async fn one_change_among_many_writes_one_insight_and_only_its_new_charts() {
    let (store, calls) = plain();
    let app = application("shop");
    let mut insights: Vec<Insight> = (0..40).map(|i| insight(&app, &format!("subject {i}"), 2, 5)).collect();
    store.commit(&app, 0, &insights, &[]).await.unwrap();
    let (items, old) = (put(&calls).len(), series_of(&mut insights[7]).clone());
    *series_of(&mut insights[7]) = series(6, 99);
    store.commit(&app, 2, from_ref(&insights[7]), &[]).await.unwrap();
    let written: Vec<String> = put(&calls).iter().map(key).collect();
    assert_eq!(written.len() - items, 5, "state, insight, two places in lists, one chart: {written:?}");
    assert_eq!(sorted(open(&store, &app).await), sorted(insights.clone()));
    // The superseded chart is gone: nothing names it any more.
    let deleted = calls.of("dynamodb.BatchWriteItem").last().unwrap().input["RequestItems"][TABLE].clone();
    assert_eq!(deleted.as_array().unwrap().len(), 1);
    let gone = deleted[0]["DeleteRequest"]["Key"]["pk"]["S"].as_str().unwrap();
    assert_eq!(gone, format!("series#{}", insights[7].id));
    // Coming back to it writes it again.
    *series_of(&mut insights[7]) = old;
    store.commit(&app, 3, from_ref(&insights[7]), &[]).await.unwrap();
    assert_eq!(store.insight(&insights[7].id).await.unwrap().as_ref(), Some(&insights[7]));
}

#[tokio::test]
async fn a_week_after_its_end_an_insight_is_only_looked_up() {
    let (store, calls) = plain();
    let app = application("shop");
    let (one, two) = (insight(&app, "one", 1, 5), insight(&app, "two", 1, 5));
    store.commit(&app, 0, &[one.clone(), two.clone()], &[]).await.unwrap();
    let before = put(&calls).len();
    let one = closed(&one, NOW);
    store.commit(&app, 1, from_ref(&one), &[]).await.unwrap();

    let state = |now: i64| {
        let (store, id) = (&store, &app.id);
        async move { sorted(store.insight_state(id, at(now)).await.unwrap().insights) }
    };
    assert_eq!(state(NOW + 7 * DAY).await, sorted(vec![one.clone(), two.clone()]));
    assert_eq!(state(NOW + 7 * DAY + 1).await, from_ref(&two), "what is open stays, however old");
    assert_eq!(store.insight(&one.id).await.unwrap(), Some(one.clone()));

    // A year it is kept: itself, its chart, where it and its anomaly are, its places in lists.
    let written = put(&calls).split_off(before);
    for part in ["insight#", "series#", " closed#", "anomaly#", "started#", "application#"] {
        assert_eq!(written.iter().filter(|item| key(item).contains(part)).count(), 1, "{part}");
    }
    for item in &written {
        let expires = item["expires"]["N"].as_str();
        let year = (NOW + 365 * DAY).to_string();
        let stays =
            ["insights#", "counts#"].iter().any(|of| key(item).starts_with(of)) && !key(item).contains(" closed#");
        assert_eq!(expires, (!stays).then_some(year.as_str()), "{}", key(item));
    }
}

#[tokio::test]
async fn an_insight_that_closes_opens_again_and_changes_is_always_one() {
    let (store, _) = plain();
    let app = application("shop");
    let neighbour = closed(&insight(&app, "neighbour", 1, 5), NOW);
    let first = insight(&app, "one", 2, 5);
    let mut generation = 0;
    let mut steps = vec![first.clone(), closed(&first, NOW), closed(&first, NOW + 60), first.clone()];
    steps[2].description = "somebody said it helped".into();
    steps.push(closed(&first, NOW + 120));
    for step in steps {
        // Closed in the same pack, and left there by what becomes of the other.
        let changed = if generation == 1 { vec![step.clone(), neighbour.clone()] } else { vec![step.clone()] };
        assert_eq!(store.commit(&app, generation, &changed, &[]).await, Ok(Committed::At(generation + 1)));
        generation += 1;
        let there = if generation > 1 { vec![step.clone(), neighbour.clone()] } else { vec![step.clone()] };
        assert_eq!(sorted(open(&store, &app).await), sorted(there));
        assert_eq!(store.insight(&step.id).await.unwrap(), Some(step));
    }
    assert_eq!(store.insight(&neighbour.id).await.unwrap(), Some(neighbour));
}

#[tokio::test]
async fn a_chart_too_long_for_a_row_is_split() {
    let (store, calls) = plain();
    let app = application("shop");
    let long = insight(&app, "long", 1, 16_000);
    store.commit(&app, 0, from_ref(&long), &[]).await.unwrap();
    assert_eq!(open(&store, &app).await, from_ref(&long));
    let parts: Vec<Value> = put(&calls).into_iter().filter(|i| key(i).starts_with("series#")).collect();
    assert!(parts.len() > 1);
    assert!(parts.iter().all(|p| bytes(p) < 400 * 1024));
    // All its parts expire, or are deleted, together.
    let shorter = insight(&app, "long", 1, 10);
    store.commit(&app, 1, from_ref(&shorter), &[]).await.unwrap();
    let deleted = calls.of("dynamodb.BatchWriteItem").last().unwrap().input.to_string();
    assert_eq!(deleted.matches("DeleteRequest").count(), parts.len());
    assert_eq!(open(&store, &app).await, [shorter]);
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_by_name_and_nothing_is_written() {
    type Change = fn(&mut MetricEvidence);
    let (store, calls) = plain();
    let app = application("shop");
    let changes: [Change; 5] = [
        |a| a.peak = f64::NAN,
        |a| a.limit = Some(f64::INFINITY),
        |a| a.series[1].lower = f64::NAN,
        |a| a.series[1].value = Some(f64::NAN),
        |a| a.metric.least = f64::NEG_INFINITY,
    ];
    for change in changes {
        let mut wrong = insight(&app, "wrong", 2, 5);
        change(wrong.anomalies[1].of_metric_mut().unwrap());
        let right = insight(&app, "right", 2, 5);
        let error = store.commit(&app, 0, &[right, wrong.clone()], &[]).await.unwrap_err();
        assert!(matches!(error, PortError::Permanent { .. }), "{error:?}");
        let error = error.to_string();
        assert!(error.contains(wrong.id.as_str()) && error.contains(&wrong.name), "{error}");
        assert!(error.contains("not finite"), "{error}");
    }
    assert_eq!(put(&calls), [] as [Value; 0]);
}

#[tokio::test]
async fn two_applications_never_meet() {
    let (store, _) = plain();
    let (shop, blog) = (application("shop"), application("blog"));
    let (of_shop, of_blog) = (insight(&shop, "one", 1, 5), insight(&blog, "one", 1, 6));
    assert_ne!(of_shop.id, of_blog.id);
    assert_eq!(store.commit(&shop, 0, from_ref(&of_shop), &[message(&of_shop, 1)]).await, Ok(Committed::At(1)));
    assert_eq!(open(&store, &blog).await, []);
    assert_eq!(store.commit(&blog, 0, from_ref(&of_blog), &[]).await, Ok(Committed::At(1)));
    store.commit(&shop, 1, &[closed(&of_shop, NOW)], &[]).await.unwrap();
    assert_eq!(open(&store, &shop).await, [closed(&of_shop, NOW)]);
    assert_eq!(open(&store, &blog).await, from_ref(&of_blog));
    assert_eq!(store.messages(&blog.id, 0).await.unwrap(), []);
    assert_eq!(store.insight_state(&blog.id, at(NOW)).await.unwrap().generation, 1);
}
