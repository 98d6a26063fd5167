//! Insights and the messages about them.

use super::keys::{self, Key};
use super::pack::{Kept, MOST_BYTES, Snapshot, decode, encode, fitting, packs};
use super::rows::{Row, Rows, Write};
use aws_sdk_dynamodb::Client;
use stackseer_model::ports::{Committed, InsightState, PortError, Store};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) const DAY: i64 = 24 * 3600;
/// A repeat within this time of the end is recognised as one.
const RECENT: i64 = 7 * DAY;
/// How long a closed insight can be looked at, as in DevOps Guru.
const KEEP_CLOSED: i64 = 365 * DAY;
/// Longer than anything stays open; a closed insight's series are written again with its own expiry.
const KEEP_SERIES: i64 = 2 * 365 * DAY;
/// The table's stream has them for a day; the rest is for looking after a failure.
const KEEP_MESSAGES: i64 = 14 * DAY;
const MESSAGES_IN_ROW: usize = 25;
/// Packs and series are read in several calls. A series that is still not there after so many tries was not superseded by
/// a commit in between but is lost, and the insight without it is better than none.
const TRIES: u32 = 3;

/// The one DynamoDB table. What it keeps beside insights and outbox is in the files next to this one.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(super) rows: Rows,
}

/// Where an insight was before a commit.
struct Found {
    key: Key,
    pack: Vec<Kept>,
}

impl DynamoStore {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { rows: Rows::new(client, table) }
    }

    #[cfg(test)]
    pub(super) fn without_pauses(self) -> Self {
        Self { rows: self.rows.without_pauses() }
    }

    /// Applications that ever had an insight.
    pub async fn applications(&self) -> Result<Vec<Application>, PortError> {
        let rows = self.rows.between(keys::APPLICATIONS, " ", "~").await?;
        rows.iter().map(|(_, row)| body(row)).collect()
    }

    /// Insights of all applications that are open or were closed at `since` or later, latest first. Without the
    /// anomalies' series: [`insight`](Self::insight) has them.
    pub async fn insights(&self, since: Timestamp) -> Result<Vec<Insight>, PortError> {
        let mut insights: Vec<Insight> = Vec::new();
        for application in self.applications().await? {
            let (_, kept) = self.kept(&application.id, since).await?;
            insights.extend(kept.into_iter().map(|k| k.insight));
        }
        insights.sort_by(|a, b| (b.start_time, &b.id).cmp(&(a.start_time, &a.id)));
        Ok(insights)
    }

    /// One insight with all that is kept of it.
    pub async fn insight(&self, id: &InsightId) -> Result<Option<Insight>, PortError> {
        let mut tries = 0;
        loop {
            let Some(found) = self.locate(id).await? else { return Ok(None) };
            let kept = found.pack.into_iter().find(|k| k.insight.id == *id);
            let (mut read, missing) = self.with_series(kept.into_iter().collect()).await?;
            tries += 1;
            if !missing || tries == TRIES {
                return Ok(read.pop());
            }
        }
    }

    /// Messages written by commits after `generation`, oldest first.
    pub async fn messages(&self, application: &ApplicationId, generation: u64) -> Result<Vec<Message>, PortError> {
        let first = keys::outbox(application, generation + 1, 0).1;
        let mut rows = self.rows.between(&keys::outbox_of(application), &first, "~").await?;
        rows.reverse();
        let messages: Result<Vec<Vec<Message>>, PortError> = rows.iter().map(|(_, row)| body(row)).collect();
        Ok(messages?.into_iter().flatten().collect())
    }

    /// The generation, and what is open or was closed at `since` or later, in the order of their keys.
    async fn kept(&self, application: &ApplicationId, since: Timestamp) -> Result<(u64, Vec<Kept>), PortError> {
        let rows = self.rows.between(&keys::insights(application), &keys::closed_since(since), keys::STATE).await?;
        let generation = rows.iter().find(|(key, _)| key.1 == keys::STATE).and_then(|(_, row)| row.generation);
        let mut kept = Vec::new();
        for (_, row) in rows.iter().rev().filter(|(key, _)| key.1 != keys::STATE) {
            kept.extend(body::<Vec<Kept>>(row)?);
        }
        Ok((generation.unwrap_or(0), kept))
    }

    /// Puts the series back, and says whether one was missing: superseded by a commit since the insight was read.
    async fn with_series(&self, kept: Vec<Kept>) -> Result<(Vec<Insight>, bool), PortError> {
        let wanted = kept.iter().flat_map(|k| k.series.iter().flatten().flat_map(|s| parts(&k.insight.id, s)));
        let rows = self.rows.get_all(wanted.collect()).await?;
        let mut missing = false;
        let mut insights = Vec::new();
        for kept in kept {
            let id = kept.insight.id.clone();
            let mut read: BTreeMap<Snapshot, Vec<BandPoint>> = BTreeMap::new();
            for snapshot in kept.series.iter().flatten() {
                let bytes: Option<Vec<Vec<u8>>> =
                    parts(&id, snapshot).map(|key| rows.get(&key).map(|r| r.body.clone())).collect();
                match bytes {
                    Some(bytes) => {
                        let points = decode(&bytes.concat()).map_err(unreadable)?;
                        read.insert(snapshot.clone(), points);
                    }
                    None => missing = true,
                }
            }
            insights.push(kept.with(|snapshot| read.get(snapshot).cloned()));
        }
        Ok((insights, missing))
    }

    /// The pack an insight is in. Its `where` row may name one that a failed commit never wrote.
    async fn locate(&self, id: &InsightId) -> Result<Option<Found>, PortError> {
        let Some(place) = self.rows.get(&keys::place(id)).await? else { return Ok(None) };
        let Some(application) = place.text(keys::APPLICATION).map(|a| ApplicationId(a.to_owned())) else {
            return Ok(None);
        };
        let closed = place.text(keys::CLOSED).map(|sort| Key(keys::insights(&application), sort.to_owned()));
        for key in [Some(keys::open(&application, id)), closed].into_iter().flatten() {
            if let Some(row) = self.rows.get(&key).await? {
                let pack: Vec<Kept> = body(&row)?;
                if pack.iter().any(|k| k.insight.id == *id) {
                    return Ok(Some(Found { key, pack }));
                }
            }
        }
        let partition = keys::insights(&application);
        for (key, row) in self.rows.between(&partition, keys::CLOSED_FIRST, keys::CLOSED_LAST).await? {
            let pack: Vec<Kept> = body(&row)?;
            if pack.iter().any(|k| k.insight.id == *id) {
                return Ok(Some(Found { key, pack }));
            }
        }
        Ok(None)
    }

    /// The packs that hold any of `changed` now, by key, and those of the bins that will.
    async fn affected(
        &self,
        application: &ApplicationId,
        changed: &[Insight],
    ) -> Result<BTreeMap<Key, Vec<Kept>>, PortError> {
        let bins: BTreeSet<Key> = changed.iter().map(|i| keys::open(application, &i.id)).collect();
        let places: BTreeSet<Key> = changed.iter().map(|i| keys::place(&i.id)).collect();
        let rows: HashMap<Key, Row> = self.rows.get_all(bins.iter().chain(&places).cloned().collect()).await?;
        let mut packs: BTreeMap<Key, Vec<Kept>> = BTreeMap::new();
        for key in bins {
            let pack = rows.get(&key).map(body::<Vec<Kept>>).transpose()?;
            packs.insert(key, pack.unwrap_or_default());
        }
        for insight in changed.iter().filter(|i| rows.contains_key(&keys::place(&i.id))) {
            let known = packs.values().flatten().any(|k| k.insight.id == insight.id);
            if !known && let Some(found) = self.locate(&insight.id).await? {
                packs.insert(found.key, found.pack);
            }
        }
        Ok(packs)
    }
}

