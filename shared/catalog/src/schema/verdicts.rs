//! `catalog/verdicts/*.toml`: when a release has made its resource worse.

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictRules {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// How long after a release, and at most how long before it, is looked at.
    pub after_minutes: u32,
    pub before_minutes: u32,
    /// Records so near are one release, and a shorter stretch than this tells nothing.
    pub least_minutes: u32,
    /// Fewer on either side tell nothing.
    pub least_requests: f64,
    pub most_resources: usize,
    /// How much higher a share of failures is worse, how many times as high, and by how many standard deviations.
    pub error_share: f64,
    pub error_ratio: f64,
    pub error_deviations: f64,
    /// How many times the former latency is worse, and with how many times the requests it no longer is.
    pub latency_ratio: f64,
    pub crowd: f64,
}
