//! A metric around the effect's time: against its own history, or against a limit.

use super::compare::{Compared, Limits, Quantity, is_beyond};
use super::{Answer, During, Limit, Shown, ShownMetric, View, over, together};
use crate::Observed;
use crate::abnormal::{Means, means, ratio, time};
use crate::text;
use stackseer_catalog::{Bound, Catalog, MetricIs, Predicate, Which};
use stackseer_model::{Resource, Timestamp};
use std::cmp::Ordering;

/// A metric's own anomaly may precede the effect's by this much and still belong to it.
const LEAD_SECONDS: i64 = 30 * 60;

/// None: the resource has no such metric, or it was silent, which says nothing.
pub fn ask<'a>(
    view: View<'a, '_>,
    predicate: &'a Predicate,
    which: &'a Which,
    is: &'a MetricIs,
    compared: Compared<'a>,
) -> Option<Answer<'a>> {
    if let Some(over) = predicate.over() {
        return over::ask(view, which, is, over, compared);
    }
    let resource = compared.resource;
    let Some(during) = view.during else { return Some(Answer::Unknown("no time was asked about".to_owned())) };
    let observed: Vec<&Observed> =
        view.topology.observed(&resource.id).iter().copied().filter(|o| which.means(&o.metric)).collect();
    if observed.is_empty() {
        return is_published(view, which, resource).then(|| Answer::Unknown(not_read(view, which, resource)));
    }
    let answers = observed.into_iter().filter_map(|o| {
        let limits = match is {
            MetricIs::By(bound) => {
                Some(Limits::of(view, bound, compared, |number| Quantity::of_metric(&o.metric, number)))
            }
            _ => None,
        };
        one(view, is, limits.as_ref(), during, o, resource)
    });
    together(answers, matches!(is, MetricIs::Normal(_)), larger)
}

/// Whether the catalogue reads such a metric of this type of resource.
pub fn is_published(view: View<'_, '_>, which: &Which, resource: &Resource) -> bool {
    let mut services = view.catalog.services().iter().filter(|s| s.resource_type == resource.resource_type);
    services.any(|s| s.metrics.iter().any(|m| which.fits(&m.name, m.role, &m.statistic)))
}

pub fn not_read(view: View<'_, '_>, which: &Which, resource: &Resource) -> String {
    let name = which.metric.first();
    let what = name.map_or("such a metric", |name| text::label_of(view.catalog, &resource.resource_type, name));
    format!("{what} of {} was not read", resource.name)
}

/// What people feel speaks before what only explains: the 90th percentile before the longest single run.
fn larger(a: &Shown<'_>, b: &Shown<'_>) -> Ordering {
    let rank = |shown: &Shown<'_>| shown.metric.map_or((false, 0.0), |m| (m.metric.opens, m.ratio));
    let (a, b) = (rank(a), rank(b));
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// None: silent.
fn one<'a>(
    view: View<'a, '_>,
    is: &MetricIs,
    limits: Option<&Limits<'a>>,
    during: During,
    observed: &'a Observed,
    resource: &'a Resource,
) -> Option<Answer<'a>> {
    let metric = &observed.metric;
    let label = text::label(view.catalog, metric);
    if observed.detection().is_none() {
        return Some(Answer::Unknown(format!("{label} of {} could not be read", resource.name)));
    }
    let over = means(observed, during.start, during.until)?;
    let seen = Seen { catalog: view.catalog, observed, during, over, ratio: ratio(over.observed, over.expected) };
    if view.told {
        let limit = limits.and_then(|limits| limits.decisive);
        return Some(Answer::Holds(Shown { metric: Some(seen.plain()), limit, ..Shown::of(&resource.id) }));
    }
    let (found, limit) = match (is, limits) {
        (MetricIs::High(least), _) => (seen.high(*least), None),
        (MetricIs::Low(least), _) => (seen.low(*least), None),
        (MetricIs::Normal(least), _) => {
            let abnormal = match least {
                Some(least) => seen.above(*least) || seen.below(*least),
                None => seen.high(None).is_some() || seen.low(None).is_some(),
            };
            if !abnormal && !observed.is_warm() {
                return Some(Answer::Unknown(format!("{label} of {} is not learned yet", resource.name)));
            }
            ((!abnormal).then(|| seen.plain()), None)
        }
        (MetricIs::By(bound), Some(limits)) => match seen.by(bound, limits) {
            Ok(found) => found,
            Err(unknown) => return Some(Answer::Unknown(unknown)),
        },
        (MetricIs::By(_) | MetricIs::Never(_) | MetricIs::Trend(_) | MetricIs::Reaching(_), _) => (None, None),
    };
    Some(match found {
        Some(found) => Answer::Holds(Shown { metric: Some(found), limit, ..Shown::of(&resource.id) }),
        None => Answer::Not(seen.said(resource, limit)),
    })
}

