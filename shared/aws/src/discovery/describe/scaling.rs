//! Application Auto Scaling: between which bounds, and to which use of them, capacity is set.

use super::Live;
use super::answers::List;
use super::reading::{Reading, count};
use serde_json::{Map, Value, json};
use stackseer_model::Resource;
use stackseer_model::ports::PortError;

/// A type whose capacity is scaled: its namespace there, and its id.
struct Scaled {
    cfn: &'static str,
    noun: &'static str,
    id: fn(&Resource) -> String,
    targets: List,
    policies: List,
}

const fn list(action: &'static str, input: &'static [(&'static str, &'static str)], items: &'static str) -> List {
    List { action, input, items }
}

const TARGETS: &str = "application-autoscaling:DescribeScalableTargets";
const POLICIES: &str = "application-autoscaling:DescribeScalingPolicies";

static SCALED: [Scaled; 2] = [
    Scaled {
        cfn: "AWS::DynamoDB::Table",
        noun: "DynamoDB table",
        id: |table| format!("table/{}", table.name),
        targets: list(TARGETS, &[("ServiceNamespace", "dynamodb")], "/ScalableTargets"),
        policies: list(POLICIES, &[("ServiceNamespace", "dynamodb")], "/ScalingPolicies"),
    },
    Scaled {
        cfn: "AWS::ECS::Service",
        noun: "ECS service",
        id: |service| format!("service/{}/{}", service.known("cluster").unwrap_or("default"), service.name),
        targets: list(TARGETS, &[("ServiceNamespace", "ecs")], "/ScalableTargets"),
        policies: list(POLICIES, &[("ServiceNamespace", "ecs")], "/ScalingPolicies"),
    },
];

impl Live {
    pub(super) async fn of_scaling(&self, reading: &mut Reading<'_>) {
        let (mut bounds, mut uses) = (Vec::new(), Vec::new());
        for scaled in &SCALED {
            let members: Vec<(String, String)> = reading
                .members(scaled.cfn)
                .map(|r| (r.arn.clone().unwrap_or_else(|| r.name.clone()), (scaled.id)(r)))
                .collect();
            if members.is_empty() {
                continue;
            }
            for (list, into) in [(&scaled.targets, &mut bounds), (&scaled.policies, &mut uses)] {
                match self.listed(list).await {
                    Ok(listed) => into.extend(members.iter().map(|(arn, id)| (arn.clone(), of_member(&listed, id)))),
                    Err(error) => missed(reading, &error, members.len(), scaled.noun),
                }
            }
        }
        for (action, read) in [(TARGETS, bounds), (POLICIES, uses)] {
            reading.set_answers(action, read.iter().map(|(arn, said)| (arn.clone(), said)));
        }
    }
}

fn missed(reading: &mut Reading<'_>, error: &PortError, members: usize, noun: &str) {
    reading.miss(format!("auto scaling of {}", count(members, noun)), error);
}

/// By what is scaled: `{"dynamodb:table:ReadCapacityUnits": …}`.
fn of_member(listed: &[Value], id: &str) -> Value {
    let own = listed.iter().filter(|item| item["ResourceId"] == id);
    let by_dimension: Map<String, Value> =
        own.filter_map(|item| Some((item["ScalableDimension"].as_str()?.to_owned(), item.clone()))).collect();
    match by_dimension.is_empty() {
        true => json!({"": "nothing"}),
        false => Value::Object(by_dimension),
    }
}
