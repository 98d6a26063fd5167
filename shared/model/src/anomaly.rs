use crate::{AnomalyId, Evidence, Metric, MetricEvidence, ResourceRef, Severity, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that is wrong with one resource, within an insight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    pub id: AnomalyId,
    #[serde(rename = "type")]
    pub anomaly_type: AnomalyType,
    /// Contextual only: the causal anomaly it explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causal_anomaly: Option<AnomalyId>,
    pub severity: Severity,
    pub status: Status,
    /// When the behaviour started and ended.
    pub start_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// When Stackseer opened and closed it.
    pub open_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_time: Option<Timestamp>,
    pub resource: ResourceRef,
    pub description: String,
    pub evidence: Evidence,
    /// Of a check: how many looks in a row it passed since it failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passed: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Anomaly {
    /// None where something else than a metric is the evidence.
    pub fn is_silence(&self) -> bool {
        self.of_metric().is_some_and(|metric| metric.silent)
    }

    pub fn of_metric(&self) -> Option<&MetricEvidence> {
        match &self.evidence {
            Evidence::Metric(metric) => Some(metric),
            Evidence::Config(_) | Evidence::Log(_) | Evidence::Database(_) => None,
        }
    }

    pub fn of_metric_mut(&mut self) -> Option<&mut MetricEvidence> {
        match &mut self.evidence {
            Evidence::Metric(metric) => Some(metric),
            Evidence::Config(_) | Evidence::Log(_) | Evidence::Database(_) => None,
        }
    }

    pub fn metric(&self) -> Option<&Metric> {
        self.of_metric().map(|evidence| &evidence.metric)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyType {
    /// Able to open an insight by itself.
    Causal,
    /// Adds detail.
    Contextual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}
