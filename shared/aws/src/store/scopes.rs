//! The accounts and Regions of which the store holds something: on one machine it may be several.

use super::insights::{DynamoStore, body, unreadable};
use super::keys;
use super::pack::encode;
use super::rows::{Row, Write};
use stackseer_model::ports::PortError;
use stackseer_model::{Scope, Timestamp};

impl DynamoStore {
    pub async fn keep_scope(&self, scope: &Scope, now: Timestamp) -> Result<(), PortError> {
        let body = encode(&(now, scope.clone())).map_err(unreadable)?;
        self.rows.write_all(vec![Write::Put(keys::scope(scope), Row { body, ..Row::default() })]).await
    }

    /// The one that was kept last first.
    pub async fn scopes(&self) -> Result<Vec<Scope>, PortError> {
        let rows = self.rows.between(keys::SCOPES, " ", "~").await?;
        let mut kept = rows.iter().map(|(_, row)| body(row)).collect::<Result<Vec<(Timestamp, Scope)>, _>>()?;
        kept.sort();
        Ok(kept.into_iter().rev().map(|(_, scope)| scope).collect())
    }
}
