//! The line over an incident, with an in-memory store.

use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource};
use stackseer_line::{Baselines, History, Reach, Repeats, Sensitivity, Watch, kept_events, learn, metrics_of, watch};
use stackseer_model::ports::{EventHistory, Store};
use stackseer_model::{Insight, Message};
use stackseer_testkit::MemoryStore;
use std::ops::ControlFlow::Continue;

pub struct Replayed {
    /// As they are in the end.
    pub insights: Vec<Insight>,
    /// As they were at each change.
    pub ever: Vec<Insight>,
    pub messages: Vec<Message>,
}

pub fn replay(incident: &Incident, catalog: &Catalog) -> Replayed {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run(incident, catalog))
}

async fn run(incident: &Incident, catalog: &Catalog) -> Replayed {
    let source = IncidentSource::new(incident);
    let (catalogued, unseen) = metrics_of(&source, catalog, &incident.inventory).await.expect("a source of files");
    assert!(unseen.is_empty(), "{unseen:?}");
    let metrics = incident.metrics(&catalogued).unwrap_or_else(|error| panic!("{error}"));
    let (from, to) = (incident.learn.from, incident.learn.to);
    let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: Baselines::new() };
    let learned = learn(&source, history, incident.inventory.clone(), metrics, |_| Continue(()))
        .await
        .expect("a source of files");

    let application = &incident.application;
    let store = MemoryStore::default();
    let mut ever = Vec::new();
    for now in incident.ticks() {
        let known = store.insight_state(&application.id, now).await.expect("a store in memory");
        let kept = kept_events(&store, &application.id, now).await.expect("a store in memory");
        let about = Watch {
            catalog,
            application,
            learned: &learned,
            known: &known.insights,
            kept: &kept,
            now,
            reach: Reach::SymptomsFirst,
            repeats: Repeats::default(),
        };
        let watched = watch(&source, &source, &about).await.expect("a source of files");
        store.keep_events(&application.id, &watched.changes).await.expect("a store in memory");
        let plan = watched.plan;
        if !plan.changed.is_empty() {
            store
                .commit(application, known.generation, &plan.changed, &plan.messages)
                .await
                .expect("a store in memory");
            ever.extend(plan.changed);
        }
    }
    Replayed { insights: store.insights(&application.id), ever, messages: store.messages() }
}
