//! Change events from CloudTrail's event history: the last 90 days of management events, no trail needed.

mod classify;
mod index;
mod record;
#[cfg(test)]
mod tests;

use crate::error::{port_error, unseen};
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::lookup_events::LookupEventsOutput;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use serde_json::Value;
use stackseer_model::ports::{ChangeSource, EventSource, PortError, RegionChanges};
use stackseer_model::{ChangeEvent, Inventory, RegionChange, Scope, Timestamp, Unseen};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

pub(crate) use index::touched;
pub(crate) use record::{Hints, region_change};

const LOOKUP: &str = "cloudtrail:LookupEvents";
/// `LookupEvents` allows two calls a second for an account in a Region.
const BETWEEN_CALLS: Duration = Duration::from_millis(500);

/// One run's view of CloudTrail: a range is read once, however many applications ask for it.
#[derive(Debug, Clone)]
pub struct Events {
    client: Client,
    elsewhere: Vec<Elsewhere>,
    scope: Scope,
    state: Arc<Mutex<State>>,
    /// For all the pages of a range.
    within: Option<Duration>,
}

/// A service without a Region, whose changes CloudTrail tells in one.
#[derive(Debug, Clone)]
pub(crate) struct Elsewhere {
    pub client: Client,
    pub region: String,
    /// `cloudfront`, as ARNs have it.
    pub service: String,
}

#[derive(Debug, Default)]
struct State {
    next_call: Option<Instant>,
    read: Option<Read>,
}

#[derive(Debug)]
struct Read {
    from: Timestamp,
    to: Timestamp,
    changes: Arc<RegionChanges>,
}

impl Events {
    pub(crate) fn new(client: Client, scope: Scope) -> Self {
        Self { client, elsewhere: vec![], scope, state: Arc::default(), within: None }
    }

    pub(crate) fn and_of(self, elsewhere: Vec<Elsewhere>) -> Self {
        Self { elsewhere, ..self }
    }

    /// Gives up after this time, with the newest changes read until then.
    pub fn within(self, time: Duration) -> Self {
        Self { within: Some(time), ..self }
    }

    /// The Region's changes in the range, which may be part of a longer one that was read before.
    async fn changes(&self, from: Timestamp, to: Timestamp) -> Result<Arc<RegionChanges>, PortError> {
        // Held until the last page: the limit is the account's, so there is nothing to gain from asking twice at once.
        let mut state = self.state.lock().await;
        if let Some(read) = state.read.as_ref().filter(|read| read.from <= from && to <= read.to) {
            return Ok(read.changes.clone());
        }
        let until = self.within.map(|time| Instant::now() + time);
        let mut read = RegionChanges::default();
        let mut pages = 0;
        let mut token = None;
        loop {
            let page = self.page(&self.client, writes_only()?, &mut state.next_call, from, to, token);
            let page = match until {
                None => page.await?,
                Some(until) => match timeout_at(until, page).await {
                    Ok(page) => page?,
                    Err(_) => {
                        read.unseen = Some(cut_short(pages, &read.changes, from));
                        break;
                    }
                },
            };
            pages += 1;
            let changes = page.events.unwrap_or_default().into_iter().filter_map(|event| change(&self.scope, event));
            read.changes.extend(changes);
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        for there in &self.elsewhere {
            let told = self.of_no_region(there, &mut state.next_call, from, to);
            let told = match until {
                None => told.await,
                Some(until) => timeout_at(until, told).await.unwrap_or(Ok(vec![])),
            };
            match told {
                Ok(changes) => read.changes.extend(changes),
                Err(error) => {
                    let what = format!("change events of {} in {}", there.service, there.region);
                    read.unseen.get_or_insert(unseen(what, &error));
                }
            }
        }
        let changes = Arc::new(read);
        state.read = Some(Read { from, to, changes: changes.clone() });
        Ok(changes)
    }

    async fn of_no_region(
        &self,
        there: &Elsewhere,
        next_call: &mut Option<Instant>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<RegionChange>, PortError> {
        let (mut changes, mut token) = (Vec::new(), None);
        loop {
            let of = attribute(LookupAttributeKey::EventSource, &format!("{}.amazonaws.com", there.service))?;
            let page = self.page(&there.client, of, next_call, from, to, token).await?;
            let events = page.events.unwrap_or_default().into_iter();
            changes.extend(events.filter_map(|event| change(&self.scope, event)));
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                return Ok(changes);
            }
        }
    }

    async fn page(
        &self,
        client: &Client,
        which: LookupAttribute,
        next_call: &mut Option<Instant>,
        from: Timestamp,
        to: Timestamp,
        token: Option<String>,
    ) -> Result<LookupEventsOutput, PortError> {
        if let Some(next) = *next_call {
            sleep_until(next).await;
        }
        *next_call = Some(Instant::now() + BETWEEN_CALLS);
        client
            .lookup_events()
            .lookup_attributes(which)
            .start_time(DateTime::from_secs(from.as_second()))
            .end_time(DateTime::from_secs(to.as_second()))
            .max_results(50)
            .set_next_token(token)
            .send()
            .await
            .map_err(|e| port_error(LOOKUP, e))
    }
}

/// CloudTrail tells the newest first.
fn cut_short(pages: usize, changes: &[RegionChange], from: Timestamp) -> Unseen {
    let reason = match (pages, changes.iter().map(|c| c.time).min()) {
        (0, _) => "CloudTrail did not answer in time".to_owned(),
        (_, Some(since)) => {
            format!("CloudTrail had more than could be read in time: those before {since} were not read")
        }
        (_, None) => "CloudTrail had more than could be read in time".to_owned(),
    };
    Unseen { what: format!("change events since {from}"), action: Some(LOOKUP.to_owned()), reason }
}

impl EventSource for Events {
    async fn change_events(
        &self,
        inventory: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangeEvent>, PortError> {
        Ok(touched(&self.changes(from, to).await?.changes, inventory, from, to))
    }
}

impl ChangeSource for Events {
    async fn region_changes(&self, from: Timestamp, to: Timestamp) -> Result<RegionChanges, PortError> {
        let RegionChanges { mut changes, unseen } = self.changes(from, to).await?.as_ref().clone();
        changes.retain(|c| c.time >= from && c.time < to);
        changes.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        changes.dedup_by(|a, b| a.id == b.id);
        Ok(RegionChanges { changes, unseen })
    }
}

fn writes_only() -> Result<LookupAttribute, PortError> {
    attribute(LookupAttributeKey::ReadOnly, "false")
}

fn attribute(key: LookupAttributeKey, value: &str) -> Result<LookupAttribute, PortError> {
    let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
    attribute.map_err(|e| PortError::Permanent { action: LOOKUP.to_owned(), message: e.to_string() })
}

fn change(scope: &Scope, event: Event) -> Option<RegionChange> {
    let record: Value = serde_json::from_str(event.cloud_trail_event.as_deref()?).ok()?;
    let resources = event.resources.unwrap_or_default().into_iter().filter_map(|r| r.resource_name).collect();
    region_change(scope, &record, Hints { id: event.event_id, resources })
}
