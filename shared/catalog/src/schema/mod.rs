//! What a file of `/catalog` may say, and the rules that hold between files.

mod changes;
mod checks;
mod devops_guru;
mod forms;
mod looks;
mod metrics;
mod patterns;
mod place;
mod predicate;
mod resources;
mod rules;
mod tables;
mod text;
mod verdicts;

pub use changes::{Change, ChangedProperty, Changes};
pub use checks::{Check, Default as AskedByDefault, OTHERS, SeverityAt, Worse};
pub use devops_guru::{DevOpsGuru, ItsService, ItsUnseen};
pub use forms::{Form, Said};
pub use looks::{ANY, Look, Looks};
pub use metrics::{MetricSpec, Needs, Service};
pub use patterns::{Cost, CostPart, DirectionWord, Effect, Pattern};
pub use predicate::{
    AttributeIs, Bound, ChangeTest, Each, Ends, Limit, LimitOf, LookAlike, MetricIs, Over, Place, Predicate, Reaching,
    Side, Test, Trend, Unit, Which,
};
pub use resources::{
    ArnForms, AttributeSpec, EdgeSpec, IamAction, Ignored, LiveField, Node, Notation, PartProperty, ResourceType,
    RunBy, Scope, Variant, Way,
};
pub use tables::{DataTable, Row, date};
pub use text::{Advice, fill};
pub use verdicts::VerdictRules;

use serde::de::DeserializeOwned;

/// The catalogue's folders.
pub const FOLDERS: [&str; 10] =
    ["resources", "ignored", "changes", "metrics", "checks", "patterns", "advice", "data", "verdicts", "devops-guru"];

/// The whole catalogue, as read from its files.
#[derive(Debug, Clone, Default)]
pub struct Read {
    pub resources: Vec<ResourceType>,
    pub ignored: Vec<Ignored>,
    pub changes: Vec<Changes>,
    pub services: Vec<Service>,
    pub checks: Vec<Check>,
    pub patterns: Vec<Pattern>,
    pub looks: Vec<Looks>,
    pub verdicts: Vec<VerdictRules>,
    pub devops_guru: Vec<DevOpsGuru>,
    pub tables: Vec<DataTable>,
}

/// What is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{at}: {problem}", at = line.map(|l| format!(":{l}")).unwrap_or_default())]
pub struct CatalogError {
    pub file: String,
    pub line: Option<usize>,
    pub problem: String,
}

/// `files`: path and text. The folder in the path (one of [`FOLDERS`]) says what a file is; in any other it is
/// one of metrics.
pub fn read(files: &[(String, String)]) -> Result<Read, Vec<CatalogError>> {
    let mut read = Read::default();
    let mut errors = Vec::new();
    for (file, text) in files {
        let (folder, id) = folder_and_id(file);
        let id = id.to_owned();
        let result = match folder {
            "resources" => parse(file, text).map(|r| read.resources.push(ResourceType { id, ..r })),
            "ignored" => parse(file, text).map(|ignored| read.ignored.push(Ignored { id, ..ignored })),
            "changes" => parse(file, text).map(|changes| read.changes.push(Changes { id, ..changes })),
            "checks" => parse(file, text).map(|check| read.checks.push(Check { id, ..check })),
            "advice" => parse(file, text).map(|looks| read.looks.push(Looks { id, ..looks })),
            "verdicts" => parse(file, text).map(|rules| read.verdicts.push(VerdictRules { id, ..rules })),
            "data" => parse(file, text).map(|table| read.tables.push(DataTable { id, ..table })),
            "devops-guru" => parse(file, text).map(|list| read.devops_guru.push(DevOpsGuru { id, ..list })),
            "patterns" => parse(file, text).map(|pattern| read.patterns.push(Pattern { id, ..pattern })),
            _ => parse(file, text).map(|service| read.services.push(Service { id, ..service })),
        };
        errors.extend(result.err());
    }
    if errors.is_empty() {
        errors = rules::broken(&read).into_iter().map(|broken| located(broken, files)).collect();
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

/// The folder of [`FOLDERS`] that a path means, and the file's name without `.toml`.
fn folder_and_id(path: &str) -> (&str, &str) {
    let (before, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = before.rsplit('/').next().filter(|folder| FOLDERS.contains(folder));
    (folder.unwrap_or("metrics"), name.strip_suffix(".toml").unwrap_or(name))
}

/// With the file's own path. Of two that are called so it is the later, a user's: what is built in has kept the rules already.
fn located(broken: rules::Broken, files: &[(String, String)]) -> CatalogError {
    let rules::Broken { folder, id, at, problem } = broken;
    let named = files.iter().rev().find(|(file, _)| folder_and_id(file) == (folder, id.as_str()));
    match named {
        Some((file, text)) => CatalogError { file: file.clone(), line: place::line_of(text, &at), problem },
        None => CatalogError { file: format!("catalog/{folder}/{id}.toml"), line: None, problem },
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogError> {
    toml::from_str(text).map_err(|error| CatalogError {
        file: file.to_owned(),
        line: error.span().map(|span| place::line_at(text, span.start)),
        problem: error.message().to_owned(),
    })
}

impl Read {
    /// Every change, in the order in which they decide.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        let of_resources = self.resources.iter().flat_map(|r| &r.changes);
        of_resources.chain(self.changes.iter().flat_map(|c| &c.change))
    }
}
