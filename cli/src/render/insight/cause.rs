//! What brought it about: what was changed, what shows it, and the way from the symptom there.

use super::{more, most};
use crate::render::View;
use crate::render::page::{DIM, Page};
use crate::render::words::{label, named, per_cent};
use stackseer_model::time::moment;
use stackseer_model::{AnomalyType, Cause, Insight, InsightType, Role, relative};

const MOST_CAUSES: usize = 3;
/// Of those that fail one check.
const MOST_CHECKED: usize = 20;

pub fn causes(page: &mut Page, insight: &Insight, view: &View<'_>) {
    page.heading("Cause");
    let Some((first, others)) = insight.causes.split_first() else {
        page.text(2, "No clear cause.");
        return;
    };
    let of = shared(insight);
    page.text(2, &head(first, of, view));
    for change in &first.changes {
        let what = if change.what.is_empty() { String::new() } else { format!(" ({})", change.what) };
        let when = moment(change.time, view.now);
        let before = relative(change.time, insight.start_time);
        page.text(4, &format!("Changed: {}{what}, {before}, {when}", change.name));
    }
    // A reason that is but the change is told already, with its time.
    if !first.changes.iter().any(|change| first.reason.starts_with(&change.name)) {
        page.text(4, &first.reason);
    }
    path(page, first);
    let (also, usual) = match insight.insight_type() {
        InsightType::Reactive => ("Less likely: ", MOST_CAUSES),
        InsightType::Proactive => ("Also: ", MOST_CHECKED),
    };
    let shown = most(view, usual);
    for cause in others.iter().take(shown - 1) {
        page.text(2, &format!("{also}{}", head(cause, of, view)));
        page.text(4, &cause.reason);
    }
    more(page, insight.causes.len(), shown);
}

/// `checkout (Lambda function): errors, 83 % of the failures`
fn head(cause: &Cause, of: &str, view: &View<'_>) -> String {
    let resource = &cause.resource;
    let metric = cause
        .metric
        .as_ref()
        .map_or_else(String::new, |name| format!(": {}", label(view.catalog, &resource.resource_type, name)));
    let share = cause.share.map_or_else(String::new, |share| format!(", {} {of}", per_cent(share)));
    format!("{}{metric}{share}", named(resource))
}

/// A chain of one is no way: its evidence is the reason.
fn path(page: &mut Page, cause: &Cause) {
    if cause.path.len() < 2 {
        return;
    }
    page.text(4, "How it came here:");
    for (depth, step) in cause.path.iter().enumerate() {
        let evidence = if step.evidence.is_empty() { String::new() } else { format!(": {}", step.evidence) };
        let text = format!("{}{evidence}", named(&step.resource));
        match depth {
            0 => page.text(6, &text),
            depth => page.labelled(4 + 2 * depth, "└", DIM, 2, &text),
        }
    }
}

/// What a share is a share of: failures where requests fail, else the time that is waited.
fn shared(insight: &Insight) -> &'static str {
    let fails = |role: Role| matches!(role, Role::Errors | Role::Throttles | Role::Availability);
    let symptoms = insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal);
    if symptoms.filter_map(|a| a.metric()).any(|m| fails(m.role)) { "of the failures" } else { "of the added time" }
}
