//! `tests/templates/`: templates as people write them, each with the resources and edges it should give. `just templates`
//! prints what is found, watched and right.

use super::tests::World;
use super::yaml;
use crate::wire::{ACCOUNT, FakeStack, REGION, stack_id};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stackseer_catalog::Catalog;
use stackseer_model::{Boundary, EdgeKind, Inventory, Metric, Place, Resource, ResourceId, ResourceState, Watching};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// `NAME.expected.toml`, beside `NAME.yaml` or `NAME.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// One line: what is special about it.
    #[allow(dead_code)]
    about: String,
    /// `TYPE LOGICAL_ID STATE`, with `watched`, `without_metrics` (none are published) or `not_supported`.
    resources: Vec<String>,
    /// `FROM -> TO sync` or `async`.
    edges: Vec<String>,
    /// Names of the dimensions that a resource's metrics are asked with.
    #[serde(default)]
    dimensions: BTreeMap<String, Vec<String>>,
    /// Some of a resource's metrics.
    #[serde(default)]
    metrics: BTreeMap<String, Vec<String>>,
    /// Values that only the stack knows; without one a parameter has its default.
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    /// Declared, and not created, as its condition is false.
    #[serde(default)]
    absent: Vec<String>,
    /// Physical ids that are not as CloudFormation would make them up.
    #[serde(default)]
    ids: BTreeMap<String, String>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
    #[serde(default)]
    exports: BTreeMap<String, String>,
    /// Other stacks: of the same application, or not.
    #[serde(default, rename = "stack")]
    stacks: Vec<Other>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    /// A file in the folder of the expectation's name.
    file: String,
    /// Logical id in the first stack, if it is nested there.
    nested: Option<String>,
    #[serde(default)]
    is_foreign: bool,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
    #[serde(default)]
    exports: BTreeMap<String, String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/templates")
}

fn place() -> Place {
    Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() }
}

/// Properties that name a resource.
const NAMES: &[&str] = &[
    "FunctionName",
    "TableName",
    "QueueName",
    "TopicName",
    "BucketName",
    "StateMachineName",
    "DeliveryStreamName",
    "DBInstanceIdentifier",
    "DBClusterIdentifier",
    "DBProxyName",
    "ReplicationGroupId",
    "ServerlessCacheName",
    "ClusterName",
    "LoadBalancerName",
    "ServiceName",
    "RoleName",
    "AutoScalingGroupName",
    "DomainName",
    "EnvironmentName",
    "EndpointName",
    "ClusterIdentifier",
    "LogGroupName",
    "ManagedPolicyName",
    "Name",
];

/// Physical ids as CloudFormation makes them, of one stack.
struct Ids<'t> {
    stack: &'t str,
    resources: &'t Map<String, Value>,
    given: &'t BTreeMap<String, String>,
}

