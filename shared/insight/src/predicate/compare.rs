//! Numbers against a limit, which may be an attribute of another resource.

use super::{View, at};
use crate::text;
use stackseer_catalog::{Bound, LimitOf, Side};
use stackseer_model::{Attribute, Metric, Resource};

/// A number with what it measures: a time in seconds, a size in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    pub value: f64,
    measure: Measure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Number,
    Time,
    Size,
    Percent,
}

impl Quantity {
    pub fn number(value: f64) -> Self {
        Self { value, measure: Measure::Number }
    }

    /// An attribute's value. Its name says whether it is a time or a size.
    pub fn of_attribute(name: &str, value: f64) -> Self {
        let (measure, unit) = match name.rsplit('_').next() {
            Some("seconds") => (Measure::Time, 1.0),
            Some("minutes") => (Measure::Time, 60.0),
            Some("hours") => (Measure::Time, 3_600.0),
            Some("days") => (Measure::Time, 86_400.0),
            Some("bytes") => (Measure::Size, 1.0),
            Some("kb") => (Measure::Size, 1024.0),
            Some("mb") => (Measure::Size, 1024.0 * 1024.0),
            Some("gb") => (Measure::Size, 1024.0 * 1024.0 * 1024.0),
            _ => (Measure::Number, 1.0),
        };
        Self { value: value * unit, measure }
    }

    /// A metric's value, in the metric's own unit.
    pub fn of_metric(metric: &Metric, value: f64) -> Self {
        let (measure, unit) = unit_of(metric);
        Self { value: value / unit, measure }
    }

    pub fn said(self) -> String {
        match self.measure {
            Measure::Number => text::number(self.value),
            Measure::Time => text::duration(self.value * 1e3),
            Measure::Size => text::bytes(self.value),
            Measure::Percent => format!("{} %", text::number(self.value)),
        }
    }

    /// In the metric's own unit, where both are of a kind.
    pub fn in_unit_of(self, metric: &Metric) -> f64 {
        let (measure, unit) = unit_of(metric);
        if measure == self.measure { self.value * unit } else { self.value }
    }
}

/// What a metric measures, and how many of its unit make a second or a byte.
fn unit_of(metric: &Metric) -> (Measure, f64) {
    match metric.unit.as_str() {
        "Seconds" => (Measure::Time, 1.0),
        "Milliseconds" => (Measure::Time, 1e3),
        "Microseconds" => (Measure::Time, 1e6),
        "Bytes" => (Measure::Size, 1.0),
        "Kilobytes" => (Measure::Size, 1.0 / 1024.0),
        "Megabytes" => (Measure::Size, 1.0 / (1024.0 * 1024.0)),
        "Gigabytes" => (Measure::Size, 1.0 / (1024.0 * 1024.0 * 1024.0)),
        "Percent" => (Measure::Percent, 1.0),
        _ => (Measure::Number, 1.0),
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

    /// An attribute's value, where it is a number.
    pub fn quantity(attribute: &str, value: &str) -> Option<Quantity> {
        let value: f64 = value.parse().ok().filter(|value: &f64| value.is_finite())?;
        Some(Quantity::of_attribute(attribute, value))
    }
}

/// The limit that decides, of all that there are: the lowest where it goes up, the highest for `below`.
pub struct Limits<'a> {
    pub decisive: Option<Limit<'a>>,
    /// Why one of them is not known.
    pub unknown: Option<String>,
}

/// What is compared, and from where.
#[derive(Clone, Copy)]
pub struct Compared<'a> {
    pub resource: &'a Resource,
    /// The resource that is checked, or the effect's.
    pub itself: &'a Resource,
}

impl<'a> Limits<'a> {
    /// `own`: a plain number as a quantity of what is compared.
    pub fn of(view: View<'a, '_>, bound: &'a Bound, compared: Compared<'a>, own: impl Fn(f64) -> Quantity) -> Self {
        let mut limits = Self { decisive: None, unknown: None };
        let plus = match limits.plus(bound, compared.itself) {
            Ok(plus) => plus,
            Err(unknown) => return Self { unknown: Some(unknown), ..limits },
        };
        let times = |q: Quantity| Quantity { value: q.value * bound.limit.times + plus, ..q };
        match &bound.limit.of {
            LimitOf::Number(number) => {
                limits.decisive = Some(Limit { quantity: times(own(*number)), of: compared.resource });
            }
            LimitOf::Attribute { attribute, at: place, resource_type } => {
                let holders = match place {
                    Some(place) => at(view, *place, resource_type.as_deref(), compared.resource),
                    None => vec![compared.resource],
                };
                for of in holders {
                    match quantity_of(of, attribute) {
                        // What is switched off has no limit to come near.
                        Ok(quantity) => {
                            if let Some(quantity) = quantity.filter(|q| q.value > 0.0) {
                                limits.decide(bound.side, Limit { quantity: times(quantity), of });
                            }
                        }
                        Err(unknown) => _ = limits.unknown.get_or_insert(unknown),
                    }
                }
            }
            // Each day and hour has its own.
            LimitOf::Metric { .. } => {}
        }
        limits
    }

    /// What is added to each limit.
    fn plus(&self, bound: &Bound, itself: &Resource) -> Result<f64, String> {
        let Some(attribute) = &bound.limit.plus else { return Ok(0.0) };
        Ok(quantity_of(itself, attribute)?.map_or(0.0, |q| q.value))
    }

    fn decide(&mut self, side: Side, limit: Limit<'a>) {
        let before = self.decisive.map(|l| l.quantity.value);
        let decides = before.is_none_or(|before| match side.is_upward() {
            true => limit.quantity.value < before,
            false => limit.quantity.value > before,
        });
        if decides {
            self.decisive = Some(limit);
        }
    }
}

/// `Ok(None)`: it is not set. The error: why it is not known.
fn quantity_of(of: &Resource, attribute: &str) -> Result<Option<Quantity>, String> {
    match of.attributes.get(attribute) {
        Some(Attribute::Known(value)) => match Limit::quantity(attribute, value) {
            Some(quantity) => Ok(Some(quantity)),
            None => Err(not_known(of, attribute, Some("it is no number"))),
        },
        Some(Attribute::Unset) => Ok(None),
        Some(Attribute::Unknown(why)) => Err(not_known(of, attribute, Some(why))),
        None => Err(not_known(of, attribute, None)),
    }
}

pub fn not_known(of: &Resource, attribute: &str, why: Option<&str>) -> String {
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    format!("{attribute} of {} is not known{why}", of.name)
}

/// What is a tenth of it nearer, where it is known to fail.
pub fn eased(share: f64, side: Side, failing: bool) -> f64 {
    match (failing, side.is_upward()) {
        (false, _) => share,
        (true, true) => share * 0.9,
        (true, false) => share * 1.1,
    }
}

/// Whether a value is on the bound's side of `share` of the limit.
pub fn is_beyond(bound: &Bound, value: f64, limit: f64) -> bool {
    match bound.side {
        Side::Near => limit > 0.0 && value >= limit * bound.share,
        Side::Above => value > limit * bound.share,
        Side::Below => value < limit * bound.share,
    }
}
