//! A metric's days or hours: against a limit, against nothing at all, or their trend.

use super::compare::{Compared, Limits, Quantity, eased, is_beyond};
use super::forecast;
use super::metric::{is_published, not_read};
use super::{Answer, Limit, Shown, ShownMetric, ShownOver, Usage, Use, View, together};
use crate::text;
use stackseer_catalog::{Bound, Each, LimitOf, MetricIs, Over, Reaching, Side, Trend, Unit, Which};
use stackseer_model::{Metric, MissingPoint, Resource, Timestamp};
use std::collections::BTreeMap;

/// Nothing but chance would show such a trend less often.
const BY_CHANCE: f64 = 0.05;

/// None: the resource has no such metric.
pub fn ask<'a>(
    view: View<'a, '_>,
    which: &Which,
    is: &'a MetricIs,
    over: Over,
    compared: Compared<'a>,
) -> Option<Answer<'a>> {
    let resource = compared.resource;
    let used = used(view, which, resource);
    if used.is_empty() {
        // Without a limit there is nothing that a metric could come near, whether or not it was read.
        return match no_limit(view, is, compared) {
            Some(answer) => Some(answer),
            None => is_published(view, which, resource).then(|| Answer::Unknown(not_read(view, which, resource))),
        };
    }
    let answers = used.into_iter().map(|usage| match is {
        MetricIs::By(bound) => by_limit(view, bound, over, usage, compared),
        MetricIs::Reaching(reaching) => forecast::ask(view, reaching, usage, compared),
        MetricIs::Trend(trend) => of_trend(view, trend, usage, resource),
        _ => never(view, over, usage, resource),
    });
    together(answers, false, |a, b| a.size().total_cmp(&b.size()))
}

/// The metrics that are meant: of the parts that a dimension names, or of the whole, a table and not its indexes.
fn used<'a>(view: View<'a, '_>, which: &Which, resource: &Resource) -> Vec<&'a Usage> {
    let of_it = || view.usage.iter().filter(|u| u.metric.resource == resource.id && which.means(&u.metric));
    if let Some(part) = &which.dimension {
        return of_it().filter(|u| u.metric.key.dimensions.contains_key(part)).collect();
    }
    let whole = of_it().map(|u| u.metric.key.dimensions.len()).min();
    of_it().filter(|u| Some(u.metric.key.dimensions.len()) == whole).collect()
}

fn no_limit<'a>(view: View<'a, '_>, is: &'a MetricIs, compared: Compared<'a>) -> Option<Answer<'a>> {
    let (MetricIs::By(bound) | MetricIs::Reaching(Reaching { bound, .. })) = is else { return None };
    if matches!(bound.limit.of, LimitOf::Metric { .. }) {
        return None;
    }
    let limits = Limits::of(view, bound, compared, Quantity::number);
    if limits.decisive.is_some() { None } else { Some(without(bound, limits, compared.resource)) }
}

pub fn without<'a>(bound: &Bound, limits: Limits<'a>, resource: &Resource) -> Answer<'a> {
    match (limits.unknown, &bound.limit.of) {
        (Some(unknown), _) => Answer::Unknown(unknown),
        (None, LimitOf::Attribute { attribute, .. }) => {
            Answer::Not(format!("{attribute} of {} is not set", resource.name))
        }
        (None, _) => Answer::Not(format!("nothing limits {}", resource.name)),
    }
}

/// What is compared with in each day or hour.
enum Against<'a> {
    One(Limit<'a>),
    /// In the metric's own unit, by when it began.
    Each(BTreeMap<Timestamp, f64>),
}

fn by_limit<'a>(
    view: View<'a, '_>,
    bound: &'a Bound,
    over: Over,
    usage: &'a Usage,
    compared: Compared<'a>,
) -> Answer<'a> {
    let resource = compared.resource;
    let eased = Bound { share: eased(bound.share, bound.side, view.failing), ..bound.clone() };
    let (against, unknown) = match &bound.limit.of {
        LimitOf::Metric { metric, statistic } => match beside(view, usage, metric, statistic) {
            Some(other) => (Against::Each(values(other, bound, over)), None),
            None => {
                let label = text::label_of(view.catalog, &resource.resource_type, metric);
                return Answer::Unknown(format!("{label} of {} was not read", resource.name));
            }
        },
        _ => {
            let limits = Limits::of(view, bound, compared, |number| Quantity::of_metric(&usage.metric, number));
            match limits.decisive {
                Some(limit) => (Against::One(limit), limits.unknown),
                None => return without(bound, limits, resource),
            }
        }
    };
    match (compare(view, &eased, over, usage, &against, resource), unknown) {
        // Another limit, which nobody knows, may be the lower one.
        (Answer::Not(_), Some(unknown)) => Answer::Unknown(unknown),
        (answer, _) => answer,
    }
}

