//! What a number is compared with: a number, an attribute of the same resource or of another one over an edge, or another metric.

use super::{Over, Place};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

#[derive(Debug, Clone)]
pub struct Bound {
    pub side: Side,
    pub limit: Limit,
    /// The share of the limit that counts.
    pub share: f64,
    /// Over so many days or hours rather than around the effect.
    pub over: Option<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At `share` of the limit or more.
    Near,
    /// Over `share` of the limit.
    Above,
    /// Under `share` of the limit.
    Below,
}

impl Side {
    pub fn is_upward(self) -> bool {
        self != Self::Below
    }
}

#[derive(Debug, Clone)]
pub struct Limit {
    pub of: LimitOf,
    pub times: f64,
    /// An attribute of the resource that is checked, added to it; nothing where it is not set.
    pub plus: Option<String>,
}

/// `5`, `"reserved_concurrency"`, `{ attribute = "timeout_seconds", at = "consumer", times = 6 }` or `{ metric = "Invocations" }`.
#[derive(Debug, Clone)]
pub enum LimitOf {
    /// In the unit of what is compared.
    Number(f64),
    /// One whose name ends in `_seconds`, `_minutes`, `_hours` or `_days` is a time, in `_bytes`, `_kb`, `_mb` or `_gb` a size,
    /// and compared as one.
    Attribute {
        attribute: String,
        /// Seen from the resource that is compared; none: that resource itself. Of several, one is enough.
        at: Option<Place>,
        resource_type: Option<String>,
    },
    /// Another metric with the same dimensions, in the same day or hour.
    Metric { metric: String, statistic: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    attribute: Option<String>,
    #[serde(default)]
    at: Option<Place>,
    #[serde(default)]
    resource_type: Option<String>,
    #[serde(default)]
    metric: Option<String>,
    #[serde(default)]
    statistic: Option<String>,
    #[serde(default = "once")]
    times: f64,
    #[serde(default)]
    plus: Option<String>,
}

fn once() -> f64 {
    1.0
}

impl Limit {
    fn of(of: LimitOf) -> Self {
        Self { of, times: once(), plus: None }
    }
}

impl Table {
    fn limit(self) -> Result<Limit, &'static str> {
        let of = match (self.attribute, self.metric) {
            (Some(attribute), None) if self.statistic.is_none() => {
                LimitOf::Attribute { attribute, at: self.at, resource_type: self.resource_type }
            }
            (None, Some(metric)) if self.at.is_none() && self.resource_type.is_none() => {
                let statistic = self.statistic.ok_or("a limit that is a `metric` needs its `statistic`")?;
                LimitOf::Metric { metric, statistic }
            }
            _ => return Err("a limit has `attribute` (with `at`, `resource_type`), or `metric` and `statistic`"),
        };
        Ok(Limit { of, times: self.times, plus: self.plus })
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitVisitor)
    }
}

struct LimitVisitor;

impl<'de> Visitor<'de> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "a number, the name of an attribute, or a table with `attribute`, `at`, `resource_type` or with `metric`, \
             `statistic`, and with `times`, `plus`",
        )
    }

    fn visit_f64<E>(self, number: f64) -> Result<Limit, E> {
        Ok(Limit::of(LimitOf::Number(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Limit, E> {
        Ok(Limit::of(LimitOf::Number(number as f64)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Limit, E> {
        Ok(Limit::of(LimitOf::Number(number as f64)))
    }

    fn visit_str<E>(self, attribute: &str) -> Result<Limit, E> {
        Ok(Limit::of(LimitOf::Attribute { attribute: attribute.to_owned(), at: None, resource_type: None }))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Limit, M::Error> {
        Table::deserialize(MapAccessDeserializer::new(map))?.limit().map_err(serde::de::Error::custom)
    }
}
