//! Configuration and edges that only the services themselves know, read live.

use super::edges::Found;
use super::lookup::Lookup;
use crate::error::{port_error, unseen};
use futures_util::stream::{self, StreamExt};
use stackseer_model::ports::PortError;
use stackseer_model::{Attribute, Inventory, Unseen};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Lambda's control plane answers 15 requests a second, DynamoDB's 10.
const AT_ONCE: usize = 4;

const FUNCTION: &str = "AWS::Lambda::Function";
const TABLE: &str = "AWS::DynamoDB::Table";
const TOPIC: &str = "AWS::SNS::Topic";

/// An action's answer about one resource, by the names of its fields. None: known to be unset, whatever the template says.
type Fields = BTreeMap<&'static str, Option<String>>;
/// Source and function.
type Mapping = (String, String);

/// One run's view of the services: what is listed for the whole Region is listed once.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    lambda: aws_sdk_lambda::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    sns: aws_sdk_sns::Client,
    functions: Arc<OnceCell<Arc<HashMap<String, Fields>>>>,
    concurrency: Arc<OnceCell<Option<i32>>>,
    mappings: Arc<OnceCell<Arc<Vec<Mapping>>>>,
}

impl Live {
    pub(crate) fn new(
        lambda: aws_sdk_lambda::Client,
        dynamodb: aws_sdk_dynamodb::Client,
        sns: aws_sdk_sns::Client,
    ) -> Self {
        let (functions, concurrency, mappings) = Default::default();
        Self { lambda, dynamodb, sns, functions, concurrency, mappings }
    }

    /// Adds to the inventory what can be read, and to its `unseen` what can't.
    pub(crate) async fn describe(&self, inventory: &mut Inventory, lookup: &Lookup) {
        let mut found = Found::new(lookup, std::mem::take(&mut inventory.edges));
        let of_type = |cfn: &str| {
            let resources = inventory.resources.iter().filter(|r| r.resource_type == cfn);
            resources.map(|r| r.arn.clone().unwrap_or_else(|| r.name.clone())).collect::<Vec<_>>()
        };
        let (functions, tables, topics) = (of_type(FUNCTION), of_type(TABLE), of_type(TOPIC));
        let mut missed = Vec::new();
        if !functions.is_empty() {
            self.functions(&functions, lookup, inventory, &mut missed).await;
            self.event_sources(&mut found, &mut missed).await;
        }
        if !tables.is_empty() {
            self.tables(&tables, lookup, inventory, &mut missed).await;
        }
        if !topics.is_empty() {
            self.subscriptions(topics, &mut found, &mut missed).await;
        }
        inventory.edges = found.finish();
        inventory.unseen.extend(missed);
    }

    async fn functions(
        &self,
        functions: &[String],
        lookup: &Lookup,
        inventory: &mut Inventory,
        missed: &mut Vec<Unseen>,
    ) {
        match self.functions.get_or_try_init(|| self.list_functions()).await {
            Ok(known) => set(
                lookup,
                inventory,
                "lambda:ListFunctions",
                functions.iter().filter_map(|arn| Some((arn.clone(), known.get(arn)?.clone()))),
            ),
            Err(error) => {
                set(lookup, inventory, "lambda:ListFunctions", []);
                missed.push(unseen(format!("configuration of {}", count(functions, "Lambda function")), &error));
            }
        }
        match self.concurrency.get_or_try_init(|| self.account_concurrency()).await {
            Ok(Some(limit)) => {
                let limit = Fields::from([("ConcurrentExecutions", Some(limit.to_string()))]);
                set(
                    lookup,
                    inventory,
                    "lambda:GetAccountSettings",
                    functions.iter().map(|arn| (arn.clone(), limit.clone())),
                );
            }
            Ok(None) => {}
            Err(error) => missed.push(unseen("the account's limit of concurrent Lambda executions", &error)),
        }
        let read = each(functions, "reserved concurrency", "Lambda function", |arn| async move {
            let action = "lambda:GetFunctionConcurrency";
            let answer = self.lambda.get_function_concurrency().function_name(arn).send().await;
            let reserved = answer.map_err(|e| port_error(action, e))?.reserved_concurrent_executions;
            Ok(Fields::from([("ReservedConcurrentExecutions", reserved.map(|n| n.to_string()))]))
        });
        let (read, unread) = read.await;
        set(lookup, inventory, "lambda:GetFunctionConcurrency", read);
        missed.extend(unread);
    }

