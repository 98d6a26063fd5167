//! Who calls or feeds whom, from templates. The catalogue says where each type names the resources it works with.

use super::definitions;
use super::intrinsics::{Reference, Scope};
use super::lookup::Lookup;
use super::policies::{Grants, Use};
use super::template::Declared;
use serde_json::Value;
use stackseer_catalog::{Node, ResourceType, Way};
use stackseer_model::{Edge, EdgeKind, ResourceId};
use std::collections::{BTreeMap, BTreeSet};

const FUNCTION: &str = "AWS::Lambda::Function";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const MACHINE: &str = "AWS::StepFunctions::StateMachine";

/// All the application's edges: one scope a stack.
pub(crate) fn edges(scopes: &[Scope<'_>], lookup: &Lookup) -> Vec<Edge> {
    let stacks: Vec<Stack<'_, '_>> = scopes.iter().map(|scope| Stack { scope, lookup }).collect();
    let fed: BTreeSet<_> = stacks.iter().flat_map(Stack::fed).collect();
    let mut found = Found::new(lookup, vec![]);
    for stack in &stacks {
        stack.add_named(&mut found, false);
        stack.add_definitions(&stacks, &mut found);
    }
    stacks.iter().for_each(|stack| stack.add_named(&mut found, true));
    let code = stacks.iter().flat_map(|stack| stack.code(&stacks)).collect();
    Callers { stacks: &stacks, code, fed: &fed }.add(&mut found);
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
        let kind = match (self.node(from), self.node(to)) {
            (Node::Async, _) | (_, Node::Async) => EdgeKind::Async,
            // A stream of changes, a notification; a database cluster and its instances.
            (Node::Data, to) if to != Node::Data => EdgeKind::Async,
            _ if waits => EdgeKind::Sync,
            _ => EdgeKind::Async,
        };
        self.add_kind(from, to, kind);
    }

    /// A part that says how the one feeds the other.
    pub(crate) fn add_between(&mut self, from: &ResourceId, part: &ResourceId, to: &ResourceId) {
        self.edges.insert((from.clone(), part.clone()), EdgeKind::Part);
        self.edges.insert((part.clone(), to.clone()), EdgeKind::Part);
    }

    /// What stands between two no more, and that the one feeds the other through it.
    pub(crate) fn remove_between(&mut self, part: &ResourceId) {
        let ends = |end: fn(&(ResourceId, ResourceId)) -> (&ResourceId, &ResourceId)| {
            let of_part = self.edges.keys().map(end).filter(|(this, _)| *this == part);
            of_part.map(|(_, other)| other.clone()).collect::<Vec<_>>()
        };
        let (sources, targets) = (ends(|(from, to)| (to, from)), ends(|(from, to)| (from, to)));
        for (from, to) in sources.iter().flat_map(|from| targets.iter().map(move |to| (from, to))) {
            self.edges.remove(&(from.clone(), to.clone()));
        }
        self.edges.retain(|(from, to), _| from != part && to != part);
    }

    /// What calls or feeds it without waiting.
    pub(crate) fn starters(&self, of: &ResourceId) -> impl Iterator<Item = &ResourceId> {
        let starts = self.edges.iter().filter(move |((_, to), kind)| to == of && **kind == EdgeKind::Async);
        starts.map(|((from, _), _)| from)
    }

    /// Whatever the ends are.
    pub(crate) fn add_kind(&mut self, from: &ResourceId, to: &ResourceId, kind: EdgeKind) {
        if from == to || self.node(from) == Node::Helper || self.node(to) == Node::Helper {
            return;
        }
        let known = self.edges.entry((from.clone(), to.clone())).or_insert(kind);
        *known = kind.min(*known);
    }

    fn node(&self, id: &ResourceId) -> Node {
        self.lookup.node(id)
    }

    fn has(&self, from: &ResourceId, to: &ResourceId) -> bool {
        self.edges.contains_key(&(from.clone(), to.clone()))
    }

    /// A state machine that a caller waits for keeps it waiting for its own steps.
    pub(crate) fn finish(mut self) -> Vec<Edge> {
        let waits = |((_, to), kind): (&(ResourceId, ResourceId), &EdgeKind)| {
            (*kind == EdgeKind::Sync && self.lookup.type_of(to) == MACHINE).then(|| to.clone())
        };
        let waited_for: BTreeSet<ResourceId> = self.edges.iter().filter_map(waits).collect();
        for ((from, to), kind) in &mut self.edges {
            if waited_for.contains(from) && matches!(self.lookup.node(to), Node::Sync | Node::Data) {
                *kind = EdgeKind::Sync;
            }
        }
        self.edges.into_iter().map(|((from, to), kind)| Edge { from, to, kind }).collect()
    }
}

