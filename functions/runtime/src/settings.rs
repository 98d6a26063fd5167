//! Settings from the environment, as template.yaml sets them.

use anyhow::{Context, Result, bail, ensure};
use stackseer_line::{Repeats, Sensitivity};
use stackseer_model::{Coverage, Encryption, Filter, Integrations, NotificationChannel, Scope, Settings};

pub fn setting(name: &str) -> Result<String> {
    optional(name).with_context(|| format!("{name} is not set; template.yaml sets it"))
}

/// None also where it is empty: a template can't leave a variable out.
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// `region`, `stacks:shop,billing`, `tag:devops-guru-app` or `tag:devops-guru-app=shop,billing`.
pub fn coverage(text: &str) -> Result<Vec<Coverage>> {
    let list = |text: &str| -> Vec<String> {
        text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    let coverage = match text.trim().split_once(':') {
        None if text.trim() == "region" => Coverage::Region,
        Some(("stacks", names)) if !list(names).is_empty() => Coverage::Stacks { names: list(names) },
        Some(("tag", tag)) if !tag.trim().is_empty() => {
            let (key, values) = tag.split_once('=').unwrap_or((tag, ""));
            Coverage::Tags { key: key.trim().to_owned(), values: list(values) }
        }
        _ => bail!(
            "STACKSEER_COVERAGE is `{text}`; write `region`, `stacks:NAME,NAME`, `tag:devops-guru-KEY` or \
             `tag:devops-guru-KEY=VALUE,VALUE`"
        ),
    };
    Ok(vec![coverage])
}

/// What of the severities and messages the template wants told.
pub fn filter(read: &impl Fn(&str) -> Option<String>) -> Result<Filter> {
    let words = |name: &str| read(name).unwrap_or_default();
    Filter::parse(&words("STACKSEER_SEVERITIES"), &words("STACKSEER_MESSAGE_TYPES"))
        .context("STACKSEER_SEVERITIES or STACKSEER_MESSAGE_TYPES")
}

/// The values of what people can set, until they set any of it. `read`: a variable of the environment, none where it is empty;
/// a function that has no use for one is not given it.
pub fn first_settings(scope: &Scope, read: &impl Fn(&str) -> Option<String>) -> Result<Settings> {
    let coverage = read("STACKSEER_COVERAGE").map(|text| coverage(&text)).transpose()?.unwrap_or_default();
    let ops_center = match read("STACKSEER_OPS_CENTER").as_deref() {
        Some("enabled") => true,
        None | Some("disabled") => false,
        Some(other) => bail!("STACKSEER_OPS_CENTER is `{other}`; write enabled or disabled"),
    };
    let topic = read("STACKSEER_TOPIC_ARN").map(standard).transpose()?;
    let filter = filter(read)?;
    let channel = topic.map(|topic| NotificationChannel::new(scope, &topic, filter));
    let encryption = Encryption { key: read("STACKSEER_KMS_KEY"), ..Encryption::default() };
    Ok(Settings {
        coverage,
        channels: channel.into_iter().map(|channel| (channel.id.clone(), channel)).collect(),
        integrations: Integrations { ops_center, log_anomalies: false, encryption },
        ..Settings::default()
    })
}

pub fn standard(topic: String) -> Result<String> {
    ensure!(
        !topic.ends_with(".fifo"),
        "{topic} is a FIFO topic: DevOps Guru's subscribers, e-mail among them, need a standard one"
    );
    Ok(topic)
}

pub fn sensitivity(text: Option<&str>) -> Result<Sensitivity> {
    Ok(match text.unwrap_or("medium") {
        "low" => Sensitivity::Low,
        "medium" => Sensitivity::Medium,
        "high" => Sensitivity::High,
        other => bail!("STACKSEER_SENSITIVITY is `{other}`; write low, medium or high"),
    })
}

pub fn repeats(text: Option<&str>) -> Result<Repeats> {
    Ok(match text.unwrap_or("keep") {
        "keep" => Repeats::Keep,
        "low" => Repeats::Low,
        other => bail!("STACKSEER_REPEATS is `{other}`; write keep or low"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coverage_reads_and_anything_else_says_what_to_write() {
        assert_eq!(coverage("region").unwrap(), [Coverage::Region]);
        let stacks = Coverage::Stacks { names: vec!["shop".into(), "billing".into()] };
        assert_eq!(coverage("stacks:shop, billing,").unwrap(), [stacks]);
        let all = Coverage::Tags { key: "devops-guru-app".into(), values: vec![] };
        assert_eq!(coverage("tag:devops-guru-app").unwrap(), [all]);
        let one = Coverage::Tags { key: "devops-guru-app".into(), values: vec!["shop".into()] };
        assert_eq!(coverage("tag:devops-guru-app=shop").unwrap(), [one]);
        for wrong in ["", "stacks:", "tag:", "everything", "stack:shop"] {
            assert!(coverage(wrong).unwrap_err().to_string().contains("stacks:NAME"), "{wrong}");
        }
    }

    fn first(given: &[(&str, &str)]) -> Result<Settings> {
        let read = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        first_settings(&Scope::new("123456789012", "eu-west-1"), &read)
    }

    #[test]
    fn the_first_values_are_the_template_s() {
        let settings = first(&[
            ("STACKSEER_COVERAGE", "stacks:shop"),
            ("STACKSEER_TOPIC_ARN", "arn:topic"),
            ("STACKSEER_SEVERITIES", "high"),
            ("STACKSEER_OPS_CENTER", "enabled"),
            ("STACKSEER_KMS_KEY", "arn:key"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.coverage, [Coverage::Stacks { names: vec!["shop".into()] }]);
        let channels: Vec<&NotificationChannel> = settings.channels.values().collect();
        assert_eq!((channels.len(), channels[0].topic.as_str()), (1, "arn:topic"));
        assert_eq!(channels[0].filter, Filter::parse("high", "").unwrap());
        let encryption = Encryption { enabled: true, key: Some("arn:key".into()) };
        assert_eq!(settings.integrations, Integrations { ops_center: true, log_anomalies: false, encryption });
        assert_eq!(first(&[]).unwrap(), Settings::default());
    }

    #[test]
    fn a_wrong_one_is_named_with_what_to_write() {
        let said = |given| format!("{:#}", first(given).unwrap_err());
        assert!(said(&[("STACKSEER_OPS_CENTER", "yes")]).contains("write enabled or disabled"));
        let severity = said(&[("STACKSEER_SEVERITIES", "urgent")]);
        assert!(severity.contains("STACKSEER_SEVERITIES") && severity.contains("high, medium, low"), "{severity}");
        assert!(said(&[("STACKSEER_TOPIC_ARN", "arn:topic.fifo")]).contains("arn:topic.fifo is a FIFO topic"));
    }

    #[test]
    fn three_sensitivities_two_ways_with_repeats_and_no_other() {
        assert_eq!(sensitivity(None).unwrap(), Sensitivity::Medium);
        assert_eq!(sensitivity(Some("high")).unwrap(), Sensitivity::High);
        assert_eq!(repeats(None).unwrap(), Repeats::Keep);
        assert_eq!(repeats(Some("low")).unwrap(), Repeats::Low);
        assert!(repeats(Some("never")).unwrap_err().to_string().contains("keep or low"));
        assert!(sensitivity(Some("extreme")).unwrap_err().to_string().contains("low, medium or high"));
    }
}
