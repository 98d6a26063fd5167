//! Event source mappings: resources of their own, between a queue or stream and the function it starts.

use super::super::Live;
use super::super::reading::{Fields, Reading};
use crate::discovery::edges::Found;
use crate::error::port_error;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use stackseer_catalog::Arn;
use stackseer_model::ResourceId;
use stackseer_model::ports::PortError;
use std::sync::Arc;

const ACTION: &str = "lambda:ListEventSourceMappings";

#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    arn: String,
    source: String,
    function: String,
    is_on: bool,
    fields: Fields,
}

impl Live {
    pub(super) async fn mappings(&self, reading: &mut Reading<'_>, found: &mut Found<'_>) {
        let mappings = match self.functions.mappings.get_or_try_init(|| self.list_mappings()).await {
            Ok(mappings) => mappings.clone(),
            Err(error) => {
                reading.set(ACTION, []);
                // Those that no template tells of may still be there.
                reading.inventory.is_partial |= matches!(error, PortError::Transient { .. });
                reading.miss("what feeds the Lambda functions", &error);
                return;
            }
        };
        let lookup = reading.lookup;
        for mapping in mappings.iter() {
            let functions = lookup.find(&mapping.function);
            if functions.is_empty() {
                continue;
            }
            let Some(part) = lookup.catalog.resource_of_arn(&mapping.arn) else { continue };
            let id = part.id.clone();
            if reading.inventory.resource(&id).is_none() {
                reading.inventory.resources.push(part);
            }
            match mapping.is_on {
                true => join(found, &lookup.find(&mapping.source), &id, &functions),
                false => found.remove_between(&id),
            }
        }
        reading.set(ACTION, mappings.iter().map(|mapping| (mapping.arn.clone(), mapping.fields.clone())));
    }

    async fn list_mappings(&self) -> Result<Arc<Vec<Mapping>>, PortError> {
        let mut pages = self.lambda.list_event_source_mappings().into_paginator().send();
        let mut mappings = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| port_error(ACTION, e))?;
            mappings.extend(page.event_source_mappings.unwrap_or_default().into_iter().filter_map(Mapping::of));
        }
        // Of two between the same, the one that is on counts.
        mappings.sort_by_key(|mapping| mapping.is_on);
        Ok(Arc::new(mappings))
    }
}

fn join(found: &mut Found<'_>, sources: &[&ResourceId], part: &ResourceId, functions: &[&ResourceId]) {
    for (source, function) in sources.iter().flat_map(|source| functions.iter().map(move |f| (*source, *f))) {
        found.add(source, function, false);
        found.add_between(source, part, function);
    }
}

impl Mapping {
    /// None: what feeds the function is nothing of AWS's, such as a Kafka cluster of one's own.
    fn of(said: EventSourceMappingConfiguration) -> Option<Self> {
        let fields = fields(&said);
        let is_on = !matches!(said.state.as_deref(), Some("Disabled" | "Disabling" | "Deleting"));
        let (source, function) = said.event_source_arn.zip(said.function_arn)?;
        let arn = said.event_source_mapping_arn.or_else(|| {
            // `arn:aws:lambda:region:account:function:name`
            let place: Vec<&str> = function.splitn(6, ':').take(5).collect();
            Some(format!("{}:event-source-mapping:{}", place.join(":"), said.uuid?))
        })?;
        Some(Self { arn, source, function, is_on, fields })
    }
}

/// What no maximum holds back. Of a stream, it is its shards.
fn most_at_once(said: &EventSourceMappingConfiguration) -> Option<String> {
    let maximum = said.scaling_config.as_ref().and_then(|s| s.maximum_concurrency);
    let is_queue = said.event_source_arn.as_deref().and_then(Arn::parse).is_some_and(|arn| arn.service == "sqs");
    maximum.map(|n| n.to_string()).or_else(|| is_queue.then(|| "1000".to_owned()))
}

fn fields(said: &EventSourceMappingConfiguration) -> Fields {
    let number = |n: Option<i32>| n.map(|n| n.to_string());
    let on_failure = said.destination_config.as_ref().and_then(|d| d.on_failure.as_ref()?.destination.clone());
    let responses = said.function_response_types.iter().flatten().map(|r| r.as_str());
    let responses: Vec<&str> = responses.collect();
    [
        ("State", said.state.clone()),
        ("BatchSize", number(said.batch_size)),
        ("MaximumBatchingWindowInSeconds", number(said.maximum_batching_window_in_seconds)),
        ("MaximumConcurrency", number(said.scaling_config.as_ref().and_then(|s| s.maximum_concurrency))),
        ("MostAtOnce", most_at_once(said)),
        ("OnFailure", on_failure.filter(|arn| !arn.is_empty())),
        ("MaximumRecordAgeInSeconds", number(said.maximum_record_age_in_seconds)),
        ("MaximumRetryAttempts", number(said.maximum_retry_attempts)),
        ("BisectBatchOnFunctionError", said.bisect_batch_on_function_error.map(|on| on.to_string())),
        ("FunctionResponseTypes", (!responses.is_empty()).then(|| responses.join(", "))),
        ("ParallelizationFactor", number(said.parallelization_factor)),
        ("StartingPosition", said.starting_position.as_ref().map(|p| p.as_str().to_owned())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
