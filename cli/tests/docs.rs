//! What the documents claim by name is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_test_that_reliability_names_exists() {
    let text = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let named: Vec<&str> = text.split('`').filter_map(|code| code.split_once("::").map(|(_, test)| test)).collect();
    assert!(named.len() > 20, "{named:?}");
    let mut found = Vec::new();
    ["shared", "functions"].iter().for_each(|folder| sources(&root().join(folder), &mut found));
    let missing: Vec<&&str> =
        named.iter().filter(|test| !found.iter().any(|source| source.contains(&format!("fn {test}(")))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_relative_link_leads_somewhere() {
    let docs = fs::read_dir(root().join("docs")).unwrap().flatten().map(|e| e.path()).filter(|path| path.is_file());
    for file in docs.chain([root().join("README.md")]) {
        let text = fs::read_to_string(&file).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if !target.is_empty() && !link.contains("://") {
                assert!(file.parent().unwrap().join(target).exists(), "{}: {link}", file.display());
            }
        }
    }
}
