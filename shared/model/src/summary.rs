use crate::{Acknowledgement, Application, Insight, InsightId, InsightType, Muted, ResourceRef, Severity, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An insight of hundreds of resources does not make its lists long.
pub const MOST_NAMED: usize = 10;

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
    pub open_time: Timestamp,
    pub update_time: Timestamp,
    pub application: Application,
    /// The title, and where it has no cause in it, the likeliest one.
    pub headline: String,
    /// Of all affected resources.
    pub types: BTreeSet<String>,
    /// The affected ones, [`MOST_NAMED`] at most.
    pub resources: Vec<ResourceRef>,
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
        Self {
            id: insight.id.clone(),
            name: insight.name.clone(),
            insight_type: insight.insight_type(),
            severity: insight.severity,
            status: insight.status,
            start_time: insight.start_time,
            end_time: insight.end_time,
            open_time: insight.open_time,
            update_time: insight.update_time,
            application: insight.application.clone(),
            headline: insight.headline(),
            types: affected.iter().map(|resource| resource.resource_type.clone()).collect(),
            resources: affected.iter().copied().take(MOST_NAMED).cloned().collect(),
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
    /// What broke and why, in one sentence.
    pub fn headline(&self) -> String {
        let cause = self.causes.first().filter(|_| self.pattern().is_none());
        let reason = cause.map(|cause| cause.reason.trim_end_matches('.')).filter(|reason| !reason.is_empty());
        reason.map_or_else(|| self.name.clone(), |reason| format!("{}: {reason}", self.name))
    }

    /// When what it tells of was over; none while it is open. Its retention, and the time in which a repeat is recognised,
    /// count from here, whenever it was written.
    pub fn ended(&self) -> Option<Timestamp> {
        ended(self.status, self.end_time, self.update_time)
    }
}

fn ended(status: Status, end: Option<Timestamp>, update: Timestamp) -> Option<Timestamp> {
    (status == Status::Closed).then(|| end.unwrap_or(update))
}
