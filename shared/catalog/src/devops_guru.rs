//! What of DevOps Guru's list is not seen of the resources at hand, and why.

use crate::Catalog;
use serde::Serialize;
use stackseer_model::{ResourceState, Watching};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotSeen {
    /// `metrics of 3 S3 buckets`
    pub what: String,
    pub because: String,
}

impl Catalog {
    /// What can be switched on before what nobody reads.
    pub fn not_seen_of_devops_guru(&self, states: &[ResourceState]) -> Vec<NotSeen> {
        let mut blind: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for ResourceState { resource, watching } in states {
            let (part, because) = match watching {
                Watching::Watched => continue,
                Watching::WatchedInPart { because, .. } => ("more metrics", because.as_str()),
                Watching::WithoutMetrics { because, .. } => ("metrics", because.as_str()),
                Watching::NotSupported => ("metrics", "not supported yet"),
            };
            if self.service_name(&resource.resource_type).is_some() {
                *blind.entry((because, part, &resource.resource_type)).or_default() += 1;
            }
        }
        let blind = blind.into_iter().map(|((because, part, of), count)| NotSeen {
            what: format!("{part} of {}", self.counted(count, of)),
            because: because.to_owned(),
        });
        let unread = self.devops_guru().unseen.iter().filter_map(|unseen| {
            let count = |of: &String| states.iter().filter(|state| state.resource.resource_type == *of).count();
            let counted = unseen.resource_types.iter().map(|of| (count(of), of)).filter(|(count, _)| *count > 0);
            let of: Vec<String> = counted.map(|(count, of)| self.counted(count, of)).collect();
            let what = format!("{} of {}", unseen.what, of.join(" and "));
            (!of.is_empty()).then(|| NotSeen { what, because: unseen.because.clone() })
        });
        blind.chain(unread).collect()
    }

    fn counted(&self, count: usize, resource_type: &str) -> String {
        let kind = self.kind(resource_type);
        match kind.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
            _ if count == 1 => format!("1 {kind}"),
            Some(stem) => format!("{count} {stem}ies"),
            None => format!("{count} {kind}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Resource, ResourceRef};

    fn state(of: &str, name: &str, watching: Watching) -> ResourceState {
        ResourceState { resource: ResourceRef::from(&Resource::new(of, name)), watching }
    }

    #[test]
    fn what_devops_guru_saw_and_is_not_seen_is_counted_with_the_reason() {
        let off = Watching::WithoutMetrics { because: "request metrics are off".to_owned(), turn_on: None };
        let states = [
            state("AWS::S3::Bucket", "a", off.clone()),
            state("AWS::S3::Bucket", "b", off),
            state("AWS::RDS::DBInstance", "orders", Watching::Watched),
            // It never saw these.
            state("AWS::Glue::Job", "nightly", Watching::NotSupported),
        ];
        let said: Vec<String> = Catalog::builtin()
            .not_seen_of_devops_guru(&states)
            .into_iter()
            .map(|not_seen| format!("{}: {}", not_seen.what, not_seen.because))
            .collect();
        assert_eq!(
            said,
            [
                "metrics of 2 S3 buckets: request metrics are off",
                "the load of databases by query and wait event of 1 RDS instance: Performance Insights is not read",
            ]
        );
        assert_eq!(Catalog::builtin().not_seen_of_devops_guru(&[state("AWS::SQS::Queue", "q", Watching::Watched)]), []);
    }
}
