//! One Systems Manager OpsItem for each insight.

use crate::text::clip;
use crate::{Links, arn, email};
use serde_json::json;
use stackseer_model::*;
use std::collections::BTreeMap;

/// Systems Manager's own limits; all operational data together may have 20 KB.
const MOST_TITLE: usize = 1024;
const MOST_DESCRIPTION: usize = 2048;
const MOST_RESOURCES: usize = 20;

/// Operational data under this key is the insight's id: how its OpsItem is found again.
pub const INSIGHT_KEY: &str = "stackseer-insight-id";
/// Systems Manager makes no second OpsItem with the same text under this key while the first is open.
const DEDUP_KEY: &str = "/aws/dedup";
const RESOURCES_KEY: &str = "/aws/resources";

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpsItem {
    pub title: String,
    pub description: String,
    pub source: &'static str,
    /// 1 is the highest, and left to people.
    pub severity: &'static str,
    pub category: &'static str,
    /// All of it can be searched for.
    pub operational_data: BTreeMap<&'static str, String>,
}

pub fn ops_item(message: &Message, insight: &Insight, links: &Links) -> OpsItem {
    let mut resources: Vec<String> = insight.anomalies.iter().flat_map(|a| arn::of_anomaly(insight, a)).collect();
    resources.sort();
    resources.dedup();
    resources.truncate(MOST_RESOURCES);
    let resources: Vec<_> = resources.iter().map(|arn| json!({"arn": arn})).collect();
    let mut operational_data = BTreeMap::from([
        (DEDUP_KEY, json!({"dedupString": format!("stackseer {}", insight.id)}).to_string()),
        (INSIGHT_KEY, insight.id.to_string()),
        ("stackseer-insight-url", links.insight(insight)),
    ]);
    if !resources.is_empty() {
        operational_data.insert(RESOURCES_KEY, json!(resources).to_string());
    }
    OpsItem {
        title: clip(&insight.name, MOST_TITLE),
        description: clip(&email::text(message, insight, links), MOST_DESCRIPTION),
        source: "stackseer",
        severity: match insight.severity {
            Severity::High => "2",
            Severity::Medium => "3",
            Severity::Low => "4",
        },
        category: category(insight),
        operational_data,
    }
}

/// By what is felt most.
fn category(insight: &Insight) -> &'static str {
    let felt = insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal).max_by_key(|a| a.severity);
    match felt.map(|felt| &felt.evidence) {
        Some(Evidence::Metric(evidence)) => match evidence.metric.role {
            Role::Errors | Role::Throttles | Role::Availability => "Availability",
            _ => "Performance",
        },
        Some(Evidence::Log(_)) => "Availability",
        Some(Evidence::Database(_)) => "Performance",
        // A configuration that would be missed when something is lost.
        Some(Evidence::Config(_)) | None => "Recovery",
    }
}
