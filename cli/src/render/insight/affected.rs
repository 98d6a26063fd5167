//! Everything that is unusual, the worst first.

use super::{more, most};
use crate::render::View;
use crate::render::page::{DIM, Page, severity};
use crate::render::words::sentence;
use stackseer_model::{Anomaly, AnomalyType, Insight, InsightType, lasted};
use std::cmp::Reverse;

const MOST_ANOMALIES: usize = 8;

pub fn affected(page: &mut Page, insight: &Insight, view: &View<'_>) {
    // One that became part of another has nothing of its own any more.
    if insight.insight_type() == InsightType::Proactive || insight.anomalies.is_empty() {
        return;
    }
    page.heading("Affected");
    let mut anomalies: Vec<&Anomaly> = insight.anomalies.iter().collect();
    anomalies.sort_by_key(|a| (a.anomaly_type == AnomalyType::Contextual, Reverse(a.severity), a.start_time));
    let shown = most(view, MOST_ANOMALIES);
    for anomaly in anomalies.iter().take(shown) {
        let (label, style) = match anomaly.anomaly_type {
            AnomalyType::Causal => severity(anomaly.severity),
            AnomalyType::Contextual => ("also", DIM),
        };
        let length = match anomaly.end_time {
            Some(end) => lasted(anomaly.start_time, end),
            None => format!("{} so far", lasted(anomaly.start_time, view.now)),
        };
        page.labelled(2, label, style, 8, &format!("{}, {length}", sentence(anomaly, &anomalies)));
    }
    more(page, anomalies.len(), shown);
}
