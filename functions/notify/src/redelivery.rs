//! Messages from the redelivery queue → the channels that have not had them.

use crate::told::Told;
use jiff::Timestamp;
use stackseer_fn_runtime::{Record, SqsBatch};
use stackseer_line::{Silent, deliver};
use stackseer_model::Message;
use stackseer_model::ports::{Channel, DeliveryLog, InsightSource};

/// What still is not taken comes back, and in the end is kept in the dead-letter queue.
pub async fn redeliver(
    batch: SqsBatch,
    insights: &impl InsightSource,
    log: &impl DeliveryLog,
    channels: &[impl Channel],
    now: Timestamp,
) -> Told {
    let mut told = Told::default();
    let mut silent = Silent::default();
    for Record { message_id, body } in batch.records {
        let message: Message = match serde_json::from_str(&body) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(message_id, %error, "this is no message");
                told.poison += 1;
                told.answer.fail(&message_id);
                continue;
            }
        };
        let delivered = deliver(&[message], insights, log, channels, &mut silent, now).await;
        told.count(&delivered);
        if !delivered.undelivered().is_empty() {
            told.answer.fail(&message_id);
        }
    }
    told
}
