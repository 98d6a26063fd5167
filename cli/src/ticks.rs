//! The line over an incident's stretch of time, with the incident's own clock: learn, then look tick by tick.

use crate::config::Config;
use crate::progress::Progress;
use anyhow::{Result, ensure};
use jiff::Timestamp;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource, Range, Recorded};
use stackseer_insight::Plan;
use stackseer_line::{
    Baselines, History, Learned, Reach, Repeats, Sensitivity, Watch, check, dismissed, kept_events, learn, metrics_of,
    quiet, tune, watch,
};
use stackseer_model::ports::{Committed, EventHistory, Store};
use stackseer_model::{Application, Insight, Metric, ResourceId, ResourceState, Settings, Transition, Unseen};
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
    /// The lines of `stackseer.toml` that are about something of the application.
    pub used: BTreeSet<usize>,
}

/// From the incident's history. Beside it what could not be told of its metrics.
pub async fn learned(incident: &Incident, catalog: &Catalog) -> Result<(Learned, Vec<Unseen>)> {
    let source = IncidentSource::new(incident);
    let (catalogued, unresolved) = metrics_of(&source, catalog, &incident.inventory).await?;
    let metrics = incident.metrics(&catalogued)?;
    let progress = Progress::start("learning what is normal", metrics.len());
    let learned = learned_from(&source, incident, catalog, incident.learn, metrics, |done| progress.set(done)).await?;
    Ok((learned, unresolved))
}

/// The same of a part of the time, of these metrics.
pub async fn learned_from(
    source: &IncidentSource<'_>,
    incident: &Incident,
    catalog: &Catalog,
    part: Range,
    metrics: Vec<Metric>,
    progress: impl Fn(usize),
) -> Result<Learned> {
    let (from, to) = (part.from, part.to);
    let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: Baselines::new() };
    let learned = learn(source, history, incident.inventory.clone(), metrics, |done| {
        progress(done);
        Continue(())
    });
    Ok(learned.await?)
}

/// The line's looks at an incident, on a store that nobody else writes to.
pub struct Looks<'a, S> {
    pub source: &'a IncidentSource<'a>,
    pub application: &'a Application,
    pub catalog: &'a Catalog,
    pub store: &'a S,
    pub repeats: Repeats,
}

/// What one look came to.
pub struct Look {
    /// The insights as they were before.
    pub known: Vec<Insight>,
    /// What is kept now.
    pub plan: Plan,
    pub unseen: Vec<Unseen>,
}

impl<S: Store + EventHistory> Looks<'_, S> {
    /// Looks as people set it, with the proactive checks where they are wanted, and keeps what comes of it.
    pub async fn look(
        &self,
        learned: &Learned,
        settings: &Settings,
        with_checks: bool,
        now: Timestamp,
    ) -> Result<Look> {
        let Self { source, application, catalog, store, repeats } = *self;
        let mut tuned;
        let learned = match settings.sensitivities(now).is_empty() {
            true => learned,
            false => {
                tuned = learned.clone();
                tune(&mut tuned, &application.id, settings, now);
                &tuned
            }
        };
        let state = store.insight_state(&application.id, now).await?;
        let known = &state.insights;
        let kept = kept_events(store, &application.id, now).await?;
        let reach = Reach::SymptomsFirst;
        let about = Watch { catalog, application, learned, known, kept: &kept, now, reach, repeats };
        let watched = watch(source, source, &about).await?;
        let mut plan = watched.plan;
        if with_checks {
            let checked = check(catalog, application, learned, known, settings, now);
            plan.changed.extend(checked.changed);
            plan.messages.extend(checked.messages);
        }
        quiet(&mut plan, known, settings, &dismissed(application, &learned.inventory), &watched.watching, now);
        if !plan.changed.is_empty() {
            let committed = store.commit(application, state.generation, &plan.changed, &plan.messages).await?;
            ensure!(committed != Committed::Conflict, "nobody else writes to this store");
        }
        store.keep_events(&application.id, &watched.changes).await?;
        Ok(Look { known: state.insights, plan, unseen: watched.unseen })
    }
}

/// How an incident is gone through: what people set, and what a repeat is.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    pub catalog: &'a Catalog,
    pub config: &'a Config,
    pub repeats: Repeats,
}

pub async fn run(incident: &Incident, how: How<'_>, mut tell: impl FnMut(Change<'_>) -> Result<()>) -> Result<Found> {
    let How { catalog, config, repeats } = how;
    let source = IncidentSource::new(incident);
    let (learned, unresolved) = learned(incident, catalog).await?;

    let application = &incident.application;
    let settings = config.over(Settings::default(), application);
    let used = config.used(catalog, application, &learned);
    let store = MemoryStore::default();
    let mut unseen: BTreeSet<Unseen> =
        unresolved.into_iter().chain(incident.inventory.unseen.iter().cloned()).collect();
    unseen.extend(learned.unseen.values().cloned());
    let ticks: Vec<Timestamp> = incident.ticks().collect();
    let progress = Progress::start("watching", ticks.len());
    let looks = Looks { source: &source, application, catalog, store: &store, repeats };
    for (done, now) in ticks.into_iter().enumerate() {
        // What was learned doesn't change any more, so that the checks are needed once.
        let look = looks.look(&learned, &settings, done == 0, now).await?;
        unseen.extend(look.unseen);
        progress.suspend(|| changes(&look.known, &look.plan).try_for_each(&mut tell))?;
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
        used,
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
