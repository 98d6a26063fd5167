//! `stackseer demo --console`: what is deployed on AWS, tick by tick over a simulated day, with the console before it.

use super::clock::DemoClock;
use super::{Answers, serve};
use crate::args::Demo;
use crate::config::Config;
use crate::state;
use crate::ticks::{self, Looks};
use anyhow::{Context, Result, ensure};
use stackseer_api::wire::Source;
use stackseer_api::{Api, Setup, router};
use stackseer_aws::store::DynamoStore;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource};
use stackseer_insight::Plan;
use stackseer_line::{Learned, Repeats, check, dismissed, quiet, to_keep};
use stackseer_model::ports::{Committed, EventHistory, LearningStore, Store, settings_or};
use stackseer_model::{Application, Boundary, Coverage, Sensitivity, Settings, Timestamp};
use std::sync::Arc;

/// Ordinary time before the first incident, and in it the first tick.
const BEFORE_SECONDS: i64 = 5 * 60;

/// `first`: when the first incident begins.
pub async fn run(
    args: &Demo,
    incident: Incident,
    first: Timestamp,
    catalog: &'static Catalog,
    config: &Config,
) -> Result<()> {
    let folder = tempfile::tempdir().context("no place for the demo's store")?;
    let store = state::embedded(&folder.path().join("state.db"))?;
    let (application, end) = (incident.application.clone(), incident.watch.to);
    let start = match args.at_end {
        true => end,
        false => Timestamp::from_second(first.as_second() - BEFORE_SECONDS)?,
    };
    let settings = settings(&incident.application, config);
    let day = Day::new(incident, catalog, store.clone(), settings.clone()).await?;
    day.until(start).await?;

    let clock = Arc::new(DemoClock::new(start, end));
    let answers = answers(store, &application, settings, clock.clone());
    let goes_on = tokio::spawn(async move {
        if let Err(error) = day.after(start, &clock).await {
            anstream::eprintln!("the demo stands still: {error:#}");
        }
    });
    let served = serve(answers, &application.region, &args.serving).await;
    goes_on.abort();
    served
}

/// What holds until somebody sets anything.
fn settings(application: &Application, config: &Config) -> Settings {
    let Boundary::Stack { name } = &application.boundary else { unreachable!("the shop is a stack") };
    let covered = Settings { coverage: vec![Coverage::Stacks { names: vec![name.clone()] }], ..Settings::default() };
    config.over(covered, application)
}

fn answers(store: DynamoStore, application: &Application, first: Settings, clock: Arc<DemoClock>) -> Answers {
    let setup = Setup {
        own: application.scope(),
        others: vec![],
        source: Source::Demo,
        clock,
        first,
        sensitivity: Sensitivity::default(),
        tester: None,
    };
    Answers::Held(router(Api::new(Arc::new(store), setup)))
}

struct Day {
    incident: Incident,
    catalog: &'static Catalog,
    store: DynamoStore,
    /// What holds until somebody sets anything.
    first: Settings,
    learned: Learned,
}

impl Day {
    /// What is known before it.
    async fn new(incident: Incident, catalog: &'static Catalog, store: DynamoStore, first: Settings) -> Result<Self> {
        let (learned, _) = ticks::learned(&incident, catalog).await?;
        let day = Self { incident, catalog, store, first, learned };
        let Incident { application, learn, events, .. } = &day.incident;
        // As the first look of the day would.
        let at = day.incident.ticks().next().unwrap_or(learn.to);
        let known = day.store.insight_state(&application.id, at).await?;
        let mut plan = check(catalog, application, &day.learned, &known.insights, &day.first, at);
        let dismissed = dismissed(application, &day.learned.inventory);
        quiet(&mut plan, &known.insights, &day.first, &dismissed, &day.learned.watching, at);
        day.commit(known.generation, &plan).await?;
        day.store.keep_learning(application, &to_keep(day.learned.clone(), learn.to)).await?;
        let before: Vec<_> = events.iter().filter(|event| event.time < learn.to).cloned().collect();
        day.store.keep_events(&application.id, &before).await?;
        Ok(day)
    }

    /// All ticks up to a time, at once.
    async fn until(&self, time: Timestamp) -> Result<()> {
        let source = IncidentSource::new(&self.incident);
        for at in self.incident.ticks().filter(|at| *at <= time) {
            self.tick(&source, at).await?;
        }
        Ok(())
    }

    /// The others, each when it is time.
    async fn after(&self, time: Timestamp, clock: &DemoClock) -> Result<()> {
        let source = IncidentSource::new(&self.incident);
        for at in self.incident.ticks().filter(|at| *at > time) {
            clock.reaches(at).await;
            self.tick(&source, at).await?;
        }
        Ok(())
    }

    async fn tick(&self, source: &IncidentSource<'_>, now: Timestamp) -> Result<()> {
        let Incident { application, .. } = &self.incident;
        let settings = settings_or(&self.store, &application.scope(), &self.first).await?;
        let (catalog, store, repeats) = (self.catalog, &self.store, Repeats::default());
        let looks = Looks { source, application, catalog, store, repeats };
        looks.look(&self.learned, &settings, false, now).await?;
        Ok(self.store.keep_watched(application, now).await?)
    }

    async fn commit(&self, generation: u64, plan: &Plan) -> Result<()> {
        if !plan.changed.is_empty() {
            let committed =
                self.store.commit(&self.incident.application, generation, &plan.changed, &plan.messages).await?;
            ensure!(committed != Committed::Conflict, "nobody else commits to this store");
        }
        Ok(())
    }
}

/// For tests: the whole day has gone by.
#[cfg(test)]
pub async fn at_end(seed: u64) -> Result<(Answers, tempfile::TempDir)> {
    let incident = crate::commands::demo::shop(seed, None, Catalog::builtin()).await?.incident;
    let folder = tempfile::tempdir()?;
    let store = state::embedded(&folder.path().join("state.db"))?;
    let (application, end) = (incident.application.clone(), incident.watch.to);
    let settings = settings(&application, &Config::default());
    let day = Day::new(incident, Catalog::builtin(), store.clone(), settings.clone()).await?;
    day.until(end).await?;
    Ok((answers(store, &application, settings, Arc::new(DemoClock::new(end, end))), folder))
}
