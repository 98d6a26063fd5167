//! What the types can't say.

use super::{CatalogError, Check, Condition, Pattern, Read, Service, State};
use std::collections::BTreeMap;

const PATTERN_PLACEHOLDERS: &[&str] = &[
    "application",
    "resource",
    "metric",
    "peak",
    "expected",
    "ratio",
    "start",
    "cause",
    "cause_type",
    "cause_metric",
    "cause_peak",
    "cause_expected",
    "cause_ratio",
    "change",
    "change_time",
    "change_before",
    "change_actor",
    "property",
    "change_from",
    "change_to",
    "limit",
];
const CHECK_PLACEHOLDERS: &[&str] = &[
    "application",
    "resource",
    "days",
    "share",
    "use",
    "limit",
    "recommended",
    "peak",
    "attribute",
    "value",
    "target",
];

/// What a watch reads of changes, less the hour in which an incident is young.
const MOST_MINUTES: u32 = 180;

/// CloudWatch's names of units.
const UNITS: &[&str] = &[
    "None",
    "Count",
    "Percent",
    "Seconds",
    "Milliseconds",
    "Microseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
];
const STATISTICS: &[&str] = &["Sum", "Average", "Minimum", "Maximum", "SampleCount"];

pub fn broken(read: &Read) -> Vec<CatalogError> {
    let mut errors = Vec::new();
    read.services.iter().for_each(|s| service(s, &mut errors));
    read.checks.iter().for_each(|c| check(c, &mut errors));
    read.patterns.iter().for_each(|p| pattern(p, &read.services, &mut errors));
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for pattern in &read.patterns {
        if let Some(other) = titles.insert(&pattern.title, &pattern.id) {
            errors.push(error(
                "patterns",
                &pattern.id,
                format!("`title` is also that of {other}: titles must tell causes apart"),
            ));
        }
    }
    errors
}

fn error(folder: &str, id: &str, problem: String) -> CatalogError {
    CatalogError { file: format!("catalog/{folder}/{id}.toml"), line: None, problem }
}

fn service(service: &Service, errors: &mut Vec<CatalogError>) {
    let mut say = |problem: String| errors.push(error("metrics", &service.id, problem));
    if service.period == 0 {
        say("`period` must be a number of seconds above 0".to_owned());
    }
    for (i, metric) in service.metrics.iter().enumerate() {
        let same = |other: &&super::MetricSpec| other.name == metric.name && other.statistic == metric.statistic;
        if service.metrics[..i].iter().any(|other| same(&other)) {
            say(format!("{} {} stands here twice", metric.name, metric.statistic));
        }
        if !is_unit(&metric.unit) {
            let known = UNITS.join(", ");
            say(format!(
                "`unit` of {}: {} is none of CloudWatch's: {known}, or one of these with /Second",
                metric.name, metric.unit
            ));
        }
        if !is_statistic(&metric.statistic) {
            let known = STATISTICS.join(", ");
            say(format!(
                "`statistic` of {}: {} is none of CloudWatch's: {known}, or a percentile such as p90",
                metric.name, metric.statistic
            ));
        }
        if metric.least < 0.0 {
            say(format!("`least` of {} must not be negative", metric.name));
        }
    }
}

fn is_unit(unit: &str) -> bool {
    UNITS.contains(&unit)
        || unit.strip_suffix("/Second").is_some_and(|of| !matches!(of, "None" | "Percent") && UNITS.contains(&of))
}

/// By name, or a percentile: `p90`, `p99.9`.
fn is_statistic(statistic: &str) -> bool {
    let percentile = || statistic.strip_prefix('p')?.parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p));
    STATISTICS.contains(&statistic) || percentile().is_some()
}

fn check(check: &Check, errors: &mut Vec<CatalogError>) {
    let advice = &check.recommendation;
    for (key, template) in [
        ("title", &check.title),
        ("description", &check.description),
        ("recommendation.name", &advice.name),
        ("recommendation.description", &advice.description),
        ("recommendation.reason", &advice.reason),
    ] {
        if let Some(problem) = unknown_placeholder(key, template, CHECK_PLACEHOLDERS) {
            errors.push(error("checks", &check.id, problem));
        }
    }
}

