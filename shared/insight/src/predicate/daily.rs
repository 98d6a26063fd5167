//! A metric's days against a limit.

use super::compare::{Limits, is_beyond};
use super::metric::{is_published, not_read};
use super::{Answer, Limit, Shown, ShownMetric, View};
use crate::text;
use stackseer_catalog::{Bound, Catalog, Over, Side, Which};
use stackseer_model::{Metric, Resource, Timestamp};

/// One whole day of a metric, in its own unit; a `Sum` as a rate per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyUse {
    /// When it began.
    pub day: Timestamp,
    pub mean: f64,
    pub peak: f64,
}

/// None: the resource has no such metric.
pub fn ask<'a>(
    view: View<'a, '_>,
    which: &Which,
    bound: &'a Bound,
    over: Over,
    resource: &'a Resource,
) -> Option<Answer<'a>> {
    let limits = Limits::of(view, bound, resource);
    let Some(limit) = limits.decisive else {
        return Some(match limits.unknown {
            Some(unknown) => Answer::Unknown(unknown),
            None => Answer::Not(format!("{} of {} is not set", bound.limit.attribute, resource.name)),
        });
    };
    let Some((metric, days)) = view.usage.iter().find(|(m, _)| m.resource == resource.id && which.means(m)) else {
        return is_published(view, which, resource).then(|| Answer::Unknown(not_read(view, which, resource)));
    };
    let answer = of_days(view.catalog, bound, over, metric, days, limit, resource);
    Some(match (answer, limits.unknown) {
        (Answer::Not(_), Some(unknown)) => Answer::Unknown(unknown),
        (answer, _) => answer,
    })
}

/// `near` looks at the last days, and a day that is seen is enough of itself. `below` says what never was: all that is
/// known counts, and enough must be.
fn of_days<'a>(
    catalog: &Catalog,
    bound: &Bound,
    over: Over,
    metric: &'a Metric,
    days: &[DailyUse],
    limit: Limit<'a>,
    resource: &'a Resource,
) -> Answer<'a> {
    let wanted = over.days as usize;
    let looked_at = match bound.side {
        Side::Near => &days[days.len().saturating_sub(wanted)..],
        Side::Below => days,
    };
    let in_unit = limit.quantity.in_unit_of(metric);
    let beyond = looked_at.iter().filter(|day| is_beyond(bound, day.peak, in_unit)).count();
    let enough = days.len() >= wanted;
    let holds = match bound.side {
        Side::Near => beyond >= over.at_least as usize,
        Side::Below => enough && beyond == looked_at.len(),
    };
    let peak = looked_at.iter().map(|day| day.peak).fold(0.0, f64::max);
    match looked_at.first() {
        Some(first) if holds => {
            let ratio = if in_unit > 0.0 { peak / in_unit } else { 0.0 };
            let days = Some((looked_at.len(), first.day));
            let shown = ShownMetric { metric, value: peak, expected: in_unit, ratio, days };
            Answer::Holds(Shown { metric: Some(shown), limit: Some(limit), ..Shown::of(&resource.id) })
        }
        // One busy day is an answer, however few are known.
        _ if bound.side == Side::Below && beyond < looked_at.len() => not(catalog, metric, peak, limit, resource),
        _ if !enough => Answer::Unknown(format!("{} days of use are known, {wanted} are needed", days.len())),
        _ => not(catalog, metric, peak, limit, resource),
    }
}

fn not<'a>(catalog: &Catalog, metric: &Metric, peak: f64, limit: Limit<'_>, resource: &Resource) -> Answer<'a> {
    let used = said(metric, peak);
    Answer::Not(format!("{} of {} came to {used} of {}", text::label(catalog, metric), resource.name, limit.said()))
}

/// A day's value as texts say it.
pub fn said(metric: &Metric, value: f64) -> String {
    if metric.key.statistic == "Sum" { text::number(value) } else { text::value(metric, value) }
}
