//! One task of the deployed line, from what is kept to what is committed.

use crate::learn::{History, Learned, learn, restored, to_keep};
use crate::settings::{dismissed, quiet, tune};
use crate::watch::{Reach, Watch, check, kept_events, watch};
use crate::{HISTORY_DAYS, WINDOW_MINUTES, metrics_of};
use stackseer_catalog::Catalog;
use stackseer_insight::{Plan, Repeats};
use stackseer_model::ports::{
    Committed, EventHistory, EventSource, InsightState, LearningStore, MetricSource, PortError, ResourceSource,
    SettingsStore, Store, settings_or,
};
use stackseer_model::*;
use std::ops::ControlFlow;

/// Who commits between reading and committing makes the plan be made again; more often than this, somebody else should wait.
const TRIES: u32 = 3;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Done {
    pub outcome: Outcome,
    pub opened: usize,
    pub closed: usize,
    pub anomalies: usize,
    pub metrics_read: usize,
    /// `GetMetricData` calls, pages included.
    pub calls: u32,
    pub unseen: Vec<Unseen>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Done,
    /// The next tick asks for it to be learned.
    NotLearned,
    /// Learned in part; a later tick asks for the rest.
    Unfinished,
    /// Another run is learning the application.
    Busy,
    /// Something later was done already: a doubled or late message.
    Superseded,
    /// The application no longer exists.
    Gone,
}

/// Looks at the window that ends at the task's time.
pub async fn run_watch(
    catalog: &Catalog,
    metrics: &impl MetricSource,
    events: &impl EventSource,
    store: &(impl Store + LearningStore + EventHistory + SettingsStore),
    repeats: Repeats,
    task: &Task,
) -> Result<Done, PortError> {
    let Some(mut learned) = store.learning(&task.application).await?.and_then(|kept| restored(kept).ok()) else {
        // Perhaps of a former version: what is forgotten the next tick asks to learn again.
        store.forget_learning(&task.application).await?;
        return Ok(Done { outcome: Outcome::NotLearned, ..Done::default() });
    };
    let settings = settings(store, task).await?;
    tune(&mut learned, &task.application.id, &settings, task.at);
    let dismissed = dismissed(&task.application, &learned.inventory);
    let mut done = Done::default();
    for _ in 0..TRIES {
        let state = store.insight_state(&task.application.id, task.at).await?;
        if is_superseded(&state, task.at) {
            return Ok(Done { outcome: Outcome::Superseded, ..done });
        }
        let kept = kept_events(store, &task.application.id, task.at).await?;
        let about = Watch {
            catalog,
            application: &task.application,
            learned: &learned,
            known: &state.insights,
            kept: &kept,
            now: task.at,
            reach: Reach::SymptomsFirst,
            repeats,
        };
        let mut watched = watch(metrics, events, &about).await?;
        quiet(&mut watched.plan, &state.insights, &settings, &dismissed, &watched.watching, task.at);
        done.metrics_read += watched.metrics_read;
        done.calls += watched.calls;
        done.unseen = watched.unseen;
        if commit(store, task, &state, &watched.plan, &mut done).await? {
            store.keep_events(&task.application.id, &watched.changes).await?;
            store.keep_watched(&task.application, task.at).await?;
            return Ok(done);
        }
    }
    Err(raced(task))
}

/// What a learning works with.
pub struct Learn<'a, R, M, S> {
    pub catalog: &'a Catalog,
    pub resources: &'a R,
    pub metrics: &'a M,
    pub store: &'a S,
    pub sensitivity: Sensitivity,
    /// What the clock says, and when this run is over at the latest: until then it alone learns the application.
    pub now: Timestamp,
    pub until: Timestamp,
}