    async fn list_functions(&self) -> Result<Arc<HashMap<String, Fields>>, PortError> {
        let mut pages = self.lambda.list_functions().into_paginator().send();
        let mut functions = HashMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| port_error("lambda:ListFunctions", e))?;
            for function in page.functions.unwrap_or_default() {
                let mut fields = Fields::new();
                fields.extend(function.memory_size.map(|n| ("MemorySize", Some(n.to_string()))));
                fields.extend(function.timeout.map(|n| ("Timeout", Some(n.to_string()))));
                fields.extend(function.runtime.map(|r| ("Runtime", Some(r.as_str().to_owned()))));
                fields.extend(function.last_modified.map(|t| ("LastModified", Some(t))));
                functions.extend(function.function_arn.map(|arn| (arn, fields)));
            }
        }
        Ok(Arc::new(functions))
    }

    async fn account_concurrency(&self) -> Result<Option<i32>, PortError> {
        let answer = self.lambda.get_account_settings().send().await;
        let settings = answer.map_err(|e| port_error("lambda:GetAccountSettings", e))?;
        Ok(settings.account_limit.map(|limit| limit.concurrent_executions))
    }

    async fn event_sources(&self, found: &mut Found<'_>, missed: &mut Vec<Unseen>) {
        match self.mappings.get_or_try_init(|| self.list_mappings()).await {
            Ok(mappings) => mappings.iter().for_each(|(source, function)| found.add_named(source, function)),
            Err(error) => missed.push(unseen("what feeds the Lambda functions", &error)),
        }
    }

    /// Every mapping that is not switched off.
    async fn list_mappings(&self) -> Result<Arc<Vec<Mapping>>, PortError> {
        let mut pages = self.lambda.list_event_source_mappings().into_paginator().send();
        let mut mappings = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| port_error("lambda:ListEventSourceMappings", e))?;
            for mapping in page.event_source_mappings.unwrap_or_default() {
                if !matches!(mapping.state.as_deref(), Some("Disabled" | "Disabling" | "Deleting")) {
                    mappings.extend(mapping.event_source_arn.zip(mapping.function_arn));
                }
            }
        }
        Ok(Arc::new(mappings))
    }

    async fn tables(&self, tables: &[String], lookup: &Lookup, inventory: &mut Inventory, missed: &mut Vec<Unseen>) {
        let read = each(tables, "configuration", "DynamoDB table", |arn| async move {
            let answer = self.dynamodb.describe_table().table_name(name(arn)).send().await;
            let table = answer.map_err(|e| port_error("dynamodb:DescribeTable", e))?.table.unwrap_or_else(empty_table);
            let mut fields = Fields::new();
            fields.extend(table.table_status.map(|s| ("TableStatus", Some(s.as_str().to_owned()))));
            fields.extend(
                table.deletion_protection_enabled.map(|on| ("DeletionProtectionEnabled", Some(on.to_string()))),
            );
            // Tables that never were on demand have no summary.
            let mode = table.billing_mode_summary.and_then(|s| s.billing_mode);
            let mode = mode.map_or_else(|| "PROVISIONED".to_owned(), |m| m.as_str().to_owned());
            let limit = table.provisioned_throughput.filter(|_| mode == "PROVISIONED");
            let of = |units: Option<i64>| units.map(|n| n.to_string());
            fields.insert("ReadCapacityUnits", of(limit.as_ref().and_then(|l| l.read_capacity_units)));
            fields.insert("WriteCapacityUnits", of(limit.as_ref().and_then(|l| l.write_capacity_units)));
            fields.insert("BillingMode", Some(mode));
            Ok(fields)
        });
        let (read, unread) = read.await;
        set(lookup, inventory, "dynamodb:DescribeTable", read);
        missed.extend(unread);

        let read = each(tables, "backups", "DynamoDB table", |arn| async move {
            let action = "dynamodb:DescribeContinuousBackups";
            let answer = self.dynamodb.describe_continuous_backups().table_name(name(arn)).send().await;
            let backups = answer.map_err(|e| port_error(action, e))?.continuous_backups_description;
            let status = backups.and_then(|b| b.point_in_time_recovery_description?.point_in_time_recovery_status);
            Ok(status
                .map(|s| Fields::from([("PointInTimeRecoveryStatus", Some(s.as_str().to_owned()))]))
                .unwrap_or_default())
        });
        let (read, unread) = read.await;
        set(lookup, inventory, "dynamodb:DescribeContinuousBackups", read);
        missed.extend(unread);
    }

    async fn subscriptions(&self, topics: Vec<String>, found: &mut Found<'_>, missed: &mut Vec<Unseen>) {
        let read = each(&topics, "subscriptions", "SNS topic", |topic| async move {
            let mut pages = self.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator().send();
            let mut endpoints = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|e| port_error("sns:ListSubscriptionsByTopic", e))?;
                let subscriptions = page.subscriptions.unwrap_or_default().into_iter();
                // E-mail addresses and web hooks are nobody's business here.
                endpoints.extend(subscriptions.filter_map(|s| s.endpoint).filter(|e| e.starts_with("arn:")));
            }
            Ok(endpoints)
        });
        let (read, unread) = read.await;
        for (topic, endpoints) in read {
            endpoints.iter().for_each(|endpoint| found.add_named(&topic, endpoint));
        }
        missed.extend(unread);
    }
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn empty_table() -> aws_sdk_dynamodb::types::TableDescription {
    aws_sdk_dynamodb::types::TableDescription::builder().build()
}

