//! Applications, their resources and how these hang together.

mod addresses;
mod attributes;
#[cfg(test)]
mod corpus;
mod definitions;
mod describe;
mod edges;
#[cfg(test)]
mod every_type;
#[cfg(test)]
mod first_day;
mod intrinsics;
mod lookup;
mod policies;
mod region;
mod stacks;
mod tags;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

use crate::Metrics;
use crate::client::Place;
use crate::error::unseen;
use aws_config::SdkConfig;
use describe::Live;
pub(crate) use describe::queue_url;
use edges::Stack;
use futures_util::stream::{self, StreamExt};
use intrinsics::Scope;
use lookup::Lookup;
use region::Assigned;
use stacks::{Head, StackRead, Stacks};
use stackseer_catalog::{Arn, Catalog};
use stackseer_model::ports::{PortError, ResourceSource};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tags::{Tagged, Tags};

/// Stacks read at the same time.
const AT_ONCE: usize = 3;

/// One run's view of an account in a Region. What was read once is not read again: a new run makes a new one.
#[derive(Debug, Clone)]
pub struct Resources {
    place: Place,
    stacks: Stacks,
    tags: Tags,
    live: Live,
    metrics: Metrics,
    catalog: Arc<Catalog>,
}

impl Resources {
    pub(crate) fn new(sdk: &SdkConfig, place: Place, metrics: Metrics, catalog: &Catalog) -> Self {
        let live = Live::new(sdk, place.clone());
        let catalog = Arc::new(catalog.clone());
        Self {
            stacks: Stacks::new(aws_sdk_cloudformation::Client::new(sdk), place.clone(), catalog.clone()),
            tags: Tags::new(sdk, &place, &catalog),
            live,
            metrics,
            catalog,
            place,
        }
    }

    fn application(&self, boundary: Boundary) -> Application {
        Application::new(&self.place.account, &self.place.region, boundary)
    }

    async fn root_stack(&self, name: &str) -> Result<Application, PortError> {
        let head = self.stacks.head(name).await?;
        if !head.is_alive() {
            return Err(PortError::NotFound { what: format!("anything in stack {name}") });
        }
        if let Some(root) = head.root.filter(|root| *root != head.id) {
            let message = format!("{} is nested in {root}; name that stack instead", head.name);
            return Err(PortError::Permanent { action: format!("stack {name}"), message });
        }
        Ok(self.application(Boundary::Stack { name: head.name }))
    }

    async fn tag_values(&self, key: &str) -> Result<BTreeSet<String>, PortError> {
        let mut values: BTreeSet<String> = BTreeSet::new();
        let all = self.stacks.all().await?;
        values.extend(all.iter().filter(|head| head.is_alive()).filter_map(|head| head.tags.get(key).cloned()));
        values
            .extend(self.tags.with_tag(key, None).await?.into_iter().filter_map(|mut tagged| tagged.tags.remove(key)));
        Ok(values)
    }

    /// Those that something carries; `NotFound` if none is. Where that can't be told, all of them.
    async fn carried_values(&self, key: &str, values: &[String]) -> Result<BTreeSet<String>, PortError> {
        let mut carried = BTreeSet::new();
        for value in values {
            let is_carried = match self.tagged_stacks(key, value).await {
                Ok(stacks) if !stacks.is_empty() => Ok(true),
                Ok(_) => self.tags.with_tag(key, Some(value)).await.map(|tagged| !tagged.is_empty()),
                Err(error) => Err(error),
            };
            match is_carried {
                Ok(false) => {}
                Ok(true) | Err(PortError::Denied { .. }) => {
                    carried.insert(value.clone());
                }
                Err(error) => return Err(error),
            }
        }
        if carried.is_empty() {
            return Err(self.nothing_tagged(key, &values.join(" or ")));
        }
        Ok(carried)
    }

    fn nothing_tagged(&self, key: &str, value: &str) -> PortError {
        PortError::NotFound { what: format!("anything tagged {key}={value} in {}", self.place.region) }
    }

