//! What a task did, as log lines and metrics.

use crate::emf::emit;
use jiff::Timestamp;
use stackseer_line::Done;
use stackseer_model::Task;

/// Dollars per metric requested of `GetMetricData` (us-east-1).
const METRIC_PRICE: f64 = 0.01 / 1000.0;

pub fn report(function: &str, task: &Task, done: &Done, now: Timestamp) {
    tracing::info!(
        task = task.id(),
        application = task.application.name,
        outcome = ?done.outcome,
        opened = done.opened,
        closed = done.closed,
        metrics_read = done.metrics_read,
        calls = done.calls,
        "done"
    );
    for unseen in &done.unseen {
        tracing::warn!(
            application = task.application.name,
            what = unseen.what,
            action = unseen.action,
            reason = unseen.reason,
            "not seen"
        );
    }
    emit(
        function,
        now,
        &[
            ("SeriesRead", "Count", done.metrics_read as f64),
            ("Anomalies", "Count", done.anomalies as f64),
            ("InsightsOpened", "Count", done.opened as f64),
            ("InsightsClosed", "Count", done.closed as f64),
            ("GetMetricDataCalls", "Count", f64::from(done.calls)),
            ("EstimatedCost", "None", done.metrics_read as f64 * METRIC_PRICE),
            ("Unseen", "Count", done.unseen.len() as f64),
            ("Lag", "Seconds", (now.as_second() - task.at.as_second()).max(0) as f64),
        ],
    );
}