fn count(of: &[String], noun: &str) -> String {
    format!("{} {noun}{}", of.len(), if of.len() == 1 { "" } else { "s" })
}

/// What is read live is newer than the template; of what could not be read, only what the template sets is known. The
/// catalogue says which attribute a field of the answer is.
fn set(lookup: &Lookup, inventory: &mut Inventory, action: &str, read: impl IntoIterator<Item = (String, Fields)>) {
    let mut read: HashMap<String, Fields> = read.into_iter().collect();
    for resource in &mut inventory.resources {
        let Some(kind) = lookup.catalog.resource_type(&resource.resource_type) else { continue };
        let fields = read.remove(resource.arn.as_deref().unwrap_or(&resource.name));
        let told = kind.attributes.iter().filter_map(|a| Some((a, a.live.as_ref().filter(|l| l.action == action)?)));
        for (attribute, live) in told {
            match fields.as_ref().map(|fields| fields.get(live.field.as_str())) {
                Some(Some(Some(value))) => resource.set(&attribute.name, attribute.worded(value)),
                Some(Some(None)) => resource.set(&attribute.name, Attribute::Unset),
                None if resource.known(&attribute.name).is_none() => {
                    resource.set(&attribute.name, Attribute::Unknown(format!("{action} did not tell it")));
                }
                Some(None) | None => {}
            }
        }
    }
}

/// Reads each resource by a call of its own. One that is gone is left out; after a denial no other is asked for, as the
/// answer would be the same.
async fn each<'a, T, F>(
    arns: &'a [String],
    what: &str,
    noun: &str,
    read: impl Fn(&'a str) -> F,
) -> (Vec<(String, T)>, Vec<Unseen>)
where
    F: Future<Output = Result<T, PortError>>,
{
    let calls: Vec<_> = arns.iter().map(|arn| read(arn)).collect();
    let mut answers = stream::iter(calls).buffered(AT_ONCE).zip(stream::iter(arns)).enumerate();
    let mut done = Vec::new();
    let mut missed = Vec::new();
    while let Some((index, (answer, arn))) = answers.next().await {
        match answer {
            Ok(value) => done.push((arn.clone(), value)),
            Err(PortError::NotFound { .. }) => {}
            Err(error @ PortError::Denied { .. }) => {
                missed.push(unseen(format!("{what} of {}", count(&arns[index..], noun)), &error));
                break;
            }
            Err(error) => {
                let name = arn.rsplit([':', '/']).next().unwrap_or(arn);
                missed.push(unseen(format!("{what} of {noun} {name}"), &error));
            }
        }
    }
    (done, missed)
}
