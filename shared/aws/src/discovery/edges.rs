//! Who calls or feeds whom, from templates. The catalogue says where each type names the resources it works with.

use super::intrinsics::{Reference, Scope};
use super::lookup::Lookup;
use super::policies;
use serde_json::Value;
use stackseer_catalog::{EdgeSpec, Node, ResourceType, RunBy, Way};
use stackseer_model::{Edge, EdgeKind, ResourceId};
use std::collections::{BTreeMap, BTreeSet};

/// All the application's edges: one scope a stack.
pub(crate) fn edges(stacks: &[Scope<'_>], lookup: &Lookup) -> Vec<Edge> {
    let mut found = Found { lookup, edges: BTreeMap::new() };
    for scope in stacks {
        Stack { scope, lookup }.add_edges(&mut found);
    }
    found.finish()
}

/// Edges found so far, by their ends. Of two kinds between the same two, the caller that waits is the one that matters.
pub(crate) struct Found<'a> {
    lookup: &'a Lookup,
    edges: BTreeMap<(ResourceId, ResourceId), EdgeKind>,
}

impl<'a> Found<'a> {
    pub(crate) fn new(lookup: &'a Lookup, known: Vec<Edge>) -> Self {
        let edges = known.into_iter().map(|e| ((e.from, e.to), e.kind)).collect();
        Self { lookup, edges }
    }

    /// What the services themselves say: both ends by ARN.
    pub(crate) fn add_named(&mut self, from: &str, to: &str) {
        let lookup = self.lookup;
        for from in lookup.find(from) {
            lookup.find(to).into_iter().for_each(|to| self.add(from, to, false));
        }
    }

    /// Ignores what no call travels through, and a resource that names itself.
    pub(crate) fn add(&mut self, from: &ResourceId, to: &ResourceId, waits: bool) {
        let nodes = (self.lookup.node(from), self.lookup.node(to));
        if from == to || nodes.0 == Node::Helper || nodes.1 == Node::Helper {
            return;
        }
        let kind = match nodes {
            (Node::Async, _) | (_, Node::Async) => EdgeKind::Async,
            // A database cluster and its instances.
            (Node::Data, Node::Data) => EdgeKind::Sync,
            // A stream of changes, a notification.
            (Node::Data, _) => EdgeKind::Async,
            _ if waits => EdgeKind::Sync,
            _ => EdgeKind::Async,
        };
        let known = self.edges.entry((from.clone(), to.clone())).or_insert(kind);
        *known = kind.min(*known);
    }

    pub(crate) fn finish(self) -> Vec<Edge> {
        self.edges.into_iter().map(|((from, to), kind)| Edge { from, to, kind }).collect()
    }
}

/// One stack's template with what came of it.
pub(crate) struct Stack<'s, 'a> {
    pub scope: &'s Scope<'a>,
    pub lookup: &'s Lookup,
}

impl Stack<'_, '_> {
    fn add_edges(&self, found: &mut Found<'_>) {
        let fed = self.fed();
        for (logical, declared) in &self.scope.template.resources {
            let owners = self.owners(logical);
            for edge in self.kind(&declared.cfn).map(|kind| kind.edges.as_slice()).unwrap_or_default() {
                for named in self.named_at(&declared.properties, edge) {
                    for owner in &owners {
                        match edge.way {
                            // A consumer's environment often names the queue it reads from.
                            Way::Out if edge.waits && fed.contains(&(named.clone(), owner.clone())) => {}
                            Way::Out => found.add(owner, &named, edge.waits),
                            Way::In => found.add(&named, owner, edge.waits),
                        }
                    }
                }
            }
        }
        self.add_role_edges(found);
    }

    /// Queues and streams with the functions they feed.
    fn fed(&self) -> BTreeSet<(ResourceId, ResourceId)> {
        let resources = self.scope.template.resources.iter();
        let mappings = resources.filter(|(_, d)| d.cfn == "AWS::Lambda::EventSourceMapping");
        mappings
            .flat_map(|(logical, mapping)| {
                let sources = self.named(mapping.properties.get("EventSourceArn")).into_iter();
                let sources = sources.filter(|id| self.lookup.node(id) == Node::Async);
                let owners = self.owners(logical);
                sources.flat_map(move |source| owners.clone().into_iter().map(move |owner| (source.clone(), owner)))
            })
            .collect()
    }

