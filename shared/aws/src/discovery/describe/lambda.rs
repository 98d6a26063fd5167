//! Lambda functions, and the mappings through which queues and streams start them.

mod mappings;

use super::Live;
use super::reading::{Fields, Reading, count};
use crate::discovery::edges::Found;
use crate::error::port_error;
use mappings::Mapping;
use stackseer_model::Resource;
use stackseer_model::ports::PortError;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

const FUNCTION: &str = "AWS::Lambda::Function";
/// What hands Lambda an event and goes on: Lambda tries it, and drops it in the end. Others are polled, or wait.
const PUSHERS: [&str; 5] =
    ["AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::IoT::TopicRule"];
/// Whether any does.
const STARTED: &str = "StartedByEvents";

/// What is listed for the whole Region.
#[derive(Debug, Default)]
pub(super) struct Functions {
    listed: OnceCell<Arc<HashMap<String, Listed>>>,
    concurrency: OnceCell<Option<i32>>,
    mappings: OnceCell<Arc<Vec<Mapping>>>,
}

/// A function as it is listed.
#[derive(Debug, Clone, Default)]
struct Listed {
    fields: Fields,
    subnets: Vec<String>,
}

impl Live {
    pub(super) async fn of_functions(&self, reading: &mut Reading<'_>, found: &mut Found<'_>) {
        let functions = reading.of_type(FUNCTION);
        if functions.is_empty() {
            return;
        }
        self.listed_functions(&functions, reading).await;
        self.account(&functions, reading).await;
        let action = "lambda:GetFunctionConcurrency";
        let read = reading.each(&functions, "reserved concurrency", "Lambda function", |arn| async move {
            let answer = self.lambda.get_function_concurrency().function_name(arn).send().await;
            let reserved = answer.map_err(|e| port_error(action, e))?.reserved_concurrent_executions;
            Ok(Fields::from([("ReservedConcurrentExecutions".to_owned(), reserved.map(|n| n.to_string()))]))
        });
        let read = read.await;
        reading.set(action, read);
        self.mappings(reading, found).await;
        self.asynchronous(reading, found).await;
    }

    async fn listed_functions(&self, functions: &[String], reading: &mut Reading<'_>) {
        let action = "lambda:ListFunctions";
        let known = match self.functions.listed.get_or_try_init(|| self.list_functions()).await {
            Ok(known) => known.clone(),
            Err(error) => {
                reading.set(action, []);
                reading.miss(format!("configuration of {}", count(functions.len(), "Lambda function")), &error);
                Arc::default()
            }
        };
        let of = |arn: &String| Some((arn.clone(), known.get(arn)?.clone()));
        let known: Vec<(String, Listed)> = functions.iter().filter_map(of).collect();
        reading.set(action, known.iter().map(|(arn, listed)| (arn.clone(), listed.fields.clone())));
        let subnets = known.into_iter().map(|(arn, listed)| (arn, listed.subnets)).collect();
        self.zones_of_functions(subnets, reading).await;
    }

