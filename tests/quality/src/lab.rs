//! An application that has run for its ordinary fortnight, and what was learned of it: each incident begins from a copy.

use crate::apps::App;
use crate::calendar::{Calendar, DAY, HOUR, Minute, time};
use crate::quiet::features;
use crate::script::{Done, Late, Script, event};
use crate::source::{Dimensions, Source};
use crate::world::{Recorder, World};
use anyhow::Result;
use pollster::block_on;
use stackseer_catalog::Catalog;
use stackseer_line::{
    Baselines, HISTORY_DAYS, History, Learned, Reach, Repeats, Sensitivity, Watch, kept_events, learn, metrics_of,
    watch,
};
use stackseer_model::ports::{EventHistory, Store};
use stackseer_model::{ChangeEvent, EventClass, Insight, Metric, MetricKey};
use stackseer_testkit::MemoryStore;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow::Continue;

pub const HISTORY: Minute = HISTORY_DAYS * DAY;
pub const TICK: Minute = 5;
/// Until queues and bursts are as they ordinarily are.
const WARM_UP: Minute = 12 * HOUR;

/// What stays the same for an application whatever happens to it.
pub struct Watched {
    pub app: App,
    pub seed: u64,
    pub metrics: Vec<Metric>,
    pub places: BTreeMap<MetricKey, usize>,
    /// Metrics of the catalogue that the lab has nothing for.
    pub not_simulated: Vec<String>,
}

/// A world that goes on, with all that was recorded of it.
#[derive(Clone)]
pub struct Running {
    pub world: World,
    pub recorder: Recorder,
    /// The next minute.
    pub now: Minute,
}

/// An insight as it stood after a look.
#[derive(Debug, Clone)]
pub struct Seen {
    pub minute: Minute,
    pub insight: Insight,
}

impl Watched {
    pub fn new(app: App, seed: u64, calendar: Calendar, from: Minute) -> Result<(Self, Running)> {
        let (metrics, _) = block_on(metrics_of(&Dimensions::of(&app.setup), Catalog::builtin(), &app.inventory))?;
        let node_of = |metric: &Metric| app.setup.find(&app.inventory.resource(&metric.resource)?.name);
        let (_, unknown) = Recorder::new(&metrics, node_of);
        let mut not_simulated: Vec<String> =
            unknown.iter().map(|m| format!("{} {} {}", m.key.namespace, m.key.name, m.key.statistic)).collect();
        not_simulated.sort();
        not_simulated.dedup();
        let unknown: Vec<MetricKey> = unknown.into_iter().map(|m| m.key.clone()).collect();
        let metrics: Vec<Metric> = metrics.into_iter().filter(|m| !unknown.contains(&m.key)).collect();
        let (mut recorder, _) = Recorder::new(&metrics, node_of);
        recorder.tracks.iter_mut().for_each(|track| track.first = from);
        let places = metrics.iter().enumerate().map(|(place, m)| (m.key.clone(), place)).collect();
        let mut running = Running { world: World::new(&app.setup, seed, calendar), recorder, now: from - WARM_UP };
        let watched = Self { app, seed, metrics, places, not_simulated };
        let mut nowhere = Recorder::default();
        watched.pass(&mut running.world, &Script::default(), from - WARM_UP, from, &mut nowhere);
        running.now = from;
        Ok((watched, running))
    }

    fn pass(&self, world: &mut World, script: &Script, from: Minute, to: Minute, out: &mut Recorder) {
        for minute in from..to {
            match script.at(&self.app.setup, minute) {
                Some(changed) => world.step(&changed, minute, out),
                None => world.step(&self.app.setup, minute, out),
            }
        }
    }

    pub fn run(&self, running: &mut Running, script: &Script, to: Minute) {
        let from = running.now;
        self.pass(&mut running.world, script, from, to, &mut running.recorder);
        (running.now, running.recorder.until) = (to, to);
    }

    pub fn source<'a>(&'a self, recorder: &'a Recorder, events: &'a [ChangeEvent], late: &'a [Late]) -> Source<'a> {
        Source { places: &self.places, recorder, events, late, is_history: false }
    }

