//! The built program over an incident folder.

use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PERIOD: i64 = 300;
/// 2026-11-01T00:00:00Z
const START: i64 = 1_793_491_200;
const LEARN: i64 = 10 * 24 * 3600;
const WATCH: i64 = 6 * 3600;
/// Within the watched range: 10 times the latency for an hour.
const SLOW: std::ops::Range<i64> = (START + LEARN + 2 * 3600)..(START + LEARN + 3 * 3600);

/// `web` waits for `orders`, which becomes slow for an hour.
fn folder(path: &Path, slow: bool) {
    folder_with(path, if slow { &[SLOW] } else { &[] });
}

fn folder_with(path: &Path, slow: &[std::ops::Range<i64>]) {
    fs::create_dir_all(path).unwrap();
    let (learn_to, watch_to) = (START + LEARN, START + LEARN + WATCH);
    let settings = format!(
        "format = 1\napplication = \"shop\"\nperiod = {PERIOD}\n\n[learn]\nfrom = {START}\nto = {learn_to}\n\n[watch]\nfrom = {learn_to}\nto = {watch_to}\n"
    );
    fs::write(path.join("incident.toml"), settings).unwrap();
    let mut csv = "timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value\n".to_owned();
    for (resource, own) in [("web", 40.0), ("orders", 20.0)] {
        for time in (START..watch_to).step_by(PERIOD as usize) {
            let wobble = ((time / PERIOD * 7919) % 17) as f64 / 10.0;
            let extra = if slow.iter().any(|slow| slow.contains(&time)) { 200.0 } else { 0.0 };
            writeln!(
                csv,
                "{time},{resource},Custom::Service,Shop,Latency,Average,,latency:unit=Milliseconds,{}",
                own + wobble + extra
            )
            .unwrap();
            writeln!(csv, "{time},{resource},Custom::Service,Shop,Requests,Sum,,traffic,{}", 900.0 + 10.0 * wobble)
                .unwrap();
        }
    }
    fs::write(path.join("metrics.csv"), csv).unwrap();
    fs::write(path.join("topology.csv"), "source,target,kind\nweb,orders,sync\n").unwrap();
}

fn replay(path: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stackseer"))
        .arg("replay")
        .arg(path)
        .args(more)
        .stdin(Stdio::null())
        .env("COLUMNS", "80")
        .output()
        .unwrap()
}

