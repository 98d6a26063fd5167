//! How many insights began and ended each day: a row for each application and month, in the transaction of what it counts. The
//! application's generation guards it as it guards the insights, so that what is read may be added to and put back.

use super::insights::{DynamoStore, body, unreadable};
use super::keys::{self, Key};
use super::pack::{encode, fitting};
use super::rows::{Row, Rows, Write};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use stackseer_model::ports::PortError;
use stackseer_model::{ApplicationId, Insight, Scope, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of a month, without the days on which nothing was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Month(BTreeMap<Date, Tally>);

impl Month {
    fn add(&mut self, day: Date, tally: Tally) {
        let counted = self.0.entry(day).or_default();
        *counted += tally;
        if *counted == Tally::default() {
            self.0.remove(&day);
        }
    }
}

/// What changes, by row. Nothing where what is counted stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Delta(BTreeMap<Key, Month>);

impl Delta {
    pub(super) fn of(before: Option<&Insight>, after: Option<&Insight>) -> Self {
        let row = |insight: &Insight, day| keys::counts(&insight.application, day);
        let was = before.into_iter().flat_map(|i| i.tallied().into_iter().map(move |(day, t)| (row(i, day), day, -t)));
        let is = after.into_iter().flat_map(|i| i.tallied().into_iter().map(move |(day, t)| (row(i, day), day, t)));
        let mut delta = Self::default();
        was.chain(is).for_each(|(key, day, tally)| delta.0.entry(key).or_default().add(day, tally));
        delta.0.retain(|_, month| !month.0.is_empty());
        delta
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.0.keys()
    }

    pub(super) fn extend(&mut self, other: Self) {
        for (key, month) in other.0 {
            let known = self.0.entry(key).or_default();
            month.0.into_iter().for_each(|(day, tally)| known.add(day, tally));
        }
    }
}

/// The rows as they are now.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<Key, Month>);

impl Counts {
    pub(super) async fn read(rows: &Rows, keys: BTreeSet<Key>) -> Result<Self, PortError> {
        let found = rows.get_all(keys).await?;
        let months = found.into_iter().map(|(key, row)| Ok((key, body(&row)?)));
        Ok(Self(months.collect::<Result<_, PortError>>()?))
    }

    /// As they are with the change, and how that is written.
    pub(super) fn change(&mut self, delta: &Delta) -> Result<Vec<Write>, PortError> {
        let mut writes = Vec::new();
        for (key, change) in &delta.0 {
            let month = self.0.entry(key.clone()).or_default();
            change.0.iter().for_each(|(day, tally)| month.add(*day, *tally));
            let body = encode(month).and_then(fitting).map_err(unreadable)?;
            writes.push(match month.0.is_empty() {
                true => Write::Delete(key.clone()),
                false => Write::Put(key.clone(), Row { body, ..Row::default() }),
            });
        }
        Ok(writes)
    }
}

impl DynamoStore {
    pub(super) async fn counted(
        &self,
        scope: &Scope,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<ApplicationId, Tally>, PortError> {
        let mut counted: BTreeMap<ApplicationId, Tally> = BTreeMap::new();
        if first > last {
            return Ok(counted);
        }
        let (from, to) = keys::counts_between(first, last);
        for (key, row) in self.rows.lately_between(&keys::counts_in(scope), &from, &to).await? {
            let Month(days) = body(&row)?;
            let tally = days.range(first..=last).map(|(_, tally)| *tally).sum();
            if let Some((_, application)) = key.1.split_once('#').filter(|_| tally != Tally::default()) {
                *counted.entry(ApplicationId(application.to_owned())).or_default() += tally;
            }
        }
        Ok(counted)
    }
}
