//! A predicate as its file says it, and what does not go together.

use super::{AttributeIs, Bound, ChangeTest, Limit, MetricIs, Over, Place, Predicate, Side, Test, Which};
use crate::schema::DirectionWord;
use serde::Deserialize;
use stackseer_model::{EventClass, Role};

/// What a watch reads of changes, less the hour in which an incident is young.
const MOST_MINUTES: u32 = 180;
/// What learning reads of a metric's history.
const MOST_DAYS: u32 = 13;
/// Of a limit, where nothing else is said.
const NEAR: f64 = 0.9;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    at: Place,
    #[serde(default)]
    resource_type: Option<String>,
    #[serde(default, rename = "as")]
    name: Option<String>,
    #[serde(default)]
    is: Option<Is>,

    #[serde(default)]
    metric: Vec<String>,
    #[serde(default)]
    role: Vec<Role>,
    #[serde(default)]
    statistic: Option<String>,
    #[serde(default)]
    ratio: Option<f64>,

    #[serde(default)]
    limit: Option<Limit>,
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    over: Option<String>,
    #[serde(default)]
    at_least: Option<u32>,

    #[serde(default)]
    attribute: Option<String>,
    #[serde(default)]
    values: Vec<String>,

    #[serde(default)]
    change: Vec<String>,
    #[serde(default)]
    class: Vec<EventClass>,
    #[serde(default)]
    property: Option<String>,
    #[serde(default)]
    moved: Option<DirectionWord>,
    #[serde(default)]
    within_minutes: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Is {
    High,
    Low,
    Normal,
    Near,
    Below,
    Unset,
    Present,
}

impl TryFrom<Raw> for Predicate {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let test = raw.test()?;
        Ok(Self { at: raw.at, resource_type: raw.resource_type, test, name: raw.name })
    }
}

impl Raw {
    fn test(&self) -> Result<Test, String> {
        let of_metric = !self.metric.is_empty() || !self.role.is_empty();
        let of_change = !self.change.is_empty() || !self.class.is_empty();
        match (of_metric, self.attribute.as_ref(), of_change) {
            (true, None, false) => self.of_metric(),
            (false, Some(attribute), false) => self.of_attribute(attribute),
            (false, None, true) => self.of_change(),
            (false, None, false) if self.is == Some(Is::Present) => self.only(&[], "is = \"present\"", Test::Present),
            _ => Err("a predicate speaks of a metric (`metric` or `role`, with `is`), of an `attribute`, of a change \
                      (`change` or `class`), or says `is = \"present\"`: one of them"
                .to_owned()),
        }
    }

    fn of_metric(&self) -> Result<Test, String> {
        if self.metric.is_empty() == self.role.is_empty() {
            return Err("a predicate on a metric has `metric` or `role`, not both".to_owned());
        }
        if self.statistic.is_some() && self.metric.is_empty() {
            return Err("`statistic` needs `metric`".to_owned());
        }
        if self.ratio.is_some_and(|ratio| ratio <= 1.0) {
            return Err("`ratio` must be above 1".to_owned());
        }
        let by_history = ["metric", "role", "statistic", "ratio"];
        let by_limit = ["metric", "role", "statistic", "limit", "share", "over", "at_least"];
        let (is, allowed) = match self.is {
            Some(Is::High) => (MetricIs::High(self.ratio), &by_history[..]),
            Some(Is::Low) => (MetricIs::Low(self.ratio), &by_history[..]),
            Some(Is::Normal) => (MetricIs::Normal(self.ratio), &by_history[..]),
            Some(Is::Near) => (MetricIs::By(self.bound(Side::Near)?), &by_limit[..]),
            Some(Is::Below) => (MetricIs::By(self.bound(Side::Below)?), &by_limit[..]),
            Some(Is::Unset | Is::Present) | None => {
                return Err("a predicate on a metric has `is`: high, low, normal, near or below".to_owned());
            }
        };
        if self.over.is_some() && self.statistic.is_none() {
            return Err("`over` needs `statistic`".to_owned());
        }
        let which = Which { metric: self.metric.clone(), role: self.role.clone(), statistic: self.statistic.clone() };
        self.only(allowed, "this `is` of a metric", Test::Metric(which, is))
    }

