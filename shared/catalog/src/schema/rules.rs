//! What the types can't say.

mod devops_guru;
mod looks;
mod resources;
mod verdicts;

use super::{
    Check, CostPart, DataTable, LookAlike, OTHERS, Pattern, Place, Predicate, Read, ResourceType, Service, Test,
};
use stackseer_model::Role;
use std::collections::BTreeMap;

const PATTERN_PLACEHOLDERS: &[&str] = &[
    "application",
    "resource",
    "metric",
    "peak",
    "expected",
    "ratio",
    "start",
    "change",
    "change_time",
    "change_before",
    "change_actor",
    "property",
    "change_from",
    "change_to",
    "limit",
];
/// After the name that a predicate gives itself with `as`, and of the cause.
const OF_A_PREDICATE: &[&str] = &["", "_type", "_metric", "_peak", "_expected", "_ratio"];
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
    "cause",
    "limit_of",
    "over",
    "times",
    "before",
    "moved",
    "count",
    "date",
    "left",
    "blocked",
    "next",
    "range",
    "part",
];

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

/// What is wrong with the file of that name in that folder, and where in it: keys and numbers joined by dots, `metric.2.unit`.
pub struct Broken {
    pub folder: &'static str,
    pub id: String,
    pub at: String,
    pub problem: String,
}

pub fn broken(read: &Read) -> Vec<Broken> {
    let mut errors = Vec::new();
    resources::broken(read, &mut errors);
    regions(&read.services, &mut errors);
    read.services.iter().for_each(|s| service(s, &read.resources, &mut errors));
    read.checks.iter().for_each(|c| check(c, read, &mut errors));
    read.patterns.iter().for_each(|p| pattern(p, read, &mut errors));
    looks::broken(read, &mut errors);
    verdicts::broken(read, &mut errors);
    devops_guru::broken(read, &mut errors);
    read.tables.iter().for_each(|t| table(t, &mut errors));
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for pattern in &read.patterns {
        if let Some(other) = titles.insert(&pattern.title, &pattern.id) {
            errors.push(error(
                "patterns",
                &pattern.id,
                "title",
                format!("`title` is also that of {other}: titles must tell causes apart"),
            ));
        }
    }
    errors
}

/// A series is read in its namespace's Region: there is no other way to tell which.
fn regions(services: &[Service], errors: &mut Vec<Broken>) {
    let mut known: BTreeMap<&str, &Service> = BTreeMap::new();
    for service in services {
        let first = known.entry(&service.namespace).or_insert(service);
        if first.region != service.region {
            let said = first.region.as_deref().unwrap_or("each resource's own");
            let problem = format!("the `region` of {} is {said}, says {}", service.namespace, first.id);
            errors.push(error("metrics", &service.id, "region", problem));
        }
    }
}

fn error(folder: &'static str, id: &str, at: &str, problem: String) -> Broken {
    Broken { folder, id: id.to_owned(), at: at.to_owned(), problem }
}

