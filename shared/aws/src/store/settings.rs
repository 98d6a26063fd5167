//! What people set, one row each, guarded by one generation; what they thought of insights, and the record of all they did.

use super::insights::{DAY, DynamoStore, body, unreadable};
use super::keys::{self, Key};
use super::pack::{encode, fitting};
use super::rows::{Row, Write};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stackseer_model::ports::{
    Ask, AuditLog, Committed, FeedbackStore, KeptSettings, Page, PortError, Position, SettingsStore,
};
use stackseer_model::*;
use std::collections::BTreeMap;

const KEEP_AUDIT: i64 = 365 * DAY;
/// Longer than the insight that it is about.
const KEEP_FEEDBACK: i64 = 2 * 365 * DAY;

/// What is one row, as its parts are never many.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Basics {
    coverage: Vec<Coverage>,
    integrations: Integrations,
    event_sources: EventSources,
    estimate: Option<Estimate>,
}

impl SettingsStore for DynamoStore {
    async fn settings(&self, scope: &Scope) -> Result<Option<KeptSettings>, PortError> {
        let (partition, (first, last)) = (keys::settings(scope), keys::all_settings());
        kept(&self.rows.lately_between(&partition, first, last).await?)
    }

    async fn latest_settings(&self, scope: &Scope) -> Result<Option<KeptSettings>, PortError> {
        let (partition, (first, last)) = (keys::settings(scope), keys::all_settings());
        kept(&self.rows.between(&partition, first, last).await?)
    }

    async fn keep_settings(
        &self,
        scope: &Scope,
        before: Option<&KeptSettings>,
        after: &Settings,
        feedback: Option<&Feedback>,
        entry: &AuditEntry,
    ) -> Result<Committed, PortError> {
        let Settings { coverage, integrations, event_sources, estimate, .. } = after.clone();
        let state = row(&Basics { coverage, integrations, event_sources, estimate }, None)?;
        let before_rows = before.map(|kept| rows(scope, &kept.settings)).transpose()?.unwrap_or_default();
        let after_rows = rows(scope, after)?;
        let gone = before_rows.keys().filter(|key| !after_rows.contains_key(key)).cloned().map(Write::Delete);
        let mut writes: Vec<Write> = gone.collect();
        let new = after_rows.into_iter().filter(|(key, row)| before_rows.get(key) != Some(row));
        writes.extend(new.map(|(key, row)| Write::Put(key, row)));
        if let Some(feedback) = feedback {
            let expires = Some(feedback.time.as_second() + KEEP_FEEDBACK);
            writes.push(Write::Put(keys::feedback(scope, &feedback.insight), row(feedback, expires)?));
        }
        writes.push(audited(entry)?);
        self.rows.commit(keys::settings_state(scope), before.map_or(0, |kept| kept.generation), state, writes).await
    }
}

/// None where the guard is missing: nothing was ever set.
fn kept(rows: &[(Key, Row)]) -> Result<Option<KeptSettings>, PortError> {
    let Some((_, state)) = rows.iter().find(|(key, _)| key.1 == keys::STATE) else { return Ok(None) };
    let Basics { coverage, integrations, event_sources, estimate } = body(state)?;
    let channels: Vec<NotificationChannel> = of_kind(rows, keys::CHANNEL)?;
    let sensitivities: Vec<OwnSensitivity> = of_kind(rows, keys::SENSITIVITY)?;
    let mutes: Vec<Mute> = of_kind(rows, keys::MUTE)?;
    let settings = Settings {
        coverage,
        integrations,
        event_sources,
        channels: channels.into_iter().map(|c| (c.id.clone(), c)).collect(),
        sensitivities: sensitivities.into_iter().map(|s| (s.id.clone(), s)).collect(),
        mutes: mutes.into_iter().map(|m| (m.id.clone(), m)).collect(),
        checks: vec![],
        estimate,
    };
    Ok(Some(KeptSettings { generation: state.generation.unwrap_or(0), settings }))
}

fn of_kind<T: DeserializeOwned>(rows: &[(Key, Row)], kind: &str) -> Result<Vec<T>, PortError> {
    rows.iter().filter(|(key, _)| key.1.starts_with(kind)).map(|(_, row)| body(row)).collect()
}

/// All but the guard's.
fn rows(scope: &Scope, settings: &Settings) -> Result<BTreeMap<Key, Row>, PortError> {
    let mut rows = BTreeMap::new();
    for channel in settings.channels.values() {
        rows.insert(keys::setting(scope, keys::CHANNEL, channel.id.as_str()), row(channel, None)?);
    }
    for sensitivity in settings.sensitivities.values() {
        let expires = sensitivity.until.map(Timestamp::as_second);
        rows.insert(keys::setting(scope, keys::SENSITIVITY, sensitivity.id.as_str()), row(sensitivity, expires)?);
    }
    for mute in settings.mutes.values() {
        let expires = mute.until.map(Timestamp::as_second);
        rows.insert(keys::setting(scope, keys::MUTE, mute.id.as_str()), row(mute, expires)?);
    }
    Ok(rows)
}

fn row<T: Serialize + DeserializeOwned + PartialEq>(value: &T, expires: Option<i64>) -> Result<Row, PortError> {
    let body = encode(value).and_then(fitting).map_err(unreadable)?;
    Ok(Row { body, expires, ..Row::default() })
}

/// The row of an entry in the audit, for the transaction that does what it tells of.
pub(super) fn audited(entry: &AuditEntry) -> Result<Write, PortError> {
    let key = keys::audit(&entry.scope, &place(entry));
    Ok(Write::Put(key, row(entry, Some(entry.time.as_second() + KEEP_AUDIT))?))
}

fn place(entry: &AuditEntry) -> Position {
    Position::new(entry.time, entry.id.as_str())
}

impl FeedbackStore for DynamoStore {
    async fn feedback(&self, scope: &Scope, insight: &InsightId) -> Result<Option<Feedback>, PortError> {
        self.rows.get(&keys::feedback(scope, insight)).await?.as_ref().map(body).transpose()
    }

    async fn all_feedback(&self, scope: &Scope) -> Result<Vec<Feedback>, PortError> {
        let rows = self.rows.lately_between(&keys::feedback_in(scope), " ", "~").await?;
        // By insight, as it is read backwards.
        rows.iter().rev().map(|(_, row)| body(row)).collect()
    }
}

impl AuditLog for DynamoStore {
    async fn list_audit(&self, scope: &Scope, ask: &Ask) -> Result<Page<AuditEntry>, PortError> {
        self.page(&keys::audit_in(scope), false, ask, |entry| Some(place(entry))).await
    }
}
