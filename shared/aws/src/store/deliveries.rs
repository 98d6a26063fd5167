//! Which channel has had which message.

use super::insights::{DAY, DynamoStore};
use super::keys;
use super::rows::{Row, Write};
use stackseer_model::Timestamp;
use stackseer_model::ports::{DeliveryLog, PortError};

/// Longer than the stream and its retries can bring a message again.
const KEEP: i64 = 30 * DAY;

impl DeliveryLog for DynamoStore {
    async fn is_delivered(&self, message: &str, channel: &str) -> Result<bool, PortError> {
        Ok(self.rows.get(&keys::delivery(message, channel)).await?.is_some())
    }

    async fn mark_delivered(&self, message: &str, channel: &str, now: Timestamp) -> Result<(), PortError> {
        // Once more only moves the expiry.
        let row = Row { expires: Some(now.as_second() + KEEP), ..Row::default() };
        self.rows.write_all(vec![Write::Put(keys::delivery(message, channel), row)]).await
    }
}