fn service(service: &Service, resources: &[ResourceType], errors: &mut Vec<Broken>) {
    let mut say = |at: &str, problem: String| errors.push(error("metrics", &service.id, at, problem));
    let only = service.only.keys().map(|only| ("only", only.as_str()));
    let unless = service.unless.keys().map(|unless| ("unless", unless.as_str()));
    let attributes = only.chain(unless).chain(service.attributes().map(|attribute| ("dimensions", attribute)));
    if let Some((at, problem)) = unknown_attribute(&service.resource_type, attributes, resources) {
        say(at, problem);
    }
    if service.period == 0 {
        say("period", "`period` must be a number of seconds above 0".to_owned());
    }
    for (i, metric) in service.metrics.iter().enumerate() {
        let at = |key: &str| format!("metric.{i}.{key}");
        let same = |other: &&super::MetricSpec| other.name == metric.name && other.statistic == metric.statistic;
        if service.metrics[..i].iter().any(|other| same(&other)) {
            say(&at("name"), format!("{} {} stands here twice", metric.name, metric.statistic));
        }
        let counts = |other: &super::MetricSpec| {
            other.role == Role::Traffic && matches!(other.statistic.as_str(), "Sum" | "SampleCount")
        };
        if let Some(requests) = &metric.out_of
            && !service.metrics.iter().any(|other| other.name == *requests && counts(other))
        {
            say(&at("out_of"), format!("{requests} is no traffic metric of this file with the statistic Sum"));
        }
        if !is_unit(&metric.unit) {
            let known = UNITS.join(", ");
            say(
                &at("unit"),
                format!(
                    "`unit` of {}: {} is none of CloudWatch's: {known}, or one of these with /Second",
                    metric.name, metric.unit
                ),
            );
        }
        if !is_statistic(&metric.statistic) {
            let known = STATISTICS.join(", ");
            say(
                &at("statistic"),
                format!(
                    "`statistic` of {}: {} is none of CloudWatch's: {known}, or a percentile such as p90",
                    metric.name, metric.statistic
                ),
            );
        }
        if metric.least < 0.0 {
            say(&at("least"), format!("`least` of {} must not be negative", metric.name));
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

fn check(check: &Check, read: &Read, errors: &mut Vec<Broken>) {
    let mut say = |at: &str, problem: String| errors.push(error("checks", &check.id, at, problem));
    let only = check.only.keys().map(|only| ("only", only.as_str()));
    if let Some((at, problem)) = unknown_attribute(&check.resource_type, only, &read.resources) {
        say(at, problem);
    }
    let known: Vec<String> = CHECK_PLACEHOLDERS.iter().map(|known| (*known).to_owned()).collect();
    for (key, template) in texts(&check.title, &check.description, &check.recommendation) {
        say_all(&mut say, key, unknown_placeholder(key, template, &known));
    }
    if !check.when.iter().any(Predicate::shows) {
        say("when", "`when` needs at least one predicate that shows something: the evidence".to_owned());
    }
    if check.target.is_some_and(|target| target <= 0.0 || target > 1.0) {
        say("target", "`target` is a share of the limit, above 0 and at most 1".to_owned());
    }
    if check.close_after == 0 {
        say("close_after", "`close_after` is a number of looks above 0".to_owned());
    }
    if let Some(worse) = check.severity_at.iter().position(|at| at.severity <= check.severity) {
        say(&format!("severity_at.{worse}"), "`severity_at` is above `severity`: it only climbs".to_owned());
    }
    if let Some(other) = check.maps.keys().find(|other| !OTHERS.contains(&other.as_str())) {
        say("maps", format!("`maps` knows no {other}, only {}", OTHERS.join(", ")));
    }
    for predicate in check.predicates() {
        let at = &place_of(predicate, &check.when, &check.not_when);
        say_all(&mut say, at, predicate.unknown_metric(&read.services));
        say_all(&mut say, at, unknown_configuration(predicate, &check.resource_type, read));
        match &predicate.test {
            Test::Change(_) => say(at, "a check knows no changes".to_owned()),
            Test::Metric(..) if predicate.over().is_none() => {
                say(
                    at,
                    "a check reads a metric `over` days or hours, by a `limit`, as never, rising or falling, or asks where it goes"
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
}

fn pattern(pattern: &Pattern, read: &Read, errors: &mut Vec<Broken>) {
    let services = &read.services;
    let mut say = |at: &str, problem: String| errors.push(error("patterns", &pattern.id, at, problem));
    let known = pattern_placeholders(pattern);
    for (key, template) in texts(&pattern.title, &pattern.description, &pattern.recommendation) {
        say_all(&mut say, key, unknown_placeholder(key, template, &known));
    }
    if pattern.rank > 100 {
        say("rank", "`rank` goes from 0 to 100".to_owned());
    }
    if pattern.when.is_empty() {
        say("when", "`when` needs at least one predicate".to_owned());
    }
    if pattern.not_when.is_empty() {
        say("not_when", "`not_when` needs at least one look-alike: what could this be taken for?".to_owned());
    }
    let known = |metric: &String| {
        services
            .iter()
            .any(|s| pattern.effect.resource_type == s.resource_type && s.metrics.iter().any(|m| &m.name == metric))
    };
    for metric in pattern.effect.metric.iter().filter(|m| !known(m)) {
        say(
            "effect.metric",
            format!("`effect.metric` {metric} is no metric of {} in catalog/metrics", pattern.effect.resource_type),
        );
    }
    if let Some(cost) = &pattern.cost {
        say_all(&mut say, "cost.said", unknown_placeholder("cost.said", &cost.said, &["cost".to_owned()]));
        say_all(&mut say, "cost.part", cost.parts.iter().find_map(|part| unknown_part(part, pattern, read)));
    }
    for predicate in pattern.predicates() {
        let at = &place_of(predicate, &pattern.when, &pattern.not_when);
        say_all(&mut say, at, predicate.unknown_metric(services));
        say_all(&mut say, at, unknown_configuration(predicate, &pattern.effect.resource_type, read));
        if predicate.over().is_some() {
            say(at, "`over` is for checks: a pattern looks at what is around its effect".to_owned());
        }
    }
}

/// A metric or attribute of a cost that the catalogue doesn't have of the effect's type.
fn unknown_part(part: &CostPart, pattern: &Pattern, read: &Read) -> Option<String> {
    let cfn = &pattern.effect.resource_type;
    let services = || read.services.iter().filter(|s| s.resource_type == *cfn);
    let known = |name: &str, statistic: &str| {
        services().any(|s| s.metrics.iter().any(|m| m.name == name && m.statistic == statistic))
    };
    let counts = std::iter::once((part.metric.as_str(), "Sum"));
    let mut metrics = counts.chain(part.average.as_deref().map(|average| (average, "Average")));
    if let Some((name, statistic)) = metrics.find(|(name, statistic)| !known(name, statistic)) {
        return Some(format!("{name} {statistic} is no metric of {cfn} in catalog/metrics"));
    }
    let attribute = part.attribute.as_deref().map(|attribute| ("cost.part", attribute));
    unknown_attribute(cfn, attribute.into_iter(), &read.resources).map(|(_, problem)| problem)
}

fn table(table: &DataTable, errors: &mut Vec<Broken>) {
    for (i, row) in table.rows.iter().enumerate() {
        if table.rows[..i].iter().any(|other| other.value == row.value) {
            errors.push(error(
                "data",
                &table.id,
                &format!("row.{i}.value"),
                format!("{} stands here twice", row.value),
            ));
        }
    }
}

/// Which of a file's predicates it is.
fn place_of(predicate: &Predicate, when: &[Predicate], not_when: &[LookAlike]) -> String {
    let position = |of: &[Predicate]| of.iter().position(|other| std::ptr::eq(other, predicate));
    if let Some(n) = position(when) {
        return format!("when.{n}");
    }
    let alike = not_when.iter().enumerate().find_map(|(i, alike)| Some((i, position(&alike.when)?)));
    alike.map_or_else(|| "severity_at".to_owned(), |(i, n)| format!("not_when.{i}.when.{n}"))
}

fn texts<'a>(title: &'a str, description: &'a str, advice: &'a super::Advice) -> [(&'static str, &'a str); 5] {
    [
        ("title", title),
        ("description", description),
        ("recommendation.name", &advice.name),
        ("recommendation.description", &advice.description),
        ("recommendation.reason", &advice.reason),
    ]
}

fn pattern_placeholders(pattern: &Pattern) -> Vec<String> {
    let named = pattern.when.iter().filter_map(|predicate| predicate.name.as_deref());
    let of_predicates = ["cause"].into_iter().chain(named);
    let of_predicates = of_predicates.flat_map(|name| OF_A_PREDICATE.iter().map(move |of| format!("{name}{of}")));
    PATTERN_PLACEHOLDERS.iter().map(|known| (*known).to_owned()).chain(of_predicates).collect()
}

/// An attribute or property that no file of resources has. `itself`: the type of the resource that places are seen from.
fn unknown_configuration(predicate: &Predicate, itself: &str, read: &Read) -> Option<String> {
    for (of, attribute) in predicate.attributes() {
        let of = of.or((predicate.at == Place::Itself).then_some(itself));
        let fits = |r: &&ResourceType| of.is_none_or(|cfn| r.is(cfn));
        if !read.resources.iter().filter(fits).any(|r| r.attributes.iter().any(|a| a.name == attribute)) {
            let of = of.map_or_else(String::new, |cfn| format!(" of {cfn}"));
            return Some(format!("{attribute} is no attribute{of} in catalog/resources"));
        }
    }
    if let Some(attribute) = predicate.attribute_of_itself() {
        let known = read.resources.iter().filter(|r| r.is(itself)).flat_map(|r| &r.attributes);
        if !known.into_iter().any(|a| a.name == attribute) {
            return Some(format!("{attribute} is no attribute of {itself} in catalog/resources"));
        }
    }
    if let Some(table) = predicate.table()
        && !read.tables.iter().any(|t| t.id == table)
    {
        return Some(format!("there is no catalog/data/{table}.toml"));
    }
    let property = predicate.property()?;
    let mut properties = read.changes().flat_map(|change| &change.properties);
    (!properties.any(|p| p.name == property)).then(|| format!("no change in the catalogue says anything of {property}"))
}

/// The first that no file of resources has for the type. `attributes`: each with the key that speaks of it; so is the answer.
fn unknown_attribute<'a>(
    cfn: &str,
    attributes: impl Iterator<Item = (&'static str, &'a str)>,
    resources: &[ResourceType],
) -> Option<(&'static str, String)> {
    let Some(resource) = resources.iter().find(|r| r.is(cfn)) else {
        return Some(("resource_type", format!("`resource_type` {cfn} has no file in catalog/resources")));
    };
    let known: Vec<&str> =
        ["name", "arn", "account"].into_iter().chain(resource.attributes.iter().map(|a| a.name.as_str())).collect();
    let (at, unknown) = attributes.into_iter().find(|(_, attribute)| !known.contains(attribute))?;
    Some((at, format!("{unknown} is no attribute of {cfn}, expected one of {}", known.join(", "))))
}

fn say_all(say: &mut impl FnMut(&str, String), at: &str, problem: Option<String>) {
    problem.into_iter().for_each(|problem| say(at, problem));
}

fn unknown_placeholder(key: &str, template: &str, known: &[String]) -> Option<String> {
    let unknown = template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .find(|name| !known.iter().any(|k| k == name))?;
    Some(format!("`{key}`: unknown placeholder {{{unknown}}}, expected one of {}", known.join(", ")))
}
