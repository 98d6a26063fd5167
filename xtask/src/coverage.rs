//! docs/coverage.md: what of AWS is watched and checked, what that needs and costs, and whether DevOps Guru had it.

use stackseer_catalog::{Catalog, Check, ResourceType, Service};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Dollars per metric requested of `GetMetricData`, statistics of one metric that are billed as one, and watches a month of 30
/// days, one every five minutes.
const PER_METRIC: f64 = 0.01 / 1000.0;
const STATISTICS: usize = 5;
const WATCHES: f64 = 30.0 * 24.0 * 12.0;
const HOURS: f64 = 720.0;

const HEAD: &str = "\
# What is covered

Written from the catalogue by `cargo run -p xtask -- coverage`; the test command fails where it differs.
";

const COLUMNS: &str = "\
*Watched* is what is read every five minutes and can open an insight; the rest is read to explain one. *Checked* is what is found
before it does harm. *A month* is what CloudWatch bills for one resource's metrics, or one series of it where a file's name says so, beside
what DevOps Guru charged for an active resource. *DevOps Guru*: whether it had the service, and whether it warned ahead of harm.
";

/// All that the catalogue knows under one name of a service.
struct Row<'a> {
    types: Vec<&'a ResourceType>,
    metrics: Vec<&'a Service>,
    checks: Vec<&'a Check>,
}

pub fn write(catalog: &Catalog) -> String {
    let rows = rows(catalog);
    let mut page = format!("{HEAD}\n{}\n{}\n{COLUMNS}\n", counts(catalog, &rows), unseen(catalog));
    page.push_str("| service | watched | checked | IAM | a month | DevOps Guru |\n|---|---|---|---|---|---|\n");
    for (label, row) in rows.iter().filter(|(_, row)| row.is_covered()) {
        let cells = [watched(row), checked(row), actions(row), price(catalog, row), devops_guru(catalog, row)];
        let _ = writeln!(page, "| {label} | {} |", cells.join(" | "));
    }
    page
}

impl Row<'_> {
    fn is_covered(&self) -> bool {
        !self.metrics.is_empty() || !self.checks.is_empty()
    }

    /// DevOps Guru's names of it.
    fn names(&self) -> BTreeSet<&str> {
        let names = self.types.iter().flat_map(|r| {
            r.service.as_deref().into_iter().chain(r.variants.iter().filter_map(|variant| variant.service.as_deref()))
        });
        names.collect()
    }
}

fn rows(catalog: &Catalog) -> BTreeMap<&str, Row<'_>> {
    let mut rows: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for resource in catalog.resource_types() {
        let row = rows.entry(&resource.label).or_insert_with(|| Row { types: vec![], metrics: vec![], checks: vec![] });
        row.types.push(resource);
        row.metrics.extend(catalog.services().iter().filter(|s| resource.is(&s.resource_type)));
        row.checks.extend(catalog.checks().iter().filter(|c| resource.is(&c.resource_type)));
    }
    for row in rows.values_mut() {
        row.metrics.sort_by(|a, b| a.id.cmp(&b.id));
        row.checks.sort_by(|a, b| a.id.cmp(&b.id));
    }
    rows
}

