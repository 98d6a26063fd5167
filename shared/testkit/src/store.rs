mod history;
mod settings;

use stackseer_model::ports::{
    ChangeLog, Committed, InsightSource, InsightState, KeptSettings, LearningStore, PortError, Position, Store,
};
use stackseer_model::{
    Application, ApplicationId, AuditEntry, ChangeEvent, Feedback, Insight, InsightId, Inventory, LearnedApplication,
    Learning, Message, RegionChange, ResourceState, Scope, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Closed insights are read back for so long.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// A [`Store`] in memory, with the same promises as the real one, that fails when it is told to.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    applications: BTreeMap<ApplicationId, InsightState>,
    learnings: BTreeMap<ApplicationId, (Application, Learning)>,
    reserved: BTreeMap<ApplicationId, Timestamp>,
    watched: BTreeMap<ApplicationId, (Scope, Timestamp)>,
    changes: BTreeMap<(Scope, String), RegionChange>,
    events: BTreeMap<ApplicationId, BTreeMap<Position, ChangeEvent>>,
    settings: BTreeMap<Scope, KeptSettings>,
    feedback: BTreeMap<(Scope, InsightId), Feedback>,
    audit: BTreeMap<Scope, BTreeMap<Position, AuditEntry>>,
    messages: Vec<Message>,
    read: usize,
    failures: Vec<PortError>,
    commit_failures: Vec<PortError>,
    conflicts: u32,
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call fails with this and changes nothing; several are used up one by one.
    pub fn fail_next(&self, error: PortError) {
        self.state().failures.push(error);
    }

    /// The next commit fails with this and changes nothing.
    pub fn fail_next_commit(&self, error: PortError) {
        self.state().commit_failures.push(error);
    }

    /// Somebody else commits just before the next commit does.
    pub fn conflict_next(&self) {
        self.state().conflicts += 1;
    }

    /// Everything in the outbox, in the order committed.
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// Everything in the change log, by id.
    pub fn changes(&self) -> Vec<RegionChange> {
        self.state().changes.values().cloned().collect()
    }

    /// How many items of lists were read.
    pub fn items_read(&self) -> usize {
        self.state().read
    }

    /// All insights, however old.
    pub fn insights(&self, application: &ApplicationId) -> Vec<Insight> {
        self.state().applications.get(application).map(|known| known.insights.clone()).unwrap_or_default()
    }
}

impl State {
    fn fail(&mut self) -> Result<(), PortError> {
        if self.failures.is_empty() { Ok(()) } else { Err(self.failures.remove(0)) }
    }
}

impl Store for MemoryStore {
    async fn insight_state(&self, application: &ApplicationId, now: Timestamp) -> Result<InsightState, PortError> {
        let mut state = self.state();
        state.fail()?;
        let mut read = state.applications.get(application).cloned().unwrap_or_default();
        read.insights.retain(|i| i.ended().is_none_or(|end| now.as_second() - end.as_second() <= KEPT_SECONDS));
        read.insights.sort_by(|a, b| (a.start_time, &a.id).cmp(&(b.start_time, &b.id)));
        Ok(read)
    }

    async fn commit(
        &self,
        application: &Application,
        generation: u64,
        changed: &[Insight],
        messages: &[Message],
    ) -> Result<Committed, PortError> {
        let mut state = self.state();
        state.fail()?;
        if let Some(error) = state.commit_failures.pop() {
            return Err(error);
        }
        let raced = state.conflicts > 0;
        state.conflicts = state.conflicts.saturating_sub(1);
        let known = state.applications.entry(application.id.clone()).or_default();
        known.generation += u64::from(raced);
        if known.generation != generation {
            return Ok(Committed::Conflict);
        }
        for insight in changed {
            known.insights.retain(|i| i.id != insight.id);
            known.insights.push(insight.clone());
        }
        known.generation += 1;
        let committed = Committed::At(known.generation);
        state.messages.extend_from_slice(messages);
        Ok(committed)
    }
}

impl InsightSource for MemoryStore {
    async fn insight(&self, id: &InsightId) -> Result<Option<Insight>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.applications.values().flat_map(|known| &known.insights).find(|insight| insight.id == *id).cloned())
    }
}

impl LearningStore for MemoryStore {
    async fn learning(&self, application: &Application) -> Result<Option<Learning>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.learnings.get(&application.id).map(|(_, learning)| learning.clone()))
    }

    async fn learned_inventory(&self, application: &Application) -> Result<Option<Inventory>, PortError> {
        Ok(self.learning(application).await?.map(|learning| learning.inventory))
    }

    async fn resource_states(&self, application: &Application) -> Result<Option<Vec<ResourceState>>, PortError> {
        Ok(self.learning(application).await?.map(|learning| learning.watching))
    }

    async fn learned_applications(&self, scope: &Scope) -> Result<Vec<LearnedApplication>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let here = state.learnings.values().filter(|(application, _)| application.scope() == *scope);
        Ok(here.map(|(application, learning)| LearnedApplication::of(application, learning)).collect())
    }

    async fn keep_learning(&self, application: &Application, learning: &Learning) -> Result<(), PortError> {
        let mut state = self.state();
        state.fail()?;
        state.learnings.insert(application.id.clone(), (application.clone(), learning.clone()));
        Ok(())
    }

    async fn forget_learning(&self, application: &Application) -> Result<(), PortError> {
        let mut state = self.state();
        state.fail()?;
        state.learnings.remove(&application.id);
        state.watched.remove(&application.id);
        Ok(())
    }

    async fn keep_watched(&self, application: &Application, at: Timestamp) -> Result<(), PortError> {
        let mut state = self.state();
        state.fail()?;
        state.watched.insert(application.id.clone(), (application.scope(), at));
        Ok(())
    }

    async fn last_watched(&self, scope: &Scope) -> Result<BTreeMap<ApplicationId, Timestamp>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let of_scope = state.watched.iter().filter(|(_, (of, _))| of == scope);
        Ok(of_scope.map(|(id, (_, at))| (id.clone(), *at)).collect())
    }

    async fn reserve_learning(
        &self,
        application: &ApplicationId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, PortError> {
        let mut state = self.state();
        state.fail()?;
        let is_free = state.reserved.get(application).is_none_or(|held| *held <= now);
        if is_free {
            state.reserved.insert(application.clone(), until);
        }
        Ok(is_free)
    }

    async fn release_learning(&self, application: &ApplicationId) -> Result<(), PortError> {
        let mut state = self.state();
        state.fail()?;
        state.reserved.remove(application);
        Ok(())
    }
}

impl ChangeLog for MemoryStore {
    async fn record_changes(&self, changes: &[RegionChange]) -> Result<(), PortError> {
        let mut state = self.state();
        state.fail()?;
        state.changes.extend(changes.iter().map(|c| ((c.scope.clone(), c.id.clone()), c.clone())));
        Ok(())
    }
}
