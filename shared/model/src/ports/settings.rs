//! What people set, and the record of who set it. Each change is guarded by the generation that it was made on, so that of two
//! at once none loses the other's, and is written in one transaction with its entry in the audit.

use super::{Ask, Committed, Page, PortError};
use crate::*;
use std::future::Future;

/// Who changes between reading and writing makes the change be made again; more often than this, somebody else should wait.
const TRIES: u32 = 5;

#[derive(Debug, Clone, PartialEq)]
pub struct KeptSettings {
    pub generation: u64,
    pub settings: Settings,
}

pub trait SettingsStore: Sync {
    /// None: nothing was ever set, and the deployment's first values hold. Perhaps without what was set within the last second,
    /// but never a mixture.
    fn settings(&self, scope: &Scope) -> impl Future<Output = Result<Option<KeptSettings>, PortError>> + Send;

    /// As [`SettingsStore::settings`], with everything that was ever written.
    fn latest_settings(&self, scope: &Scope) -> impl Future<Output = Result<Option<KeptSettings>, PortError>> + Send;

    /// What is different in `after`, and all of it where nothing is kept yet: only if nobody else changed what is kept since
    /// `before` was read. `feedback` is what made the change, where that is one.
    fn keep_settings(
        &self,
        scope: &Scope,
        before: Option<&KeptSettings>,
        after: &Settings,
        feedback: Option<&Feedback>,
        entry: &AuditEntry,
    ) -> impl Future<Output = Result<Committed, PortError>> + Send;
}

pub trait FeedbackStore: Sync {
    /// The latest about the insight.
    fn feedback(
        &self,
        scope: &Scope,
        insight: &InsightId,
    ) -> impl Future<Output = Result<Option<Feedback>, PortError>> + Send;

    /// All that is kept, by insight: for who measures how good the detection is.
    fn all_feedback(&self, scope: &Scope) -> impl Future<Output = Result<Vec<Feedback>, PortError>> + Send;
}

pub trait AuditLog: Sync {
    /// By time.
    fn list_audit(&self, scope: &Scope, ask: &Ask) -> impl Future<Output = Result<Page<AuditEntry>, PortError>> + Send;
}

/// What holds: what is kept, or the deployment's first values.
pub async fn settings_or(store: &impl SettingsStore, scope: &Scope, first: &Settings) -> Result<Settings, PortError> {
    Ok(store.settings(scope).await?.map_or_else(|| first.clone(), |kept| kept.settings))
}

/// Changes what is set, as often as somebody else changes it in between. `change` may refuse, and then nothing is written. The
/// first change keeps all of `first` with it.
pub async fn change_settings<T, E>(
    store: &impl SettingsStore,
    scope: &Scope,
    first: &Settings,
    entry: &AuditEntry,
    change: impl Fn(&mut Settings) -> Result<T, E>,
) -> Result<Result<T, E>, PortError> {
    changed(store, scope, first, None, entry, change).await
}

/// Keeps what somebody thought of an insight, and does what it asks for. The answer: the sensitivities that were lowered.
pub async fn give_feedback(
    store: &impl SettingsStore,
    insight: &Insight,
    first: &Settings,
    general: Sensitivity,
    feedback: &Feedback,
    entry: &AuditEntry,
) -> Result<Vec<OwnSensitivity>, PortError> {
    let scope = insight.application.scope();
    let act =
        |settings: &mut Settings| Ok::<_, std::convert::Infallible>(feedback.act(settings, &scope, insight, general));
    let Ok(lowered) = changed(store, &scope, first, Some(feedback), entry, act).await?;
    Ok(lowered)
}

async fn changed<T, E>(
    store: &impl SettingsStore,
    scope: &Scope,
    first: &Settings,
    feedback: Option<&Feedback>,
    entry: &AuditEntry,
    change: impl Fn(&mut Settings) -> Result<T, E>,
) -> Result<Result<T, E>, PortError> {
    for _ in 0..TRIES {
        let kept = store.latest_settings(scope).await?;
        let mut settings = kept.as_ref().map_or(first, |kept| &kept.settings).clone();
        let answer = match change(&mut settings) {
            Ok(answer) => answer,
            Err(refused) => return Ok(Err(refused)),
        };
        if store.keep_settings(scope, kept.as_ref(), &settings, feedback, entry).await? != Committed::Conflict {
            return Ok(Ok(answer));
        }
    }
    let message = "others kept changing the settings first".to_owned();
    Err(PortError::Transient { action: "settings".to_owned(), message })
}