impl Ids<'_> {
    fn of(&self, logical: &str) -> String {
        if let Some(id) = self.given.get(logical) {
            return id.clone();
        }
        let declared = &self.resources[logical];
        let (cfn, properties) = (declared["Type"].as_str().unwrap(), &declared["Properties"]);
        let name = self.name(cfn, logical, properties);
        let arn = |service: &str, rest: String| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
        let short = || {
            name.to_lowercase()
                .bytes()
                .filter(u8::is_ascii_alphanumeric)
                .rev()
                .take(10)
                .map(char::from)
                .collect::<String>()
        };
        match cfn {
            "AWS::SQS::Queue" => format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"),
            "AWS::SNS::Topic" => arn("sns", name),
            "AWS::StepFunctions::StateMachine" => arn("states", format!("stateMachine:{name}")),
            "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
                let kind = if properties["Type"] == "network" { "net" } else { "app" };
                arn("elasticloadbalancing", format!("loadbalancer/{kind}/{name}/50dc6c495c0c9188"))
            }
            "AWS::ElasticLoadBalancingV2::TargetGroup" => {
                arn("elasticloadbalancing", format!("targetgroup/{name}/73e2d6bc24d8a067"))
            }
            "AWS::ElasticLoadBalancingV2::Listener" => match self.referred(&properties["LoadBalancerArn"]) {
                Some(balancer) => format!("{}/f2f7dc8efc522ab2", balancer.replace(":loadbalancer/", ":listener/")),
                None => arn("elasticloadbalancing", format!("listener/app/{name}/1/2")),
            },
            "AWS::ECS::Service" => {
                let cluster = self.referred(&properties["Cluster"]).unwrap_or_else(|| "default".to_owned());
                arn("ecs", format!("service/{cluster}/{name}"))
            }
            "AWS::ECS::TaskDefinition" => arn("ecs", format!("task-definition/{name}:1")),
            "AWS::Events::Rule" => match self.referred(&properties["EventBusName"]) {
                Some(bus) if bus != "default" => format!("{bus}|{name}"),
                _ => name,
            },
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => short(),
            "AWS::AppSync::GraphQLApi" => arn("appsync", format!("apis/{}", short())),
            "AWS::MSK::Cluster" => arn("kafka", format!("cluster/{name}/6f0e")),
            "AWS::SecretsManager::Secret" => arn("secretsmanager", format!("secret:{name}-a1b2c3")),
            "AWS::IAM::ManagedPolicy" => format!("arn:aws:iam::{ACCOUNT}:policy/{name}"),
            "AWS::CloudFormation::Stack" => stack_id(&name),
            "AWS::Cognito::UserPool" => format!("{REGION}_{}", short()),
            "AWS::CloudFront::Distribution" => format!("E{}", short().to_uppercase()),
            "AWS::Lambda::Alias" => {
                let function = self.referred(&properties["FunctionName"]).unwrap_or_default();
                arn("lambda", format!("function:{function}:{}", properties["Name"].as_str().unwrap_or("live")))
            }
            "AWS::RDS::DBInstance"
            | "AWS::RDS::DBCluster"
            | "AWS::S3::Bucket"
            | "AWS::ElastiCache::CacheCluster"
            | "AWS::DocDB::DBCluster"
            | "AWS::DocDB::DBInstance"
            | "AWS::ElastiCache::ReplicationGroup" => name.to_lowercase(),
            _ => name,
        }
    }

    fn name(&self, cfn: &str, logical: &str, properties: &Value) -> String {
        // Their names are not their ids.
        let has_id = cfn.contains("EventSourceMapping") || cfn.contains("Permission");
        let names = NAMES.iter().filter_map(|n| properties.get(*n));
        let given = names.map(|v| v.as_str().map(str::to_owned)).next().flatten().filter(|_| !has_id);
        given.unwrap_or_else(|| format!("{}-{logical}-1A2B3C4D5E6F", self.stack))
    }

    /// A literal, or what `Ref` gives.
    fn referred(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            _ => value["Ref"]
                .as_str()
                .filter(|logical| self.resources.contains_key(*logical))
                .map(|logical| self.of(logical)),
        }
    }
}

