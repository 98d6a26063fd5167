//! Whether a metric reaches a limit, if it goes on as it does.

use super::compare::{Compared, Limit, Limits, Quantity, eased};
use super::over::{beside, said, too_few, without};
use super::{Answer, Crossing, Shown, ShownMetric, ShownOver, Usage, Use, View};
use crate::text;
use stackseer_catalog::{Each, LimitOf, Reaching, Unit};
use stackseer_detect::{Forecast, Outlook, forecast};
use stackseer_model::Timestamp;

const DAY: i64 = 24 * 3600;
/// Further ahead nothing is said.
const FURTHEST: u32 = 60;
/// What is far from its limit today is not said to be on its way there.
const ON_ITS_WAY: f64 = 0.5;
/// Of the normal distribution.
const Q10: f64 = -1.2816;
const Q25: f64 = -0.6745;
const Q90: f64 = 1.2816;

pub fn ask<'a>(view: View<'a, '_>, reaching: &'a Reaching, usage: &'a Usage, compared: Compared<'a>) -> Answer<'a> {
    let bound = &reaching.bound;
    let resource = compared.resource;
    let mut limits = Limits::of(view, bound, compared, |number| Quantity::of_metric(&usage.metric, number));
    if let LimitOf::Metric { metric, statistic } = &bound.limit.of {
        // As it was on the last day.
        let last = beside(view, usage, metric, statistic).and_then(|other| other.days.last());
        limits.decisive = last.map(|day| {
            let value = day.value(Each::Peak) * bound.limit.times;
            Limit { quantity: Quantity::of_metric(&usage.metric, value), of: resource }
        });
        if last.is_none() {
            let label = text::label_of(view.catalog, &resource.resource_type, metric);
            limits.unknown = Some(format!("{label} of {} was not read", resource.name));
        }
    }
    let Some(limit) = limits.decisive else { return without(bound, limits, resource) };
    let Some(over) = bound.over else { return Answer::Not(String::new()) };
    let days = usage.last(over);
    if days.len() < over.count as usize || !are_in_a_row(days) {
        return Answer::Unknown(too_few(over, days.len()));
    }
    let in_unit = limit.quantity.in_unit_of(&usage.metric);
    let way = Way {
        up: bound.side.is_upward(),
        threshold: in_unit * eased(bound.share, bound.side, view.failing),
        limit: in_unit,
    };
    let values: Vec<f64> = days.iter().map(|day| day.value(over.each)).collect();
    let label = text::label(view.catalog, &usage.metric);
    let forecast = match forecast(&values) {
        Outlook::Forecast(forecast) => forecast,
        Outlook::Shifted { days } => {
            return Answer::Unknown(format!("{label} of {} came to a new level {days} days ago", resource.name));
        }
    };
    let now = recent(&values);
    let not =
        || Answer::Not(format!("{label} of {} is {} of {}", resource.name, said(&usage.metric, now), limit.said()));
    // Another limit, which nobody knows, may be nearer.
    let not = || limits.unknown.clone().map_or_else(not, Answer::Unknown);
    let crossing = way.crossing(&forecast, now).filter(|ahead| *ahead <= reaching.within_days);
    let (Some(ahead), Some(last), Some(first)) = (crossing, days.last(), days.first()) else { return not() };
    let on = |ahead: u32| Timestamp::from_second(last.start.as_second() + i64::from(ahead) * DAY).unwrap_or(last.start);
    let (soon, late) = if way.up { (-Q25, Q25) } else { (Q25, -Q25) };
    let crossing = Crossing {
        at: on(ahead),
        earliest: on(way.first(&forecast, soon).unwrap_or(ahead).min(ahead)),
        latest: way.first(&forecast, late).map(on),
        highest: forecast.at(reaching.within_days, Q90),
    };
    // People are told the day they can look up.
    let value = values.last().copied().unwrap_or(now);
    let ratio = if in_unit > 0.0 { value / in_unit } else { 0.0 };
    let over = ShownOver { unit: Unit::Days, known: days.len(), beyond: 0, since: first.start };
    let metric = ShownMetric { metric: &usage.metric, value, expected: in_unit, ratio, over: Some(over) };
    Answer::Holds(Shown {
        metric: Some(metric),
        limit: Some(limit),
        crossing: Some(crossing),
        ..Shown::of(&resource.id)
    })
}

fn are_in_a_row(days: &[Use]) -> bool {
    days.windows(2).all(|pair| pair[1].start.as_second() - pair[0].start.as_second() == DAY)
}

/// The middle of the last three.
fn recent(values: &[f64]) -> f64 {
    let mut last: Vec<f64> = values[values.len().saturating_sub(3)..].to_vec();
    last.sort_by(f64::total_cmp);
    last.get(last.len() / 2).copied().unwrap_or(0.0)
}

/// Where it goes, and what it meets there.
struct Way {
    up: bool,
    threshold: f64,
    limit: f64,
}

impl Way {
    /// In how many days. None: it does not go there more surely than by chance, is far away, or is there already.
    fn crossing(&self, forecast: &Forecast, now: f64) -> Option<u32> {
        let goes = if self.up { forecast.slope(Q10) > 0.0 } else { forecast.slope(Q90) < 0.0 };
        let is_near = !self.up || now >= ON_ITS_WAY * self.limit;
        if !goes || !is_near || self.is_met(now) {
            return None;
        }
        self.first(forecast, 0.0)
    }

    fn first(&self, forecast: &Forecast, quantile: f64) -> Option<u32> {
        (1..=FURTHEST).find(|ahead| self.is_met(forecast.at(*ahead, quantile)))
    }

    fn is_met(&self, value: f64) -> bool {
        if self.up { value >= self.threshold } else { value <= self.threshold }
    }
}
