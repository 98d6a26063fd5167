use crate::ResourceRef;
use serde::{Deserialize, Serialize};

/// Whether a resource is watched. Not watched is never healthy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watching {
    /// It has metrics.
    Watched,
    /// Its type is known, but there are no metrics of it: why, as a sentence's part: `request metrics are off`.
    WithoutMetrics(String),
    /// Nothing is known yet of metrics of its type.
    NotSupported,
}

/// A resource that was found, and its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceState {
    #[serde(flatten)]
    pub resource: ResourceRef,
    pub watching: Watching,
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
}

impl<'a> FromIterator<&'a ResourceState> for WatchingCounts {
    fn from_iter<I: IntoIterator<Item = &'a ResourceState>>(states: I) -> Self {
        let mut counts = Self::default();
        for state in states {
            match state.watching {
                Watching::Watched => counts.watched += 1,
                Watching::WithoutMetrics(_) => counts.without_metrics += 1,
                Watching::NotSupported => counts.not_supported += 1,
            }
        }
        counts
    }
}
