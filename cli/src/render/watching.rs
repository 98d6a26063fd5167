//! What is watched of an application, and of the rest what it is, why, and what to turn on.

use super::page::{DIM, Page};
use super::words::{counted, kind};
use stackseer_model::{ResourceState, Watching, WatchingCounts};
use std::collections::BTreeMap;

/// By what is said of them, how many there are of each type.
type Groups<'a> = BTreeMap<(&'static str, &'a str, Option<&'a str>), BTreeMap<&'a str, usize>>;

pub fn watching(page: &mut Page, application: &str, states: &[ResourceState]) {
    let counts: WatchingCounts = states.iter().collect();
    page.text(2, &counts.said(application));
    let mut groups = Groups::new();
    for ResourceState { resource, watching } in states {
        let said = match watching {
            Watching::Watched => continue,
            Watching::WatchedInPart { because, turn_on } => {
                ("watched in part", because.as_str(), Some(turn_on.as_str()))
            }
            Watching::WithoutMetrics { because, turn_on } => ("without metrics", because.as_str(), turn_on.as_deref()),
            Watching::NotSupported => ("not supported yet", "", None),
        };
        *groups.entry(said).or_default().entry(&resource.resource_type).or_default() += 1;
    }
    // What can be changed before what can't.
    for ((state, because, turn_on), types) in groups.iter().rev() {
        let types: Vec<String> = types.iter().map(|(of, n)| counted(*n, &kind(of))).collect();
        let why = if because.is_empty() { String::new() } else { format!(": {because}") };
        page.styled(4, DIM, &format!("{state}: {}{why}", types.join(", ")));
        if let Some(turn_on) = turn_on {
            page.styled(6, DIM, turn_on);
        }
    }
}
