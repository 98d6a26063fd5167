//! Templates: `{placeholder}` from a closed set, refused at build time when misspelt.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What to do and why. Every field is a template.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    pub name: String,
    pub description: String,
    pub reason: String,
    #[serde(default)]
    pub link: String,
}

/// Puts `values` in place of `{name}`. A placeholder without a value stays as it is, so that a test sees it.
pub fn fill<Name: AsRef<str>>(template: &str, values: &BTreeMap<Name, String>) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{}}}", name.as_ref()), value);
    }
    text
}
