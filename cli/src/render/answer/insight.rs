//! Insights, listed and whole.

use super::{none, severity_of};
use crate::args::Which;
use crate::render::page::{BOLD, DIM, Page, RED, Width, rule};
use crate::render::words::{ordinal, per_cent};
use anstyle::Style;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use stackseer_api::wire::{
    Event, InsightCause, InsightStatus, InsightTimeRange, NamedResource, ReactiveAnomalySummary, ReactiveInsight,
    ReactiveInsightSummary, Recommendation, ReleaseOutcome,
};
use stackseer_model::lasted;
use stackseer_model::time::{date_time, dated_range, moment};

/// As much of an id as tells insights apart, and as `stackseer insight` takes.
const SHORT_ID: usize = 8;
/// Of anomalies, changes and steps; `--verbose` shows the others.
const USUAL: usize = 10;

/// Both types have all of this.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Whole {
    reactive_insight: Option<ReactiveInsight>,
    proactive_insight: Option<ReactiveInsight>,
    anomalies: Vec<ReactiveAnomalySummary>,
    events: Vec<Event>,
    recommendations: Vec<Recommendation>,
}

/// Those of both types, the latest first.
pub fn insights(found: &Value, which: Which, now: Timestamp, width: Width) -> String {
    let listed =
        |name: &str| serde_json::from_value::<Vec<ReactiveInsightSummary>>(found[name].clone()).unwrap_or_default();
    let mut all: Vec<(bool, ReactiveInsightSummary)> =
        listed("ReactiveInsights").into_iter().map(|i| (false, i)).collect();
    all.extend(listed("ProactiveInsights").into_iter().map(|i| (true, i)));
    let page = Page::new(width);
    if all.is_empty() {
        return none(
            page,
            match which {
                Which::Ongoing => "No insight is ongoing.",
                Which::Closed => "No insight was closed in this time.",
                Which::Any => "No insight is ongoing, and none was closed in this time.",
            },
        );
    }
    all.sort_by_key(|(is_proactive, insight)| {
        (
            insight.status == Some(InsightStatus::Closed),
            *is_proactive,
            std::cmp::Reverse(start(&insight.insight_time_range)),
        )
    });
    let mut page = page;
    for (is_proactive, insight) in &all {
        let (label, style) = severity_of(insight.severity);
        let id: String = insight.id.iter().flat_map(|id| id.chars().take(SHORT_ID)).collect();
        let application = insight.application.as_ref().map(|a| a.name.as_str()).unwrap_or_default();
        let when = when(&insight.insight_time_range, insight.status, *is_proactive, now);
        page.labelled(0, label, style, 8, &format!("{id}  {application}  {when}{}", looked_after(insight)));
        let name = insight.headline.as_deref().or(insight.name.as_deref()).unwrap_or_default();
        page.styled(8, BOLD, name);
    }
    page.finish()
}

fn start(range: &Option<InsightTimeRange>) -> Option<Timestamp> {
    range.as_ref().map(|range| range.start_time.0)
}

fn when(range: &Option<InsightTimeRange>, status: Option<InsightStatus>, is_proactive: bool, now: Timestamp) -> String {
    let Some(range) = range else { return String::new() };
    let from = range.start_time.0;
    match (status, range.end_time) {
        (Some(InsightStatus::Closed), Some(end)) => {
            format!("closed: {}, {}", dated_range(from, end.0), lasted(from, end.0))
        }
        (Some(InsightStatus::Closed), None) => format!("closed: since {}", date_time(from)),
        _ if is_proactive => format!("proactive, since {}", date_time(from)),
        _ => format!("ongoing since {}, for {}", date_time(from), lasted(from, now)),
    }
}

fn looked_after(insight: &ReactiveInsightSummary) -> String {
    let mut told = Vec::new();
    told.extend(insight.acknowledgement.as_ref().map(|ack| format!("acknowledged by {}", ack.by)));
    told.extend(insight.assignee.as_ref().map(|who| format!("{who}'s")));
    told.extend(insight.muted_by.as_ref().map(|mute| format!("muted by {}: {}", mute.by, mute.reason)));
    if told.is_empty() { String::new() } else { format!("; {}", told.join(", ")) }
}

pub fn insight(found: &Value, now: Timestamp, width: Width, verbose: bool) -> String {
    let whole: Whole = serde_json::from_value(found.clone()).unwrap_or_default();
    let is_proactive = whole.reactive_insight.is_none();
    let insight = whole.reactive_insight.or(whole.proactive_insight).unwrap_or_default();
    let most = if verbose { usize::MAX } else { USUAL };
    let mut page = Page::new(width);
    head(&mut page, &insight, is_proactive, now);
    causes(&mut page, insight.causes.as_deref().unwrap_or_default());
    events(&mut page, &whole.events, most, now);
    anomalies(&mut page, &whole.anomalies, most);
    recommendations(&mut page, &whole.recommendations);
    told(&mut page, &insight, most, now);
    page.raw(&rule(width, ""));
    let id = insight.id.unwrap_or_default();
    page.styled(0, DIM, &format!("id {id}"));
    page.finish()
}

