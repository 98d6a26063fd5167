//! What a scenario file says is what the incident shows, and what it can't mean is refused with its line.

use serde::Deserialize;
use stackseer_model::{EdgeKind, Series, Timestamp};
use stackseer_testkit::clock::after;
use stackseer_testkit::scenario::{Case, OrdinaryByType, Scenario};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    cause: Option<String>,
}

const USUAL: &str = r#"
["AWS::Lambda::Function"]
"AWS/Lambda Invocations Sum" = { base = 100 }
"AWS/Lambda Duration p90" = { base = 50, noise = "lognormal", spread = 0.1 }
"AWS/Lambda Duration Average" = { base = 40 }
"#;

const SCENARIO: &str = r#"edges = ["front -> worker", "worker ~> orders"]

[resources]
front = { type = "AWS::Lambda::Function", attributes = { timeout_seconds = 3, arm = true } }
worker = { type = "AWS::Lambda::Function" }
orders = { type = "AWS::DynamoDB::Table" }

[ordinary.worker]
Invocations = { base = 10 }

[ordinary.orders]
"AWS/DynamoDB SuccessfulRequestLatency Average TableName={name} Operation=GetItem" = { base = 3 }

[fires]
story = "More calls."
expect = { cause = "front" }

[fires.during.front]
Invocations = { factor = 3 }
"Duration Average" = { add = 60, start = 10, minutes = 20 }

[[fires.event]]
name = "UpdateFunctionCode"
class = "DEPLOYMENT"
on = ["front"]
minute = -5

[[look_alike]]
story = "A slow rise."
minutes = 60

[look_alike.during.worker]
Invocations = { set = 70, gradual = true }
"#;

fn read(text: &str) -> Result<Scenario<Expect>, String> {
    let usual = OrdinaryByType::read("ordinary.toml", USUAL).unwrap();
    Scenario::read("tests/some.toml", text, &usual).map_err(|error| error.to_string())
}

fn series<'a>(case: &'a Case<Expect>, resource: &str, name: &str, statistic: &str) -> &'a Series {
    let wanted = |r: &&stackseer_incident::Recorded| {
        r.resource.as_str().ends_with(resource) && r.key.name == name && r.key.statistic == statistic
    };
    &case.incident.series.iter().find(wanted).unwrap_or_else(|| panic!("{resource} {name} {statistic}")).series
}

/// The value so many minutes after the incident's start.
fn at(case: &Case<Expect>, series: &Series, minute: i64) -> f64 {
    let time: Timestamp = after(case.from, minute * 60);
    series.0.iter().find(|p| p.time == time).unwrap().value
}

#[test]
fn ranges_follow_each_other_and_the_incident_lies_in_the_watched_one() {
    let case = read(SCENARIO).unwrap().fires;
    let incident = &case.incident;
    assert_eq!(incident.learn.to, incident.watch.from);
    assert!(incident.watch.from < case.from && case.from < case.to && case.to < incident.watch.to);
    assert_eq!(incident.learn.to.as_second() - incident.learn.from.as_second(), 8 * 86_400);
    assert_eq!(case.to.as_second() - case.from.as_second(), 45 * 60);
    assert_eq!((case.story.as_str(), case.expect.cause.as_deref()), ("More calls.", Some("front")));
}

#[test]
fn resources_edges_and_events_are_as_written() {
    let case = read(SCENARIO).unwrap().fires;
    let inventory = &case.incident.inventory;
    let front = inventory.resources.iter().find(|r| r.name == "front").unwrap();
    assert_eq!((front.known("timeout_seconds"), front.known("arm")), (Some("3"), Some("true")));
    let edges: Vec<(&str, &str, EdgeKind)> =
        inventory.edges.iter().map(|e| (e.from.as_str(), e.to.as_str(), e.kind)).collect();
    assert_eq!(
        edges,
        [
            ("AWS::Lambda::Function/front", "AWS::Lambda::Function/worker", EdgeKind::Sync),
            ("AWS::Lambda::Function/worker", "AWS::DynamoDB::Table/orders", EdgeKind::Async)
        ]
    );
    let event = &case.incident.events[0];
    assert_eq!((event.time, event.source.as_str()), (after(case.from, -300), "lambda.amazonaws.com"));
    assert_eq!(event.resources, std::slice::from_ref(&front.id));
}

