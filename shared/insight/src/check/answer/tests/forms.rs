//! What predicates can say of days, hours, lists and dates, each with what it must not be taken for.

use super::*;
use stackseer_catalog::Unit;

const METRICS: &str = r#"
namespace = "Shop"
resource_type = "Custom::Checkout"
label = "Shop"
dimensions = { Name = "{name}" }
period = 60
publication_delay = 60

[[metric]]
name = "Failed"
label = "failed payments"
statistic = "Sum"
unit = "Count"
role = "errors"
kind = "sparse"
bad = "up"
missing = "zero"
opens = true
least = 3

[[metric]]
name = "Payments"
label = "payments"
statistic = "Sum"
unit = "Count"
role = "traffic"
kind = "count"
bad = "both"
missing = "zero"
opens = false
least = 3

[[metric]]
name = "Wait"
label = "wait"
statistic = "Maximum"
unit = "Milliseconds"
role = "latency"
kind = "latency"
bad = "up"
missing = "gap"
opens = false
least = 3
"#;

const RESOURCE: &str = r#"
type = "Custom::Checkout"
label = "Checkout"
kind = "Checkout"
node = "sync"

[[attribute]]
name = "timeout_seconds"
property = ["/Timeout"]
[[attribute]]
name = "slack_seconds"
property = ["/Slack"]
[[attribute]]
name = "zones"
property = ["/Zones"]
[[attribute]]
name = "runtime"
property = ["/Runtime"]
[[attribute]]
name = "valid_till"
property = ["/ValidTill"]
"#;

