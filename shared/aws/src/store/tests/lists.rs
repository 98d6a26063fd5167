//! The lists, over the engine and over the store in memory: the very same tests.

use super::*;

trait Both: Store + InsightHistory + EventHistory {}
impl<S: Store + InsightHistory + EventHistory> Both for S {}

over_both! {
    each_list_gives_its_insights_newest_first_a_page_at_a_time
    a_range_is_of_the_list_s_own_time
    what_is_written_meanwhile_neither_moves_nor_doubles_what_follows
    an_insight_that_changes_is_where_it_now_belongs_and_nowhere_else
    the_state_s_order_is_that_of_starts_and_ids
    an_anomaly_leads_to_the_insight_that_holds_it_now
    what_is_deleted_is_nowhere_and_the_others_stay
    two_accounts_never_meet
    what_a_release_did_stays_whoever_keeps_it_again
    an_application_s_events_come_in_pages_and_each_once
    history_is_listed_and_no_part_of_the_state
}

/// All pages of three; none may have more.
pub(super) async fn listed(store: &impl InsightHistory, list: &InsightList) -> Vec<InsightId> {
    pages(store, list, &Ask::newest(3)).await
}

async fn pages(store: &impl InsightHistory, list: &InsightList, ask: &Ask) -> Vec<InsightId> {
    let (mut found, mut ask) = (vec![], ask.clone());
    loop {
        let page = store.list_insights(list, &ask).await.unwrap();
        assert!(page.items.len() <= ask.limit);
        assert!(page.next.is_none() || page.items.len() == ask.limit, "a page that goes on is full");
        found.extend(page.items.into_iter().map(|i| i.id));
        match page.next {
            Some(next) => ask = ask.after(Some(next)),
            None => return found,
        }
    }
}

fn of(subject: &str, kind: InsightType, status: Status, start: i64) -> Insight {
    in_application(&application("shop"), subject, kind, status, start)
}

pub(super) fn in_application(
    application: &Application,
    subject: &str,
    kind: InsightType,
    status: Status,
    start: i64,
) -> Insight {
    Insight {
        nature: nature(kind),
        status,
        start_time: at(start),
        end_time: (status == Status::Closed).then(|| at(start + 600)),
        ..insight(application, subject, 1, 0)
    }
}

fn nature(kind: InsightType) -> Nature {
    match kind {
        InsightType::Reactive => Nature::Reactive { pattern: None, impact: None },
        InsightType::Proactive => Nature::Proactive {
            check: "dynamodb-point-in-time-recovery".into(),
            maps: std::collections::BTreeMap::new(),
        },
    }
}

pub(super) async fn commit(store: &impl Store, insights: &[Insight]) {
    let mut by_application: BTreeMap<ApplicationId, Vec<Insight>> = BTreeMap::new();
    for insight in insights {
        by_application.entry(insight.application.id.clone()).or_default().push(insight.clone());
    }
    for insights in by_application.into_values() {
        let application = &insights[0].application;
        let generation = store.insight_state(&application.id, at(NOW)).await.unwrap().generation;
        let committed = store.commit(application, generation, &insights, &[]).await.unwrap();
        assert_ne!(committed, Committed::Conflict);
    }
}

fn lists(scope: &Scope) -> Vec<InsightList> {
    let mut lists =
        vec![InsightList::Application(application("shop").id), InsightList::Application(application("blog").id)];
    for insight_type in [InsightType::Reactive, InsightType::Proactive] {
        lists.push(InsightList::Started { scope: scope.clone(), insight_type });
        lists.push(InsightList::Ended { scope: scope.clone(), insight_type });
        for status in [Status::Ongoing, Status::Closed] {
            lists.push(InsightList::Status { scope: scope.clone(), insight_type, status });
        }
    }
    lists
}

/// What a list is, by its words.
fn expected(list: &InsightList, insights: &[Insight]) -> Vec<InsightId> {
    let mut of_list: Vec<(Timestamp, InsightId)> = insights
        .iter()
        .filter_map(|i| {
            let is_of = |scope: &Scope, kind| {
                (&i.application.account, &i.application.region, i.insight_type())
                    == (&scope.account, &scope.region, kind)
            };
            let time = match list {
                InsightList::Application(id) if i.application.id == *id => i.start_time,
                InsightList::Started { scope, insight_type } if is_of(scope, *insight_type) => i.start_time,
                InsightList::Status { scope, insight_type, status }
                    if is_of(scope, *insight_type) && i.status == *status =>
                {
                    i.start_time
                }
                InsightList::Ended { scope, insight_type }
                    if is_of(scope, *insight_type) && i.status == Status::Closed =>
                {
                    i.end_time.unwrap()
                }
                _ => return None,
            };
            Some((time, i.id.clone()))
        })
        .collect();
    of_list.sort();
    of_list.into_iter().rev().map(|(_, id)| id).collect()
}

