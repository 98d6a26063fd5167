//! The demo as a newcomer runs it: whatever the seed, four incidents are explained and close, and ordinary weeks stay quiet.

use serde_json::Value;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

fn demo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_stackseer"))
        .arg("demo")
        .args(args)
        .env_clear()
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What `stackseer demo` prints; it takes a while.
fn whole() -> &'static str {
    static TOLD: OnceLock<String> = OnceLock::new();
    TOLD.get_or_init(|| demo(&[]))
}

/// Title, its cause, and the minutes of the day at which it was injected and mended.
const INCIDENTS: [(&str, &str, i64, i64); 4] = [
    (
        "Anomalous increase in Lambda shop-catalog duration due to increased number of invocations",
        "shop-catalog",
        9 * 60,
        9 * 60 + 45,
    ),
    (
        "DynamoDB shop-orders writes throttled after its write capacity was cut from 100 to 5",
        "shop-orders",
        12 * 60,
        12 * 60 + 50,
    ),
    (
        "Anomalous increase in Lambda shop-checkout errors after UpdateFunctionCode",
        "shop-checkout",
        15 * 60 + 30,
        16 * 60 + 10,
    ),
    (
        "SQS shop-order-queue backlog due to failing consumer shop-orders-worker",
        "shop-orders-worker",
        18 * 60 + 30,
        19 * 60 + 15,
    ),
];

#[test]
fn each_incident_is_one_insight_with_its_cause_and_closes_after_it() {
    for seed in ["1", "2", "3"] {
        let report: Value = serde_json::from_str(&demo(&["--seed", seed, "--output", "json"])).expect("JSON");
        let mut reactive: Vec<&Value> =
            report["insights"].as_array().unwrap().iter().filter(|i| i["type"] == "reactive").collect();
        reactive.sort_by_key(|i| i["start_time"].as_str().unwrap().to_owned());
        let names: Vec<&str> = reactive.iter().map(|i| i["name"].as_str().unwrap()).collect();
        assert_eq!(names, INCIDENTS.map(|i| i.0), "seed {seed}");
        for (insight, (name, cause, from, to)) in reactive.iter().zip(INCIDENTS) {
            let minute = |field: &str| {
                let time: jiff::Timestamp = insight[field].as_str().unwrap().parse().unwrap();
                time.as_second().rem_euclid(86_400) / 60
            };
            assert_eq!(insight["status"], "closed", "{name}");
            assert_eq!(insight["causes"][0]["resource"]["name"], cause, "{name}");
            assert!((0..=10).contains(&(minute("start_time") - from)), "{name} starts {}", insight["start_time"]);
            assert!((-5..=10).contains(&(minute("end_time") - to)), "{name} ends {}", insight["end_time"]);
            let reason = insight["recommendations"][0]["reason"].as_str().unwrap();
            assert!(reason.chars().any(|c| c.is_ascii_digit()) && !reason.contains('{'), "{reason}");
        }
        let proactive: Vec<&str> = report["insights"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|i| i["type"] == "proactive")
            .map(|i| i["name"].as_str().unwrap())
            .collect();
        assert_eq!(proactive.len(), 5, "{proactive:?}");
        for title in [
            "DynamoDB table writes are under utilized in shop",
            "DynamoDB table point-in-time recovery not enabled in shop",
            "Messages go to the dead-letter queue after few tries in shop",
            "Dead-letter queue keeps messages no longer than their queue in shop",
            "Lambda function may run longer than its REST API waits in shop",
        ] {
            assert!(proactive.contains(&title), "{proactive:?}");
        }
    }
}

#[test]
fn people_read_that_nothing_opened_in_the_ordinary_weeks_and_the_three_known_titles_with_numbers() {
    let text = whole();
    assert!(text.contains("are watched:\nnothing opened.\n"), "{text}");
    let told: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Anomalous increase in Lambda shop-catalog duration due to increased number of invocations",
        "DynamoDB table writes are under utilized in shop",
        "Set the write throughput of shop-sessions to 7",
        "stayed at or below 10 % of the limit of 200 for 21 days",
        "DynamoDB table point-in-time recovery not enabled in shop",
        "What to do",
        "Raise maxReceiveCount of shop-order-queue to 5 or more",
        "Let shop-order-dead-letters keep messages for 14 days",
        "Set the timeout of shop-checkout to at most 8 s",
        "worse 30 min after: errors 0 % → 29",
        "5 ongoing, 4 closed",
    ] {
        assert!(told.contains(part), "no {part:?} in:\n{text}");
    }
    // A link and a command stay whole, so that they can be copied.
    let whole = |line: &str| line.contains("://") || line.trim_start().starts_with("$ ");
    assert!(text.lines().all(|line| line.chars().count() <= 80 || whole(line)), "{text}");
    // Each in full, with no axis below zero.
    assert_eq!((text.matches("\nWhat to do\n").count(), text.matches("── insight ").count()), (9, 9), "{text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with('-') && line.contains('│')), "{text}");
}

/// What it closes with is read at a glance.
#[test]
fn the_summary_fits_on_a_screen() {
    let end = whole().rsplit("────").next().expect("it ends after the last insight");
    assert!(end.contains("5 ongoing, 4 closed") && end.lines().count() <= 20, "{end}");
    let line = end.split_whitespace().collect::<Vec<_>>().join(" ");
    let not_seen = "Not seen of what DevOps Guru read: anomalies in logs of 4 Lambda functions (logs are not read)";
    assert!(line.contains(not_seen), "{end}");
}

#[test]
fn one_of_them_can_be_picked() {
    let picked = demo(&["--insight", "4"]);
    assert_eq!(picked.matches("\nWhat to do\n").count(), 1, "{picked}");
    assert!(picked.contains("── insight 4 of 9 ─"), "{picked}");
    let report: Value = serde_json::from_str(&demo(&["--insight", "4", "--output", "json"])).expect("JSON");
    assert_eq!(report["insights"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let sample = readme.split("```\n").nth(1).expect("the README begins with a sample");
    let output = whole();
    for entry in sample.split_inclusive("before\n") {
        assert!(
            entry.contains("shop-orders") && output.contains(entry),
            "the README says:\n{entry}\nthe demo:\n{output}"
        );
    }
}
