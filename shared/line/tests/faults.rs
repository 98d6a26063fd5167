//! What goes wrong in a deployed line, one test each: nothing is lost, nothing is told twice under another id, and the state
//! stays readable. `docs/reliability.md` lists them; what goes wrong at an adapter is tested there.

use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource};
use stackseer_line::*;
use stackseer_model::ports::{LearningStore, MetricAnswer, MetricSource, PortError};
use stackseer_model::*;
use stackseer_testkit::simulator::{Planned, Simulation, Trouble, simulate};
use stackseer_testkit::{Faulty, MemoryQueue, MemoryStore};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::LazyLock;

/// A week of a shop, then a day in which the orders table's capacity is cut from 12:00 to 12:50.
static SHOP: LazyLock<Incident> = LazyLock::new(|| {
    let cut = Planned { trouble: Trouble::CapacityCut, start_minute: 12 * 60, minutes: 50 };
    let simulation = Simulation { ordinary_days: 14, troubles: vec![cut], ..Simulation::default() };
    simulate(&simulation).incident
});

fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp::from_second(SHOP.watch.from.as_second() + hour * 3600 + minute * 60).unwrap()
}

fn task(kind: TaskKind, at: Timestamp) -> Task {
    Task { kind, application: SHOP.application.clone(), at }
}

fn throttled() -> PortError {
    PortError::Transient { action: "cloudwatch:GetMetricData".into(), message: "Rate exceeded".into() }
}

struct Line {
    source: Faulty<IncidentSource<'static>>,
    store: MemoryStore,
    watches: MemoryQueue<Task>,
    learns: MemoryQueue<Task>,
}

impl Line {
    fn new() -> Self {
        Self {
            source: Faulty::new(IncidentSource::new(&SHOP)),
            store: MemoryStore::default(),
            watches: MemoryQueue::default(),
            learns: MemoryQueue::default(),
        }
    }

    async fn learned() -> Self {
        let line = Self::new();
        line.learn(at(0, 0)).await.unwrap();
        line
    }

    async fn learn(&self, at: Timestamp) -> Result<Done, PortError> {
        self.learn_until(at, |_| Continue(())).await
    }

    fn about(
        &self,
        now: Timestamp,
    ) -> Learn<'_, Faulty<IncidentSource<'static>>, Faulty<IncidentSource<'static>>, MemoryStore> {
        Learn {
            catalog: Catalog::builtin(),
            resources: &self.source,
            metrics: &self.source,
            store: &self.store,
            sensitivity: Sensitivity::Medium,
            now,
            until: seconds(now.as_second() + 900),
        }
    }

    async fn learn_until(
        &self,
        at: Timestamp,
        progress: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Done, PortError> {
        run_learn(&self.about(at), &task(TaskKind::Learn, at), progress).await
    }

    async fn watch(&self, at: Timestamp) -> Result<Done, PortError> {
        run_watch(
            Catalog::builtin(),
            &self.source,
            &self.source,
            &self.store,
            Repeats::Keep,
            &task(TaskKind::Watch, at),
        )
        .await
    }

    async fn tick(&self, kind: TaskKind, at: Timestamp) -> Result<Ticked, PortError> {
        self.tick_of(kind, &[Coverage::Region], at).await
    }

    async fn tick_of(&self, kind: TaskKind, coverage: &[Coverage], at: Timestamp) -> Result<Ticked, PortError> {
        let first = Settings { coverage: coverage.to_vec(), ..Settings::default() };
        let about = Tick {
            scope: &SHOP.application.scope(),
            first: &first,
            own_stack: None,
            resources: &self.source,
            changes: &self.source,
            store: &self.store,
            watches: &self.watches,
            learns: &self.learns,
        };
        tick(&about, kind, at).await
    }

    fn reactive(&self) -> Vec<Insight> {
        let mut insights = self.store.insights(&SHOP.application.id);
        insights.retain(|i| i.insight_type() == InsightType::Reactive);
        insights
    }

    /// Messages about what happened, without those of the checks.
    fn told(&self) -> Vec<Message> {
        let reactive: BTreeSet<InsightId> = self.reactive().into_iter().map(|i| i.id).collect();
        self.store.messages().into_iter().filter(|m| reactive.contains(&m.insight)).collect()
    }
}