    async fn list_functions(&self) -> Result<Arc<HashMap<String, Listed>>, PortError> {
        let mut pages = self.lambda.list_functions().into_paginator().send();
        let mut functions = HashMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| port_error("lambda:ListFunctions", e))?;
            for function in page.functions.unwrap_or_default() {
                let mut fields = Fields::new();
                let mut known = |name: &str, value: Option<String>| {
                    fields.extend(value.map(|value| (name.to_owned(), Some(value))));
                };
                known("MemorySize", function.memory_size.map(|n| n.to_string()));
                known("Timeout", function.timeout.map(|n| n.to_string()));
                known("Runtime", function.runtime.map(|r| r.as_str().to_owned()));
                known("LastModified", function.last_modified);
                known("PackageType", function.package_type.map(|p| p.as_str().to_owned()));
                let dead_letters = function.dead_letter_config.and_then(|dead| dead.target_arn);
                fields.insert("DeadLetterConfig".to_owned(), dead_letters.filter(|arn| !arn.is_empty()));
                let subnets = function.vpc_config.and_then(|vpc| vpc.subnet_ids).unwrap_or_default();
                functions.extend(function.function_arn.map(|arn| (arn, Listed { fields, subnets })));
            }
        }
        Ok(Arc::new(functions))
    }

    async fn account(&self, functions: &[String], reading: &mut Reading<'_>) {
        let action = "lambda:GetAccountSettings";
        match self.functions.concurrency.get_or_try_init(|| self.account_concurrency()).await {
            Ok(Some(limit)) => {
                let limit = Fields::from([("ConcurrentExecutions".to_owned(), Some(limit.to_string()))]);
                reading.set(action, functions.iter().map(|arn| (arn.clone(), limit.clone())));
            }
            Ok(None) => {}
            Err(error) => reading.miss("the account's limit of concurrent Lambda executions", &error),
        }
    }

    async fn account_concurrency(&self) -> Result<Option<i32>, PortError> {
        let answer = self.lambda.get_account_settings().send().await;
        let settings = answer.map_err(|e| port_error("lambda:GetAccountSettings", e))?;
        Ok(settings.account_limit.map(|limit| limit.concurrent_executions))
    }

    /// What becomes of events that a function fails on, and whether Lambda stops loops: asked of those that are started so.
    async fn asynchronous(&self, reading: &mut Reading<'_>, found: &Found<'_>) {
        let lookup = reading.lookup;
        let starters =
            |function: &Resource| found.starters(&function.id).map(|id| lookup.type_of(id)).collect::<Vec<_>>();
        let members: Vec<(String, Vec<&str>)> =
            reading.members(FUNCTION).filter_map(|f| Some((f.arn.clone()?, starters(f)))).collect();
        let action = "lambda:ListFunctionEventInvokeConfigs";
        let is_pushed = |types: &Vec<&str>| types.iter().any(|cfn| PUSHERS.contains(cfn));
        let (pushed, others): (Vec<_>, Vec<_>) = members.iter().partition(|(_, types)| is_pushed(types));
        let pushed: Vec<String> = pushed.into_iter().map(|(arn, _)| arn.clone()).collect();
        let read = reading.each(&pushed, "asynchronous settings", "Lambda function", |arn| self.event_settings(arn));
        let mut read = read.await;
        read.extend(others.into_iter().map(|(arn, _)| (arn.clone(), Fields::from([(STARTED.to_owned(), None)]))));
        reading.set(action, read);

        let action = "lambda:GetFunctionRecursionConfig";
        let started: Vec<String> =
            members.iter().filter(|(_, types)| !types.is_empty()).map(|(arn, _)| arn.clone()).collect();
        let read = reading.each(&started, "recursion settings", "Lambda function", |arn| async move {
            let answer = self.lambda.get_function_recursion_config().function_name(arn).send().await;
            let recursion = answer.map_err(|e| port_error(action, e))?.recursive_loop;
            Ok(Fields::from([("RecursiveLoop".to_owned(), recursion.map(|r| r.as_str().to_owned()))]))
        });
        let read = read.await;
        reading.set(action, read);
    }

    /// The unpublished version's, or the only ones.
    async fn event_settings(&self, arn: &str) -> Result<Fields, PortError> {
        let answer = self.lambda.list_function_event_invoke_configs().function_name(arn).send().await;
        let answer = answer.map_err(|e| port_error("lambda:ListFunctionEventInvokeConfigs", e))?;
        let mut settings = answer.function_event_invoke_configs.unwrap_or_default();
        let of_latest = |arn: &str| arn.ends_with(":$LATEST") || arn.split(':').count() == 7;
        let own = settings.iter().position(|s| s.function_arn.as_deref().is_some_and(of_latest));
        let settings = match own {
            Some(own) => Some(settings.swap_remove(own)),
            None => settings.pop(),
        };
        let on_failure = settings.as_ref().and_then(|s| s.destination_config.as_ref()?.on_failure.as_ref());
        let of = |number: Option<i32>| number.map(|n| n.to_string());
        Ok(Fields::from([
            (STARTED.to_owned(), Some("true".to_owned())),
            ("OnFailure".to_owned(), on_failure.and_then(|o| o.destination.clone()).filter(|arn| !arn.is_empty())),
            ("MaximumEventAgeInSeconds".to_owned(), of(settings.as_ref().and_then(|s| s.maximum_event_age_in_seconds))),
            ("MaximumRetryAttempts".to_owned(), of(settings.as_ref().and_then(|s| s.maximum_retry_attempts))),
        ]))
    }
}
