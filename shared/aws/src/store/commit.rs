//! Commits: an insight with its places in the lists and the messages about it, all or nothing.

use super::counts::{Counts, Delta};
use super::index;
use super::insights::{DAY, DynamoStore, Found, body, key_at, parts, unreadable};
use super::keys::{self, Key};
use super::pack::{Kept, MOST_BYTES, Snapshot, encode, fitting};
use super::rows::{MOST_BYTES_IN_TRANSACTION, MOST_ITEMS_IN_TRANSACTION, Row, Write};
use stackseer_model::ports::{Committed, InsightState, PortError, Store};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Longer than anything stays open; a closed insight's series are written again with its own expiry.
const KEEP_SERIES: i64 = 2 * 365 * DAY;
/// The table's stream has them for a day; the rest is for looking after a failure.
const KEEP_MESSAGES: i64 = 14 * DAY;
const MESSAGES_IN_ROW: usize = 25;
/// Beyond it rows hold more than 25, so that any number fits.
const MOST_OUTBOX_ROWS: usize = 40;

impl Store for DynamoStore {
    async fn insight_state(&self, application: &ApplicationId, now: Timestamp) -> Result<InsightState, PortError> {
        self.recent(application, now).await
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
        let guard = keys::state(&application.id);
        if self.rows.get(&guard).await?.and_then(|row| row.generation).unwrap_or(0) != generation {
            return Ok(Committed::Conflict);
        }
        let before = self.before(&application.id, changed).await?;
        let changes: Result<Vec<Change>, PortError> = changed.iter().map(|i| Change::of(i, &before)).collect();
        let changes = changes?;
        let counted = changes.iter().flat_map(|change| change.counts.keys()).cloned().collect();
        let mut counts = Counts::read(&self.rows, counted).await?;
        let mut at = generation;
        for part in split(changes, messages) {
            let mut transaction = part.transaction;
            transaction.extend(counts.change(&part.counts)?);
            transaction.extend(outbox(&application.id, at + 1, &part.messages)?);
            self.rows.write_all(part.first.into_values().collect()).await?;
            match self.rows.commit(guard.clone(), at, Row::default(), transaction).await? {
                Committed::At(next) => at = next,
                Committed::Conflict => return Ok(Committed::Conflict),
            }
            // What is left by a failure here expires by itself.
            let _ = self.rows.write_all(part.last).await;
        }
        Ok(Committed::At(at))
    }
}

impl DynamoStore {
    /// The insights as they are kept now.
    async fn before(
        &self,
        application: &ApplicationId,
        changed: &[Insight],
    ) -> Result<BTreeMap<InsightId, Found>, PortError> {
        let open = |i: &Insight| (keys::open(application, &i.id), i.id.clone());
        let places: BTreeSet<Key> = changed.iter().map(|i| keys::place(&i.id)).collect();
        let mut wanted: BTreeMap<Key, InsightId> = changed.iter().map(open).collect();
        let mut rows = self.rows.get_all(wanted.keys().chain(&places).cloned().collect()).await?;
        let closed: BTreeMap<Key, InsightId> = changed
            .iter()
            .filter_map(|i| Some((key_at(rows.get(&keys::place(&i.id))?, &i.id)?, i.id.clone())))
            .filter(|(key, _)| !wanted.contains_key(key))
            .collect();
        rows.extend(self.rows.get_all(closed.keys().cloned().collect()).await?);
        wanted.extend(closed);
        let mut before = BTreeMap::new();
        for (key, id) in wanted {
            if let Some(row) = rows.get(&key) {
                before.insert(id, Found { kept: body(row)?, key });
            }
        }
        Ok(before)
    }
}

/// What becomes of one insight, in three steps.
#[derive(Debug, Default)]
struct Change {
    insight: Option<InsightId>,
    /// Means nothing by itself: series, and who is to hold which anomaly.
    first: Vec<Write>,
    transaction: Vec<Write>,
    /// Belongs to the transaction.
    counts: Delta,
    /// Superseded series.
    last: Vec<Write>,
}

impl Change {
    fn of(insight: &Insight, before: &BTreeMap<InsightId, Found>) -> Result<Self, PortError> {
        let refused =
            |reason: String| unreadable(format!("insight {} ({}) can't be kept: {reason}", insight.id, insight.name));
        let known = before.get(&insight.id);
        let key = keys::insight(&insight.application.id, insight);
        let has_moved = known.is_none_or(|known| known.key != key);
        let (kept, series) = Kept::of(insight).map_err(refused)?;
        let counts = Delta::of(known.map(|known| &known.kept.insight), Some(insight));
        let mut change = Self { insight: Some(insight.id.clone()), counts, ..Self::default() };

        let body = encode(&kept).and_then(fitting).map_err(refused)?;
        if let Some(known) = known.filter(|_| has_moved) {
            change.transaction.push(Write::Delete(known.key.clone()));
        }
        change.transaction.push(Write::Put(key, Row { body, expires: index::expiry(insight), ..Row::default() }));
        change.transaction.extend(index::list_rows(insight, known.map(|known| &known.kept.insight))?);
        if has_moved {
            change.transaction.push(index::place(insight));
        }
        change.series(insight, &kept, series, known, has_moved);
        change.anomalies(insight, before, has_moved);
        Ok(change)
    }