/// With one check of one predicate on the resource itself.
fn catalog(predicate: &str) -> Catalog {
    let check = format!(
        r#"
title = "T"
description = "D"
severity = "low"
resource_type = "Custom::Checkout"
[[when]]
at = "itself"
{predicate}
[recommendation]
name = "N"
description = "D"
reason = "R"
"#
    );
    let files = [("resources/t.toml", RESOURCE), ("metrics/t.toml", METRICS), ("checks/t.toml", &check)];
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Catalog::with_user_files(&files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn checkout(attributes: &[(&str, &str)]) -> Scene {
    let attributes: Vec<_> = attributes.iter().map(|(name, value)| (*name, known(value))).collect();
    Scene::default().with("Custom::Checkout", "till", &attributes)
}

impl Scene {
    /// Each value the whole of an hour or day, the last ending now.
    fn used(mut self, name: &str, unit: Unit, values: &[f64]) -> Self {
        let (metrics, _) = catalog("attribute = 'zones'").metrics_of(&self.inventory.resources[0], |_, _| vec![]);
        let metric = metrics.into_iter().find(|m| m.key.name == name).unwrap();
        let length = if unit == Unit::Days { 86_400 } else { 3_600 };
        let one = |(i, value): (usize, &f64)| Use {
            start: Timestamp::from_second((i as i64 - values.len() as i64) * length).unwrap(),
            mean: value / 2.0,
            peak: *value,
            p95: value * 0.9,
            lowest: value / 10.0,
            total: *value,
            points: 60,
        };
        let uses: Vec<Use> = values.iter().enumerate().map(one).collect();
        let (days, hours) = if unit == Unit::Days { (uses, vec![]) } else { (vec![], uses) };
        self.usage.push(Usage { metric, days, hours });
        self
    }

    fn says(&self, predicate: &str) -> CheckAnswer {
        let catalog = catalog(predicate);
        let check = catalog.checks().iter().find(|check| check.id == "t").unwrap();
        self.asked(check, &catalog)
    }

    fn values(&self, predicate: &str, names: &[&str]) -> Vec<String> {
        match self.says(predicate) {
            CheckAnswer::Fail(failure) => names.iter().map(|name| failure.values[name].clone()).collect(),
            other => panic!("{predicate}: {other:?}"),
        }
    }

    fn fails(&self, predicate: &str) -> bool {
        matches!(self.says(predicate), CheckAnswer::Fail(_))
    }

    fn is_fine(&self, predicate: &str) -> bool {
        self.says(predicate) == CheckAnswer::Pass
    }

    fn is_unknown(&self, predicate: &str) -> bool {
        matches!(self.says(predicate), CheckAnswer::Unknown(_))
    }
}

fn waits(unit: Unit, values: &[f64]) -> Scene {
    checkout(&[]).used("Wait", unit, values)
}

fn failed(unit: Unit, values: &[f64]) -> Scene {
    checkout(&[]).used("Failed", unit, values)
}

#[test]
fn a_number_is_a_limit_in_the_metrics_own_unit() {
    let near = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'near'\nlimit = 120000\nover = '2 days'";
    let slow = waits(Unit::Days, &[1.0, 110_000.0]);
    assert_eq!(slow.values(near, &["peak", "limit", "use", "over"]), ["110 s", "2 min", "91.7", "2 days"]);
    assert!(waits(Unit::Days, &[1.0, 100_000.0]).is_fine(near));
    assert!(waits(Unit::Days, &[1.0]).is_unknown(near));
}

#[test]
fn above_is_strictly_more_and_zero_is_a_limit() {
    let above = "metric = ['Failed']\nstatistic = 'Sum'\nis = 'above'\nlimit = 0\nover = '24 hours'\ntotal = true\nat_least = 3";
    let hours = |failing: usize| {
        let mut hours = [0.0; 24];
        hours[..failing].fill(2.0);
        failed(Unit::Hours, &hours)
    };
    assert_eq!(hours(3).values(above, &["times", "over", "peak"]), ["3 hours", "24 hours", "2"]);
    assert!(hours(2).is_fine(above));
    assert!(failed(Unit::Hours, &[0.0; 20]).is_unknown(above), "four hours are not known");
    assert!(failed(Unit::Hours, &[0.0; 22]).is_fine(above), "two could not be three");
}

#[test]
fn a_total_is_the_sum_of_the_window() {
    let total = "metric = ['Failed']\nstatistic = 'Sum'\nis = 'above'\nlimit = 10\nover = '7 days'\ntotal = true";
    let days = |values: &[f64]| failed(Unit::Days, values);
    assert_eq!(days(&[2.0; 7]).values(total, &["peak", "limit", "over"]), ["14", "10", "7 days"]);
    assert!(days(&[1.0; 7]).is_fine(total));
    assert!(days(&[1.0; 5]).is_unknown(total));
    assert_eq!(days(&[6.0; 2]).values(total, &["peak"]), ["12"], "however few days are known");
}

#[test]
fn a_metric_is_compared_with_another_of_the_same_hour() {
    let share = "metric = ['Failed']\nstatistic = 'Sum'\nis = 'near'\nshare = 0.1\nover = '3 hours'\ntotal = true\n\
                 at_least = 2\nlimit = { metric = 'Payments', statistic = 'Sum' }";
    let of = |payments: &[f64], values: &[f64]| failed(Unit::Hours, values).used("Payments", Unit::Hours, payments);
    assert_eq!(of(&[100.0, 50.0, 10.0], &[10.0, 1.0, 5.0]).values(share, &["use", "times"]), ["50", "2 hours"]);
    assert!(of(&[100.0, 50.0, 10.0], &[10.0, 1.0, 0.0]).is_fine(share));
    assert!(of(&[0.0; 3], &[0.0; 3]).is_fine(share), "nothing of nothing is no share");
    assert!(failed(Unit::Hours, &[10.0; 3]).is_unknown(share), "the payments were not read");
}

#[test]
fn each_says_which_value_of_a_day_counts() {
    let lowest = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'below'\nlimit = 10\nover = '2 days'\neach = 'lowest'\n\
                  at_least = 1";
    assert!(waits(Unit::Days, &[500.0, 90.0]).fails(lowest));
    assert!(waits(Unit::Days, &[500.0, 200.0]).is_fine(lowest));
    let p95 = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'above'\nlimit = 95\nover = '1 day'\neach = 'p95'";
    assert!(waits(Unit::Days, &[100.0]).is_fine(p95));
    assert!(waits(Unit::Days, &[106.0]).fails(p95));
}

#[test]
fn an_hour_in_which_nothing_was_measured_shows_nothing_unless_none_was() {
    let above = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'above'\nlimit = 95\nover = '24 hours'\nat_least = 3";
    assert!(waits(Unit::Hours, &[10.0, 10.0]).is_fine(above), "it ran in two hours, and was quick");
    assert!(waits(Unit::Hours, &[]).is_unknown(above));
}

#[test]
fn never_is_known_of_whole_days_only() {
    let never = "metric = ['Payments']\nstatistic = 'Sum'\nis = 'never'\nover = '7 days'";
    let days = |values: &[f64]| checkout(&[]).used("Payments", Unit::Days, values);
    assert_eq!(days(&[0.0; 9]).values(never, &["peak", "over"]), ["0", "7 days"]);
    assert!(days(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1]).is_fine(never));
    assert!(days(&[0.0; 6]).is_unknown(never));
    assert!(days(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).fails(never), "that was before");
}

#[test]
fn a_trend_is_even_growth_and_not_a_spike() {
    let rising = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'rising'\nby = 0.2\nover = '7 days'";
    let days = |values: &[f64]| waits(Unit::Days, values);
    let grows = days(&[100.0, 105.0, 110.0, 115.0, 120.0, 125.0, 130.0]);
    assert_eq!(grows.values(rising, &["before", "peak", "moved"]), ["100 ms", "130 ms", "30"]);
    assert!(days(&[100.0, 102.0, 104.0, 106.0, 108.0, 110.0, 112.0]).is_fine(rising), "a tenth");
    assert!(days(&[100.0, 101.0, 99.0, 900.0, 100.0, 102.0, 98.0]).is_fine(rising), "a spike");
    assert!(days(&[130.0, 126.0, 121.0, 114.0, 111.0, 105.0, 100.0]).is_fine(rising), "it falls");
    assert!(grows.is_fine(&rising.replace("rising", "falling")));
    assert!(days(&[100.0, 110.0, 120.0, 130.0, 140.0, 150.0]).is_unknown(rising), "six days");
}

#[test]
fn a_list_has_fewer_different_elements() {
    let fewer = "attribute = 'zones'\nis = 'fewer'\nthan = 3";
    let zones = |list: &str| checkout(&[("zones", list)]);
    assert_eq!(zones("a, b, a").values(fewer, &["count", "limit", "value"]), ["2", "3", "a, b, a"]);
    assert!(zones("a,b,c").is_fine(fewer));
    assert!(checkout(&[]).is_unknown(fewer));
    let mut outside = checkout(&[]);
    outside.inventory.resources[0].set("zones", Attribute::Unset);
    assert!(outside.is_fine(fewer), "it is in no network");
}

#[test]
fn what_ends_has_a_date_of_its_own_or_in_a_table() {
    let ends =
        |days: u32| format!("attribute = 'runtime'\nis = 'ends'\ntable = 'lambda-runtimes'\nwithin = '{days} days'");
    let old = checkout(&[("runtime", "nodejs4.3")]);
    let said = ["2020-03-05", "in 18326 days", "a day that is not announced", "nodejs24.x"];
    assert_eq!(old.values(&ends(18_326), &["date", "left", "blocked", "next"]), said);
    assert!(old.is_fine(&ends(18_325)));
    assert!(checkout(&[("runtime", "cobol85")]).is_unknown(&ends(120)), "nobody knows when");
    let own = "attribute = 'valid_till'\nis = 'ends'\nwithin = '30 days'";
    let till = |date: &str| checkout(&[("valid_till", date)]);
    assert_eq!(till("1970-01-11T00:00:00Z").values(own, &["date", "left"]), ["1970-01-11", "in 10 days"]);
    assert_eq!(till("1969-12-31").values(own, &["left"]), ["1 day ago"]);
    assert!(till("1970-03-01").is_fine(own));
    assert!(till("soon").is_unknown(own));
}

#[test]
fn a_limit_may_have_something_added_to_it() {
    let plus = "attribute = 'timeout_seconds'\nis = 'below'\nlimit = { attribute = 'timeout_seconds', plus = 'slack_seconds' }";
    let till = |slack: &str| checkout(&[("timeout_seconds", "10"), ("slack_seconds", slack)]);
    assert_eq!(till("5").values(plus, &["value", "limit"]), ["10 s", "15 s"]);
    assert!(till("0").is_fine(plus));
    assert!(checkout(&[("timeout_seconds", "10")]).is_unknown(plus));
}
