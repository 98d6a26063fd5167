//! template.yaml, for the tests that hold it to something.

use saphyr::{LoadableYamlNode, Yaml};
use std::path::Path;

pub fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    std::fs::read_to_string(path).expect("template.yaml")
}

pub fn parsed(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).expect("template.yaml is YAML").remove(0)
}

/// Whatever the tag: `!If`, `!Sub` and the like stay as they are inside.
pub fn plain<'a, 'y>(node: &'a Yaml<'y>) -> &'a Yaml<'y> {
    match node {
        Yaml::Tagged(_, inner) => plain(inner),
        other => other,
    }
}

pub fn get<'a, 'y>(node: &'a Yaml<'y>, key: &str) -> Option<&'a Yaml<'y>> {
    plain(node).as_mapping()?.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, value)| value)
}
