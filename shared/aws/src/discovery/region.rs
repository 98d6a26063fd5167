//! Resources in no stack: known to the tagging API, or only by the metrics they publish.

use super::kinds::{self, Node, node};
use super::tags::Tagged;
use crate::Metrics;
use crate::client::Place;
use crate::error::unseen;
use stackseer_catalog::Service;
use stackseer_model::ports::PortError;
use stackseer_model::{Resource, ResourceId, Unseen};
use std::collections::{BTreeMap, BTreeSet};

/// CloudFormation puts it on everything it creates that can carry tags.
const STACK_TAG: &str = "aws:cloudformation:stack-name";

/// What the stacks hold, so that the rest can be told from it.
#[derive(Debug, Default)]
pub(crate) struct Assigned {
    ids: BTreeSet<ResourceId>,
    /// Type, attribute and value: an API Gateway API publishes its metrics under its name, not its id.
    attributes: BTreeSet<(String, String, String)>,
}

/// Attributes by which a resource is known to CloudWatch instead of its id.
const NAMES: &[&str] = &["api_name", "api_id", "load_balancer", "target_group", "cache_cluster", "state_machine_arn"];

impl Assigned {
    pub(crate) fn add(&mut self, resource: &Resource) {
        self.ids.insert(resource.id.clone());
        self.attributes.extend(Self::keys(resource));
    }

    fn has(&self, resource: &Resource) -> bool {
        self.ids.contains(&resource.id) || Self::keys(resource).any(|key| self.attributes.contains(&key))
    }

    fn keys(resource: &Resource) -> impl Iterator<Item = (String, String, String)> {
        let named = |attribute: &&str| {
            let value = resource.known(attribute)?;
            Some((resource.resource_type.clone(), (*attribute).to_owned(), value.to_owned()))
        };
        NAMES.iter().filter_map(named)
    }
}

/// Services, as ARNs call them, that have something to watch.
pub(crate) fn services(catalog: &[Service]) -> Vec<String> {
    let services: BTreeSet<String> = catalog.iter().map(|s| kinds::service_of(&s.resource_type)).collect();
    services.into_iter().filter(|s| !s.is_empty()).collect()
}

/// The tagged resources that are in no stack and that calls can travel through or the catalogue can watch. What a deleted
/// stack left behind still carries its tag.
pub(crate) fn by_tags(
    tagged: Vec<Tagged>,
    stacks: &BTreeSet<&str>,
    catalog: &[Service],
    assigned: &mut Assigned,
) -> Vec<Resource> {
    let worth_it = |cfn: &str| node(cfn) != Node::Plumbing || catalog.iter().any(|s| s.resource_type == cfn);
    let mut found = Vec::new();
    let in_stack = |t: &Tagged| t.tags.get(STACK_TAG).is_some_and(|name| stacks.contains(name.as_str()));
    for tagged in tagged.into_iter().filter(|t| !in_stack(t)) {
        // A REST API's ARN doesn't tell the name its metrics go by: those do.
        if let Some(resource) = kinds::from_arn(&tagged.arn)
            && resource.resource_type != "AWS::ApiGateway::RestApi"
            && worth_it(&resource.resource_type)
            && !assigned.has(&resource)
        {
            assigned.add(&resource);
            found.push(resource);
        }
    }
    found
}

/// The resources whose metrics CloudWatch has and nothing else spoke of, and what could not be listed.
pub(crate) async fn by_metrics(
    metrics: &Metrics,
    catalog: &[Service],
    place: &Place,
    assigned: &mut Assigned,
) -> Result<(Vec<Resource>, Vec<Unseen>), PortError> {
    let mut found = Vec::new();
    let mut missed = Vec::new();
    for service in catalog {
        let listed = match metrics.list(&service.namespace, None).await {
            Ok(listed) => listed,
            Err(error @ PortError::Transient { .. }) => return Err(error),
            Err(error) => {
                missed.push(unseen(format!("{} without stack or tag", service.label), &error));
                if matches!(error, PortError::Denied { .. }) {
                    break;
                }
                continue;
            }
        };
        let sets: BTreeSet<&BTreeMap<String, String>> = listed.iter().map(|(_, set)| set).collect();
        for set in sets {
            if let Some(resource) = resource_of(service, set, place)
                && !assigned.has(&resource)
            {
                assigned.add(&resource);
                found.push(resource);
            }
        }
    }
    Ok((found, missed))
}

/// Reads the catalogue's dimension templates backwards: `FunctionName = "{name}"` makes a value the name.
fn resource_of(service: &Service, set: &BTreeMap<String, String>, place: &Place) -> Option<Resource> {
    if !set.keys().eq(service.dimensions.keys()) {
        return None;
    }
    let mut said = BTreeMap::new();
    for (dimension, template) in &service.dimensions {
        let value = &set[dimension];
        match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(attribute) => {
                said.insert(attribute.to_owned(), value.clone());
            }
            None if template == "*" || template == value => {}
            None => return None,
        }
    }
    let resource = kinds::from_dimensions(&service.resource_type, &said, place)?;
    // One type may have several kinds, each in a namespace of its own.
    let fits = service.only.iter().all(|(attribute, value)| resource.known(attribute).is_none_or(|has| has == value));
    fits.then_some(resource)
}