fn document(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    yaml::parse(text.trim_start_matches('\u{feff}')).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// One template of the corpus, read as the product reads it.
struct Case {
    name: String,
    expected: Expected,
    inventory: Inventory,
    /// Logical ids, and the types as declared.
    logical: BTreeMap<ResourceId, String>,
}

impl Case {
    async fn read(name: &str) -> Self {
        let text = fs::read_to_string(folder().join(format!("{name}.expected.toml"))).unwrap();
        let expected: Expected = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let own = ["yaml", "json"].map(|end| folder().join(format!("{name}.{end}")));
        let own = own.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{name}: no template"));
        let mut logical = BTreeMap::new();
        let nested: BTreeMap<String, String> =
            expected.stacks.iter().filter_map(|s| Some((s.nested.clone()?, stack_id(&stem(&s.file))))).collect();
        let given = expected.ids.clone().into_iter().chain(nested).collect();
        let mut first = stack(name, own, &given, &expected.absent, &expected.parameters, &mut logical);
        first.outputs = expected.outputs.clone();
        first.exports = expected.exports.clone();
        let tag = BTreeMap::from([("DevOps-Guru-App".to_owned(), "corpus".to_owned())]);
        first.tags = tag.clone();
        let mut stacks = vec![first];
        for other in &expected.stacks {
            let path = folder().join(name).join(&other.file);
            let mut read = stack(&stem(&other.file), &path, &BTreeMap::new(), &[], &other.parameters, &mut logical);
            read.outputs = other.outputs.clone();
            read.exports = other.exports.clone();
            read.root = other.nested.as_ref().map(|_| name.to_owned());
            if other.nested.is_none() && !other.is_foreign {
                read.tags = tag.clone();
            }
            stacks.push(read);
        }
        let boundary = Boundary::Tag { key: "DevOps-Guru-App".to_owned(), value: "corpus".to_owned() };
        let inventory = World::of(stacks).read(boundary).await;
        Self { name: name.to_owned(), expected, inventory, logical }
    }

    fn logical<'i>(&'i self, id: &'i ResourceId) -> &'i str {
        self.logical.get(id).map_or(id.as_str(), String::as_str)
    }

    fn resources(&self) -> BTreeSet<String> {
        let metrics: Vec<Metric> = self.inventory.resources.iter().flat_map(metrics).collect();
        let states = Catalog::builtin().watching(&self.inventory, &metrics, |_| None);
        let line = |s: ResourceState| {
            format!("{} {} {}", s.resource.resource_type, self.logical(&s.resource.id), state(&s.watching))
        };
        states.into_iter().map(line).collect()
    }

    fn edges(&self) -> BTreeSet<String> {
        let kind = |kind| if kind == EdgeKind::Sync { "sync" } else { "async" };
        let edges = self.inventory.edges.iter().filter(|e| e.kind != EdgeKind::Part);
        edges.map(|e| format!("{} -> {} {}", self.logical(&e.from), self.logical(&e.to), kind(e.kind))).collect()
    }

    fn dimensions(&self) -> BTreeMap<String, Vec<String>> {
        let of = |logical: &String| {
            let resource = self.inventory.resources.iter().find(|r| self.logical(&r.id) == *logical)?;
            let metrics = metrics(resource);
            let names: BTreeSet<String> = metrics.iter().flat_map(|m| m.key.dimensions.keys().cloned()).collect();
            Some((logical.clone(), names.into_iter().collect()))
        };
        self.expected.dimensions.keys().filter_map(of).collect()
    }

    /// What is wrong, a line each.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut compare = |what: &str, expected: &[String], got: &BTreeSet<String>| {
            let expected: BTreeSet<String> = expected.iter().cloned().collect();
            problems.extend(expected.difference(got).map(|e| format!("missing {what}: {e}")));
            problems.extend(got.difference(&expected).map(|e| format!("superfluous {what}: {e}")));
        };
        compare("resource", &self.expected.resources, &self.resources());
        compare("edge", &self.expected.edges, &self.edges());
        if self.dimensions() != self.expected.dimensions {
            problems.push(format!("dimensions: {:?}", self.dimensions()));
        }
        for (logical, expected) in &self.expected.metrics {
            let resource = self.inventory.resources.iter().find(|r| self.logical(&r.id) == *logical);
            let asked: BTreeSet<String> = resource.iter().flat_map(|r| metrics(r)).map(|m| m.key.name).collect();
            let missing = expected.iter().filter(|name| !asked.contains(*name));
            problems.extend(missing.map(|name| format!("missing metric of {logical}: {name}")));
        }
        problems.extend(
            self.inventory.unseen.iter().filter(|u| u.reason.contains("can't be read")).map(|u| format!("{u:?}")),
        );
        problems
    }
}

fn stem(file: &str) -> String {
    file.split('.').next().unwrap_or_default().to_owned()
}

fn metrics(resource: &Resource) -> Vec<Metric> {
    let nodes = |namespace: &str, _: &str| match namespace {
        // Each node publishes its own.
        "AWS/ElastiCache" => vec![BTreeMap::from([("CacheClusterId".to_owned(), format!("{}-001", resource.name))])],
        _ => vec![],
    };
    Catalog::builtin().metrics_of(resource, nodes).0
}

