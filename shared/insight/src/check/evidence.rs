//! What shows a failure, and the numbers that texts say of it.

use super::Failure;
use crate::predicate::{All, Crossing, Shown, ShownEnd, ShownMetric, ShownOver, View, ask_all, said_of_use};
use crate::text;
use stackseer_catalog::{Check, DirectionWord, MetricIs, Predicate, Side, Test, Worse};
use stackseer_model::*;
use std::collections::BTreeMap;

const DAY: f64 = 24.0 * 3600.0;

/// None: nothing better is there to recommend.
pub fn failure<'a>(
    view: View<'a, '_>,
    check: &'a Check,
    shown: &[Shown<'a>],
    resource: &'a Resource,
) -> Option<Failure> {
    let (predicate, shown) = check.when.iter().zip(shown).find(|(predicate, _)| predicate.shows())?;
    let mut failure = match shown.metric {
        Some(metric) => of_metric(view, check, predicate, shown, metric)?,
        None => of_attribute(view, check, shown)?,
    };
    failure.severity = severity(view, check, predicate, shown, resource);
    if let Some(cause) = view.inventory.resource(shown.resource) {
        failure.values.insert("cause", cause.name.clone());
    }
    if let Some(limit) = shown.limit {
        failure.values.insert("limit", limit.said());
        failure.values.insert("limit_of", limit.of.name.clone());
    }
    Some(failure)
}

/// The worst that holds.
fn severity<'a>(
    view: View<'a, '_>,
    check: &'a Check,
    predicate: &Predicate,
    shown: &Shown<'a>,
    resource: &'a Resource,
) -> Severity {
    let downwards = direction(predicate) == Direction::Down;
    let holds = |when: &'a Worse| match when {
        Worse::Share(share) => shown.ratio().is_some_and(|r| if downwards { r <= *share } else { r >= *share }),
        Worse::Within(days) => {
            let days = i64::from(*days) * DAY as i64;
            shown.ends.is_some_and(|ends| ends.at.as_second() - view.now.as_second() <= days)
        }
        Worse::All(when) => matches!(ask_all(view, when, resource), All::Hold(_)),
    };
    let worse = check.severity_at.iter().filter(|at| holds(&at.when)).map(|at| at.severity);
    worse.chain([check.severity]).max().unwrap_or(check.severity)
}

/// None: no better limit is there to recommend.
fn of_metric(
    view: View<'_, '_>,
    check: &Check,
    predicate: &Predicate,
    shown: &Shown<'_>,
    metric: ShownMetric<'_>,
) -> Option<Failure> {
    let mut values = BTreeMap::from([("peak", said_of_use(metric.metric, metric.value))]);
    values.extend(part(view, metric.metric).map(|part| ("part", part)));
    values.extend(metric.over.map(of_over).into_iter().flatten());
    if let Some(bound) = predicate.bound() {
        values.insert("share", percent(bound.share));
        values.insert("use", percent(metric.ratio));
    }
    if let Test::Metric(_, MetricIs::Trend(_)) = &predicate.test {
        values.insert("before", said_of_use(metric.metric, metric.expected));
        values.insert("moved", percent(metric.ratio.abs()));
    }
    values.extend(shown.crossing.map(of_crossing).into_iter().flatten());
    if let Some(target) = check.target {
        // Just enough that the highest use seen, or expected, stays at the target.
        let highest = shown.crossing.map_or(metric.value, |crossing| crossing.highest);
        values.insert("target", percent(target));
        values.insert(
            "recommended",
            said_of_use(metric.metric, recommended(predicate, highest, metric.expected, target)?),
        );
    }
    let limit = shown.limit.map(|limit| limit.quantity.in_unit_of(metric.metric));
    Some(Failure {
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric.metric.clone(),
            direction: direction(predicate),
            peak: metric.value,
            expected: limit.unwrap_or(metric.expected),
            score: 0.0,
            silent: false,
            limit,
            series: vec![],
        }),
        since: metric.over.map(|over| over.since),
        severity: check.severity,
        set: None,
        values,
    })
}

/// Which of several parts of the resource it is of: an index, an alias, a Region.
fn part(view: View<'_, '_>, metric: &Metric) -> Option<String> {
    let (service, _) = view.catalog.spec(&metric.key)?;
    let open = service.dimensions.iter().filter(|(_, template)| *template == "*");
    let parts: Vec<&str> = open.filter_map(|(name, _)| metric.key.dimensions.get(name)).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn of_over(over: ShownOver) -> [(&'static str, String); 3] {
    [("days", over.known.to_string()), ("over", over.unit.said(over.known)), ("times", over.unit.said(over.beyond))]
}

/// When it gets there, as a day and as the days between which it does as often as not.
fn of_crossing(crossing: Crossing) -> [(&'static str, String); 2] {
    let range = match crossing.latest {
        Some(latest) if latest == crossing.earliest => time::day(latest),
        Some(latest) => format!("{} to {}", time::day(crossing.earliest), time::day(latest)),
        None => format!("{} or later", time::day(crossing.earliest)),
    };
    [("date", time::day(crossing.at)), ("range", range)]
}

/// None: that changes nothing.
fn recommended(predicate: &Predicate, highest: f64, limit: f64, target: f64) -> Option<f64> {
    let recommended = (highest / target).ceil().max(1.0);
    let changes = match direction(predicate) {
        Direction::Up => recommended > limit,
        Direction::Down => recommended < limit,
    };
    changes.then_some(recommended)
}

fn direction(predicate: &Predicate) -> Direction {
    match &predicate.test {
        Test::Metric(_, MetricIs::Trend(trend)) => match trend.direction {
            DirectionWord::Up => Direction::Up,
            DirectionWord::Down => Direction::Down,
        },
        Test::Metric(_, MetricIs::Never(_)) => Direction::Down,
        _ if predicate.bound().is_some_and(|bound| bound.side == Side::Below) => Direction::Down,
        _ => Direction::Up,
    }
}

fn of_attribute(view: View<'_, '_>, check: &Check, shown: &Shown<'_>) -> Option<Failure> {
    let attribute = shown.attribute?;
    let mut values = BTreeMap::from([("attribute", attribute.name.replace('_', " ")), ("value", attribute.said())]);
    values.extend(shown.count.map(|count| ("count", count.to_string())));
    if let Some(ends) = shown.ends {
        values.extend(of_end(ends, view.now));
    }
    Some(Failure {
        evidence: Evidence::Config(ConfigEvidence {
            attribute: attribute.name.to_owned(),
            value: attribute.value.known().map(str::to_owned),
        }),
        since: None,
        severity: check.severity,
        set: None,
        values,
    })
}

fn of_end(ends: ShownEnd<'_>, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut values = vec![("date", time::day(ends.at)), ("left", left(ends.at, now))];
    if let Some(row) = ends.row {
        values.push(("blocked", row.blocked.map_or_else(|| "a day not yet announced".to_owned(), time::day)));
        values.push(("next", row.next.clone().unwrap_or_else(|| "a newer one".to_owned())));
    }
    values
}

/// `in 33 days`, `today`, `12 days ago`
fn left(at: Timestamp, now: Timestamp) -> String {
    let days = ((at.as_second() - now.as_second()) as f64 / DAY).ceil() as i64;
    let counted = |days: i64| format!("{days} day{}", if days == 1 { "" } else { "s" });
    match days {
        0 => "today".to_owned(),
        1.. => format!("in {}", counted(days)),
        _ => format!("{} ago", counted(-days)),
    }
}

fn percent(share: f64) -> String {
    text::number((share * 1000.0).round() / 10.0)
}
