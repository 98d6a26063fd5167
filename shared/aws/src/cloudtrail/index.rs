//! Whose resources a change touched.

use stackseer_catalog::{Arn, Catalog};
use stackseer_model::{ChangeEvent, DataSource, Inventory, RegionChange, ResourceId, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Of the changes in the range, those that touched something in the inventory, each once and in order.
pub(crate) fn touched(
    changes: &[RegionChange],
    inventory: &Inventory,
    from: Timestamp,
    to: Timestamp,
) -> Vec<ChangeEvent> {
    let index = Index::new(inventory);
    let within = changes.iter().filter(|c| c.time >= from && c.time < to);
    let mut events: Vec<ChangeEvent> = within.filter_map(|c| index.event(c)).collect();
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    events.dedup_by(|a, b| a.id == b.id);
    events
}

/// The inventory by all the names a change may use.
#[derive(Debug, Default)]
struct Index {
    arns: HashMap<String, ResourceId>,
    /// By service, as in ARNs, and name.
    names: HashMap<(String, String), BTreeSet<ResourceId>>,
    /// By name alone, whatever service.
    anywhere: HashMap<String, BTreeSet<ResourceId>>,
    /// What can go wrong in each stack.
    stacks: HashMap<String, BTreeSet<ResourceId>>,
    /// What may be deployed by each CodeDeploy application or deployment group: it doesn't say, so whatever the same stack has.
    deployed: HashMap<ResourceId, BTreeSet<ResourceId>>,
}

/// What CodeDeploy can deploy.
const DEPLOYABLE: &[&str] = &["AWS::Lambda::Function", "AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup"];

impl Index {
    fn new(inventory: &Inventory) -> Self {
        let catalog = Catalog::builtin();
        let mut index = Self::default();
        for resource in &inventory.resources {
            let service = catalog.service_of(&resource.resource_type);
            if let Some(arn) = &resource.arn {
                index.arns.insert(arn.clone(), resource.id.clone());
            }
            // What a call names is the physical id, also where people know the resource by another name.
            let ids = catalog.resource_type(&resource.resource_type).into_iter().flat_map(|known| &known.physical_id);
            let ids = ids.filter(|form| form.names().count() == 1).flat_map(|form| form.names());
            let aliases = ids.chain(["load_balancer"]).filter_map(|a| resource.known(a));
            for name in aliases.chain([resource.name.as_str()]) {
                index.names.entry((service.clone(), name.to_owned())).or_default().insert(resource.id.clone());
                index.anywhere.entry(name.to_owned()).or_default().insert(resource.id.clone());
            }
            if let Some(stack) = resource.stack.as_ref().filter(|_| !catalog.is_ignored(&resource.resource_type)) {
                index.stacks.entry(stack.clone()).or_default().insert(resource.id.clone());
            }
        }
        let deployers = inventory.resources.iter().filter(|r| r.resource_type.starts_with("AWS::CodeDeploy::"));
        for (deployer, stack) in deployers.filter_map(|d| Some((d, d.stack.as_ref()?))) {
            let beside = inventory.resources.iter().filter(|r| r.stack.as_ref() == Some(stack));
            let deployed = beside.filter(|r| DEPLOYABLE.contains(&r.resource_type.as_str())).map(|r| r.id.clone());
            index.deployed.insert(deployer.id.clone(), deployed.collect());
        }
        index
    }

    /// As an event of the inventory's application; `None` if it touched nothing in it.
    fn event(&self, change: &RegionChange) -> Option<ChangeEvent> {
        let resources: Vec<ResourceId> = self.find(change).into_iter().collect();
        (!resources.is_empty()).then(|| ChangeEvent {
            id: change.id.clone(),
            time: change.time,
            source: change.source.clone(),
            name: change.name.clone(),
            data_source: change.data_source,
            class: change.class,
            resources,
            changes: change.changes.clone(),
            actor: change.actor.clone(),
            verdict: None,
        })
    }

    fn find(&self, change: &RegionChange) -> BTreeSet<ResourceId> {
        let service = match change.source.trim_end_matches(".amazonaws.com") {
            "monitoring" => "cloudwatch",
            other => other,
        };
        let mut found = BTreeSet::new();
        for text in &change.named {
            found.extend(self.by_arn(text));
            match service {
                // Whoever writes it knows names, not services.
                _ if change.data_source == DataSource::Custom => {
                    found.extend(self.anywhere.get(text).into_iter().flatten().cloned());
                    found.extend(self.stacks.get(&stack_name(text)).into_iter().flatten().cloned());
                }
                // A deployment of the stack touched whatever is in it; nested stacks have records of their own.
                "cloudformation" => found.extend(self.stacks.get(&stack_name(text)).into_iter().flatten().cloned()),
                // `table/orders`, `service/cluster/name`, `function:checkout:live`
                "application-autoscaling" => found.extend(self.scaled(text)),
                _ => {
                    let name = text.rsplit('/').next().filter(|_| text.contains("://")).unwrap_or(text);
                    let key = (service.to_owned(), name.to_owned());
                    found.extend(self.names.get(&key).into_iter().flatten().cloned());
                }
            }
        }
        // The cluster of a service is named to find the service, not because it changed.
        if service == "ecs" && found.iter().any(|id| id.as_str().contains(":service/")) {
            found.retain(|id| id.as_str().contains(":service/"));
        }
        let deployed: Vec<ResourceId> =
            found.iter().filter_map(|id| self.deployed.get(id)).flatten().cloned().collect();
        found.extend(deployed);
        found
    }

    fn by_arn(&self, text: &str) -> Option<ResourceId> {
        let resource = Catalog::builtin().resource_of_arn(text)?;
        self.arns.get(text).or_else(|| self.arns.get(resource.id.as_str())).cloned()
    }

    fn scaled(&self, id: &str) -> BTreeSet<ResourceId> {
        let (service, name) = match id.split_once(['/', ':']) {
            Some(("table", rest)) => ("dynamodb", rest.split('/').next().unwrap_or(rest)),
            Some(("service", rest)) => ("ecs", rest.rsplit('/').next().unwrap_or(rest)),
            Some(("function", rest)) => ("lambda", rest.split(':').next().unwrap_or(rest)),
            Some(("cluster", rest)) => ("rds", rest),
            _ => return BTreeSet::new(),
        };
        self.names.get(&(service.to_owned(), name.to_owned())).cloned().unwrap_or_default()
    }
}

/// From a name or an ARN.
fn stack_name(text: &str) -> String {
    match Arn::parse(text) {
        Some(arn) => arn.rest.split('/').nth(1).unwrap_or(text).to_owned(),
        None => text.to_owned(),
    }
}
