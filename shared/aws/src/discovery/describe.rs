//! Configuration and edges that only the services themselves know, read live: a list for the whole Region once a run, a call
//! of its own only for members of the application. What could not be read stays unknown, and the rest goes on.

mod answers;
mod apis;
mod databases;
mod dynamodb;
mod lambda;
mod reading;
mod refined;
mod scaling;
#[cfg(test)]
mod tests;
mod topics;
mod zones;

use super::edges::Found;
use super::lookup::Lookup;
use crate::client::Place;
use crate::signed::Signed;
pub(crate) use answers::queue_url;
use answers::{List, Lists};
use aws_config::SdkConfig;
use lambda::Functions;
use reading::Reading;
use serde_json::Value;
use stackseer_catalog::Node;
use stackseer_model::ports::PortError;
use stackseer_model::{EdgeKind, Inventory};
use std::sync::Arc;

/// One run's view of the services: what is listed for the whole Region is listed once.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    lambda: aws_sdk_lambda::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    sns: aws_sdk_sns::Client,
    signed: Signed,
    functions: Arc<Functions>,
    lists: Arc<Lists>,
}

impl Live {
    pub(crate) fn new(sdk: &SdkConfig, place: Place) -> Self {
        Self {
            lambda: aws_sdk_lambda::Client::new(sdk),
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            sns: aws_sdk_sns::Client::new(sdk),
            signed: Signed::new(sdk, place),
            functions: Arc::default(),
            lists: Arc::default(),
        }
    }

    /// Adds to the inventory what can be read, and to its `unseen` what can't.
    pub(crate) async fn describe(&self, inventory: &mut Inventory, lookup: &Lookup) {
        let mut found = Found::new(lookup, std::mem::take(&mut inventory.edges));
        let mut reading = Reading::new(lookup, inventory);
        // What starts functions comes before what is asked of those that are started.
        self.of_topics(&mut reading, &mut found).await;
        self.of_functions(&mut reading, &mut found).await;
        self.of_tables(&mut reading).await;
        self.of_answers(&mut reading).await;
        self.of_databases(&mut reading).await;
        self.of_apis(&mut reading).await;
        self.of_scaling(&mut reading).await;
        let missed = reading.missed;
        inventory.edges = found.finish();
        inventory.unseen.extend(missed);
        name_parts(lookup, inventory);
    }

    /// All of the Region, asked for once a run.
    async fn listed(&self, list: &'static List) -> Result<Arc<Vec<Value>>, PortError> {
        self.lists.get(&self.signed, list).await
    }
}

/// Nobody knows a part that stands between two by its id.
fn name_parts(lookup: &Lookup, inventory: &mut Inventory) {
    let parts: Vec<_> = inventory.edges.iter().filter(|edge| edge.kind == EdgeKind::Part).collect();
    let entries = parts.iter().filter(|edge| lookup.node(&edge.to) == Node::Helper);
    let named = entries.filter_map(|entry| {
        let exit = parts.iter().find(|exit| exit.from == entry.to)?;
        let (from, to) = (inventory.named(&entry.from).name, inventory.named(&exit.to).name);
        Some((entry.to.clone(), format!("{from} to {to}")))
    });
    for (id, name) in named.collect::<Vec<_>>() {
        inventory.resources.iter_mut().filter(|r| r.id == id).for_each(|r| r.name.clone_from(&name));
    }
}
