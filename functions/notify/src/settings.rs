use anyhow::{Context, Result, bail};
use stackseer_aws::channels::{ChannelSettings, Links};
use stackseer_model::Filter;

/// `read`: a variable of the environment, none where it is empty.
pub fn channels(read: impl Fn(&str) -> Option<String>) -> Result<ChannelSettings> {
    let words = |name: &str| read(name).unwrap_or_default();
    let filter = Filter::parse(&words("STACKSEER_SEVERITIES"), &words("STACKSEER_MESSAGE_TYPES"));
    Ok(ChannelSettings {
        topic: read("STACKSEER_TOPIC_ARN"),
        chat_topic: read("STACKSEER_CHAT_TOPIC_ARN"),
        event_bus: Some(read("STACKSEER_EVENT_BUS").unwrap_or_else(|| "default".to_owned())),
        slack_secret: read("STACKSEER_SLACK_SECRET"),
        ops_center: match read("STACKSEER_OPS_CENTER").as_deref() {
            Some("enabled") => true,
            None | Some("disabled") => false,
            Some(other) => bail!("STACKSEER_OPS_CENTER is `{other}`; write enabled or disabled"),
        },
        filter: filter.context("STACKSEER_SEVERITIES or STACKSEER_MESSAGE_TYPES")?,
        links: Links { console: read("STACKSEER_CONSOLE_URL") },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &[(&str, &str)]) -> Result<ChannelSettings> {
        channels(|name| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn with_nothing_set_only_the_default_bus_is_told() {
        let settings = of(&[]).unwrap();
        assert_eq!(settings.event_bus.as_deref(), Some("default"));
        assert_eq!((settings.topic, settings.chat_topic, settings.slack_secret), (None, None, None));
        assert_eq!((settings.filter, settings.ops_center), (Filter::default(), false));
    }

    #[test]
    fn every_variable_is_read() {
        let settings = of(&[
            ("STACKSEER_TOPIC_ARN", "arn:topic"),
            ("STACKSEER_CHAT_TOPIC_ARN", "arn:chat"),
            ("STACKSEER_EVENT_BUS", "mine"),
            ("STACKSEER_SLACK_SECRET", "slack"),
            ("STACKSEER_OPS_CENTER", "enabled"),
            ("STACKSEER_SEVERITIES", "high"),
            ("STACKSEER_MESSAGE_TYPES", "NEW_INSIGHT"),
            ("STACKSEER_CONSOLE_URL", "https://ops.example"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.topic.as_deref(), Some("arn:topic"));
        assert_eq!(settings.chat_topic.as_deref(), Some("arn:chat"));
        assert_eq!(settings.event_bus.as_deref(), Some("mine"));
        assert_eq!(settings.slack_secret.as_deref(), Some("slack"));
        assert_eq!(settings.filter, Filter::parse("high", "new_insight").unwrap());
        assert_eq!(settings.links.console.as_deref(), Some("https://ops.example"));
        assert!(settings.ops_center);
    }

    #[test]
    fn a_wrong_one_is_named_with_what_to_write() {
        let said = |given| format!("{:#}", of(given).unwrap_err());
        assert!(said(&[("STACKSEER_OPS_CENTER", "yes")]).contains("write enabled or disabled"));
        let severity = said(&[("STACKSEER_SEVERITIES", "urgent")]);
        assert!(severity.contains("STACKSEER_SEVERITIES") && severity.contains("high, medium, low"), "{severity}");
    }
}