    /// As CloudTrail has it when a service scales by itself.
    pub fn scaling(&self, (minute, node, from, to): &(Minute, usize, f64, f64)) -> ChangeEvent {
        let done = Done {
            minute: *minute,
            source: "ecs.amazonaws.com",
            name: "UpdateService",
            class: EventClass::ConfigChange,
            on: vec![self.app.setup.nodes[*node].name],
            changes: vec![("desired_count", from.to_string(), to.to_string())],
            by: "ecs.application-autoscaling.amazonaws.com",
        };
        event(&done, &self.app.inventory)
    }

    /// From the fortnight before `to`.
    pub fn learn(&self, recorder: &Recorder, to: Minute) -> Result<Learned> {
        let source = Source { is_history: true, ..self.source(recorder, &[], &[]) };
        let history = History {
            catalog: Catalog::builtin(),
            sensitivity: Sensitivity::default(),
            from: time(to - HISTORY),
            to: time(to),
            known: Baselines::new(),
        };
        let learned = learn(&source, history, self.app.inventory.clone(), self.metrics.clone(), |_| Continue(()));
        Ok(block_on(learned)?)
    }

    /// Looks as the deployed line does, every five minutes from `from` to `to`, and tells what changed.
    pub fn watch(
        &self,
        source: &Source<'_>,
        learned: &Learned,
        store: &MemoryStore,
        from: Minute,
        to: Minute,
        seen: &mut Vec<Seen>,
    ) -> Result<()> {
        let mut minute = from;
        while minute <= to {
            let now = time(minute);
            let application = &self.app.application;
            let known = block_on(store.insight_state(&application.id, now))?;
            let kept = block_on(kept_events(store, &application.id, now))?;
            let about = Watch {
                catalog: Catalog::builtin(),
                application,
                learned,
                known: &known.insights,
                kept: &kept,
                now,
                reach: Reach::SymptomsFirst,
                repeats: Repeats::default(),
            };
            let looked = block_on(watch(source, source, &about))?;
            block_on(store.keep_events(&application.id, &looked.changes))?;
            let plan = looked.plan;
            seen.extend(plan.changed.iter().map(|insight| Seen { minute, insight: insight.clone() }));
            if !plan.changed.is_empty() {
                block_on(store.commit(application, known.generation, &plan.changed, &plan.messages))?;
            }
            minute += TICK;
        }
        Ok(())
    }
}

/// A fortnight simulated and learned, up to the midnight before the day on which incidents are tried.
pub struct Lab {
    pub watched: Watched,
    pub running: Running,
    learned: OnceCell<Learned>,
    /// The same days without any trouble.
    pub undisturbed: Recorder,
    /// The undisturbed world each hour of the first day.
    hours: Vec<(Minute, World)>,
}

/// How long after the fortnight incidents may last.
pub const TRIED: Minute = 5 * DAY;

impl Lab {
    pub fn new(app: App, seed: u64) -> Result<Self> {
        // Monday to Friday, by seed.
        let from = (seed % 5) as i64 * DAY;
        let end = from + HISTORY;
        let calendar = Calendar::new(from - DAY, end + TRIED + DAY);
        let fortnight = features::fortnight(&app, seed, end);
        let (watched, mut running) = Watched::new(app, seed, calendar, from)?;
        watched.run(&mut running, &fortnight, end);
        let script = Script::default();
        let (mut going_on, mut hours) = (running.clone(), Vec::new());
        for hour in 0..DAY / HOUR {
            hours.push((going_on.now, going_on.world.clone()));
            watched.run(&mut going_on, &script, end + (hour + 1) * HOUR);
        }
        watched.run(&mut going_on, &script, end + TRIED);
        Ok(Self { watched, running, learned: OnceCell::new(), undisturbed: going_on.recorder, hours })
    }

    /// Of the fortnight; only when it is asked for.
    pub fn learned(&self) -> Result<&Learned> {
        if self.learned.get().is_none() {
            // Nobody else can have set it meanwhile.
            let _ = self.learned.set(self.watched.learn(&self.running.recorder, self.end())?);
        }
        Ok(self.learned.get().expect("it was just set"))
    }

    /// As it is before anything happens at `minute`, an hour early at most.
    pub fn before(&self, minute: Minute) -> Running {
        let before = self.hours.iter().rev().find(|(now, _)| *now <= minute).unwrap_or(&self.hours[0]);
        let (now, world) = (before.0, before.1.clone());
        Running { world, recorder: self.undisturbed.until(now), now }
    }

    pub fn end(&self) -> Minute {
        self.running.now
    }
}
