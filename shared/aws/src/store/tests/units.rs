//! What reading takes, in the engine's own count.

use super::*;
use crate::store::index;
use crate::store::rows::Write;

const MANY: usize = 10_000;

/// A store, and what it takes.
pub(super) fn counted(engine: &Engine) -> (DynamoStore, Meter) {
    let (inner, meter) = (engine.clone(), Meter::default());
    let count = meter.clone();
    let (store, _) = over(engine, move |call| {
        let mut call = call.clone();
        Taken::ask(&mut call.input);
        let reply = inner.call(&call);
        if let Reply::Ok(answer) = &reply {
            count.add(Taken::by(call.operation.trim_start_matches("dynamodb."), answer));
        }
        Some(reply)
    });
    (store, meter)
}

fn the(index: usize) -> Insight {
    let app = application(if index.is_multiple_of(100) { "blog" } else { "shop" });
    let one = Insight { start_time: at(NOW - 60 * index as i64), ..insight(&app, &format!("subject {index}"), 1, 0) };
    if index.is_multiple_of(50) { one } else { closed(&one, NOW - 60 * index as i64 + 600) }
}

/// The rows of the lists, as a commit writes them.
async fn fill(store: &DynamoStore) {
    let rows: Vec<Write> = (0..MANY).flat_map(|i| index::list_rows(&the(i), None).unwrap()).collect();
    store.rows.write_all(rows).await.unwrap();
}

#[tokio::test]
async fn among_ten_thousand_a_page_takes_what_it_returns_and_no_more() {
    let engine = Engine::new();
    let (store, meter) = counted(&engine);
    fill(&store).await;
    let (scope, insight_type) = (scope(), InsightType::Reactive);
    let lists = [
        (InsightList::Status { scope: scope.clone(), insight_type, status: Status::Ongoing }, MANY / 50),
        (InsightList::Status { scope: scope.clone(), insight_type, status: Status::Closed }, MANY - MANY / 50),
        (InsightList::Started { scope: scope.clone(), insight_type }, MANY),
        (InsightList::Ended { scope, insight_type }, MANY - MANY / 50),
        (InsightList::Application(application("blog").id), MANY / 100),
        (InsightList::Application(application("shop").id), MANY - MANY / 100),
    ];
    for (list, length) in &lists {
        for limit in [1, 10, 50] {
            // The first page, one from the middle, and one of a range far back.
            let middle = Position::new(at(NOW - 60 * MANY as i64 / 2 + 1), "");
            let back = Ask::newest(limit).within(Some(at(0)), Some(at(NOW - 60 * (MANY as i64 / 10) * 9 + 1)));
            let half = Ask::newest(limit).after(Some(middle));
            for (ask, there) in [(Ask::newest(limit), *length), (half, length / 2), (back, length / 10)] {
                meter.take();
                let page = store.list_insights(list, &ask).await.unwrap();
                let Taken { read: units, rows: read, .. } = meter.take();
                assert_eq!(page.items.len(), limit.min(there), "{list:?}");
                assert_eq!(read, page.items.len(), "{list:?}");
                // A row is less than a kilobyte, and a unit eight of them; each call rounds up to half of one.
                assert!(units <= (limit as f64 / 8.0).max(0.5), "{limit} of {list:?}: {units} units");
            }
        }
    }
    // All of the ongoing, page by page, take what they are.
    let (mut found, mut ask) = (0, Ask::newest(20));
    meter.take();
    loop {
        let page = store.list_insights(&lists[0].0, &ask).await.unwrap();
        found += page.items.len();
        match page.next {
            Some(next) => ask = ask.after(Some(next)),
            None => break,
        }
    }
    let Taken { read: units, rows: read, .. } = meter.take();
    assert_eq!((found, read), (MANY / 50, MANY / 50));
    assert!(units <= (MANY / 50) as f64 / 8.0 + 1.0, "{units}");
}

#[tokio::test]
async fn an_anomaly_s_insight_and_events_known_already_cost_next_to_nothing() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let one = insight(&application("shop"), "one", 8, 180);
    store.commit(&one.application, 0, from_ref(&one), &[]).await.unwrap();
    let before = calls.all().len();
    assert_eq!(store.insight_of(&one.anomalies[3].id).await.unwrap(), Some(one.id.clone()));
    let gets = calls.all().split_off(before);
    assert_eq!(gets.iter().map(|c| c.operation.as_str()).collect::<Vec<_>>(), ["dynamodb.GetItem"; 3]);

    store.keep_events(&one.application.id, &one.events).await.unwrap();
    let before = calls.all().len();
    store.keep_events(&one.application.id, &one.events).await.unwrap();
    store.keep_events(&one.application.id, &[]).await.unwrap();
    let again = calls.all().split_off(before);
    assert_eq!(again.iter().map(|c| c.operation.as_str()).collect::<Vec<_>>(), ["dynamodb.Query"]);
}
