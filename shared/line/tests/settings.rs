//! What people set changes what is watched and told, over the whole line.

use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource};
use stackseer_line::*;
use stackseer_model::ports::*;
use stackseer_model::*;
use stackseer_testkit::simulator::{Planned, Simulation, Trouble, simulate};
use stackseer_testkit::{Faulty, MemoryQueue, MemoryStore};
use std::convert::Infallible;
use std::ops::ControlFlow::Continue;
use std::sync::LazyLock;

/// A fortnight of a shop, then a day in which the orders table's capacity is cut from 12:00 to 12:50.
static SHOP: LazyLock<Incident> = LazyLock::new(|| {
    let cut = Planned { trouble: Trouble::CapacityCut, start_minute: 12 * 60, minutes: 50 };
    let simulation = Simulation { ordinary_days: 14, troubles: vec![cut], ..Simulation::default() };
    simulate(&simulation).incident
});

fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp::from_second(SHOP.watch.from.as_second() + hour * 3600 + minute * 60).unwrap()
}

struct Line {
    source: Faulty<IncidentSource<'static>>,
    store: MemoryStore,
    watches: MemoryQueue<Task>,
    learns: MemoryQueue<Task>,
}

impl Line {
    async fn learned() -> Self {
        let line = Self {
            source: Faulty::new(IncidentSource::new(&SHOP)),
            store: MemoryStore::default(),
            watches: MemoryQueue::default(),
            learns: MemoryQueue::default(),
        };
        line.learn(at(0, 0)).await;
        line
    }

    async fn learn(&self, now: Timestamp) {
        let about = Learn {
            catalog: Catalog::builtin(),
            resources: &self.source,
            metrics: &self.source,
            store: &self.store,
            sensitivity: Sensitivity::Medium,
            now,
            until: now,
        };
        let task = Task { kind: TaskKind::Learn, application: SHOP.application.clone(), at: now };
        run_learn(&about, &task, |_| Continue(())).await.unwrap();
    }

    async fn watch(&self, from: Timestamp, to: Timestamp) {
        let mut now = from;
        while now <= to {
            let task = Task { kind: TaskKind::Watch, application: SHOP.application.clone(), at: now };
            let (catalog, source) = (Catalog::builtin(), &self.source);
            run_watch(catalog, source, source, &self.store, Repeats::Keep, &task).await.unwrap();
            now = Timestamp::from_second(now.as_second() + 300).unwrap();
        }
    }

    async fn tick(&self, first: &Settings) -> Ticked {
        let about = Tick {
            scope: &SHOP.application.scope(),
            resources: &self.source,
            changes: &self.source,
            store: &self.store,
            watches: &self.watches,
            learns: &self.learns,
            first,
            own_stack: None,
        };
        tick(&about, TaskKind::Watch, at(0, 5)).await.unwrap()
    }

    async fn set(&self, first: &Settings, change: impl Fn(&mut Settings)) {
        let scope = SHOP.application.scope();
        let entry = AuditEntry::new(&scope, at(0, 1), "ann", "changed something", None);
        let change = |settings: &mut Settings| {
            change(settings);
            Ok::<_, Infallible>(())
        };
        let Ok(()) = change_settings(&self.store, &scope, first, &entry, change).await.unwrap();
    }

    fn reactive(&self) -> Vec<Insight> {
        let mut insights = self.store.insights(&SHOP.application.id);
        insights.retain(|i| i.insight_type() == InsightType::Reactive);
        insights
    }

    fn told(&self) -> Vec<MessageType> {
        let reactive: Vec<InsightId> = self.reactive().into_iter().map(|i| i.id).collect();
        self.store.messages().iter().filter(|m| reactive.contains(&m.insight)).map(|m| m.message_type).collect()
    }
}

fn region() -> Settings {
    Settings { coverage: vec![Coverage::Region], ..Settings::default() }
}

#[tokio::test]
async fn the_template_s_coverage_holds_until_somebody_sets_another() {
    let line = Line::learned().await;
    assert_eq!(line.tick(&region()).await.watch, 1);
    // Set, nothing is watched any more, whatever the template says.
    line.set(&region(), |settings| settings.coverage.clear()).await;
    let ticked = line.tick(&region()).await;
    assert_eq!((ticked.watch, ticked.learn, ticked.retire), (0, 0, 1));
    line.set(&region(), |settings| settings.coverage = vec![Coverage::Region]).await;
    assert_eq!(line.tick(&Settings::default()).await.watch, 1);
}

