//! Numbers against a limit, which may be an attribute of another resource.

use super::{View, at};
use crate::text;
use stackseer_catalog::{Bound, Side};
use stackseer_model::{Attribute, Metric, Resource};

/// A number; a time is in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    pub value: f64,
    pub is_time: bool,
}

impl Quantity {
    pub fn said(self) -> String {
        if self.is_time { text::duration(self.value * 1e3) } else { text::number(self.value) }
    }

    /// In the metric's own unit, where both are times.
    pub fn in_unit_of(self, metric: &Metric) -> f64 {
        let per_second = match metric.unit.as_str() {
            _ if !self.is_time => 1.0,
            "Milliseconds" => 1e3,
            "Microseconds" => 1e6,
            _ => 1.0,
        };
        self.value * per_second
    }
}

/// What is compared with, `times` and all.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    pub quantity: Quantity,
    /// The resource that has it.
    pub of: &'a Resource,
}

impl Limit<'_> {
    pub fn said(self) -> String {
        self.quantity.said()
    }

    /// An attribute's value as a number. Its name says whether it is a time.
    pub fn quantity(attribute: &str, value: &str) -> Option<Quantity> {
        let seconds = match attribute.rsplit('_').next() {
            Some("seconds") => Some(1.0),
            Some("minutes") => Some(60.0),
            Some("hours") => Some(3_600.0),
            Some("days") => Some(86_400.0),
            _ => None,
        };
        let value: f64 = value.parse().ok().filter(|value: &f64| value.is_finite())?;
        Some(Quantity { value: value * seconds.unwrap_or(1.0), is_time: seconds.is_some() })
    }
}

/// The limit that decides, of all that there are: the lowest for `near`, the highest for `below`.
pub struct Limits<'a> {
    pub decisive: Option<Limit<'a>>,
    /// Why one of them is not known.
    pub unknown: Option<String>,
}

impl<'a> Limits<'a> {
    pub fn of(view: View<'a, '_>, bound: &'a Bound, resource: &'a Resource) -> Self {
        let spec = &bound.limit;
        let holders = match spec.at {
            Some(place) => at(view, place, spec.resource_type.as_deref(), resource),
            None => vec![resource],
        };
        let mut limits = Self { decisive: None, unknown: None };
        for of in holders {
            match of.attributes.get(&spec.attribute) {
                // What is switched off has no limit to come near.
                Some(Attribute::Known(value)) => match Limit::quantity(&spec.attribute, value) {
                    Some(q) if q.value > 0.0 => {
                        let quantity = Quantity { value: q.value * spec.times, ..q };
                        limits.decide(bound.side, Limit { quantity, of });
                    }
                    Some(_) => {}
                    None => limits.not_known(of, &spec.attribute, Some("it is no number")),
                },
                Some(Attribute::Unset) => {}
                Some(Attribute::Unknown(why)) => limits.not_known(of, &spec.attribute, Some(why)),
                None => limits.not_known(of, &spec.attribute, None),
            }
        }
        limits
    }

    fn decide(&mut self, side: Side, limit: Limit<'a>) {
        let before = self.decisive.map(|l| l.quantity.value);
        let decides = before.is_none_or(|before| match side {
            Side::Near => limit.quantity.value < before,
            Side::Below => limit.quantity.value > before,
        });
        if decides {
            self.decisive = Some(limit);
        }
    }

    fn not_known(&mut self, of: &Resource, attribute: &str, why: Option<&str>) {
        self.unknown.get_or_insert_with(|| not_known(of, attribute, why));
    }
}

pub fn not_known(of: &Resource, attribute: &str, why: Option<&str>) -> String {
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    format!("{attribute} of {} is not known{why}", of.name)
}

/// Whether a value is on the bound's side of `share` of the limit.
pub fn is_beyond(bound: &Bound, value: f64, limit: f64) -> bool {
    match bound.side {
        Side::Near => value >= limit * bound.share,
        Side::Below => value < limit * bound.share,
    }
}
