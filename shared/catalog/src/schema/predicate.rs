//! One thing that is so, or not, or not known: a place, what is looked at there, and what it is compared with. Patterns and
//! checks are made of these.

mod limit;
mod over;
mod read;

pub use limit::{Bound, Limit, LimitOf, Side};
pub(super) use over::days;
pub use over::{Each, Over, Unit};

use super::{DirectionWord, Service};
use read::Raw;
use serde::Deserialize;
use stackseer_model::{EventClass, Metric, Role};

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Predicate {
    pub at: Place,
    /// Only resources of this type.
    pub resource_type: Option<String>,
    pub test: Test,
    /// What texts call it: `{requests_peak}` for `as = "requests"`.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The resource itself: the effect's, or the one that is checked.
    Itself,
    /// What it calls and waits for, directly or through others.
    Downstream,
    /// What calls it or feeds it, directly or through others.
    Upstream,
    /// What writes to it (to a queue, stream, topic), directly.
    Producer,
    /// What reads from it, directly.
    Consumer,
    /// What it leads to and what leads to it again: what goes round in a loop with it.
    Loop,
    /// What leads to it from outside such a loop.
    Outside,
    /// Anything in the application.
    Application,
}

#[derive(Debug, Clone)]
pub enum Test {
    Metric(Which, MetricIs),
    Attribute(String, AttributeIs),
    Change(ChangeTest),
    /// Something is there at all.
    Present,
}

/// The metrics that are meant: of these names, or of these roles.
#[derive(Debug, Clone)]
pub struct Which {
    pub metric: Vec<String>,
    pub role: Vec<Role>,
    /// Only this statistic, where several are read: `Average`, `p90`.
    pub statistic: Option<String>,
    /// Of each part that this dimension names: an index, an alias. None: of the whole.
    pub dimension: Option<String>,
}

#[derive(Debug, Clone)]
pub enum MetricIs {
    /// Anomalous upwards; with a ratio, so many times the expected, whether or not that is anomalous.
    High(Option<f64>),
    /// Anomalous downwards; with a ratio, one over it of the expected.
    Low(Option<f64>),
    /// Neither, of all that fit: each was read and learned. It shows nothing; it only rules something out.
    Normal(Option<f64>),
    /// By a limit and not by its own history.
    By(Bound),
    /// Nothing at all came.
    Never(Over),
    Trend(Trend),
    /// It goes there, if it goes on as it does.
    Reaching(Reaching),
}

/// The `bound`'s `over` is the history that is gone by; `Side::Below`: downwards.
#[derive(Debug, Clone)]
pub struct Reaching {
    pub bound: Bound,
    pub within_days: u32,
}

/// It moves one way, more than by chance.
#[derive(Debug, Clone)]
pub struct Trend {
    pub direction: DirectionWord,
    /// By this share of its level, over all that is looked at.
    pub by: f64,
    pub over: Over,
}

#[derive(Debug, Clone)]
pub enum AttributeIs {
    Known,
    OneOf(Vec<String>),
    /// Read, and not set.
    Unset,
    By(Bound),
    /// Of a list (`a, b, c`) so few different elements.
    Fewer(u32),
    Ends(Ends),
}

/// It is a date, or has one in a table, that has come or comes soon.
#[derive(Debug, Clone)]
pub struct Ends {
    /// A file of `catalog/data` that says when a value ends; none: the attribute is the date itself.
    pub table: Option<String>,
    pub within_days: u32,
}

#[derive(Debug, Clone)]
pub struct ChangeTest {
    /// Names of change events.
    pub change: Vec<String>,
    pub class: Vec<EventClass>,
    /// The change must say that this property changed, and went this way.
    pub property: Option<String>,
    pub moved: Option<DirectionWord>,
    /// How long before the onset it may lie; none: 60.
    pub within_minutes: Option<u32>,
}

/// What something could be taken for, and how to tell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAlike {
    /// Why this rules it out.
    pub because: String,
    /// All must hold.
    pub when: Vec<Predicate>,
}

impl Which {
    pub fn fits(&self, name: &str, role: Role, statistic: &str) -> bool {
        (self.metric.iter().any(|m| m == name) || self.role.contains(&role))
            && self.statistic.as_ref().is_none_or(|wanted| wanted == statistic)
    }

    pub fn means(&self, metric: &Metric) -> bool {
        self.fits(&metric.key.name, metric.role, &metric.key.statistic)
    }
}

impl Predicate {
    /// Whether it can be the evidence of something. What is normal, or merely there, only rules something out.
    pub fn shows(&self) -> bool {
        !matches!(self.test, Test::Present | Test::Metric(_, MetricIs::Normal(_)))
    }