    fn kind(&self, cfn: &str) -> Option<&ResourceType> {
        self.lookup.catalog.resource_type(cfn)
    }

    fn named_at(&self, properties: &Value, edge: &EdgeSpec) -> Vec<ResourceId> {
        match properties.pointer(&edge.property) {
            Some(value) if !edge.within.is_empty() => {
                let mut parts = Vec::new();
                below(value, &edge.within, &mut parts);
                parts.into_iter().flat_map(|part| self.named(Some(part))).collect()
            }
            value => self.named(value),
        }
    }

    /// The resources whose part this one is, or itself.
    fn owners(&self, logical: &str) -> Vec<ResourceId> {
        let Some(declared) = self.scope.template.resources.get(logical) else { return vec![] };
        let kind = self.kind(&declared.cfn);
        if let Some(property) = kind.and_then(|kind| kind.part_of.as_ref()) {
            return self.named(declared.properties.pointer(property));
        }
        if let Some(by) = kind.and_then(|kind| kind.run_by.as_ref()) {
            return self.running(logical, by);
        }
        self.scope.resources.get(logical).map(|r| r.id.clone()).into_iter().collect()
    }

    /// What runs a part: the services of a task definition.
    fn running(&self, part: &str, by: &RunBy) -> Vec<ResourceId> {
        let runs = |properties: &Value| {
            let named = properties.pointer(&by.property).map(|v| self.scope.references(v)).unwrap_or_default();
            named.contains(&Reference::Logical(part.to_owned()))
        };
        let resources = self.scope.template.resources.iter();
        let runners = resources.filter(|(_, d)| d.cfn == by.cfn && runs(&d.properties));
        runners.filter_map(|(logical, _)| Some(self.scope.resources.get(logical)?.id.clone())).collect()
    }

    /// Resources that a property names.
    pub(crate) fn named(&self, property: Option<&Value>) -> Vec<ResourceId> {
        let references = property.map(|p| self.scope.references(p)).unwrap_or_default();
        let ids = references.into_iter().flat_map(|reference| match reference {
            Reference::Logical(logical) => self.owners(&logical),
            Reference::Text(text) => self.lookup.find(&text).into_iter().cloned().collect(),
        });
        ids.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A function's role says what it may call. A role that several share says less than the environment: what one of
    /// them names there isn't taken for the others'.
    fn add_role_edges(&self, found: &mut Found<'_>) {
        let mut users: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (logical, declared) in &self.scope.template.resources {
            let Some(property) = self.kind(&declared.cfn).and_then(|kind| kind.role.as_ref()) else { continue };
            let role = declared.properties.pointer(property).map(|v| self.scope.references(v)).unwrap_or_default();
            for reference in role {
                if let Reference::Logical(role) = reference {
                    users.entry(role).or_default().push(logical);
                }
            }
        }
        for (role, users) in users {
            let mut callees: BTreeSet<ResourceId> = BTreeSet::new();
            for statement in policies::of_role(self.scope.template, self.scope, &role) {
                let named = self.named(Some(statement.resources));
                callees.extend(
                    named
                        .into_iter()
                        .filter(|id| statement.calls(&self.lookup.catalog.service_of(self.lookup.type_of(id)))),
                );
            }
            if users.len() > 1 {
                let environment = |logical: &&str| {
                    let properties = &self.scope.template.resources[*logical].properties;
                    self.named(properties.get("Environment").or_else(|| properties.get("ContainerDefinitions")))
                };
                let spoken_for: BTreeSet<ResourceId> = users.iter().flat_map(environment).collect();
                callees.retain(|id| !spoken_for.contains(id));
            }
            for owner in users.iter().flat_map(|logical| self.owners(logical)) {
                callees.iter().for_each(|callee| found.add(&owner, callee, true));
            }
        }
    }
}

/// What stands below one of the keys, however deep: of an OpenAPI document its integrations, as its tags, examples and
/// operation ids only sound like resources.
fn below<'v>(value: &'v Value, keys: &[String], found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if keys.contains(key) {
                    found.push(value);
                } else {
                    below(value, keys, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| below(v, keys, found)),
        _ => {}
    }
}
