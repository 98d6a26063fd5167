//! What each operation does, by what it is about.

pub mod anomalies;
pub mod applications;
pub mod audit;
pub mod channels;
pub mod costs;
pub mod coverage;
pub mod events;
pub mod expiries;
pub mod feedback;
pub mod handling;
pub mod health;
pub mod insights;
pub mod integrations;
pub mod mutes;
pub mod organization;
pub mod recommendations;
pub mod resources;
pub mod sensitivities;
pub mod settings;
pub mod status;

use crate::error::Error;
use crate::time::Time;
use crate::wire;
use serde_json::Value;
use stackseer_model::{Application, Boundary, Timestamp};

/// The AWS CLI's command for an operation of DevOps Guru, with its arguments.
pub fn command(operation: &str, arguments: &[(&str, Value)]) -> String {
    let mut command = format!("aws devops-guru {operation}");
    for (name, value) in arguments {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        command.push_str(&format!(" --{name} {}", quoted(text)));
    }
    command
}

/// As a shell reads it back unchanged.
pub fn quoted(text: String) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/=,".contains(c));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

pub type Range = (Option<Timestamp>, Option<Timestamp>);

/// Both ends inclusive.
pub fn range(field: &str, from: Option<Time>, to: Option<Time>) -> Result<Range, Error> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => {
            Err(Error::field(field, format!("{field} ends before it begins: FromTime must not be after ToTime")))
        }
        (from, to) => Ok((from.map(|time| time.0), to.map(|time| time.0))),
    }
}

/// Whether the application is one of those that a filter names; without a filter every one is.
pub fn is_in(collection: Option<&wire::ResourceCollection>, application: &Application) -> bool {
    let Some(collection) = collection else { return true };
    let stacks = collection.cloud_formation.as_ref().and_then(|stacks| stacks.stack_names.as_ref());
    let of_tag = |tag: &wire::TagCollection, key: &str, value: &str| {
        tag.app_boundary_key == key && tag.tag_values.iter().any(|wanted| wanted == value || wanted == "*")
    };
    let asks_nothing = stacks.is_none() && collection.tags.is_none();
    asks_nothing
        || match &application.boundary {
            Boundary::Stack { name } => stacks.is_some_and(|names| names.contains(name)),
            Boundary::Tag { key, value } => collection.tags.iter().flatten().any(|tag| of_tag(tag, key, value)),
            Boundary::Unassigned => false,
        }
}