/// One stack's template with what came of it.
#[derive(Clone, Copy)]
pub(crate) struct Stack<'s, 'a> {
    pub scope: &'s Scope<'a>,
    pub lookup: &'s Lookup,
}

/// Code that runs under a role.
struct Code<'s, 'a> {
    owners: Vec<ResourceId>,
    /// What its settings name. The flag: by a URL that needs no permission.
    names: BTreeSet<(ResourceId, bool)>,
    /// `None`: no template has its role.
    grants: Option<Grants<'s, 'a>>,
    /// Of the role, where templates have it.
    role: Option<String>,
    is_in_vpc: bool,
    is_function: bool,
}

impl<'s, 'a> Stack<'s, 'a> {
    /// What is declared and exists: a resource whose condition is false doesn't.
    fn declared(&self) -> impl Iterator<Item = (&'a String, &'a Declared)> + use<'s, 'a> {
        let scope = self.scope;
        scope.template.resources.iter().filter(|(logical, _)| scope.physical_ids.contains_key(*logical))
    }

    fn add_named(&self, found: &mut Found<'_>, weak: bool) {
        for (logical, declared) in self.declared() {
            if declared.cfn == MAPPING && self.is_off(&declared.properties) {
                continue;
            }
            let edges = self.kind(&declared.cfn).map(|kind| kind.edges.as_slice()).unwrap_or_default();
            let owners = self.owners(logical);
            for edge in edges.iter().filter(|edge| edge.is_weak == weak) {
                let values = self.at(&declared.properties, &edge.property).into_iter();
                for named in values.flat_map(|value| self.named(Some(value))) {
                    for owner in &owners {
                        let (from, to) = match edge.way {
                            Way::Out => (owner, &named),
                            Way::In => (&named, owner),
                            Way::Code => continue,
                        };
                        if let Some(part) = self.scope.resources.get(logical).filter(|_| edge.is_between) {
                            found.add_between(from, &part.id, to);
                        }
                        if !weak || !found.has(from, to) {
                            found.add(from, to, edge.waits);
                        }
                    }
                }
            }
        }
    }

