//! EventBridge: DevOps Guru's detail-types and fields. Accounts can't send as `aws.*`.

use crate::Links;
use crate::detail::{Dialect, detail, fitting};
use stackseer_model::{Insight, Message, MessageType};

pub const SOURCE: &str = "stackseer";

/// An entry takes 256 KB, with source, detail-type, time and bus.
const MOST_BYTES: usize = 256 * 1024 - 2048;

pub fn detail_type(message: MessageType) -> &'static str {
    match message {
        MessageType::NewInsight => "DevOps Guru New Insight Open",
        MessageType::ClosedInsight => "DevOps Guru Insight Closed",
        MessageType::NewAssociation => "DevOps Guru New Anomaly Association",
        MessageType::SeverityUpgraded => "DevOps Guru Insight Severity Upgraded",
        MessageType::NewRecommendation => "DevOps Guru New Recommendation Created",
    }
}

/// The event's `detail`, as JSON.
pub fn body(message: &Message, insight: &Insight, links: &Links) -> String {
    fitting(MOST_BYTES, insight.anomalies.len(), |most| {
        serde_json::to_string(&detail(message, insight, links, Dialect::EventBridge, most)).unwrap_or_default()
    })
}