struct Seen<'a> {
    catalog: &'a Catalog,
    observed: &'a Observed,
    during: During,
    over: Means,
    ratio: f64,
}

impl<'a> Seen<'a> {
    fn shown(&self, value: f64, expected: f64) -> ShownMetric<'a> {
        ShownMetric { metric: &self.observed.metric, value, expected, ratio: self.ratio, over: None }
    }

    fn plain(&self) -> ShownMetric<'a> {
        self.shown(self.over.peak, self.over.expected)
    }

    fn above(&self, least: f64) -> bool {
        self.ratio >= least && self.over.observed - self.over.expected >= self.observed.metric.least
    }

    fn below(&self, least: f64) -> bool {
        self.ratio <= 1.0 / least && self.over.expected - self.over.observed >= self.observed.metric.least
    }

    fn high(&self, least: Option<f64>) -> Option<ShownMetric<'a>> {
        match least {
            Some(least) => self.above(least).then(|| self.plain()),
            None => self.span(stackseer_detect::Direction::Up),
        }
    }

    fn low(&self, least: Option<f64>) -> Option<ShownMetric<'a>> {
        match least {
            Some(least) => self.below(least).then(|| self.plain()),
            None => self.span(stackseer_detect::Direction::Down),
        }
    }

    fn span(&self, direction: stackseer_detect::Direction) -> Option<ShownMetric<'a>> {
        let During { start, until } = self.during;
        let lead = Timestamp::from_second(start.as_second() - LEAD_SECONDS).unwrap_or(start);
        let mut spans = self.observed.detection()?.spans.iter();
        let fits = |s: &&stackseer_detect::Span| {
            s.direction == direction
                && !s.is_weak
                && time(s.start) <= until
                && s.end.is_none_or(|end| time(end) >= lead)
        };
        spans.find(fits).map(|s| self.shown(s.peak, s.expected))
    }

    /// The error: why it can't be told.
    fn by(&self, bound: &Bound, limits: &Limits<'a>) -> Result<(Option<ShownMetric<'a>>, Option<Limit<'a>>), String> {
        let beyond =
            |limit: &Limit<'a>| is_beyond(bound, self.over.peak, limit.quantity.in_unit_of(&self.observed.metric));
        match (limits.decisive, &limits.unknown) {
            (Some(limit), _) if beyond(&limit) => Ok((Some(self.plain()), Some(limit))),
            (_, Some(unknown)) => Err(unknown.clone()),
            (limit, None) => Ok((None, limit)),
        }
    }

    fn said(&self, resource: &Resource, limit: Option<Limit<'_>>) -> String {
        let metric = &self.observed.metric;
        let (name, of) = (text::label(self.catalog, metric), &resource.name);
        let value = |v: f64| text::value(metric, v);
        match limit {
            Some(limit) => format!("{name} of {of} is {} of {}", value(self.over.peak), limit.said()),
            None => format!(
                "{name} of {of} is {} on average, {} expected",
                value(self.over.observed),
                value(self.over.expected)
            ),
        }
    }
}