    /// Written again when it opens or closes, for the expiry.
    fn series(
        &mut self,
        insight: &Insight,
        kept: &Kept,
        series: BTreeMap<Snapshot, Vec<u8>>,
        known: Option<&Found>,
        has_moved: bool,
    ) {
        let had: BTreeSet<&Snapshot> = known.into_iter().flat_map(|k| k.kept.series.iter().flatten()).collect();
        let has: BTreeSet<&Snapshot> = kept.series.iter().flatten().collect();
        for (snapshot, bytes) in series.iter().filter(|(snapshot, _)| has_moved || !had.contains(snapshot)) {
            for (key, part) in parts(&insight.id, snapshot).zip(bytes.chunks(MOST_BYTES)) {
                let row = Row { body: part.to_vec(), expires: Some(attached(insight)), ..Row::default() };
                self.first.push(Write::Put(key, row));
            }
        }
        self.last.extend(had.difference(&has).flat_map(|s| parts(&insight.id, s)).map(Write::Delete));
    }

    /// An anomaly may come from another insight that changes with this one.
    fn anomalies(&mut self, insight: &Insight, before: &BTreeMap<InsightId, Found>, has_moved: bool) {
        let holds = |id: &InsightId, anomaly: &AnomalyId| {
            before.get(id).is_some_and(|found| found.kept.insight.anomalies.iter().any(|a| a.id == *anomaly))
        };
        for anomaly in insight.anomalies.iter().map(|a| &a.id) {
            if has_moved || !holds(&insight.id, anomaly) {
                let former = before.keys().find(|id| **id != insight.id && holds(id, anomaly));
                self.first.push(index::pointer(anomaly, &insight.id, former, attached(insight)));
            }
        }
    }
}

/// When what belongs to the insight expires.
fn attached(insight: &Insight) -> i64 {
    index::expiry(insight).unwrap_or(insight.update_time.as_second() + KEEP_SERIES)
}

/// What one transaction takes.
#[derive(Debug, Default)]
struct Part {
    /// By key: of two that hold one anomaly, the earlier has it.
    first: BTreeMap<Key, Write>,
    transaction: Vec<Write>,
    counts: Delta,
    last: Vec<Write>,
    messages: Vec<Message>,
}

/// As few parts as transactions allow, in order; each insight with the messages about it.
fn split(changes: Vec<Change>, messages: &[Message]) -> Vec<Part> {
    let (mut about, mut other): (BTreeMap<InsightId, Vec<Message>>, Vec<Message>) = Default::default();
    let ids: BTreeSet<InsightId> = changes.iter().filter_map(|c| c.insight.clone()).collect();
    for message in messages {
        match ids.contains(&message.insight) {
            true => about.entry(message.insight.clone()).or_default().push(message.clone()),
            false => other.push(message.clone()),
        }
    }
    let mut parts = vec![Part::default()];
    for change in changes {
        let messages = change.insight.as_ref().and_then(|id| about.remove(id)).unwrap_or_default();
        let part = parts.last_mut().expect("there is always one");
        if part.takes(&change, &messages) {
            part.add(change, messages);
        } else {
            let mut next = Part::default();
            next.add(change, messages);
            parts.push(next);
        }
    }
    parts.last_mut().expect("there is always one").messages.extend(other);
    parts
}

impl Part {
    /// An empty one takes anything.
    fn takes(&self, change: &Change, messages: &[Message]) -> bool {
        let counts: BTreeSet<&Key> = self.counts.keys().chain(change.counts.keys()).collect();
        let rows = self.transaction.len() + change.transaction.len() + counts.len();
        let outbox = outbox_rows(self.messages.len() + messages.len());
        let bytes: usize = self.transaction.iter().chain(&change.transaction).map(Write::size).sum();
        // With the guard; and a quarter is left for the messages.
        self.transaction.is_empty()
            || rows + outbox < MOST_ITEMS_IN_TRANSACTION && bytes <= MOST_BYTES_IN_TRANSACTION / 4 * 3
    }

    fn add(&mut self, change: Change, messages: Vec<Message>) {
        for write in change.first {
            self.first.entry(write.key().clone()).or_insert(write);
        }
        self.transaction.extend(change.transaction);
        self.counts.extend(change.counts);
        self.last.extend(change.last);
        self.messages.extend(messages);
    }
}

fn outbox_rows(messages: usize) -> usize {
    messages.div_ceil(MESSAGES_IN_ROW).min(MOST_OUTBOX_ROWS)
}

fn outbox(application: &ApplicationId, generation: u64, messages: &[Message]) -> Result<Vec<Write>, PortError> {
    let in_row = messages.len().div_ceil(MOST_OUTBOX_ROWS).max(MESSAGES_IN_ROW);
    let rows = messages.chunks(in_row).enumerate().map(|(part, messages)| {
        let body = encode(&messages.to_vec()).and_then(fitting).map_err(unreadable)?;
        let expires = messages.iter().map(|m| m.time.as_second() + KEEP_MESSAGES).max();
        Ok(Write::Put(keys::outbox(application, generation, part), Row { body, expires, ..Row::default() }))
    });
    rows.collect()
}
