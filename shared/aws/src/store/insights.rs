//! Insights: where each is, and what is read of them.

use super::keys::{self, Key};
use super::pack::{Kept, Snapshot, decode};
use super::rows::{Row, Rows};
use aws_sdk_dynamodb::Client;
use stackseer_model::ports::{InsightSource, InsightState, PortError};
use stackseer_model::*;
use std::collections::BTreeMap;

pub(super) const DAY: i64 = 24 * 3600;
/// A repeat within this time of the end is recognised as one.
const RECENT: i64 = 7 * DAY;
/// Insights and series are read in several calls. A series that is still not there after so many tries was not superseded by
/// a commit in between but is lost, and the insight without it is better than none.
pub(super) const TRIES: u32 = 3;

/// The one DynamoDB table. What it keeps beside insights is in the files next to this one.
#[derive(Debug, Clone)]
pub struct DynamoStore {
    pub(super) rows: Rows,
}

/// An insight and its row.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) kept: Kept,
}

impl DynamoStore {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { rows: Rows::new(client, table) }
    }

    #[cfg(test)]
    pub(super) fn without_pauses(self) -> Self {
        Self { rows: self.rows.without_pauses() }
    }

    /// Messages written by commits after `generation`, oldest first.
    pub async fn messages(&self, application: &ApplicationId, generation: u64) -> Result<Vec<Message>, PortError> {
        let first = keys::outbox(application, generation + 1, 0).1;
        let mut rows = self.rows.between(&keys::outbox_of(application), &first, "~").await?;
        rows.reverse();
        let messages: Result<Vec<Vec<Message>>, PortError> = rows.iter().map(|(_, row)| body(row)).collect();
        Ok(messages?.into_iter().flatten().collect())
    }

    pub(super) async fn recent(&self, application: &ApplicationId, now: Timestamp) -> Result<InsightState, PortError> {
        let since = Timestamp::from_second(now.as_second() - RECENT).unwrap_or(Timestamp::MIN);
        let mut tries = 0;
        loop {
            let (generation, kept) = self.kept(application, since).await?;
            let (insights, missing) = self.with_series(kept, |_| true).await?;
            tries += 1;
            if !missing || tries == TRIES {
                return Ok(InsightState { generation, insights: in_order(insights) });
            }
        }
    }

    /// The generation, and what is open or ended at `since` or later.
    pub(super) async fn kept(
        &self,
        application: &ApplicationId,
        since: Timestamp,
    ) -> Result<(u64, Vec<Kept>), PortError> {
        let rows = self.rows.between(&keys::insights(application), &keys::closed_since(since), keys::STATE).await?;
        let mut generation = 0;
        let mut kept = Vec::new();
        for (key, row) in &rows {
            match key.1.as_str() {
                keys::STATE => generation = row.generation.unwrap_or(0),
                _ => kept.push(body(row)?),
            }
        }
        Ok((generation, kept))
    }

    /// Puts the wanted series back, and says whether one was missing: superseded by a commit since the insight was read.
    async fn with_series(
        &self,
        mut kept: Vec<Kept>,
        wants: impl Fn(&AnomalyId) -> bool,
    ) -> Result<(Vec<Insight>, bool), PortError> {
        kept.iter_mut().for_each(|kept| kept.keep_series(&wants));
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

    /// With the series of those anomalies that are wanted.
    pub(super) async fn read(
        &self,
        id: &InsightId,
        wants: impl Fn(&AnomalyId) -> bool,
    ) -> Result<Option<Insight>, PortError> {
        let mut tries = 0;
        loop {
            let Some(found) = self.locate(id).await? else { return Ok(None) };
            let (mut read, missing) = self.with_series(vec![found.kept], &wants).await?;
            tries += 1;
            if !missing || tries == TRIES {
                return Ok(read.pop());
            }
        }
    }

    /// The insight as it is kept. It may open or close between the two reads, and is then looked for again.
    pub(super) async fn locate(&self, id: &InsightId) -> Result<Option<Found>, PortError> {
        for _ in 0..TRIES {
            let Some(place) = self.rows.get(&keys::place(id)).await? else { return Ok(None) };
            let Some(key) = key_at(&place, id) else { return Ok(None) };
            if let Some(row) = self.rows.get(&key).await? {
                return Ok(Some(Found { key, kept: body(&row)? }));
            }
        }
        Ok(None)
    }
}

impl InsightSource for DynamoStore {
    async fn insight(&self, id: &InsightId) -> Result<Option<Insight>, PortError> {
        self.read(id, |_| true).await
    }
}

/// The insight's row, by its `where` row.
pub(super) fn key_at(place: &Row, id: &InsightId) -> Option<Key> {
    let application = ApplicationId(place.text(keys::APPLICATION)?.to_owned());
    Some(match place.text(keys::CLOSED) {
        Some(sort) => Key(keys::insights(&application), sort.to_owned()),
        None => keys::open(&application, id),
    })
}

pub(super) fn in_order(mut insights: Vec<Insight>) -> Vec<Insight> {
    insights.sort_by(|a, b| (a.start_time, &a.id).cmp(&(b.start_time, &b.id)));
    insights
}

pub(super) fn parts(insight: &InsightId, snapshot: &Snapshot) -> impl Iterator<Item = Key> {
    (0..snapshot.parts).map(|part| keys::series(insight, &snapshot.content, part))
}

pub(super) fn body<T: serde::de::DeserializeOwned>(row: &Row) -> Result<T, PortError> {
    decode(&row.body).map_err(unreadable)
}

pub(super) fn unreadable(reason: impl std::fmt::Display) -> PortError {
    PortError::Permanent { action: "store".to_owned(), message: reason.to_string() }
}
