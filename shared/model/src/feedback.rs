use crate::{AnomalyType, Insight, InsightId, Judged, OwnSensitivity, ResourceId, Scope, Sensitivity, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A metric that was lowered by feedback has its old sensitivity again after so long.
const LOWERED_SECONDS: i64 = 30 * 24 * 3600;

/// What somebody thought of an insight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    pub insight: InsightId,
    pub kind: FeedbackKind,
    pub by: String,
    pub time: Timestamp,
}

/// DevOps Guru's five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeedbackKind {
    ValidCollection,
    RecommendationUseful,
    AlertTooSensitive,
    DataNoisyAnomaly,
    /// The data was wrong, not the threshold: for who measures how good the detection is.
    DataIncorrect,
}

impl FeedbackKind {
    pub fn lowers_sensitivity(self) -> bool {
        matches!(self, Self::AlertTooSensitive | Self::DataNoisyAnomaly)
    }
}

impl Feedback {
    /// Lowers what it says is too sensitive, by one step and for 30 days: each metric that can open an insight and is in
    /// this one. What is lowest already stays. The answer: what was lowered. `general` is the sensitivity of metrics of which
    /// nothing is set.
    pub fn act(
        &self,
        settings: &mut Settings,
        scope: &Scope,
        insight: &Insight,
        general: Sensitivity,
    ) -> Vec<OwnSensitivity> {
        if !self.kind.lowers_sensitivity() {
            return vec![];
        }
        let symptoms = insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal);
        let metrics: BTreeMap<String, &ResourceId> =
            symptoms.filter_map(|a| Some((a.metric()?.key.to_string(), &a.resource.id))).collect();
        let until = Timestamp::from_second(self.time.as_second() + LOWERED_SECONDS).ok();
        let held = settings.sensitivities(self.time);
        let lowered = metrics.into_iter().filter_map(|(key, resource)| {
            let lower = held.of(&insight.application.id, resource, &key).unwrap_or(general).lower()?;
            let own = OwnSensitivity::new(scope, Judged::Metric { key }, lower, until, &self.by);
            Some(OwnSensitivity { feedback: Some(self.insight.clone()), ..own })
        });
        let lowered: Vec<OwnSensitivity> = lowered.collect();
        settings.sensitivities.extend(lowered.iter().map(|s| (s.id.clone(), s.clone())));
        lowered
    }
}
