//! A file with a mistake is refused with its name, the line and what would have been right.

use stackseer_catalog::Catalog;

const METRICS: &str = r#"
namespace = "Shop"
resource_type = "Custom::Checkout"
label = "Shop"
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

const RESOURCE: &str = r#"
type = "Custom::Checkout"
label = "Checkout"
kind = "Checkout"
node = "sync"

[arn]
service = "checkout"
forms = ["shop/{shop}/{name}"]

[[attribute]]
name = "shop"

[[attribute]]
name = "timeout_seconds"
property = ["/Timeout"]

[[change]]
names = ["UpdateCheckout"]
class = "CONFIG_CHANGE"
[[change.property]]
name = "timeout_seconds"
to = "/requestParameters/timeout"
"#;

const CHECK: &str = r#"
title = "Checkout waits too long in {application}"
description = "{resource}: {value}"
severity = "low"
resource_type = "Custom::Checkout"

[[when]]
at = "itself"
attribute = "timeout_seconds"
values = ["900"]

[recommendation]
name = "Wait less"
description = "Wait less."
reason = "{attribute} is {value}."
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

/// With the resource type that the others speak of.
fn problems(path: &str, text: &str) -> Vec<String> {
    let mut files = vec![(path.to_owned(), text.to_owned())];
    if !path.starts_with("resources/") {
        files.push(("resources/checkout.toml".to_owned(), RESOURCE.to_owned()));
    }
    match Catalog::with_user_files(&files) {
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
    assert_eq!(problems("resources/checkout.toml", RESOURCE), [""; 0]);
    assert_eq!(problems("metrics/checkout.toml", METRICS), [""; 0]);
    assert_eq!(problems("checks/checkout.toml", CHECK), [""; 0]);
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
    assert!(problem("patterns/checkout.toml", &nothing).contains("a predicate speaks of a metric"));
    let two = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nattribute = \"runtime\"");
    assert!(problem("patterns/checkout.toml", &two).contains("one of them"));
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
fn a_predicate_says_where_its_mistake_is_and_what_goes_with_what() {
    let ratio = PATTERN.replace("ratio = 2.0", "ratio = 2.0\nshare = 0.5");
    let said = problem("patterns/checkout.toml", &ratio);
    assert!(said.starts_with("patterns/checkout.toml:17: `share` does not go with this `is` of a metric"), "{said}");
    let limitless = PATTERN.replace("is = \"high\"\nratio = 2.0", "is = \"near\"");
    assert!(problem("patterns/checkout.toml", &limitless).contains("need `limit`"));
    let misspelt = PATTERN.replace("is = \"high\"", "is = \"hihg\"");
    let said = problem("patterns/checkout.toml", &misspelt);
    assert!(said.contains("patterns/checkout.toml:20") && said.contains("`below`"), "{said}");
    let key = PATTERN.replace("ratio = 2.0", "ratoi = 2.0");
    let said = problem("patterns/checkout.toml", &key);
    assert!(said.contains("unknown field `ratoi`, expected one of") && said.contains("`limit`"), "{said}");
    let limit = "is = \"near\"\nlimit = { attribut = \"timeout_seconds\" }";
    let said = problem("patterns/checkout.toml", &PATTERN.replace("is = \"high\"\nratio = 2.0", limit));
    assert!(said.contains("unknown field `attribut`, expected one of `attribute`, `at`"), "{said}");
    let days = "is = \"near\"\nstatistic = \"Sum\"\nlimit = \"timeout_seconds\"\nover = \"7 days\"";
    let said = problem("patterns/checkout.toml", &PATTERN.replace("is = \"high\"\nratio = 2.0", days));
    assert!(said.contains("`over` is for checks"), "{said}");
}

const DAYS: &str = r#"
title = "Functions of {application} are near their limit"
description = "{resource} ran {peak} times at once."
severity = "low"
resource_type = "AWS::Lambda::Function"

[[when]]
at = "itself"
metric = ["ConcurrentExecutions"]
statistic = "Maximum"
is = "near"
limit = "reserved_concurrency"
over = "7 days"

[recommendation]
name = "Raise it"
description = "Raise it."
reason = "{peak} of {limit}"
"#;

#[test]
fn a_check_asks_what_learning_can_answer() {
    assert_eq!(problems("checks/limit.toml", DAYS), [""; 0]);
    let now = problem("checks/limit.toml", &DAYS.replace("over = \"7 days\"\n", ""));
    assert!(now.contains("a check reads a metric `over` days or hours"), "{now}");
    let weeks = problem("checks/limit.toml", &DAYS.replace("7 days", "2 weeks"));
    assert!(weeks.contains("\"1 day\" to \"13 days\", or \"1 hour\" to \"72 hours\""), "{weeks}");
    let most = problem("checks/limit.toml", &DAYS.replace("\"7 days\"", "\"7 days\"\nat_least = 8"));
    assert!(most.contains("`at_least`"), "{most}");
    let any = problem("checks/limit.toml", &DAYS.replace("statistic = \"Maximum\"\n", ""));
    assert!(any.contains("needs `statistic`"), "{any}");
    let (before, rest) = DAYS.split_once("[[when]]").unwrap();
    let after = rest.split_once("[recommendation]").unwrap().1;
    let present = format!("{before}[[when]]\nat = \"itself\"\nis = \"present\"\n[recommendation]{after}");
    let said = problem("checks/limit.toml", &present);
    assert!(said.contains("at least one predicate that shows something"), "{said}");
    let change = format!("{before}[[when]]\nat = \"itself\"\nclass = [\"DEPLOYMENT\"]\n[recommendation]{after}");
    assert!(problem("checks/limit.toml", &change).contains("a check knows no changes"));
}

const NEAR_RESERVED: &str = "is = \"near\"\nlimit = \"reserved_concurrency\"";

#[test]
fn what_a_predicate_of_days_needs_and_what_goes_with_it_is_said() {
    for (is, said) in [
        ("is = 'near'\nlimit = 0", "nothing is near 0"),
        ("is = 'above'", "need `limit`"),
        ("is = 'near'\nlimit = { metric = 'Invocations' }", "needs its `statistic`"),
        ("is = 'near'\nlimit = { metric = 'Runs', statistic = 'Sum' }", "Runs Sum is no metric"),
        ("is = 'near'\nlimit = { attribute = 'a', metric = 'b' }", "a limit has `attribute`"),
        ("is = 'above'\nlimit = 5\ntotal = true", "`statistic = \"Sum\"`"),
        ("is = 'above'\nlimit = 5\ntotal = true\neach = 'mean'", "one of them"),
        ("is = 'above'\nlimit = 5\neach = 'median'", "`lowest`"),
        ("is = 'above'\nlimit = { attribute = 'timeout_seconds', plus = 'colour' }", "colour is no attribute"),
        ("is = 'never'\nlimit = 5", "`limit` does not go with"),
        ("is = 'reaching'\nlimit = 5\nwithin = '6 days'", "`over` does not go with"),
        ("is = 'rising'", "a trend needs `by`"),
        ("is = 'falling'\nby = 0.2\nlimit = 5", "`limit` does not go with"),
        ("is = 'unset'", "high, low, normal, near, above, below, never, rising, falling, reaching or draining"),
    ] {
        let problem = problem("checks/limit.toml", &DAYS.replace(NEAR_RESERVED, is));
        assert!(problem.starts_with("checks/limit.toml:") && problem.contains(said), "{is}: {problem}");
    }
    let short = DAYS.replace("7 days", "5 days").replace(NEAR_RESERVED, "is = 'rising'\nby = 0.2");
    assert!(problem("checks/limit.toml", &short).contains("at least 6 days or hours"));
}

#[test]
fn what_a_predicate_of_an_attribute_needs_is_said() {
    for (is, said) in [
        ("is = 'fewer'", "needs `than`"),
        ("is = 'fewer'\nthan = 0", "needs `than`"),
        ("is = 'ends'", "needs `within`, such as \"120 days\""),
        ("is = 'ends'\nwithin = '6 hours'", "needs `within`"),
        ("is = 'ends'\nwithin = '6 days'\ntable = 'none'", "there is no catalog/data/none.toml"),
        ("is = 'above'\nlimit = { metric = 'Invocations', statistic = 'Sum' }", "needs `over`"),
        ("is = 'never'", "unset, near, above, below, fewer or ends"),
    ] {
        let problem = problem("checks/checkout.toml", &CHECK.replace("values = [\"900\"]", is));
        assert!(problem.starts_with("checks/checkout.toml:7: ") && problem.contains(said), "{is}: {problem}");
    }
}

#[test]
fn what_a_check_says_of_its_life_is_held_to_its_form() {
    for (line, said) in [
        ("severity_at = [{ severity = 'high' }]", "one of `share`"),
        ("severity_at = [{ severity = 'high', share = 0.9, within = '3 days' }]", "one of `share`"),
        ("severity_at = [{ severity = 'low', share = 0.9 }]", "it only climbs"),
        ("least_age = 'a week'", "is no number of days"),
        ("close_after = 0", "above 0"),
        ("maps = { datadog = 'x' }", "`maps` knows no datadog, only prowler, trusted_advisor"),
        ("default = 'maybe'", "unknown variant `maybe`"),
    ] {
        let problem = problem(
            "checks/checkout.toml",
            &CHECK.replace("severity = \"low\"", &format!("severity = \"low\"\n{line}")),
        );
        assert!(problem.starts_with("checks/checkout.toml:5: ") && problem.contains(said), "{line}: {problem}");
    }
}

#[test]
fn a_table_of_days_is_held_to_its_form() {
    let table = "source = 's'\nchecked = '2026-08-22'\n[[row]]\nvalue = 'a'\nends = '2027-03-03'\n";
    assert_eq!(problems("data/t.toml", table), [""; 0]);
    let day = problem("data/t.toml", &table.replace("2027-03-03", "March"));
    assert!(day.starts_with("data/t.toml:5: March is no day, such as 2027-03-03"), "{day}");
    let twice = format!("{table}[[row]]\nvalue = 'a'\nends = '2028-03-03'\n");
    assert!(problem("data/t.toml", &twice).starts_with("data/t.toml:7: a stands here twice"));
}

#[test]
fn what_a_predicate_is_called_fills_its_own_placeholders() {
    let named = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nas = \"release\"");
    let speaks = named.replace("\"{change} {change_before}\"", "\"{release}\"");
    assert_eq!(problems("patterns/checkout.toml", &speaks), [""; 0]);
    let unnamed = PATTERN.replace("\"{change} {change_before}\"", "\"{release}\"");
    assert!(problem("patterns/checkout.toml", &unnamed).contains("unknown placeholder {release}"));
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

#[test]
fn a_misspelt_key_of_a_resource_names_file_line_and_the_allowed_keys() {
    let said = problem("resources/checkout.toml", &RESOURCE.replace("property = [", "properties = ["));
    assert!(said.starts_with("resources/checkout.toml:16: unknown field `properties`, expected one of"), "{said}");
    assert!(said.contains("`property`") && said.contains("`default`"), "{said}");
    let said = problem("resources/checkout.toml", &RESOURCE.replace("{shop}/{name}", "{shop}-{name}"));
    assert!(said.contains("resources/checkout.toml:9") && said.contains("ends before a `/`"), "{said}");
    let said = problem("ignored/checkout.toml", "because = \"x\"\ntype = [\"A::B::C\"]");
    assert!(said.starts_with("ignored/checkout.toml:2: unknown field `type`"), "{said}");
    let said = problem("changes/checkout.toml", "[[change]]\nname = [\"Put*\"]");
    assert!(said.starts_with("changes/checkout.toml:2: unknown field `name`"), "{said}");
}

#[test]
fn a_resource_says_where_all_it_has_comes_from() {
    for (right, wrong, said) in [
        ("property = [\"/Timeout\"]", "", "attribute timeout_seconds has no source"),
        ("property = [\"/Timeout\"]", "property = [\"Timeout\"]", "Timeout is no JSON pointer"),
        ("property = [\"/Timeout\"]", "parts = \"{size}\"", "size is no part"),
        ("property = [\"/Timeout\"]", "of_caller = \"Custom::Till\"", "Custom::Till has no file in catalog/resources"),
        (
            "property = [\"/Timeout\"]",
            "live = { action = \"checkout:List\", field = \"T\" }",
            "needs checkout:List, which has no `iam`",
        ),
        ("name = \"shop\"", "name = \"name\"", "is what every resource has"),
        ("to = \"/requestParameters/timeout\"", "to = \"/timeout\"", "pointers into /requestParameters"),
        ("type = \"Custom::Checkout\"", "type = \"AWS::SQS::Queue\"", "AWS::SQS::Queue has a file already: "),
    ] {
        let problem = problem("resources/checkout.toml", &RESOURCE.replace(right, wrong));
        assert!(problem.contains(said), "{problem}");
    }
    let same =
        RESOURCE.replace("checkout\"\nforms = [\"shop/{shop}/{name}\"]", "dynamodb\"\nforms = [\"table/{name}\"]");
    let same = same.replace("[[attribute]]\nname = \"shop\"\n", "");
    let said = problem("resources/checkout.toml", &same);
    assert!(said.contains("also one of ") && said.contains("`is_shared`"), "{said}");
}

#[test]
fn what_no_resource_file_has_is_refused_elsewhere() {
    let said = problem("metrics/checkout.toml", &METRICS.replace("\"checkout\" }", "\"{till}\" }"));
    assert!(said.ends_with(
        "till is no attribute of Custom::Checkout, expected one of name, arn, account, shop, timeout_seconds"
    ));
    let said = problem("metrics/checkout.toml", &METRICS.replace("Custom::Checkout", "Custom::Till"));
    assert!(said.contains("`resource_type` Custom::Till has no file in catalog/resources"), "{said}");
    let said = problem("checks/checkout.toml", &CHECK.replace("\"timeout_seconds\"", "\"timeout\""));
    assert!(said.contains("timeout is no attribute of Custom::Checkout"), "{said}");
    let attribute = PATTERN.replace("class = [\"DEPLOYMENT\"]", "attribute = \"colour\"");
    assert!(
        problem("patterns/checkout.toml", &attribute)
            .contains("colour is no attribute of AWS::Lambda::Function in catalog/resources")
    );
    let property = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nproperty = \"colour\"");
    assert!(
        problem("patterns/checkout.toml", &property).contains("no change in the catalogue says anything of colour")
    );
}

