//! A whole insight.

use super::handling::{acknowledgement, feedback_option, muted_by, note};
use super::resource::{application, collection, metric, named};
use super::summary::MOST_NAME;
use super::{clipped, severity, status};
use crate::wire;
use stackseer_model::{Cause, Feedback, Insight, InsightType, Metric, Step, Timestamp};
use stackseer_notify as notify;

pub fn described(insight: &Insight, feedback: Option<&Feedback>, now: Timestamp) -> wire::DescribeInsightResponse {
    let feedback = feedback.map(|feedback| feedback_option(feedback.kind));
    match insight.insight_type() {
        InsightType::Reactive => wire::DescribeInsightResponse {
            reactive_insight: Some(reactive(insight, feedback, now)),
            proactive_insight: None,
        },
        InsightType::Proactive => wire::DescribeInsightResponse {
            reactive_insight: None,
            proactive_insight: Some(proactive(insight, feedback)),
        },
    }
}

macro_rules! insight {
    ($form:ident, $insight:ident, $feedback:expr $(, $field:ident: $value:expr)*) => {
        wire::$form {
            id: Some($insight.id.to_string()),
            name: Some(clipped(&$insight.name, MOST_NAME)),
            description: Some($insight.description.clone()),
            severity: Some(severity($insight.severity)),
            status: Some(status($insight.status)),
            insight_time_range: Some(range($insight)),
            resource_collection: collection(&$insight.application),
            ssm_ops_item_id: None,
            application: Some(application(&$insight.application)),
            headline: Some($insight.headline()),
            open_time: Some($insight.open_time.into()),
            update_time: Some($insight.update_time.into()),
            causes: Some($insight.causes.iter().map(|c| cause($insight, c)).collect()),
            considered: Some(considered($insight)),
            history: Some(history($insight)),
            repeat_of: repeat($insight),
            console_url: Some(notify::Links::default().insight($insight)),
            acknowledgement: $insight.handling.acknowledgement.as_ref().map(acknowledgement),
            assignee: $insight.handling.assignee.clone(),
            notes: Some($insight.handling.notes.iter().map(note).collect()),
            muted_by: $insight.handling.muted.as_ref().map(muted_by),
            feedback: $feedback,
            $($field: $value,)*
        }
    };
}

fn reactive(insight: &Insight, feedback: Option<wire::InsightFeedbackOption>, now: Timestamp) -> wire::ReactiveInsight {
    let pattern = insight.pattern().map(str::to_owned);
    insight!(ReactiveInsight, insight, feedback, pattern: pattern, impact: impact(insight, now))
}

fn proactive(insight: &Insight, feedback: Option<wire::InsightFeedbackOption>) -> wire::ProactiveInsight {
    let check = insight.check().map(str::to_owned);
    insight!(ProactiveInsight, insight, feedback, check: check, prediction_time_range: None)
}

fn range(insight: &Insight) -> wire::InsightTimeRange {
    wire::InsightTimeRange { start_time: insight.start_time.into(), end_time: insight.end_time.map(Into::into) }
}

fn cause(insight: &Insight, cause: &Cause) -> wire::InsightCause {
    let changes = cause.changes.iter().flat_map(|change| change.events.iter().cloned());
    wire::InsightCause {
        rank: cause.rank.into(),
        resource: named(&insight.application, &cause.resource),
        metric: metric_of(insight, cause).map(metric),
        share: cause.share,
        reason: cause.reason.clone(),
        change_ids: changes.collect(),
        path: cause.path.iter().map(|s| step(insight, s)).collect(),
    }
}

fn step(insight: &Insight, step: &Step) -> wire::CauseStep {
    let shown = insight.anomalies.iter().filter(|a| a.resource.id == step.resource.id).find_map(|a| a.metric());
    wire::CauseStep {
        resource: named(&insight.application, &step.resource),
        metric: shown.map(metric),
        text: step.evidence.clone(),
    }
}

/// A cause goes by its metric's name.
pub fn metric_of<'a>(insight: &'a Insight, cause: &Cause) -> Option<&'a Metric> {
    let name = cause.metric.as_deref()?;
    let of_resource = insight.anomalies.iter().filter(|anomaly| anomaly.resource.id == cause.resource.id);
    of_resource.filter_map(|anomaly| anomaly.metric()).find(|metric| metric.key.name == name)
}

fn impact(insight: &Insight, now: Timestamp) -> Option<wire::InsightImpact> {
    let impact = insight.impact()?;
    Some(wire::InsightImpact {
        share: impact.failed_share().max(impact.slow_share()),
        requests: impact.requests,
        failed: impact.failed,
        slow: impact.slow,
        last_seen: impact.last_seen.map(Into::into),
        sentence: notify::impact_said(impact, now),
    })
}

fn considered(insight: &Insight) -> Vec<wire::ConsideredExplanation> {
    let shown = |c: &stackseer_model::Considered| wire::ConsideredExplanation {
        what: c.what.clone(),
        because: c.because.clone(),
    };
    insight.considered.iter().map(shown).collect()
}

fn history(insight: &Insight) -> Vec<wire::InsightStep> {
    let shown = |t: &stackseer_model::Transition| wire::InsightStep {
        time: t.time.into(),
        step: t.step.label().to_owned(),
        sentence: t.reason.clone(),
    };
    insight.history.iter().map(shown).collect()
}

fn repeat(insight: &Insight) -> Option<wire::RepeatedInsight> {
    let repeat = insight.repeat.as_ref()?;
    Some(wire::RepeatedInsight { insight_id: repeat.of.to_string(), times: repeat.times.into() })
}
