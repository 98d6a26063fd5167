//! Which resource types Stackseer knows by name, how their ARNs are made, and which of them calls travel through.

use crate::client::Place;
use stackseer_model::{Resource, ResourceId};
use std::collections::BTreeMap;

/// What a resource is in the topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    /// Answers its caller.
    Sync,
    /// Takes what it is given and passes it on later: queues, topics, streams, rules, state machines.
    Async,
    /// Keeps data: answers its caller, and may feed changes to others.
    Data,
    /// Not part of any call: roles, alarms, log groups, …
    Plumbing,
}

/// One CloudFormation type. Its ARN is `arn:partition:service:region:account:` + `prefix` + name.
pub(crate) struct Kind {
    pub cfn: &'static str,
    pub service: &'static str,
    pub prefix: &'static str,
    pub node: Node,
    scope: Scope,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Account,
    /// The ARN names no account.
    Region,
    /// The ARN names neither account nor Region.
    World,
    /// The ARN can't be made from the physical id.
    Opaque,
}

const fn kind(cfn: &'static str, service: &'static str, prefix: &'static str, node: Node, scope: Scope) -> Kind {
    Kind { cfn, service, prefix, node, scope }
}

/// Where one ARN fits two, the first wins.
#[rustfmt::skip]
const KINDS: &[Kind] = {
    use Node::{Async, Data, Plumbing, Sync};
    use Scope::{Account, Opaque, Region, World};
    &[
        kind("AWS::Lambda::Function", "lambda", "function:", Sync, Account),
        kind("AWS::Lambda::EventSourceMapping", "lambda", "event-source-mapping:", Plumbing, Account),
        kind("AWS::Lambda::LayerVersion", "lambda", "layer:", Plumbing, Opaque),
        kind("AWS::DynamoDB::Table", "dynamodb", "table/", Data, Account),
        kind("AWS::SQS::Queue", "sqs", "", Async, Account),
        kind("AWS::SNS::Topic", "sns", "", Async, Account),
        kind("AWS::Kinesis::Stream", "kinesis", "stream/", Async, Account),
        kind("AWS::KinesisFirehose::DeliveryStream", "firehose", "deliverystream/", Async, Account),
        kind("AWS::StepFunctions::StateMachine", "states", "stateMachine:", Async, Account),
        kind("AWS::Events::Rule", "events", "rule/", Async, Account),
        kind("AWS::Events::EventBus", "events", "event-bus/", Async, Account),
        kind("AWS::Scheduler::Schedule", "scheduler", "schedule/", Async, Opaque),
        kind("AWS::Pipes::Pipe", "pipes", "pipe/", Async, Account),
        kind("AWS::ApiGateway::Stage", "apigateway", "/restapis/*/stages/", Plumbing, Opaque),
        kind("AWS::ApiGateway::RestApi", "apigateway", "/restapis/", Sync, Region),
        kind("AWS::ApiGatewayV2::Stage", "apigateway", "/apis/*/stages/", Plumbing, Opaque),
        kind("AWS::ApiGatewayV2::Api", "apigateway", "/apis/", Sync, Region),
        kind("AWS::AppSync::GraphQLApi", "appsync", "apis/", Sync, Opaque),
        kind("AWS::ElasticLoadBalancingV2::Listener", "elasticloadbalancing", "listener/", Plumbing, Opaque),
        kind("AWS::ElasticLoadBalancingV2::ListenerRule", "elasticloadbalancing", "listener-rule/", Plumbing, Opaque),
        kind("AWS::ElasticLoadBalancingV2::TargetGroup", "elasticloadbalancing", "targetgroup/", Sync, Opaque),
        kind("AWS::ElasticLoadBalancingV2::LoadBalancer", "elasticloadbalancing", "loadbalancer/", Sync, Opaque),
        kind("AWS::ECS::Service", "ecs", "service/", Sync, Opaque),
        kind("AWS::ECS::Cluster", "ecs", "cluster/", Plumbing, Account),
        kind("AWS::ECS::TaskDefinition", "ecs", "task-definition/", Plumbing, Opaque),
        kind("AWS::AutoScaling::AutoScalingGroup", "autoscaling", "autoScalingGroup:", Sync, Opaque),
        kind("AWS::RDS::DBInstance", "rds", "db:", Data, Account),
        kind("AWS::RDS::DBCluster", "rds", "cluster:", Data, Account),
        kind("AWS::RDS::DBProxy", "rds", "db-proxy:", Sync, Opaque),
        kind("AWS::DocDB::DBInstance", "rds", "db:", Data, Account),
        kind("AWS::DocDB::DBCluster", "rds", "cluster:", Data, Account),
        kind("AWS::ElastiCache::CacheCluster", "elasticache", "cluster:", Data, Account),
        kind("AWS::ElastiCache::ReplicationGroup", "elasticache", "replicationgroup:", Data, Account),
        kind("AWS::ElastiCache::ServerlessCache", "elasticache", "serverlesscache:", Data, Account),
        kind("AWS::OpenSearchService::Domain", "es", "domain/", Data, Account),
        kind("AWS::MSK::Cluster", "kafka", "cluster/", Async, Opaque),
        kind("AWS::S3::Bucket", "s3", "", Data, World),
        kind("AWS::EFS::FileSystem", "elasticfilesystem", "file-system/", Data, Account),
        kind("AWS::Cognito::UserPool", "cognito-idp", "userpool/", Sync, Account),
        kind("AWS::CloudFront::Distribution", "cloudfront", "distribution/", Sync, Opaque),
        kind("AWS::CloudFormation::Stack", "cloudformation", "stack/", Plumbing, Opaque),
        kind("AWS::CloudWatch::Alarm", "cloudwatch", "alarm:", Plumbing, Account),
        kind("AWS::Logs::LogGroup", "logs", "log-group:", Plumbing, Account),
        kind("AWS::SecretsManager::Secret", "secretsmanager", "secret:", Plumbing, Opaque),
        kind("AWS::KMS::Key", "kms", "key/", Plumbing, Account),
        kind("AWS::EC2::SecurityGroup", "ec2", "security-group/", Plumbing, Account),
        kind("AWS::ECR::Repository", "ecr", "repository/", Plumbing, Account),
        kind("AWS::CodeDeploy::Application", "codedeploy", "application:", Plumbing, Account),
        kind("AWS::IAM::Role", "iam", "role/", Plumbing, Opaque),
    ]
};