#[test]
fn what_no_single_file_can_know_is_wrong_is_said_with_the_path_and_line_too() {
    let second = METRICS.split_once("[[metric]]").unwrap().1.replace("\"Sum\"", "\"sum\"");
    let second = format!("{METRICS}\n[[metric]]{second}");
    let unless = METRICS.replace("period = 60\n", "period = 60\nunless = { colour = \"red\" }\n");
    let property = PATTERN.replace("class = [\"DEPLOYMENT\"]", "class = [\"DEPLOYMENT\"]\nproperty = \"colour\"");
    let alike = PATTERN.replace("metric = [\"Invocations\"]", "metric = [\"Invocation\"]");
    for (path, text, place) in [
        ("/home/me/my/metrics/shop.toml", METRICS.replace("\"Count\"", "\"Counts\""), ":13: `unit` of FailedPayments"),
        ("shop.toml", second, ":24: `statistic` of FailedPayments: sum"),
        ("shop.toml", METRICS.replace("period = 60", "period = 0"), ":6: `period` must be"),
        ("shop.toml", METRICS.replace("\"checkout\" }", "\"{till}\" }"), ":5: till is no attribute"),
        ("metrics/alb.toml", unless, ":7: colour is no attribute"),
        ("my/checks/shop.toml", CHECK.replace("{value}\"", "{colour}\""), ":3: `description`: unknown placeholder"),
        ("my/checks/shop.toml", CHECK.replace("is {value}.", "is {colour}."), ":15: `recommendation.reason`: unknown"),
        ("my/checks/shop.toml", CHECK.replace("\"timeout_seconds\"", "\"timeout\""), ":7: timeout is no attribute"),
        ("my/patterns/shop.toml", property, ":11: no change in the catalogue says anything of colour"),
        ("my/patterns/shop.toml", alike, ":17: "),
        ("resources/checkout.toml", RESOURCE.replace("to = \"/requestP", "to = \"/p"), ":21: change UpdateCheckout"),
        (
            "resources/checkout.toml",
            RESOURCE.replace("[\"/Timeout\"]", "[\"Timeout\"]"),
            ":14: Timeout is no JSON pointer",
        ),
    ] {
        let said = problem(path, &text);
        assert!(said.starts_with(&format!("{path}{place}")), "{said}");
    }
}

#[test]
fn a_namespace_is_in_one_region() {
    let there = METRICS.replace("namespace = \"Shop\"", "namespace = \"AWS/CloudFront\"");
    let resource = ("resources/checkout.toml".to_owned(), RESOURCE.to_owned());
    let of = |text: String| Catalog::with_user_files(&[resource.clone(), ("mine.toml".to_owned(), text)]);
    let said = of(there.clone()).unwrap_err()[0].to_string();
    assert_eq!(said, "mine.toml: the `region` of AWS/CloudFront is us-east-1, says cloudfront-additional");
    let right = there.replace("resource_type", "region = \"us-east-1\"\nresource_type");
    assert_eq!(of(right).unwrap().region_of("AWS/CloudFront"), Some("us-east-1"));
}
