//! A file with a mistake is refused with its name, the line and what would have been right.

use stackseer_catalog::Catalog;

const METRICS: &str = r#"
namespace = "Shop"
resource_type = "Custom::Checkout"
label = "Checkout"
dimensions = { Service = "checkout" }
period = 60
publication_delay = 60

[[metric]]
name = "FailedPayments"
label = "failed payments"
statistic = "Sum"
unit = "Count"
role = "errors"
kind = "sparse"
bad = "up"
missing = "zero"
opens = true
least = 3
"#;

const PATTERN: &str = r#"
title = "Checkout {resource} fails after {change}"
description = "{peak} against {expected} expected."
rank = 50

[effect]
resource_type = "AWS::Lambda::Function"
metric = ["Errors"]
direction = "up"

[[when]]
at = "itself"
class = ["DEPLOYMENT"]

[[not_when]]
because = "it is only busier"
[[not_when.when]]
at = "itself"
metric = ["Invocations"]
is = "high"
ratio = 2.0

[recommendation]
name = "Roll back"
description = "Roll back."
reason = "{change} {change_before}"
"#;

fn problems(path: &str, text: &str) -> Vec<String> {
    match Catalog::with_user_files(&[(path.to_owned(), text.to_owned())]) {
        Ok(_) => vec![],
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

fn problem(path: &str, text: &str) -> String {
    let problems = problems(path, text);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

#[test]
fn right_files_are_accepted() {
    assert_eq!(problems("metrics/checkout.toml", METRICS), [""; 0]);
    assert_eq!(problems("patterns/checkout.toml", PATTERN), [""; 0]);
}

#[test]
fn a_misspelt_key_names_file_line_and_the_allowed_keys() {
    let said = problem("metrics/checkout.toml", &METRICS.replace("statistic", "statistics"));
    assert!(said.starts_with("metrics/checkout.toml:12: unknown field `statistics`, expected one of"), "{said}");
    assert!(said.contains("`statistic`"), "{said}");
}

#[test]
fn a_misspelt_word_names_the_allowed_words() {
    let said = problem("metrics/checkout.toml", &METRICS.replace("\"errors\"", "\"erors\""));
    assert!(said.contains("metrics/checkout.toml:14") && said.contains("`throttles`"), "{said}");
}

#[test]
fn a_missing_key_is_named() {
    let said = problem("metrics/checkout.toml", &METRICS.replace("period = 60\n", ""));
    assert!(said.contains("missing field `period`"), "{said}");
}

#[test]
fn a_misspelt_placeholder_names_the_allowed_ones() {
    let said = problem("patterns/checkout.toml", &PATTERN.replace("{change_before}", "{change_befor}"));
    assert!(said.contains("unknown placeholder {change_befor}, expected one of application, resource"), "{said}");
}

#[test]
fn a_pattern_needs_a_look_alike() {
    let text = PATTERN.split("[[not_when]]").next().unwrap().to_owned()
        + "[recommendation]"
        + PATTERN.split("[recommendation]").nth(1).unwrap();
    assert!(problem("patterns/checkout.toml", &text).contains("look-alike"));
}

#[test]
fn conditions_that_say_nothing_or_two_things_are_refused() {
    let nothing = PATTERN.replace("class = [\"DEPLOYMENT\"]\n", "");
    assert!(problem("patterns/checkout.toml", &nothing).contains("a condition speaks of a metric"));
    let two = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nattribute = \"runtime\"");
    assert!(problem("patterns/checkout.toml", &two).contains("of one of them"));
    let unknown = PATTERN.replace("[\"Invocations\"]", "[\"Invocation\"]");
    assert!(problem("patterns/checkout.toml", &unknown).contains("Invocation is no metric"));
    let ratio = PATTERN.replace("ratio = 2.0", "ratio = 0.5");
    assert!(problem("patterns/checkout.toml", &ratio).contains("`ratio` must be above 1"));
    let statistic = PATTERN.replace("ratio = 2.0", "ratio = 2.0\nstatistic = \"p90\"");
    assert!(problem("patterns/checkout.toml", &statistic).contains("Invocations p90 is no metric"));
    let long_ago = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nwithin_minutes = 1440");
    assert!(problem("patterns/checkout.toml", &long_ago).contains("must not be above 180"));
}

#[test]
fn units_and_statistics_are_cloudwatchs() {
    let unit = |unit: &str| problems("metrics/checkout.toml", &METRICS.replace("\"Count\"", &format!("\"{unit}\"")));
    assert!(unit("seconds")[0].contains("seconds is none of CloudWatch's: None, Count, Percent, Seconds"));
    assert!(!unit("Percent/Second").is_empty());
    assert_eq!((unit("Bytes/Second"), unit("None")), (vec![], vec![]));
    let statistic = |name: &str| problems("metrics/checkout.toml", &METRICS.replace("\"Sum\"", &format!("\"{name}\"")));
    for wrong in ["sum", "P90", "p", "p101", "pNaN", "avg"] {
        assert!(statistic(wrong)[0].contains(&format!("{wrong} is none of CloudWatch's: Sum, Average")), "{wrong}");
    }
    assert_eq!((statistic("p99.9"), statistic("Maximum")), (vec![], vec![]));
}

#[test]
fn the_same_metric_twice_is_refused() {
    let (_, metric) = METRICS.split_once("[[metric]]").unwrap();
    let said = problem("metrics/checkout.toml", &format!("{METRICS}\n[[metric]]{metric}"));
    assert!(said.contains("FailedPayments Sum stands here twice"), "{said}");
}
