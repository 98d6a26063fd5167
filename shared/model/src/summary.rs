use crate::{Acknowledgement, Application, Insight, InsightId, InsightType, Muted, ResourceRef, Severity, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What lists say of an insight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InsightSummary {
    pub id: InsightId,
    pub name: String,
    #[serde(rename = "type")]
    pub insight_type: InsightType,
    pub severity: Severity,
    pub status: Status,
    pub start_time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    pub update_time: Timestamp,
    pub application: Application,
    /// Of the affected resources, as in CloudFormation's types: `DynamoDB`, `Lambda`.
    pub services: BTreeSet<String>,
    pub counts: InsightCounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledgement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightCounts {
    pub anomalies: usize,
    /// Those that have an anomaly.
    pub resources: usize,
    pub events: usize,
    pub recommendations: usize,
}

impl InsightSummary {
    pub fn of(insight: &Insight) -> Self {
        let affected: BTreeSet<&ResourceRef> = insight.anomalies.iter().map(|a| &a.resource).collect();
        let service = |resource: &&ResourceRef| resource.resource_type.split("::").nth(1).map(str::to_owned);
        Self {
            id: insight.id.clone(),
            name: insight.name.clone(),
            insight_type: insight.insight_type(),
            severity: insight.severity,
            status: insight.status,
            start_time: insight.start_time,
            end_time: insight.end_time,
            update_time: insight.update_time,
            application: insight.application.clone(),
            services: affected.iter().filter_map(service).collect(),
            counts: InsightCounts {
                anomalies: insight.anomalies.len(),
                resources: affected.len(),
                events: insight.events.len(),
                recommendations: insight.recommendations.len(),
            },
            acknowledgement: insight.handling.acknowledgement.clone(),
            assignee: insight.handling.assignee.clone(),
            muted: insight.handling.muted.clone(),
        }
    }

    /// As [`Insight::ended`].
    pub fn ended(&self) -> Option<Timestamp> {
        ended(self.status, self.end_time, self.update_time)
    }
}

impl Insight {
    /// When what it tells of was over; none while it is open. Its retention, and the time in which a repeat is recognised,
    /// count from here, whenever it was written.
    pub fn ended(&self) -> Option<Timestamp> {
        ended(self.status, self.end_time, self.update_time)
    }
}

fn ended(status: Status, end: Option<Timestamp>, update: Timestamp) -> Option<Timestamp> {
    (status == Status::Closed).then(|| end.unwrap_or(update))
}
