//! What was learned of an application: a small head that names one version, and that version's parts. The inventory's parts
//! are apart from the others, so that it can be read without the baselines, and next to them, so that both are one query.
//!
//! Parts are written first and the head last, in one put, so that a reader finds the old version or the new one, and a version
//! that was only half written is never found. A version's name is the hash of what it holds.

use super::insights::{DAY, DynamoStore, body, unreadable};
use super::keys::{self, Key};
use super::pack::{MOST_BYTES, content, decode, deflate, encode, inflate, json};
use super::rows::{Row, Write};
use serde::{Deserialize, Serialize};
use stackseer_model::ports::{Committed, LearningStore, PortError};
use stackseer_model::*;
use std::collections::BTreeMap;

/// Of head and parts. What has another form counts as never learned, and is learned afresh.
const FORM: u32 = 5;
/// Parts are replaced every day. What a failure leaves behind, and what nobody learns any more, goes after this.
const KEEP_PARTS: i64 = 60 * DAY;
/// Parts may be deleted between the head and them, by whoever replaces them.
const TRIES: u32 = 3;

/// Doesn't expire: who is gone is found by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Head {
    form: u32,
    learned: LearnedApplication,
    version: String,
    /// How many parts each has.
    baselines: u32,
    inventory: u32,
}

/// In the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Baselines,
    Inventory,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Baselines => "baselines",
            Self::Inventory => "inventory",
        }
    }
}

impl Head {
    fn of(row: &Row) -> Option<Self> {
        body(row).ok().filter(|head: &Self| head.form == FORM)
    }

    fn keys(&self, part: Part) -> impl Iterator<Item = Key> {
        let number = match part {
            Part::Baselines => self.baselines,
            Part::Inventory => self.inventory,
        };
        (0..number).map(move |number| keys::learning(&self.learned.application.id, &self.version, part.name(), number))
    }

    fn all_keys(&self) -> impl Iterator<Item = Key> {
        self.keys(Part::Baselines).chain(self.keys(Part::Inventory))
    }
}

/// What is read without the baselines.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Found {
    inventory: Inventory,
    watching: Vec<ResourceState>,
}

/// All but what was found and the baselines' bytes, which follow in this order and with these lengths.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Contents {
    metrics: Vec<Metric>,
    baselines: Vec<(MetricKey, Timestamp, bool, usize)>,
    unseen: Vec<(MetricKey, Unseen)>,
}

/// Length of the JSON, JSON, baselines; compressed as one.
fn pack(learning: &Learning) -> Result<Vec<u8>, String> {
    let kept = |(key, kept): (&MetricKey, &KeptBaseline)| (key.clone(), kept.at, kept.published, kept.bytes.len());
    let contents = json(&Contents {
        metrics: learning.metrics.clone(),
        baselines: learning.baselines.iter().map(kept).collect(),
        unseen: learning.unseen.clone().into_iter().collect(),
    })?;
    let mut bytes = (contents.len() as u64).to_le_bytes().to_vec();
    bytes.extend(contents);
    bytes.extend(learning.baselines.values().flat_map(|kept| &kept.bytes));
    deflate(&bytes)
}