    fn kind(&self, cfn: &str) -> Option<&'s ResourceType> {
        self.lookup.catalog.resource_type(cfn)
    }

    fn is_off(&self, mapping: &Value) -> bool {
        mapping.get("Enabled").and_then(|v| self.scope.text(v)).is_some_and(|on| on.eq_ignore_ascii_case("false"))
    }

    /// Parts of what isn't of the application: what the part says its whole is, and what it makes that call.
    pub(crate) fn parts_of_others(&self) -> Vec<(String, Vec<ResourceId>)> {
        let part = |(logical, declared): (&'a String, &'a Declared)| {
            let kind = self.kind(&declared.cfn)?;
            let whole = declared.properties.pointer(kind.part_of.as_ref()?)?;
            let text = self.scope.text(whole).filter(|_| self.owners(logical).is_empty())?;
            let out = kind.edges.iter().filter(|edge| edge.way == Way::Out);
            let called = out.flat_map(|edge| self.at(&declared.properties, &edge.property));
            Some((text, called.flat_map(|value| self.named(Some(value))).collect()))
        };
        self.declared().filter_map(part).collect()
    }

    /// Queues and streams with the functions they feed.
    fn fed(&self) -> BTreeSet<(ResourceId, ResourceId)> {
        let mappings = self.declared().filter(|(_, d)| d.cfn == MAPPING);
        mappings
            .flat_map(|(logical, mapping)| {
                let sources = self.named(mapping.properties.get("EventSourceArn")).into_iter();
                let sources = sources.filter(|id| self.lookup.node(id) == Node::Async);
                let owners = self.owners(logical);
                sources.flat_map(move |source| owners.clone().into_iter().map(move |owner| (source.clone(), owner)))
            })
            .collect()
    }

    /// Integrations, data sources and state machines: what they call is in a document, or in the role they do it with.
    fn add_definitions(&self, stacks: &[Stack<'s, 'a>], found: &mut Found<'_>) {
        for (logical, declared) in self.declared() {
            let properties = &declared.properties;
            let owners = self.owners(logical);
            let mut calls = |callee: &ResourceId, kind: Option<EdgeKind>| {
                for owner in &owners {
                    match kind {
                        Some(kind) => found.add_kind(owner, callee, kind),
                        None => found.add(owner, callee, true),
                    }
                }
            };
            match declared.cfn.as_str() {
                MACHINE => {
                    let references = ["Definition", "DefinitionString"].iter().filter_map(|p| properties.get(*p));
                    let references: Vec<_> =
                        references.flat_map(|d| definitions::state_machine(self.scope, d)).collect();
                    self.resources(references).iter().for_each(|id| calls(id, None));
                }
                "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => {
                    for call in definitions::of_open_api(properties.get("Body").unwrap_or(&Value::Null)) {
                        self.integration(stacks, &call).iter().for_each(|(id, kind)| calls(id, *kind));
                    }
                }
                cfn => {
                    if let Some(call) = definitions::integration(cfn, properties) {
                        self.integration(stacks, &call).iter().for_each(|(id, kind)| calls(id, *kind));
                    }
                }
            }
        }
    }

    /// What an integration calls, and how where its ends don't say it.
    fn integration(
        &self,
        stacks: &[Stack<'s, 'a>],
        call: &definitions::Integration<'a>,
    ) -> BTreeSet<(ResourceId, Option<EdgeKind>)> {
        let mut callees: BTreeSet<ResourceId> = call.names.iter().flat_map(|value| self.named(Some(value))).collect();
        let service = call.service(self.scope);
        let grants = call.role.and_then(|role| Grants::of(stacks, *self, role));
        if let Some(service) = &service {
            let of_service = |id: &ResourceId| self.lookup.service_of(id) == *service;
            let in_text = call.texts.iter().flat_map(|value| self.resources(definitions::quoted(self.scope, value)));
            let in_text: BTreeSet<ResourceId> = in_text.filter(of_service).collect();
            // What the role may use is many an integration's; what the request names is this one's.
            let by_role =
                || grants.iter().flat_map(|g| g.named().into_iter().filter(|id| g.says(service, id).is_some()));
            match in_text.is_empty() && !callees.iter().any(of_service) {
                true => callees.extend(by_role().filter(of_service)),
                false => callees.extend(in_text),
            }
        }
        let kind = |id: &ResourceId| {
            let machine = self.lookup.type_of(id) == MACHINE;
            let waits = machine && (call.waits(self.scope) || grants.as_ref().is_some_and(|g| g.waits_for(id)));
            let given_up = call.is_event(self.scope).then_some(EdgeKind::Async);
            if waits { Some(EdgeKind::Sync) } else { given_up }
        };
        callees
            .into_iter()
            .map(|id| {
                let kind = kind(&id);
                (id, kind)
            })
            .collect()
    }

    /// The resources whose part this one is, or itself.
    pub(crate) fn owners(&self, logical: &str) -> Vec<ResourceId> {
        self.owners_within(logical, 4)
    }

    /// At most so many parts of parts.
    fn owners_within(&self, logical: &str, deepest: usize) -> Vec<ResourceId> {
        let Some(declared) = self.scope.template.resources.get(logical).filter(|_| deepest > 0) else { return vec![] };
        let kind = self.kind(&declared.cfn);
        if let Some(property) = kind.and_then(|kind| kind.part_of.as_ref()) {
            return self.named_within(declared.properties.pointer(property), deepest - 1);
        }
        let run_by = kind.map(|kind| kind.run_by.as_slice()).unwrap_or_default();
        if run_by.is_empty() {
            return self.scope.resources.get(logical).map(|r| r.id.clone()).into_iter().collect();
        }
        let runs = |declared: &Declared| {
            run_by
                .iter()
                .any(|by| by.cfn == declared.cfn && self.names(declared.properties.pointer(&by.property), logical))
        };
        let runners = self.declared().filter(|(_, declared)| runs(declared));
        runners.flat_map(|(runner, _)| self.owners_within(runner, deepest - 1)).collect()
    }

    fn names(&self, property: Option<&Value>, logical: &str) -> bool {
        let references = property.map(|v| self.scope.references(v)).unwrap_or_default();
        references.iter().any(|r| match r {
            Reference::Logical(name) => name == logical,
            Reference::Text(text) => self.scope.physical_ids.get(logical) == Some(text),
        })
    }

    /// The values at a path in which `*` stands for each item of a list. Of a choice whose condition is known, only what
    /// was chosen.
    fn at(&self, value: &'a Value, path: &str) -> Vec<&'a Value> {
        let value = self.scope.chosen(value);
        let Some(path) = path.strip_prefix('/') else { return vec![value] };
        let (key, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        match value {
            Value::Array(items) if key == "*" => items.iter().flat_map(|item| self.at(item, rest)).collect(),
            // A list that an intrinsic makes.
            _ if key == "*" => vec![value],
            _ => value.get(key).map(|v| self.at(v, rest)).unwrap_or_default(),
        }
    }

    /// Resources that a property names.
    pub(crate) fn named(&self, property: Option<&Value>) -> Vec<ResourceId> {
        self.named_within(property, 4)
    }

    fn named_within(&self, property: Option<&Value>, deepest: usize) -> Vec<ResourceId> {
        let references = property.map(|p| self.scope.references(p)).unwrap_or_default();
        let ids = references.into_iter().flat_map(|reference| match reference {
            Reference::Logical(logical) => self.owners_within(&logical, deepest),
            Reference::Text(text) => self.lookup.find(&text).into_iter().cloned().collect(),
        });
        ids.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn resources(&self, references: Vec<Reference>) -> BTreeSet<ResourceId> {
        let ids = references.into_iter().flat_map(|reference| match reference {
            Reference::Logical(logical) => self.owners(&logical),
            Reference::Text(text) => self.lookup.find(&text).into_iter().cloned().collect(),
        });
        ids.collect()
    }

    /// What settings of code name. A bare word is a name only of what code calls by its name.
    fn named_in_code(&self, value: &Value) -> BTreeSet<(ResourceId, bool)> {
        let mut named = BTreeSet::new();
        for reference in self.scope.references(value) {
            match reference {
                Reference::Logical(logical) => {
                    let by_url =
                        self.scope.template.resources.get(&logical).is_some_and(|d| d.cfn == "AWS::Lambda::Url");
                    named.extend(self.owners(&logical).into_iter().map(|id| (id, by_url)));
                }
                Reference::Text(text) => {
                    let found = self.lookup.find_in_code(&text).into_iter().cloned();
                    let by_url = |id: &ResourceId| text.contains("://") && self.lookup.type_of(id) == FUNCTION;
                    named.extend(found.map(|id| {
                        let by_url = by_url(&id);
                        (id, by_url)
                    }));
                }
            }
        }
        named
    }

    /// The code of this stack.
    fn code(&self, stacks: &[Stack<'s, 'a>]) -> Vec<Code<'s, 'a>> {
        let mut code = Vec::new();
        for (logical, declared) in self.declared() {
            let Some(kind) = self.kind(&declared.cfn) else { continue };
            let Some(property) = &kind.role else { continue };
            let role = declared.properties.pointer(property);
            let settings = kind.edges.iter().filter(|edge| edge.way == Way::Code);
            let settings = settings.flat_map(|edge| self.at(&declared.properties, &edge.property));
            let vpc = declared.properties.get("VpcConfig").map(|v| self.scope.resolve(v)).unwrap_or_default();
            code.push(Code {
                owners: self.owners(logical),
                names: settings.flat_map(|value| self.named_in_code(value)).collect(),
                grants: role.and_then(|role| Grants::of(stacks, *self, role)),
                role: role.map(|role| match self.scope.text(role) {
                    Some(arn) => arn,
                    None => format!("{}/{role}", self.scope.stack_id),
                }),
                is_in_vpc: vpc.as_object().is_some_and(|v| !v.is_empty()),
                is_function: declared.cfn == FUNCTION,
            });
        }
        code
    }
}

/// All code of the application, with the queues and streams that feed functions.
struct Callers<'f, 's, 'a> {
    stacks: &'f [Stack<'s, 'a>],
    code: Vec<Code<'s, 'a>>,
    fed: &'f BTreeSet<(ResourceId, ResourceId)>,
}

impl Callers<'_, '_, '_> {
    fn add(&self, found: &mut Found<'_>) {
        let mut undecided = Vec::new();
        for code in &self.code {
            for owner in &code.owners {
                self.add_settings(code, owner, found, &mut undecided);
                self.add_role(code, owner, found, &mut undecided);
            }
        }
        // Who may both send and receive is the consumer where others send and nobody else receives.
        for (owner, queue) in undecided {
            let others = |end: fn(&(ResourceId, ResourceId)) -> (&ResourceId, &ResourceId)| {
                found.edges.keys().map(end).any(|(queue_end, other)| {
                    *queue_end == queue && *other != owner && self.lookup().type_of(other) != "AWS::SQS::Queue"
                })
            };
            let (is_sent_to, is_read) = (others(|(from, to)| (to, from)), others(|(from, to)| (from, to)));
            match is_sent_to && !is_read {
                true => found.add(&queue, &owner, false),
                false => found.add(&owner, &queue, false),
            }
        }
    }

    fn lookup(&self) -> &Lookup {
        self.stacks[0].lookup
    }

    /// What settings name is called if the role lets it: the same settings are often given to all.
    fn add_settings(
        &self,
        code: &Code<'_, '_>,
        owner: &ResourceId,
        found: &mut Found<'_>,
        undecided: &mut Vec<(ResourceId, ResourceId)>,
    ) {
        let some_in_vpc = || self.code.iter().any(|c| c.is_function && c.is_in_vpc);
        for (named, by_url) in &code.names {
            let service = self.lookup().service_of(named);
            // A consumer's settings often name the queue it reads from.
            if self.fed.contains(&(named.clone(), owner.clone())) {
                continue;
            }
            let within_vpc = matches!(service.as_str(), "rds" | "elasticache");
            if within_vpc && code.is_function && !code.is_in_vpc && some_in_vpc() {
                continue;
            }
            let permitted = match (&code.grants, by_url) {
                (Some(grants), false) => grants.permits(&service, named),
                _ => Some(Use::Calls),
            };
            self.add_use(code, permitted, owner, named, found, undecided);
        }
    }

    /// A role says what its code may call. One that several share says less than their settings: what one of them names
    /// there isn't taken for the others'.
    fn add_role(
        &self,
        code: &Code<'_, '_>,
        owner: &ResourceId,
        found: &mut Found<'_>,
        undecided: &mut Vec<(ResourceId, ResourceId)>,
    ) {
        let Some(grants) = &code.grants else { return };
        let sharing: Vec<_> = self.code.iter().filter(|c| c.role == code.role && c.grants.is_some()).collect();
        let spoken_for =
            |id: &ResourceId| sharing.len() > 1 && sharing.iter().any(|c| c.names.iter().any(|(n, _)| n == id));
        for callee in grants.named() {
            // A destination or a dead-letter queue needs the permission too.
            if found.has(owner, &callee)
                || spoken_for(&callee)
                || self.fed.contains(&(callee.clone(), owner.clone())) && !self.sends(grants, &callee)
            {
                continue;
            }
            let says = grants.says(&self.lookup().service_of(&callee), &callee);
            self.add_use(code, says, owner, &callee, found, undecided);
        }
    }

    fn sends(&self, grants: &Grants<'_, '_>, id: &ResourceId) -> bool {
        matches!(grants.says(&self.lookup().service_of(id), id), Some(Use::Calls | Use::Either))
    }

    fn add_use(
        &self,
        code: &Code<'_, '_>,
        says: Option<Use>,
        owner: &ResourceId,
        other: &ResourceId,
        found: &mut Found<'_>,
        undecided: &mut Vec<(ResourceId, ResourceId)>,
    ) {
        let waits = || code.grants.as_ref().is_some_and(|g| g.waits_for(other));
        match says {
            Some(Use::Calls) if self.lookup().type_of(other) == MACHINE && waits() => {
                found.add_kind(owner, other, EdgeKind::Sync);
            }
            Some(Use::Calls) => found.add(owner, other, true),
            // Lambda polls for its functions.
            Some(Use::Reads) if !code.is_function => found.add(other, owner, false),
            Some(Use::Either) if !code.is_function => undecided.push((owner.clone(), other.clone())),
            Some(Use::Either) => found.add(owner, other, true),
            Some(Use::Reads) | None => {}
        }
    }
}
