//! Which of the resources found are watched, and why the others are not.

use crate::Catalog;
use crate::catalog::resolved;
use crate::schema::{Needs, Service};
use stackseer_model::{Inventory, Metric, Resource, ResourceRef, ResourceState, Unseen, Watching};
use std::collections::BTreeMap;

impl Catalog {
    /// The state of every resource of the inventory, but those that are nothing to watch and have no metric. `metrics`: what is asked for, as
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
        let counts = |r: &&Resource| asked.contains_key(r.id.as_str()) || !self.is_ignored(&r.resource_type);
        let resources = inventory.resources.iter().filter(counts);
        let state = |resource: &Resource| match asked.get(resource.id.as_str()) {
            Some(asked) if asked.iter().all(|m| published(m) == Some(false)) => self.without_metrics(resource),
            Some(asked) => self.switched_off(resource, asked, &published).map_or(Watching::Watched, |needs| {
                Watching::WatchedInPart { because: needs.off.clone(), turn_on: needs.turn_on.clone() }
            }),
            None => self.unasked(resource),
        };
        resources.map(|r| ResourceState { resource: ResourceRef::from(r), watching: state(r) }).collect()
    }

    /// What must be switched on, of a resource that has other metrics: none is there of a file that needs it, or the resource's own
    /// configuration says that it is off.
    fn switched_off(
        &self,
        resource: &Resource,
        asked: &[&Metric],
        published: impl Fn(&Metric) -> Option<bool>,
    ) -> Option<&Needs> {
        let is_other = |(attribute, wanted): (&String, &String)| {
            self.value(resource, attribute).is_some_and(|value| value != wanted)
        };
        let is_off = |service: &Service| {
            let is_of = |m: &Metric| self.spec(&m.key).is_some_and(|(file, _)| file.id == service.id);
            let mut own = asked.iter().filter(|m| is_of(m)).peekable();
            match self.applies(service, resource) {
                true => own.peek().is_some() && own.all(|m| published(m) == Some(false)),
                false => service.only.iter().any(is_other),
            }
        };
        let is_type = |service: &&Service| service.resource_type == resource.resource_type;
        self.services().iter().filter(is_type).filter(|s| s.needs.is_some()).find(|s| is_off(s))?.needs.as_ref()
    }

    /// Of what no metric is asked for.
    fn unasked(&self, resource: &Resource) -> Watching {
        let is_known = self.services().iter().any(|s| self.applies(s, resource));
        match self.kind_unknown(resource) {
            Some(unseen) => without(unseen.reason, None),
            None if is_known => self.without_metrics(resource),
            None => Watching::NotSupported,
        }
    }

    /// What its metrics' files say must be switched on, if all of them need something, or what is not known of it.
    fn without_metrics(&self, resource: &Resource) -> Watching {
        let services: Vec<&Service> = self.services().iter().filter(|s| self.applies(s, resource)).collect();
        if services.iter().all(|s| s.needs.is_some())
            && let Some(Needs { off, turn_on }) = services.iter().find_map(|s| s.needs.as_ref())
        {
            return without(off.clone(), Some(turn_on.clone()));
        }
        let unknown = services.iter().find_map(|s| resolved(s, resource).err());
        let because = unknown.map(|attribute| format!("{attribute} of {} is not known", resource.name));
        without(because.unwrap_or_else(|| "nothing is published".to_owned()), None)
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

fn without(because: String, turn_on: Option<String>) -> Watching {
    Watching::WithoutMetrics { because, turn_on }
}