/// The metric with the same dimensions.
pub fn beside<'a>(view: View<'a, '_>, usage: &Usage, name: &str, statistic: &str) -> Option<&'a Usage> {
    view.usage.iter().find(|u| {
        let (key, own) = (&u.metric.key, &usage.metric.key);
        key.name == name && key.statistic == statistic && key.dimensions == own.dimensions
    })
}

fn values(other: &Usage, bound: &Bound, over: Over) -> BTreeMap<Timestamp, f64> {
    other.of(over.unit).iter().map(|u| (u.start, u.value(over.each) * bound.limit.times)).collect()
}

/// A day or an hour, and what it is compared with.
#[derive(Clone, Copy)]
struct Pair {
    start: Timestamp,
    value: f64,
    limit: f64,
}

impl Pair {
    fn ratio(self) -> f64 {
        if self.limit > 0.0 { self.value / self.limit } else { 0.0 }
    }
}

/// Going up, what is seen is enough of itself. Going down says what never was: all that is known counts, and enough must be.
fn compare<'a>(
    view: View<'a, '_>,
    bound: &Bound,
    over: Over,
    usage: &'a Usage,
    against: &Against<'a>,
    resource: &'a Resource,
) -> Answer<'a> {
    let is_always = !bound.side.is_upward() && over.at_least.is_none();
    let looked_at = if is_always { usage.of(over.unit) } else { usage.last(over) };
    let pair = |u: &Use| {
        let limit = match against {
            Against::One(limit) => limit.quantity.in_unit_of(&usage.metric),
            Against::Each(limits) => *limits.get(&u.start)?,
        };
        Some(Pair { start: u.start, value: u.value(over.each), limit })
    };
    let known: Vec<Pair> = looked_at.iter().filter_map(pair).collect();
    let missing = (over.count as usize).saturating_sub(known.len());
    let is_sum = over.each == Each::Total && over.at_least.is_none();
    let pairs = if is_sum { sum(&known, against).into_iter().collect() } else { known.clone() };
    let beyond = pairs.iter().filter(|p| is_beyond(bound, p.value, p.limit)).count();
    let quiet_is_known = over.unit == Unit::Hours && usage.metric.missing == MissingPoint::Gap && !known.is_empty();
    let undecided = if quiet_is_known { 0 } else { missing };
    let told = Told { view, over, usage, against, resource, known: &known, beyond };
    match bound.side {
        _ if is_sum && beyond > 0 && (bound.side.is_upward() || undecided == 0) => told.holds(largest(&pairs)),
        _ if is_sum => told.not_yet(undecided == 0, largest(&pairs)),
        Side::Below if is_always && beyond < pairs.len() => told.not(largest(&pairs)),
        Side::Below if is_always => {
            if missing == 0 {
                told.holds(largest(&pairs))
            } else {
                told.not_yet(false, None)
            }
        }
        side => {
            let wanted = over.at_least.unwrap_or(1) as usize;
            let furthest = if side.is_upward() { largest(&pairs) } else { smallest(&pairs) };
            if beyond >= wanted { told.holds(furthest) } else { told.not_yet(beyond + undecided < wanted, furthest) }
        }
    }
}

/// All of them as one.
fn sum(known: &[Pair], against: &Against<'_>) -> Option<Pair> {
    let first = known.first()?;
    let limit = match against {
        Against::One(_) => first.limit,
        Against::Each(_) => known.iter().map(|p| p.limit).sum(),
    };
    Some(Pair { start: first.start, value: known.iter().map(|p| p.value).sum(), limit })
}

fn largest(pairs: &[Pair]) -> Option<Pair> {
    pairs.iter().copied().max_by(|a, b| a.ratio().total_cmp(&b.ratio()).then(a.value.total_cmp(&b.value)))
}

fn smallest(pairs: &[Pair]) -> Option<Pair> {
    pairs.iter().copied().min_by(|a, b| a.ratio().total_cmp(&b.ratio()).then(a.value.total_cmp(&b.value)))
}

/// With what an answer is told.
struct Told<'a, 't, 'l> {
    view: View<'a, 't>,
    over: Over,
    usage: &'a Usage,
    against: &'l Against<'a>,
    resource: &'a Resource,
    known: &'l [Pair],
    beyond: usize,
}