    /// The stacks that carry the tag, without those nested in another that does.
    async fn tagged_stacks(&self, key: &str, value: &str) -> Result<Vec<Head>, PortError> {
        let all = self.stacks.all().await?;
        let carries = |head: &&Head| head.is_alive() && head.tags.get(key).is_some_and(|v| v == value);
        let tagged: Vec<&Head> = all.iter().filter(carries).collect();
        let within =
            |head: &Head| head.root.as_ref().is_some_and(|r| *r != head.id && tagged.iter().any(|t| t.id == *r));
        Ok(tagged.iter().filter(|head| !within(head)).map(|head| (*head).clone()).collect())
    }

    async fn of_stack(&self, name: &str) -> Result<Inventory, PortError> {
        match self.stacks.tree(name).await {
            Ok(tree) => Ok(self.finish(&tree, vec![], vec![]).await),
            Err(error @ PortError::Denied { .. }) => {
                let missed = vec![unseen(format!("resources of stack {name}"), &error)];
                Ok(Inventory { unseen: missed, is_partial: true, ..Inventory::default() })
            }
            Err(error) => Err(error),
        }
    }

    async fn of_tag(&self, key: &str, value: &str) -> Result<Inventory, PortError> {
        let mut missed = Vec::new();
        let mut stacks = Vec::new();
        match self.tagged_stacks(key, value).await {
            Ok(heads) => stacks = self.trees(heads).await?,
            Err(error @ PortError::Denied { .. }) => {
                missed.push(unseen(format!("stacks tagged {key}={value}"), &error))
            }
            Err(error) => return Err(error),
        }
        let tagged = match self.tags.with_tag(key, Some(value)).await {
            Ok(tagged) => {
                let (of_no_region, unlisted) = self.tags.of_no_region(Some((key, value))).await?;
                missed.extend(unlisted);
                tagged.into_iter().chain(of_no_region).collect()
            }
            Err(error @ PortError::Transient { .. }) => return Err(error),
            Err(error) => {
                missed.push(unseen(format!("resources tagged {key}={value}"), &error));
                vec![]
            }
        };
        if stacks.is_empty() && tagged.is_empty() && missed.is_empty() {
            return Err(self.nothing_tagged(key, value));
        }
        let extra = self.extra_resources(&stacks, tagged);
        let is_partial = !missed.is_empty();
        let inventory = self.finish(&stacks, extra, missed).await;
        Ok(Inventory { is_partial: inventory.is_partial || is_partial, ..inventory })
    }

    async fn of_no_stack(&self) -> Result<Inventory, PortError> {
        let mut assigned = Assigned::new(&self.catalog);
        let all = self.stacks.all().await?;
        let roots: Vec<Head> = all.iter().filter(|h| is_root(h)).cloned().collect();
        let stacks = self.trees(roots).await?;
        let (inventory, _) = self.assemble(&stacks, vec![], BTreeMap::new());
        inventory.resources.into_iter().for_each(|r| assigned.add(r));

        let mut missed: Vec<Unseen> = vec![];
        let mut found = match self.tags.all().await {
            Ok(mut tagged) => {
                let (of_no_region, unlisted) = self.tags.of_no_region(None).await?;
                tagged.extend(of_no_region);
                missed.extend(unlisted);
                let names = all.iter().map(|head| head.name.as_str()).collect();
                region::by_tags(tagged, &names, &mut assigned)
            }
            Err(error @ PortError::Transient { .. }) => return Err(error),
            Err(error) => {
                missed.push(unseen("tagged resources without a stack", &error));
                vec![]
            }
        };
        let (by_metrics, unlisted) = region::by_metrics(&self.metrics, &self.place, &mut assigned).await?;
        found.extend(by_metrics);
        missed.extend(unlisted);
        let is_partial = !missed.is_empty();
        missed.extend(stacks.iter().flat_map(|s| s.unseen.clone()));
        Ok(Inventory { is_partial, ..self.finish(&[], found, missed).await })
    }