/// Of both types and states, in two applications; several at one time, in no order.
fn many() -> Vec<Insight> {
    (0..40)
        .map(|i: i64| {
            let kind = if i % 2 == 0 { InsightType::Reactive } else { InsightType::Proactive };
            let status = if i % 3 == 0 { Status::Ongoing } else { Status::Closed };
            let app = application(if i % 5 == 0 { "blog" } else { "shop" });
            let mut insight = in_application(&app, &format!("subject {i}"), kind, status, NOW - 60 * (i * 7 % 11));
            // Who began first isn't over first.
            insight.end_time = insight.end_time.map(|_| at(NOW + 60 * (i % 4)));
            insight
        })
        .collect()
}

async fn each_list_gives_its_insights_newest_first_a_page_at_a_time(store: &impl Both) {
    let insights = many();
    commit(store, &insights).await;
    for list in lists(&scope()) {
        let expected = expected(&list, &insights);
        assert!(expected.len() > 2, "{list:?}");
        for limit in [1, 3, 7, 100] {
            assert_eq!(pages(store, &list, &Ask::newest(limit)).await, expected, "{limit} of {list:?}");
        }
    }
    let first = store.list_insights(&lists(&scope())[0], &Ask::newest(1)).await.unwrap();
    let whole = insights.iter().find(|i| i.id == first.items[0].id).unwrap();
    assert_eq!(first.items[0], InsightSummary::of(whole));
    let said = &first.items[0];
    assert_eq!(
        (said.types.iter().map(String::as_str).collect::<Vec<_>>(), said.counts.resources),
        (vec!["AWS::Lambda::Function"], 1)
    );
    assert_eq!((said.counts.anomalies, said.counts.events, said.counts.recommendations), (1, 1, 1));
}

async fn a_range_is_of_the_list_s_own_time(store: &impl Both) {
    let insight = |i: i64| of(&format!("subject {i}"), InsightType::Reactive, Status::Closed, NOW + i * 60);
    let insights: Vec<Insight> = (0..10).map(insight).collect();
    commit(store, &insights).await;
    let ids = |range: std::ops::Range<usize>| insights[range].iter().rev().map(|i| i.id.clone()).collect::<Vec<_>>();
    let insight_type = InsightType::Reactive;
    for (list, late) in [
        (InsightList::Started { scope: scope(), insight_type }, 0),
        (InsightList::Status { scope: scope(), insight_type, status: Status::Closed }, 0),
        (InsightList::Ended { scope: scope(), insight_type }, 600),
        (InsightList::Application(application("shop").id), 0),
    ] {
        let minute = |minute: i64| Some(at(NOW + late + minute * 60));
        let list = &list;
        let within = |from, to| async move { pages(store, list, &Ask::newest(2).within(from, to)).await };
        assert_eq!(within(minute(3), minute(6)).await, ids(3..6), "{list:?}");
        assert_eq!(within(minute(8), None).await, ids(8..10));
        assert_eq!(within(None, minute(2)).await, ids(0..2));
        assert_eq!(within(minute(20), None).await, []);
        assert_eq!(within(minute(6), minute(3)).await, []);
    }
}

async fn what_is_written_meanwhile_neither_moves_nor_doubles_what_follows(store: &impl Both) {
    let insight = |i: i64| of(&format!("subject {i}"), InsightType::Reactive, Status::Ongoing, NOW + i * 60);
    let insights: Vec<Insight> = (0..8).map(insight).collect();
    commit(store, &insights).await;
    let (scope, insight_type) = (scope(), InsightType::Reactive);
    let list = InsightList::Status { scope, insight_type, status: Status::Ongoing };
    let first = store.list_insights(&list, &Ask::newest(3)).await.unwrap();
    let ids = |page: &Page<InsightSummary>| page.items.iter().map(|i| i.id.clone()).collect::<Vec<_>>();
    let of = |numbers: &[usize]| numbers.iter().map(|n| insights[*n].id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&first), of(&[7, 6, 5]));
    // A new one, one closed that was still to come, and the one that the page ended with is gone altogether.
    commit(store, &[insight(9), closed(&insights[3], NOW + 1000)]).await;
    assert!(store.delete_insight(&insights[5].id, &entry("deleted")).await.unwrap());
    let second = store.list_insights(&list, &Ask::newest(3).after(first.next)).await.unwrap();
    assert_eq!(ids(&second), of(&[4, 2, 1]));
    let third = store.list_insights(&list, &Ask::newest(3).after(second.next)).await.unwrap();
    assert_eq!((ids(&third), third.next), (of(&[0]), None));
}

