//! Whom to tell: what the template gives, and what people set.

use anyhow::Result;
use stackseer_aws::channels::{ChannelSettings, Links};
use stackseer_fn_runtime::{filter, first_settings, standard};
use stackseer_model::{Scope, Settings};

/// What the template gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployed {
    /// What only the template can set.
    channels: ChannelSettings,
    /// The values of the rest until somebody sets others.
    pub first: Settings,
}

impl Deployed {
    /// `read`: a variable of the environment, none where it is empty.
    pub fn read(scope: &Scope, read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let channels = ChannelSettings {
            topics: vec![],
            chat_topic: read("STACKSEER_CHAT_TOPIC_ARN").map(standard).transpose()?,
            event_bus: Some(read("STACKSEER_EVENT_BUS").unwrap_or_else(|| "default".to_owned())),
            slack_secret: read("STACKSEER_SLACK_SECRET"),
            ops_center: false,
            filter: filter(&read)?,
            links: Links { console: read("STACKSEER_CONSOLE_URL") },
        };
        Ok(Self { channels, first: first_settings(scope, &read)? })
    }

    /// With what holds now of what people can set.
    pub fn with(&self, settings: &Settings) -> ChannelSettings {
        ChannelSettings {
            topics: settings.channels.values().cloned().collect(),
            ops_center: settings.integrations.ops_center,
            ..self.channels.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Filter, NotificationChannel};

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:stackseer";

    fn scope() -> Scope {
        Scope::new("123456789012", "eu-west-1")
    }

    fn of(given: &[(&str, &str)]) -> Result<Deployed> {
        Deployed::read(&scope(), |name| {
            given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn at_first(given: &[(&str, &str)]) -> ChannelSettings {
        let deployed = of(given).unwrap();
        deployed.with(&deployed.first)
    }

    #[test]
    fn with_nothing_set_only_the_default_bus_is_told() {
        let settings = at_first(&[]);
        assert_eq!(settings.event_bus.as_deref(), Some("default"));
        assert_eq!((settings.topics, settings.chat_topic, settings.slack_secret), (vec![], None, None));
        assert_eq!((settings.filter, settings.ops_center), (Filter::default(), false));
    }

    const ALL: [(&str, &str); 8] = [
        ("STACKSEER_TOPIC_ARN", TOPIC),
        ("STACKSEER_CHAT_TOPIC_ARN", "arn:chat"),
        ("STACKSEER_EVENT_BUS", "mine"),
        ("STACKSEER_SLACK_SECRET", "slack"),
        ("STACKSEER_OPS_CENTER", "enabled"),
        ("STACKSEER_SEVERITIES", "high"),
        ("STACKSEER_MESSAGE_TYPES", "NEW_INSIGHT"),
        ("STACKSEER_CONSOLE_URL", "https://ops.example"),
    ];

    #[test]
    fn every_variable_is_read() {
        let settings = at_first(&ALL);
        let filter = Filter::parse("high", "new_insight").unwrap();
        assert_eq!(settings.topics, [NotificationChannel::new(&scope(), TOPIC, filter.clone())]);
        assert_eq!(settings.chat_topic.as_deref(), Some("arn:chat"));
        assert_eq!(settings.event_bus.as_deref(), Some("mine"));
        assert_eq!(settings.slack_secret.as_deref(), Some("slack"));
        assert_eq!(settings.filter, filter);
        assert_eq!(settings.links.console.as_deref(), Some("https://ops.example"));
        assert!(settings.ops_center);
    }

    #[test]
    fn what_people_set_takes_the_place_of_what_the_template_gave() {
        let on_call = NotificationChannel::new(&scope(), "arn:on-call", Filter::parse("all", "all").unwrap());
        let set = Settings { channels: [(on_call.id.clone(), on_call.clone())].into(), ..Settings::default() };
        let settings = of(&ALL).unwrap().with(&set);
        assert_eq!((settings.topics, settings.ops_center), (vec![on_call], false));
        assert_eq!(settings.slack_secret.as_deref(), Some("slack"));
    }
}
