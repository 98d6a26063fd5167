//! The metric that the title speaks of, and below it what caused it, over the same time.

use crate::render::View;
use crate::render::chart::{self, Frame};
use crate::render::page::{DIM, Page};
use crate::render::words;
use jiff::Timestamp;
use stackseer_model::{Anomaly, AnomalyType, Insight, MetricEvidence};
use std::cmp::Ordering;

type Drawn<'a> = (&'a Anomaly, &'a MetricEvidence);

pub fn timeline(page: &mut Page, insight: &Insight, view: &View<'_>) {
    let drawn: Vec<Drawn<'_>> = insight
        .anomalies
        .iter()
        .filter_map(|a| Some((a, a.of_metric()?)))
        .filter(|(_, m)| m.series.iter().any(|p| p.value.is_some()))
        .collect();
    let titled = titled(insight, &drawn, view);
    let cause = cause(insight, &drawn).filter(|c| titled.is_none_or(|t| t.0.id != c.0.id));
    let shown: Vec<Drawn<'_>> = titled.into_iter().chain(cause).collect();
    let Some((first, to)) = chart::range(shown.iter().flat_map(|(_, m)| &m.series)) else { return };
    let frame = Frame {
        from: begin(first, to, insight.start_time),
        to,
        onset: insight.start_time,
        now: view.now,
        width: page.width.columns(),
    };
    page.heading("Timeline");
    for (i, (anomaly, evidence)) in shown.into_iter().enumerate() {
        if i > 0 {
            page.blank();
        }
        page.text(2, &title(anomaly, evidence, view));
        for line in chart::chart(&evidence.series, &evidence.metric, &frame) {
            page.raw(&line);
        }
    }
    page.styled(2, DIM, "░ expected   █ measured   ▲ start");
}

/// What the pattern that gave the title calls its effect, or the insight's subject; where neither was drawn, the worst symptom.
fn titled<'a>(insight: &Insight, drawn: &[Drawn<'a>], view: &View<'_>) -> Option<Drawn<'a>> {
    let worst = |one: &Drawn<'a>, other: &Drawn<'a>| {
        let by = |(a, m): &Drawn<'_>| (a.anomaly_type == AnomalyType::Causal, a.severity, m.score);
        by(one).partial_cmp(&by(other)).unwrap_or(Ordering::Equal)
    };
    let pattern = view.catalog.patterns().iter().find(|p| Some(p.id.as_str()) == insight.pattern());
    let of_pattern = |(a, m): &&Drawn<'a>| {
        pattern.is_some_and(|p| {
            a.resource.resource_type == p.effect.resource_type && p.effect.metric.contains(&m.metric.key.name)
        }) && insight.name.contains(&a.resource.name)
    };
    let effect = drawn.iter().copied().filter(|d| of_pattern(&d)).max_by(worst);
    let subject = || drawn.iter().copied().find(|(_, m)| m.metric.key.to_string() == insight.subject.what);
    effect.or_else(subject).or_else(|| drawn.iter().copied().max_by(worst))
}

/// What shows the first cause; of several statistics the most unusual.
fn cause<'a>(insight: &Insight, drawn: &[Drawn<'a>]) -> Option<Drawn<'a>> {
    let cause = insight.causes.first()?;
    let of_cause =
        |(a, m): &&Drawn<'_>| a.resource == cause.resource && Some(&m.metric.key.name) == cause.metric.as_ref();
    drawn.iter().filter(of_cause).max_by(|(_, m), (_, n)| m.score.total_cmp(&n.score)).copied()
}

/// So that the start is inside the picture, as long as that doesn't press what is known into a corner.
fn begin(first: Timestamp, to: Timestamp, onset: Timestamp) -> Timestamp {
    let known = to.as_second() - first.as_second();
    if (0..=known).contains(&(first.as_second() - onset.as_second())) { onset } else { first }
}

/// `checkout: duration, p90; milliseconds`
fn title(anomaly: &Anomaly, evidence: &MetricEvidence, view: &View<'_>) -> String {
    let metric = &evidence.metric;
    let unit = chart::unit(metric).map_or_else(String::new, |unit| format!("; {unit}"));
    format!("{}: {}{unit}", anomaly.resource.name, words::series(view.catalog, &anomaly.resource, metric))
}