async fn an_insight_that_changes_is_where_it_now_belongs_and_nowhere_else(store: &impl Both) {
    let first = of("subject", InsightType::Reactive, Status::Ongoing, NOW - 600);
    let neighbour = of("neighbour", InsightType::Reactive, Status::Closed, NOW - 600);
    commit(store, from_ref(&neighbour)).await;
    let earlier = Insight { start_time: at(NOW - 900), severity: Severity::Low, ..first.clone() };
    let over = closed(&earlier, NOW);
    for now in [first.clone(), earlier.clone(), over.clone(), closed(&over, NOW + 60), first, over.clone()] {
        commit(store, from_ref(&now)).await;
        let there = [neighbour.clone(), now.clone()];
        for list in lists(&scope()) {
            assert_eq!(listed(store, &list).await, expected(&list, &there), "{list:?}");
        }
        let list = InsightList::Application(now.application.id.clone());
        let page = store.list_insights(&list, &Ask::newest(9)).await.unwrap();
        assert!(page.items.contains(&InsightSummary::of(&now)));
    }
}

async fn the_state_s_order_is_that_of_starts_and_ids(store: &impl Both) {
    let insights: Vec<Insight> = many().into_iter().filter(|i| i.application == application("shop")).collect();
    for chunk in insights.rchunks(5) {
        commit(store, chunk).await;
    }
    let state = store.insight_state(&application("shop").id, at(NOW)).await.unwrap();
    let mut sorted = insights;
    sorted.sort_by(|a, b| (a.start_time, &a.id).cmp(&(b.start_time, &b.id)));
    assert_eq!(state.insights, sorted);
}

async fn an_anomaly_leads_to_the_insight_that_holds_it_now(store: &impl Both) {
    let mut elder = of("elder", InsightType::Reactive, Status::Ongoing, NOW - 600);
    let younger = of("younger", InsightType::Reactive, Status::Ongoing, NOW - 300);
    let (first, second) = (elder.anomalies[0].id.clone(), younger.anomalies[0].id.clone());
    assert_eq!(store.insight_of(&first).await.unwrap(), None);
    commit(store, &[elder.clone(), younger.clone()]).await;
    assert_eq!(store.insight_of(&first).await.unwrap().as_ref(), Some(&elder.id));
    assert_eq!(store.insight_of(&second).await.unwrap().as_ref(), Some(&younger.id));
    // The two turn out to be one.
    elder.anomalies.extend(younger.anomalies.clone());
    let part = Insight { anomalies: vec![], ..closed(&younger, NOW) };
    commit(store, &[elder.clone(), part]).await;
    for anomaly in [first, second] {
        assert_eq!(store.insight_of(&anomaly).await.unwrap().as_ref(), Some(&elder.id));
    }
    commit(store, &[closed(&elder, NOW)]).await;
    assert_eq!(store.insight_of(&elder.anomalies[1].id).await.unwrap().as_ref(), Some(&elder.id));
}

async fn what_is_deleted_is_nowhere_and_the_others_stay(store: &impl Both) {
    let insights: Vec<Insight> = many();
    commit(store, &insights).await;
    let mut left = insights.clone();
    for id in [&insights[0].id, &insights[1].id, &insights[2].id, &insights[3].id] {
        let position = left.iter().position(|i| i.id == *id).unwrap();
        let gone = left.remove(position);
        let before = store.insight_state(&gone.application.id, at(NOW)).await.unwrap().generation;
        assert!(store.delete_insight(id, &entry("deleted")).await.unwrap());
        assert!(!store.delete_insight(id, &entry("deleted")).await.unwrap(), "there is none any more");
        assert_eq!(store.insight_of(&gone.anomalies[0].id).await.unwrap(), None);
        let state = store.insight_state(&gone.application.id, at(NOW)).await.unwrap();
        assert_eq!(state.generation, before + 1, "who planned on it plans again");
        assert!(state.insights.iter().all(|i| i.id != *id));
    }
    for list in lists(&scope()) {
        assert_eq!(listed(store, &list).await, expected(&list, &left), "{list:?}");
    }
    commit(store, from_ref(&insights[0])).await;
    assert_eq!(store.insight_of(&insights[0].anomalies[0].id).await.unwrap().as_ref(), Some(&insights[0].id));
}

