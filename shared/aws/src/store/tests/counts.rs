//! The counts of each day: over the engine and in memory, and held against the insights that are there.

use super::lists::{commit, in_application};
use super::*;
use jiff::civil::Date;
use proptest::prelude::*;
use stackseer_testkit::MemoryStore;

trait Both: Store + InsightHistory {}
impl<S: Store + InsightHistory> Both for S {}

over_both! {
    a_day_s_counts_follow_what_becomes_of_an_insight
    counts_are_by_application_account_and_day
    an_insight_is_looked_at_with_the_charts_that_are_asked_for
}

/// What counts are, by their words.
fn expected(there: &[InsightSummary], scope: &Scope, first: Date, last: Date) -> BTreeMap<ApplicationId, Tally> {
    let within = |time: Timestamp| (first..=last).contains(&day(time));
    let mut counted: BTreeMap<ApplicationId, Tally> = BTreeMap::new();
    for insight in there.iter().filter(|i| i.application.scope() == *scope) {
        let tally = counted.entry(insight.application.id.clone()).or_default();
        let is_reactive = insight.insight_type == InsightType::Reactive;
        let lasted = insight.end_time.filter(|_| insight.status == Status::Closed && is_reactive);
        let add = |sum: &mut Lasted| {
            if let Some(end) = lasted {
                sum.count += 1;
                sum.milliseconds += (end.as_second() - insight.start_time.as_second()) * 1000;
            }
        };
        if within(insight.start_time) {
            *(if is_reactive { &mut tally.reactive } else { &mut tally.proactive }) += 1;
            add(&mut tally.recovered);
        }
        if lasted.is_some_and(within) {
            add(&mut tally.ended);
        }
    }
    counted.retain(|_, tally| *tally != Tally::default());
    counted
}

fn summaries(insights: &[Insight]) -> Vec<InsightSummary> {
    insights.iter().map(InsightSummary::of).collect()
}

fn days(from: i64, to: i64) -> (Date, Date) {
    (day(at(NOW + from * DAY)), day(at(NOW + to * DAY)))
}

async fn holds(store: &impl InsightHistory, there: &[Insight]) {
    as_listed(store, &summaries(there)).await;
}

async fn as_listed(store: &impl InsightHistory, there: &[InsightSummary]) {
    for (from, to) in [(-400, 400), (0, 0), (-1, 0), (-40, -20), (1, 30), (3, 2)] {
        let (first, last) = days(from, to);
        let counted = store.count_insights(&scope(), first, last).await.unwrap();
        assert_eq!(counted, expected(there, &scope(), first, last), "{first} to {last}");
    }
}

fn reactive(subject: &str, status: Status, start: i64) -> Insight {
    in_application(&application("shop"), subject, InsightType::Reactive, status, start)
}

async fn a_day_s_counts_follow_what_becomes_of_an_insight(store: &impl Both) {
    let opened = reactive("one", Status::Ongoing, NOW - 600);
    let earlier = Insight { start_time: at(NOW - 2 * DAY), severity: Severity::Low, ..opened.clone() };
    let over = closed(&earlier, NOW + 900);
    // Closed, told again, closed later, opened again, over in another month.
    let steps =
        [&opened, &earlier, &over, &over, &closed(&over, NOW + DAY), &earlier, &closed(&earlier, NOW + 40 * DAY)];
    for step in steps {
        commit(store, from_ref(step)).await;
        holds(store, from_ref(step)).await;
    }
    assert!(store.delete_insight(&opened.id, &entry("deleted")).await.unwrap());
    holds(store, &[]).await;
    // Found again, it counts again; and of two that turn out to be one the younger is over.
    let younger = reactive("two", Status::Ongoing, NOW - 300);
    commit(store, &[opened.clone(), younger.clone()]).await;
    let both = [earlier, Insight { anomalies: vec![], ..closed(&younger, NOW) }];
    commit(store, &both).await;
    holds(store, &both).await;
    // Who planned on something else changes nothing.
    let late = store.commit(&opened.application, 1, &[closed(&opened, NOW)], &[]).await;
    assert_eq!(late, Ok(Committed::Conflict));
    holds(store, &both).await;
}