#[tokio::test]
async fn the_whole_incident_opens_once_and_closes_once() {
    let line = Line::learned().await;
    for minute in (0..120).step_by(5) {
        line.watch(at(11, 30 + minute)).await.unwrap();
    }
    let insights = line.reactive();
    assert_eq!(insights.len(), 1, "{:?}", insights.iter().map(|i| &i.name).collect::<Vec<_>>());
    assert_eq!(insights[0].status, Status::Closed);
    assert!(insights[0].name.contains("shop-orders writes throttled"), "{}", insights[0].name);
    let told = line.told();
    let count = |kind: MessageType| told.iter().filter(|m| m.message_type == kind).count();
    assert_eq!((count(MessageType::NewInsight), count(MessageType::ClosedInsight)), (1, 1));
    let learned = &line.store.learned_applications(&SHOP.application.scope()).await.unwrap()[0];
    let (quiet, resources) = (learned.watching(), learned.watching().all());
    assert_eq!(quiet, WatchingCounts { watched: 9, without_metrics: 1, not_supported: 0 });
    assert_eq!(told[0].watching, Some(quiet));
    // By then also the one has published of which there was nothing before.
    let end = told.iter().find(|m| m.message_type == MessageType::ClosedInsight).and_then(|m| m.watching);
    assert_eq!(end, Some(WatchingCounts { watched: resources, ..WatchingCounts::default() }));
}

#[tokio::test]
async fn the_same_message_twice_changes_nothing_and_tells_nothing() {
    let line = Line::learned().await;
    assert_eq!(line.watch(at(12, 10)).await.unwrap().opened, 1);
    let (insights, messages) = (line.reactive(), line.store.messages());
    assert_eq!(line.watch(at(12, 10)).await.unwrap().opened, 0);
    assert_eq!((line.reactive(), line.store.messages()), (insights, messages));
}

#[tokio::test]
async fn of_two_watches_at_once_one_commits_and_the_other_leaves_nothing() {
    let line = Line::learned().await;
    line.store.conflict_next();
    assert_eq!(line.watch(at(12, 10)).await.unwrap().opened, 1);
    assert_eq!((line.reactive().len(), line.told().len()), (1, 1));
}

#[tokio::test]
async fn who_never_gets_to_commit_gives_up_for_now_and_leaves_nothing() {
    let line = Line::learned().await;
    let before = line.store.messages();
    (0..3).for_each(|_| line.store.conflict_next());
    assert!(matches!(line.watch(at(12, 10)).await, Err(PortError::Transient { .. })));
    assert_eq!((line.reactive().len(), line.store.messages()), (0, before));
}

#[tokio::test]
async fn death_before_the_commit_is_made_good_by_the_next_try_under_the_same_ids() {
    let line = Line::learned().await;
    let died = Line::learned().await;
    // Reading what was learned, and the state; the third is the commit.
    let fine = died.watch(at(12, 5)).await.unwrap();
    assert_eq!(fine.opened, 1);
    line.store.fail_next_commit(throttled());
    assert!(line.watch(at(12, 5)).await.is_err());
    assert_eq!((line.reactive().len(), line.told().len()), (0, 0));
    line.watch(at(12, 5)).await.unwrap();
    assert_eq!(line.reactive(), died.reactive());
    assert_eq!(line.told(), died.told());
}

