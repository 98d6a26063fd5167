//! One insight, for someone who reads it at three in the morning.

use super::chart;
use super::page::{BOLD, DIM, Page, severity};
use super::time::{clock, date_time, lasted, relative};
use jiff::Timestamp;
use stackseer_model::{Anomaly, AnomalyType, Cause, ChangeEvent, Insight, InsightType, MetricEvidence, Status};

/// More of each than this is in the JSON.
const MOST_EVENTS: usize = 6;
const MOST_CAUSES: usize = 3;
const MOST_ANOMALIES: usize = 8;

/// `now`: for how long an insight has been ongoing.
pub fn insight(insight: &Insight, now: Timestamp, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, insight, now);
    causes(&mut page, insight);
    events(&mut page, insight);
    timeline(&mut page, insight);
    anomalies(&mut page, insight, now);
    recommendations(&mut page, insight);
    history(&mut page, insight);
    page.finish()
}

fn head(page: &mut Page, insight: &Insight, now: Timestamp) {
    let (label, style) = severity(insight.severity);
    let start = insight.start_time;
    let when = match (insight.status, insight.insight_type()) {
        (Status::Closed, _) => {
            let end = insight.end_time.unwrap_or(insight.update_time);
            format!(
                "closed: {} to {} UTC, {}",
                date_time(start).trim_end_matches(" UTC"),
                clock(end, start),
                lasted(start, end)
            )
        }
        (Status::Ongoing, InsightType::Reactive) => {
            format!("ongoing since {}, for {}", date_time(start), lasted(start, now))
        }
        (Status::Ongoing, InsightType::Proactive) => format!("proactive, since {}", date_time(start)),
    };
    page.labelled(0, label, style, label.len() + 2, &when);
    page.styled(0, BOLD, &insight.name);
    // A pattern's sentence is its first cause's reason too.
    let said = insight.causes.iter().any(|c| c.reason == insight.description);
    if !said && insight.description != insight.name {
        page.blank();
        page.text(0, &insight.description);
    }
}

fn causes(page: &mut Page, insight: &Insight) {
    page.heading("Cause");
    let Some((first, others)) = insight.causes.split_first() else {
        page.text(2, "No clear cause.");
        return;
    };
    page.text(2, &cause_head(first));
    page.text(4, &first.reason);
    let also = if insight.insight_type() == InsightType::Reactive { "Less likely: " } else { "Also: " };
    for cause in others.iter().take(MOST_CAUSES - 1) {
        page.text(2, &format!("{also}{}", cause_head(cause)));
        page.text(4, &cause.reason);
    }
    more(page, insight.causes.len(), MOST_CAUSES);
}

fn cause_head(cause: &Cause) -> String {
    let metric = cause.metric.as_ref().map_or_else(String::new, |metric| format!(": {metric}"));
    let share = cause.share.map_or_else(String::new, |share| format!(", {:.0} % of the harm", share * 100.0));
    format!("{}{metric}{share}", named(&cause.resource.name, &cause.resource.resource_type))
}

/// `checkout (Lambda Function)`
fn named(name: &str, resource_type: &str) -> String {
    if resource_type.is_empty() {
        return name.to_owned();
    }
    format!("{name} ({})", resource_type.trim_start_matches("AWS::").replace("::", " "))
}

fn events(page: &mut Page, insight: &Insight) {
    if insight.insight_type() == InsightType::Proactive {
        return;
    }
    let onset = insight.start_time;
    page.heading("Changed around the start");
    let mut events: Vec<&ChangeEvent> = insight.events.iter().collect();
    if events.is_empty() {
        page.text(2, "No change was recorded on the resources involved.");
        return;
    }
    // Those nearest to the onset, told in order.
    events.sort_by_key(|e| (e.time.as_second() - onset.as_second()).abs());
    events.truncate(MOST_EVENTS);
    events.sort_by_key(|e| e.time);
    for event in events {
        let resources: Vec<&str> = event.resources.iter().map(|r| short(r.as_str())).collect();
        let on = if resources.is_empty() { String::new() } else { format!(" on {}", resources.join(", ")) };
        let by = event.actor.as_ref().map_or_else(String::new, |actor| format!(" by {actor}"));
        page.text(2, &format!("{}  {}{on}{by}, {}", clock(event.time, onset), event.name, relative(event.time, onset)));
        for change in &event.changes {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
            page.text(9, &format!("{}: {} → {}", change.property, side(&change.from), side(&change.to)));
        }
    }
    more(page, insight.events.len(), MOST_EVENTS);
}

