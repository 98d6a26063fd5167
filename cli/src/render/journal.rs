//! An insight's opening and closing in a few lines, while the line runs.

use super::page::{Page, good, severity};
use super::time::lasted;
use jiff::Timestamp;
use stackseer_model::Insight;

/// Width of `11-22 14:10  MEDIUM  `.
const COLUMN: usize = 21;

pub fn opened(insight: &Insight, now: Timestamp, width: usize) -> String {
    let (label, style) = severity(insight.severity);
    let mut page = Page::new(width);
    page.labelled(0, &format!("{}  {label}", stamp(now)), style, COLUMN, &insight.name);
    if let Some(cause) = insight.causes.first() {
        page.text(COLUMN, &format!("Cause: {}: {}", cause.resource.name, cause.reason));
    }
    page.finish()
}

pub fn closed(insight: &Insight, now: Timestamp, width: usize) -> String {
    let mut page = Page::new(width);
    let length = lasted(insight.start_time, insight.end_time.unwrap_or(now));
    page.labelled(
        0,
        &format!("{}  closed", stamp(now)),
        good(),
        COLUMN,
        &format!("{} (lasted {length})", insight.name),
    );
    page.finish()
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%m-%d %H:%M").to_string()
}
