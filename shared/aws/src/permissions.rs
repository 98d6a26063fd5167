//! Every IAM action this crate uses, and a cheap look at which of them the credentials may use.

use crate::client::Place;
use crate::discovery::queue_url;
use crate::error::port_error;
use crate::signed::Signed;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use serde_json::{Value, json};
use stackseer_catalog::Catalog;
use stackseer_model::ports::PortError;
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

/// What an action is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Reading what is watched. All of these are read-only.
    Watch,
    /// Stackseer's own table, when that is in the account.
    Store,
}

/// One row of [`permissions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// As people call it: `Lambda`.
    pub service: &'static str,
    /// `lambda:ListFunctions`
    pub action: &'static str,
    pub permission: Permission,
    /// What goes unseen without it.
    pub without: &'static str,
}

const fn watch(service: &'static str, action: &'static str, without: &'static str) -> Action {
    Action { service, action, permission: Permission::Watch, without }
}

const fn store(action: &'static str, without: &'static str) -> Action {
    Action { service: "DynamoDB", action, permission: Permission::Store, without }
}

/// Whatever the resources are.
#[rustfmt::skip]
const ALWAYS: &[Action] = &[
    watch("CloudFormation", "cloudformation:DescribeStacks", "stacks: nothing can be watched by stack or tag"),
    watch("CloudFormation", "cloudformation:GetTemplate", "who calls whom, so causes are found by time and changes alone"),
    watch("CloudFormation", "cloudformation:ListStackResources", "what is in a stack: nothing can be watched by stack"),
    watch("CloudTrail", "cloudtrail:LookupEvents", "deployments and configuration changes: no change is named as a cause"),
    watch("CloudWatch", "cloudwatch:GetMetricData", "all metrics: nothing can be detected"),
    watch("CloudWatch", "cloudwatch:ListMetrics", "metrics by operation or cache node, and resources without stack or tag"),
    watch("Tagging", "tag:GetResources", "resources by tag, and resources that are in no stack"),
    store("dynamodb:BatchGetItem", "open insights"),
    store("dynamodb:BatchWriteItem", "the charts of insights"),
    store("dynamodb:GetItem", "insights by id"),
    store("dynamodb:PutItem", "any insight: none can be kept"),
    store("dynamodb:DeleteItem", "nothing, but superseded charts stay until they expire"),
    store("dynamodb:Query", "open and recent insights"),
];

/// All of them, those that read services' own resources from the catalogue. `sts:GetCallerIdentity` needs no permission.
pub fn permissions() -> Vec<Action> {
    let of_resources = Catalog::builtin().resource_actions();
    let of_resources = of_resources.map(|(service, iam)| watch(service, &iam.action, &iam.without));
    let mut all: Vec<Action> = ALWAYS.iter().copied().chain(of_resources).collect();
    all.sort_by_key(|action| (action.permission, action.action));
    // Several types may be read by the same.
    all.dedup_by_key(|action| action.action);
    all
}

/// What one row of [`permissions`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionCheck {
    pub action: Action,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    /// AWS said no; its own words.
    Denied(String),
    /// Not known: throttled, timed out, not there in this Region.
    Unreachable(String),
}

/// Tries each permission with a call that changes nothing and costs next to nothing.
#[derive(Debug, Clone)]
pub struct Permissions {
    place: Place,
    cloudformation: aws_sdk_cloudformation::Client,
    cloudtrail: aws_sdk_cloudtrail::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    lambda: aws_sdk_lambda::Client,
    signed: Signed,
    sns: aws_sdk_sns::Client,
    tagging: aws_sdk_resourcegroupstagging::Client,
}

/// A name nothing has. "Not found" is said only to those who may look.
const NOTHING: &str = "stackseer-doctor-looks-for-nothing";
const PATIENCE: Duration = Duration::from_secs(20);

