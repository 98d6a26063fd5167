use serde::de::DeserializeOwned;
use std::ops::Range;

/// What is wrong with a file, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ScenarioError {
    pub file: String,
    pub line: usize,
    pub problem: String,
}

/// The file that is being read.
#[derive(Clone, Copy)]
pub struct At<'t> {
    pub file: &'t str,
    pub text: &'t str,
}

impl At<'_> {
    pub fn error(&self, span: Range<usize>, problem: String) -> ScenarioError {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        ScenarioError { file: self.file.to_owned(), line, problem }
    }
}

pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ScenarioError> {
    toml::from_str(text)
        .map_err(|error| At { file, text }.error(error.span().unwrap_or_default(), error.message().to_owned()))
}