async fn counts_are_by_application_account_and_day(store: &impl Both) {
    let theirs =
        in_application(&application_in("210987654321", "shop"), "theirs", InsightType::Reactive, Status::Closed, NOW);
    let mut insights: Vec<Insight> = (0..20)
        .map(|i: i64| {
            let kind = if i % 3 == 0 { InsightType::Proactive } else { InsightType::Reactive };
            let status = if i % 4 == 0 { Status::Ongoing } else { Status::Closed };
            let app = application(if i % 5 == 0 { "blog" } else { "shop" });
            in_application(&app, &format!("subject {i}"), kind, status, NOW - i * DAY / 2)
        })
        .collect();
    insights.push(theirs.clone());
    commit(store, &insights).await;
    holds(store, &insights).await;
    let (first, last) = days(-1, 1);
    let of_them = store.count_insights(&theirs.application.scope(), first, last).await.unwrap();
    let lasted = Lasted { count: 1, milliseconds: 600_000 };
    let tally = Tally { reactive: 1, proactive: 0, recovered: lasted, ended: lasted };
    assert_eq!(of_them, BTreeMap::from([(theirs.application.id, tally)]));
}

async fn an_insight_is_looked_at_with_the_charts_that_are_asked_for(store: &impl Both) {
    let whole = insight(&application("shop"), "one", 4, 20);
    commit(store, from_ref(&whole)).await;
    let with = |charts: &[AnomalyId]| {
        let mut insight = whole.clone();
        for anomaly in insight.anomalies.iter_mut().filter(|a| !charts.contains(&a.id)) {
            anomaly.of_metric_mut().unwrap().series.clear();
        }
        insight
    };
    let two = [whole.anomalies[1].id.clone(), whole.anomalies[3].id.clone()];
    assert_eq!(store.look_at(&whole.id, Charts::None).await.unwrap(), Some(with(&[])));
    assert_eq!(store.look_at(&whole.id, Charts::Of(&two)).await.unwrap(), Some(with(&two)));
    assert_eq!(store.look_at(&InsightId("none".into()), Charts::None).await.unwrap(), None);
    assert_eq!(store.open_insights(&whole.application.id).await.unwrap(), [with(&[])]);
    commit(store, &[closed(&whole, NOW)]).await;
    assert_eq!(store.open_insights(&whole.application.id).await.unwrap(), []);
}

/// What is done to a store, and what goes wrong.
#[derive(Debug, Clone)]
enum Step {
    /// These, closed ones by how many days they lasted.
    Commit(Vec<(usize, i64, Option<i64>)>),
    /// The same again: a message that came twice.
    Again,
    /// Planned on the generation before.
    Late(usize),
    /// Cut off after so many transactions.
    Killed(Vec<(usize, i64, Option<i64>)>, usize),
    Delete(usize),
}

const SUBJECTS: usize = 40;

fn changes(most: usize) -> impl Strategy<Value = Vec<(usize, i64, Option<i64>)>> {
    prop::collection::btree_map(0..SUBJECTS, (-70i64..1, prop::option::of(0i64..40)), 1..most)
        .prop_map(|changes| changes.into_iter().map(|(subject, (start, end))| (subject, start, end)).collect())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => changes(4).prop_map(Step::Commit),
        1 => changes(SUBJECTS).prop_map(Step::Commit),
        1 => Just(Step::Again),
        1 => (0..SUBJECTS).prop_map(Step::Late),
        2 => (changes(SUBJECTS), 0usize..3).prop_map(|(changes, after)| Step::Killed(changes, after)),
        2 => (0..SUBJECTS).prop_map(Step::Delete),
    ]
}

/// Every third subject is proactive.
fn the((subject, start, lasted): (usize, i64, Option<i64>)) -> Insight {
    let kind = if subject.is_multiple_of(3) { InsightType::Proactive } else { InsightType::Reactive };
    let start = NOW + start * DAY / 2;
    let opened = in_application(&application("shop"), &format!("subject {subject}"), kind, Status::Ongoing, start);
    let opened = Insight { anomalies: vec![], ..opened };
    lasted.map_or(opened.clone(), |days| closed(&opened, start + days * DAY / 2))
}