impl<'a> Told<'a, '_, '_> {
    fn holds(&self, furthest: Option<Pair>) -> Answer<'a> {
        let (Some(pair), Some(first)) = (furthest, self.known.first()) else { return self.not_yet(false, None) };
        let metric = &self.usage.metric;
        let over = ShownOver { unit: self.over.unit, known: self.known.len(), beyond: self.beyond, since: first.start };
        let shown =
            ShownMetric { metric, value: pair.value, expected: pair.limit, ratio: pair.ratio(), over: Some(over) };
        let limit = match self.against {
            Against::One(limit) => *limit,
            Against::Each(_) => Limit { quantity: Quantity::of_metric(metric, pair.limit), of: self.resource },
        };
        Answer::Holds(Shown { metric: Some(shown), limit: Some(limit), ..Shown::of(&self.resource.id) })
    }

    /// It does not hold, or that is not known yet.
    fn not_yet(&self, is_known: bool, furthest: Option<Pair>) -> Answer<'a> {
        if is_known { self.not(furthest) } else { Answer::Unknown(too_few(self.over, self.known.len())) }
    }

    fn not(&self, furthest: Option<Pair>) -> Answer<'a> {
        let metric = &self.usage.metric;
        let label = text::label(self.view.catalog, metric);
        let Some(pair) = furthest else { return Answer::Not(format!("{label} of {} was silent", self.resource.name)) };
        let limit = match self.against {
            Against::One(limit) => limit.said(),
            Against::Each(_) => said(metric, pair.limit),
        };
        Answer::Not(format!("{label} of {} came to {} of {limit}", self.resource.name, said(metric, pair.value)))
    }
}

pub fn too_few(over: Over, known: usize) -> String {
    format!("{} of use are known, {} are needed", over.unit.said(known), over.count)
}

fn never<'a>(view: View<'a, '_>, over: Over, usage: &'a Usage, resource: &'a Resource) -> Answer<'a> {
    let last = usage.last(over);
    let label = text::label(view.catalog, &usage.metric);
    if let Some(some) = last.iter().rev().find(|u| u.total != 0.0) {
        return Answer::Not(format!(
            "{label} of {} was seen on {}",
            resource.name,
            stackseer_model::time::day(some.start)
        ));
    }
    match last.first() {
        Some(first) if last.len() >= over.count as usize => {
            let over = ShownOver { unit: over.unit, known: last.len(), beyond: last.len(), since: first.start };
            let shown = ShownMetric { metric: &usage.metric, value: 0.0, expected: 0.0, ratio: 0.0, over: Some(over) };
            Answer::Holds(Shown { metric: Some(shown), ..Shown::of(&resource.id) })
        }
        _ => Answer::Unknown(too_few(over, last.len())),
    }
}

/// It holds where the values move so far, evenly more often than not, and hardly by chance.
fn of_trend<'a>(view: View<'a, '_>, trend: &Trend, usage: &'a Usage, resource: &'a Resource) -> Answer<'a> {
    let over = trend.over;
    let last = usage.last(over);
    let (Some(first), Some(end)) = (last.first(), last.last()) else {
        return Answer::Unknown(too_few(over, 0));
    };
    if last.len() < over.count as usize {
        return Answer::Unknown(too_few(over, last.len()));
    }
    let step = if over.unit == Unit::Days { 86_400.0 } else { 3_600.0 };
    let at = |u: &Use| (u.start.as_second() - first.start.as_second()) as f64 / step;
    let points: Vec<(f64, f64)> = last.iter().map(|u| (at(u), u.value(over.each))).collect();
    let found = stackseer_detect::trend(&points);
    let before = found.at(0.0);
    let moved = found.slope * at(end);
    let up = trend.direction == stackseer_catalog::DirectionWord::Up;
    let share = if before.abs() > 0.0 { moved / before.abs() } else { moved.signum() * f64::INFINITY };
    let directed = if up { share } else { -share };
    let label = text::label(view.catalog, &usage.metric);
    let by = eased(trend.by, Side::Above, view.failing);
    if !(moved != 0.0 && found.chance < BY_CHANCE && directed >= by) {
        return Answer::Not(format!("{label} of {} shows no such trend", resource.name));
    }
    let over = ShownOver { unit: over.unit, known: last.len(), beyond: last.len(), since: first.start };
    let value = found.at(at(end));
    let shown = ShownMetric { metric: &usage.metric, value, expected: before, ratio: share, over: Some(over) };
    Answer::Holds(Shown { metric: Some(shown), ..Shown::of(&resource.id) })
}

/// A day's or hour's value as texts say it.
pub fn said(metric: &Metric, value: f64) -> String {
    if metric.key.statistic == "Sum" { text::number(value) } else { text::value(metric, value) }
}