#[tokio::test]
async fn death_after_the_commit_leaves_the_message_in_the_outbox_and_no_second_one() {
    let line = Line::learned().await;
    line.watch(at(12, 10)).await.unwrap();
    // The answer is lost: SQS brings the message again.
    line.watch(at(12, 10)).await.unwrap();
    let ids: Vec<String> = line.told().into_iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn throttled_by_cloudwatch_or_dynamodb_it_comes_back_and_nothing_is_half_done() {
    let line = Line::learned().await;
    line.source.fail_next(throttled());
    assert_eq!(line.watch(at(12, 10)).await.unwrap_err(), throttled());
    line.store.fail_next(throttled());
    assert_eq!(line.watch(at(12, 10)).await.unwrap_err(), throttled());
    assert_eq!(line.reactive().len(), 0);
    assert_eq!(line.watch(at(12, 10)).await.unwrap().opened, 1);
}

#[tokio::test]
async fn a_denied_namespace_is_unseen_never_healthy_and_the_rest_goes_on() {
    let line = Line::learned().await;
    line.watch(at(12, 10)).await.unwrap();
    line.source.deny_namespace("AWS/DynamoDB");
    for minute in (0..60).step_by(5) {
        let done = line.watch(at(13, minute)).await.unwrap();
        assert!(done.unseen.iter().any(|u| u.what.contains("AWS/DynamoDB")), "{:?}", done.unseen);
    }
    let insight = &line.reactive()[0];
    assert_eq!(insight.status, Status::Ongoing, "what can't be seen may still go on");
    assert!(insight.history.iter().any(|t| t.reason.contains("can't tell")), "{:?}", insight.history);
    let lambda = insight.anomalies.iter().filter(|a| a.resource.resource_type == "AWS::Lambda::Function");
    assert!(lambda.clone().count() > 0 && lambda.clone().all(|a| a.status == Status::Closed));
}

#[tokio::test]
async fn a_clock_that_steps_back_changes_nothing() {
    let line = Line::learned().await;
    line.watch(at(12, 30)).await.unwrap();
    let (insights, messages) = (line.reactive(), line.store.messages());
    assert_eq!(line.watch(at(12, 10)).await.unwrap().outcome, Outcome::Superseded);
    assert_eq!(line.learn(at(-24, 0)).await.unwrap().outcome, Outcome::Superseded);
    assert_eq!((line.reactive(), line.store.messages()), (insights, messages));
}

#[tokio::test]
async fn baselines_of_a_former_version_are_learned_again() {
    let line = Line::learned().await;
    let application = &SHOP.application;
    let mut old = line.store.learning(application).await.unwrap().unwrap();
    old.baselines.values_mut().for_each(|kept| kept.bytes[0] = 0);
    line.store.keep_learning(application, &old).await.unwrap();
    assert_eq!(line.watch(at(12, 10)).await.unwrap().outcome, Outcome::NotLearned);
    line.tick(TaskKind::Watch, at(12, 15)).await.unwrap();
    let [learn] = &line.learns.take()[..] else { panic!("one task to learn") };
    assert_eq!((learn.kind, line.watches.take().len()), (TaskKind::Learn, 0));
    line.learn(learn.at).await.unwrap();
    assert_eq!(line.watch(at(12, 20)).await.unwrap().opened, 1);
}

async fn metrics(line: &Line) -> Vec<Metric> {
    metrics_of(&line.source, Catalog::builtin(), &SHOP.inventory).await.unwrap().0
}

/// Metrics of which the incident has no series.
fn missing(done: &Done) -> usize {
    done.unseen.iter().filter(|u| u.reason.contains("not in the incident folder")).count()
}

#[tokio::test]
async fn an_application_too_large_for_one_learning_is_learned_in_parts_and_watched_from_the_first() {
    let line = Line::new();
    let metrics = metrics(&line).await;
    assert!(metrics.len() > 50, "{} metrics are more than one batch", metrics.len());
    let first = line.learn_until(at(0, 0), |_| Break(())).await.unwrap();
    assert_eq!((first.outcome, first.metrics_read), (Outcome::Unfinished, 50));
    let kept = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    let is_kept = |m: &Metric| kept.baselines.contains_key(&m.key) || kept.unseen.contains_key(&m.key);
    let (opening, explaining): (Vec<&Metric>, Vec<&Metric>) = metrics.iter().partition(|m| m.opens);
    let comes_first = opening.iter().all(|m| is_kept(m)) || !explaining.iter().any(|m| is_kept(m));
    assert!(comes_first, "what can open an insight does");

    let ticked = line.tick(TaskKind::Watch, at(12, 10)).await.unwrap();
    assert_eq!((ticked.watch, ticked.learn), (1, 1));
    let watched = line.watch(at(12, 10)).await.unwrap();
    assert_eq!(watched.opened, 1);
    assert!(watched.unseen.iter().any(|u| u.reason.contains("not learned yet")), "unknown, never healthy");

    let second = line.learn(at(12, 10)).await.unwrap();
    assert_eq!((second.outcome, second.metrics_read), (Outcome::Done, metrics.len() - 50 + missing(&first)));
    let ticked = line.tick(TaskKind::Watch, at(12, 15)).await.unwrap();
    assert_eq!((ticked.watch, ticked.learn), (1, 0));
    let whole = Line::learned().await.store.learning(&SHOP.application).await.unwrap().unwrap();
    let parts = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    assert_eq!(parts.baselines.keys().collect::<Vec<_>>(), whole.baselines.keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn one_at_a_time_learns_an_application_and_who_died_keeps_it_from_nobody_for_long() {
    let line = Line::new();
    let id = &SHOP.application.id;
    // By one that dies.
    assert!(line.store.reserve_learning(id, at(0, 0), at(0, 15)).await.unwrap());
    assert_eq!(line.learn(at(0, 5)).await.unwrap().outcome, Outcome::Busy);
    assert_eq!(line.store.learning(&SHOP.application).await.unwrap(), None);
    assert_eq!(line.learn(at(0, 15)).await.unwrap().outcome, Outcome::Done);

    // One that fails, or is done, gives it back.
    line.source.fail_next(throttled());
    line.learn(at(24, 0)).await.unwrap_err();
    assert_eq!(line.learn(at(24, 0)).await.unwrap().outcome, Outcome::Done);
    assert_eq!(line.learn(at(24, 1)).await.unwrap().outcome, Outcome::Done);
}

#[tokio::test]
async fn throttled_in_the_middle_of_learning_what_was_read_is_kept() {
    let line = Line::new();
    let all = metrics(&line).await.len();
    let throttle = |_| {
        line.source.fail_next(throttled());
        Continue(())
    };
    let first = line.learn_until(at(0, 0), throttle).await.unwrap();
    assert_eq!((first.outcome, first.metrics_read), (Outcome::Unfinished, 50));
    assert!(first.unseen.iter().any(|u| u.reason.contains("Rate exceeded")), "{:?}", first.unseen);
    let second = line.learn(at(0, 5)).await.unwrap();
    assert_eq!((second.outcome, second.metrics_read), (Outcome::Done, all - 50 + missing(&first)));
}

#[tokio::test]
async fn learned_again_within_the_day_only_what_is_new_is_read_and_after_a_day_everything() {
    let line = Line::learned().await;
    let all = metrics(&line).await.len();
    let proactive = line.store.insights(&SHOP.application.id);
    assert!(proactive.iter().any(|i| !i.recommendations.is_empty()), "a table that is hardly used");
    let again = line.learn(at(1, 0)).await.unwrap();
    assert_eq!(line.store.insights(&SHOP.application.id), proactive, "what was not read again still holds");
    assert_eq!(again.metrics_read, missing(&again), "what could not be read is tried again");
    let mut kept = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    kept.baselines.pop_first();
    line.store.keep_learning(&SHOP.application, &kept).await.unwrap();
    assert_eq!(line.learn(at(2, 0)).await.unwrap().metrics_read, 1 + missing(&again), "as of a new resource");
    assert_eq!(line.learn(at(24, 0)).await.unwrap().metrics_read, all);
}

#[tokio::test]
async fn another_sensitivity_is_learned_at_the_next_chance() {
    let line = Line::learned().await;
    let task = task(TaskKind::Learn, at(1, 0));
    let about = Learn { sensitivity: Sensitivity::High, ..line.about(task.at) };
    let learned = run_learn(&about, &task, |_| Continue(())).await.unwrap();
    assert_eq!(learned.metrics_read, metrics(&line).await.len());
}

#[tokio::test]
async fn a_stack_deleted_while_it_is_watched_is_closed_and_forgotten() {
    let line = Line::learned().await;
    line.watch(at(12, 10)).await.unwrap();
    line.source.remove_applications();
    assert_eq!(line.learn(at(12, 12)).await.unwrap().outcome, Outcome::Gone);
    let ticked = line.tick(TaskKind::Watch, at(12, 15)).await.unwrap();
    assert_eq!((ticked.watch, ticked.learn, ticked.retire), (0, 0, 1));
    let [retire] = &line.watches.take()[..] else { panic!("one task") };
    let run = || run_retire(Catalog::builtin(), &line.source, &line.source, &line.store, retire);
    run().await.unwrap();
    let insights = line.store.insights(&SHOP.application.id);
    assert!(insights.iter().all(|i| i.status == Status::Closed), "{insights:#?}");
    assert!(line.reactive()[0].history.last().unwrap().reason.contains("no longer watched"));
    let messages = line.store.messages();
    run().await.unwrap();
    assert_eq!(line.store.messages(), messages, "a second time tells nothing");
    assert_eq!(line.tick(TaskKind::Watch, at(12, 20)).await.unwrap(), Ticked::default());
}

#[tokio::test]
async fn a_new_application_is_learned_at_once_and_a_changed_stack_again() {
    let line = Line::new();
    let first = line.tick(TaskKind::Watch, at(0, 5)).await.unwrap();
    assert_eq!((first.watch, first.learn), (0, 1));
    line.learn(line.learns.take()[0].at).await.unwrap();
    let second = line.tick(TaskKind::Watch, at(0, 10)).await.unwrap();
    assert_eq!((second.watch, second.learn), (1, 0));
    let id = format!("arn:aws:cloudformation:eu-west-1:123456789012:stack/{}/1", SHOP.application.name);
    line.source.happen(RegionChange {
        id: "1".into(),
        scope: SHOP.application.scope(),
        time: at(0, 12),
        source: "cloudformation.amazonaws.com".into(),
        name: "UpdateStack".into(),
        data_source: DataSource::AwsCloudTrail,
        class: EventClass::Deployment,
        changes: vec![],
        actor: None,
        named: BTreeSet::from([id]),
    });
    let third = line.tick(TaskKind::Watch, at(0, 15)).await.unwrap();
    assert_eq!((third.watch, third.learn, third.changes), (1, 1, 1));
    assert_eq!(line.store.changes().len(), 1);
    line.tick(TaskKind::Watch, at(0, 15)).await.unwrap();
    assert_eq!(line.store.changes().len(), 1, "the same change again");
}

#[tokio::test]
async fn one_stack_that_is_not_there_leaves_the_others_watched_and_is_retired() {
    let line = Line::learned().await;
    line.source.fail_next_applications(PortError::NotFound { what: "stack billing".into() });
    let names = |names: &[&str]| [Coverage::Stacks { names: names.iter().map(|n| (*n).to_owned()).collect() }];
    let ticked = line.tick_of(TaskKind::Watch, &names(&["billing", "shop"]), at(0, 5)).await.unwrap();
    assert_eq!((ticked.watch, ticked.retire), (1, 0));
    assert_eq!(ticked.unseen[0].reason, "stack billing not found");

    line.source.fail_next_applications(PortError::NotFound { what: "stack shop".into() });
    let ticked = line.tick_of(TaskKind::Watch, &names(&["shop"]), at(0, 10)).await.unwrap();
    assert_eq!((ticked.watch, ticked.retire), (0, 1));

    // Whether it is there is not known: nothing is retired for that.
    let name = SHOP.application.name.as_str();
    let odd = PortError::Permanent { action: "stack".into(), message: "is nested".into() };
    line.source.fail_next_applications(odd);
    let ticked = line.tick_of(TaskKind::Watch, &names(&[name]), at(0, 15)).await.unwrap();
    assert_eq!((ticked.watch, ticked.retire, ticked.unseen.len()), (0, 0, 1));
    line.source.fail_next_applications(throttled());
    line.watches.take();
    line.tick_of(TaskKind::Watch, &names(&["shop"]), at(0, 15)).await.unwrap_err();
    assert_eq!(line.watches.take(), []);
}

#[tokio::test]
async fn what_could_not_be_listed_stays_watched_and_an_application_that_changes_is_learned_again() {
    let line = Line::learned().await;
    let whole = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    let first = SHOP.inventory.resources[0].clone();
    line.source.inventory_becomes(Inventory { resources: vec![first], is_partial: true, ..Inventory::default() });
    assert_eq!(line.learn(at(24, 0)).await.unwrap().outcome, Outcome::Done);
    let kept = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    let ids = |i: &Inventory| i.resources.iter().map(|r| r.id.clone()).collect::<BTreeSet<_>>();
    assert_eq!((ids(&kept.inventory), kept.metrics.len()), (ids(&whole.inventory), whole.metrics.len()));

    line.source.inventory_becomes(Inventory { is_changing: true, ..SHOP.inventory.clone() });
    assert_eq!(line.learn(at(24, 5)).await.unwrap().outcome, Outcome::Unfinished);
    assert_eq!(line.tick(TaskKind::Watch, at(24, 15)).await.unwrap().learn, 0, "not at once again");
    assert_eq!(line.tick(TaskKind::Watch, at(24, 20)).await.unwrap().learn, 1);
    line.source
        .inventory_becomes(Inventory { resources: vec![SHOP.inventory.resources[0].clone()], ..Inventory::default() });
    assert_eq!(line.learn(at(24, 20)).await.unwrap().outcome, Outcome::Done);
    let kept = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    assert_eq!(kept.inventory.resources.len(), 1, "it has fewer members now");
    assert_eq!(line.tick(TaskKind::Watch, at(24, 35)).await.unwrap().learn, 0);
}

#[tokio::test]
async fn without_change_events_the_watches_go_on() {
    let line = Line::learned().await;
    line.source.fail_next(PortError::Denied { action: "cloudtrail:LookupEvents".into(), message: "no".into() });
    let ticked = line.tick(TaskKind::Watch, at(12, 10)).await.unwrap();
    assert_eq!((ticked.watch, ticked.unseen.len()), (1, 1));
}

#[tokio::test]
async fn a_tick_that_could_not_send_everything_fails_and_is_done_again() {
    let line = Line::learned().await;
    line.watches.fail_next(throttled());
    assert_eq!(line.tick(TaskKind::Watch, at(12, 10)).await.unwrap_err(), throttled());
    line.tick(TaskKind::Watch, at(12, 10)).await.unwrap();
    assert_eq!(line.watches.take().iter().map(Task::id).collect::<Vec<_>>().len(), 1);
}

/// Nothing is published but errors of one function.
struct Quiet {
    failing: String,
}

impl MetricSource for Quiet {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let minutes = (from.as_second()..to.as_second()).step_by(60).skip(160);
        let errors: Vec<Point> = minutes.map(|second| Point { time: seconds(second), value: 30.0 }).collect();
        let fails = |m: &Metric| m.key.name == "Errors" && m.key.dimensions["FunctionName"] == self.failing;
        let series = |m: &Metric| if fails(m) { Series::new(errors.clone()) } else { Series::default() };
        let calls = metrics.len().div_ceil(500) as u32;
        Ok(MetricAnswer { series: metrics.iter().map(|m| Ok(series(m))).collect(), calls, may_be_retried: false })
    }

    async fn dimension_sets(&self, _: &str, _: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        Ok(vec![])
    }
}

fn seconds(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[tokio::test]
async fn an_application_of_five_thousand_metrics_is_watched_in_one_go() {
    const METRICS: usize = 5_000;
    let function = |n: usize| Resource::new("AWS::Lambda::Function", &format!("function-{n}"));
    let of_each = Catalog::builtin().metrics_of(&function(0), |_, _| vec![]).0.len();
    let functions = (0..METRICS.div_ceil(of_each)).map(function);
    let inventory = Inventory { resources: functions.collect(), ..Inventory::default() };
    let source = Quiet { failing: "function-121".into() };
    let (metrics, _) = metrics_of(&source, Catalog::builtin(), &inventory).await.unwrap();
    assert!(metrics.len() >= METRICS);
    let (from, to) = (SHOP.watch.from, at(9, 0));
    let history = History {
        catalog: Catalog::builtin(),
        sensitivity: Sensitivity::Medium,
        from: seconds(from.as_second() - 14 * 86_400),
        to: from,
        known: Baselines::new(),
    };
    let quiet = Quiet { failing: String::new() };
    let learned = learn(&quiet, history, inventory.clone(), metrics.clone(), |_| Continue(())).await.unwrap();
    let kept = |fitted: &Fitted| KeptBaseline {
        at: fitted.at,
        published: fitted.published,
        bytes: fitted.baseline.to_bytes(),
    };
    let baselines = learned.baselines.iter().map(|(key, fitted)| (key.clone(), kept(fitted))).collect();
    let store = MemoryStore::default();
    let (unseen, watching) = (BTreeMap::new(), learned.watching);
    // First what may open an insight, then the rest: durations are one within each.
    let asked = [true, false].map(|opens| billed(metrics.iter().filter(|m| m.opens == opens).map(|m| &m.key)));
    let asked: usize = asked.into_iter().sum();
    let calls: usize =
        [true, false].map(|opens| metrics.iter().filter(|m| m.opens == opens).count().div_ceil(500)).iter().sum();
    let learning = Learning { at: from, complete: true, inventory, metrics, baselines, unseen, watching };
    store.keep_learning(&SHOP.application, &learning).await.unwrap();

    let done =
        run_watch(Catalog::builtin(), &source, &Line::new().source, &store, Repeats::Keep, &task(TaskKind::Watch, to))
            .await;
    let done = done.unwrap();
    assert_eq!((done.metrics_read, done.opened), (asked, 1));
    // Once the requests by themselves, of what fails.
    assert!(done.calls as usize <= calls + 1, "{} calls", done.calls);
    assert_eq!(store.insights(&SHOP.application.id)[0].causes[0].resource.name, "function-121");
    assert_eq!(
        store.last_watched(&SHOP.application.scope()).await.unwrap(),
        [(SHOP.application.id.clone(), to)].into(),
        "how old what is shown may be"
    );
}