pub(crate) fn of_type(cfn: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.cfn == cfn)
}

pub(crate) fn node(cfn: &str) -> Node {
    of_type(cfn).map_or(Node::Plumbing, |k| k.node)
}

/// The `service` of ARNs and of CloudTrail's event sources.
pub(crate) fn service_of(cfn: &str) -> String {
    match of_type(cfn) {
        Some(kind) => kind.service.to_owned(),
        None => cfn.split("::").nth(1).unwrap_or_default().to_lowercase(),
    }
}

/// `arn:partition:service:region:account:rest`
pub(crate) struct Arn<'a> {
    pub service: &'a str,
    pub rest: &'a str,
}

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        let service = parts.nth(1)?;
        Some(Self { service, rest: parts.nth(2)? })
    }

    pub(crate) fn kind(&self) -> Option<&'static Kind> {
        KINDS.iter().find(|k| k.service == self.service && k.name_in(self.rest).is_some())
    }
}

impl Kind {
    /// The name in an ARN's last part, if the ARN is of this kind.
    fn name_in<'a>(&self, rest: &'a str) -> Option<&'a str> {
        let name = match self.prefix.split_once('*') {
            Some((before, after)) => rest.strip_prefix(before)?.split_once(after)?.1,
            // SNS subscriptions, S3 objects, queue-like names: the name is all there is.
            None if self.prefix.is_empty() => (!rest.contains(['/', ':'])).then_some(rest)?,
            None => rest.strip_prefix(self.prefix)?,
        };
        (!name.is_empty()).then_some(name)
    }

    fn arn(&self, name: &str, place: &Place) -> Option<String> {
        let Place { partition, region, account } = place;
        let (region, account) = match self.scope {
            Scope::Account => (region.as_str(), account.as_str()),
            Scope::Region => (region.as_str(), ""),
            Scope::World => ("", ""),
            Scope::Opaque => return None,
        };
        Some(format!("arn:{partition}:{}:{region}:{account}:{}{name}", self.service, self.prefix))
    }
}

/// From CloudFormation's physical id, which is a name, a URL or an ARN, whatever `Ref` gives for the type.
pub(crate) fn from_physical_id(cfn: &str, physical_id: &str, place: &Place) -> Resource {
    // Newer tools declare every table so, replicas or not; to all other services it is a table.
    let cfn = if cfn == "AWS::DynamoDB::GlobalTable" { "AWS::DynamoDB::Table" } else { cfn };
    if physical_id.starts_with("arn:") {
        return with_arn(cfn, physical_id);
    }
    let name = match cfn {
        "AWS::SQS::Queue" => physical_id.rsplit('/').next().unwrap_or(physical_id).to_owned(),
        // A rule on a bus of one's own is `bus|rule`.
        "AWS::Events::Rule" => physical_id.replace('|', "/"),
        _ => physical_id.to_owned(),
    };
    match of_type(cfn).and_then(|k| k.arn(&name, place)) {
        Some(arn) => with_arn(cfn, &arn),
        None => Resource::new(cfn, &name),
    }
}

