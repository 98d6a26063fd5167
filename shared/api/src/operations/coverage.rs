//! What is watched.

use super::command;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::show::setting::{self, EVERY};
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_model::Coverage;

/// A page, and a request, as DevOps Guru has them.
const USUAL_PAGE: usize = 100;
const MOST_STACKS: usize = 1000;
const KEY_BEGINS: &str = "devops-guru-";

pub async fn get<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::GetResourceCollectionRequest>,
) -> Result<Answer<wire::GetResourceCollectionResponse>, Error> {
    let paging = Paging::new(Request::of(&input), input.next_token.as_deref(), None, USUAL_PAGE, Ids::Text)?;
    let coverage = api.settings().await?.coverage;
    let mut collection = wire::ResourceCollectionFilter::default();
    let mut next_token = None;
    match input.resource_collection_type {
        wire::ResourceCollectionType::AwsCloudFormation => {
            let (names, token) = paging.slice(setting::stack_names(&coverage), String::clone);
            collection.cloud_formation = Some(wire::CloudFormationCollectionFilter { stack_names: Some(names) });
            next_token = token;
        }
        wire::ResourceCollectionType::AwsTags => collection.tags = Some(setting::tags(&coverage)),
        wire::ResourceCollectionType::AwsService => {}
    }
    Ok(Answer(wire::GetResourceCollectionResponse { resource_collection: Some(collection), next_token }))
}

/// What to add or to take away.
enum Part {
    Stacks(Vec<String>),
    Tag { key: String, values: Vec<String> },
}

impl Part {
    fn of(filter: &wire::UpdateResourceCollectionFilter) -> Result<Self, Error> {
        let one = "ResourceCollection must have exactly one of CloudFormation and Tags";
        match (&filter.cloud_formation, &filter.tags) {
            (Some(stacks), None) => Ok(Self::Stacks(stacks.stack_names.clone().unwrap_or_default())),
            (None, Some(tags)) => {
                let [tag] = tags.as_slice() else {
                    return Err(Error::combination("ResourceCollection.Tags", "Tags must have exactly one key"));
                };
                let (key, values) = (tag.app_boundary_key.clone(), tag.tag_values.clone());
                if !key.to_ascii_lowercase().starts_with(KEY_BEGINS) {
                    let message = format!("A key that says what belongs together starts with {KEY_BEGINS}");
                    return Err(Error::field("ResourceCollection.Tags[0].AppBoundaryKey", message));
                }
                Ok(Self::Tag { key, values })
            }
            _ => Err(Error::combination("ResourceCollection", one)),
        }
    }

    fn add(&self, coverage: &mut Vec<Coverage>) -> Result<(), Error> {
        match self {
            Self::Stacks(names) => names.iter().try_for_each(|name| add_stack(coverage, name)),
            Self::Tag { key, values } => values.iter().try_for_each(|value| add_value(coverage, key, value)),
        }
    }

    fn remove(&self, coverage: &mut Vec<Coverage>) {
        match self {
            Self::Stacks(names) => {
                let is_all = names.iter().any(|name| name == EVERY);
                coverage.retain_mut(|covered| match covered {
                    Coverage::Region => !is_all,
                    Coverage::Stacks { names: kept } => {
                        kept.retain(|name| !is_all && !names.contains(name));
                        !kept.is_empty()
                    }
                    Coverage::Tags { .. } => true,
                });
            }
            Self::Tag { key, values } => {
                let is_all = values.iter().any(|value| value == EVERY);
                coverage.retain_mut(|covered| match covered {
                    Coverage::Tags { key: of, values: kept } if of == key => {
                        let had_some = !kept.is_empty();
                        kept.retain(|value| !values.contains(value));
                        !(is_all || had_some && kept.is_empty())
                    }
                    _ => true,
                });
            }
        }
    }
}

/// In the order added, and never twice.
fn add_stack(coverage: &mut Vec<Coverage>, name: &str) -> Result<(), Error> {
    if name == EVERY {
        if !coverage.contains(&Coverage::Region) {
            coverage.push(Coverage::Region);
        }
        return Ok(());
    }
    let stacks = coverage.iter_mut().find_map(|covered| match covered {
        Coverage::Stacks { names } => Some(names),
        _ => None,
    });
    match stacks {
        Some(names) if names.iter().any(|known| known == name) => {}
        Some(names) if names.len() >= MOST_STACKS => {
            let message =
                format!("{MOST_STACKS} stacks are watched already, and no more can be by name; {EVERY} is all");
            return Err(Error::field("ResourceCollection.CloudFormation.StackNames", message));
        }
        Some(names) => names.push(name.to_owned()),
        None => coverage.push(Coverage::Stacks { names: vec![name.to_owned()] }),
    }
    Ok(())
}

fn add_value(coverage: &mut Vec<Coverage>, key: &str, value: &str) -> Result<(), Error> {
    let tags = coverage.iter_mut().find_map(|covered| match covered {
        Coverage::Tags { key, values } => Some((key, values)),
        _ => None,
    });
    match tags {
        Some((of, _)) if of != key => {
            let message = format!("Resources are watched by the key {of}, and only by one");
            return Err(Error::combination("ResourceCollection.Tags", message));
        }
        // Every value is watched already.
        Some((_, values)) if values.is_empty() || values.iter().any(|known| known == value) => {}
        Some((_, values)) if value == EVERY => values.clear(),
        Some((_, values)) => values.push(value.to_owned()),
        None => {
            let values = Some(value.to_owned()).filter(|value| value != EVERY).into_iter().collect();
            coverage.push(Coverage::Tags { key: key.to_owned(), values });
        }
    }
    Ok(())
}

pub async fn update<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::UpdateResourceCollectionRequest>,
) -> Result<Answer<wire::UpdateResourceCollectionResponse>, Error> {
    let part = Part::of(&input.resource_collection)?;
    let (words, action) = match input.action {
        wire::UpdateResourceCollectionAction::Add => (("Added", "to"), "ADD"),
        wire::UpdateResourceCollectionAction::Remove => (("Took", "from"), "REMOVE"),
    };
    let named = match &part {
        Part::Stacks(names) => names.join(", "),
        Part::Tag { key, values } => format!("{key}={}", values.join(", ")),
    };
    let what = format!("{} {named} {} what is watched", words.0, words.1);
    let arguments = [("action", json!(action)), ("resource-collection", json!(input.resource_collection))];
    let entry = api.entry(&caller, &what, Some(&command("update-resource-collection", &arguments)));
    api.change(&entry, |settings| match input.action {
        wire::UpdateResourceCollectionAction::Add => part.add(&mut settings.coverage),
        wire::UpdateResourceCollectionAction::Remove => {
            part.remove(&mut settings.coverage);
            Ok(())
        }
    })
    .await?;
    Ok(Answer(wire::UpdateResourceCollectionResponse {}))
}