/// All that is there, whatever was meant to be.
async fn there(store: &DynamoStore) -> Vec<InsightSummary> {
    let list = InsightList::Application(application("shop").id);
    let page = store.list_insights(&list, &Ask::newest(MOST_IN_PAGE)).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

async fn agree(steps: Vec<Step>) {
    let engine = Engine::new();
    let (store, _) = over(&engine, |_| None);
    let (twin, app) = (MemoryStore::default(), application("shop"));
    let generation = async || store.insight_state(&app.id, at(NOW)).await.unwrap().generation;
    let mut last = vec![];
    for step in steps {
        let now = generation().await;
        match step {
            Step::Commit(changes) => {
                last = changes.into_iter().map(the).collect();
                store.commit(&app, now, &last, &[]).await.unwrap();
                commit(&twin, &last).await;
            }
            Step::Again => {
                store.commit(&app, now, &last, &[]).await.unwrap();
                commit(&twin, &last).await;
            }
            Step::Late(subject) => {
                let late = the((subject, 0, Some(1)));
                let answer = store.commit(&app, now + 1, from_ref(&late), &[]).await;
                assert_eq!(answer, Ok(Committed::Conflict));
            }
            Step::Killed(changes, after) => {
                let transactions = AtomicUsize::new(0);
                let (dying, _) = over(&engine, move |call| {
                    let is_one = call.operation == "dynamodb.TransactWriteItems";
                    let is_last = is_one && transactions.fetch_add(1, Ordering::SeqCst) >= after;
                    is_last.then(|| Reply::Error(400, "Killed", "killed".into()))
                });
                last = changes.into_iter().map(the).collect();
                let _ = dying.commit(&app, now, &last, &[]).await;
                let there = there(&store).await;
                let is_done = |i: &&Insight| there.contains(&InsightSummary::of(i));
                commit(&twin, &last.iter().filter(is_done).cloned().collect::<Vec<_>>()).await;
            }
            Step::Delete(subject) => {
                let id = the((subject, 0, None)).id;
                let was_there = store.delete_insight(&id, &entry("deleted")).await.unwrap();
                assert_eq!(twin.delete_insight(&id, &entry("deleted")).await.unwrap(), was_there);
            }
        }
        let left = there(&store).await;
        as_listed(&store, &left).await;
        as_listed(&twin, &left).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_what_is_there_whatever_happens(steps in prop::collection::vec(step(), 1..8)) {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(agree(steps));
    }
}

/// Fifty months and more at once: the rows of counts are in the transactions, which still have room for whole insights.
#[tokio::test]
async fn an_import_over_years_fits_its_transactions() {
    let (store, calls) = plain();
    let app = application("shop");
    let insights: Vec<Insight> = (0..50).map(|i| the((i, -60 * i as i64, Some(60)))).collect();
    store.commit(&app, 0, &insights, &[]).await.unwrap();
    for transaction in calls.of("dynamodb.TransactWriteItems") {
        assert!(transaction.input["TransactItems"].as_array().unwrap().len() <= 100);
    }
    let (first, last) = days(-3000, 3000);
    let counted = store.count_insights(&scope(), first, last).await.unwrap();
    assert_eq!(counted, expected(&summaries(&insights), &scope(), first, last));
}

/// While it goes on nothing is counted, read or written; opening and closing are a row each.
#[tokio::test]
async fn only_what_begins_or_ends_writes_counts() {
    let (store, calls) = plain();
    let opened = reactive("one", Status::Ongoing, NOW - 600);
    let steps = [opened.clone(), Insight { severity: Severity::Low, ..opened.clone() }, closed(&opened, NOW + 60)];
    let mut counts = vec![];
    for step in &steps {
        let before = calls.all().len();
        commit(&store, from_ref(step)).await;
        let calls = calls.all().split_off(before);
        counts.push(calls.iter().filter(|call| call.input.to_string().contains("counts#")).count());
    }
    assert_eq!(counts, [2, 0, 2], "read and written where it opens and where it closes");
}