impl Store for DynamoStore {
    async fn insight_state(&self, application: &ApplicationId, now: Timestamp) -> Result<InsightState, PortError> {
        let since = Timestamp::from_second(now.as_second() - RECENT).unwrap_or(Timestamp::MIN);
        let mut tries = 0;
        loop {
            let (generation, kept) = self.kept(application, since).await?;
            let (insights, missing) = self.with_series(kept).await?;
            tries += 1;
            if !missing || tries == TRIES {
                return Ok(InsightState { generation, insights });
            }
        }
    }

    async fn commit(
        &self,
        application: &Application,
        generation: u64,
        changed: &[Insight],
        messages: &[Message],
    ) -> Result<Committed, PortError> {
        if changed.is_empty() && messages.is_empty() {
            return Ok(Committed::At(generation));
        }
        let app = &application.id;
        let guard = keys::state(app);
        if self.rows.get(&guard).await?.and_then(|row| row.generation).unwrap_or(0) != generation {
            return Ok(Committed::Conflict);
        }
        let next = generation + 1;
        let mut packed = self.affected(app, changed).await?;
        let mut plan = Plan::default();

        let ids: BTreeSet<&InsightId> = changed.iter().map(|i| &i.id).collect();
        let mut before: BTreeMap<InsightId, Kept> = BTreeMap::new();
        for pack in packed.values_mut() {
            let (out, stay) = std::mem::take(pack).into_iter().partition(|k| ids.contains(&k.insight.id));
            *pack = stay;
            before.extend(Vec::into_iter(out).map(|k| (k.insight.id.clone(), k)));
        }
        let mut closing = Vec::new();
        for insight in changed {
            let kept = plan.keep(insight, before.get(&insight.id)).map_err(|reason| refused(insight, &reason))?;
            match insight.status {
                Status::Ongoing => packed.entry(keys::open(app, &insight.id)).or_default().push(kept),
                Status::Closed => closing.push(kept),
            }
        }
        for (key, pack) in packed {
            let write = if pack.is_empty() { Write::Delete(key) } else { put_pack(key, &pack)? };
            plan.transaction.push(write);
        }
        let closed = closing.iter().map(|k| k.insight.update_time).max();
        let mut closed_in: BTreeMap<InsightId, String> = BTreeMap::new();
        for (index, (pack, body)) in packs(closing).map_err(unreadable)?.into_iter().enumerate() {
            let key = keys::closed(app, closed.unwrap_or_default(), next, index);
            closed_in.extend(pack.iter().map(|k| (k.insight.id.clone(), key.1.clone())));
            plan.transaction.push(Write::Put(key, Row { body, expires: expiry(&pack), ..Row::default() }));
        }
        for insight in changed {
            let closed = closed_in.get(&insight.id);
            if closed.is_some() || !before.contains_key(&insight.id) {
                plan.first.push(place(application, insight, closed));
            }
        }
        for (part, messages) in messages.chunks(messages.len().div_ceil(40).max(MESSAGES_IN_ROW)).enumerate() {
            let body = encode(&messages.to_vec()).and_then(fitting).map_err(unreadable)?;
            let expires = messages.iter().map(|m| m.time.as_second() + KEEP_MESSAGES).max();
            let row = Row { body, expires, ..Row::default() };
            plan.transaction.push(Write::Put(keys::outbox(app, next, part), row));
        }
        if generation == 0 {
            let body = encode(application).map_err(unreadable)?;
            plan.transaction.push(Write::Put(keys::application(app), Row { body, ..Row::default() }));
        }

        self.rows.write_all(plan.first).await?;
        let committed = self.rows.commit(guard, generation, Row::default(), plan.transaction).await?;
        if committed != Committed::Conflict {
            // What is left by a failure here expires by itself.
            let _ = self.rows.write_all(plan.last).await;
        }
        Ok(committed)
    }
}