#[test]
fn a_dimension_may_be_the_resource_s_name() {
    let case = read(SCENARIO).unwrap().fires;
    let recorded = case.incident.series.iter().find(|r| r.key.name == "SuccessfulRequestLatency").unwrap();
    assert_eq!(recorded.key.dimensions["TableName"], "orders");
    assert_eq!(recorded.key.dimensions["Operation"], "GetItem");
}

#[test]
fn a_series_changes_for_its_time_and_no_other_does() {
    let case = read(SCENARIO).unwrap().fires;
    let invocations = series(&case, "front", "Invocations", "Sum");
    assert_eq!([-1, 0, 44, 45].map(|m| at(&case, invocations, m)), [100.0, 300.0, 300.0, 100.0]);
    let average = series(&case, "front", "Duration", "Average");
    assert_eq!([9, 10, 29, 30].map(|m| at(&case, average, m)), [40.0, 100.0, 100.0, 40.0]);
    let other = series(&case, "worker", "Invocations", "Sum");
    assert!(other.0.iter().all(|p| p.value == 10.0), "the scenario's own ordinary, unchanged");
}

#[test]
fn a_gradual_change_gets_there_evenly_at_its_end() {
    let case = &read(SCENARIO).unwrap().look_alikes[0];
    let invocations = series(case, "worker", "Invocations", "Sum");
    assert_eq!([-1, 0, 29, 59, 60].map(|m| at(case, invocations, m)), [10.0, 11.0, 40.0, 70.0, 10.0]);
}

#[test]
fn noise_is_the_same_in_every_case_and_another_with_another_seed() {
    let [first, again] = [SCENARIO, SCENARIO].map(|text| read(text).unwrap());
    let noisy = |case: &Case<Expect>| series(case, "worker", "Duration", "p90").0[..50].to_vec();
    assert_eq!(noisy(&first.fires), noisy(&again.fires));
    assert_eq!(noisy(&first.fires), noisy(&first.look_alikes[0]));
    assert_ne!(noisy(&first.fires), noisy(&read(&format!("seed = 2\n{SCENARIO}")).unwrap().fires));
    let other = series(&first.fires, "front", "Duration", "p90").0[..50].to_vec();
    assert_ne!(noisy(&first.fires), other, "each series has its own");
}

/// The scenario with one line changed, and how it is refused.
fn refused(from: &str, to: &str) -> String {
    assert!(SCENARIO.contains(from), "{from}");
    read(&SCENARIO.replacen(from, to, 1)).expect_err("refused")
}

#[test]
fn what_it_can_not_mean_is_refused_with_its_line() {
    for (from, to, line, said) in [
        ("story = \"More calls.\"", "storry = \"x\"", 15, "unknown field `storry`"),
        ("cause = \"front\"", "couse = \"front\"", 16, "unknown field `couse`"),
        ("front -> worker", "front => worker", 1, "`a -> b` (a waits for b)"),
        ("front -> worker", "frond -> worker", 1, "no resource is called `frond`; there are front, orders, worker"),
        ("[ordinary.worker]", "[ordinary.walker]", 8, "no resource is called `walker`"),
        ("Invocations = { base = 10 }", "Invocatons = { base = 10 }", 9, "`Invocatons` is no series of it yet"),
        ("Invocations = { factor = 3 }", "Invocatons = { factor = 3 }", 19, "AWS/Lambda Duration p90"),
        ("factor = 3", "factor = 3, set = 1", 19, "one of `factor`, `add` and `set`"),
        ("factor = 3", "start = 3", 19, "one of `factor`, `add` and `set`"),
        ("\"Duration Average\" =", "\"AWS/Lambda Invocations\" =", 19, "changed already"),
        ("on = [\"front\"]", "on = [\"frond\"]", 25, "no resource is called `frond`"),
        ("class = \"DEPLOYMENT\"", "class = \"RELEASE\"", 24, "RELEASE"),
    ] {
        let error = refused(from, to);
        let place = format!("tests/some.toml:{line}: ");
        assert!(error.starts_with(&place) && error.contains(said), "{to}: {error}");
    }
}
