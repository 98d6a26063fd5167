//! What was learned of an application: a small head that names one version, and that version's parts.
//!
//! Parts are written first and the head last, in one put, so that a reader finds the old version or the new one, and a version
//! that was only half written is never found. A version's name is the hash of what it holds.

use super::insights::{DAY, DynamoStore, body, unreadable};
use super::keys::{self, Key};
use super::pack::{MOST_BYTES, content, deflate, encode, inflate, json};
use super::rows::{Row, Write};
use serde::{Deserialize, Serialize};
use stackseer_model::ports::{Committed, LearningStore, PortError};
use stackseer_model::*;

/// Of head and parts. What has another form counts as never learned, and is learned afresh.
const FORM: u32 = 2;
/// Parts are replaced every day. What a failure leaves behind, and what nobody learns any more, goes after this.
const KEEP_PARTS: i64 = 60 * DAY;
/// Parts may be deleted between the head and them, by whoever replaces them.
const TRIES: u32 = 3;

/// Doesn't expire: who is gone is found by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Head {
    form: u32,
    application: Application,
    at: Timestamp,
    complete: bool,
    version: String,
    parts: u32,
}

impl Head {
    fn of(row: &Row) -> Option<Self> {
        body(row).ok().filter(|head: &Self| head.form == FORM)
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        (0..self.parts).map(|part| keys::learning(&self.application.id, &self.version, part))
    }

    fn deletes(&self) -> Vec<Write> {
        self.keys().map(Write::Delete).collect()
    }
}

/// All but the baselines' bytes, which follow in this order and with these lengths.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Contents {
    at: Timestamp,
    complete: bool,
    inventory: Inventory,
    metrics: Vec<Metric>,
    baselines: Vec<(MetricKey, Timestamp, usize)>,
    unseen: Vec<(MetricKey, Unseen)>,
}

/// Length of the JSON, JSON, baselines; compressed as one.
fn pack(learning: &Learning) -> Result<Vec<u8>, String> {
    let contents = json(&Contents {
        at: learning.at,
        complete: learning.complete,
        inventory: learning.inventory.clone(),
        metrics: learning.metrics.clone(),
        baselines: learning.baselines.iter().map(|(key, kept)| (key.clone(), kept.at, kept.bytes.len())).collect(),
        unseen: learning.unseen.clone().into_iter().collect(),
    })?;
    let mut bytes = (contents.len() as u64).to_le_bytes().to_vec();
    bytes.extend(contents);
    bytes.extend(learning.baselines.values().flat_map(|kept| &kept.bytes));
    deflate(&bytes)
}

fn unpack(bytes: &[u8]) -> Option<Learning> {
    let bytes = inflate(bytes).ok()?;
    let (length, rest) = bytes.split_first_chunk()?;
    let (contents, mut rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let contents: Contents = serde_json::from_slice(contents).ok()?;
    let mut baselines = std::collections::BTreeMap::new();
    for (key, at, length) in contents.baselines {
        let (baseline, after) = rest.split_at_checked(length)?;
        baselines.insert(key, KeptBaseline { at, bytes: baseline.to_vec() });
        rest = after;
    }
    rest.is_empty().then(|| Learning {
        at: contents.at,
        complete: contents.complete,
        inventory: contents.inventory,
        metrics: contents.metrics,
        baselines,
        unseen: contents.unseen.into_iter().collect(),
    })
}

impl DynamoStore {
    /// The head that holds now, if this version can read it.
    async fn head(&self, application: &ApplicationId) -> Result<Option<Head>, PortError> {
        Ok(self.rows.get(&keys::learned(application)).await?.as_ref().and_then(Head::of))
    }

    /// None: some are missing.
    async fn parts(&self, head: &Head, consistent: bool) -> Result<Option<Vec<u8>>, PortError> {
        let partition = keys::learning_of(&head.application.id);
        let (first, last) = (format!("{}#", head.version), format!("{}#~", head.version));
        let rows = match consistent {
            true => self.rows.between(&partition, &first, &last).await?,
            false => self.rows.lately_between(&partition, &first, &last).await?,
        };
        let whole = rows.iter().rev().map(|(key, _)| key).eq(head.keys().collect::<Vec<_>>().iter());
        Ok(whole.then(|| rows.into_iter().rev().flat_map(|(_, row)| row.body).collect()))
    }
}

impl LearningStore for DynamoStore {
    async fn learning(&self, application: &ApplicationId) -> Result<Option<Learning>, PortError> {
        for tries in 0..TRIES {
            let Some(head) = self.head(application).await? else { return Ok(None) };
            if let Some(bytes) = self.parts(&head, tries > 0).await? {
                return Ok(unpack(&bytes));
            }
        }
        Ok(None)
    }

    async fn learned_applications(&self) -> Result<Vec<LearnedApplication>, PortError> {
        let mut rows = self.rows.lately_between(keys::LEARNED, " ", "~").await?;
        rows.reverse();
        let learned = |Head { application, at, complete, .. }| LearnedApplication { application, at, complete };
        Ok(rows.iter().filter_map(|(_, row)| Head::of(row)).map(learned).collect())
    }

    async fn keep_learning(&self, application: &Application, learning: &Learning) -> Result<(), PortError> {
        let bytes = pack(learning).map_err(unreadable)?;
        let before = self.head(&application.id).await?;
        let parts = u32::try_from(bytes.len().div_ceil(MOST_BYTES)).map_err(unreadable)?;
        let Learning { at, complete, .. } = *learning;
        let head = Head { form: FORM, application: application.clone(), at, complete, version: content(&bytes), parts };

        let expires = Some(at.as_second() + KEEP_PARTS);
        let row = |part: &[u8]| Row { body: part.to_vec(), expires, ..Row::default() };
        let parts = head.keys().zip(bytes.chunks(MOST_BYTES)).map(|(key, part)| Write::Put(key, row(part)));
        self.rows.write_all(parts.collect()).await?;
        let row = Row { body: encode(&head).map_err(unreadable)?, ..Row::default() };
        self.rows.write_all(vec![Write::Put(keys::learned(&head.application.id), row)]).await?;
        if let Some(before) = before.filter(|before| before.version != head.version) {
            // What is left by a failure here expires by itself.
            let _ = self.rows.write_all(before.deletes()).await;
        }
        Ok(())
    }

    async fn forget_learning(&self, application: &ApplicationId) -> Result<(), PortError> {
        let before = self.head(application).await?;
        self.rows.write_all(vec![Write::Delete(keys::learned(application))]).await?;
        if let Some(before) = before {
            let _ = self.rows.write_all(before.deletes()).await;
        }
        Ok(())
    }

    async fn reserve_learning(
        &self,
        application: &ApplicationId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, PortError> {
        let key = keys::reserved(application);
        let held = self.rows.get(&key).await?.unwrap_or_default();
        // What has expired is deleted within days only.
        if held.expires.is_some_and(|expires| expires > now.as_second()) {
            return Ok(false);
        }
        let row = Row { expires: Some(until.as_second()), ..Row::default() };
        let committed = self.rows.commit(key, held.generation.unwrap_or(0), row, vec![]).await?;
        Ok(committed != Committed::Conflict)
    }

    async fn release_learning(&self, application: &ApplicationId) -> Result<(), PortError> {
        self.rows.write_all(vec![Write::Delete(keys::reserved(application))]).await
    }
}
