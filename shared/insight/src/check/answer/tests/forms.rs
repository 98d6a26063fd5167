//! What predicates can say of days, hours, lists and dates, each with what it must not be taken for.

use super::*;
use stackseer_catalog::Unit;
use std::sync::{Mutex, PoisonError};

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

/// With one check of one predicate on the resource itself, read once.
fn catalog(predicate: &str) -> &'static Catalog {
    static READ: Mutex<BTreeMap<String, &'static Catalog>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    read.entry(predicate.to_owned()).or_insert_with(|| Box::leak(Box::new(read_catalog(predicate))))
}

fn read_catalog(predicate: &str) -> Catalog {
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
        self.asked(check, catalog)
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
    let said = ["2020-03-05", "in 18326 days", "a day not yet announced", "nodejs24.x"];
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

const REACHING: &str = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'reaching'\nlimit = 100\nwithin = '6 days'";

fn days_of(value: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..13).map(|day| value(day) + [0.0, 0.4, -0.3, 0.2, -0.5, 0.1, 0.3, -0.2][day % 8]).collect()
}

#[test]
fn what_grows_to_its_limit_within_the_days_fails_before_it_is_there() {
    let grows = waits(Unit::Days, &days_of(|day| 40.0 + 4.0 * day as f64));
    let said = grows.values(REACHING, &["peak", "limit", "date", "range"]);
    assert_eq!(said[..3], ["87.5 ms", "100 ms", "1970-01-04"]);
    assert!(said[3].contains("1970-01-0"), "{said:?}");
    assert!(grows.is_fine(&REACHING.replace("6 days", "1 day")), "that is later");
    let share = format!("{REACHING}\nshare = 0.86");
    assert!(grows.values(&share, &["date"])[0] < said[2]);
}

#[test]
fn what_only_looks_like_growth_does_not_reach() {
    for (story, days) in [
        ("a single spike", days_of(|day| if day == 12 { 90.0 } else { 60.0 })),
        ("already above", days_of(|day| 90.0 + 4.0 * day as f64)),
        ("far away", days_of(|day| 1.0 + day as f64)),
        ("every week the same", days_of(|day| if day % 7 < 5 { 80.0 } else { 40.0 })),
        ("flat, and the limit was lowered yesterday", days_of(|_| 90.0)),
        ("it falls", days_of(|day| 95.0 - 3.0 * day as f64)),
    ] {
        assert!(waits(Unit::Days, &days).is_fine(REACHING), "{story}: {:?}", waits(Unit::Days, &days).says(REACHING));
    }
    let month = days_of(|day| if day >= 11 { 80.0 + day as f64 } else { 60.0 });
    assert!(waits(Unit::Days, &month).is_unknown(REACHING), "the end of the month, or a new level");
    let step = days_of(|day| if day < 9 { 40.0 } else { 80.0 });
    assert!(waits(Unit::Days, &step).is_unknown(REACHING), "a new level since four days");
    let earlier = days_of(|day| if day < 5 { 40.0 } else { 80.0 });
    assert!(waits(Unit::Days, &earlier).is_fine(REACHING), "and it stayed");
    assert!(waits(Unit::Days, &days_of(|day| 40.0 + 4.0 * day as f64)[1..]).is_unknown(REACHING), "twelve days");
}

#[test]
fn what_runs_out_is_draining() {
    let draining = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'draining'\nlimit = 0\nwithin = '10 days'";
    // The lowest of a day is a tenth.
    let days = |per_day: f64| waits(Unit::Days, &days_of(|day| 1_000.0 - per_day * day as f64));
    assert!(days(60.0).fails(draining));
    assert!(days(10.0).is_fine(draining));
    assert!(days(-60.0).is_fine(draining));
}

/// The three answers of a check that failed before.
fn still(scene: &Scene, predicate: &str) -> CheckAnswer {
    let catalog = catalog(predicate);
    let check = catalog.checks().iter().find(|check| check.id == "t").unwrap();
    scene.asked_of(check, catalog, true)
}

#[test]
fn what_fails_is_over_only_a_tenth_away_from_the_threshold() {
    let near = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'near'\nlimit = 100\nshare = 1.0\nover = '1 day'";
    let at = |value: f64| waits(Unit::Days, &[value]);
    assert!(at(95.0).is_fine(near) && matches!(still(&at(95.0), near), CheckAnswer::Fail(_)));
    assert_eq!(still(&at(89.0), near), CheckAnswer::Pass);
    let below = "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'below'\nlimit = 100\nover = '1 day'";
    assert!(at(105.0).is_fine(below) && matches!(still(&at(105.0), below), CheckAnswer::Fail(_)));
    assert_eq!(still(&at(111.0), below), CheckAnswer::Pass);
    let configured = "attribute = 'timeout_seconds'\nis = 'below'\nlimit = 10";
    let exactly = checkout(&[("timeout_seconds", "10")]);
    assert_eq!(still(&exactly, configured), CheckAnswer::Pass, "who sets what was recommended is done");
}

mod always {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [&str; 5] = [
        "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'near'\nlimit = 100\nover = '7 days'\nat_least = 3",
        "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'above'\nlimit = 100\nover = '7 days'\neach = 'mean'",
        "metric = ['Wait']\nstatistic = 'Maximum'\nis = 'near'\nlimit = 100\nover = '7 days'\neach = 'p95'\nat_least = 7",
        "metric = ['Failed']\nstatistic = 'Sum'\nis = 'above'\nlimit = 300\nover = '7 days'\ntotal = true",
        "metric = ['Failed']\nstatistic = 'Sum'\nis = 'above'\nlimit = 50\nover = '7 days'\ntotal = true\nat_least = 2",
    ];

    fn rank(answer: &CheckAnswer) -> u8 {
        match answer {
            CheckAnswer::Pass => 0,
            CheckAnswer::Unknown(_) => 1,
            CheckAnswer::Fail(_) => 2,
        }
    }

    fn used(kind: &str, days: &[f64]) -> Scene {
        let name = if kind.contains("Wait") { "Wait" } else { "Failed" };
        checkout(&[]).used(name, Unit::Days, days)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// More is never better, less never worse.
        #[test]
        fn monotone(days in prop::collection::vec(0.0..200.0_f64, 0..9), more in prop::collection::vec(0.0..100.0_f64, 9)) {
            let higher: Vec<f64> = days.iter().zip(&more).map(|(day, more)| day + more).collect();
            for kind in KINDS {
                prop_assert!(rank(&used(kind, &days).says(kind)) <= rank(&used(kind, &higher).says(kind)), "{kind}");
                let below = kind.replace("'near'", "'below'").replace("'above'", "'below'");
                prop_assert!(rank(&used(kind, &days).says(&below)) >= rank(&used(kind, &higher).says(&below)), "{below}");
            }
        }

        /// What failed does not pass where it would fail anew.
        #[test]
        fn hysteresis(days in prop::collection::vec(0.0..200.0_f64, 0..9)) {
            for kind in KINDS {
                let scene = used(kind, &days);
                prop_assert!(rank(&scene.says(kind)) <= rank(&still(&scene, kind)), "{kind}");
            }
        }
    }
}