fn json(path: &Path) -> Value {
    let output = replay(path, &["--output", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_incident_is_one_insight_that_closes_and_names_its_cause() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), true);
    let report = json(dir.path());
    let insights = report["insights"].as_array().unwrap();
    assert_eq!(insights.len(), 1, "{report:#}");
    let insight = &insights[0];
    assert_eq!((insight["status"].as_str(), insight["type"].as_str()), (Some("closed"), Some("reactive")));
    assert_eq!(insight["causes"][0]["resource"]["name"], "orders");
    let seconds = |field: &str| insight[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
    assert!((seconds("start_time") - SLOW.start).abs() <= 600, "{}", insight["start_time"]);
    assert!((seconds("end_time") - SLOW.end).abs() <= 600, "{}", insight["end_time"]);
}

#[test]
fn a_repeat_keeps_its_severity_unless_asked_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    // More than an hour after the end of the first.
    let again = SLOW.start + 10_800..SLOW.end + 10_800 - 1800;
    folder_with(dir.path(), &[SLOW, again]);
    let severities = |more: &[&str]| -> Vec<String> {
        let output = replay(dir.path(), &[&["--output", "json"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut insights = report["insights"].as_array().unwrap().clone();
        insights.sort_by_key(|insight| insight["start_time"].to_string());
        insights.iter().map(|insight| insight["severity"].as_str().unwrap().to_owned()).collect()
    };
    let kept = severities(&[]);
    assert!(kept.len() == 2 && kept[0] == kept[1] && kept[0] != "low", "{kept:?}");
    assert_eq!(severities(&["--repeats", "keep"]), kept);
    assert_eq!(severities(&["--repeats", "low"]), [kept[0].as_str(), "low"]);
}

#[test]
fn people_see_it_open_and_close() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), true);
    let output = replay(dir.path(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["closed", "Cause", "orders", "Timeline", "What to do", "shop: nothing is wrong now, 1 closed"] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn ordinary_hours_open_nothing() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    assert_eq!(json(dir.path())["insights"], Value::Array(vec![]));
    let text = String::from_utf8(replay(dir.path(), &[]).stdout).unwrap();
    assert!(text.starts_with("shop: nothing is wrong."), "{text}");
}

/// What a person is told of the folder that `change` made of an ordinary one; the exit code is 0.
fn told(change: impl Fn(String) -> String, file: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    // It would name resources that are gone.
    fs::remove_file(dir.path().join("topology.csv")).unwrap();
    let path = dir.path().join(file);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    let output = replay(dir.path(), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("nothing is wrong"), "{text}");
    text
}

#[test]
fn what_has_no_data_is_never_healthy() {
    let header = |text: &str| text.lines().next().unwrap().to_owned() + "\n";
    let only = |keep: fn(i64) -> bool| {
        move |text: String| {
            let kept = |line: &&str| line.split(',').next().unwrap().parse().map_or(true, keep);
            text.lines().filter(kept).map(|line| format!("{line}\n")).collect::<String>()
        }
    };
    let said = told(|text| header(&text), "metrics.csv");
    assert!(said.starts_with("shop: no"), "{said}");
    let said = told(only(|time| time < START + LEARN), "metrics.csv");
    assert!(said.contains("\nshop: nothing was read: no metric has a point"), "{said}");
    assert!(said.contains("Requests Stopped In Stack shop: web"), "{said}");
    let said = told(only(|time| time >= START + LEARN), "metrics.csv");
    assert!(said.starts_with("shop: nothing was learned"), "{said}");
}

#[test]
fn a_folder_with_another_period_than_its_datas_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), true);
    let path = dir.path().join("incident.toml");
    let settings = fs::read_to_string(&path).unwrap();
    for (period, place) in [("60", "incident.toml:3: period"), ("3600", "metrics.csv:")] {
        fs::write(&path, settings.replace("period = 300", &format!("period = {period}"))).unwrap();
        let output = replay(dir.path(), &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && error.contains(place) && error.contains("300 s"), "{error}");
    }
}

#[test]
fn without_a_terminal_no_line_is_wrapped_unless_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), true);
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackseer"));
    let output = command.arg("replay").arg(dir.path()).env_remove("COLUMNS").stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report = json(dir.path());
    let reason = report["insights"][0]["causes"][0]["reason"].as_str().unwrap();
    assert!(reason.len() > 60 && text.contains(reason), "{reason}\n{text}");
}

#[test]
fn the_points_of_the_charts_are_in_the_json_when_they_are_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), true);
    let has = |more: &[&str]| String::from_utf8(replay(dir.path(), more).stdout).unwrap().contains("\"series\"");
    assert!(!has(&["--output", "json"]) && has(&["--output", "json", "--series"]));
}

#[test]
fn a_broken_folder_names_file_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    let metrics = dir.path().join("metrics.csv");
    let broken = fs::read_to_string(&metrics).unwrap().replacen(",traffic,", ",traffic,many", 1);
    fs::write(&metrics, broken).unwrap();
    let output = replay(dir.path(), &[]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("metrics.csv:3: value"), "{error}");
}

#[test]
fn a_catalogue_file_with_a_misspelt_key_is_refused_by_line() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    let own =
        dir.path().parent().unwrap().join(format!("{}-own.toml", dir.path().file_name().unwrap().to_str().unwrap()));
    fs::write(&own, "namespace = \"Shop\"\nresorce_type = \"Custom::Service\"\n").unwrap();
    let output = replay(dir.path(), &["--catalog", own.to_str().unwrap()]);
    fs::remove_file(&own).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("-own.toml:2") && error.contains("resource_type"), "{error}");
}
