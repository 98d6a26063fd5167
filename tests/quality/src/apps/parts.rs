//! Parts as most applications have them.

use crate::calendar::Habits;
use crate::world::*;

pub const FUNCTION: &str = "AWS::Lambda::Function";
pub const TABLE: &str = "AWS::DynamoDB::Table";
pub const QUEUE: &str = "AWS::SQS::Queue";
pub const REST: &str = "AWS::ApiGateway::RestApi";
pub const HTTP: &str = "AWS::ApiGatewayV2::Api";
pub const TOPIC: &str = "AWS::SNS::Topic";
pub const RULE: &str = "AWS::Events::Rule";
pub const MACHINE: &str = "AWS::StepFunctions::StateMachine";
pub const STREAM: &str = "AWS::Kinesis::Stream";
pub const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
pub const GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
pub const SERVICE: &str = "AWS::ECS::Service";
pub const DATABASE: &str = "AWS::RDS::DBInstance";
pub const CACHE: &str = "AWS::ElastiCache::CacheCluster";
pub const DELIVERY: &str = "AWS::KinesisFirehose::DeliveryStream";
/// Nobody's resource here.
pub const OUTSIDE: &str = "";

pub fn door(front: Front, rate: f64, habits: Habits, routes: Vec<(usize, f64)>) -> Door {
    Door {
        front,
        rate,
        habits,
        routes: routes.into_iter().map(|(to, share)| Route { to, share }).collect(),
        overhead_ms: 9.0,
        client_errors: 0.012,
        crawler: 0.0,
        limit: f64::INFINITY,
        retries: 0.35,
        unreachable: 0.0,
        own_failures: 0.0,
        timeout_ms: 29_000.0,
    }
}

pub fn queue(consumer: Option<usize>, dead_letters: Option<usize>, visibility_min: i64) -> Queue {
    Queue {
        consumer,
        at_once: 1000.0,
        is_read: true,
        visibility_min,
        tries: 3,
        dead_letters,
        retention_min: 4 * 24 * 60,
        poison: 0.0,
        purge: false,
        extra: 0.0,
    }
}

pub fn table(provisioned: Option<(f64, f64)>) -> Table {
    Table {
        provisioned: provisioned.map(|(reads, writes)| Capacity { reads, writes }),
        latency_ms: 4.0,
        hot: 0.0,
        stream: None,
        errors: 0.0,
        conditional: 0.0004,
    }
}

pub fn rule(times: Times, targets: Vec<usize>) -> Rule {
    Rule { times, is_on: true, targets: targets.into_iter().map(subscriber).collect() }
}

pub fn topic(subscribers: Vec<usize>) -> Topic {
    Topic { subscribers: subscribers.into_iter().map(subscriber).collect() }
}

fn subscriber(to: usize) -> Subscriber {
    Subscriber { to, refused: 0.0 }
}

pub fn outside(latency_ms: f64) -> Outside {
    Outside { latency_ms, variation: 0.5, errors: 0.0006, hangs: 0.0 }
}
