//! `stackseer tune` and `stackseer.toml`, over a folder of which it is known what happens.

use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PERIOD: i64 = 300;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// 2026-11-02T00:00:00Z
const START: i64 = 1_793_577_600;
const LEARN: i64 = 14 * DAY;
const JUDGED: i64 = 7 * DAY;
/// On the second day that is judged `orders` fails for an hour.
const OUTAGE: Range<i64> = (START + LEARN + DAY + 10 * HOUR)..(START + LEARN + DAY + 11 * HOUR);
const ERRORS: &str = "Shop Errors Sum Resource=orders";
const WAIT: &str = "Shop Wait Average Resource=billing";

/// On these days that are judged `billing` waits so much longer for 40 minutes; it is never quite still.
fn folder(path: &Path, bumps: &[(i64, f64)]) {
    fs::create_dir_all(path).unwrap();
    let (learn_to, end) = (START + LEARN, START + LEARN + JUDGED);
    let settings = format!(
        "format = 1\napplication = \"shop\"\nperiod = {PERIOD}\nlearn = {{ from = {START}, to = {learn_to} }}\n\
         watch = {{ from = {learn_to}, to = {end} }}\ntick_minutes = 15\n"
    );
    fs::write(path.join("incident.toml"), settings).unwrap();
    let mut csv = "timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value\n".to_owned();
    let mut noise = Noise(42);
    for time in (START..end).step_by(PERIOD as usize) {
        let mut row = |resource: &str, rest: &str, value: f64| {
            writeln!(csv, "{time},{resource},Custom::Service,Shop,{rest},{value:.3}").unwrap();
        };
        let failed = if OUTAGE.contains(&time) { 400.0 } else { 0.0 };
        row("orders", "Errors,Sum,,errors", failed);
        row("orders", "Requests,Sum,,traffic", 900.0 + 20.0 * noise.next());
        let of_day = |day: i64| START + LEARN + day * DAY + 15 * HOUR;
        let bump = bumps.iter().find(|(day, _)| (of_day(*day)..of_day(*day) + 40 * 60).contains(&time));
        let times = bump.map_or(1.0, |(_, times)| *times);
        // An exponential tail, as waiting has it.
        row("billing", "Wait,Average,,latency:unit=Milliseconds", times * (50.0 - 4.0 * noise.next().ln()));
    }
    fs::write(path.join("metrics.csv"), csv).unwrap();
}

/// Numbers between 0 and 1 that are the same every time.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 1.0) / (1u64 << 31) as f64
    }
}

