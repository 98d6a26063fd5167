//! What an insight is about, and whether a span is of it.

use crate::abnormal::Abnormal;
use stackseer_model::*;

/// Spans of one metric this close together are one anomaly: CloudWatch corrects late points and the window slides.
const SLACK_SECONDS: i64 = 10 * 60;
/// Late points may move a span's end by so many periods after it was told.
const LATE_PERIODS: i64 = 2;

pub fn same_metric(anomaly: &Anomaly, abnormal: &Abnormal<'_>) -> bool {
    anomaly.metric().is_some_and(|m| m.resource == abnormal.metric().resource && m.key == abnormal.metric().key)
}

/// Two spans that are one anomaly.
pub fn are_one(a: &Abnormal<'_>, b: &Abnormal<'_>) -> bool {
    let ends = |a: &Abnormal<'_>| a.end.map_or(i64::MAX, |end| end.as_second().saturating_add(SLACK_SECONDS));
    a.metric().resource == b.metric().resource
        && a.metric().key == b.metric().key
        && a.direction() == b.direction()
        && ends(a) > b.start.as_second()
        && ends(b) > a.start.as_second()
}

/// The anomaly of the insight that this span is or goes on with.
pub fn position(insight: &Insight, abnormal: &Abnormal<'_>, now: Timestamp) -> Option<usize> {
    insight.anomalies.iter().position(|a| {
        same_metric(a, abnormal)
            && a.of_metric().is_some_and(|m| m.direction == abnormal.direction())
            && a.start_time.as_second() <= abnormal.end.unwrap_or(now).as_second() + SLACK_SECONDS
            && a.end_time.is_none_or(|end| end.as_second() + SLACK_SECONDS >= abnormal.start.as_second())
    })
}

/// Whether the insight has a symptom in the same metric, at any time.
pub fn belongs(insight: &Insight, abnormal: &Abnormal<'_>) -> bool {
    insight.anomalies.iter().any(|a| same_metric(a, abnormal))
}

/// Whether a closed insight has told this very span. What goes beyond its end is a relapse, however near.
pub fn is_told(insight: &Insight, abnormal: &Abnormal<'_>) -> bool {
    let Some(end) = abnormal.end else { return false };
    let late = LATE_PERIODS * i64::from(abnormal.metric().period);
    insight.status == Status::Closed
        && insight.anomalies.iter().filter(|a| same_metric(a, abnormal)).any(|a| {
            a.end_time.is_some_and(|told| {
                end.as_second() <= told.as_second() + late && told.as_second() >= abnormal.start.as_second()
            })
        })
}