fn state(watching: &Watching) -> &'static str {
    match watching {
        Watching::Watched | Watching::WatchedInPart { .. } => "watched",
        Watching::WithoutMetrics { .. } => "without_metrics",
        Watching::NotSupported => "not_supported",
    }
}

pub(super) fn stack(
    name: &str,
    path: &Path,
    given: &BTreeMap<String, String>,
    absent: &[String],
    parameters: &BTreeMap<String, String>,
    logical: &mut BTreeMap<ResourceId, String>,
) -> FakeStack {
    let document = document(path);
    let resources = document["Resources"].as_object().unwrap_or_else(|| panic!("{name}: no resources"));
    let ids = Ids { stack: name, resources, given };
    let mut members = Vec::new();
    for (id, declared) in resources.iter().filter(|(id, _)| !absent.contains(id)) {
        let (cfn, physical) = (declared["Type"].as_str().unwrap(), ids.of(id));
        logical.insert(Catalog::builtin().resource_of_id(cfn, &physical, &place()).id, id.clone());
        members.push((id.clone(), cfn.to_owned(), physical));
    }
    let defaults = document["Parameters"].as_object().into_iter().flatten();
    let defaults = defaults.filter_map(|(name, p)| match p.get("Default")? {
        Value::String(text) => Some((name.clone(), text.clone())),
        other => Some((name.clone(), other.to_string())),
    });
    FakeStack {
        name: name.to_owned(),
        template: fs::read_to_string(path).unwrap(),
        resources: members,
        parameters: defaults.chain(parameters.clone()).collect(),
        ..FakeStack::default()
    }
}

fn cases() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter_map(|f| f.strip_suffix(".expected.toml").map(str::to_owned)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_resource_and_edge_of_the_corpus_is_right() {
    let mut sums = [0; 6];
    let mut problems = Vec::new();
    println!("{:44} {:>9} {:>9} {:>9}", "template", "found", "watched", "edges");
    for name in cases() {
        let case = Case::read(&name).await;
        let (resources, edges) = (case.resources(), case.edges());
        let known = |of: &BTreeSet<String>, all: &[String], end: &str| {
            let all: Vec<&String> = all.iter().filter(|e| e.ends_with(end)).collect();
            (all.iter().filter(|e| of.contains(**e)).count(), all.len())
        };
        // A resource in the wrong state is found all the same.
        let without_state = |line: &String| line.rsplit_once(' ').map_or(line.clone(), |(found, _)| found.to_owned());
        let found: BTreeSet<String> = resources.iter().map(without_state).collect();
        let all: Vec<String> = case.expected.resources.iter().map(without_state).collect();
        let numbers = [
            known(&found, &all, ""),
            known(&resources, &case.expected.resources, " watched"),
            known(&edges, &case.expected.edges, ""),
        ];
        let shown = numbers.map(|(right, all)| format!("{right}/{all}"));
        println!("{:44} {:>9} {:>9} {:>9}", case.name, shown[0], shown[1], shown[2]);
        for (i, (right, all)) in numbers.into_iter().enumerate() {
            sums[2 * i] += right;
            sums[2 * i + 1] += all;
        }
        problems.extend(case.problems().into_iter().map(|problem| format!("{}: {problem}", case.name)));
    }
    let [found, resources, watched, to_watch, right, edges] = sums;
    println!(
        "{:44} {:>9} {:>9} {:>9}",
        "all",
        format!("{found}/{resources}"),
        format!("{watched}/{to_watch}"),
        format!("{right}/{edges}")
    );
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_corpus_is_of_all_styles() {
    let names = cases();
    assert!(names.len() >= 60, "{} templates", names.len());
    for style in ["sam-", "cdk-", "yaml-", "json-"] {
        assert!(names.iter().filter(|n| n.starts_with(style)).count() >= 8, "{style}");
    }
}

/// What is written and what is expected are of the same application.
#[test]
fn json_templates_are_json() {
    for name in cases().iter().filter(|n| n.starts_with("json-")) {
        let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok_and(|v| v != json!({})), "{name}");
    }
}
