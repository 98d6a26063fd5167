//! The line over an incident's stretch of time: learn once, then watch tick by tick with the incident's own clock.

use crate::progress::Progress;
use anyhow::{Result, ensure};
use jiff::Timestamp;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource, Recorded};
use stackseer_insight::Plan;
use stackseer_line::{
    Baselines, History, Learned, Reach, Repeats, Sensitivity, Watch, check, learn, metrics_of, watch,
};
use stackseer_model::ports::{Committed, Store};
use stackseer_model::{Insight, Metric, ResourceId, ResourceState, Transition, Unseen};
use stackseer_testkit::MemoryStore;
use std::collections::BTreeSet;
use std::ops::ControlFlow::Continue;

/// Something that has just happened to an insight.
pub struct Change<'a> {
    pub insight: &'a Insight,
    pub transition: &'a Transition,
}

/// All that came up.
pub struct Found {
    pub insights: Vec<Insight>,
    pub unseen: Vec<Unseen>,
    pub metrics: Vec<Metric>,
    pub watching: Vec<ResourceState>,
    pub with_history: usize,
}

/// From the incident's history. Beside it what could not be told of its metrics.
pub async fn learned(incident: &Incident, catalog: &Catalog) -> Result<(Learned, Vec<Unseen>)> {
    let source = IncidentSource::new(incident);
    let (catalogued, unresolved) = metrics_of(&source, catalog, &incident.inventory).await?;
    let metrics = incident.metrics(&catalogued)?;
    let progress = Progress::start("learning what is normal", metrics.len());
    let (from, to) = (incident.learn.from, incident.learn.to);
    let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: Baselines::new() };
    let learned = learn(&source, history, incident.inventory.clone(), metrics, |done| {
        progress.set(done);
        Continue(())
    })
    .await?;
    Ok((learned, unresolved))
}

pub async fn run(
    incident: &Incident,
    catalog: &Catalog,
    repeats: Repeats,
    mut tell: impl FnMut(Change<'_>) -> Result<()>,
) -> Result<Found> {
    let source = IncidentSource::new(incident);
    let (learned, unresolved) = learned(incident, catalog).await?;

    let application = &incident.application;
    let store = MemoryStore::default();
    let mut unseen: BTreeSet<Unseen> =
        unresolved.into_iter().chain(incident.inventory.unseen.iter().cloned()).collect();
    unseen.extend(learned.unseen.values().cloned());
    let ticks: Vec<Timestamp> = incident.ticks().collect();
    let progress = Progress::start("watching", ticks.len());
    for (done, now) in ticks.into_iter().enumerate() {
        let known = store.insight_state(&application.id, now).await?;
        let about = Watch {
            catalog,
            application,
            learned: &learned,
            known: &known.insights,
            now,
            reach: Reach::SymptomsFirst,
            repeats,
        };
        let watched = watch(&source, &source, &about).await?;
        unseen.extend(watched.unseen);
        let mut plan = watched.plan;
        if done == 0 {
            // What was learned doesn't change any more, so that one look is enough.
            let checked = check(catalog, application, &learned, &known.insights, now);
            plan.changed.extend(checked.changed);
            plan.messages.extend(checked.messages);
        }
        progress.suspend(|| changes(&known.insights, &plan).try_for_each(&mut tell))?;
        if !plan.changed.is_empty() {
            let committed = store.commit(application, known.generation, &plan.changed, &plan.messages).await?;
            ensure!(committed != Committed::Conflict, "nobody else writes to this store");
        }
        progress.set(done + 1);
    }
    let has_points = |recorded: &&Recorded| !recorded.series.0.is_empty();
    let published: BTreeSet<&ResourceId> = incident.series.iter().filter(has_points).map(|r| &r.resource).collect();
    Ok(Found {
        insights: store.insights(&application.id),
        unseen: unseen.into_iter().collect(),
        // What is usually absent is learned from absence, but not where nothing at all was recorded.
        watching: catalog.watching(&incident.inventory, &learned.metrics, |m| Some(published.contains(&m.resource))),
        with_history: if is_blank(incident) { 0 } else { with_history(&learned) },
        metrics: learned.metrics,
    })
}

fn is_blank(incident: &Incident) -> bool {
    let range = &incident.learn;
    incident.series.iter().all(|recorded| recorded.series.between(range.from, range.to).is_empty())
}

/// How many metrics have enough history to tell what is normal.
pub fn with_history(learned: &Learned) -> usize {
    learned.baselines.values().filter(|fitted| fitted.baseline.is_warm()).count()
}

/// One that opened and closed within a single look is told twice.
fn changes<'a>(known: &'a [Insight], plan: &'a Plan) -> impl Iterator<Item = Change<'a>> {
    plan.changed.iter().flat_map(move |insight| {
        let before = known.iter().find(|k| k.id == insight.id).map_or(&[][..], |k| &k.history);
        let new = insight.history.iter().filter(move |transition| !before.contains(transition));
        new.map(move |transition| Change { insight, transition })
    })
}