fn of(what: Quiet, window: Option<Window>) -> Mute {
    let (from, scope) = (at(0, 0), SHOP.application.scope());
    Mute::new(&scope, what, "planned work", (from, None), window, "ann")
}

async fn mute(line: &Line, mute: Mute) {
    line.set(&region(), |settings| _ = settings.mutes.insert(mute.id.clone(), mute.clone())).await;
}

#[tokio::test]
async fn an_incident_in_a_maintenance_window_is_found_and_kept_and_told_to_nobody() {
    let line = Line::learned().await;
    let open = at(11, 30).strftime("%M %H * * *").to_string();
    let window = Window::new(&open, 180, "UTC").unwrap();
    mute(&line, of(Quiet::Application { id: SHOP.application.id.clone() }, Some(window))).await;
    line.watch(at(11, 30), at(13, 30)).await;
    assert_eq!(line.told(), []);
    let insights = line.reactive();
    assert_eq!(insights.len(), 1, "{insights:#?}");
    assert_eq!(insights[0].handling.muted.as_ref().unwrap().reason, "planned work");
    assert_eq!(insights[0].handling.muted.as_ref().unwrap().until, Some(at(14, 30)));
    assert_eq!(insights[0].status, Status::Closed);
}

#[tokio::test]
async fn outside_of_the_window_the_same_incident_is_told() {
    let line = Line::learned().await;
    let open = at(2, 0).strftime("%M %H * * *").to_string();
    let window = Window::new(&open, 60, "UTC").unwrap();
    mute(&line, of(Quiet::Application { id: SHOP.application.id.clone() }, Some(window))).await;
    line.watch(at(11, 30), at(13, 30)).await;
    let told = line.told();
    assert_eq!(told.first(), Some(&MessageType::NewInsight));
    assert_eq!(told.last(), Some(&MessageType::ClosedInsight));
    assert!(line.reactive().iter().all(|i| i.handling.muted.is_none()));
}

#[tokio::test]
async fn a_check_that_is_muted_is_found_and_not_told() {
    let plain = Line::learned().await;
    let found = |line: &Line| -> Vec<Insight> {
        let insights = line.store.insights(&SHOP.application.id);
        insights.into_iter().filter(|i| i.insight_type() == InsightType::Proactive).collect()
    };
    let all = found(&plain);
    let check = all.first().and_then(Insight::check).expect("the shop has something to improve").to_owned();
    let line = Line {
        source: Faulty::new(IncidentSource::new(&SHOP)),
        store: MemoryStore::default(),
        watches: MemoryQueue::default(),
        learns: MemoryQueue::default(),
    };
    mute(&line, of(Quiet::Check { id: check.clone(), resource: None }, None)).await;
    line.learn(at(0, 0)).await;
    assert_eq!(found(&line).len(), all.len());
    let muted: Vec<Insight> = found(&line).into_iter().filter(|i| i.handling.muted.is_some()).collect();
    assert!(muted.iter().all(|i| i.check() == Some(check.as_str())) && !muted.is_empty());
    let told = line.store.messages();
    assert_eq!(told.len(), plain.store.messages().len() - muted.len());
    assert!(told.iter().all(|m| muted.iter().all(|i| i.id != m.insight)));
}

#[tokio::test]
async fn what_people_did_to_an_insight_stays_through_every_look() {
    let line = Line::learned().await;
    line.watch(at(11, 30), at(12, 20)).await;
    let insight = line.reactive().remove(0);
    let entry = AuditEntry::new(&SHOP.application.scope(), at(12, 21), "ann", "assigned it", None);
    line.store.handle_insight(&insight.id, &Handle::Assign("bob".into()), &entry).await.unwrap();
    line.watch(at(12, 25), at(13, 30)).await;
    let after = line.reactive().remove(0);
    assert_eq!((after.status, after.handling.assignee.as_deref()), (Status::Closed, Some("bob")));
}

