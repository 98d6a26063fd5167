//! The lists, sorted when they are asked for.

use super::MemoryStore;
use stackseer_model::ports::{Ask, EventHistory, InsightHistory, InsightList, Page, PortError, Position};
use stackseer_model::{AnomalyId, ApplicationId, AuditEntry, ChangeEvent, InsightId, InsightSummary};

impl InsightHistory for MemoryStore {
    async fn list_insights(&self, list: &InsightList, ask: &Ask) -> Result<Page<InsightSummary>, PortError> {
        let mut state = self.state();
        state.fail()?;
        let insights = state.applications.values().flat_map(|known| &known.insights).map(InsightSummary::of);
        let page = page(insights.filter_map(|i| Some((list.position(&i)?, i))).collect(), ask);
        state.read += page.items.len();
        Ok(page)
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
        known.extend(events.iter().map(|event| (Position::new(event.time, &event.id), event.clone())));
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