    /// The limit it compares with, if it does.
    pub fn bound(&self) -> Option<&Bound> {
        match &self.test {
            Test::Metric(_, MetricIs::By(bound) | MetricIs::Reaching(Reaching { bound, .. }))
            | Test::Attribute(_, AttributeIs::By(bound)) => Some(bound),
            _ => None,
        }
    }

    /// The days or hours of a metric that it looks at.
    pub fn over(&self) -> Option<Over> {
        match &self.test {
            Test::Metric(_, MetricIs::By(bound) | MetricIs::Reaching(Reaching { bound, .. })) => bound.over,
            Test::Metric(_, MetricIs::Never(over)) => Some(*over),
            Test::Metric(_, MetricIs::Trend(trend)) => Some(trend.over),
            _ => None,
        }
    }

    /// Its number becomes another: of a limit that is a number the limit, else the share. False: it has none.
    pub(super) fn set_threshold(&mut self, threshold: f64) -> bool {
        let bound = match &mut self.test {
            Test::Metric(_, MetricIs::By(bound) | MetricIs::Reaching(Reaching { bound, .. }))
            | Test::Attribute(_, AttributeIs::By(bound)) => bound,
            Test::Metric(_, MetricIs::Trend(trend)) => {
                trend.by = threshold;
                return true;
            }
            Test::Attribute(_, AttributeIs::Fewer(than)) => {
                *than = threshold as u32;
                return true;
            }
            Test::Attribute(_, AttributeIs::Ends(ends)) => {
                ends.within_days = threshold as u32;
                return true;
            }
            _ => return false,
        };
        match &mut bound.limit.of {
            LimitOf::Number(number) => *number = threshold,
            LimitOf::Attribute { .. } | LimitOf::Metric { .. } => bound.share = threshold,
        }
        true
    }

    /// Whether it asks for the use of a metric over days or hours, which learning collects.
    pub fn asks_use(&self, name: &str, role: Role, statistic: &str) -> bool {
        let Test::Metric(which, _) = &self.test else { return false };
        let is_limit = || self.limit_metric().is_some_and(|limit| limit == (name, statistic));
        self.over().is_some() && (which.fits(name, role, statistic) || is_limit())
    }

    /// Name and statistic of the metric that it compares with.
    fn limit_metric(&self) -> Option<(&str, &str)> {
        match &self.bound()?.limit.of {
            LimitOf::Metric { metric, statistic } => Some((metric, statistic)),
            _ => None,
        }
    }

    /// The attributes it reads, each with the type of the resource that has it where it says one.
    pub fn attributes(&self) -> Vec<(Option<&str>, &str)> {
        let own = match &self.test {
            Test::Attribute(name, _) => Some((self.resource_type.as_deref(), name.as_str())),
            _ => None,
        };
        let limit = self.bound().and_then(|bound| match &bound.limit.of {
            LimitOf::Attribute { attribute, at, resource_type } => {
                let elsewhere = at.map(|_| resource_type.as_deref());
                Some((elsewhere.unwrap_or(self.resource_type.as_deref()), attribute.as_str()))
            }
            _ => None,
        });
        own.into_iter().chain(limit).collect()
    }

    /// An attribute that it reads of the resource the places are seen from.
    pub fn attribute_of_itself(&self) -> Option<&str> {
        self.bound()?.limit.plus.as_deref()
    }

    /// The file of `catalog/data` that it reads.
    pub fn table(&self) -> Option<&str> {
        match &self.test {
            Test::Attribute(_, AttributeIs::Ends(ends)) => ends.table.as_deref(),
            _ => None,
        }
    }

    /// The property of a change that it asks about.
    pub fn property(&self) -> Option<&str> {
        match &self.test {
            Test::Change(change) => change.property.as_deref(),
            _ => None,
        }
    }

    /// A metric that no file of metrics has.
    pub(super) fn unknown_metric(&self, services: &[Service]) -> Option<String> {
        let Test::Metric(which, _) = &self.test else { return None };
        let named = which.metric.iter().map(|metric| (metric.as_str(), which.statistic.as_deref()));
        let limit = self.limit_metric().map(|(metric, statistic)| (metric, Some(statistic)));
        let (unknown, statistic) = named.chain(limit).find(|(metric, statistic)| {
            let mut known = services.iter().flat_map(|s| &s.metrics);
            !known.any(|m| m.name == *metric && statistic.is_none_or(|s| s == m.statistic))
        })?;
        let of = statistic.map_or_else(String::new, |s| format!(" {s}"));
        Some(format!("{unknown}{of} is no metric of catalog/metrics"))
    }
}
