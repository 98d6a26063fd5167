//! The resources of a folder, found by id or by name.

use crate::Problem;
use stackseer_model::{Resource, ResourceId};
use std::collections::HashMap;

#[derive(Default)]
pub struct Resources {
    list: Vec<Resource>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Resources {
    /// False: its id is taken.
    pub fn declare(&mut self, resource: Resource) -> bool {
        if self.by_id.contains_key(resource.id.as_str()) {
            return false;
        }
        let index = self.list.len();
        self.by_id.insert(resource.id.0.clone(), index);
        self.by_name.entry(resource.name.clone()).or_default().push(index);
        self.list.push(resource);
        true
    }

    /// The resource of this name (or id) and type, which is new where nothing declared it.
    pub fn typed(&mut self, name: &str, resource_type: &str) -> Result<ResourceId, Problem> {
        if let Some(resource) = self.by_id.get(name).map(|i| &self.list[*i])
            && resource.resource_type == resource_type
        {
            return Ok(resource.id.clone());
        }
        let same: Vec<&Resource> = self.called(name).filter(|r| r.resource_type == resource_type).collect();
        match same[..] {
            [] => {
                let resource = Resource::new(resource_type, name);
                let id = resource.id.clone();
                self.declare(resource);
                Ok(id)
            }
            [one] => Ok(one.id.clone()),
            _ => Err(ambiguous(name, &same)),
        }
    }

    /// The one resource with this id or, where there is none, this name.
    pub fn named(&self, name: &str) -> Result<ResourceId, Problem> {
        if let Some(index) = self.by_id.get(name) {
            return Ok(self.list[*index].id.clone());
        }
        let same: Vec<&Resource> = self.called(name).collect();
        match same[..] {
            [] => Err(Problem::UnknownResource { name: name.to_owned() }),
            [one] => Ok(one.id.clone()),
            _ => Err(ambiguous(name, &same)),
        }
    }

    fn called(&self, name: &str) -> impl Iterator<Item = &Resource> {
        self.by_name.get(name).into_iter().flatten().map(|i| &self.list[*i])
    }

    pub fn into_list(self) -> Vec<Resource> {
        self.list
    }
}

fn ambiguous(name: &str, same: &[&Resource]) -> Problem {
    Problem::AmbiguousResource { name: name.to_owned(), ids: same.iter().map(|r| r.id.to_string()).collect() }
}
