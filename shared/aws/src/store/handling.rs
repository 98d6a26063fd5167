//! What people make of an insight, beside the watches that change it.

use super::index;
use super::insights::{DynamoStore, TRIES, unreadable};
use super::keys;
use super::pack::{encode, fitting};
use super::rows::{Row, Write};
use super::settings::audited;
use stackseer_model::ports::{Committed, Handled, InsightHandling, PortError};
use stackseer_model::{ApplicationId, AuditEntry, Handle, InsightId};

impl InsightHandling for DynamoStore {
    async fn handle_insight(&self, id: &InsightId, change: &Handle, entry: &AuditEntry) -> Result<Handled, PortError> {
        for _ in 0..TRIES {
            let place = self.rows.get(&keys::place(id)).await?;
            let application = place.as_ref().and_then(|place| place.text(keys::APPLICATION));
            let Some(application) = application.map(|a| ApplicationId(a.to_owned())) else {
                return Ok(Handled::NoInsight);
            };
            if let Some(handled) = self.handle_in(&application, id, change, entry).await? {
                return Ok(handled);
            }
        }
        let message = format!("insight {id} was changed again and again at the same time");
        Err(PortError::Transient { action: "store".to_owned(), message })
    }
}

impl DynamoStore {
    /// Guarded as a commit is; none: somebody else committed.
    async fn handle_in(
        &self,
        application: &ApplicationId,
        id: &InsightId,
        change: &Handle,
        entry: &AuditEntry,
    ) -> Result<Option<Handled>, PortError> {
        let guard = keys::state(application);
        let generation = self.rows.get(&guard).await?.and_then(|row| row.generation).unwrap_or(0);
        let Some(found) = self.locate(id).await? else { return Ok(None) };
        let mut kept = found.kept;
        if let Err(refused) = kept.insight.handling.apply(change) {
            return Ok(Some(Handled::Refused(refused)));
        }
        let body = encode(&kept).and_then(fitting).map_err(unreadable)?;
        let insight = &kept.insight;
        let mut writes = index::list_rows(insight, Some(insight))?;
        writes.push(Write::Put(found.key, Row { body, expires: index::expiry(insight), ..Row::default() }));
        writes.push(audited(entry)?);
        let committed = self.rows.commit(guard, generation, Row::default(), writes).await?;
        Ok((committed != Committed::Conflict).then(|| Handled::Done(insight.handling.clone())))
    }
}
