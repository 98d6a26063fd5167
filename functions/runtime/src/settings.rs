//! Settings from the environment, as template.yaml sets them.

use anyhow::{Context, Result, bail};
use stackseer_line::{Repeats, Sensitivity};
use stackseer_model::Coverage;

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
