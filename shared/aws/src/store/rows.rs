//! Reading and writing rows: DynamoDB's batches, pages and limits, and nothing of what the rows mean.

use super::keys::{self, Key};
use crate::error::port_error;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Delete, DeleteRequest, KeysAndAttributes, Put, PutRequest, TransactWriteItem,
    WriteRequest,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use stackseer_model::ports::{Committed, PortError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::time::Duration;
use tokio::time::sleep;

/// DynamoDB's own limits.
const MOST_READS: usize = 100;
const MOST_WRITES: usize = 25;
pub(super) const MOST_ITEMS_IN_TRANSACTION: usize = 100;
pub(super) const MOST_BYTES_IN_TRANSACTION: usize = 4 * 1024 * 1024;
/// A batch may be cut short; after so many tries that got nowhere, somebody else should wait.
const TRIES: u32 = 8;
/// Before the first of them; doubled for each that follows.
const PAUSE: Duration = Duration::from_millis(25);

/// One row, without its key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    pub body: Vec<u8>,
    pub text: BTreeMap<&'static str, String>,
    pub generation: Option<u64>,
    /// Epoch seconds.
    pub expires: Option<i64>,
}

impl Row {
    pub(crate) fn text(&self, attribute: &str) -> Option<&str> {
        self.text.get(attribute).map(String::as_str)
    }

    fn size(&self, key: &Key) -> usize {
        let text: usize = self.text.iter().map(|(name, value)| name.len() + value.len()).sum();
        // Names of the attributes and the numbers.
        self.body.len() + text + key.0.len() + key.1.len() + 64
    }

    fn item(&self, key: &Key) -> HashMap<String, AttributeValue> {
        let mut item = key_of(key);
        if !self.body.is_empty() {
            item.insert(keys::BODY.to_owned(), AttributeValue::B(Blob::new(self.body.clone())));
        }
        item.extend(self.text.iter().map(|(name, value)| ((*name).to_owned(), AttributeValue::S(value.clone()))));
        let number = |n: String| AttributeValue::N(n);
        item.extend(self.generation.map(|n| (keys::GENERATION.to_owned(), number(n.to_string()))));
        item.extend(self.expires.map(|n| (keys::EXPIRES.to_owned(), number(n.to_string()))));
        item
    }

    fn of(mut item: HashMap<String, AttributeValue>) -> Option<(Key, Self)> {
        let mut text = |name: &str| match item.remove(name) {
            Some(AttributeValue::S(text)) => Some(text),
            _ => None,
        };
        let key = Key(text(keys::PARTITION)?, text(keys::SORT)?);
        let texts = keys::TEXTS.into_iter().filter_map(|name| Some((name, text(name)?))).collect();
        let number = |name: &str| item.get(name).and_then(|v| v.as_n().ok());
        let generation = number(keys::GENERATION).and_then(|n| n.parse().ok());
        let expires = number(keys::EXPIRES).and_then(|n| n.parse().ok());
        let body = match item.remove(keys::BODY) {
            Some(AttributeValue::B(blob)) => blob.into_inner(),
            _ => vec![],
        };
        Some((key, Self { body, text: texts, generation, expires }))
    }
}

fn key_of(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        (keys::PARTITION.to_owned(), AttributeValue::S(key.0.clone())),
        (keys::SORT.to_owned(), AttributeValue::S(key.1.clone())),
    ])
}

/// What a transaction does to one row.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Put(Key, Row),
    Delete(Key),
}

#[derive(Debug, Clone)]
pub(crate) struct Rows {
    client: Client,
    table: String,
    pause: Duration,
}