    /// Tagged resources that no stack has already. Stacks themselves are not resources, what they hold is.
    fn extra_resources(&self, stacks: &[Arc<StackRead>], tagged: Vec<Tagged>) -> Vec<Resource> {
        let members: Vec<&Resource> = stacks.iter().flat_map(|s| s.resources.values()).collect();
        let known: BTreeSet<&ResourceId> = members.iter().map(|r| &r.id).collect();
        // Types whose ARN can't be made from the physical id end with it all the same.
        let same = |resource: &Resource, member: &Resource| {
            let Some(arn) = &resource.arn else { return false };
            let before = arn.strip_suffix(&member.name).unwrap_or_default();
            member.arn.is_none()
                && before.ends_with([':', '/'])
                && Arn::parse(arn).is_some_and(|a| a.service == self.catalog.service_of(&member.resource_type))
        };
        let with_checks = |tagged: &Tagged| {
            let mut resource = self.catalog.resource_of_arn(&tagged.arn)?;
            tagged.set_checks(&mut resource);
            Some(resource)
        };
        let mut extra: Vec<Resource> = tagged.iter().filter_map(with_checks).collect();
        extra.retain(|r| r.resource_type != "AWS::CloudFormation::Stack" && !known.contains(&r.id));
        extra.retain(|r| !members.iter().any(|member| same(r, member)));
        extra.sort_by(|a, b| a.id.cmp(&b.id));
        extra.dedup_by(|a, b| a.id == b.id);
        extra
    }

