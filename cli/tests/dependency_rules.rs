//! Which crate may know which, read from `cargo metadata`. docs/architecture.md says why.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What each crate may use of ours; `*` is all. A new crate needs its line here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("stackseer-model", &[]),
    ("stackseer-detect", &[]),
    ("stackseer-catalog", &["stackseer-model"]),
    ("stackseer-insight", &["stackseer-model", "stackseer-catalog", "stackseer-detect"]),
    ("stackseer-line", &["stackseer-model", "stackseer-catalog", "stackseer-detect", "stackseer-insight"]),
    ("stackseer-incident", &["stackseer-model"]),
    ("stackseer-notify", &["stackseer-model", "stackseer-catalog"]),
    ("stackseer-api", &["stackseer-model", "stackseer-catalog", "stackseer-notify"]),
    ("stackseer-page", &[]),
    ("stackseer-embedded", &[]),
    ("stackseer-aws", &["stackseer-model", "stackseer-catalog", "stackseer-notify"]),
    // Nothing that detects or explains: the simulator must not know what it is looked at with.
    ("stackseer-testkit", &["stackseer-model", "stackseer-incident"]),
    ("stackseer-cli", &["*"]),
    // Runs the line over simulations, which themselves know only what CloudWatch would name.
    (
        "stackseer-quality",
        &[
            "stackseer-model",
            "stackseer-catalog",
            "stackseer-detect",
            "stackseer-line",
            "stackseer-incident",
            "stackseer-testkit",
        ],
    ),
    // Times what others do.
    (
        "stackseer-bench",
        &[
            "stackseer-model",
            "stackseer-catalog",
            "stackseer-detect",
            "stackseer-insight",
            "stackseer-line",
            "stackseer-incident",
            "stackseer-testkit",
        ],
    ),
    // A client knows nothing but the API.
    ("stackseer-sdk-client", &[]),
    ("stackseer-features", &[]),
    // Writes what follows from the catalogue.
    ("xtask", &["stackseer-catalog"]),
];

/// The Lambda functions: they put everything together, and nobody uses them but each other.
const FUNCTION: &str = "stackseer-fn-";

/// The only ones beside the functions that may name an AWS crate.
const MAY_USE_AWS: &[&str] = &["stackseer-aws", "stackseer-cli", "stackseer-sdk-client"];

/// The pure core, and what would make it impure.
const PURE: &[&str] =
    &["stackseer-model", "stackseer-detect", "stackseer-catalog", "stackseer-insight", "stackseer-notify"];
const IMPURE: &[&str] = &["tokio", "rand", "getrandom", "reqwest", "hyper", "rusqlite", "futures"];

struct Dependency {
    of: String,
    name: String,
    dev: bool,
}

fn dependencies() -> (Vec<String>, Vec<Dependency>) {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    let used = packages.iter().flat_map(|package| {
        package["dependencies"].as_array().expect("dependencies").iter().map(move |dependency| Dependency {
            of: text(&package["name"]),
            name: text(&dependency["name"]),
            dev: dependency["kind"] == "dev",
        })
    });
    (packages.iter().map(|p| text(&p["name"])).collect(), used.collect())
}

#[test]
fn crates_use_only_what_lies_below_them() {
    let (packages, used) = dependencies();
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong: Vec<String> = packages
        .iter()
        .filter(|p| !may_use.contains_key(p.as_str()) && !p.starts_with(FUNCTION))
        .map(|p| format!("{p} has no line in MAY_USE"))
        .collect();
    for dependency in used.iter().filter(|d| d.name.starts_with("stackseer-")) {
        let allowed = may_use.get(dependency.of.as_str()).copied().unwrap_or_default();
        // Tests may use the test kit and what sits on top, but nobody's tests need AWS.
        let fine = (allowed.contains(&"*") && !dependency.name.starts_with(FUNCTION))
            || dependency.of.starts_with(FUNCTION)
            || allowed.contains(&dependency.name.as_str())
            || (dependency.dev && dependency.name != "stackseer-aws" && dependency.name != "stackseer-cli");
        if !fine {
            wrong.push(format!("{} must not use {}", dependency.of, dependency.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_adapter_and_the_binaries_name_an_aws_crate() {
    let (_, used) = dependencies();
    let aws = |name: &str| name.starts_with("aws-") || name.starts_with("aws_") || name.starts_with("lambda_");
    let wrong: Vec<String> = used
        .iter()
        .filter(|d| aws(&d.name) && !MAY_USE_AWS.contains(&d.of.as_str()) && !d.of.starts_with(FUNCTION))
        .map(|d| format!("{} must not use {}", d.of, d.name))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Anybody can reach it where the console is hosted: what it doesn't have can't be got from it.
#[test]
fn the_function_that_serves_the_page_has_nothing_else_of_ours() {
    let (_, used) = dependencies();
    let of_page = used.iter().filter(|d| d.of == "stackseer-fn-page" && d.name.starts_with("stackseer-"));
    assert_eq!(of_page.map(|d| d.name.as_str()).collect::<Vec<_>>(), ["stackseer-page"]);
}

#[test]
fn the_core_stays_pure() {
    let (_, used) = dependencies();
    let wrong: Vec<String> = used
        .iter()
        .filter(|d| !d.dev && PURE.contains(&d.of.as_str()) && IMPURE.contains(&d.name.as_str()))
        .map(|d| format!("{} must not use {}", d.of, d.name))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_function_has_the_engine_of_the_command_line() {
    let (_, used) = dependencies();
    let having =
        |name: &str| -> Vec<&str> { used.iter().filter(|d| d.name == name && !d.dev).map(|d| d.of.as_str()).collect() };
    assert_eq!(having("dynoxide-rs"), ["stackseer-embedded"]);
    assert_eq!(having("stackseer-embedded"), ["stackseer-cli"]);
}

/// Each crate with its features, as cargo unites them for these packages.
fn united(packages: &str, edges: &str) -> BTreeSet<String> {
    let out = Command::new(env!("CARGO"))
        .args(["tree", "--offline", packages, "--edges", edges, "--prefix", "none", "--format", "{p} {f}"])
        // Else it names what the host would need for the tests of what only builds.
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // What it has shown already it marks.
    let line = |line: &str| line.trim_end_matches(" (*)").trim_end().to_owned();
    String::from_utf8(out.stdout).expect("text").lines().map(line).collect()
}

/// Else `sam build` compiles what the tests have compiled once more: see tests/features.
#[test]
fn the_tests_switch_nothing_on_in_what_the_functions_have() {
    let functions = united("--package=stackseer-fn-*", "normal,build");
    let crate_of = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let theirs: BTreeSet<String> = functions.iter().map(|line| crate_of(line)).collect();
    let (alone, tested) = (united("--workspace", "normal,build"), united("--workspace", "normal,build,dev"));
    let differ: Vec<&String> =
        alone.symmetric_difference(&tested).filter(|line| theirs.contains(&crate_of(line))).collect();
    assert!(theirs.len() > 100 && differ.is_empty(), "{differ:#?}");
}
