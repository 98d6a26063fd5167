//! A release from its record to what is kept of it, by the tasks of the deployed line.

use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource};
use stackseer_line::*;
use stackseer_model::ports::{Ask, EventHistory};
use stackseer_model::*;
use stackseer_testkit::MemoryStore;
use stackseer_testkit::scenario::{OrdinaryByType, Scenario};
use std::ops::ControlFlow::Continue;

const CHECKOUT: &str = r#"
[resources]
checkout = { type = "AWS::Lambda::Function" }

[fires]
story = "A release."
expect = {}
minutes = 100

[fires.during.checkout]
DURING

[[fires.event]]
name = "UpdateFunctionCode"
class = "DEPLOYMENT"
on = ["checkout"]
minute = 0
by = "ci"

[[look_alike]]
story = "None."
"#;

#[derive(Debug, Clone, Default, serde::Deserialize)]
struct Nothing {}

/// What happens to the function from its release on.
fn incident(during: &str) -> Incident {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/ordinary.toml");
    let usual = OrdinaryByType::read("ordinary.toml", &std::fs::read_to_string(folder).unwrap()).unwrap();
    let text = CHECKOUT.replace("DURING", during);
    let scenario: Scenario<Nothing> = Scenario::read("checkout.toml", &text, &usual).unwrap_or_else(|e| panic!("{e}"));
    scenario.fires.incident
}

struct Line<'a> {
    incident: &'a Incident,
    source: IncidentSource<'a>,
    store: MemoryStore,
}

impl<'a> Line<'a> {
    async fn learned(incident: &'a Incident) -> Self {
        let line = Self { incident, source: IncidentSource::new(incident), store: MemoryStore::default() };
        let at = incident.watch.from;
        let about = Learn {
            catalog: Catalog::builtin(),
            resources: &line.source,
            metrics: &line.source,
            store: &line.store,
            sensitivity: Sensitivity::Medium,
            now: at,
            until: Timestamp::from_second(at.as_second() + 900).unwrap(),
        };
        run_learn(&about, &line.task(TaskKind::Learn, at), |_| Continue(())).await.unwrap();
        line
    }

    fn task(&self, kind: TaskKind, at: Timestamp) -> Task {
        Task { kind, application: self.incident.application.clone(), at }
    }

    /// Minutes after the release.
    async fn watch(&self, minute: i64) -> Done {
        let released = self.incident.events[0].time.as_second();
        let at = Timestamp::from_second(released + minute * 60).unwrap();
        let task = self.task(TaskKind::Watch, at);
        let (source, catalog) = (&self.source, Catalog::builtin());
        run_watch(catalog, source, source, &self.store, Repeats::Keep, &task).await.unwrap()
    }

    async fn kept(&self) -> Option<Verdict> {
        let page = self.store.list_events(&self.incident.application.id, &Ask::newest(10)).await.unwrap();
        page.items[0].verdict.clone()
    }

    fn insights(&self) -> Vec<Insight> {
        self.store.insights(&self.incident.application.id)
    }
}

#[tokio::test]
async fn a_quiet_release_is_judged_at_one_look_and_at_no_other() {
    let incident = incident("");
    let line = Line::learned(&incident).await;
    let quiet = line.watch(25).await.metrics_read;
    assert_eq!(line.kept().await, None);
    assert!(line.watch(35).await.metrics_read > quiet, "its requests are read too");
    let verdict = line.kept().await.expect("half an hour is over");
    assert_eq!(verdict.outcome, VerdictOutcome::Same, "{}", verdict.said);
    // Doubled, and later: nothing is read for it again, and what was said stays.
    for minute in [35, 40, 60, 170] {
        assert_eq!(line.watch(minute).await.metrics_read, quiet, "{minute} min after");
        assert_eq!(line.kept().await.as_ref(), Some(&verdict));
    }
    assert!(line.insights().iter().all(|insight| insight.insight_type() == InsightType::Proactive));
}

#[tokio::test]
async fn a_late_look_says_the_same() {
    let incident = incident("Errors = { add = 30 }");
    let (on_time, late) = (Line::learned(&incident).await, Line::learned(&incident).await);
    on_time.watch(35).await;
    late.watch(55).await;
    let said = |verdict: Option<Verdict>| verdict.map(|verdict| (verdict.outcome, verdict.said));
    assert_eq!(said(on_time.kept().await), said(late.kept().await));
    assert_eq!(on_time.kept().await.unwrap().outcome, VerdictOutcome::Worse);
}

#[tokio::test]
async fn what_is_worse_is_one_insight_whoever_found_it_and_its_change_says_how_much() {
    let incident = incident("Errors = { add = 30 }");
    let line = Line::learned(&incident).await;
    for minute in (5..=60).step_by(5) {
        line.watch(minute).await;
    }
    let found: Vec<Insight> =
        line.insights().into_iter().filter(|i| i.insight_type() == InsightType::Reactive).collect();
    let [insight] = &found[..] else { panic!("one insight, not {}", found.len()) };
    let verdict = insight.events[0].verdict.as_ref().expect("the insight's change has it too");
    assert_eq!((verdict.outcome, line.kept().await.as_ref()), (VerdictOutcome::Worse, Some(verdict)));
}

/// A new function has no history to tell what is normal, and yet its second version is worse than its first.
#[tokio::test]
async fn where_nothing_is_learned_the_verdict_opens_the_insight() {
    let incident = incident("Errors = { add = 8 }");
    let line = Line::learned(&incident).await;
    let application = &incident.application;
    let kept = stackseer_model::ports::LearningStore::learning(&line.store, application).await.unwrap().unwrap();
    let unlearned = Learning { baselines: std::collections::BTreeMap::new(), ..kept };
    stackseer_model::ports::LearningStore::keep_learning(&line.store, application, &unlearned).await.unwrap();
    let open = || line.insights().into_iter().filter(|i| i.is_open(InsightType::Reactive)).collect::<Vec<_>>();
    line.watch(30).await;
    assert!(open().is_empty());
    for minute in (35..=100).step_by(5) {
        line.watch(minute).await;
        let [insight] = &open()[..] else { panic!("one insight {minute} min after, not {}", open().len()) };
        assert!(insight.name.contains("checkout"), "{}", insight.name);
    }
    // It ends with what is worse.
    for minute in (105..=160).step_by(5) {
        line.watch(minute).await;
    }
    assert!(open().is_empty());
    let verdict = line.kept().await.unwrap();
    assert_eq!(verdict.outcome, VerdictOutcome::Worse, "{}", verdict.said);
}
