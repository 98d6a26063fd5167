//! What a file of `/catalog` may say, and the rules that hold between files.

mod checks;
mod metrics;
mod patterns;
mod predicate;
mod rules;
mod text;

pub use checks::Check;
pub use metrics::{MetricSpec, Service};
pub use patterns::{DirectionWord, Effect, Pattern};
pub use predicate::{
    AttributeIs, Bound, ChangeTest, Limit, LookAlike, MetricIs, Over, Place, Predicate, Side, Test, Which,
};
pub use text::{Advice, fill};

use serde::de::DeserializeOwned;

/// The whole catalogue, as read from its files.
#[derive(Debug, Clone, Default)]
pub struct Read {
    pub services: Vec<Service>,
    pub checks: Vec<Check>,
    pub patterns: Vec<Pattern>,
}

/// What is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{at}: {problem}", at = line.map(|l| format!(":{l}")).unwrap_or_default())]
pub struct CatalogError {
    pub file: String,
    pub line: Option<usize>,
    pub problem: String,
}

/// `files`: path and text. The folder in the path (`metrics`, `checks`, `patterns`) says what a file is.
pub fn read(files: &[(String, String)]) -> Result<Read, Vec<CatalogError>> {
    let mut read = Read::default();
    let mut errors = Vec::new();
    for (file, text) in files {
        let mut parts = file.rsplit('/');
        let id = parts.next().unwrap_or_default().trim_end_matches(".toml").to_owned();
        let result = match parts.next() {
            Some("checks") => parse(file, text).map(|check| read.checks.push(Check { id, ..check })),
            Some("patterns") => parse(file, text).map(|pattern| read.patterns.push(Pattern { id, ..pattern })),
            _ => parse(file, text).map(|service| read.services.push(Service { id, ..service })),
        };
        errors.extend(result.err());
    }
    if errors.is_empty() {
        errors = rules::broken(&read);
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    toml::from_str(text).map_err(|error| CatalogError {
        file: file.to_owned(),
        line: error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1),
        problem: error.message().to_owned(),
    })
}
