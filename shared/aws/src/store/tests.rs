use super::embedded::{self, TABLE, prepare};
use super::*;
use crate::wire::{Call, Calls, Reply, sdk};
use dynoxide::Database;
use serde_json::{Value, json};
use stackseer_model::ports::{Committed, PortError, Store};
use stackseer_model::*;
use std::collections::BTreeMap;
use std::slice::from_ref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 24 * 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn application(name: &str) -> Application {
    Application::new("123456789012", "eu-west-1", Boundary::Stack { name: name.to_owned() })
}

fn metric(name: &str) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".into(),
            name: name.into(),
            dimensions: BTreeMap::from([("FunctionName".into(), "checkout".into())]),
            statistic: "p90".into(),
        },
        resource: ResourceId("arn:aws:lambda:eu-west-1:123456789012:function:checkout".into()),
        unit: "Milliseconds".into(),
        role: Role::Latency,
        kind: Kind::Latency,
        bad: BadDirection::Up,
        missing: MissingPoint::Gap,
        period: 60,
        publication_delay: 120,
        opens: true,
        least: 50.0,
    }
}

/// Values that no short decimal equals, a hole now and then.
fn series(points: usize, seed: usize) -> Vec<BandPoint> {
    let point = |i: usize| {
        let x = ((i * 7919 + seed * 104_729) as f64).sin() * 1000.0;
        let time = at(NOW - 60 * (points - i) as i64);
        BandPoint { time, value: (i % 7 != 3).then_some(x), lower: x / 3.0, expected: x / 2.0, upper: x * 1.1 }
    };
    (0..points).map(point).collect()
}

fn anomaly(insight: &InsightId, index: usize, points: usize) -> Anomaly {
    let metric = metric(&format!("Duration{index}"));
    Anomaly {
        id: AnomalyId::of(insight, &metric.key.to_string(), NOW),
        anomaly_type: AnomalyType::Contextual,
        causal_anomaly: Some(AnomalyId("causal".into())),
        severity: Severity::Medium,
        status: Status::Ongoing,
        start_time: at(NOW - 600),
        end_time: Some(at(NOW - 60)),
        open_time: at(NOW - 300),
        close_time: Some(at(NOW)),
        metric: Some(metric),
        resource_name: "checkout".into(),
        resource_type: "AWS::Lambda::Function".into(),
        direction: Direction::Down,
        peak: 1234.5678901234,
        expected: 0.1 + 0.2,
        score: 5.5,
        limit: Some(3000.0),
        description: "p90 duration is 12 times what was expected".into(),
        series: series(points, index),
    }
}

