//! Who calls or feeds whom, from templates. One table says where each type names the resources it works with.

use super::intrinsics::{Reference, Scope};
use super::kinds::{Node, node, service_of};
use super::lookup::Lookup;
use super::policies;
use serde_json::Value;
use stackseer_model::{Edge, EdgeKind, ResourceId};
use std::collections::{BTreeMap, BTreeSet};

/// Which way a property's references point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The resource calls or feeds what it names.
    Out,
    /// The same, and doesn't wait for it.
    OutAsync,
    /// What it names calls or feeds the resource.
    In,
}

/// Type, property, way.
#[rustfmt::skip]
const NAMES: &[(&str, &str, Way)] = &[
    ("AWS::Lambda::Function", "/Environment", Way::Out),
    ("AWS::Lambda::Function", "/DeadLetterConfig", Way::OutAsync),
    ("AWS::Lambda::EventInvokeConfig", "/DestinationConfig", Way::OutAsync),
    ("AWS::Lambda::EventSourceMapping", "/EventSourceArn", Way::In),
    ("AWS::Lambda::EventSourceMapping", "/DestinationConfig", Way::OutAsync),
    ("AWS::Lambda::Permission", "/SourceArn", Way::In),
    ("AWS::ApiGateway::RestApi", "/Body", Way::Out),
    ("AWS::ApiGateway::Method", "/Integration", Way::Out),
    ("AWS::ApiGateway::Authorizer", "/AuthorizerUri", Way::Out),
    ("AWS::ApiGatewayV2::Api", "/Body", Way::Out),
    ("AWS::ApiGatewayV2::Api", "/Target", Way::Out),
    ("AWS::ApiGatewayV2::Integration", "/IntegrationUri", Way::Out),
    ("AWS::ApiGatewayV2::Integration", "/RequestParameters", Way::Out),
    ("AWS::ApiGatewayV2::Authorizer", "/AuthorizerUri", Way::Out),
    ("AWS::AppSync::DataSource", "/LambdaConfig", Way::Out),
    ("AWS::AppSync::DataSource", "/DynamoDBConfig", Way::Out),
    ("AWS::StepFunctions::StateMachine", "/Definition", Way::Out),
    ("AWS::StepFunctions::StateMachine", "/DefinitionString", Way::Out),
    ("AWS::StepFunctions::StateMachine", "/DefinitionSubstitutions", Way::Out),
    ("AWS::Events::Rule", "/Targets", Way::Out),
    ("AWS::Events::Rule", "/EventBusName", Way::In),
    ("AWS::Scheduler::Schedule", "/Target", Way::Out),
    ("AWS::Pipes::Pipe", "/Source", Way::In),
    ("AWS::Pipes::Pipe", "/Enrichment", Way::Out),
    ("AWS::Pipes::Pipe", "/Target", Way::Out),
    ("AWS::SNS::Topic", "/Subscription", Way::Out),
    ("AWS::SNS::Subscription", "/Endpoint", Way::Out),
    ("AWS::SNS::Subscription", "/RedrivePolicy", Way::Out),
    ("AWS::SQS::Queue", "/RedrivePolicy", Way::Out),
    ("AWS::KinesisFirehose::DeliveryStream", "/KinesisStreamSourceConfiguration", Way::In),
    ("AWS::DynamoDB::Table", "/KinesisStreamSpecification", Way::OutAsync),
    ("AWS::S3::Bucket", "/NotificationConfiguration", Way::OutAsync),
    ("AWS::Cognito::UserPool", "/LambdaConfig", Way::Out),
    ("AWS::CloudFront::Distribution", "/DistributionConfig/Origins", Way::Out),
    ("AWS::ElasticLoadBalancingV2::Listener", "/DefaultActions", Way::Out),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "/Actions", Way::Out),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "/Targets", Way::Out),
    ("AWS::ECS::TaskDefinition", "/ContainerDefinitions", Way::Out),
    ("AWS::ECS::Service", "/LoadBalancers", Way::In),
    ("AWS::AutoScaling::AutoScalingGroup", "/TargetGroupARNs", Way::In),
    ("AWS::RDS::DBProxyTargetGroup", "/DBClusterIdentifiers", Way::Out),
    ("AWS::RDS::DBProxyTargetGroup", "/DBInstanceIdentifiers", Way::Out),
    ("AWS::RDS::DBInstance", "/DBClusterIdentifier", Way::In),
    ("AWS::DocDB::DBInstance", "/DBClusterIdentifier", Way::In),
];

