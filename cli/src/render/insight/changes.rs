//! What was changed around the start.

use super::{more, most};
use crate::render::View;
use crate::render::page::Page;
use crate::render::words::{property, touched, untold};
use jiff::{Timestamp, ToSpan};
use stackseer_model::time::{moment, range};
use stackseer_model::{ChangeEvent, Insight, InsightType, relative};

const MOST_EVENTS: usize = 6;
/// How long before the start a change may still have brought it about.
const BEFORE_MINUTES: i64 = 60;

pub fn changes(page: &mut Page, insight: &Insight, view: &View<'_>) {
    if insight.insight_type() == InsightType::Proactive {
        return;
    }
    let onset = insight.start_time;
    page.heading("Changed around the start");
    let mut events: Vec<&ChangeEvent> = insight.events.iter().collect();
    if events.is_empty() {
        let looked = range(looked_from(onset), insight.update_time, view.now);
        page.text(2, &format!("No change was recorded on the resources involved, {looked}."));
        return;
    }
    let shown = most(view, MOST_EVENTS);
    // Those nearest to the onset, told in order.
    events.sort_by_key(|e| (e.time.as_second() - onset.as_second()).abs());
    events.truncate(shown);
    events.sort_by_key(|e| e.time);
    for event in events {
        told(page, event, onset, view);
    }
    more(page, insight.events.len(), shown);
}

fn told(page: &mut Page, event: &ChangeEvent, onset: Timestamp, view: &View<'_>) {
    let on = if event.resources.is_empty() { String::new() } else { format!(" on {}", touched(event)) };
    let by = event.actor.as_ref().map_or_else(String::new, |actor| format!(" by {actor}"));
    let time = moment(event.time, view.now);
    let column = time.len() + 2;
    let text = format!("{}{}{on}{by}, {}", event.name, untold(event), relative(event.time, onset));
    page.labelled(2, &time, Default::default(), column, &text);
    for change in event.changes.iter().filter_map(property) {
        page.text(2 + page.column(2, column), &change);
    }
    if let Some(verdict) = &event.verdict {
        page.text(2 + page.column(2, column), &verdict.said);
    }
}

fn looked_from(onset: Timestamp) -> Timestamp {
    onset.checked_sub(BEFORE_MINUTES.minutes()).unwrap_or(onset)
}
