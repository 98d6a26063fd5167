//! The changes of each application, as its watches found them among the Region's.

use super::insights::{DAY, DynamoStore, body, unreadable};
use super::keys::{self, Key};
use super::pack::{encode, fitting};
use super::rows::{Row, Write};
use stackseer_model::ports::{Ask, EventHistory, Page, PortError, Position};
use stackseer_model::{ApplicationId, ChangeEvent};
use std::collections::BTreeMap;

/// As long as CloudTrail's own event history.
const KEEP: i64 = 90 * DAY;

impl EventHistory for DynamoStore {
    async fn keep_events(&self, application: &ApplicationId, events: &[ChangeEvent]) -> Result<(), PortError> {
        let partition = keys::events(application);
        let sort = |event: &ChangeEvent| keys::position(&place(event));
        let wanted: BTreeMap<String, &ChangeEvent> = events.iter().map(|e| (sort(e), e)).collect();
        let (Some(first), Some(last)) = (wanted.keys().next(), wanted.keys().next_back()) else { return Ok(()) };
        // A watch finds the same events again and again, for as long as they lie in its window.
        let known = self.rows.lately_between(&partition, first, last).await?;
        let known: BTreeMap<String, ChangeEvent> =
            known.into_iter().filter_map(|(key, row)| Some((key.1, body(&row).ok()?))).collect();
        let wanted = wanted.into_iter().map(|(sort, event)| (event.over(known.get(&sort)), sort));
        let new = wanted.filter(|(event, sort)| known.get(sort) != Some(event));
        let writes: Result<Vec<Write>, PortError> = new
            .map(|(event, sort)| {
                let body = encode(&event).and_then(fitting).map_err(unreadable)?;
                let expires = Some(event.time.as_second() + KEEP);
                Ok(Write::Put(Key(partition.clone(), sort), Row { body, expires, ..Row::default() }))
            })
            .collect();
        self.rows.write_all(writes?).await
    }

    async fn list_events(&self, application: &ApplicationId, ask: &Ask) -> Result<Page<ChangeEvent>, PortError> {
        self.page(&keys::events(application), false, ask, |event| Some(place(event))).await
    }
}

fn place(event: &ChangeEvent) -> Position {
    Position::new(event.time, &event.id)
}
