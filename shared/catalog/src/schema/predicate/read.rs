//! A predicate as its file says it, and what does not go together.

use super::{
    AttributeIs, Bound, ChangeTest, Each, Ends, Limit, LimitOf, MetricIs, Over, Place, Predicate, Reaching, Side, Test,
    Trend, Which, days,
};
use crate::schema::DirectionWord;
use serde::Deserialize;
use stackseer_model::{EventClass, Role};

/// What a watch reads of changes, less the hour in which an incident is young.
const MOST_MINUTES: u32 = 180;
/// Of a limit, where nothing else is said.
const NEAR: f64 = 0.9;
/// So few points show no trend.
const LEAST_OF_A_TREND: u32 = 6;

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
    dimension: Option<String>,

    #[serde(default)]
    limit: Option<Limit>,
    #[serde(default)]
    share: Option<f64>,
    #[serde(default)]
    over: Option<String>,
    #[serde(default)]
    at_least: Option<u32>,
    #[serde(default)]
    each: Option<Each>,
    #[serde(default)]
    total: bool,
    #[serde(default)]
    by: Option<f64>,

    #[serde(default)]
    attribute: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    than: Option<u32>,
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    within: Option<String>,

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
    Above,
    Below,
    Never,
    Rising,
    Falling,
    Reaching,
    Draining,
    Unset,
    Fewer,
    Ends,
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
        let by_limit =
            ["metric", "role", "statistic", "dimension", "limit", "share", "over", "at_least", "each", "total"];
        let by_trend = ["metric", "role", "statistic", "dimension", "over", "each", "by"];
        let by_forecast = ["metric", "role", "statistic", "dimension", "limit", "share", "within"];
        let (is, allowed) = match self.is {
            Some(Is::High) => (MetricIs::High(self.ratio), &by_history[..]),
            Some(Is::Low) => (MetricIs::Low(self.ratio), &by_history[..]),
            Some(Is::Normal) => (MetricIs::Normal(self.ratio), &by_history[..]),
            Some(Is::Near) => (MetricIs::By(self.bound(Side::Near)?), &by_limit[..]),
            Some(Is::Above) => (MetricIs::By(self.bound(Side::Above)?), &by_limit[..]),
            Some(Is::Below) => (MetricIs::By(self.bound(Side::Below)?), &by_limit[..]),
            Some(Is::Never) => {
                (MetricIs::Never(self.needed_over("never")?), &["metric", "role", "statistic", "dimension", "over"][..])
            }
            Some(Is::Rising) => (MetricIs::Trend(self.trend(DirectionWord::Up)?), &by_trend[..]),
            Some(Is::Falling) => (MetricIs::Trend(self.trend(DirectionWord::Down)?), &by_trend[..]),
            Some(Is::Reaching) => (MetricIs::Reaching(self.reaching(Side::Near)?), &by_forecast[..]),
            Some(Is::Draining) => (MetricIs::Reaching(self.reaching(Side::Below)?), &by_forecast[..]),
            Some(Is::Unset | Is::Fewer | Is::Ends | Is::Present) | None => {
                return Err("a predicate on a metric has `is`: high, low, normal, near, above, below, never, rising, \
                            falling, reaching or draining"
                    .to_owned());
            }
        };
        let by_days = self.over.is_some() || matches!(self.is, Some(Is::Reaching | Is::Draining));
        if by_days && self.statistic.is_none() {
            return Err("what looks at days or hours needs `statistic`".to_owned());
        }
        if self.total && self.statistic.as_deref() != Some("Sum") {
            return Err("`total` needs `over`, and `statistic = \"Sum\"`".to_owned());
        }
        if self.dimension.is_some() && !by_days {
            return Err("`dimension` goes with what looks at days or hours".to_owned());
        }
        let which = Which {
            metric: self.metric.clone(),
            role: self.role.clone(),
            statistic: self.statistic.clone(),
            dimension: self.dimension.clone(),
        };
        self.only(allowed, "this `is` of a metric", Test::Metric(which, is))
    }

    fn of_attribute(&self, attribute: &str) -> Result<Test, String> {
        let bound = ["attribute", "limit", "share"];
        let (is, allowed) = match self.is {
            None if self.values.is_empty() => (AttributeIs::Known, &["attribute"][..]),
            None => (AttributeIs::OneOf(self.values.clone()), &["attribute", "values"][..]),
            Some(Is::Unset) => (AttributeIs::Unset, &["attribute"][..]),
            Some(Is::Near) => (AttributeIs::By(self.bound(Side::Near)?), &bound[..]),
            Some(Is::Above) => (AttributeIs::By(self.bound(Side::Above)?), &bound[..]),
            Some(Is::Below) => (AttributeIs::By(self.bound(Side::Below)?), &bound[..]),
            Some(Is::Fewer) => {
                let than =
                    self.than.filter(|than| *than > 0).ok_or("`is = \"fewer\"` needs `than`, a number above 0")?;
                (AttributeIs::Fewer(than), &["attribute", "than"][..])
            }
            Some(Is::Ends) => (AttributeIs::Ends(self.ends()?), &["attribute", "table", "within"][..]),
            Some(_) => {
                let known = "unset, near, above, below, fewer or ends";
                return Err(format!("a predicate on an attribute has `values`, or `is`: {known}"));
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
            return Err(
                "`is = \"near\"`, `\"above\"` and `\"below\"` need `limit`: a number, or what holds it".to_owned()
            );
        };
        if limit.times <= 0.0 || self.share.is_some_and(|share| share <= 0.0) {
            return Err("`times` and `share` must be above 0".to_owned());
        }
        if side == Side::Near && matches!(limit.of, LimitOf::Number(number) if number <= 0.0) {
            return Err("nothing is near 0: say `is = \"above\"`".to_owned());
        }
        let over = self.over()?;
        let looks_back = over.is_some() || matches!(self.is, Some(Is::Reaching | Is::Draining));
        if !looks_back && matches!(limit.of, LimitOf::Metric { .. }) {
            return Err("a `limit` that is a metric needs `over`".to_owned());
        }
        let share = self.share.unwrap_or(if side == Side::Near { NEAR } else { 1.0 });
        Ok(Bound { side, limit, share, over })
    }

    fn over(&self) -> Result<Option<Over>, String> {
        let each = match (self.total, self.each) {
            (true, Some(_)) => return Err("`total` and `each` say the same of a day: one of them".to_owned()),
            (true, None) => Each::Total,
            (false, each) => each.unwrap_or(Each::Peak),
        };
        match &self.over {
            Some(over) => Over::read(over, self.at_least, each).map(Some),
            None if self.at_least.is_some() || self.each.is_some() || self.total => {
                Err("`at_least`, `each` and `total` need `over`".to_owned())
            }
            None => Ok(None),
        }
    }

    fn needed_over(&self, of: &str) -> Result<Over, String> {
        self.over()?.ok_or_else(|| format!("`is = \"{of}\"` needs `over`, such as \"7 days\""))
    }

    fn trend(&self, direction: DirectionWord) -> Result<Trend, String> {
        let over = self.needed_over(if direction == DirectionWord::Up { "rising" } else { "falling" })?;
        if over.count < LEAST_OF_A_TREND {
            return Err(format!("`over` of a trend is at least {LEAST_OF_A_TREND} days or hours"));
        }
        match self.by {
            Some(by) if by > 0.0 => Ok(Trend { direction, by, over }),
            _ => Err("a trend needs `by`, the share of its level, above 0, that it moved over all of them".to_owned()),
        }
    }

    /// All the days that learning knows are gone by.
    fn reaching(&self, side: Side) -> Result<Reaching, String> {
        let each = if side == Side::Below { Each::Lowest } else { Each::Peak };
        let mut bound = self.bound(side)?;
        bound.over = Some(Over { each, ..Over::whole_history() });
        if side == Side::Near && self.share.is_none() {
            bound.share = 1.0;
        }
        Ok(Reaching { bound, within_days: self.within("reaching")? })
    }

    fn ends(&self) -> Result<Ends, String> {
        Ok(Ends { table: self.table.clone(), within_days: self.within("ends")? })
    }

    fn within(&self, is: &str) -> Result<u32, String> {
        let within = self.within.as_deref().map(days);
        within.and_then(Result::ok).ok_or_else(|| format!("`is = \"{is}\"` needs `within`, such as \"120 days\""))
    }

    /// `test`, if no key is there that says nothing about it.
    fn only(&self, allowed: &[&str], of: &str, test: Test) -> Result<Test, String> {
        let given = [
            ("metric", !self.metric.is_empty()),
            ("role", !self.role.is_empty()),
            ("statistic", self.statistic.is_some()),
            ("ratio", self.ratio.is_some()),
            ("dimension", self.dimension.is_some()),
            ("limit", self.limit.is_some()),
            ("share", self.share.is_some()),
            ("over", self.over.is_some()),
            ("at_least", self.at_least.is_some()),
            ("each", self.each.is_some()),
            ("total", self.total),
            ("by", self.by.is_some()),
            ("attribute", self.attribute.is_some()),
            ("values", !self.values.is_empty()),
            ("than", self.than.is_some()),
            ("table", self.table.is_some()),
            ("within", self.within.is_some()),
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
