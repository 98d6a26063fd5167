//! What a number is compared with: an attribute of the same resource, or of another one over an edge.

use super::Place;
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
    /// Over so many days rather than around the effect.
    pub over: Option<Over>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At `share` of the limit or more.
    Near,
    /// Under `share` of the limit.
    Below,
}

/// `"reserved_concurrency"`, or `{ attribute = "timeout_seconds", at = "consumer", times = 6 }`. An attribute whose name
/// ends in `_seconds`, `_minutes`, `_hours` or `_days` is a time, and compared as one.
#[derive(Debug, Clone)]
pub struct Limit {
    pub attribute: String,
    /// Seen from the resource that is compared; none: that resource itself. Of several, one is enough.
    pub at: Option<Place>,
    pub resource_type: Option<String>,
    pub times: f64,
}

/// The last `days` whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    pub days: u32,
    /// `near`: on so many of them.
    pub at_least: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    attribute: String,
    #[serde(default)]
    at: Option<Place>,
    #[serde(default)]
    resource_type: Option<String>,
    #[serde(default = "once")]
    times: f64,
}

fn once() -> f64 {
    1.0
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
        out.write_str("the name of an attribute, or a table with `attribute`, `at`, `resource_type`, `times`")
    }

    fn visit_str<E>(self, attribute: &str) -> Result<Limit, E> {
        Ok(Limit { attribute: attribute.to_owned(), at: None, resource_type: None, times: once() })
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Limit, M::Error> {
        let Elsewhere { attribute, at, resource_type, times } =
            Elsewhere::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Limit { attribute, at, resource_type, times })
    }
}
