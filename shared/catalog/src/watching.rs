//! Which of the resources found are watched, and why the others are not.

use crate::Catalog;
use crate::catalog::resolved;
use crate::schema::Service;
use stackseer_model::{Inventory, Metric, Resource, ResourceRef, ResourceState, Unseen, Watching};
use std::collections::BTreeMap;

impl Catalog {
    /// The state of every resource of the inventory but those that are nothing to watch. `metrics`: what is asked for, as
    /// [`Catalog::metrics_of`] gave it. `published`: whether there was any point of it; `None`: it was not read.
    pub fn watching(
        &self,
        inventory: &Inventory,
        metrics: &[Metric],
        published: impl Fn(&Metric) -> Option<bool>,
    ) -> Vec<ResourceState> {
        let mut asked: BTreeMap<&str, Vec<&Metric>> = BTreeMap::new();
        for metric in metrics {
            asked.entry(metric.resource.as_str()).or_default().push(metric);
        }
        let resources = inventory.resources.iter().filter(|r| !self.is_ignored(&r.resource_type));
        let state = |resource: &Resource| match asked.get(resource.id.as_str()) {
            Some(asked) if asked.iter().all(|m| published(m) == Some(false)) => nothing_published(),
            Some(_) => Watching::Watched,
            None => self.without_metrics(resource),
        };
        resources.map(|r| ResourceState { resource: ResourceRef::from(r), watching: state(r) }).collect()
    }

    fn without_metrics(&self, resource: &Resource) -> Watching {
        if let Some(unseen) = self.kind_unknown(resource) {
            return Watching::WithoutMetrics(unseen.reason);
        }
        let mut state = Watching::NotSupported;
        for service in self.services().iter().filter(|s| self.applies(s, resource)) {
            state = match (resolved(service, resource), &service.needs) {
                (Err(attribute), _) => {
                    Watching::WithoutMetrics(format!("{attribute} of {} is not known", resource.name))
                }
                (Ok(_), Some(needs)) => Watching::WithoutMetrics(format!("{needs} are off")),
                (Ok(_), None) => nothing_published(),
            };
        }
        state
    }

    /// What can't be told of a type with several kinds, if no kind's metrics are the resource's because of it.
    pub(crate) fn kind_unknown(&self, resource: &Resource) -> Option<Unseen> {
        let of_type = || self.services().iter().filter(|s| s.resource_type == resource.resource_type);
        if of_type().any(|s| self.applies(s, resource)) {
            return None;
        }
        let tells = |service: &'_ Service| {
            let mut attributes = service.only.keys().chain(service.unless.keys());
            attributes.find(|attribute| self.value(resource, attribute).is_none()).cloned()
        };
        let attribute = of_type().find_map(tells)?;
        let reason = format!("{attribute} of {} is not known", resource.name);
        Some(Unseen { what: format!("metrics of {}", resource.name), action: None, reason })
    }
}

fn nothing_published() -> Watching {
    Watching::WithoutMetrics("nothing is published".to_owned())
}
