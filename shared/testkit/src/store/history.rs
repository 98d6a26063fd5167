//! The lists, sorted when they are asked for.

use super::MemoryStore;
use jiff::civil::Date;
use stackseer_model::ports::{
    Ask, Charts, EventHistory, InsightHistory, InsightList, InsightSource, Page, PortError, Position,
};
use stackseer_model::{
    AnomalyId, ApplicationId, AuditEntry, ChangeEvent, Insight, InsightId, InsightSummary, Scope, Status, Tally,
};
use std::collections::BTreeMap;

impl InsightHistory for MemoryStore {
    async fn list_insights(&self, list: &InsightList, ask: &Ask) -> Result<Page<InsightSummary>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let insights = state.applications.values().flat_map(|known| &known.insights).map(InsightSummary::of);
        let page = page(insights.filter_map(|i| Some((list.position(&i)?, i))).collect(), ask);
        state.read += page.items.len();
        Ok(page)
    }

    async fn count_insights(
        &self,
        scope: &Scope,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<ApplicationId, Tally>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let mut counted: BTreeMap<ApplicationId, Tally> = BTreeMap::new();
        let insights = state.applications.values().flat_map(|known| &known.insights);
        for insight in insights.filter(|insight| insight.application.scope() == *scope) {
            for (_, tally) in insight.tallied().into_iter().filter(|(day, _)| (first..=last).contains(day)) {
                *counted.entry(insight.application.id.clone()).or_default() += tally;
            }
        }
        Ok(counted)
    }

    async fn look_at(&self, id: &InsightId, charts: Charts<'_>) -> Result<Option<Insight>, PortError> {
        let mut found = self.insight(id).await?;
        for anomaly in found.iter_mut().flat_map(|insight| &mut insight.anomalies) {
            let is_left_out = !charts.has(&anomaly.id);
            anomaly.of_metric_mut().filter(|_| is_left_out).into_iter().for_each(|metric| metric.series.clear());
        }
        Ok(found)
    }

    async fn open_insights(&self, application: &ApplicationId) -> Result<Vec<Insight>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let known = state.applications.get(application).into_iter().flat_map(|known| &known.insights);
        let mut open: Vec<Insight> = known.filter(|i| i.status == Status::Ongoing).cloned().collect();
        open.iter_mut().flat_map(|i| &mut i.anomalies).filter_map(|a| a.of_metric_mut()).for_each(|m| m.series.clear());
        open.sort_by(|a, b| (a.start_time, &a.id).cmp(&(b.start_time, &b.id)));
        Ok(open)
    }

    async fn insight_of(&self, anomaly: &AnomalyId) -> Result<Option<InsightId>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let mut insights = state.applications.values().flat_map(|known| &known.insights);
        Ok(insights.find(|i| i.anomalies.iter().any(|a| a.id == *anomaly)).map(|i| i.id.clone()))
    }

    async fn delete_insight(&self, id: &InsightId, entry: &AuditEntry) -> Result<bool, PortError> {
        let mut state = self.state();
        state.fail()?;
        let Some(known) = state.applications.values_mut().find(|known| known.insights.iter().any(|i| i.id == *id))
        else {
            return Ok(false);
        };
        known.insights.retain(|i| i.id != *id);
        known.generation += 1;
        state.audit(entry);
        Ok(true)
    }
}

impl EventHistory for MemoryStore {
    async fn keep_events(&self, application: &ApplicationId, events: &[ChangeEvent]) -> Result<(), PortError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut state = self.state();
        state.fail()?;
        let known = state.events.entry(application.clone()).or_default();
        for event in events {
            let place = Position::new(event.time, &event.id);
            let kept = event.over(known.get(&place));
            known.insert(place, kept);
        }
        Ok(())
    }

    async fn list_events(&self, application: &ApplicationId, ask: &Ask) -> Result<Page<ChangeEvent>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let events = state.events.get(application).cloned().unwrap_or_default();
        let page = page(events.into_iter().collect(), ask);
        state.read += page.items.len();
        Ok(page)
    }
}

pub(super) fn page<T>(mut items: Vec<(Position, T)>, ask: &Ask) -> Page<T> {
    items.retain(|(position, _)| {
        ask.from.is_none_or(|from| position.second >= from.as_second())
            && ask.to.is_none_or(|to| position.second < to.as_second())
            && ask.after.as_ref().is_none_or(|after| position < after)
    });
    items.sort_by(|(a, _), (b, _)| b.cmp(a));
    items.truncate(ask.limit());
    let next = items.last().filter(|_| items.len() == ask.limit()).map(|(position, _)| position.clone());
    Page { items: items.into_iter().map(|(_, item)| item).collect(), next }
}