/// From an ARN alone. A type that isn't known is called `service:prefix`.
pub(crate) fn from_arn(arn: &str) -> Option<Resource> {
    let parsed = Arn::parse(arn)?;
    let cfn = match parsed.kind() {
        Some(kind) => kind.cfn.to_owned(),
        None => match parsed.rest.split_once(['/', ':']) {
            Some((prefix, _)) => format!("{}:{prefix}", parsed.service),
            None => parsed.service.to_owned(),
        },
    };
    Some(with_arn(&cfn, arn))
}

/// From what a metric's dimensions say, in the catalogue's words: `name`, or the attribute that stands for it.
pub(crate) fn from_dimensions(cfn: &str, said: &BTreeMap<String, String>, place: &Place) -> Option<Resource> {
    let get = |attribute: &str| said.get(attribute).map(String::as_str);
    let kind = of_type(cfn);
    let opaque = |name: String| {
        let Place { partition, region, account } = place;
        let service = kind.map_or("", |k| k.service);
        with_arn(cfn, &format!("arn:{partition}:{service}:{region}:{account}:{name}"))
    };
    let mut resource = match (cfn, get("name")) {
        ("AWS::ECS::Service", Some(name)) => opaque(format!("service/{}/{name}", get("cluster")?)),
        // Its metrics go by its name, from which its id can't be told.
        ("AWS::ApiGateway::RestApi", Some(name)) => rest_api(name),
        (_, Some(name)) => from_physical_id(cfn, name, place),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", None) => opaque(get("target_group")?.to_owned()),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", None) => {
            opaque(format!("loadbalancer/{}", get("load_balancer")?))
        }
        ("AWS::StepFunctions::StateMachine", None) => from_arn(get("state_machine_arn").or(get("arn"))?)?,
        ("AWS::ApiGatewayV2::Api", None) => from_physical_id(cfn, get("api_id")?, place),
        ("AWS::ApiGateway::RestApi", None) => rest_api(get("api_name")?),
        _ => from_physical_id(cfn, said.values().next()?, place),
    };
    for (attribute, value) in said.iter().filter(|(attribute, _)| !matches!(attribute.as_str(), "name" | "arn" | "id"))
    {
        resource.attributes.entry(attribute.clone()).or_insert_with(|| value.as_str().into());
    }
    Some(resource)
}

fn rest_api(name: &str) -> Resource {
    let mut api = Resource::new("AWS::ApiGateway::RestApi", name);
    api.set("api_name", name);
    api
}

