//! Messages to channels: each wanted one once, and no channel waits for another.

use stackseer_model::ports::{Channel, DeliveryLog, InsightSource, PortError};
use stackseer_model::{Insight, Message, Timestamp};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delivered {
    /// Message and channel.
    pub sent: Vec<(String, String)>,
    /// Not wanted, or sent before.
    pub skipped: Vec<(String, String)>,
    pub failed: Vec<(String, String, PortError)>,
    /// What went otherwise than it should, and needs no other try.
    pub notes: Vec<String>,
}

impl Delivered {
    /// Whether another try may send what has failed now. What else has failed is recorded and won't be tried again.
    pub fn needs_retry(&self) -> bool {
        self.failed.iter().any(|(_, _, error)| is_transient(error))
    }
}

pub async fn deliver(
    messages: &[Message],
    insights: &impl InsightSource,
    log: &impl DeliveryLog,
    channels: &[impl Channel],
    now: Timestamp,
) -> Delivered {
    let mut delivered = Delivered::default();
    for message in messages {
        match insights.insight(&message.insight).await {
            Ok(Some(insight)) => {
                for channel in channels {
                    tell(message, &insight, log, channel, now, &mut delivered).await;
                }
            }
            Ok(None) => {
                let (id, insight) = (&message.id, &message.insight);
                delivered.notes.push(format!("message {id} is dropped: its insight {insight} is gone"));
            }
            Err(error) => {
                let failed = |channel: &_| (message.id.clone(), Channel::id(channel).to_owned(), error.clone());
                delivered.failed.extend(channels.iter().map(failed));
            }
        }
    }
    delivered
}

async fn tell(
    message: &Message,
    insight: &Insight,
    log: &impl DeliveryLog,
    channel: &impl Channel,
    now: Timestamp,
    delivered: &mut Delivered,
) {
    let id = || (message.id.clone(), channel.id().to_owned());
    let failed = |error| (message.id.clone(), channel.id().to_owned(), error);
    if !channel.wants(message, insight) {
        delivered.skipped.push(id());
        return;
    }
    match log.is_delivered(&message.id, channel.id()).await {
        Ok(false) => {}
        Ok(true) => {
            delivered.skipped.push(id());
            return;
        }
        Err(error) if is_transient(&error) => {
            delivered.failed.push(failed(error));
            return;
        }
        // Told twice is better than never, and nobody would come back to it.
        Err(error) => delivered.notes.push(format!("message {} may be sent twice: {error}", message.id)),
    }
    let result = channel.deliver(message, insight).await;
    let retry = result.as_ref().is_err_and(is_transient);
    match result {
        Ok(()) => delivered.sent.push(id()),
        Err(error) => delivered.failed.push(failed(error)),
    }
    // A permanent failure is dealt with too: another channel's retry must not bring it back.
    if !retry && let Err(error) = log.mark_delivered(&message.id, channel.id(), now).await {
        delivered.notes.push(format!("message {} may be sent twice: {error}", message.id));
    }
}

fn is_transient(error: &PortError) -> bool {
    matches!(error, PortError::Transient { .. })
}