fn counts(catalog: &Catalog, rows: &BTreeMap<&str, Row<'_>>) -> String {
    let with = |has: fn(&Row<'_>) -> bool| rows.values().filter(|row| has(row)).count();
    let metrics = || catalog.services().iter().flat_map(|s| &s.metrics);
    let types: BTreeSet<&str> = catalog.services().iter().map(|s| s.resource_type.as_str()).collect();
    let had: BTreeSet<&str> = rows.values().filter(|row| row.is_covered()).flat_map(Row::names).collect();
    let all = catalog.devops_guru().services.len();
    let not: Vec<&str> =
        catalog.devops_guru().services.iter().map(|s| s.name.as_str()).filter(|name| !had.contains(name)).collect();
    let not = if not.is_empty() { String::new() } else { format!(" (not {})", not.join(", ")) };
    format!(
        "| | |\n|---|---|\n\
         | services watched | {}, among them {} of DevOps Guru's {all}{not} |\n\
         | types of resources watched | {} |\n\
         | metrics | {}, {} of them every five minutes |\n\
         | patterns that name a cause | {} |\n\
         | checks | {}, on {} services |\n",
        with(|row| !row.metrics.is_empty()),
        had.len(),
        types.len(),
        metrics().count(),
        metrics().filter(|m| m.opens).count(),
        catalog.patterns().len(),
        catalog.checks().len(),
        with(|row| !row.checks.is_empty()),
    )
}

fn unseen(catalog: &Catalog) -> String {
    let mut text = "Not seen of what DevOps Guru read:\n\n".to_owned();
    for unseen in &catalog.devops_guru().unseen {
        let _ = writeln!(text, "- {}: {}", unseen.what, unseen.because);
    }
    text
}

fn watched(row: &Row<'_>) -> String {
    let metrics = || row.metrics.iter().flat_map(|s| &s.metrics);
    let mut labels: Vec<&str> = vec![];
    for metric in metrics().filter(|m| m.opens) {
        if !labels.contains(&metric.label.as_str()) {
            labels.push(&metric.label);
        }
    }
    let rest = metrics().filter(|m| !m.opens).count();
    match (labels.is_empty(), rest) {
        (true, _) => "–".to_owned(),
        (false, 0) => labels.join(", "),
        (false, rest) => format!("{}; {rest} to explain", labels.join(", ")),
    }
}

fn checked(row: &Row<'_>) -> String {
    let links: Vec<String> =
        row.checks.iter().map(|check| format!("[{}](../catalog/checks/{}.toml)", check.id, check.id)).collect();
    if links.is_empty() { "–".to_owned() } else { links.join(", ") }
}

/// Beyond reading metrics.
fn actions(row: &Row<'_>) -> String {
    let of_types = row.types.iter().flat_map(|r| r.iam.iter().map(|iam| iam.action.as_str()));
    let of_checks = row.checks.iter().flat_map(|c| c.iam.iter().map(String::as_str));
    let actions: BTreeSet<&str> = of_types.chain(of_checks).collect();
    let actions: Vec<String> = actions.into_iter().map(|action| format!("`{action}`")).collect();
    if actions.is_empty() { "–".to_owned() } else { actions.join(", ") }
}

fn price(catalog: &Catalog, row: &Row<'_>) -> String {
    let said = row.metrics.iter().map(|service| {
        let charged = catalog.devops_guru().price(&service.resource_type) * HOURS;
        format!("{} ${:.2} of ${charged:.2}", service.id, month(service))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "–".to_owned() } else { said.join(", ") }
}

/// What is read at every watch.
fn month(service: &Service) -> f64 {
    let mut statistics: BTreeMap<&str, usize> = BTreeMap::new();
    for metric in service.metrics.iter().filter(|m| m.opens) {
        *statistics.entry(&metric.name).or_default() += 1;
    }
    statistics.values().map(|count| count.div_ceil(STATISTICS)).sum::<usize>() as f64 * WATCHES * PER_METRIC
}

fn devops_guru(catalog: &Catalog, row: &Row<'_>) -> String {
    let list = catalog.devops_guru();
    let services: Vec<_> = row.names().into_iter().filter_map(|name| list.service(name)).collect();
    match (services.is_empty(), services.iter().any(|service| service.proactive)) {
        (true, _) => "no".to_owned(),
        (false, false) => "yes".to_owned(),
        (false, true) => "yes, ahead of harm too".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_the_catalogue_has() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/coverage.md");
        let kept = std::fs::read_to_string(path).expect("docs/coverage.md is there");
        assert!(kept == write(Catalog::builtin()), "run `cargo run -p xtask -- coverage`");
    }
}
