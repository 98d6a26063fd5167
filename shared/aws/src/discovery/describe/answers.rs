//! What the catalogue reads of a service by pointers into its answer: a new attribute of one needs no code, a new service a
//! row.

use super::Live;
use super::reading::{Reading, count};
use super::refined;
use crate::client::Place;
use crate::signed::{Signed, text};
use serde_json::{Value, json};
use stackseer_model::Resource;
use stackseer_model::ports::PortError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// A call that lists what there is in the Region.
#[derive(Debug)]
pub(super) struct List {
    pub action: &'static str,
    pub input: &'static [(&'static str, &'static str)],
    /// Leads to the items within a page.
    pub items: &'static str,
}

/// Types whose configuration a list tells.
pub(super) struct Listed {
    pub types: &'static [&'static str],
    pub what: &'static str,
    pub noun: &'static str,
    pub list: List,
    /// Of an item.
    pub arn: &'static str,
    /// Not to be listed says that nothing is set.
    pub is_whole: bool,
    /// Says more plainly what pointers can't lead to.
    pub refine: fn(Value) -> Value,
}

const LISTED: &[Listed] = &[
    Listed {
        types: &["AWS::RDS::DBCluster"],
        what: "configuration",
        noun: "RDS cluster",
        list: List { action: "rds:DescribeDBClusters", input: &[], items: "/DBClusters/DBCluster" },
        arn: "/DBClusterArn",
        is_whole: false,
        refine: |said| said,
    },
    Listed {
        types: &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"],
        what: "pending maintenance",
        noun: "RDS database",
        list: List {
            action: "rds:DescribePendingMaintenanceActions",
            input: &[],
            items: "/PendingMaintenanceActions/ResourcePendingMaintenanceActions",
        },
        arn: "/ResourceIdentifier",
        is_whole: true,
        refine: refined::maintenance,
    },
    Listed {
        types: &["AWS::ElastiCache::ReplicationGroup"],
        what: "configuration",
        noun: "ElastiCache replication group",
        list: List {
            action: "elasticache:DescribeReplicationGroups",
            input: &[],
            items: "/ReplicationGroups/ReplicationGroup",
        },
        arn: "/ARN",
        is_whole: false,
        refine: |said| said,
    },
    Listed {
        types: &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
        what: "configuration",
        noun: "load balancer",
        list: List { action: "elasticloadbalancing:DescribeLoadBalancers", input: &[], items: "/LoadBalancers/member" },
        arn: "/LoadBalancerArn",
        is_whole: false,
        refine: |said| said,
    },
    Listed {
        types: &["AWS::CertificateManager::Certificate"],
        what: "end",
        noun: "ACM certificate",
        list: List { action: "acm:ListCertificates", input: &[], items: "/CertificateSummaryList" },
        arn: "/CertificateArn",
        is_whole: false,
        refine: refined::certificate,
    },
];

/// A type whose members are asked for one by one.
struct Asked {
    cfn: &'static str,
    noun: &'static str,
    action: &'static str,
    input: fn(&Resource, &Place) -> Value,
    /// Leads to what is said of the resource.
    answer: &'static str,
    /// Says more plainly what pointers can't lead to.
    refine: fn(Value) -> Value,
}

const ASKED: &[Asked] = &[
    Asked {
        cfn: "AWS::SQS::Queue",
        noun: "SQS queue",
        action: "sqs:GetQueueAttributes",
        input: |queue, place| json!({"QueueUrl": queue_url(arn(queue), place), "AttributeNames": ["All"]}),
        answer: "/Attributes",
        refine: |said| said,
    },
    Asked {
        cfn: "AWS::Kinesis::Stream",
        noun: "Kinesis stream",
        action: "kinesis:DescribeStreamSummary",
        input: |stream, _| json!({"StreamName": stream.name}),
        answer: "/StreamDescriptionSummary",
        refine: |said| said,
    },
    Asked {
        cfn: "AWS::StepFunctions::StateMachine",
        noun: "state machine",
        action: "states:DescribeStateMachine",
        input: |machine, _| json!({"stateMachineArn": arn(machine)}),
        answer: "",
        refine: refined::state_machine,
    },
    Asked {
        cfn: "AWS::Events::Rule",
        noun: "EventBridge rule",
        action: "events:ListTargetsByRule",
        input: |rule, _| json!({"Rule": rule.name, "EventBusName": rule.known("event_bus").unwrap_or("default")}),
        answer: "",
        refine: refined::targets,
    },
];