fn unpack(head: &Head, found: Found, bytes: &[u8]) -> Option<Learning> {
    let bytes = inflate(bytes).ok()?;
    let (length, rest) = bytes.split_first_chunk()?;
    let (contents, mut rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let contents: Contents = serde_json::from_slice(contents).ok()?;
    let mut baselines = BTreeMap::new();
    for (key, at, published, length) in contents.baselines {
        let (baseline, after) = rest.split_at_checked(length)?;
        baselines.insert(key, KeptBaseline { at, published, bytes: baseline.to_vec() });
        rest = after;
    }
    rest.is_empty().then(|| Learning {
        at: head.learned.at,
        complete: head.learned.complete,
        inventory: found.inventory,
        watching: found.watching,
        metrics: contents.metrics,
        baselines,
        unseen: contents.unseen.into_iter().collect(),
    })
}

/// The parts' bodies in one, by key.
type Rows = BTreeMap<Key, Vec<u8>>;

/// None: one is missing.
fn whole(rows: &Rows, head: &Head, part: Part) -> Option<Vec<u8>> {
    let parts: Option<Vec<&[u8]>> = head.keys(part).map(|key| rows.get(&key).map(Vec::as_slice)).collect();
    parts.map(|parts| parts.concat())
}

impl DynamoStore {
    /// The head that holds now, if this version can read it.
    async fn head(&self, application: &Application) -> Result<Option<Head>, PortError> {
        Ok(self.rows.get(&keys::learned(application)).await?.as_ref().and_then(Head::of))
    }

    /// The head and those of its parts whose keys begin so; none: some are missing, or never learned.
    async fn learned(
        &self,
        application: &Application,
        parts: &[Part],
    ) -> Result<Option<(Head, Vec<Vec<u8>>)>, PortError> {
        for tries in 0..TRIES {
            let Some(head) = self.head(application).await? else { return Ok(None) };
            let partition = keys::learning_of(&application.id);
            let of = |part: Option<&Part>| format!("{}#{}", head.version, part.map_or("", |p| p.name()));
            let (first, last) = (of(parts.first()), format!("{}~", of(parts.last())));
            let rows = match tries {
                0 => self.rows.lately_between(&partition, &first, &last).await?,
                _ => self.rows.between(&partition, &first, &last).await?,
            };
            let rows: Rows = rows.into_iter().map(|(key, row)| (key, row.body)).collect();
            let whole: Option<Vec<Vec<u8>>> = parts.iter().map(|part| whole(&rows, &head, *part)).collect();
            if let Some(whole) = whole {
                return Ok(Some((head, whole)));
            }
        }
        Ok(None)
    }

    async fn found(&self, application: &Application) -> Result<Option<Found>, PortError> {
        let read = self.learned(application, &[Part::Inventory]).await?;
        Ok(read.and_then(|(_, parts)| decode(&parts[0]).ok()))
    }
}

impl LearningStore for DynamoStore {
    async fn learning(&self, application: &Application) -> Result<Option<Learning>, PortError> {
        let read = self.learned(application, &[Part::Baselines, Part::Inventory]).await?;
        Ok(read.and_then(|(head, parts)| unpack(&head, decode(&parts[1]).ok()?, &parts[0])))
    }

    async fn learned_inventory(&self, application: &Application) -> Result<Option<Inventory>, PortError> {
        Ok(self.found(application).await?.map(|found| found.inventory))
    }

    async fn resource_states(&self, application: &Application) -> Result<Option<Vec<ResourceState>>, PortError> {
        Ok(self.found(application).await?.map(|found| found.watching))
    }

    async fn learned_applications(&self, scope: &Scope) -> Result<Vec<LearnedApplication>, PortError> {
        let mut rows = self.rows.lately_between(&keys::learned_in(scope), " ", "~").await?;
        rows.reverse();
        Ok(rows.iter().filter_map(|(_, row)| Head::of(row)).map(|head| head.learned).collect())
    }

    async fn keep_learning(&self, application: &Application, learning: &Learning) -> Result<(), PortError> {
        let baselines = pack(learning).map_err(unreadable)?;
        let found = Found { inventory: learning.inventory.clone(), watching: learning.watching.clone() };
        let inventory = encode(&found).map_err(unreadable)?;
        let before = self.head(application).await?;
        let parts = |bytes: &[u8]| u32::try_from(bytes.len().div_ceil(MOST_BYTES)).map_err(unreadable);
        let head = Head {
            form: FORM,
            learned: LearnedApplication::of(application, learning),
            version: content(&[baselines.as_slice(), &inventory].concat()),
            baselines: parts(&baselines)?,
            inventory: parts(&inventory)?,
        };

        let expires = Some(learning.at.as_second() + KEEP_PARTS);
        let row = |part: &[u8]| Row { body: part.to_vec(), expires, ..Row::default() };
        let bodies = baselines.chunks(MOST_BYTES).chain(inventory.chunks(MOST_BYTES));
        let parts = head.all_keys().zip(bodies).map(|(key, part)| Write::Put(key, row(part)));
        self.rows.write_all(parts.collect()).await?;
        let row = Row { body: encode(&head).map_err(unreadable)?, ..Row::default() };
        self.rows.write_all(vec![Write::Put(keys::learned(application), row)]).await?;
        if let Some(before) = before.filter(|before| before.version != head.version) {
            // What is left by a failure here expires by itself.
            let _ = self.rows.write_all(before.all_keys().map(Write::Delete).collect()).await;
        }
        Ok(())
    }

    async fn forget_learning(&self, application: &Application) -> Result<(), PortError> {
        let before = self.head(application).await?;
        let gone = [keys::learned(application), keys::watched(application)].map(Write::Delete);
        self.rows.write_all(gone.into()).await?;
        if let Some(before) = before {
            let _ = self.rows.write_all(before.all_keys().map(Write::Delete).collect()).await;
        }
        Ok(())
    }

    async fn keep_watched(&self, application: &Application, at: Timestamp) -> Result<(), PortError> {
        let row = Row { body: encode(&at).map_err(unreadable)?, ..Row::default() };
        self.rows.write_all(vec![Write::Put(keys::watched(application), row)]).await
    }

    async fn last_watched(&self, scope: &Scope) -> Result<BTreeMap<ApplicationId, Timestamp>, PortError> {
        let rows = self.rows.lately_between(&keys::watched_in(scope), " ", "~").await?;
        rows.into_iter().map(|(key, row)| Ok((ApplicationId(key.1), body(&row)?))).collect()
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