impl Permissions {
    pub(crate) fn new(sdk: &SdkConfig, place: Place) -> Self {
        Self {
            signed: Signed::new(sdk, place.clone()),
            place,
            cloudformation: aws_sdk_cloudformation::Client::new(sdk),
            cloudtrail: aws_sdk_cloudtrail::Client::new(sdk),
            cloudwatch: aws_sdk_cloudwatch::Client::new(sdk),
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            lambda: aws_sdk_lambda::Client::new(sdk),
            sns: aws_sdk_sns::Client::new(sdk),
            tagging: aws_sdk_resourcegroupstagging::Client::new(sdk),
        }
    }

    /// One answer for every [`Permission::Watch`] action, in the table's order.
    pub async fn check(&self) -> Vec<PermissionCheck> {
        let actions = permissions().into_iter().filter(|a| a.permission == Permission::Watch);
        let checks = actions.map(|action| async move {
            let outcome = match timeout(PATIENCE, self.probe(action.action)).await {
                Ok(answer) => outcome(answer),
                Err(_) => Outcome::Unreachable(format!("no answer within {} s", PATIENCE.as_secs())),
            };
            PermissionCheck { action, outcome }
        });
        futures_util::future::join_all(checks).await
    }

    async fn probe(&self, action: &str) -> Result<(), PortError> {
        macro_rules! send {
            ($request:expr) => {
                $request.send().await.map(|_| ()).map_err(|e| port_error(action, e))
            };
        }
        match action {
            "cloudformation:DescribeStacks" => send!(self.cloudformation.describe_stacks().stack_name(NOTHING)),
            "cloudformation:GetTemplate" => send!(self.cloudformation.get_template().stack_name(NOTHING)),
            "cloudformation:ListStackResources" => {
                send!(self.cloudformation.list_stack_resources().stack_name(NOTHING))
            }
            "cloudtrail:LookupEvents" => send!(self.cloudtrail.lookup_events().max_results(1)),
            "cloudwatch:GetMetricData" => send!(one_metric(&self.cloudwatch)),
            "cloudwatch:ListMetrics" => send!(self.cloudwatch.list_metrics().namespace(NOTHING)),
            "dynamodb:DescribeContinuousBackups" => {
                send!(self.dynamodb.describe_continuous_backups().table_name(NOTHING))
            }
            "dynamodb:DescribeTable" => send!(self.dynamodb.describe_table().table_name(NOTHING)),
            "lambda:GetAccountSettings" => send!(self.lambda.get_account_settings()),
            "lambda:GetFunctionRecursionConfig" => {
                send!(self.lambda.get_function_recursion_config().function_name(NOTHING))
            }
            "lambda:ListFunctionEventInvokeConfigs" => {
                send!(self.lambda.list_function_event_invoke_configs().function_name(NOTHING))
            }
            "lambda:GetFunctionConcurrency" => send!(self.lambda.get_function_concurrency().function_name(NOTHING)),
            "lambda:ListEventSourceMappings" => send!(self.lambda.list_event_source_mappings().max_items(1)),
            "lambda:ListFunctions" => send!(self.lambda.list_functions().max_items(1)),
            "sns:GetSubscriptionAttributes" => {
                let subscription = self.arn("sns", &format!("{NOTHING}:11111111-2222-3333-4444-555555555555"));
                send!(self.sns.get_subscription_attributes().subscription_arn(subscription))
            }
            "sns:ListSubscriptionsByTopic" => {
                send!(self.sns.list_subscriptions_by_topic().topic_arn(self.arn("sns", NOTHING)))
            }
            "tag:GetResources" => send!(self.tagging.get_resources().resources_per_page(1)),
            other => match self.question(other) {
                Some(input) => self.signed.call(other, &input).await.map(|_| ()),
                None => Err(PortError::Permanent {
                    action: other.to_owned(),
                    message: "there is no check for it".to_owned(),
                }),
            },
        }
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        let Place { partition, region, account } = &self.place;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// What is asked of services that are spoken to without a client of their own.
    fn question(&self, action: &str) -> Option<Value> {
        Some(match action {
            "acm:ListCertificates" => json!({"MaxItems": 1}),
            "apigateway:GET" => json!("/restapis?limit=1"),
            "application-autoscaling:DescribeScalableTargets" | "application-autoscaling:DescribeScalingPolicies" => {
                json!({"ServiceNamespace": "dynamodb", "MaxResults": 1})
            }
            "ec2:DescribeAvailabilityZones" => json!({}),
            "ec2:DescribeInstanceTypes" | "ec2:DescribeSubnets" => json!({"MaxResults": 5}),
            "elasticache:DescribeReplicationGroups" => json!({"ReplicationGroupId": NOTHING}),
            "elasticloadbalancing:DescribeLoadBalancers" => json!({"PageSize": 1}),
            "events:ListTargetsByRule" => json!({"Rule": NOTHING}),
            "kinesis:DescribeStreamSummary" => json!({"StreamName": NOTHING}),
            "rds:DescribeDBClusterParameters" => json!({"DBClusterParameterGroupName": NOTHING}),
            "rds:DescribeDBClusters" => json!({"DBClusterIdentifier": NOTHING}),
            "rds:DescribeDBInstances" => json!({"DBInstanceIdentifier": NOTHING}),
            "rds:DescribeDBMajorEngineVersions" => json!({"MaxRecords": 20}),
            "rds:DescribeDBParameters" => json!({"DBParameterGroupName": NOTHING}),
            "rds:DescribePendingMaintenanceActions" => json!({"MaxRecords": 20}),
            "states:DescribeStateMachine" => {
                json!({"stateMachineArn": self.arn("states", &format!("stateMachine:{NOTHING}"))})
            }
            "sqs:GetQueueAttributes" => {
                json!({"QueueUrl": queue_url(&self.arn("sqs", NOTHING), &self.place), "AttributeNames": ["QueueArn"]})
            }
            _ => return None,
        })
    }
}

/// The smallest question `GetMetricData` takes: one metric, one minute.
fn one_metric(
    client: &aws_sdk_cloudwatch::Client,
) -> aws_sdk_cloudwatch::operation::get_metric_data::builders::GetMetricDataFluentBuilder {
    let metric = Metric::builder().namespace("AWS/Lambda").metric_name("Invocations").build();
    let statistic = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
    let now = SystemTime::now();
    client
        .get_metric_data()
        .metric_data_queries(MetricDataQuery::builder().id("m0").metric_stat(statistic).build())
        .start_time(DateTime::from(now - Duration::from_secs(60)))
        .end_time(DateTime::from(now))
}

fn outcome(answer: Result<(), PortError>) -> Outcome {
    match answer {
        Ok(()) | Err(PortError::NotFound { .. }) => Outcome::Ok,
        Err(PortError::Denied { message, .. }) => Outcome::Denied(message),
        Err(PortError::Transient { message, .. } | PortError::Permanent { message, .. }) => {
            Outcome::Unreachable(message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ACCOUNT, Call, REGION, Reply, denied, sdk};
    use serde_json::json;

    fn watched() -> Vec<Action> {
        permissions().into_iter().filter(|a| a.permission == Permission::Watch).collect()
    }

    /// As the fake AWS names it.
    fn operation(action: &str) -> String {
        let (service, name) = action.split_once(':').unwrap();
        let host = match service {
            "cloudwatch" => "monitoring",
            "tag" => "tagging",
            other => other,
        };
        format!("{host}.{name}")
    }

    /// Every action allowed: what the probes ask for isn't there.
    fn allowed(call: &Call) -> Reply {
        let missing = |code| Reply::Error(404, code, "not found".into());
        match call.operation.as_str() {
            "cloudformation.DescribeStacks" | "cloudformation.GetTemplate" | "cloudformation.ListStackResources" => {
                Reply::Error(400, "ValidationError", format!("Stack with id {NOTHING} does not exist"))
            }
            "dynamodb.DescribeContinuousBackups" => {
                Reply::Error(400, "TableNotFoundException", "Table not found".into())
            }
            "dynamodb.DescribeTable" => Reply::Error(400, "ResourceNotFoundException", "not found".into()),
            "lambda.GetFunctionConcurrency"
            | "lambda.GetFunctionRecursionConfig"
            | "lambda.ListFunctionEventInvokeConfigs" => missing("ResourceNotFoundException"),
            "sns.GetSubscriptionAttributes" | "sns.ListSubscriptionsByTopic" => missing("NotFound"),
            "sqs.GetQueueAttributes" => missing("QueueDoesNotExist"),
            "states.DescribeStateMachine" => missing("StateMachineDoesNotExist"),
            "rds.DescribeDBInstances" => missing("DBInstanceNotFound"),
            "rds.DescribeDBClusters" => missing("DBClusterNotFoundFault"),
            "rds.DescribeDBParameters" => missing("DBParameterGroupNotFound"),
            "elasticache.DescribeReplicationGroups" => missing("ReplicationGroupNotFoundFault"),
            call if call.starts_with("ec2.") || call.starts_with("elastic") || call.starts_with("rds.") => {
                Reply::Xml(String::new())
            }
            _ => Reply::Ok(json!({})),
        }
    }

    async fn check(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Vec<PermissionCheck> {
        let place = Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() };
        Permissions::new(&sdk(answer).0, place).check().await
    }

    #[tokio::test]
    async fn what_is_allowed_is_ok_though_nothing_is_found() {
        let checks = check(allowed).await;
        let watched = watched();
        assert_eq!(checks.iter().map(|c| c.action).collect::<Vec<_>>(), watched);
        for check in checks {
            assert_eq!(check.outcome, Outcome::Ok, "{}", check.action.action);
        }
    }

    #[tokio::test]
    async fn each_denial_is_told_by_itself() {
        for wanted in watched() {
            let this = operation(wanted.action);
            let checks = check(move |call| if call.operation == this { denied(wanted.action) } else { allowed(call) });
            for check in checks.await {
                match (&check.outcome, check.action == wanted) {
                    (Outcome::Denied(said), true) => assert!(said.ends_with(wanted.action), "{said}"),
                    (Outcome::Ok, false) => {}
                    other => panic!("{}: {other:?} while {} is denied", check.action.action, wanted.action),
                }
            }
        }
    }

    #[tokio::test]
    async fn not_known_is_neither_allowed_nor_denied() {
        let throttled = || Reply::Error(400, "ThrottlingException", "Rate exceeded".into());
        for check in check(move |_| throttled()).await {
            assert_eq!(check.outcome, Outcome::Unreachable("Rate exceeded".into()), "{}", check.action.action);
        }
        for check in check(|_| Reply::Broken).await {
            let Outcome::Unreachable(said) = check.outcome else { panic!("{check:?}") };
            assert!(said.contains("connection refused"), "{said}");
        }
    }

    #[tokio::test]
    async fn a_probe_asks_for_as_little_as_there_is() {
        let (config, calls) = sdk(allowed);
        let place = Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() };
        Permissions::new(&config, place).check().await;
        let watched = watched();
        assert_eq!(calls.all().len(), watched.len(), "one call each");
        let read = &calls.of("monitoring.GetMetricData")[0].input;
        assert_eq!(read["MetricDataQueries"].as_array().unwrap().len(), 1, "each metric is billed");
        let names = ["List", "Describe", "Get", "GET", "Lookup"];
        assert!(watched.iter().all(|a| names.iter().any(|n| a.action.split_once(':').unwrap().1.starts_with(n))));
    }

    #[test]
    fn every_action_is_listed_once_and_says_what_it_is_for() {
        let all = permissions();
        let mut actions: Vec<&str> = all.iter().map(|a| a.action).collect();
        actions.sort_unstable();
        actions.dedup();
        assert_eq!(actions.len(), all.len());
        assert!(all.iter().all(|a| !a.without.is_empty() && !a.service.is_empty()));
    }
}
