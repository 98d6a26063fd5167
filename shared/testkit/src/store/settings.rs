//! What people set and did, with the record of it.

use super::{MemoryStore, State, history::page};
use stackseer_model::ports::{
    Ask, AuditLog, Committed, FeedbackStore, Handled, InsightHandling, KeptSettings, Page, PortError, Position,
    SettingsStore,
};
use stackseer_model::{AuditEntry, Feedback, Handle, InsightId, Scope, Settings};

impl State {
    pub(super) fn audit(&mut self, entry: &AuditEntry) {
        let position = Position::new(entry.time, entry.id.as_str());
        self.audit.entry(entry.scope.clone()).or_default().insert(position, entry.clone());
    }
}

impl SettingsStore for MemoryStore {
    async fn settings(&self, scope: &Scope) -> Result<Option<KeptSettings>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.settings.get(scope).cloned())
    }

    async fn latest_settings(&self, scope: &Scope) -> Result<Option<KeptSettings>, PortError> {
        self.settings(scope).await
    }

    async fn keep_settings(
        &self,
        scope: &Scope,
        before: Option<&KeptSettings>,
        after: &Settings,
        feedback: Option<&Feedback>,
        entry: &AuditEntry,
    ) -> Result<Committed, PortError> {
        let mut state = self.state();
        state.fail()?;
        let generation = before.map_or(0, |kept| kept.generation);
        if state.settings.get(scope).map_or(0, |kept| kept.generation) != generation {
            return Ok(Committed::Conflict);
        }
        let generation = generation + 1;
        state.settings.insert(scope.clone(), KeptSettings { generation, settings: after.clone() });
        if let Some(feedback) = feedback {
            state.feedback.insert((scope.clone(), feedback.insight.clone()), feedback.clone());
        }
        state.audit(entry);
        Ok(Committed::At(generation))
    }
}

impl FeedbackStore for MemoryStore {
    async fn feedback(&self, scope: &Scope, insight: &InsightId) -> Result<Option<Feedback>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.feedback.get(&(scope.clone(), insight.clone())).cloned())
    }

    async fn all_feedback(&self, scope: &Scope) -> Result<Vec<Feedback>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(state.feedback.iter().filter(|((of, _), _)| of == scope).map(|(_, feedback)| feedback.clone()).collect())
    }
}

impl AuditLog for MemoryStore {
    async fn list_audit(&self, scope: &Scope, ask: &Ask) -> Result<Page<AuditEntry>, PortError> {
        let mut state = self.state();
        state.fail()?;
        Ok(page(state.audit.get(scope).cloned().unwrap_or_default().into_iter().collect(), ask))
    }
}

impl InsightHandling for MemoryStore {
    async fn handle_insight(&self, id: &InsightId, change: &Handle, entry: &AuditEntry) -> Result<Handled, PortError> {
        let mut state = self.state();
        state.fail()?;
        let holder = state.applications.values_mut().find(|known| known.insights.iter().any(|i| i.id == *id));
        let Some(known) = holder else { return Ok(Handled::NoInsight) };
        let Some(insight) = known.insights.iter_mut().find(|i| i.id == *id) else { return Ok(Handled::NoInsight) };
        if let Err(refused) = insight.handling.apply(change) {
            return Ok(Handled::Refused(refused));
        }
        let handling = insight.handling.clone();
        known.generation += 1;
        state.audit(entry);
        Ok(Handled::Done(handling))
    }
}
