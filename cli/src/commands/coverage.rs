//! What the user asks about: the applications of stacks, tags or the Region.

use crate::args::{self, Tag};
use crate::progress::Progress;
use anyhow::{Result, bail};
use stackseer_model::ports::ResourceSource;
use stackseer_model::{Application, Coverage};
use std::collections::BTreeMap;

/// By name, each once; none at all is an error.
pub async fn applications(
    resources: &impl ResourceSource,
    asked: &args::Coverage,
    region: &str,
) -> Result<Vec<Application>> {
    let mut applications: Vec<Application> = Vec::new();
    for coverage in coverages(asked) {
        let _progress = Progress::start("finding applications", 0);
        applications.extend(resources.applications(&coverage).await?);
    }
    applications.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    applications.dedup_by(|a, b| a.id == b.id);
    if applications.is_empty() {
        bail!("found no application in {region}: no stack, and no resource with such a tag");
    }
    Ok(applications)
}

/// One coverage per key of tags; all stacks together.
fn coverages(args: &args::Coverage) -> Vec<Coverage> {
    let mut coverages = Vec::new();
    if !args.stack.is_empty() {
        coverages.push(Coverage::Stacks { names: args.stack.clone() });
    }
    let mut keys: BTreeMap<&str, Vec<Option<&String>>> = BTreeMap::new();
    for Tag { key, value } in &args.tag {
        keys.entry(key).or_default().push(value.as_ref());
    }
    for (key, values) in keys {
        // One without a value means every value.
        let values: Option<Vec<String>> = values.into_iter().map(|v| v.cloned()).collect();
        coverages.push(Coverage::Tags { key: key.to_owned(), values: values.unwrap_or_default() });
    }
    if args.region_wide {
        coverages.push(Coverage::Region);
    }
    coverages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;

    fn of(line: &[&str]) -> Vec<Coverage> {
        match Args::try_parse_from([&["stackseer", "scan"], line].concat()).unwrap().command {
            Command::Scan(scan) => coverages(&scan.coverage),
            _ => unreachable!("it says scan"),
        }
    }

    #[test]
    fn stacks_go_together_and_tags_by_key() {
        assert_eq!(of(&["--stack", "a", "--stack", "b"]), [Coverage::Stacks { names: vec!["a".into(), "b".into()] }]);
        let tags =
            of(&["--tag", "devops-guru-x=1", "--tag", "devops-guru-y", "--tag", "devops-guru-x=2", "--region-wide"]);
        assert_eq!(
            tags,
            [
                Coverage::Tags { key: "devops-guru-x".into(), values: vec!["1".into(), "2".into()] },
                Coverage::Tags { key: "devops-guru-y".into(), values: vec![] },
                Coverage::Region,
            ]
        );
        assert_eq!(
            of(&["--tag", "devops-guru-x=1", "--tag", "devops-guru-x"]),
            [Coverage::Tags { key: "devops-guru-x".into(), values: vec![] }]
        );
    }
}
