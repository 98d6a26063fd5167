//! Lists of insights, a page at a time; and what else is done for who looks back.

use super::counts::{Counts, Delta};
use super::index;
use super::insights::{DynamoStore, TRIES, body, in_order, parts};
use super::keys::{self, Key};
use super::rows::{Row, Write};
use super::settings::audited;
use jiff::civil::Date;
use stackseer_model::ports::{Ask, Charts, Committed, InsightHistory, InsightList, Page, PortError, Position};
use stackseer_model::{
    AnomalyId, ApplicationId, AuditEntry, Insight, InsightId, InsightSummary, Scope, Tally, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

impl InsightHistory for DynamoStore {
    async fn list_insights(&self, list: &InsightList, ask: &Ask) -> Result<Page<InsightSummary>, PortError> {
        let (partition, is_index) = keys::list(list);
        self.page(&partition, is_index, ask, |insight| list.position(insight)).await
    }

    async fn count_insights(
        &self,
        scope: &Scope,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<ApplicationId, Tally>, PortError> {
        self.counted(scope, first, last).await
    }

    async fn look_at(&self, id: &InsightId, charts: Charts<'_>) -> Result<Option<Insight>, PortError> {
        self.read(id, |anomaly| charts.has(anomaly)).await
    }

    async fn open_insights(&self, application: &ApplicationId) -> Result<Vec<Insight>, PortError> {
        let (_, kept) = self.kept(application, Timestamp::MAX).await?;
        Ok(in_order(kept.into_iter().map(|kept| kept.insight).collect()))
    }

    async fn insight_of(&self, anomaly: &AnomalyId) -> Result<Option<InsightId>, PortError> {
        let Some(pointer) = self.rows.get(&keys::anomaly(anomaly)).await? else { return Ok(None) };
        // The one it names may never have been committed.
        for id in [keys::INSIGHT, keys::FORMER].iter().filter_map(|name| pointer.text(name)) {
            let id = InsightId(id.to_owned());
            let found = self.locate(&id).await?;
            if found.is_some_and(|found| found.kept.insight.anomalies.iter().any(|a| a.id == *anomaly)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn delete_insight(&self, id: &InsightId, entry: &AuditEntry) -> Result<bool, PortError> {
        for _ in 0..TRIES {
            let place = self.rows.get(&keys::place(id)).await?;
            let application = place.as_ref().and_then(|place| place.text(keys::APPLICATION));
            let Some(application) = application.map(|a| ApplicationId(a.to_owned())) else { return Ok(false) };
            if self.delete_from(&application, id, entry).await? != Committed::Conflict {
                return Ok(true);
            }
        }
        let message = format!("insight {id} was changed again and again while it was to be deleted");
        Err(PortError::Transient { action: "store".to_owned(), message })
    }
}

impl DynamoStore {
    /// Guarded as a commit is: who has planned on the insight's being there plans again.
    async fn delete_from(
        &self,
        application: &ApplicationId,
        id: &InsightId,
        entry: &AuditEntry,
    ) -> Result<Committed, PortError> {
        let guard = keys::state(application);
        let generation = self.rows.get(&guard).await?.and_then(|row| row.generation).unwrap_or(0);
        let Some(found) = self.locate(id).await? else { return Ok(Committed::Conflict) };
        let (insight, series) = (&found.kept.insight, found.kept.series.iter().flatten());
        // First, as they are found by the insight only. Anomalies with the same series share its rows.
        let series = series.flat_map(|snapshot| parts(id, snapshot));
        let pointers = insight.anomalies.iter().map(|anomaly| keys::anomaly(&anomaly.id));
        let keys: BTreeSet<Key> = series.chain(pointers).collect();
        self.rows.write_all(keys.into_iter().map(Write::Delete).collect()).await?;
        let counted = Delta::of(Some(insight), None);
        let mut counts = Counts::read(&self.rows, counted.keys().cloned().collect()).await?;
        let rows = index::list_keys(insight).chain([keys::place(id), found.key]);
        let writes = rows.map(Write::Delete).chain(counts.change(&counted)?).chain([audited(entry)?]).collect();
        self.rows.commit(guard, generation, Row::default(), writes).await
    }

    pub(super) async fn page<T: serde::de::DeserializeOwned>(
        &self,
        partition: &str,
        is_index: bool,
        ask: &Ask,
        position: impl Fn(&T) -> Option<Position>,
    ) -> Result<Page<T>, PortError> {
        let Some((first, last)) = keys::asked(ask) else { return Ok(Page { items: vec![], next: None }) };
        let (rows, is_last) = self.rows.page(partition, is_index, &first, &last, ask.limit()).await?;
        let items: Result<Vec<T>, PortError> = rows.iter().map(body).collect();
        let items = items?;
        let next = items.last().filter(|_| !is_last).and_then(position);
        Ok(Page { items, next })
    }
}