/// Nothing in it is left out.
fn insight(application: &Application, subject: &str, anomalies: usize, points: usize) -> Insight {
    let id = InsightId::of(&application.id, subject, NOW);
    Insight {
        name: format!("Anomalous increase in {subject} · „ü“"),
        insight_type: InsightType::Proactive,
        severity: Severity::High,
        status: Status::Ongoing,
        start_time: at(NOW - 600),
        end_time: Some(at(NOW - 30)),
        open_time: at(NOW - 300),
        update_time: at(NOW),
        application: application.clone(),
        description: "what happened".into(),
        pattern: Some("lambda-duration-invocations".into()),
        causes: vec![Cause {
            resource: "orders".into(),
            resource_type: "AWS::DynamoDB::Table".into(),
            metric: Some("WriteThrottleEvents".into()),
            score: 0.75,
            reason: "it began two minutes earlier".into(),
        }],
        anomalies: (0..anomalies).map(|i| anomaly(&id, i, points)).collect(),
        events: vec![ChangeEvent {
            id: "e1".into(),
            time: at(NOW - 700),
            source: "dynamodb.amazonaws.com".into(),
            name: "UpdateTable".into(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::ConfigChange,
            resources: vec![ResourceId("arn:aws:dynamodb:eu-west-1:123456789012:table/orders".into())],
            changes: vec![PropertyChange {
                property: "write_capacity".into(),
                from: Some("10".into()),
                to: Some("2".into()),
            }],
            actor: Some("ann".into()),
        }],
        recommendations: vec![Recommendation {
            name: "Raise the write capacity".into(),
            description: "Set it back to 10".into(),
            reason: "9.3 writes a second met a capacity of 2".into(),
            link: "https://docs.aws.amazon.com/".into(),
            related_events: vec![RelatedEvent {
                name: "UpdateTable".into(),
                resource_name: "orders".into(),
                resource_type: "AWS::DynamoDB::Table".into(),
            }],
            related_anomalies: vec![RelatedAnomaly {
                namespace: "AWS/DynamoDB".into(),
                metric: "WriteThrottleEvents".into(),
                resource_name: "orders".into(),
                resource_type: "AWS::DynamoDB::Table".into(),
            }],
        }],
        history: vec![Transition {
            time: at(NOW - 300),
            change: "opened".into(),
            reason: "five of five minutes".into(),
        }],
        repeat_of: Some(InsightId("an earlier one".into())),
        id,
    }
}

fn closed(insight: &Insight, second: i64) -> Insight {
    Insight { status: Status::Closed, update_time: at(second), ..insight.clone() }
}

fn message(insight: &Insight, number: usize) -> Message {
    Message {
        id: format!("{}/{number}", insight.id),
        message_type: MessageType::NewAssociation,
        insight: insight.id.clone(),
        time: at(NOW),
        anomalies: insight.anomalies.iter().map(|a| a.id.clone()).collect(),
        reason: "a new anomaly belongs to it".into(),
    }
}

fn memory() -> Database {
    let database = Database::memory().unwrap();
    prepare(&database).unwrap();
    database
}

fn engine(database: &Database, call: &Call) -> Reply {
    let operation = call.operation.strip_prefix("dynamodb.").unwrap();
    match embedded::call(database, operation, call.input.clone()) {
        Ok(answer) => Reply::Ok(answer),
        Err(error) => Reply::Body(error.status_code(), serde_json::from_str(&error.to_json()).unwrap()),
    }
}

/// The store over the engine; what `instead` answers never gets there.
fn over(database: &Database, instead: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> (DynamoStore, Calls) {
    let database = database.clone();
    let (config, calls) = sdk(move |call| instead(call).unwrap_or_else(|| engine(&database, call)));
    (DynamoStore::new(aws_sdk_dynamodb::Client::new(&config), TABLE).without_pauses(), calls)
}

fn plain() -> (DynamoStore, Calls) {
    over(&memory(), |_| None)
}

async fn open(store: &DynamoStore, application: &Application) -> Vec<Insight> {
    store.insight_state(&application.id, at(NOW)).await.unwrap().insights
}

fn sorted(mut insights: Vec<Insight>) -> Vec<Insight> {
    insights.sort_by(|a, b| a.id.cmp(&b.id));
    insights
}

/// Items put, by transactions and by batches.
fn put(calls: &Calls) -> Vec<Value> {
    let mut items = Vec::new();
    for call in calls.all() {
        let writes = match call.operation.as_str() {
            "dynamodb.TransactWriteItems" => call.input["TransactItems"].clone(),
            "dynamodb.BatchWriteItem" => call.input["RequestItems"][TABLE].clone(),
            _ => continue,
        };
        let puts = writes.as_array().unwrap().iter().map(|w| [&w["Put"]["Item"], &w["PutRequest"]["Item"]]);
        items.extend(puts.flatten().filter(|item| !item.is_null()).cloned());
    }
    items
}

fn key(item: &Value) -> String {
    format!("{} {}", item["pk"]["S"].as_str().unwrap(), item["sk"]["S"].as_str().unwrap())
}

/// Of an item's body, which travels as base64.
fn bytes(item: &Value) -> usize {
    item["body"]["B"].as_str().unwrap_or_default().len() / 4 * 3
}

fn throttled() -> Option<Reply> {
    Some(Reply::Error(400, "ProvisionedThroughputExceededException", "Rate exceeded".into()))
}

#[tokio::test]
async fn an_insight_comes_back_to_the_last_field() {
    let folder = tempfile::tempdir().unwrap();
    // The folder isn't there yet.
    let path = folder.path().join("state/stackseer.db");
    let app = application("shop");
    let kept = insight(&app, "duration", 3, 180);
    {
        let store = open_embedded(&path).unwrap();
        assert_eq!(store.insight_state(&app.id, at(NOW)).await.unwrap(), Default::default());
        assert_eq!(store.insight(&kept.id).await.unwrap(), None);
        assert_eq!(store.commit(&app, 0, from_ref(&kept), &[message(&kept, 1)]).await, Ok(Committed::At(1)));
    }
    let store = open_embedded(&path).unwrap();
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!((state.generation, &state.insights), (1, &vec![kept.clone()]));
    assert_eq!(store.insight(&kept.id).await.unwrap(), Some(kept.clone()));
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), [message(&kept, 1)]);
    assert_eq!(store.applications().await.unwrap(), [app]);
    let bare = store.insights(at(NOW)).await.unwrap();
    assert_eq!(bare[0].anomalies.len(), 3);
    assert!(bare[0].anomalies.iter().all(|a| a.series.is_empty()), "lists don't carry the charts");
}

