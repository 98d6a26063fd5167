//! Every check of the catalogue on its scenario in tests/checks: it fires, with the text that a person reads; it passes; it does
//! not know; and it passes where something only looks like a failure.
//!
//! `CHECK=lambda cargo test -p stackseer-insight --test checks -- --nocapture` runs those with this in their name and shows what
//! they say.

// Scenarios are files, and which of them to run is said from outside.
#![allow(clippy::disallowed_methods)]

mod scenario;

use scenario::{Case, Scenario, World};
use stackseer_catalog::{Catalog, Check};
use stackseer_insight::{CheckAnswer, CheckSituation, Since, check_answers, plan_checks};
use stackseer_model::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/checks")
}

#[test]
fn every_check_fires_passes_and_does_not_know_where_it_should() {
    let only = std::env::var("CHECK").ok();
    let wanted = |check: &&Check| only.as_ref().is_none_or(|part| check.id.contains(part));
    let checks: Vec<&Check> = Catalog::builtin().checks().iter().filter(wanted).collect();
    assert!(!checks.is_empty(), "no check has {only:?} in its name; see catalog/checks");
    let mut failures = Vec::new();
    for check in checks {
        match run(check) {
            Ok(text) => {
                if only.is_some() {
                    println!("{}\n{text}", check.id);
                }
                insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(check.id.as_str(), text);
                });
            }
            Err(failed) => failures.extend(failed.into_iter().map(|why| format!("{}: {why}", check.id))),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_scenario_is_of_a_check() {
    let checks: BTreeSet<String> =
        Catalog::builtin().checks().iter().map(|check| format!("{}.toml", check.id)).collect();
    let files = fs::read_dir(folder()).expect("tests/checks is there");
    let unknown: Vec<String> = files
        .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !checks.contains(name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?} in tests/checks are of no check in catalog/checks");
}

/// What a person is told where it fires, or all that is wrong.
fn run(check: &Check) -> Result<String, Vec<String>> {
    let path = folder().join(format!("{}.toml", check.id));
    let text = fs::read_to_string(&path).map_err(|_| vec!["has no scenario in tests/checks".to_owned()])?;
    let scenario: Scenario = toml::from_str(&text).map_err(|error| vec![error.to_string()])?;
    let mut failures = Vec::new();
    let mut said = String::new();
    for case in scenario.all_that_fire() {
        match fires(check, &scenario, case) {
            Ok(text) => _ = writeln!(said, "# {}\n{text}", case.story),
            Err(why) => failures.push(format!("{}: {why}", case.story)),
        }
    }
    for case in [&scenario.passes].into_iter().chain(&scenario.look_alike) {
        failures.extend(passes(check, &scenario, case).err().map(|why| format!("{}: {why}", case.story)));
    }
    failures.extend(unknown(check, &scenario).err().map(|why| format!("{}: {why}", scenario.unknown.story)));
    if failures.is_empty() { Ok(said) } else { Err(failures) }
}

fn fires(check: &Check, scenario: &Scenario, case: &Case) -> Result<String, String> {
    asked(scenario, case, |situation| {
        let answers = check_answers(situation, check);
        let failing: Vec<&str> = answers
            .iter()
            .filter(|(_, answer)| matches!(answer, CheckAnswer::Fail(_)))
            .map(|(resource, _)| resource.name.as_str())
            .collect();
        let first = answers.first().map(|(resource, _)| resource.name.clone());
        let wanted =
            if case.expect.resources.is_empty() { first.into_iter().collect() } else { case.expect.resources.clone() };
        if failing != wanted {
            return Err(format!("{wanted:?} should fail, and not {failing:?}: {answers:?}"));
        }
        let plan = plan_checks(situation);
        let insight = plan.changed.iter().find(|i| i.check() == Some(check.id.as_str())).ok_or("no insight opens")?;
        if case.expect.severity.is_some_and(|wanted| wanted != insight.severity) {
            return Err(format!("its severity is {:?}", insight.severity));
        }
        let text = told(insight);
        match text.find('{') {
            Some(at) => Err(format!("a placeholder was not filled: {}", text[at..].lines().next().unwrap_or_default())),
            None => Ok(text),
        }
    })
}

fn passes(check: &Check, scenario: &Scenario, case: &Case) -> Result<(), String> {
    asked(scenario, case, |situation| {
        let answers = check_answers(situation, check);
        match answers.iter().find(|(_, answer)| *answer != CheckAnswer::Pass) {
            Some((resource, answer)) => Err(format!("{} should pass: {answer:?}", resource.name)),
            None => Ok(()),
        }
    })
}

fn unknown(check: &Check, scenario: &Scenario) -> Result<(), String> {
    let case = &scenario.unknown;
    let because = case.expect.because.as_deref().ok_or("`expect.because` says why it is not known")?;
    asked(scenario, case, |situation| {
        let answers = check_answers(situation, check);
        let says = |answer: &CheckAnswer| matches!(answer, CheckAnswer::Unknown(why) if why.contains(because));
        if answers.iter().any(|(_, answer)| matches!(answer, CheckAnswer::Fail(_)))
            || !answers.iter().any(|(_, answer)| says(answer))
        {
            return Err(format!("it should not be known because {because:?}: {answers:?}"));
        }
        Ok(())
    })
}

fn asked<T>(
    scenario: &Scenario,
    case: &Case,
    ask: impl FnOnce(&CheckSituation<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let World { inventory, usage } = scenario.world(Catalog::builtin(), case)?;
    let boundary = Boundary::Stack { name: "shop".to_owned() };
    let application = Application::new("111122223333", "eu-central-1", boundary);
    let on = |check: &Check| CheckSetting {
        check: check.id.clone(),
        application: None,
        on: Some(true),
        threshold: None,
        by: "this test".to_owned(),
    };
    let settings: Vec<CheckSetting> = Catalog::builtin().checks().iter().map(on).collect();
    ask(&CheckSituation {
        now: scenario.now,
        application: &application,
        inventory: &inventory,
        usage: &usage,
        since: &Since::created(&inventory),
        settings: &settings,
        known: &[],
        catalog: Catalog::builtin(),
    })
}

/// As it is read on a phone.
fn told(insight: &Insight) -> String {
    let mut text = format!("{} ({})\n", insight.name, format!("{:?}", insight.severity).to_lowercase());
    for (cause, advice) in insight.causes.iter().zip(&insight.recommendations) {
        let _ = writeln!(
            text,
            "  {}\n  > {}\n    {}\n    {}",
            cause.reason, advice.name, advice.description, advice.reason
        );
    }
    text
}
