//! Changes of the Region, by day: ticks and the event bus write them, watches read those of their own application.

use super::insights::{DAY, DynamoStore, body, unreadable};
use super::keys;
use super::pack::{encode, fitting};
use super::rows::{Row, Rows, Write};
use crate::cloudtrail::touched;
use stackseer_model::ports::{ChangeLog, EventSource, PortError};
use stackseer_model::{ChangeEvent, Inventory, RegionChange, Scope, Timestamp};
use std::collections::BTreeMap;

/// A watch looks back hours; the rest is for looking after the event.
const KEEP: i64 = 14 * DAY;

impl ChangeLog for DynamoStore {
    async fn record_changes(&self, changes: &[RegionChange]) -> Result<(), PortError> {
        // By key, as a batch must not name a row twice.
        let mut rows = BTreeMap::new();
        for change in changes {
            let body = encode(change).and_then(fitting).map_err(unreadable)?;
            let expires = Some(change.time.as_second() + KEEP);
            rows.insert(keys::change(change), Row { body, expires, ..Row::default() });
        }
        self.rows.write_all(rows.into_iter().map(|(key, row)| Write::Put(key, row)).collect()).await
    }
}

/// The recorded changes of one account and Region, as a watch asks for them.
#[derive(Debug, Clone)]
pub struct StoredChanges {
    rows: Rows,
    scope: Scope,
}

impl DynamoStore {
    pub fn changes(&self, scope: Scope) -> StoredChanges {
        StoredChanges { rows: self.rows.clone(), scope }
    }
}

impl EventSource for StoredChanges {
    async fn change_events(
        &self,
        inventory: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        let (first, last) = (keys::changes_since(from), keys::changes_until(to));
        let days = from.as_second().max(0).div_euclid(DAY)..=to.as_second().div_euclid(DAY);
        let mut changes: Vec<RegionChange> = Vec::new();
        for day in days {
            let day = Timestamp::from_second(day * DAY).map_err(unreadable)?;
            // Consistent: the tick has written them just before it sent the task that is done here.
            for (_, row) in self.rows.between(&keys::changes_on(&self.scope, day), &first, &last).await? {
                changes.push(body(&row)?);
            }
        }
        Ok(touched(&changes, inventory, from, to))
    }
}