/// The last part of an ARN or of `Type/name`.
fn short(id: &str) -> &str {
    id.rsplit(['/', ':']).next().filter(|last| !last.is_empty()).unwrap_or(id)
}

/// What was felt, and below it what caused it, over the same time.
fn timeline(page: &mut Page, insight: &Insight) {
    let drawn: Vec<(&Anomaly, &MetricEvidence)> = insight
        .anomalies
        .iter()
        .filter_map(|a| Some((a, a.of_metric()?)))
        .filter(|(_, m)| m.series.iter().any(|p| p.value.is_some()))
        .collect();
    let felt = drawn
        .iter()
        .filter(|(a, _)| a.anomaly_type == AnomalyType::Causal)
        .max_by(|(a, m), (b, n)| a.severity.cmp(&b.severity).then(m.score.total_cmp(&n.score)));
    let cause = insight.causes.first().and_then(|cause| {
        drawn.iter().find(|(a, m)| a.resource == cause.resource && Some(&m.metric.key.name) == cause.metric.as_ref())
    });
    let cause = cause.filter(|c| felt.is_none_or(|f| f.0.id != c.0.id));
    let shown: Vec<&(&Anomaly, &MetricEvidence)> = felt.into_iter().chain(cause).collect();
    let Some(range) = chart::range(shown.iter().flat_map(|(_, m)| &m.series)) else { return };
    page.heading("Timeline");
    for (i, (anomaly, evidence)) in shown.into_iter().enumerate() {
        if i > 0 {
            page.blank();
        }
        page.text(2, &chart::title(&anomaly.resource.name, &evidence.metric));
        for line in chart::chart(&evidence.series, range, insight.start_time, page.width) {
            page.raw(&line);
        }
    }
    page.styled(2, DIM, "░ expected   █ measured   ▲ start");
}

fn anomalies(page: &mut Page, insight: &Insight, now: Timestamp) {
    if insight.insight_type() == InsightType::Proactive {
        return;
    }
    page.heading("Affected");
    let mut anomalies: Vec<&Anomaly> = insight.anomalies.iter().collect();
    anomalies.sort_by_key(|a| (a.anomaly_type == AnomalyType::Contextual, std::cmp::Reverse(a.severity), a.start_time));
    for anomaly in anomalies.iter().take(MOST_ANOMALIES) {
        let (label, style) = match anomaly.anomaly_type {
            AnomalyType::Causal => severity(anomaly.severity),
            AnomalyType::Contextual => ("beside", DIM),
        };
        let length = match anomaly.end_time {
            Some(end) => lasted(anomaly.start_time, end),
            None => format!("{} so far", lasted(anomaly.start_time, now)),
        };
        page.labelled(2, label, style, 8, &format!("{}, {length}", anomaly.description));
    }
    more(page, anomalies.len(), MOST_ANOMALIES);
}

fn recommendations(page: &mut Page, insight: &Insight) {
    if insight.recommendations.is_empty() {
        return;
    }
    page.heading("What to do");
    for recommendation in &insight.recommendations {
        page.styled(2, BOLD, &recommendation.name);
        page.text(4, &recommendation.description);
        page.text(4, &format!("Why: {}", recommendation.reason));
        if !recommendation.link.is_empty() {
            // Whole, so that it can be clicked.
            page.raw(&format!("    {DIM}{}{DIM:#}", recommendation.link));
        }
    }
}

fn history(page: &mut Page, insight: &Insight) {
    if insight.history.len() < 2 {
        return;
    }
    page.heading("History");
    for transition in &insight.history {
        let time = clock(transition.time, insight.start_time);
        page.labelled(2, &time, DIM, time.len() + 2, &format!("{}: {}", transition.step.label(), transition.reason));
    }
}

fn more(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        page.styled(2, DIM, &format!("and {} more; --output json has them all", all - shown));
    }
}
