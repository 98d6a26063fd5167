use crate::{ResourceId, ResourceRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// Whether a resource is watched. Not watched is never healthy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Watching {
    /// It has metrics.
    Watched,
    /// It has metrics, and could have more.
    WatchedInPart {
        /// What is off, as a sentence's part: `Container Insights is off`.
        because: String,
        /// How to get the rest, a sentence.
        turn_on: String,
    },
    /// Its type is known, but there are no metrics of it.
    WithoutMetrics {
        /// Why, as a sentence's part: `request metrics are off`.
        because: String,
        /// How to get them, a sentence; none: nothing can be switched on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn_on: Option<String>,
    },
    /// Nothing is known yet of metrics of its type.
    NotSupported,
}

/// A resource that was found, and its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceState {
    #[serde(flatten)]
    pub resource: ResourceRef,
    #[serde(flatten)]
    pub watching: Watching,
}

impl Watching {
    /// Wholly or in part.
    pub fn is_watched(&self) -> bool {
        matches!(self, Self::Watched | Self::WatchedInPart { .. })
    }
}

impl ResourceState {
    /// What has published a point since is watched.
    pub fn seen(mut self, published: &BTreeSet<ResourceId>) -> Self {
        if published.contains(&self.resource.id) && !self.watching.is_watched() {
            self.watching = Watching::Watched;
        }
        self
    }
}

/// How many resources are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchingCounts {
    pub watched: usize,
    pub without_metrics: usize,
    pub not_supported: usize,
}

impl WatchingCounts {
    /// All resources, watched or not.
    pub fn all(&self) -> usize {
        self.watched + self.without_metrics + self.not_supported
    }

    /// `Watched: 12 of 17 resources of shop (3 without metrics, 2 not supported yet)`
    pub fn said(&self, application: &str) -> String {
        let all = self.all();
        let resources = if all == 1 { "resource" } else { "resources" };
        let rest = [(self.without_metrics, "without metrics"), (self.not_supported, "not supported yet")];
        let rest: Vec<String> = rest.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{n} {why}")).collect();
        let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
        match (self.watched, all) {
            (_, 0) => format!("Watched: nothing, as no resource of {application} was found that could be"),
            (0, _) => format!("Watched: none of {all} {resources} of {application}{rest}"),
            (watched, _) => format!("Watched: {watched} of {all} {resources} of {application}{rest}"),
        }
    }
}

impl AddAssign for WatchingCounts {
    fn add_assign(&mut self, other: Self) {
        self.watched += other.watched;
        self.without_metrics += other.without_metrics;
        self.not_supported += other.not_supported;
    }
}

impl<'a> FromIterator<&'a ResourceState> for WatchingCounts {
    fn from_iter<I: IntoIterator<Item = &'a ResourceState>>(states: I) -> Self {
        let mut counts = Self::default();
        for state in states {
            match state.watching {
                Watching::Watched | Watching::WatchedInPart { .. } => counts.watched += 1,
                Watching::WithoutMetrics { .. } => counts.without_metrics += 1,
                Watching::NotSupported => counts.not_supported += 1,
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resource;

    #[test]
    fn the_counts_say_what_is_not_watched_and_never_that_nothing_is() {
        let said = |watched, without_metrics, not_supported| {
            WatchingCounts { watched, without_metrics, not_supported }.said("shop")
        };
        assert_eq!(said(12, 3, 2), "Watched: 12 of 17 resources of shop (3 without metrics, 2 not supported yet)");
        assert_eq!(said(0, 0, 1), "Watched: none of 1 resource of shop (1 not supported yet)");
        assert_eq!(said(4, 0, 0), "Watched: 4 of 4 resources of shop");
        assert_eq!(said(0, 0, 0), "Watched: nothing, as no resource of shop was found that could be");
    }

    #[test]
    fn a_state_reads_back_as_it_was_written_beside_its_resource() {
        let resource = ResourceRef::from(&Resource::new("AWS::S3::Bucket", "files"));
        let off = |turn_on: Option<&str>| Watching::WithoutMetrics {
            because: "request metrics are off".to_owned(),
            turn_on: turn_on.map(str::to_owned),
        };
        let in_part = Watching::WatchedInPart {
            because: "Container Insights is off".to_owned(),
            turn_on: "Turn it on.".to_owned(),
        };
        for watching in [Watching::Watched, in_part, off(Some("Turn them on.")), off(None), Watching::NotSupported] {
            let state = ResourceState { resource: resource.clone(), watching };
            let json = serde_json::to_value(&state).unwrap();
            assert!(json["state"].is_string() && json["name"] == "files", "{json}");
            assert_eq!(serde_json::from_value::<ResourceState>(json).unwrap(), state);
        }
    }

    #[test]
    fn who_publishes_again_is_watched_and_nobody_else() {
        let resource = Resource::new("AWS::SQS::Queue", "jobs");
        let silent = ResourceState { resource: ResourceRef::from(&resource), watching: Watching::NotSupported };
        let seen = |id: &ResourceId| silent.clone().seen(&BTreeSet::from([id.clone()])).watching;
        assert_eq!(seen(&resource.id), Watching::Watched);
        assert_eq!(seen(&Resource::new("AWS::SQS::Queue", "mail").id), Watching::NotSupported);
    }
}