    fn of_attribute(&self, attribute: &str) -> Result<Test, String> {
        let bound = ["attribute", "limit", "share"];
        let (is, allowed) = match self.is {
            None if self.values.is_empty() => (AttributeIs::Known, &["attribute"][..]),
            None => (AttributeIs::OneOf(self.values.clone()), &["attribute", "values"][..]),
            Some(Is::Unset) => (AttributeIs::Unset, &["attribute"][..]),
            Some(Is::Near) => (AttributeIs::By(self.bound(Side::Near)?), &bound[..]),
            Some(Is::Below) => (AttributeIs::By(self.bound(Side::Below)?), &bound[..]),
            Some(Is::High | Is::Low | Is::Normal | Is::Present) => {
                return Err("a predicate on an attribute has `values`, or `is`: unset, near or below".to_owned());
            }
        };
        self.only(allowed, "this `is` of an attribute", Test::Attribute(attribute.to_owned(), is))
    }

    fn of_change(&self) -> Result<Test, String> {
        if self.is.is_some() {
            return Err("a predicate on a change has no `is`".to_owned());
        }
        if self.within_minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
            return Err(format!(
                "`within_minutes` must not be above {MOST_MINUTES}: a watch reads changes no further back"
            ));
        }
        if self.moved.is_some() && self.property.is_none() {
            return Err("`moved` needs `property`".to_owned());
        }
        let test = ChangeTest {
            change: self.change.clone(),
            class: self.class.clone(),
            property: self.property.clone(),
            moved: self.moved,
            within_minutes: self.within_minutes,
        };
        let allowed = ["change", "class", "property", "moved", "within_minutes"];
        self.only(&allowed, "a change", Test::Change(test))
    }

    fn bound(&self, side: Side) -> Result<Bound, String> {
        let Some(limit) = self.limit.clone() else {
            return Err("`is = \"near\"` and `is = \"below\"` need `limit`, the attribute that holds it".to_owned());
        };
        if limit.times <= 0.0 || self.share.is_some_and(|share| share <= 0.0) {
            return Err("`times` and `share` must be above 0".to_owned());
        }
        let share = self.share.unwrap_or(match side {
            Side::Near => NEAR,
            Side::Below => 1.0,
        });
        Ok(Bound { side, limit, share, over: self.over(side)? })
    }

    fn over(&self, side: Side) -> Result<Option<Over>, String> {
        let Some(over) = &self.over else {
            return if self.at_least.is_some() { Err("`at_least` needs `over`".to_owned()) } else { Ok(None) };
        };
        let days = over.strip_suffix(" days").or(over.strip_suffix(" day")).and_then(|n| n.parse().ok());
        let Some(days) = days.filter(|days| (1..=MOST_DAYS).contains(days)) else {
            return Err(format!("`over` is a number of days, \"1 day\" to \"{MOST_DAYS} days\""));
        };
        let at_least = self.at_least.unwrap_or(1);
        if side == Side::Below && self.at_least.is_some() || !(1..=days).contains(&at_least) {
            return Err("`at_least` goes with `is = \"near\"`, and is a number of the days of `over`".to_owned());
        }
        Ok(Some(Over { days, at_least }))
    }

    /// `test`, if no key is there that says nothing about it.
    fn only(&self, allowed: &[&str], of: &str, test: Test) -> Result<Test, String> {
        let given = [
            ("metric", !self.metric.is_empty()),
            ("role", !self.role.is_empty()),
            ("statistic", self.statistic.is_some()),
            ("ratio", self.ratio.is_some()),
            ("limit", self.limit.is_some()),
            ("share", self.share.is_some()),
            ("over", self.over.is_some()),
            ("at_least", self.at_least.is_some()),
            ("attribute", self.attribute.is_some()),
            ("values", !self.values.is_empty()),
            ("change", !self.change.is_empty()),
            ("class", !self.class.is_empty()),
            ("property", self.property.is_some()),
            ("moved", self.moved.is_some()),
            ("within_minutes", self.within_minutes.is_some()),
        ];
        match given.iter().find(|(key, given)| *given && !allowed.contains(key)) {
            Some((key, _)) => Err(format!("`{key}` does not go with {of}, which takes {}", allowed.join(", "))),
            None => Ok(test),
        }
    }
}