/// Reads inventory and history, keeps what was learned, and runs the checks. `progress` may end it before everything is read.
pub async fn run_learn(
    about: &Learn<'_, impl ResourceSource, impl MetricSource, impl Store + LearningStore + SettingsStore>,
    task: &Task,
    progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Done, PortError> {
    let application = &task.application.id;
    if !about.store.reserve_learning(application, about.now, about.until).await? {
        return Ok(Done { outcome: Outcome::Busy, ..Done::default() });
    }
    let done = reserved_learn(about, task, progress).await;
    // What is left by a failure here ends by itself.
    let _ = about.store.release_learning(application).await;
    done
}

async fn reserved_learn(
    about: &Learn<'_, impl ResourceSource, impl MetricSource, impl Store + LearningStore + SettingsStore>,
    task: &Task,
    progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Done, PortError> {
    let Learn { catalog, resources, metrics, store, sensitivity, .. } = *about;
    let kept = store.learning(&task.application).await?;
    if kept.as_ref().is_some_and(|kept| kept.at >= task.at) {
        return Ok(Done { outcome: Outcome::Superseded, ..Done::default() });
    }
    let earlier = kept.and_then(|kept| restored(kept).ok()).unwrap_or_default();
    let inventory = match resources.inventory(&task.application).await {
        Ok(inventory) => inventory.with_missed(earlier.inventory),
        // The tick that no longer finds it retires it.
        Err(PortError::NotFound { .. }) => return Ok(Done { outcome: Outcome::Gone, ..Done::default() }),
        Err(error) => return Err(error),
    };
    let mut done = Done { unseen: inventory.unseen.clone(), ..Done::default() };
    let (wanted, unresolved) = metrics_of(metrics, catalog, &inventory).await?;
    done.unseen.extend(unresolved);
    let to = before(task.at, WINDOW_MINUTES * 60);
    let from = before(task.at, HISTORY_DAYS * 24 * 3600);
    let history = History { catalog, sensitivity, from, to, known: earlier.baselines };
    let learned = learn(metrics, history, inventory, wanted, progress).await?;
    if !learned.complete {
        done.outcome = Outcome::Unfinished;
    }
    done.metrics_read = learned.metrics_read;
    done.calls = learned.calls;
    done.unseen.extend(learned.unseen.values().cloned());
    let settings = settings(store, task).await?;
    let dismissed = dismissed(&task.application, &learned.inventory);
    for _ in 0..TRIES {
        let state = store.insight_state(&task.application.id, task.at).await?;
        let mut plan = check(catalog, &task.application, &learned, &state.insights, &settings, task.at);
        quiet(&mut plan, &state.insights, &settings, &dismissed, &learned.watching, task.at);
        if commit(store, task, &state, &plan, &mut done).await? {
            // Last: a death before it makes the task come back, and the checks are the same again.
            store.keep_learning(&task.application, &to_keep(learned, task.at)).await?;
            return Ok(done);
        }
    }
    Err(raced(task))
}

/// Closes what is open of an application that is gone, and forgets what was learned of it.
pub async fn run_retire(
    catalog: &Catalog,
    metrics: &impl MetricSource,
    events: &impl EventSource,
    store: &(impl Store + LearningStore + SettingsStore),
    task: &Task,
) -> Result<Done, PortError> {
    let nothing = Learned::default();
    let mut done = Done { outcome: Outcome::Gone, ..Done::default() };
    // It is watched again since.
    if store.learning(&task.application).await?.is_some_and(|kept| kept.at > task.at) {
        return Ok(Done { outcome: Outcome::Superseded, ..done });
    }
    let settings = settings(store, task).await?;
    for _ in 0..TRIES {
        let state = store.insight_state(&task.application.id, task.at).await?;
        if is_superseded(&state, task.at) {
            return Ok(Done { outcome: Outcome::Superseded, ..done });
        }
        let about = Watch {
            catalog,
            application: &task.application,
            learned: &nothing,
            known: &state.insights,
            kept: &[],
            now: task.at,
            reach: Reach::SymptomsFirst,
            repeats: Repeats::default(),
        };
        let mut plan = watch(metrics, events, &about).await?.plan;
        let checked = check(catalog, &task.application, &nothing, &state.insights, &settings, task.at);
        plan.changed.extend(checked.changed);
        plan.messages.extend(checked.messages);
        quiet(&mut plan, &state.insights, &settings, &[], &[], task.at);
        if commit(store, task, &state, &plan, &mut done).await? {
            store.forget_learning(&task.application).await?;
            return Ok(done);
        }
    }
    Err(raced(task))
}

/// Of the first values none is about what is muted or how sensitive a metric is.
async fn settings(store: &impl SettingsStore, task: &Task) -> Result<Settings, PortError> {
    settings_or(store, &task.application.scope(), &Settings::default()).await
}

/// Whether the state was already changed by a look at a later time.
fn is_superseded(state: &InsightState, at: Timestamp) -> bool {
    state.insights.iter().any(|i| i.update_time > at)
}

/// False: somebody else committed since the state was read.
async fn commit(
    store: &impl Store,
    task: &Task,
    state: &InsightState,
    plan: &Plan,
    done: &mut Done,
) -> Result<bool, PortError> {
    let before = |i: &Insight| state.insights.iter().find(|known| known.id == i.id);
    done.opened = plan.changed.iter().filter(|i| before(i).is_none()).count();
    done.closed = plan
        .changed
        .iter()
        .filter(|i| i.status == Status::Closed && before(i).is_none_or(|known| known.status == Status::Ongoing))
        .count();
    done.anomalies = plan.changed.iter().map(|i| i.anomalies.len()).sum();
    if plan.changed.is_empty() {
        return Ok(true);
    }
    let committed = store.commit(&task.application, state.generation, &plan.changed, &plan.messages).await?;
    Ok(committed != Committed::Conflict)
}

fn raced(task: &Task) -> PortError {
    PortError::Transient {
        action: task.id(),
        message: "another run kept committing first; it is tried again".to_owned(),
    }
}

fn before(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() - seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