/// What is to be written, in three steps.
#[derive(Default)]
struct Plan {
    /// Means nothing by itself: series, and where insights are to be found.
    first: Vec<Write>,
    transaction: Vec<Write>,
    /// Superseded series.
    last: Vec<Write>,
}

impl Plan {
    fn keep(&mut self, insight: &Insight, before: Option<&Kept>) -> Result<Kept, String> {
        let (kept, blobs) = Kept::of(insight)?;
        let closed = insight.status == Status::Closed;
        let had: BTreeSet<&Snapshot> = before.into_iter().flat_map(|k| k.series.iter().flatten()).collect();
        let has: BTreeSet<&Snapshot> = kept.series.iter().flatten().collect();
        let expires = insight.update_time.as_second() + if closed { KEEP_CLOSED } else { KEEP_SERIES };
        // Written again when it closes, for the expiry.
        for (snapshot, bytes) in blobs.iter().filter(|(snapshot, _)| closed || !had.contains(snapshot)) {
            for (key, part) in parts(&insight.id, snapshot).zip(bytes.chunks(MOST_BYTES)) {
                let row = Row { body: part.to_vec(), expires: Some(expires), ..Row::default() };
                self.first.push(Write::Put(key, row));
            }
        }
        self.last.extend(had.difference(&has).flat_map(|s| parts(&insight.id, s)).map(Write::Delete));
        Ok(kept)
    }
}

fn parts(insight: &InsightId, snapshot: &Snapshot) -> impl Iterator<Item = Key> {
    (0..snapshot.parts).map(|part| keys::series(insight, &snapshot.content, part))
}

fn place(application: &Application, insight: &Insight, closed: Option<&String>) -> Write {
    let mut text = BTreeMap::from([(keys::APPLICATION, application.id.to_string())]);
    text.extend(closed.map(|sort| (keys::CLOSED, sort.clone())));
    let expires = closed.map(|_| insight.update_time.as_second() + KEEP_CLOSED);
    Write::Put(keys::place(&insight.id), Row { text, expires, ..Row::default() })
}

fn put_pack(key: Key, pack: &Vec<Kept>) -> Result<Write, PortError> {
    let body = encode(pack).and_then(fitting).map_err(unreadable)?;
    Ok(Write::Put(key, Row { body, expires: expiry(pack), ..Row::default() }))
}

/// None while something in it is open.
fn expiry(pack: &[Kept]) -> Option<i64> {
    let closed = pack.iter().all(|k| k.insight.status == Status::Closed);
    let last = pack.iter().map(|k| k.insight.update_time.as_second()).max();
    last.filter(|_| closed).map(|last| last + KEEP_CLOSED)
}

pub(super) fn body<T: serde::de::DeserializeOwned>(row: &Row) -> Result<T, PortError> {
    decode(&row.body).map_err(unreadable)
}

pub(super) fn unreadable(reason: impl std::fmt::Display) -> PortError {
    PortError::Permanent { action: "store".to_owned(), message: reason.to_string() }
}

fn refused(insight: &Insight, reason: &str) -> PortError {
    unreadable(format!("insight {} ({}) can't be kept: {reason}", insight.id, insight.name))
}