async fn two_accounts_never_meet(store: &impl Both) {
    let (ours, theirs) = (application("orders"), application_in("210987654321", "orders"));
    let (kind, status) = (InsightType::Reactive, Status::Ongoing);
    let one = |app: &Application| in_application(app, "AWS/Lambda Errors orders", kind, status, NOW - 600);
    let insights = [one(&ours), one(&theirs)];
    assert_ne!(insights[0].id, insights[1].id);
    assert_ne!(insights[0].anomalies[0].id, insights[1].anomalies[0].id);
    commit(store, &insights).await;
    let event = &insights[0].events[0];
    store.keep_events(&ours.id, from_ref(event)).await.unwrap();
    for insight in &insights {
        let scope = insight.application.scope();
        let lists = [
            InsightList::Started { scope: scope.clone(), insight_type: kind },
            InsightList::Status { scope, insight_type: kind, status },
            InsightList::Application(insight.application.id.clone()),
        ];
        for list in lists {
            assert_eq!(listed(store, &list).await, from_ref(&insight.id), "{list:?}");
        }
        assert_eq!(store.insight_of(&insight.anomalies[0].id).await.unwrap().as_ref(), Some(&insight.id));
    }
    assert!(store.delete_insight(&insights[1].id, &entry("deleted")).await.unwrap());
    let list = InsightList::Started { scope: ours.scope(), insight_type: kind };
    assert_eq!(listed(store, &list).await, from_ref(&insights[0].id));
    let theirs = store.list_events(&theirs.id, &Ask::newest(9)).await.unwrap();
    assert_eq!((theirs.items, theirs.next), (vec![], None));
}

async fn what_a_release_did_stays_whoever_keeps_it_again(store: &impl Both) {
    let app = application("shop").id;
    let event = &insight(&application("shop"), "s", 0, 0).events[0];
    let judged = |said: &str| {
        let verdict = Verdict { outcome: VerdictOutcome::Same, said: said.to_owned(), measures: vec![] };
        ChangeEvent { verdict: Some(verdict), ..event.clone() }
    };
    for kept in [event.clone(), judged("no worse"), event.clone(), judged("a later look thinks otherwise")] {
        store.keep_events(&app, &[kept]).await.unwrap();
    }
    let page = store.list_events(&app, &Ask::newest(9)).await.unwrap();
    assert_eq!(page.items, [judged("no worse")]);
}

async fn an_application_s_events_come_in_pages_and_each_once(store: &impl Both) {
    let app = application("shop").id;
    let event = |i: i64| ChangeEvent {
        id: format!("e{i}"),
        time: at(NOW + i / 2 * 60),
        ..insight(&application("shop"), "s", 0, 0).events[0].clone()
    };
    let events: Vec<ChangeEvent> = (0..9).map(event).collect();
    for known in [2, 5, 9, 9] {
        store.keep_events(&app, &events[..known]).await.unwrap();
    }
    // A later inventory knows more of it.
    let known_better = ChangeEvent { resources: vec![ResourceId("AWS::SQS::Queue/jobs".into())], ..event(4) };
    store.keep_events(&app, from_ref(&known_better)).await.unwrap();
    let read = |ask: Ask| {
        let app = &app;
        async move {
            let (mut found, mut ask) = (vec![], ask);
            loop {
                let page = store.list_events(app, &ask).await.unwrap();
                assert!(page.items.len() <= ask.limit);
                found.extend(page.items);
                match page.next {
                    Some(next) => ask = ask.after(Some(next)),
                    None => return found,
                }
            }
        }
    };
    let mut expected: Vec<ChangeEvent> = events.into_iter().rev().collect();
    expected[4] = known_better;
    assert_eq!(read(Ask::newest(4)).await, expected);
    let within = Ask::newest(2).within(Some(at(NOW + 60)), Some(at(NOW + 180)));
    assert_eq!(read(within).await, expected[3..7]);
    assert_eq!(store.list_events(&application("blog").id, &Ask::newest(9)).await.unwrap().items, []);
}

async fn history_is_listed_and_no_part_of_the_state(store: &impl Both) {
    let past: Vec<Insight> = (1..=5)
        .map(|i| of(&format!("subject {i}"), InsightType::Reactive, Status::Closed, NOW - i * 50 * DAY))
        .collect();
    commit(store, &past).await;
    let app = application("shop").id;
    assert_eq!(store.insight_state(&app, at(NOW)).await.unwrap().insights, []);
    let ids: Vec<InsightId> = past.iter().map(|i| i.id.clone()).collect();
    assert_eq!(listed(store, &InsightList::Application(app)).await, ids);
}