fn head(page: &mut Page, insight: &ReactiveInsight, is_proactive: bool, now: Timestamp) {
    let (label, style) = severity_of(insight.severity);
    let when = when(&insight.insight_time_range, insight.status, is_proactive, now);
    page.labelled(0, label, style, label.len() + 2, &when);
    page.styled(0, BOLD, insight.headline.as_deref().or(insight.name.as_deref()).unwrap_or_default());
    if let Some(repeat) = &insight.repeat_of {
        page.text(0, &format!("For the {} time in 7 days.", ordinal(u32::try_from(repeat.times).unwrap_or(u32::MAX))));
    }
    if let Some(ack) = &insight.acknowledgement {
        page.text(0, &format!("Acknowledged by {} at {}.", ack.by, moment(ack.time.0, now)));
    }
    if let Some(who) = &insight.assignee {
        page.text(0, &format!("Assigned to {who}."));
    }
    if let Some(mute) = &insight.muted_by {
        page.text(0, &format!("Muted by {}: {}.", mute.by, mute.reason));
    }
    for more in
        [insight.impact.as_ref().map(|impact| &impact.sentence), insight.description.as_ref()].into_iter().flatten()
    {
        let said = [&insight.headline, &insight.name].iter().any(|said| said.as_ref() == Some(more));
        if !said && insight.causes.iter().flatten().all(|cause| cause.reason != *more) {
            page.blank();
            page.text(0, more);
        }
    }
}

fn named(resource: &NamedResource) -> String {
    if resource.label.is_empty() { resource.name.clone() } else { format!("{} ({})", resource.name, resource.label) }
}

fn causes(page: &mut Page, causes: &[InsightCause]) {
    if causes.is_empty() {
        return;
    }
    page.heading("Why");
    for cause in causes {
        let share = cause.share.map_or_else(String::new, |share| format!(", {} of it", per_cent(share)));
        page.labelled(2, &format!("{}.", cause.rank), BOLD, 4, &format!("{}{share}", named(&cause.resource)));
        page.text(6, &cause.reason);
        for step in cause.path.iter().filter(|step| step.text != cause.reason) {
            page.styled(6, DIM, &step.text);
        }
    }
}

fn events(page: &mut Page, events: &[Event], most: usize, now: Timestamp) {
    if events.is_empty() {
        return;
    }
    page.heading("What was changed around the start");
    for event in events.iter().take(most) {
        changed(page, 2, event, now);
    }
    more(page, events.len(), most);
}

/// What was changed, and of a release below it what it did.
pub fn changed(page: &mut Page, indent: usize, event: &Event, now: Timestamp) {
    let sentence = event.sentence.as_deref().or(event.name.as_deref()).unwrap_or_default();
    let time = event.time.map_or_else(String::new, |time| format!("{}  ", moment(time.0, now)));
    page.text(indent, &format!("{time}{sentence}"));
    if let Some(verdict) = &event.verdict {
        let style = if verdict.outcome == ReleaseOutcome::Worse { RED } else { Style::new() };
        page.styled(indent + 4, style, &verdict.sentence);
    }
}

fn anomalies(page: &mut Page, anomalies: &[ReactiveAnomalySummary], most: usize) {
    if anomalies.is_empty() {
        return;
    }
    page.heading("What is abnormal");
    for anomaly in anomalies.iter().take(most) {
        let name = anomaly.description.as_deref().or(anomaly.name.as_deref()).unwrap_or_default();
        let cause = if anomaly.causal == Some(true) { " [cause]" } else { "" };
        page.text(2, &format!("{name}{cause}"));
    }
    more(page, anomalies.len(), most);
}

fn recommendations(page: &mut Page, recommendations: &[Recommendation]) {
    if recommendations.is_empty() {
        return;
    }
    page.heading("What to do");
    for recommendation in recommendations {
        page.styled(2, BOLD, recommendation.name.as_deref().unwrap_or_default());
        page.text(4, recommendation.description.as_deref().unwrap_or_default());
        for (label, text) in [("Why", &recommendation.reason), ("Where", &recommendation.place)] {
            if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
                page.text(4, &format!("{label}: {text}"));
            }
        }
        // Whole, so that they can be copied and clicked.
        if let Some(command) = &recommendation.command {
            page.raw(&format!("    $ {command}"));
        }
        for link in [&recommendation.console_url, &recommendation.link].into_iter().flatten() {
            page.raw(&format!("    {DIM}{link}{DIM:#}"));
        }
    }
}

fn told(page: &mut Page, insight: &ReactiveInsight, most: usize, now: Timestamp) {
    if let Some(notes) = insight.notes.as_ref().filter(|notes| !notes.is_empty()) {
        page.heading("Notes");
        for note in notes {
            page.text(2, &format!("{} {}: {}", moment(note.time.0, now), note.by, note.text));
            page.styled(4, DIM, &format!("note {}", note.id));
        }
    }
    if let Some(considered) = insight.considered.as_ref().filter(|considered| !considered.is_empty()) {
        page.heading("Looked at and ruled out");
        for one in considered.iter().take(most) {
            page.text(2, &format!("{}: {}", one.what, one.because));
        }
        more(page, considered.len(), most);
    }
    if let Some(history) = insight.history.as_ref().filter(|history| !history.is_empty()) {
        page.heading("History");
        for step in history.iter().take(most) {
            page.text(2, &format!("{}  {}", moment(step.time.0, now), step.sentence));
        }
        more(page, history.len(), most);
    }
}

fn more(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        page.styled(2, DIM, &format!("and {} more; --verbose shows them", all - shown));
    }
}
