//! Resources in no stack: known to the tagging API, or only by the metrics they publish.

use super::tags::Tagged;
use crate::Metrics;
use crate::client::Place;
use crate::error::unseen;
use stackseer_catalog::{Catalog, Service};
use stackseer_model::ports::PortError;
use stackseer_model::{Resource, ResourceId, Unseen};
use std::collections::{BTreeMap, BTreeSet};

/// CloudFormation puts it on everything it creates that can carry tags.
const STACK_TAG: &str = "aws:cloudformation:stack-name";

/// What the stacks hold, so that the rest can be told from it.
#[derive(Debug)]
pub(crate) struct Assigned<'a> {
    catalog: &'a Catalog,
    ids: BTreeSet<ResourceId>,
    /// By type.
    resources: BTreeMap<String, Vec<Resource>>,
}

impl<'a> Assigned<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, ids: BTreeSet::new(), resources: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, resource: Resource) {
        self.ids.insert(resource.id.clone());
        self.resources.entry(resource.resource_type.clone()).or_default().push(resource);
    }

    fn has(&self, resource: &Resource) -> bool {
        self.ids.contains(&resource.id)
    }

    /// Whether something at hand publishes under these dimensions: an API under its name, a cache group's node under its own.
    fn publishes(&self, namespace: &str, set: &BTreeMap<String, String>) -> bool {
        let types: BTreeSet<&str> = self
            .catalog
            .services()
            .iter()
            .filter(|s| s.namespace == namespace && s.dimensions.keys().eq(set.keys()))
            .map(|s| s.resource_type.as_str())
            .collect();
        let resources = types.into_iter().filter_map(|cfn| self.resources.get(cfn)).flatten();
        resources.into_iter().any(|r| self.catalog.has_dimensions(r, namespace, set))
    }
}

/// The tagged resources that are in no stack, of types nobody knows too. What a deleted stack left behind still carries its
/// tag.
pub(crate) fn by_tags(tagged: Vec<Tagged>, stacks: &BTreeSet<&str>, assigned: &mut Assigned<'_>) -> Vec<Resource> {
    let mut found = Vec::new();
    let in_stack = |t: &Tagged| t.tags.get(STACK_TAG).is_some_and(|name| stacks.contains(name.as_str()));
    for tagged in tagged.into_iter().filter(|t| !in_stack(t)) {
        // A REST API's ARN doesn't tell the name its metrics go by: those do.
        if let Some(mut resource) = assigned.catalog.resource_of_arn(&tagged.arn)
            && resource.resource_type != "AWS::ApiGateway::RestApi"
            && !assigned.catalog.is_ignored(&resource.resource_type)
            && !assigned.has(&resource)
        {
            tagged.set_checks(&mut resource);
            assigned.add(resource.clone());
            found.push(resource);
        }
    }
    found
}

/// The resources whose metrics CloudWatch has and nothing else spoke of, and what could not be listed.
pub(crate) async fn by_metrics(
    metrics: &Metrics,
    place: &Place,
    assigned: &mut Assigned<'_>,
) -> Result<(Vec<Resource>, Vec<Unseen>), PortError> {
    let mut found = Vec::new();
    let mut missed = Vec::new();
    let catalog = assigned.catalog;
    for service in catalog.services().iter().filter(|s| !is_of_parts(catalog, s)) {
        let listed = match metrics.list(&service.namespace, None).await {
            Ok(listed) => listed,
            Err(error @ PortError::Transient { .. }) => return Err(error),
            Err(error) => {
                missed.push(unseen(format!("{} without stack or tag", catalog.label_of_metrics(service)), &error));
                if matches!(error, PortError::Denied { .. }) && !metrics.is_elsewhere(&service.namespace) {
                    break;
                }
                continue;
            }
        };
        let own = names_of_its_own(catalog, service);
        let listed = listed.iter().filter(|(name, _)| own.as_ref().is_none_or(|own| own.contains(name.as_str())));
        let sets: BTreeSet<&BTreeMap<String, String>> = listed.map(|(_, set)| set).collect();
        for set in sets {
            if !assigned.publishes(&service.namespace, set)
                && let Some(resource) = resource_of(catalog, service, set, place)
                && !assigned.has(&resource)
            {
                assigned.add(resource.clone());
                found.push(resource);
            }
        }
    }
    Ok((found, missed))
}

/// Metrics of a resource's parts (an alias, an operation, a pod), where the whole publishes under its own name too: those tell of it.
fn is_of_parts(catalog: &Catalog, service: &Service) -> bool {
    let is_open = |of: &Service| of.dimensions.values().any(|value| value == "*");
    let is_whole =
        |of: &Service| of.namespace == service.namespace && of.resource_type == service.resource_type && !is_open(of);
    is_open(service) && catalog.services().iter().any(is_whole)
}

/// Where another kind of the same type publishes under the same dimensions, the names that tell this one: of messages a
/// WebSocket API, of requests an HTTP API.
fn names_of_its_own<'a>(catalog: &'a Catalog, service: &'a Service) -> Option<BTreeSet<&'a str>> {
    let is_like = |other: &&Service| {
        other.id != service.id
            && other.namespace == service.namespace
            && other.resource_type == service.resource_type
            && other.dimensions == service.dimensions
    };
    let others: Vec<&Service> = catalog.services().iter().filter(is_like).collect();
    let shared = |name: &&str| others.iter().any(|other| other.metrics.iter().any(|m| m.name == **name));
    let own = service.metrics.iter().map(|m| m.name.as_str()).filter(|name| !shared(name)).collect();
    (!others.is_empty()).then_some(own)
}

/// Reads the catalogue's dimension templates backwards: `FunctionName = "{name}"` makes a value the name.
fn resource_of(
    catalog: &Catalog,
    service: &Service,
    set: &BTreeMap<String, String>,
    place: &Place,
) -> Option<Resource> {
    if !set.keys().eq(service.dimensions.keys()) {
        return None;
    }
    let mut said = BTreeMap::new();
    for (dimension, template) in &service.dimensions {
        let value = &set[dimension];
        match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some("account") if *value == place.account => {}
            Some("account") => return None,
            Some(attribute) => {
                said.insert(attribute.trim_end_matches('?').to_owned(), value.clone());
            }
            None if template == "*" || template == value => {}
            None => return None,
        }
    }
    let mut resource = catalog.resource_of_dimensions(&service.resource_type, &said, place)?;
    // One type may have several kinds, each in a namespace of its own.
    let fits = service.only.iter().all(|(attribute, value)| resource.known(attribute).is_none_or(|has| has == value));
    for (attribute, value) in &service.only {
        resource.set(attribute, value.as_str());
    }
    fits.then_some(resource)
}
