//! The ways of telling people. What is said is `stackseer-notify`'s.

mod eventbridge;
mod ops_center;
mod slack;
mod sns;
#[cfg(test)]
mod tests;

use aws_config::SdkConfig;
use eventbridge::EventBridge;
use ops_center::OpsCenter;
use slack::Slack;
use sns::{Form, Sns};
use stackseer_model::ports::{Channel, PortError};
use stackseer_model::{Filter, Insight, Message, NotificationChannel, Scope};
pub use stackseer_notify::Links;
use std::fmt;
use std::time::Duration;
use tokio::time::timeout;

/// For one message, tries included. All channels together must stay below the minute that Lambda gives them.
const WITHIN: Duration = Duration::from_secs(9);

/// Which channels there are. Whatever is left out is not used.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChannelSettings {
    /// Topics that get DevOps Guru's JSON, and e-mail subscribers readable text; each with its own filter.
    pub topics: Vec<NotificationChannel>,
    /// ARN of the topic that Amazon Q Developer in chat applications listens to.
    pub chat_topic: Option<String>,
    /// Name or ARN of the bus.
    pub event_bus: Option<String>,
    /// Name or ARN of the secret that holds a Slack webhook's URL.
    pub slack_secret: Option<String>,
    /// Whether each insight gets an OpsItem.
    pub ops_center: bool,
    /// For chat, Slack and OpsItems. Rules filter the bus.
    pub filter: Filter,
    pub links: Links,
}

/// One of them.
pub struct AnyChannel(Kind);

enum Kind {
    Sns(Sns),
    EventBridge(EventBridge),
    Slack(Slack),
    OpsCenter(OpsCenter),
}

/// In the order of how soon somebody should know: a slow one must not hold up those before it.
pub(crate) fn all(sdk: &SdkConfig, settings: &ChannelSettings) -> Vec<AnyChannel> {
    let ChannelSettings { topics, chat_topic, event_bus, slack_secret, ops_center, filter, links } = settings;
    let sns = |topic: &str, form, filter: &Filter| Kind::Sns(Sns::new(sdk, topic, form, filter.clone(), links.clone()));
    let mut channels: Vec<Kind> = topics.iter().map(|t| sns(&t.topic, Form::DevOpsGuru, &t.filter)).collect();
    channels.extend(chat_topic.iter().map(|topic| sns(topic, Form::Chat, filter)));
    channels.extend(event_bus.iter().map(|bus| Kind::EventBridge(EventBridge::new(sdk, bus, links.clone()))));
    let slack = |secret: &String| Kind::Slack(Slack::new(sdk, secret, filter.clone(), links.clone()));
    channels.extend(slack_secret.iter().map(slack));
    channels.extend(ops_center.then(|| Kind::OpsCenter(OpsCenter::new(sdk, filter.clone(), links.clone()))));
    channels.into_iter().map(AnyChannel).collect()
}

/// Sends the topic a message that says that it is a test, whatever it wants to hear.
pub(crate) async fn test(sdk: &SdkConfig, channel: &NotificationChannel, scope: &Scope) -> Result<(), PortError> {
    let topic = Sns::new(sdk, &channel.topic, Form::DevOpsGuru, channel.filter.clone(), Links::default());
    within(topic.id(), Box::pin(topic.test(channel, scope))).await
}

async fn within(id: &str, deliver: impl Future<Output = Result<(), PortError>>) -> Result<(), PortError> {
    timeout(WITHIN, deliver).await.unwrap_or_else(|_| {
        let message = format!("no answer within {} s", WITHIN.as_secs());
        Err(PortError::Transient { action: id.to_owned(), message })
    })
}

impl fmt::Debug for AnyChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Channel for AnyChannel {
    fn id(&self) -> &str {
        match &self.0 {
            Kind::Sns(channel) => channel.id(),
            Kind::EventBridge(channel) => channel.id(),
            Kind::Slack(channel) => channel.id(),
            Kind::OpsCenter(channel) => channel.id(),
        }
    }

    fn wants(&self, message: &Message, insight: &Insight) -> bool {
        match &self.0 {
            Kind::Sns(channel) => channel.wants(message, insight),
            Kind::EventBridge(channel) => channel.wants(message, insight),
            Kind::Slack(channel) => channel.wants(message, insight),
            Kind::OpsCenter(channel) => channel.wants(message, insight),
        }
    }

    async fn deliver(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        let deliver = async {
            // Boxed: the SDK's calls are large, and together they are more than the compiler looks through.
            match &self.0 {
                Kind::Sns(channel) => Box::pin(channel.deliver(message, insight)).await,
                Kind::EventBridge(channel) => Box::pin(channel.deliver(message, insight)).await,
                Kind::Slack(channel) => Box::pin(channel.deliver(message, insight)).await,
                Kind::OpsCenter(channel) => Box::pin(channel.deliver(message, insight)).await,
            }
        };
        within(self.id(), deliver).await
    }
}