    /// A stack deleted since it was listed is no error.
    async fn trees(&self, heads: Vec<Head>) -> Result<Vec<Arc<StackRead>>, PortError> {
        let trees: Vec<_> = heads.iter().map(|head| self.stacks.tree(&head.id)).collect();
        let mut trees = stream::iter(trees).buffered(AT_ONCE);
        let mut stacks = Vec::new();
        while let Some(tree) = trees.next().await {
            match tree {
                Ok(tree) => stacks.extend(tree),
                Err(PortError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(stacks)
    }

    async fn finish(&self, stacks: &[Arc<StackRead>], extra: Vec<Resource>, missed: Vec<Unseen>) -> Inventory {
        let (mut inventory, lookup) = self.assemble(stacks, extra, self.foreign_exports(stacks).await);
        inventory.unseen.extend(inventory.resources.iter().filter_map(nameless));
        inventory.unseen.extend(missed);
        self.live.describe(&mut inventory, &lookup).await;
        inventory
    }

    /// What stacks outside the application export, where a template imports. They may not be listable: then what is
    /// imported stays unknown.
    async fn foreign_exports(&self, stacks: &[Arc<StackRead>]) -> BTreeMap<String, String> {
        if !stacks.iter().any(|s| s.template.imports) {
            return BTreeMap::new();
        }
        let all = self.stacks.all().await.map(|all| all.as_ref().clone()).unwrap_or_default();
        all.into_iter().filter(Head::is_alive).flat_map(|head| head.exports).collect()
    }

    /// Resources with the attributes and edges that the templates tell.
    fn assemble(
        &self,
        stacks: &[Arc<StackRead>],
        extra: Vec<Resource>,
        foreign: BTreeMap<String, String>,
    ) -> (Inventory, Lookup) {
        let members = stacks.iter().flat_map(|s| s.resources.values());
        let mut lookup = Lookup::new(self.catalog.clone(), members.chain(&extra));
        let own = stacks.iter().flat_map(|s| s.head.exports.clone());
        let exports: BTreeMap<String, String> = foreign.into_iter().chain(own).collect();
        let outputs: Vec<_> = stacks.iter().map(|s| nested_outputs(s, stacks)).collect();
        let scopes: Vec<Scope<'_>> = stacks
            .iter()
            .zip(&outputs)
            .map(|(stack, outputs)| Scope {
                template: &stack.template,
                stack: &stack.head.name,
                stack_id: &stack.head.id,
                place: &self.place,
                parameters: &stack.head.parameters,
                resources: &stack.resources,
                physical_ids: &stack.physical_ids,
                outputs,
                own_outputs: &stack.head.outputs,
                exports: &exports,
            })
            .collect();
        for (address, id) in addresses::addresses(&scopes, &lookup) {
            lookup.add_address(&address, &id);
        }

        let mut inventory = Inventory {
            edges: edges::edges(&scopes, &lookup),
            is_partial: stacks.iter().any(|s| s.is_partial),
            is_changing: stacks.iter().any(|s| s.head.is_changing()),
            ..Inventory::default()
        };
        let mut ids: BTreeSet<ResourceId> = BTreeSet::new();
        for (stack, scope) in stacks.iter().zip(&scopes) {
            for (logical, resource) in &stack.resources {
                let mut resource = resource.clone();
                attributes::add(&Stack { scope, lookup: &lookup }, logical, &mut resource);
                // An attachment can have its target's ARN for a physical id.
                if !ids.insert(resource.id.clone()) {
                    resource.id = ResourceId(format!("{}/{logical}", resource.resource_type));
                    ids.insert(resource.id.clone());
                }
                inventory.resources.push(resource);
            }
            inventory.unseen.extend(stack.unseen.clone());
        }
        inventory.resources.extend(extra);
        attributes::of_callers(&self.catalog, &mut inventory);
        attributes::of_foreign_callers(&scopes, &lookup, &mut inventory);
        (inventory, lookup)
    }
}

impl ResourceSource for Resources {
    async fn applications(&self, coverage: &Coverage) -> Result<Vec<Application>, PortError> {
        match coverage {
            Coverage::Stacks { names } => {
                let mut applications: Vec<Application> = Vec::new();
                for name in names {
                    let application = self.root_stack(name).await?;
                    if !applications.contains(&application) {
                        applications.push(application);
                    }
                }
                Ok(applications)
            }
            Coverage::Tags { key, values } => {
                tags::check_key(key)?;
                let values = match values.is_empty() {
                    true => self.tag_values(key).await?,
                    false => self.carried_values(key, values).await?,
                };
                let tag = |value| self.application(Boundary::Tag { key: key.clone(), value });
                Ok(values.into_iter().map(tag).collect())
            }
            Coverage::Region => {
                let all = self.stacks.all().await?;
                let roots = all.iter().filter(|head| is_root(head));
                let stacks = roots.map(|head| self.application(Boundary::Stack { name: head.name.clone() }));
                Ok(stacks.chain([self.application(Boundary::Unassigned)]).collect())
            }
        }
    }

    async fn inventory(&self, application: &Application) -> Result<Inventory, PortError> {
        match &application.boundary {
            Boundary::Stack { name } => self.of_stack(name).await,
            Boundary::Tag { key, value } => self.of_tag(key, value).await,
            Boundary::Unassigned => self.of_no_stack().await,
        }
    }
}

fn is_root(head: &Head) -> bool {
    head.is_alive() && head.root.as_ref().is_none_or(|root| *root == head.id)
}

/// A REST API of which only the id is known, which its metrics don't go by.
fn nameless(resource: &Resource) -> Option<Unseen> {
    let nameless =
        resource.resource_type == "AWS::ApiGateway::RestApi" && !resource.attributes.contains_key("api_name");
    nameless.then(|| Unseen {
        what: format!("metrics of REST API {}", resource.name),
        action: None,
        reason: "CloudWatch knows it by its name, which no template that could be read tells".to_owned(),
    })
}

/// By logical id of the nested stack in its parent.
fn nested_outputs(parent: &StackRead, stacks: &[Arc<StackRead>]) -> BTreeMap<String, BTreeMap<String, String>> {
    let of = |id: &String| stacks.iter().find(|s| s.head.id == *id).map(|s| s.head.outputs.clone());
    parent.nested.iter().filter_map(|(logical, id)| Some((logical.clone(), of(id)?))).collect()
}