fn pattern(pattern: &Pattern, services: &[Service], errors: &mut Vec<CatalogError>) {
    let mut say = |problem: String| errors.push(error("patterns", &pattern.id, problem));
    let advice = &pattern.recommendation;
    for (key, template) in [
        ("title", &pattern.title),
        ("description", &pattern.description),
        ("recommendation.name", &advice.name),
        ("recommendation.description", &advice.description),
        ("recommendation.reason", &advice.reason),
    ] {
        say_all(&mut say, unknown_placeholder(key, template, PATTERN_PLACEHOLDERS));
    }
    if pattern.rank > 100 {
        say("`rank` goes from 0 to 100".to_owned());
    }
    if pattern.when.is_empty() {
        say("`when` needs at least one condition: the cause".to_owned());
    }
    if pattern.not_when.is_empty() {
        say("`not_when` needs at least one look-alike: what could this be taken for?".to_owned());
    }
    let known = |metric: &String| {
        services
            .iter()
            .any(|s| pattern.effect.resource_type == s.resource_type && s.metrics.iter().any(|m| &m.name == metric))
    };
    for metric in pattern.effect.metric.iter().filter(|m| !known(m)) {
        say(format!("`effect.metric` {metric} is no metric of {} in catalog/metrics", pattern.effect.resource_type));
    }
    for condition in pattern.when.iter().chain(pattern.not_when.iter().flat_map(|l| &l.when)) {
        say_all(&mut say, wrong_condition(condition, services));
    }
}

fn say_all(say: &mut impl FnMut(String), problem: Option<String>) {
    problem.into_iter().for_each(say);
}

fn wrong_condition(condition: &Condition, services: &[Service]) -> Option<String> {
    let of_metric = condition.is.is_some() || !condition.metric.is_empty() || !condition.role.is_empty();
    let of_change = !condition.change.is_empty() || !condition.class.is_empty();
    let of_attribute = condition.attribute.is_some();
    if [of_metric, of_change, of_attribute].iter().filter(|x| **x).count() != 1 {
        return Some("a condition speaks of a metric (`metric` or `role`, with `is`), of a change (`change` or `class`), or of an `attribute`: of one of them".to_owned());
    }
    if of_metric && (condition.is.is_none() || condition.metric.is_empty() == condition.role.is_empty()) {
        return Some("a condition on a metric has `is`, and `metric` or `role`".to_owned());
    }
    if condition.is == Some(State::Near) && condition.limit.is_none() {
        return Some("`is = \"near\"` needs `limit`, the attribute that holds it".to_owned());
    }
    if condition.ratio.is_some_and(|ratio| ratio <= 1.0) {
        return Some("`ratio` must be above 1".to_owned());
    }
    if condition.within_minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
        return Some(format!(
            "`within_minutes` must not be above {MOST_MINUTES}: a watch reads changes no further back"
        ));
    }
    if condition.moved.is_some() && condition.property.is_none() {
        return Some("`moved` needs `property`".to_owned());
    }
    if condition.statistic.is_some() && condition.metric.is_empty() {
        return Some("`statistic` needs `metric`".to_owned());
    }
    let wanted = |statistic: &String| condition.statistic.as_ref().is_none_or(|s| s == statistic);
    let known =
        |metric: &String| services.iter().any(|s| s.metrics.iter().any(|m| &m.name == metric && wanted(&m.statistic)));
    let unknown = condition.metric.iter().find(|m| !known(m))?;
    let of = condition.statistic.as_ref().map_or_else(String::new, |s| format!(" {s}"));
    Some(format!("{unknown}{of} is no metric of catalog/metrics"))
}

fn unknown_placeholder(key: &str, template: &str, known: &[&str]) -> Option<String> {
    let unknown = template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .find(|name| !known.contains(name))?;
    Some(format!("`{key}`: unknown placeholder {{{unknown}}}, expected one of {}", known.join(", ")))
}