/// Types that are a part of another resource: what they name is named by it, and naming them is naming it.
#[rustfmt::skip]
const PART_OF: &[(&str, &str)] = &[
    ("AWS::Lambda::Alias", "/FunctionName"),
    ("AWS::Lambda::Version", "/FunctionName"),
    ("AWS::Lambda::Url", "/TargetFunctionArn"),
    ("AWS::Lambda::EventInvokeConfig", "/FunctionName"),
    ("AWS::Lambda::EventSourceMapping", "/FunctionName"),
    ("AWS::Lambda::Permission", "/FunctionName"),
    ("AWS::ApiGateway::Method", "/RestApiId"),
    ("AWS::ApiGateway::Authorizer", "/RestApiId"),
    ("AWS::ApiGateway::Stage", "/RestApiId"),
    ("AWS::ApiGatewayV2::Integration", "/ApiId"),
    ("AWS::ApiGatewayV2::Authorizer", "/ApiId"),
    ("AWS::ApiGatewayV2::Stage", "/ApiId"),
    ("AWS::AppSync::DataSource", "/ApiId"),
    ("AWS::SNS::Subscription", "/TopicArn"),
    ("AWS::ElasticLoadBalancingV2::Listener", "/LoadBalancerArn"),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "/ListenerArn"),
    ("AWS::RDS::DBProxyTargetGroup", "/DBProxyName"),
];

/// Roles that code runs under: what they may call, the code calls.
const ROLES: &[(&str, &str)] = &[("AWS::Lambda::Function", "/Role"), ("AWS::ECS::TaskDefinition", "/TaskRoleArn")];

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
        let nodes = (node(self.lookup.type_of(from)), node(self.lookup.type_of(to)));
        if from == to || nodes.0 == Node::Plumbing || nodes.1 == Node::Plumbing {
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
            for &(_, property, way) in NAMES.iter().filter(|(cfn, ..)| *cfn == declared.cfn) {
                for named in self.named_at(&declared.properties, property) {
                    for owner in &owners {
                        match way {
                            // A consumer's environment often names the queue it reads from.
                            Way::Out if fed.contains(&(named.clone(), owner.clone())) => {}
                            Way::Out => found.add(owner, &named, true),
                            Way::OutAsync => found.add(owner, &named, false),
                            Way::In => found.add(&named, owner, true),
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
                let sources = sources.filter(|id| node(self.lookup.type_of(id)) == Node::Async);
                let owners = self.owners(logical);
                sources.flat_map(move |source| owners.clone().into_iter().map(move |owner| (source.clone(), owner)))
            })
            .collect()
    }

    fn named_at(&self, properties: &Value, property: &str) -> Vec<ResourceId> {
        let value = properties.pointer(property);
        match (property, value) {
            ("/Body", Some(body)) => {
                let mut integrations = Vec::new();
                integrations_in(body, &mut integrations);
                integrations.into_iter().flat_map(|i| self.named(Some(i))).collect()
            }
            _ => self.named(value),
        }
    }

    /// The resources whose part this one is, or itself.
    fn owners(&self, logical: &str) -> Vec<ResourceId> {
        let Some(declared) = self.scope.template.resources.get(logical) else { return vec![] };
        if let Some((_, property)) = PART_OF.iter().find(|(cfn, _)| *cfn == declared.cfn) {
            return self.named(declared.properties.pointer(property));
        }
        if declared.cfn == "AWS::ECS::TaskDefinition" {
            return self.services_running(logical);
        }
        self.scope.resources.get(logical).map(|r| r.id.clone()).into_iter().collect()
    }

    fn services_running(&self, task_definition: &str) -> Vec<ResourceId> {
        let runs = |properties: &Value| {
            let task = properties.get("TaskDefinition").map(|v| self.scope.references(v)).unwrap_or_default();
            task.contains(&Reference::Logical(task_definition.to_owned()))
        };
        let resources = self.scope.template.resources.iter();
        let services = resources.filter(|(_, d)| d.cfn == "AWS::ECS::Service" && runs(&d.properties));
        services.filter_map(|(logical, _)| Some(self.scope.resources.get(logical)?.id.clone())).collect()
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
            for (_, property) in ROLES.iter().filter(|(cfn, _)| *cfn == declared.cfn) {
                let role = declared.properties.pointer(property).map(|v| self.scope.references(v)).unwrap_or_default();
                for reference in role {
                    if let Reference::Logical(role) = reference {
                        users.entry(role).or_default().push(logical);
                    }
                }
            }
        }
        for (role, users) in users {
            let mut callees: BTreeSet<ResourceId> = BTreeSet::new();
            for statement in policies::of_role(self.scope.template, self.scope, &role) {
                let named = self.named(Some(statement.resources));
                callees.extend(named.into_iter().filter(|id| statement.calls(&service_of(self.lookup.type_of(id)))));
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

/// What an OpenAPI document says of the outside; its tags, examples and operation ids only sound like resources.
fn integrations_in<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "x-amazon-apigateway-integration" || key == "x-amazon-apigateway-authorizer" {
                    found.push(value);
                } else {
                    integrations_in(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| integrations_in(v, found)),
        _ => {}
    }
}