#[tokio::test]
async fn a_metric_that_feedback_lowered_needs_a_rarer_departure_from_the_next_look_on_and_for_30_days() {
    let line = Line::learned().await;
    line.watch(at(11, 30), at(12, 45)).await;
    let insight = line.reactive().remove(0);
    let feedback = Feedback {
        insight: insight.id.clone(),
        kind: FeedbackKind::AlertTooSensitive,
        by: "ann".into(),
        time: at(13, 0),
    };
    let entry = AuditEntry::new(&SHOP.application.scope(), at(13, 0), "ann", "too sensitive", None);
    let lowered =
        give_feedback(&line.store, &insight, &region(), Sensitivity::Medium, &feedback, &entry).await.unwrap();
    assert!(!lowered.is_empty());
    let settings = settings_or(&line.store, &SHOP.application.scope(), &region()).await.unwrap();
    let learned = line.store.learning(&SHOP.application).await.unwrap().unwrap();
    let plain = restored(learned).unwrap();
    let strict = |now| {
        let mut tuned = plain.clone();
        tune(&mut tuned, &SHOP.application.id, &settings, now);
        let is_strict =
            |(key, fitted): (&MetricKey, &Fitted)| (*fitted != plain.baselines[key]).then(|| key.to_string());
        tuned.baselines.iter().filter_map(is_strict).collect::<Vec<_>>()
    };
    let mut metrics: Vec<String> = lowered.iter().map(|s| s.of.said().1.to_owned()).collect();
    metrics.sort();
    let mut found = strict(at(13, 5));
    found.sort();
    assert_eq!(found, metrics, "those, and no other");
    assert!(strict(at(13 + 30 * 24, 0)).is_empty());
}

#[tokio::test]
async fn a_sensitivity_holds_for_its_application_its_resource_or_its_metric_and_the_narrowest_counts() {
    let line = Line::learned().await;
    let learned = restored(line.store.learning(&SHOP.application).await.unwrap().unwrap()).unwrap();
    let scope = SHOP.application.scope();
    let tuned = |rows: &[(Judged, Sensitivity)]| {
        let own = |(of, level): &(Judged, Sensitivity)| OwnSensitivity::new(&scope, of.clone(), *level, None, "ann");
        let sensitivities = rows.iter().map(own).map(|own| (own.id.clone(), own)).collect();
        let mut tuned = learned.clone();
        tune(&mut tuned, &SHOP.application.id, &Settings { sensitivities, ..Settings::default() }, at(0, 0));
        tuned
    };
    let metric = learned.metrics.iter().find(|m| learned.baselines.contains_key(&m.key)).unwrap().clone();
    let of_metric = Judged::Metric { key: metric.key.to_string() };
    let of_resource = Judged::Resource { id: metric.resource.clone() };
    let of_shop = Judged::Application { id: SHOP.application.id.clone() };
    let changed = |tuned: &Learned| -> Vec<MetricKey> {
        let is_changed =
            |(key, fitted): (&MetricKey, &Fitted)| (*fitted != learned.baselines[key]).then(|| key.clone());
        tuned.baselines.iter().filter_map(is_changed).collect()
    };
    let all = tuned(&[(of_shop.clone(), Sensitivity::Low)]);
    assert_eq!(changed(&all).len(), learned.baselines.len());
    let some = changed(&tuned(&[(of_resource.clone(), Sensitivity::Low)]));
    let own = |key: &MetricKey| learned.metrics.iter().any(|m| m.key == *key && m.resource == metric.resource);
    assert!(some.len() > 1 && some.len() < learned.baselines.len() && some.iter().all(own), "{some:?}");

    // As learned at medium: the metric's own is what counts.
    let narrowed =
        tuned(&[(of_shop, Sensitivity::Low), (of_resource, Sensitivity::High), (of_metric, Sensitivity::Medium)]);
    assert_eq!(narrowed.baselines[&metric.key], learned.baselines[&metric.key]);
    assert_eq!(changed(&narrowed).len(), learned.baselines.len() - 1);

    let other = Judged::Application { id: ApplicationId("another".into()) };
    assert!(changed(&tuned(&[(other, Sensitivity::Low)])).is_empty());
}
