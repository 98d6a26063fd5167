//! What was ruled out, and what the insight has been through.

use super::{more, most};
use crate::render::View;
use crate::render::page::{DIM, Page};
use stackseer_model::Insight;
use stackseer_model::time::moment;

const MOST_CONSIDERED: usize = 3;

pub fn considered(page: &mut Page, insight: &Insight, view: &View<'_>) {
    if insight.considered.is_empty() {
        return;
    }
    page.heading("Looked at and ruled out");
    let shown = most(view, MOST_CONSIDERED);
    for considered in insight.considered.iter().take(shown) {
        let is_pattern = view.catalog.patterns().iter().any(|p| p.id == considered.what);
        let what = if is_pattern { considered.what.replace('-', " ") } else { considered.what.clone() };
        page.text(2, &format!("{what}: {}", considered.because));
    }
    more(page, insight.considered.len(), shown);
}

pub fn history(page: &mut Page, insight: &Insight, view: &View<'_>) {
    if insight.history.len() < 2 {
        return;
    }
    page.heading("History");
    for transition in &insight.history {
        let time = moment(transition.time, view.now);
        page.labelled(2, &time, DIM, time.len() + 2, &format!("{}: {}", transition.step.label(), transition.reason));
    }
}
