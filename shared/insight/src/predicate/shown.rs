//! What makes a predicate true.

use super::Limit;
use crate::abnormal::{Abnormal, ratio};
use crate::group::Group;
use crate::{cause, text};
use stackseer_catalog::{Catalog, Row, Unit};
use stackseer_model::{Attribute, ChangeEvent, Metric, PropertyChange, ResourceId, Timestamp};

#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub resource: &'a ResourceId,
    pub metric: Option<ShownMetric<'a>>,
    pub attribute: Option<ShownAttribute<'a>>,
    pub event: Option<&'a ChangeEvent>,
    pub change: Option<&'a PropertyChange>,
    pub limit: Option<Limit<'a>>,
    pub ends: Option<ShownEnd<'a>>,
    /// How many elements a list has.
    pub count: Option<usize>,
    pub crossing: Option<Crossing>,
}

/// When a forecast meets its limit.
#[derive(Debug, Clone, Copy)]
pub struct Crossing {
    pub at: Timestamp,
    /// Half of what may come meets it between these; none: later than can be told.
    pub earliest: Timestamp,
    pub latest: Option<Timestamp>,
    /// Nine tenths of what may come stay under this, on the last day that was asked about.
    pub highest: f64,
}

#[derive(Clone, Copy)]
pub struct ShownMetric<'a> {
    pub metric: &'a Metric,
    pub value: f64,
    pub expected: f64,
    pub ratio: f64,
    /// None: the effect's time was looked at.
    pub over: Option<ShownOver>,
}

/// The days or hours that were looked at.
#[derive(Debug, Clone, Copy)]
pub struct ShownOver {
    pub unit: Unit,
    /// How many of them are known, and of those how many show it.
    pub known: usize,
    pub beyond: usize,
    pub since: Timestamp,
}

/// When something ends, and what is known of it.
#[derive(Clone, Copy)]
pub struct ShownEnd<'a> {
    pub at: Timestamp,
    pub row: Option<&'a Row>,
}

#[derive(Clone, Copy)]
pub struct ShownAttribute<'a> {
    pub name: &'a str,
    pub value: &'a Attribute,
}

impl ShownAttribute<'_> {
    /// As people read it: `enabled`, `3 min`, `not set`.
    pub fn said(&self) -> String {
        match self.value {
            Attribute::Known(value) => Limit::quantity(self.name, value).map_or_else(|| value.clone(), |q| q.said()),
            Attribute::Unset | Attribute::Unknown(_) => "not set".to_owned(),
        }
    }
}

impl<'a> Shown<'a> {
    pub fn of(resource: &'a ResourceId) -> Self {
        Self {
            resource,
            metric: None,
            attribute: None,
            event: None,
            change: None,
            limit: None,
            ends: None,
            count: None,
            crossing: None,
        }
    }

    /// The effect itself, where nothing else shows anything.
    pub fn effect(effect: &Abnormal<'a>) -> Self {
        let metric = ShownMetric {
            metric: &effect.observed.metric,
            value: effect.peak,
            expected: effect.expected,
            ratio: effect.ratio(),
            over: None,
        };
        Self { metric: Some(metric), ..Self::of(&effect.observed.metric.resource) }
    }

    /// With the anomaly's own numbers, where the incident has one of the metric.
    pub fn as_in(self, group: &Group<'_>) -> Self {
        let told = |shown: ShownMetric<'a>| match group.worst_of(shown.metric) {
            Some(abnormal) => ShownMetric { value: abnormal.peak, expected: abnormal.expected, ..shown },
            None => shown,
        };
        Self { metric: self.metric.map(told), ..self }
    }

    /// Of the limit.
    pub fn ratio(&self) -> Option<f64> {
        if let Some(metric) = self.metric {
            return Some(metric.ratio);
        }
        let (attribute, limit) = (self.attribute?, self.limit?);
        let value = Limit::quantity(attribute.name, attribute.value.known()?)?;
        Some(value.value / limit.quantity.value)
    }

    /// By which the clearest of several is picked.
    pub(super) fn size(&self) -> f64 {
        self.metric.map_or(0.0, |m| if m.ratio.is_finite() { m.ratio } else { f64::MAX })
    }

    /// In numbers, as a cause's reason.
    pub fn said(&self, catalog: &Catalog, onset: Timestamp) -> String {
        if let Some(event) = self.event {
            return cause::describe(event, onset);
        }
        match (self.metric, self.attribute, self.limit) {
            (Some(shown), _, Some(limit)) => {
                format!(
                    "{} {} of {}",
                    text::label(catalog, shown.metric),
                    text::value(shown.metric, shown.value),
                    limit.said()
                )
            }
            (Some(shown), _, None) => format!(
                "{} {} against {} expected ({})",
                text::label(catalog, shown.metric),
                text::value(shown.metric, shown.value),
                text::value(shown.metric, shown.expected),
                text::times(ratio(shown.value, shown.expected)),
            ),
            (None, Some(attribute), _) => format!("{} is {}", attribute.name.replace('_', " "), attribute.said()),
            (None, None, _) => "its configuration".to_owned(),
        }
    }
}
