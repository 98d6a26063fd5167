//! Configuration that the template tells, in the catalogue's names.

use super::edges::Stack;
use serde_json::Value;
use stackseer_model::Resource;

/// Type, property, attribute.
#[rustfmt::skip]
const ATTRIBUTES: &[(&str, &str, &str)] = &[
    ("AWS::Lambda::Function", "/MemorySize", "memory_mb"),
    ("AWS::Lambda::Function", "/Timeout", "timeout_seconds"),
    ("AWS::Lambda::Function", "/Runtime", "runtime"),
    ("AWS::Lambda::Function", "/ReservedConcurrentExecutions", "reserved_concurrency"),
    ("AWS::DynamoDB::Table", "/BillingMode", "billing_mode"),
    ("AWS::DynamoDB::Table", "/ProvisionedThroughput/ReadCapacityUnits", "read_capacity"),
    ("AWS::DynamoDB::Table", "/ProvisionedThroughput/WriteCapacityUnits", "write_capacity"),
    ("AWS::SQS::Queue", "/VisibilityTimeout", "visibility_timeout_seconds"),
    ("AWS::SQS::Queue", "/MessageRetentionPeriod", "retention_seconds"),
    ("AWS::SQS::Queue", "/FifoQueue", "fifo"),
    ("AWS::Kinesis::Stream", "/ShardCount", "shard_count"),
    ("AWS::Kinesis::Stream", "/RetentionPeriodHours", "retention_hours"),
    ("AWS::Kinesis::Stream", "/StreamModeDetails/StreamMode", "stream_mode"),
    ("AWS::StepFunctions::StateMachine", "/StateMachineType", "state_machine_type"),
    ("AWS::ApiGatewayV2::Api", "/ProtocolType", "protocol"),
    ("AWS::ECS::Service", "/DesiredCount", "desired_count"),
    ("AWS::ECS::Service", "/LaunchType", "launch_type"),
    ("AWS::RDS::DBInstance", "/DBInstanceClass", "instance_class"),
    ("AWS::RDS::DBInstance", "/Engine", "engine"),
    ("AWS::RDS::DBInstance", "/AllocatedStorage", "allocated_storage_gb"),
    ("AWS::RDS::DBInstance", "/DBClusterIdentifier", "cluster"),
    ("AWS::RDS::DBCluster", "/Engine", "engine"),
    ("AWS::ElastiCache::CacheCluster", "/CacheNodeType", "instance_class"),
    ("AWS::ElastiCache::CacheCluster", "/Engine", "engine"),
    ("AWS::ElastiCache::ReplicationGroup", "/CacheNodeType", "instance_class"),
    ("AWS::ElastiCache::ReplicationGroup", "/Engine", "engine"),
    ("AWS::Events::Rule", "/State", "state"),
    ("AWS::Events::Rule", "/ScheduleExpression", "schedule"),
];

/// What CloudFormation creates where the template says nothing.
#[rustfmt::skip]
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("AWS::DynamoDB::Table", "billing_mode", "PROVISIONED"),
    ("AWS::SQS::Queue", "visibility_timeout_seconds", "30"),
    ("AWS::SQS::Queue", "retention_seconds", "345600"),
    ("AWS::Kinesis::Stream", "retention_hours", "24"),
    ("AWS::StepFunctions::StateMachine", "state_machine_type", "STANDARD"),
];

/// Adds to the stack's resource `logical` what its template knows about it.
pub(crate) fn add(stack: &Stack<'_, '_>, logical: &str, resource: &mut Resource) {
    let Some(declared) = stack.scope.template.resources.get(logical) else { return };
    let properties = stack.scope.resolve(&declared.properties);
    let cfn = resource.resource_type.clone();
    let cfn = cfn.as_str();
    let text = |pointer: &str| properties.pointer(pointer).and_then(|v| stack.scope.text(v));
    let mut told: Vec<(&str, String)> = Vec::new();
    for (_, pointer, attribute) in ATTRIBUTES.iter().filter(|(of, ..)| *of == cfn) {
        told.extend(text(pointer).map(|value| (*attribute, value)));
    }
    match cfn {
        "AWS::DynamoDB::Table" if text(PITR).as_deref() == Some("true") => {
            told.push(("point_in_time_recovery", "enabled".to_owned()));
        }
        "AWS::SQS::Queue" => {
            let target = properties.pointer("/RedrivePolicy/deadLetterTargetArn");
            let target =
                target.and_then(|v| stack.scope.text(v)).and_then(|arn| Some(arn.rsplit_once(':')?.1.to_owned()));
            told.extend(target.map(|name| ("dead_letter_queue", name)));
        }
        "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => {
            if let Some(name) = text("/Name").or_else(|| text("/Body/info/title")) {
                resource.name.clone_from(&name);
                told.push(("api_name", name));
            }
            told.extend(stage_of(stack, resource).map(|stage| ("stage", stage)));
        }
        _ => {}
    }
    for (attribute, value) in told {
        resource.set(attribute, value);
    }
    for (_, attribute, value) in DEFAULTS.iter().filter(|(of, ..)| *of == cfn) {
        resource.attributes.entry((*attribute).to_owned()).or_insert_with(|| (*value).into());
    }
}

const PITR: &str = "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled";

/// The name of the API's only stage: with several, metrics of one stage aren't the API's.
fn stage_of(stack: &Stack<'_, '_>, api: &Resource) -> Option<String> {
    let resources = stack.scope.template.resources.values();
    let stages = resources.filter_map(|declared| {
        let of = match declared.cfn.as_str() {
            "AWS::ApiGateway::Stage" => declared.properties.get("RestApiId"),
            "AWS::ApiGatewayV2::Stage" => declared.properties.get("ApiId"),
            _ => return None,
        };
        stack.named(of).contains(&api.id).then(|| declared.properties.get("StageName"))?
    });
    let names: Vec<&Value> = stages.collect();
    match names.as_slice() {
        [name] => stack.scope.text(name),
        _ => None,
    }
}
