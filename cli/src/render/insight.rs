//! One insight, for someone who reads it at three in the morning.

mod affected;
mod cause;
mod changes;
mod past;
mod timeline;

use super::View;
use super::page::{BOLD, DIM, Page, severity};
use super::words::{grouped, named, ordinal, per_cent};
use stackseer_model::time::{date_time, dated_range, moment};
use stackseer_model::{Impact, Insight, InsightType, Status, lasted};

/// The whole story of an insight, its parts in the order in which they are needed.
pub fn insight(insight: &Insight, view: &View<'_>) -> String {
    let mut page = Page::new(view.width);
    head(&mut page, insight, view);
    cause::causes(&mut page, insight, view);
    changes::changes(&mut page, insight, view);
    timeline::timeline(&mut page, insight, view);
    affected::affected(&mut page, insight, view);
    recommendations(&mut page, insight, view);
    past::considered(&mut page, insight, view);
    past::history(&mut page, insight, view);
    page.finish()
}

fn head(page: &mut Page, insight: &Insight, view: &View<'_>) {
    let (label, style) = severity(insight.severity);
    let start = insight.start_time;
    let when = match (insight.status, insight.insight_type()) {
        (Status::Closed, _) => {
            let end = insight.end_time.unwrap_or(insight.update_time);
            format!("closed: {}, {}", dated_range(start, end), lasted(start, end))
        }
        (Status::Ongoing, InsightType::Reactive) => {
            format!("ongoing since {}, for {}", date_time(start), lasted(start, view.now))
        }
        (Status::Ongoing, InsightType::Proactive) => format!("proactive, since {}", date_time(start)),
    };
    page.labelled(0, label, style, label.len() + 2, &when);
    page.styled(0, BOLD, &insight.name);
    if let Some(repeat) = &insight.repeat {
        page.text(0, &format!("For the {} time in 7 days.", ordinal(repeat.times)));
    }
    if let Some(muted) = &insight.handling.muted {
        page.text(0, &format!("Muted by {}, so nobody is told: {}.", muted.by, muted.reason));
    }
    if let Some(impact) = insight.impact() {
        page.blank();
        page.text(0, &impact_sentence(impact, view));
    }
    // A pattern's sentence is its first cause's reason too.
    let said = insight.causes.iter().any(|c| c.reason == insight.description);
    if !said && insight.description != insight.name {
        page.blank();
        page.text(0, &insight.description);
    }
}

/// `Of 12,400 requests at shop (API Gateway REST API) up to 09:52 UTC 34 % failed (4,216); last seen 09:41 UTC.`
fn impact_sentence(impact: &Impact, view: &View<'_>) -> String {
    let failed = format!("{} failed ({})", per_cent(impact.failed_share()), grouped(impact.failed));
    let slow = format!("{} were slow ({})", per_cent(impact.slow_share()), grouped(impact.slow));
    let what = match (impact.failed > 0.0, impact.slow > 0.0) {
        (true, true) => format!("{failed} and {slow}"),
        (true, false) => failed,
        (false, true) => slow,
        (false, false) => "none failed or was slow".to_owned(),
    };
    let seen = impact.last_seen.map_or_else(String::new, |time| format!("; last seen {}", moment(time, view.now)));
    let until = moment(impact.until, view.now);
    format!("Of {} requests at {} up to {until} {what}{seen}.", grouped(impact.requests), named(&impact.front_door))
}

/// Of those that fail one check.
const MOST_CHECKED: usize = 20;

/// What is to be done in the same way is described once.
fn recommendations(page: &mut Page, insight: &Insight, view: &View<'_>) {
    if insight.recommendations.is_empty() {
        return;
    }
    page.heading("What to do");
    let shown = most(view, MOST_CHECKED);
    let mut before = None;
    for recommendation in insight.recommendations.iter().take(shown) {
        page.styled(2, BOLD, &recommendation.name);
        if before.replace(&recommendation.description) == Some(&recommendation.description) {
            continue;
        }
        page.text(4, &recommendation.description);
        if !recommendation.reason.is_empty() {
            page.text(4, &format!("Why: {}", recommendation.reason));
        }
        if !recommendation.place.is_empty() {
            page.text(4, &format!("Where: {}", recommendation.place));
        }
        // Whole, so that they can be copied and clicked.
        if !recommendation.command.is_empty() {
            page.raw(&format!("    $ {}", recommendation.command));
        }
        if !recommendation.link.is_empty() {
            page.raw(&format!("    {DIM}{}{DIM:#}", recommendation.link));
        }
    }
    more(page, insight.recommendations.len(), shown);
}

/// How many are shown, and a line for the rest.
fn most(view: &View<'_>, usual: usize) -> usize {
    if view.verbose { usize::MAX } else { usual }
}

fn more(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        page.styled(2, DIM, &format!("and {} more; --verbose shows them", all - shown));
    }
}
