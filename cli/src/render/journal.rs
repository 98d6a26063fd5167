//! What happens to an insight in a few lines, while time goes on.

use super::View;
use super::page::{DIM, Page, good, severity};
use super::words::sentence;
use anstyle::Style;
use jiff::Timestamp;
use stackseer_model::{Anomaly, AnomalyId, Ending, Insight, Severity, Transited, Transition, lasted};

/// Width of `11-22 14:10  MEDIUM  `.
const COLUMN: usize = 21;

/// None: nothing that is worth a line.
pub fn told(insight: &Insight, transition: &Transition, view: &View<'_>) -> Option<String> {
    let name = &insight.name;
    let (label, style, text) = match &transition.step {
        Transited::Opened => labelled(insight.severity, name.clone()),
        Transited::Reopened => labelled(insight.severity, format!("{name}: it is back")),
        Transited::SeverityUpgraded { from, to } => {
            labelled(*to, format!("{name}: no longer {}", severity(*from).0.to_lowercase()))
        }
        Transited::Extended { anomalies } => ("also", DIM, joined(insight, anomalies)?),
        Transited::CauseChanged { .. } => ("cause", DIM, cause(insight)?),
        Transited::Renamed { from } => ("now", DIM, format!("{name} (was: {from})")),
        Transited::Absorbed { .. } => ("merged", DIM, format!("{name}: {}", transition.reason)),
        Transited::Muted { .. } => ("muted", DIM, format!("{name}: {}", transition.reason)),
        Transited::Unmuted => ("unmuted", DIM, format!("{name}: {}", transition.reason)),
        Transited::Unknown => ("?", DIM, format!("{name}: {}", transition.reason)),
        Transited::Closed { ending: Ending::Normal } => {
            let length = lasted(insight.start_time, insight.end_time.unwrap_or(transition.time));
            ("closed", good(), format!("{name} (lasted {length})"))
        }
        Transited::Closed { .. } => ("closed", Style::new(), format!("{name}: {}", transition.reason)),
        Transited::Recommended => return None,
    };
    let mut page = Page::new(view.width);
    page.labelled(0, &format!("{}  {label}", stamp(transition.time)), style, COLUMN, &text);
    if let (Transited::Opened | Transited::Reopened, Some(cause)) = (&transition.step, cause(insight)) {
        page.text(page.column(0, COLUMN), &cause);
    }
    Some(page.finish())
}

fn labelled(level: Severity, text: String) -> (&'static str, Style, String) {
    let (label, style) = severity(level);
    (label, style, text)
}

/// A reason that names the resource itself needs no second name.
fn cause(insight: &Insight) -> Option<String> {
    let cause = insight.causes.first()?;
    let name = &cause.resource.name;
    Some(if cause.reason.contains(name.as_str()) {
        format!("Cause: {}", cause.reason)
    } else {
        format!("Cause: {name}: {}", cause.reason)
    })
}

/// The first that joined, and how many more did.
fn joined(insight: &Insight, ids: &[AnomalyId]) -> Option<String> {
    let all: Vec<&Anomaly> = insight.anomalies.iter().collect();
    let first = all.iter().find(|a| ids.contains(&a.id))?;
    let more = if ids.len() > 1 { format!(", and {} more", ids.len() - 1) } else { String::new() };
    Some(format!("{}{more}", sentence(first, &all)))
}

/// Without the year, which every line would have.
fn stamp(time: Timestamp) -> String {
    time.strftime("%m-%d %H:%M").to_string()
}