#[tokio::test]
async fn the_emptiest_insight_comes_back_too() {
    let (store, _) = plain();
    let app = application("shop");
    let mut least = insight(&app, "duration", 1, 0);
    least.anomalies[0].metric = None;
    least.anomalies[0].limit = None;
    least.anomalies[0].causal_anomaly = None;
    let least = Insight {
        end_time: None,
        pattern: None,
        causes: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        repeat_of: None,
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
        let database = memory();
        let app = application("shop");
        let base = insight(&app, "base", 1, 5);
        if before == 1 {
            over(&database, |_| None).0.commit(&app, 0, from_ref(&base), &[]).await.unwrap();
        }
        let held: Arc<Mutex<Option<Call>>> = Arc::default();
        let hold = held.clone();
        let (winner, _) = over(&database, move |call| {
            (call.operation == "dynamodb.TransactWriteItems").then(|| {
                *hold.lock().unwrap() = Some(call.clone());
                Reply::Error(400, "ValidationException", "held back".into())
            })
        });
        let (first, second) = (insight(&app, "first", 2, 5), insight(&app, "second", 2, 5));
        winner.commit(&app, before, from_ref(&first), &[message(&first, 1)]).await.unwrap_err();

        let other = database.clone();
        let (loser, calls) = over(&database, move |call| {
            if call.operation == "dynamodb.TransactWriteItems"
                && let Some(held) = held.lock().unwrap().take()
            {
                assert!(matches!(engine(&other, &held), Reply::Ok(_)));
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

#[tokio::test]
async fn two_hundred_open_insights_commit_at_once_within_the_limits() {
    let (store, calls) = plain();
    let app = application("shop");
    let insights: Vec<Insight> = (0..200).map(|i| insight(&app, &format!("subject {i}"), 4, 20)).collect();
    let messages: Vec<Message> = insights.iter().map(|i| message(i, 1)).collect();
    assert_eq!(store.commit(&app, 0, &insights, &messages).await, Ok(Committed::At(1)));
    assert_eq!(sorted(open(&store, &app).await), sorted(insights.clone()));

    let transactions = calls.of("dynamodb.TransactWriteItems");
    assert_eq!(transactions.len(), 1);
    assert!(transactions[0].input["TransactItems"].as_array().unwrap().len() <= 100);
    // Half of the real limit: base64 and names included, so there is room for richer insights.
    assert!(transactions[0].input.to_string().len() < 2 * 1024 * 1024);
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
    assert_eq!(store.commit(&app, 1, &all, &[]).await, Ok(Committed::At(2)));
    assert_eq!(sorted(open(&store, &app).await), sorted(all));
}

#[tokio::test]
async fn one_change_among_many_writes_one_pack_and_only_its_new_charts() {
    let (store, calls) = plain();
    let app = application("shop");
    let mut insights: Vec<Insight> = (0..40).map(|i| insight(&app, &format!("subject {i}"), 2, 5)).collect();
    store.commit(&app, 0, &insights, &[]).await.unwrap();
    let (items, old) = (put(&calls).len(), insights[7].anomalies[0].series.clone());
    insights[7].anomalies[0].series = series(6, 99);
    store.commit(&app, 1, from_ref(&insights[7]), &[]).await.unwrap();
    let written: Vec<String> = put(&calls).iter().map(key).collect();
    assert_eq!(written.len() - items, 3, "state, pack, one chart: {written:?}");
    assert_eq!(sorted(open(&store, &app).await), sorted(insights.clone()));
    // The superseded chart is gone: nothing names it any more.
    let deleted = calls.of("dynamodb.BatchWriteItem").last().unwrap().input["RequestItems"][TABLE].clone();
    assert_eq!(deleted.as_array().unwrap().len(), 1);
    let gone = deleted[0]["DeleteRequest"]["Key"]["pk"]["S"].as_str().unwrap();
    assert_eq!(gone, format!("series#{}", insights[7].id));
    // Coming back to it writes it again.
    insights[7].anomalies[0].series = old;
    store.commit(&app, 2, from_ref(&insights[7]), &[]).await.unwrap();
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
    let ids = |insights: Vec<Insight>| insights.into_iter().map(|i| i.id).collect::<Vec<_>>();
    assert_eq!(ids(store.insights(at(NOW + 1)).await.unwrap()), from_ref(&two.id));
    assert_eq!(store.insights(at(NOW)).await.unwrap().len(), 2);

    // A year it is kept: its pack, its chart and where it is. What is still open doesn't expire.
    let written = put(&calls).split_off(before);
    for part in [" where", "series#", " closed#"] {
        assert_eq!(written.iter().filter(|item| key(item).contains(part)).count(), 1, "{part}");
    }
    for item in &written {
        let expires = item["expires"]["N"].as_str();
        let year = (NOW + 365 * DAY).to_string();
        let open = key(item).ends_with(" state") || key(item).contains(" open#");
        assert_eq!(expires, (!open).then_some(year.as_str()), "{}", key(item));
    }
}

#[tokio::test]
async fn what_has_expired_goes_when_the_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let app = application("shop");
    let (old, open) = (insight(&app, "old", 1, 5), insight(&app, "open", 1, 5));
    {
        let store = open_embedded(&path).unwrap();
        let old = closed(&old, 1_500_000_000);
        store.commit(&app, 0, &[old.clone(), open.clone()], &[]).await.unwrap();
        assert_eq!(store.insight(&old.id).await.unwrap(), Some(old));
    }
    let store = open_embedded(&path).unwrap();
    assert_eq!(store.insight(&old.id).await.unwrap(), None);
    assert_eq!(store.insight(&open.id).await.unwrap(), Some(open));
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
    type Change = fn(&mut Anomaly);
    let (store, calls) = plain();
    let app = application("shop");
    let changes: [Change; 5] = [
        |a| a.peak = f64::NAN,
        |a| a.limit = Some(f64::INFINITY),
        |a| a.series[1].lower = f64::NAN,
        |a| a.series[1].value = Some(f64::NAN),
        |a| a.metric.as_mut().unwrap().least = f64::NEG_INFINITY,
    ];
    for change in changes {
        let mut wrong = insight(&app, "wrong", 2, 5);
        change(&mut wrong.anomalies[1]);
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
async fn what_a_batch_leaves_over_is_written_and_read_in_the_end() {
    // Three times nothing, then one row at a time: more rounds than patience, each with some progress.
    let (writes, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let database = memory();
    let inner = database.clone();
    let (store, _) = over(&database, move |call| {
        let mut one = call.clone();
        let asked = call.input["RequestItems"].clone();
        match call.operation.as_str() {
            "dynamodb.BatchWriteItem" => {
                let mut left = asked[TABLE].as_array().unwrap().clone();
                if writes.fetch_add(1, Ordering::SeqCst) < 3 {
                    return Some(Reply::Ok(json!({"UnprocessedItems": asked})));
                }
                one.input["RequestItems"][TABLE] = json!([left.remove(0)]);
                let Reply::Ok(mut answer) = engine(&inner, &one) else { panic!() };
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
                let Reply::Ok(mut answer) = engine(&inner, &one) else { panic!() };
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
    let database = memory();
    over(&database, |_| None).0.commit(&app, 0, from_ref(&one), &[]).await.unwrap();

    let (store, calls) = over(&database, |call| {
        let asked = &call.input["RequestItems"];
        match call.operation.as_str() {
            "dynamodb.BatchGetItem" => Some(Reply::Ok(json!({"Responses": {}, "UnprocessedKeys": asked}))),
            _ => None,
        }
    });
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert!(matches!(&error, PortError::Transient { action, .. } if action == "dynamodb:BatchGetItem"), "{error:?}");
    assert_eq!(calls.of("dynamodb.BatchGetItem").len(), 8);

    let (store, calls) = over(&database, |call| {
        let asked = &call.input["RequestItems"];
        (call.operation == "dynamodb.BatchWriteItem").then(|| Reply::Ok(json!({"UnprocessedItems": asked})))
    });
    let error = store.commit(&app, 1, &[insight(&app, "two", 1, 5)], &[]).await.unwrap_err();
    assert!(matches!(&error, PortError::Transient { action, .. } if action == "dynamodb:BatchWriteItem"), "{error:?}");
    assert_eq!(calls.of("dynamodb.BatchWriteItem").len(), 8);
    assert_eq!(calls.of("dynamodb.TransactWriteItems").len(), 0);
    assert_eq!(open(&over(&database, |_| None).0, &app).await, [one]);
}

#[tokio::test]
async fn throttling_is_retried_and_to_the_end_transient() {
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    for operation in ["GetItem", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"] {
        let database = memory();
        let tries = AtomicUsize::new(0);
        let (patient, _) = over(&database, move |call| {
            let this = call.operation.ends_with(&format!(".{operation}"));
            (this && tries.fetch_add(1, Ordering::SeqCst) < 2).then(throttled).flatten()
        });
        assert_eq!(patient.commit(&app, 0, from_ref(&one), &[]).await, Ok(Committed::At(1)), "{operation}");

        let (store, _) =
            over(&memory(), move |call| call.operation.ends_with(&format!(".{operation}")).then(throttled).flatten());
        let error = store.commit(&app, 0, from_ref(&one), &[]).await.unwrap_err();
        let action = format!("dynamodb:{operation}");
        assert_eq!(error, PortError::Transient { action, message: "Rate exceeded".into() });
    }
    let (store, _) = over(&memory(), |_| throttled());
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
        let (store, _) = over(&memory(), move |call| {
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
    let database = memory();
    let inner = database.clone();
    let tries = AtomicUsize::new(0);
    let (store, calls) = over(&database, move |call| {
        if call.operation == "dynamodb.TransactWriteItems" && tries.fetch_add(1, Ordering::SeqCst) == 0 {
            assert!(matches!(engine(&inner, call), Reply::Ok(_)));
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
        over(&memory(), |_| Some(Reply::Error(400, "AccessDeniedException", "not authorized to perform".into())));
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert!(matches!(&error, PortError::Denied { action, .. } if action == "dynamodb:Query"), "{error:?}");

    let (store, _) = over(&Database::memory().unwrap(), |_| None);
    let error = store.insight_state(&app.id, at(NOW)).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: format!("DynamoDB table {TABLE}") });
    assert!(store.commit(&app, 0, &[insight(&app, "one", 1, 5)], &[]).await.is_err());
}

/// Killed after the charts were written, before the transaction.
#[tokio::test]
async fn a_commit_cut_off_in_the_middle_changes_nothing_and_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let app = application("shop");
    let before = insight(&app, "one", 2, 5);
    open_embedded(&path).unwrap().commit(&app, 0, from_ref(&before), &[message(&before, 1)]).await.unwrap();
    let (after, new) = (closed(&insight(&app, "one", 2, 9), NOW), insight(&app, "new", 2, 5));
    let (changed, messages) = ([after.clone(), new.clone()], [message(&new, 2)]);
    {
        let database = Database::new(path.to_str().unwrap()).unwrap();
        let (store, calls) = over(&database, |call| {
            (call.operation == "dynamodb.TransactWriteItems").then(|| Reply::Error(400, "Killed", "killed".into()))
        });
        store.commit(&app, 1, &changed, &messages).await.unwrap_err();
        assert!(!calls.of("dynamodb.BatchWriteItem").is_empty());
    }
    let store = open_embedded(&path).unwrap();
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
    let database = memory();
    let (store, _) = over(&database, |call| {
        let deletes = call.input.to_string().contains("DeleteRequest");
        deletes.then(|| Reply::Error(400, "AccessDeniedException", "not authorized".into()))
    });
    let app = application("shop");
    let mut one = insight(&app, "one", 1, 5);
    store.commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    one.anomalies[0].series = series(6, 1);
    assert_eq!(store.commit(&app, 1, from_ref(&one), &[]).await, Ok(Committed::At(2)));
    assert_eq!(open(&store, &app).await, [one]);
}

#[tokio::test]
async fn a_lost_chart_does_not_take_its_insight_along() {
    let database = memory();
    let (store, calls) = over(&database, |_| None);
    let app = application("shop");
    let mut one = insight(&app, "one", 2, 5);
    store.commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    let chart = put(&calls).into_iter().find(|i| key(i).starts_with("series#")).unwrap();
    let delete = json!({"DeleteRequest": {"Key": {"pk": chart["pk"], "sk": chart["sk"]}}});
    embedded::call(&database, "BatchWriteItem", json!({"RequestItems": {TABLE: [delete]}})).unwrap();
    let state = store.insight_state(&app.id, at(NOW)).await.unwrap();
    let mut points: Vec<usize> = state.insights[0].anomalies.iter().map(|a| a.series.len()).collect();
    points.sort_unstable();
    assert_eq!(points, [0, 5]);
    let read = store.insight(&one.id).await.unwrap().unwrap();
    for (anomaly, read) in one.anomalies.iter_mut().zip(&read.anomalies) {
        anomaly.series = read.series.clone();
    }
    assert_eq!(read, one);
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
    let names = |apps: Vec<Application>| apps.into_iter().map(|a| a.name).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names(store.applications().await.unwrap()), ["blog".to_owned(), "shop".to_owned()].into());
    assert_eq!(store.insights(at(NOW)).await.unwrap().len(), 2);
}

#[test]
fn a_file_is_one_process_s_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let first = open_embedded(&path).unwrap();
    let error = open_embedded(&path).unwrap_err();
    assert!(matches!(&error, OpenError::InUse(used) if *used == path), "{error:?}");
    assert!(error.to_string().contains("in use by another stackseer"), "{error}");
    let copy = first.clone();
    drop(first);
    assert!(open_embedded(&path).is_err(), "a copy of the store still has it");
    drop(copy);
    open_embedded(&path).unwrap();
    open_embedded(&folder.path().join("other.db")).unwrap();
}

#[test]
fn a_file_that_is_no_store_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let text = "this is no database\n".repeat(500);
    std::fs::write(&path, &text).unwrap();
    let error = open_embedded(&path).unwrap_err();
    assert!(matches!(&error, OpenError::Damaged { path: named, .. } if *named == path), "{error:?}");
    let said = error.to_string();
    assert!(said.contains(path.to_str().unwrap()) && said.contains("move it away"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    std::fs::rename(&path, folder.path().join("away")).unwrap();
    open_embedded(&path).unwrap();
}

/// From somewhere on, as by a disk that fails.
#[tokio::test]
async fn a_store_that_was_damaged_later_is_not_taken_for_an_empty_one() {
    let app = application("shop");
    let one = insight(&app, "one", 3, 60);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    open_embedded(&path).unwrap().commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    for from in [100, whole.len() / 4, whole.len() / 2] {
        let mut broken = whole.clone();
        broken[from..].fill(0xa5);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        std::fs::write(&path, broken).unwrap();
        let said = open_embedded(&path).unwrap_err().to_string();
        assert!(said.contains(path.to_str().unwrap()) && said.contains("move it away"), "{from}: {said}");
    }
}

#[test]
fn a_folder_or_a_place_that_can_not_be_is_an_error_about_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [folder.path().to_owned(), file.join("below/stackseer.db")] {
        let error = open_embedded(&path).unwrap_err();
        assert!(matches!(&error, OpenError::File { path: named, .. } if *named == path), "{error:?}");
        assert!(!error.to_string().contains("move it away"), "{error}");
    }
}
