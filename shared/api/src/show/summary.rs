//! Insights as lists have them.

use super::handling::{acknowledgement, muted_by};
use super::resource::{application, collection, service_collection};
use super::{clipped, severity, status};
use crate::wire;
use stackseer_model::{InsightSummary, InsightType};
use stackseer_notify as notify;

pub const MOST_NAME: usize = 530;

/// Of one type: lists are never of both.
#[derive(Debug, Default)]
pub struct Insights {
    pub reactive: Option<Vec<wire::ReactiveInsightSummary>>,
    pub proactive: Option<Vec<wire::ProactiveInsightSummary>>,
}

pub fn insights(insight_type: InsightType, items: &[InsightSummary]) -> Insights {
    match insight_type {
        InsightType::Reactive => Insights { reactive: Some(items.iter().map(reactive).collect()), proactive: None },
        InsightType::Proactive => Insights { reactive: None, proactive: Some(items.iter().map(proactive).collect()) },
    }
}

macro_rules! summary {
    ($form:ident, $insight:ident $(, $field:ident: $value:expr)*) => {
        wire::$form {
            id: Some($insight.id.to_string()),
            name: Some(clipped(&$insight.name, MOST_NAME)),
            severity: Some(severity($insight.severity)),
            status: Some(status($insight.status)),
            insight_time_range: Some(range($insight)),
            resource_collection: collection(&$insight.application),
            service_collection: Some(service_collection($insight.types.iter().map(String::as_str))),
            $($field: $value,)*
        }
    };
}

macro_rules! own_summary {
    ($form:ident, $insight:ident $(, $field:ident: $value:expr)*) => {
        summary!($form, $insight,
            associated_resource_arns: Some(arns($insight)),
            application: Some(application(&$insight.application)),
            headline: Some($insight.headline.clone()),
            open_time: Some($insight.open_time.into()),
            update_time: Some($insight.update_time.into()),
            acknowledgement: $insight.acknowledgement.as_ref().map(acknowledgement),
            assignee: $insight.assignee.clone(),
            muted_by: $insight.muted.as_ref().map(muted_by)
            $(, $field: $value)*)
    };
}

fn reactive(insight: &InsightSummary) -> wire::ReactiveInsightSummary {
    own_summary!(ReactiveInsightSummary, insight)
}

fn proactive(insight: &InsightSummary) -> wire::ProactiveInsightSummary {
    own_summary!(ProactiveInsightSummary, insight, prediction_time_range: None)
}

pub fn reactive_in_organization(insight: &InsightSummary) -> wire::ReactiveOrganizationInsightSummary {
    let account_id = Some(insight.application.account.clone());
    summary!(ReactiveOrganizationInsightSummary, insight, account_id: account_id, organizational_unit_id: None)
}

pub fn proactive_in_organization(insight: &InsightSummary) -> wire::ProactiveOrganizationInsightSummary {
    let account_id = Some(insight.application.account.clone());
    summary!(ProactiveOrganizationInsightSummary, insight, account_id: account_id, organizational_unit_id: None,
        prediction_time_range: None)
}

fn range(insight: &InsightSummary) -> wire::InsightTimeRange {
    wire::InsightTimeRange { start_time: insight.start_time.into(), end_time: insight.end_time.map(Into::into) }
}

fn arns(insight: &InsightSummary) -> Vec<String> {
    insight.resources.iter().filter_map(|resource| notify::arn(&insight.application, resource)).collect()
}