impl Rows {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned(), pause: PAUSE }
    }

    #[cfg(test)]
    pub(super) fn without_pauses(self) -> Self {
        Self { pause: Duration::ZERO, ..self }
    }

    /// A partition's rows with sort keys from `first` to `last`, both inclusive, from the last to the first.
    pub(crate) async fn between(&self, partition: &str, first: &str, last: &str) -> Result<Vec<(Key, Row)>, PortError> {
        self.range(partition, first, last, true).await
    }

    /// For half the price, and perhaps without what was written within the last second.
    pub(crate) async fn lately_between(
        &self,
        partition: &str,
        first: &str,
        last: &str,
    ) -> Result<Vec<(Key, Row)>, PortError> {
        self.range(partition, first, last, false).await
    }

    async fn range(
        &self,
        partition: &str,
        first: &str,
        last: &str,
        consistent: bool,
    ) -> Result<Vec<(Key, Row)>, PortError> {
        let query = self.query((keys::PARTITION, keys::SORT), partition, first, last);
        let mut pages = query.consistent_read(consistent).into_paginator().items().send();
        let mut rows = Vec::new();
        while let Some(item) = pages.next().await {
            rows.extend(Row::of(item.map_err(|e| self.failed("dynamodb:Query", e))?));
        }
        Ok(rows)
    }

    /// The last `limit` of them, of the table or of its index; and whether these are all. Perhaps without what was written
    /// within the last second. Not one row more is read.
    pub(crate) async fn page(
        &self,
        partition: &str,
        is_index: bool,
        first: &str,
        last: &str,
        limit: usize,
    ) -> Result<(Vec<Row>, bool), PortError> {
        let query = match is_index {
            true => self.query((keys::LIST, keys::POSITION), partition, first, last).index_name(keys::LISTS),
            false => self.query((keys::PARTITION, keys::SORT), partition, first, last),
        };
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let answer = query.limit(limit).send().await.map_err(|e| self.failed("dynamodb:Query", e))?;
        let rows = answer.items.unwrap_or_default().into_iter().filter_map(Row::of).map(|(_, row)| row).collect();
        Ok((rows, answer.last_evaluated_key.is_none()))
    }

    /// From the last to the first.
    fn query(&self, keys: (&str, &str), partition: &str, first: &str, last: &str) -> QueryFluentBuilder {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#pk", keys.0)
            .expression_attribute_names("#sk", keys.1)
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .scan_index_forward(false)
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Row>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key_of(key))).consistent_read(true);
        let answer = request.send().await.map_err(|e| self.failed("dynamodb:GetItem", e))?;
        Ok(answer.item.and_then(Row::of).map(|(_, row)| row))
    }

    /// Those of the rows that exist.
    pub(crate) async fn get_all(&self, keys: BTreeSet<Key>) -> Result<HashMap<Key, Row>, PortError> {
        let action = "dynamodb:BatchGetItem";
        let mut found = HashMap::new();
        let mut waiting: Vec<HashMap<String, AttributeValue>> = keys.iter().map(key_of).collect();
        let mut tries = 0;
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(MOST_READS));
            let sent = waiting.len();
            let asked = KeysAndAttributes::builder().set_keys(Some(waiting)).consistent_read(true).build();
            let asked =
                asked.map_err(|e| PortError::Permanent { action: action.to_owned(), message: e.to_string() })?;
            let request = self.client.batch_get_item().request_items(&self.table, asked);
            let mut answer = request.send().await.map_err(|e| self.failed(action, e))?;
            let items = answer.responses.as_mut().and_then(|r| r.remove(&self.table)).unwrap_or_default();
            found.extend(items.into_iter().filter_map(Row::of));
            let unread =
                answer.unprocessed_keys.and_then(|mut k| k.remove(&self.table)).map(|k| k.keys).unwrap_or_default();
            tries = self.wait_for_rest(action, sent, unread.len(), tries).await?;
            waiting = unread;
            waiting.extend(rest);
        }
        Ok(found)
    }

    /// Each by itself, in any order, no row twice: for rows that nothing points at until a transaction does.
    pub(crate) async fn write_all(&self, writes: Vec<Write>) -> Result<(), PortError> {
        let action = "dynamodb:BatchWriteItem";
        let mut waiting: Vec<WriteRequest> = Vec::new();
        for write in writes {
            let request = match write {
                Write::Put(key, row) => {
                    let put = PutRequest::builder().set_item(Some(row.item(&key))).build();
                    put.map(|put| WriteRequest::builder().put_request(put).build())
                }
                Write::Delete(key) => {
                    let delete = DeleteRequest::builder().set_key(Some(key_of(&key))).build();
                    delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
                }
            };
            waiting
                .push(request.map_err(|e| PortError::Permanent { action: action.to_owned(), message: e.to_string() })?);
        }
        let mut tries = 0;
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(MOST_WRITES));
            let sent = waiting.len();
            let request = self.client.batch_write_item().request_items(&self.table, waiting);
            let answer = request.send().await.map_err(|e| self.failed(action, e))?;
            let unwritten = answer.unprocessed_items.and_then(|mut i| i.remove(&self.table)).unwrap_or_default();
            tries = self.wait_for_rest(action, sent, unwritten.len(), tries).await?;
            waiting = unwritten;
            waiting.extend(rest);
        }
        Ok(())
    }

    /// All or nothing, and only if `guard`'s row still has `generation` (0: isn't there yet); puts it at the next one.
    pub(crate) async fn commit(
        &self,
        guard: Key,
        generation: u64,
        row: Row,
        writes: Vec<Write>,
    ) -> Result<Committed, PortError> {
        let action = "dynamodb:TransactWriteItems";
        let permanent = |message: String| PortError::Permanent { action: action.to_owned(), message };
        let next = generation + 1;
        let row = Row { generation: Some(next), ..row };
        let bytes: usize = row.size(&guard) + writes.iter().map(Write::size).sum::<usize>();
        if bytes > MOST_BYTES_IN_TRANSACTION || writes.len() + 1 > MOST_ITEMS_IN_TRANSACTION {
            let message =
                format!("{} rows of {} KB are more than one transaction takes", writes.len() + 1, bytes / 1024);
            return Err(permanent(message));
        }
        let put = Put::builder().table_name(&self.table).set_item(Some(row.item(&guard)));
        let put = match generation {
            0 => {
                put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", keys::PARTITION)
            }
            _ => put
                .condition_expression("#generation = :generation")
                .expression_attribute_names("#generation", keys::GENERATION)
                .expression_attribute_values(":generation", AttributeValue::N(generation.to_string())),
        };
        let put = put.build().map_err(|e| permanent(e.to_string()))?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        for write in &writes {
            items.push(write.item(&self.table).map_err(permanent)?);
        }
        match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
            Ok(_) => Ok(Committed::At(next)),
            Err(error) => self.cancelled(action, error),
        }
    }

    /// The guard is the first item. A transaction may also be cancelled by another one in flight, or for lack of capacity.
    fn cancelled(
        &self,
        action: &str,
        error: SdkError<TransactWriteItemsError, HttpResponse>,
    ) -> Result<Committed, PortError> {
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
            let code = |reason: &CancellationReason| reason.code.clone().unwrap_or_default();
            let codes: Vec<String> = cancelled.cancellation_reasons().iter().map(code).collect();
            if codes.first().is_some_and(|code| code == "ConditionalCheckFailed") {
                return Ok(Committed::Conflict);
            }
            let passing = ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"];
            let action = action.to_owned();
            let message = cancelled.message().map_or_else(|| codes.join(", "), str::to_owned);
            return Err(match codes.iter().any(|code| passing.contains(&code.as_str())) {
                true => PortError::Transient { action, message },
                false => PortError::Permanent { action, message },
            });
        }
        Err(self.failed(action, error))
    }

    /// The only thing DynamoDB can't find is the table, and it doesn't name it.
    fn failed<E>(&self, action: &str, error: SdkError<E, HttpResponse>) -> PortError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match port_error(action, error) {
            PortError::NotFound { .. } => PortError::NotFound { what: format!("DynamoDB table {}", self.table) },
            other => other,
        }
    }

    /// The number of tries so far that brought nothing. What was cut short for its size alone goes on, as often as needed.
    async fn wait_for_rest(&self, action: &str, sent: usize, left: usize, tries: u32) -> Result<u32, PortError> {
        if left == 0 {
            return Ok(0);
        }
        if left < sent {
            sleep(self.pause).await;
            return Ok(0);
        }
        if tries + 1 == TRIES {
            let message = format!("{left} rows were left over {TRIES} times");
            return Err(PortError::Transient { action: action.to_owned(), message });
        }
        sleep(self.pause * (1 << tries)).await;
        Ok(tries + 1)
    }
}

impl Write {
    pub(super) fn key(&self) -> &Key {
        match self {
            Write::Put(key, _) | Write::Delete(key) => key,
        }
    }

    pub(super) fn size(&self) -> usize {
        match self {
            Write::Put(key, row) => row.size(key),
            Write::Delete(key) => key.0.len() + key.1.len(),
        }
    }

    fn item(&self, table: &str) -> Result<TransactWriteItem, String> {
        let item = TransactWriteItem::builder();
        match self {
            Write::Put(key, row) => {
                Put::builder().table_name(table).set_item(Some(row.item(key))).build().map(|p| item.put(p))
            }
            Write::Delete(key) => {
                Delete::builder().table_name(table).set_key(Some(key_of(key))).build().map(|d| item.delete(d))
            }
        }
        .map(|item| item.build())
        .map_err(|e| e.to_string())
    }
}
