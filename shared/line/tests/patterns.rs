//! Every pattern of the catalogue on its scenario in tests/patterns: learned, watched tick by tick and planned by the very code
//! that watches an account. It must fire on its incident and be silent on what looks like it.
//!
//! `PATTERN=lambda-duration-invocations cargo test -p stackseer-line --test patterns -- --nocapture` runs those with this in their
//! name and shows what it found.

mod replay;

use replay::{Replayed, replay};
use serde::Deserialize;
use stackseer_catalog::{Catalog, Pattern};
use stackseer_model::{Insight, InsightType, MessageType, Status};
use stackseer_testkit::scenario::{Case, OrdinaryByType, Scenario};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{fs, thread};

/// What a case expects.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// Name of the resource that comes first among the causes.
    cause: Option<String>,
    /// A look-alike's own name: the pattern that is right.
    pattern: Option<String>,
    /// How many reactive insights open; 1 where it fires, not looked at in a look-alike that doesn't say.
    insights: Option<usize>,
}

type Failures = Vec<String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn usual() -> OrdinaryByType {
    let text = fs::read_to_string(folder().join("ordinary.toml")).expect("tests/ordinary.toml is there");
    OrdinaryByType::read("tests/ordinary.toml", &text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_pattern_fires_on_its_incident_and_not_on_its_look_alikes() {
    let only = std::env::var("PATTERN").ok();
    let catalog = Catalog::builtin();
    let wanted = |p: &&Pattern| only.as_ref().is_none_or(|part| p.id.contains(part));
    let patterns: Mutex<VecDeque<&Pattern>> = Mutex::new(catalog.patterns().iter().filter(wanted).collect());
    assert!(!patterns.lock().unwrap().is_empty(), "no pattern has {only:?} in its name; see catalog/patterns");
    let usual = usual();
    let titles = Mutex::new(BTreeMap::new());
    let failures = Mutex::new(BTreeMap::new());
    let next = || patterns.lock().unwrap().pop_front();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(pattern) = next() {
                    match run(pattern, catalog, &usual, only.is_some()) {
                        Ok(title) => drop(titles.lock().unwrap().insert(pattern.id.clone(), title)),
                        Err(failed) => drop(failures.lock().unwrap().insert(pattern.id.clone(), failed)),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let text: Vec<String> = failures.into_values().flatten().collect();
    assert!(text.is_empty(), "\n{}", text.join("\n"));
    if only.is_none() {
        let titles = titles.into_inner().unwrap();
        let lines: Vec<String> = titles.iter().map(|(id, title)| format!("{id}\n    {title}")).collect();
        insta::assert_snapshot!("titles", lines.join("\n"));
    }
}

#[test]
fn every_scenario_is_of_a_pattern() {
    let unknown: Vec<String> = fs::read_dir(folder().join("patterns"))
        .expect("tests/patterns is there")
        .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !Catalog::builtin().patterns().iter().any(|p| *name == format!("{}.toml", p.id)))
        .map(|name| format!("tests/patterns/{name} is of no pattern: write catalog/patterns/{name}, or remove it"))
        .collect();
    assert!(unknown.is_empty(), "\n{}", unknown.join("\n"));
}

/// The title it fired with, or everything that is wrong.
fn run(pattern: &Pattern, catalog: &Catalog, usual: &OrdinaryByType, show: bool) -> Result<String, Failures> {
    let file = format!("tests/patterns/{}.toml", pattern.id);
    let text = fs::read_to_string(folder().join(format!("patterns/{}.toml", pattern.id))).map_err(|_| {
        vec![format!("{file}: pattern {} has no scenario: write it as docs/adding-patterns.md says", pattern.id)]
    })?;
    let scenario: Scenario<Expect> = Scenario::read(&file, &text, usual).map_err(|e| vec![e.to_string()])?;
    let mut failures = vec![];
    if scenario.look_alikes.is_empty() {
        failures.push(format!("{file}: needs at least one [[look_alike]]: what could this be taken for?"));
    }

    let fired = replay(&scenario.fires.incident, catalog);
    let wrong = wrong_when_fired(pattern, &scenario.fires, &fired);
    if show || !wrong.is_empty() {
        eprintln!("{file} [fires]\n{}", shown(&fired));
    }
    failures.extend(wrong.into_iter().map(|w| format!("{file} [fires]: {w}")));

    for (i, case) in scenario.look_alikes.iter().enumerate() {
        let found = replay(&case.incident, catalog);
        let wrong = wrong_in_look_alike(pattern, case, &found);
        if show || !wrong.is_empty() {
            eprintln!("{file} [[look_alike]] {}: {}\n{}", i + 1, case.story, shown(&found));
        }
        failures.extend(wrong.into_iter().map(|w| format!("{file} [[look_alike]] {}: {w}", i + 1)));
    }
    match fired.reactive().next() {
        Some(insight) if failures.is_empty() => Ok(insight.name.clone()),
        _ => Err(failures),
    }
}

fn wrong_when_fired(pattern: &Pattern, case: &Case<Expect>, found: &Replayed) -> Failures {
    let mut wrong = wrong_before(case, found);
    let insights: Vec<&Insight> = found.reactive().collect();
    let expected = case.expect.insights.unwrap_or(1);
    if insights.len() != expected {
        wrong.push(format!("{expected} insight expected, {} opened", insights.len()));
    }
    let Some(insight) = insights.iter().find(|i| i.pattern() == Some(pattern.id.as_str())) else {
        wrong.push("no insight was named by the pattern".to_owned());
        return wrong;
    };
    if !is_filled(&pattern.title, &insight.name) {
        wrong.push(format!("`{}` is not its title `{}`", insight.name, pattern.title));
    }
    let cause = insight.causes.first().map(|c| c.resource.name.clone());
    if cause.is_none() || cause != case.expect.cause {
        wrong.push(format!("expect = {{ cause = {:?} }}, but the first cause is {cause:?}", case.expect.cause));
    }
    let advice = insight.recommendations.first();
    match advice {
        Some(advice) if advice.reason.chars().any(|c| c.is_ascii_digit()) => {}
        _ => wrong.push("no recommendation with a reason in numbers".to_owned()),
    }
    let advice = advice.map(|a| [&a.name, &a.description, &a.reason]).into_iter().flatten();
    let reasons = insight.causes.iter().map(|c| &c.reason);
    for text in [&insight.name, &insight.description].into_iter().chain(advice).chain(reasons) {
        if text.contains(['{', '}']) {
            wrong.push(format!("a placeholder is not filled in: {text}"));
        }
    }
    if insight.status != Status::Closed {
        wrong.push("it is still open an hour after the incident".to_owned());
    }
    for (kind, told) in [(MessageType::NewInsight, expected), (MessageType::ClosedInsight, expected)] {
        let count = found.messages.iter().filter(|m| m.message_type == kind).count();
        if count != told {
            wrong.push(format!("{kind:?} was told {count} times"));
        }
    }
    wrong
}

fn wrong_in_look_alike(pattern: &Pattern, case: &Case<Expect>, found: &Replayed) -> Failures {
    let mut wrong = wrong_before(case, found);
    if let Some(insight) = found.ever.iter().find(|i| i.pattern() == Some(pattern.id.as_str())) {
        wrong.push(format!("it was named: {}", insight.name));
    }
    let named = |id: &String| found.reactive().any(|i| i.pattern() == Some(id.as_str()));
    if let Some(right) = case.expect.pattern.as_ref().filter(|id| !named(id)) {
        wrong.push(format!("no insight was named by {right}"));
    }
    if let Some(expected) = case.expect.insights
        && found.reactive().count() != expected
    {
        wrong.push(format!("{expected} insights expected, {} opened", found.reactive().count()));
    }
    if case.expect.cause.is_some() {
        wrong.push("`cause` is for [fires]".to_owned());
    }
    wrong
}

/// Five minutes of grace: a stray error just before the first of many is taken for the first.
fn wrong_before(case: &Case<Expect>, found: &Replayed) -> Failures {
    let early = |i: &&Insight| i.open_time < case.from || i.start_time.as_second() < case.from.as_second() - 300;
    found.reactive().filter(early).map(|i| format!("opened before anything happened: {}", i.name)).collect()
}

/// Whether the text can be the template with its placeholders filled in.
fn is_filled(template: &str, text: &str) -> bool {
    let mut rest = text;
    let mut pieces = template.split('{').enumerate().map(|(i, piece)| match piece.split_once('}') {
        Some((_, literal)) if i > 0 => literal,
        _ => piece,
    });
    match pieces.next().and_then(|first| rest.strip_prefix(first)) {
        Some(after) => rest = after,
        None => return false,
    }
    let pieces: Vec<&str> = pieces.collect();
    for piece in &pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    pieces.last().is_some_and(|last| last.is_empty()) || rest.is_empty()
}

fn shown(found: &Replayed) -> String {
    let mut text = String::new();
    for insight in found.reactive() {
        let _ = writeln!(text, "  {} [{}]", insight.name, insight.pattern().unwrap_or("no pattern"));
        let _ = writeln!(text, "    {}", insight.description);
        for cause in &insight.causes {
            let _ = writeln!(text, "    cause {} {:?}: {}", cause.resource.name, cause.share, cause.reason);
        }
        for advice in &insight.recommendations {
            let _ = writeln!(text, "    do: {}. {} Why: {}", advice.name, advice.description, advice.reason);
        }
        for anomaly in &insight.anomalies {
            let score = anomaly.of_metric().map_or(0.0, |m| m.score);
            let _ = writeln!(text, "    {:?} score {score:.1}: {}", anomaly.anomaly_type, anomaly.description);
        }
        for change in &insight.history {
            let _ = writeln!(text, "    {} {}: {}", change.time, change.step.label(), change.reason);
        }
    }
    if text.is_empty() { "  nothing opened\n".to_owned() } else { text }
}

impl Replayed {
    fn reactive(&self) -> impl Iterator<Item = &Insight> {
        self.insights.iter().filter(|i| i.insight_type() == InsightType::Reactive)
    }
}

#[test]
fn a_title_is_compared_with_its_template() {
    let template = "Lambda {resource} slow after {change}";
    assert!(is_filled(template, "Lambda checkout slow after UpdateFunctionCode"));
    assert!(!is_filled(template, "Repeated Insight: Lambda checkout slow after UpdateFunctionCode"));
    assert!(!is_filled(template, "Lambda checkout quick after UpdateFunctionCode"));
    assert!(!is_filled("Table {resource} throttles", "Table orders throttles nothing"));
}