fn with_arn(cfn: &str, arn: &str) -> Resource {
    // An unqualified function: `arn:…:function:name:alias` is the same one.
    let arn = match cfn {
        "AWS::Lambda::Function" => arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":"),
        "AWS::Logs::LogGroup" => arn.trim_end_matches(":*").to_owned(),
        _ => arn.to_owned(),
    };
    let rest = Arn::parse(&arn).map_or(arn.as_str(), |a| a.rest);
    let rest = of_type(cfn).and_then(|k| k.name_in(rest)).unwrap_or(rest);
    let parts: Vec<&str> = rest.split('/').collect();
    let mut resource = Resource { id: ResourceId(arn.clone()), arn: Some(arn.clone()), ..Resource::new(cfn, rest) };
    let mut set = |attribute: &str, value: &str| resource.set(attribute, value);
    let name = match (cfn, parts.as_slice()) {
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", [kind, name, _]) => {
            set("load_balancer", rest);
            let kind = match *kind {
                "app" => "application",
                "net" => "network",
                "gwy" => "gateway",
                other => other,
            };
            set("load_balancer_type", kind);
            name
        }
        ("AWS::ElasticLoadBalancingV2::TargetGroup", [name, _]) => {
            set("target_group", &format!("targetgroup/{rest}"));
            name
        }
        ("AWS::ECS::Service", [cluster, name]) => {
            set("cluster", cluster);
            name
        }
        ("AWS::Events::Rule", [bus, name]) => {
            set("event_bus", bus);
            name
        }
        ("AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api", [id]) => {
            set("api_id", id);
            id
        }
        ("AWS::CloudFormation::Stack", [name, ..]) => name,
        ("AWS::StepFunctions::StateMachine", [name]) => {
            set("state_machine_arn", &arn);
            name
        }
        ("AWS::RDS::DBCluster", [name]) => {
            set("cluster", name);
            name
        }
        ("AWS::ElastiCache::CacheCluster", [name]) => {
            set("cache_cluster", name);
            name
        }
        _ => rest.rsplit_once(':').filter(|_| of_type(cfn).is_none()).map_or(rest, |(_, name)| name),
    };
    resource.name = name.to_owned();
    resource
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { partition: "aws".into(), region: "eu-west-1".into(), account: "123456789012".into() }
    }

    fn name_and_id(cfn: &str, physical: &str) -> (String, String) {
        let resource = from_physical_id(cfn, physical, &place());
        (resource.name, resource.id.0)
    }

    #[test]
    fn a_name_a_url_and_an_arn_give_the_id_that_the_tagging_api_gives() {
        for (cfn, physical, arn) in [
            ("AWS::Lambda::Function", "checkout", "arn:aws:lambda:eu-west-1:123456789012:function:checkout"),
            ("AWS::DynamoDB::Table", "orders", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
            (
                "AWS::SQS::Queue",
                "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
                "arn:aws:sqs:eu-west-1:123456789012:jobs",
            ),
            ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:123456789012:news", "arn:aws:sns:eu-west-1:123456789012:news"),
            ("AWS::ApiGateway::RestApi", "a1b2c3", "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3"),
            ("AWS::ApiGatewayV2::Api", "d4e5f6", "arn:aws:apigateway:eu-west-1::/apis/d4e5f6"),
            ("AWS::S3::Bucket", "photos", "arn:aws:s3:::photos"),
            ("AWS::Events::Rule", "nightly", "arn:aws:events:eu-west-1:123456789012:rule/nightly"),
            ("AWS::Events::Rule", "shop|paid", "arn:aws:events:eu-west-1:123456789012:rule/shop/paid"),
            ("AWS::RDS::DBInstance", "main", "arn:aws:rds:eu-west-1:123456789012:db:main"),
        ] {
            let by_stack = from_physical_id(cfn, physical, &place());
            assert_eq!(by_stack.id.as_str(), arn);
            assert_eq!(from_arn(arn), Some(by_stack), "{arn}");
        }
    }

    #[test]
    fn what_titles_and_dimensions_call_it_is_in_the_arn() {
        let alb = from_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188")
            .unwrap();
        assert_eq!(alb.name, "web");
        assert_eq!(alb.known("load_balancer"), Some("app/web/50dc6c495c0c9188"));
        assert_eq!(alb.known("load_balancer_type"), Some("application"));
        let group =
            from_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/73e2d6bc24d8a067").unwrap();
        assert_eq!(group.name, "api");
        assert_eq!(group.known("target_group"), Some("targetgroup/api/73e2d6bc24d8a067"));
        let service = from_arn("arn:aws:ecs:eu-west-1:123456789012:service/prod/api").unwrap();
        assert_eq!((service.name.as_str(), service.known("cluster")), ("api", Some("prod")));
        let rule = from_arn("arn:aws:events:eu-west-1:123456789012:rule/shop/paid").unwrap();
        assert_eq!((rule.name.as_str(), rule.known("event_bus")), ("paid", Some("shop")));
        let nested = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-Data-1X/6f0e";
        assert_eq!(name_and_id("AWS::CloudFormation::Stack", nested), ("shop-Data-1X".into(), nested.into()));
    }

    #[test]
    fn an_alias_is_its_function_and_a_stage_is_not_its_api() {
        let alias = from_arn("arn:aws:lambda:eu-west-1:123456789012:function:checkout:live").unwrap();
        assert_eq!(alias.id.as_str(), "arn:aws:lambda:eu-west-1:123456789012:function:checkout");
        assert_eq!(alias.name, "checkout");
        let stage = from_arn("arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/prod").unwrap();
        assert_eq!((stage.resource_type.as_str(), stage.name.as_str()), ("AWS::ApiGateway::Stage", "prod"));
    }

    #[test]
    fn a_type_nobody_knows_keeps_its_physical_id() {
        assert_eq!(name_and_id("AWS::Glue::Job", "nightly"), ("nightly".into(), "AWS::Glue::Job/nightly".into()));
        let job = from_arn("arn:aws:glue:eu-west-1:123456789012:job/nightly").unwrap();
        assert_eq!(job.resource_type, "glue:job");
        assert_eq!(from_arn("not an arn"), None);
    }

    #[test]
    fn every_type_is_listed_once() {
        let mut types: Vec<&str> = KINDS.iter().map(|k| k.cfn).collect();
        types.sort_unstable();
        let all = types.len();
        types.dedup();
        assert_eq!(types.len(), all);
    }
}