fn arn(resource: &Resource) -> &str {
    resource.arn.as_deref().unwrap_or_default()
}

/// `arn:aws:sqs:eu-west-1:123456789012:jobs` → `https://sqs.eu-west-1.amazonaws.com/123456789012/jobs`
pub(crate) fn queue_url(arn: &str, place: &Place) -> String {
    let suffix = if place.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        [_, _, _, region, account, name] => format!("https://sqs.{region}.{suffix}/{account}/{name}"),
        _ => arn.to_owned(),
    }
}

impl Live {
    pub(super) async fn of_answers(&self, reading: &mut Reading<'_>) {
        for listed in LISTED {
            self.of_list(listed, reading).await;
        }
        for asked in ASKED {
            self.of_each(asked, reading).await;
        }
    }

    async fn of_list(&self, listed: &'static Listed, reading: &mut Reading<'_>) {
        let members: Vec<String> = listed.types.iter().flat_map(|cfn| reading.of_type(cfn)).collect();
        if members.is_empty() {
            return;
        }
        let action = listed.list.action;
        match self.listed(&listed.list).await {
            Ok(items) => {
                let nothing = json!({"": "nothing"});
                let rest = members.iter().filter(|_| listed.is_whole).map(|arn| (arn.clone(), &nothing));
                let of = |item: &Value| Some((text(item.pointer(listed.arn)?), (listed.refine)(item.clone())));
                let own: Vec<(String, Value)> = items.iter().filter_map(of).collect();
                reading.set_answers(action, rest.chain(own.iter().map(|(arn, said)| (arn.clone(), said))));
            }
            Err(error) => {
                reading.set_answers(action, []);
                reading.miss(format!("{} of {}", listed.what, count(members.len(), listed.noun)), &error);
            }
        }
    }

    async fn of_each(&self, asked: &Asked, reading: &mut Reading<'_>) {
        let place = self.signed.place();
        // Those of other Regions and accounts are not asked here.
        let here = format!(":{}:{}:", place.region, place.account);
        let members = reading.members(asked.cfn).filter(|r| arn(r).contains(&here));
        let inputs: HashMap<String, Value> = members.map(|r| (arn(r).to_owned(), (asked.input)(r, place))).collect();
        let mut members = reading.of_type(asked.cfn);
        members.retain(|arn| inputs.contains_key(arn));
        let read = |arn| self.answer(asked, &inputs[arn]);
        let read = reading.each(&members, "configuration", asked.noun, read).await;
        reading.set_answers(asked.action, read.iter().map(|(arn, said)| (arn.clone(), said)));
    }

    async fn answer(&self, asked: &Asked, input: &Value) -> Result<Value, PortError> {
        let mut answer = self.signed.call(asked.action, input).await?;
        Ok((asked.refine)(answer.pointer_mut(asked.answer).map(Value::take).unwrap_or_default()))
    }
}

/// What was listed in this run, by the call.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<HashMap<String, Cell>>);

type Cell = Arc<OnceCell<Arc<Vec<Value>>>>;

impl Lists {
    pub(super) async fn get(&self, signed: &Signed, list: &List) -> Result<Arc<Vec<Value>>, PortError> {
        let input: Value = list.input.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        let key = format!("{} {input}", list.action);
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        let read = cell.get_or_try_init(|| async { signed.list(list.action, input, list.items).await.map(Arc::new) });
        read.await.cloned()
    }
}
