//! Messages to channels: each wanted one once, and no channel waits for another.

use stackseer_model::ports::{Channel, DeliveryLog, InsightSource, PortError};
use stackseer_model::{Insight, Message, Timestamp};
use std::collections::BTreeSet;

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
    /// The messages that are not yet where they should be.
    pub fn undelivered(&self) -> BTreeSet<&str> {
        self.failed.iter().map(|(message, _, _)| message.as_str()).collect()
    }
}

/// Channels that did not answer: the rest of a run leaves them alone, so that one that is silent takes no time from the others.
#[derive(Debug, Default)]
pub struct Silent(BTreeSet<String>);

pub async fn deliver(
    messages: &[Message],
    insights: &impl InsightSource,
    log: &impl DeliveryLog,
    channels: &[impl Channel],
    silent: &mut Silent,
    now: Timestamp,
) -> Delivered {
    let mut delivered = Delivered::default();
    for message in messages {
        match insights.insight(&message.insight).await {
            Ok(Some(insight)) => {
                for channel in channels {
                    tell(message, &insight, log, channel, silent, now, &mut delivered).await;
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
    silent: &mut Silent,
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
        // Told twice is better than never.
        Err(error) => delivered.notes.push(format!("message {} may be sent twice: {error}", message.id)),
    }
    if silent.0.contains(channel.id()) {
        let message = "it waits, as an earlier message was not taken".to_owned();
        delivered.failed.push(failed(PortError::Transient { action: channel.id().to_owned(), message }));
        return;
    }
    if let Err(error) = channel.deliver(message, insight).await {
        if is_transient(&error) {
            silent.0.insert(channel.id().to_owned());
        }
        delivered.failed.push(failed(error));
        return;
    }
    delivered.sent.push(id());
    if let Err(error) = log.mark_delivered(&message.id, channel.id(), now).await {
        delivered.notes.push(format!("message {} may be sent twice: {error}", message.id));
    }
}

fn is_transient(error: &PortError) -> bool {
    matches!(error, PortError::Transient { .. })
}