fn stackseer(folder: &Path, args: &[&str], columns: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stackseer"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("COLUMNS", columns)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An outage, and what takes so many times as long on these days.
fn scene(bumps: &[(i64, f64)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folder(&dir.path().join("incident"), bumps);
    dir
}

fn tuned(dir: &Path, more: &[&str]) -> Value {
    let args = [&["tune", "incident", "--days", "7", "--output", "json"], more].concat();
    let answer: Value = serde_json::from_str(&text(stackseer(dir, &args, "80"))).unwrap();
    answer[0].clone()
}

/// What opened, by the metrics that opened it, with how severe it is at which sensitivities.
fn opened(tuning: &Value) -> Vec<(String, Vec<String>)> {
    let list =
        |value: &Value| value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let one = |one: &Value| {
        let mut at: Vec<String> = one["severity"].as_object().unwrap().keys().cloned().collect();
        at.sort();
        (list(&one["symptoms"]).join(", "), at)
    };
    tuning["opened"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn an_outage_opens_at_every_sensitivity_and_noise_only_at_a_high_one() {
    let all = vec!["high".to_owned(), "low".to_owned(), "medium".to_owned()];
    for (times, at, insights) in [(1.4, &["high"][..], [1, 1, 2]), (1.5, &["high", "medium"], [1, 2, 2])] {
        let tuning = tuned(scene(&[(3, times)]).path(), &[]);
        let at: Vec<String> = at.iter().map(|level| (*level).to_owned()).collect();
        let only = u64::from(at.len() == 1);
        assert_eq!(opened(&tuning), [(ERRORS.to_owned(), all.clone()), (WAIT.to_owned(), at)]);
        let told = |level: usize, what: &str| tuning["levels"][level][what].as_u64().unwrap();
        assert_eq!([0, 1, 2].map(|level| told(level, "insights")), insights);
        assert_eq!([0, 1, 2].map(|level| told(level, "only")), [0, 0, only]);
        assert_eq!(tuning["budget"], Value::Null);
    }
}

#[test]
fn a_still_week_opens_nothing() {
    let dir = scene(&[]);
    let all = opened(&tuned(dir.path(), &[]));
    assert_eq!(all.len(), 1, "the outage alone: {all:?}");
}

#[test]
fn a_budget_names_what_keeps_to_it_and_the_lines_do() {
    let dir = scene(&[(3, 1.5)]);
    let budget = tuned(dir.path(), &["--budget", "1"])["budget"].clone();
    assert_eq!(
        (&budget["fits"], &budget["with_lines"], &budget["lowered"][0]),
        (&"low".into(), &1.0.into(), &WAIT.into())
    );
    // The lines are a file.
    let lines = budget["lines"].as_str().unwrap();
    fs::write(dir.path().join("stackseer.toml"), lines).unwrap();
    let with = tuned(dir.path(), &[]);
    assert_eq!(with["levels"][1]["insights"], 1);
    assert_eq!(with["levels"][2]["insights"], 1, "the metric's own holds at any");
    fs::write(dir.path().join("stackseer.toml"), budget["application_lines"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&tuned(dir.path(), &[])["in_use"], &tuned(dir.path(), &[])["levels"][2]["insights"]),
        (&"low".into(), &2.into())
    );

    fs::remove_file(dir.path().join("stackseer.toml")).unwrap();
    let enough = tuned(dir.path(), &["--budget", "2.5"])["budget"].clone();
    assert_eq!((&enough["fits"], &enough["lines"]), (&"high".into(), &"".into()));
    let too_little = tuned(dir.path(), &["--budget", "0.5"])["budget"].clone();
    assert_eq!((&too_little["fits"], &too_little["application_lines"]), (&Value::Null, &"".into()));
}

#[test]
fn what_people_read() {
    let dir = scene(&[(3, 1.5)]);
    let told = |args: &[&str], columns: &str| {
        let shown = text(stackseer(dir.path(), &[&["tune", "incident", "--days", "7"], args].concat(), columns));
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns.parse::<usize>().unwrap(), "{widest}: {shown}");
        shown
    };
    insta::assert_snapshot!("over_budget", told(&["--budget", "1"], "80"));
    insta::assert_snapshot!("never_kept", told(&["--budget", "0.5"], "80"));
    insta::assert_snapshot!("on_a_narrow_terminal", told(&["--budget", "2"], "60"));
    assert_eq!(told(&["--budget", "1"], "140"), told(&["--budget", "1"], "100"), "wider reads badly");
}

#[test]
fn what_the_file_mutes_says_so_and_what_it_does_not_is_told() {
    let dir = scene(&[(3, 1.5)]);
    let mute = |resource: &str| {
        let row = format!("[[mute]]\nresource = \"{resource}\"\nreason = \"we know\"\n");
        fs::write(dir.path().join("stackseer.toml"), row).unwrap();
    };
    mute("Custom::Service/orders");
    let output = stackseer(dir.path(), &["replay", "incident"], "80");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let muted = text(output);
    assert!(muted.contains("Muted by stackseer.toml, so nobody is told: we know."), "{muted}");
    let counted = tuned(dir.path(), &[]);
    assert_eq!((&counted["levels"][0]["insights"], &counted["levels"][0]["muted"]), (&0.into(), &1.into()));
    // Another file instead, about what is not there.
    mute("order");
    let output = stackseer(dir.path(), &["replay", "incident"], "80");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        said,
        "stackseer.toml:1: there is no resource order in what was looked at; write its id, as AWS::Lambda::Function/checkout\n"
    );
    let told = text(output);
    assert!(told.contains("Service Errors Anomalous") && !told.contains("Muted"), "{told}");
    fs::rename(dir.path().join("stackseer.toml"), dir.path().join("other.toml")).unwrap();
    let elsewhere = stackseer(dir.path(), &["replay", "incident", "--config", "other.toml"], "80");
    assert!(String::from_utf8_lossy(&elsewhere.stderr).starts_with("other.toml:1:"));
}

#[test]
fn a_sensitivity_of_the_file_holds_in_a_replay() {
    let dir = scene(&[(3, 1.4), (5, 1.5)]);
    let count = |args: &[&str]| {
        let shown = text(stackseer(dir.path(), &[&["replay", "incident", "--output", "json"], args].concat(), "80"));
        serde_json::from_str::<Value>(&shown).unwrap()["insights"].as_array().unwrap().len()
    };
    let medium = count(&[]);
    fs::write(dir.path().join("high.toml"), "[[sensitivity]]\napplication = \"shop\"\nsensitivity = \"high\"\n")
        .unwrap();
    assert_eq!(count(&["--config", "high.toml"]), medium + 1);
    let low = format!("[[sensitivity]]\nmetric = \"{WAIT}\"\nsensitivity = \"low\"\n");
    fs::write(dir.path().join("low.toml"), low).unwrap();
    assert_eq!(count(&["--config", "low.toml"]), medium - 1);
}

#[test]
fn what_is_wrong_with_the_file_is_said_before_the_work() {
    let dir = scene(&[(3, 1.5)]);
    fs::write(dir.path().join("stackseer.toml"), "[[mute]]\nresource = \"orders\"\n").unwrap();
    for command in ["tune", "replay"] {
        let output = stackseer(dir.path(), &[command, "incident"], "80");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(1), "stackseer: stackseer.toml:1: missing field `reason`\n")
        );
    }
}