/// Each by itself, although they are written at once.
#[tokio::test]
async fn imported_history_expires_a_year_after_its_own_end() {
    let (store, calls) = plain();
    let ends = [NOW - 300 * DAY, NOW - 100 * DAY, NOW];
    let insights: Vec<Insight> = ends
        .iter()
        .enumerate()
        .map(|(i, end)| Insight {
            update_time: at(NOW),
            ..closed(&insight(&application("shop"), &format!("subject {i}"), 1, 5), *end)
        })
        .collect();
    commit(&store, &insights).await;
    for (insight, end) in insights.iter().zip(ends) {
        let (id, anomaly) = (insight.id.as_str(), insight.anomalies[0].id.as_str());
        let rows: Vec<Value> =
            put(&calls).into_iter().filter(|item| key(item).contains(id) || key(item).contains(anomaly)).collect();
        assert_eq!(rows.len(), 6, "itself, where it and its anomaly are, its chart, two places in lists");
        for row in rows {
            assert_eq!(row["expires"]["N"], json!((end + 365 * DAY).to_string()), "{}", key(&row));
        }
        assert_eq!(store.insight(&insight.id).await.unwrap().as_ref(), Some(insight));
    }
}

#[tokio::test]
async fn a_commit_that_fails_is_in_no_list_and_moves_no_anomaly() {
    let engine = Engine::new();
    let (store, _) = over(&engine, |_| None);
    let mut elder = of("elder", InsightType::Reactive, Status::Ongoing, NOW - 600);
    let younger = of("younger", InsightType::Reactive, Status::Ongoing, NOW - 300);
    commit(&store, &[elder.clone(), younger.clone()]).await;
    let moved = younger.anomalies[0].id.clone();
    elder.anomalies.push(younger.anomalies[0].clone());
    let part = Insight { anomalies: vec![], ..closed(&younger, NOW) };
    let new = of("new", InsightType::Reactive, Status::Ongoing, NOW);
    let (dying, _) = over(&engine, |call| {
        (call.operation == "dynamodb.TransactWriteItems").then(|| Reply::Error(400, "Killed", "killed".into()))
    });
    let app = application("shop");
    dying.commit(&app, 1, &[elder.clone(), part, new.clone()], &[]).await.unwrap_err();
    assert_eq!(store.insight_of(&moved).await.unwrap(), Some(younger.id.clone()));
    assert_eq!(store.insight_of(&new.anomalies[0].id).await.unwrap(), None);
    assert_eq!(store.insight(&new.id).await.unwrap(), None);
    assert_eq!(listed(&store, &InsightList::Application(app.id)).await, [younger.id, elder.id]);
}

#[tokio::test]
async fn an_insight_takes_its_charts_along_and_one_deleted_half_can_be_deleted_again() {
    let engine = Engine::new();
    let (store, calls) = over(&engine, |_| None);
    let one = insight(&application("shop"), "one", 3, 20);
    commit(&store, from_ref(&one)).await;
    let written = put(&calls);
    let (dying, _) = over(&engine, |call| {
        (call.operation == "dynamodb.TransactWriteItems").then(|| Reply::Error(400, "Killed", "killed".into()))
    });
    dying.delete_insight(&one.id, &entry("deleted")).await.unwrap_err();
    assert!(store.insight(&one.id).await.unwrap().is_some());
    assert!(store.delete_insight(&one.id, &entry("deleted")).await.unwrap());
    for item in written.iter().filter(|item| !key(item).ends_with(" state")) {
        let get = json!({"TableName": TABLE, "Key": {"pk": item["pk"], "sk": item["sk"]}});
        assert!(engine.run("GetItem", get)["Item"].is_null(), "{}", key(item));
    }
}

#[tokio::test]
async fn of_a_deletion_and_a_commit_at_once_one_plans_again() {
    let engine = Engine::new();
    let (store, _) = over(&engine, |_| None);
    let one = insight(&application("shop"), "one", 1, 5);
    commit(&store, from_ref(&one)).await;
    let planned = store.insight_state(&one.application.id, at(NOW)).await.unwrap().generation;
    assert!(store.delete_insight(&one.id, &entry("deleted")).await.unwrap());
    let late = closed(&one, NOW);
    assert_eq!(store.commit(&one.application, planned, from_ref(&late), &[]).await, Ok(Committed::Conflict));
    assert_eq!(store.insight(&one.id).await.unwrap(), None);
}
