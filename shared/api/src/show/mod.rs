//! The domain's types as the API has them.

pub mod anomaly;
pub mod event;
pub mod handling;
pub mod insight;
pub mod recommendation;
pub mod resource;
pub mod setting;
pub mod summary;

use crate::wire;
use stackseer_model::{InsightType, Severity, Status};

pub fn severity(severity: Severity) -> wire::InsightSeverity {
    match severity {
        Severity::Low => wire::InsightSeverity::Low,
        Severity::Medium => wire::InsightSeverity::Medium,
        Severity::High => wire::InsightSeverity::High,
    }
}

pub fn status(status: Status) -> wire::InsightStatus {
    match status {
        Status::Ongoing => wire::InsightStatus::Ongoing,
        Status::Closed => wire::InsightStatus::Closed,
    }
}

pub fn insight_type(insight_type: wire::InsightType) -> InsightType {
    match insight_type {
        wire::InsightType::Reactive => InsightType::Reactive,
        wire::InsightType::Proactive => InsightType::Proactive,
    }
}

/// As long as the model allows.
pub fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// None where there is nothing.
pub fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
