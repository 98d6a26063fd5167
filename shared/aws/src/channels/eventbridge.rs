use super::Links;
use crate::error::{coded, port_error};
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use stackseer_model::ports::{Channel, PortError};
use stackseer_model::{Insight, Message};
use stackseer_notify::eventbridge::{SOURCE, body, detail_type};

const ACTION: &str = "events:PutEvents";

/// A bus gets everything: rules are its filter.
pub(super) struct EventBridge {
    client: Client,
    bus: String,
    id: String,
    links: Links,
}

impl EventBridge {
    pub(super) fn new(sdk: &SdkConfig, bus: &str, links: Links) -> Self {
        Self { client: Client::new(sdk), bus: bus.to_owned(), id: format!("eventbridge:{bus}"), links }
    }
}

impl Channel for EventBridge {
    fn id(&self) -> &str {
        &self.id
    }

    fn wants(&self, _: &Message, _: &Insight) -> bool {
        true
    }

    async fn deliver(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(detail_type(message.message_type))
            .time(DateTime::from_secs(message.time.as_second()))
            .detail(body(message, insight, &self.links))
            .build();
        let answer = self.client.put_events().entries(entry).send().await.map_err(|e| port_error(ACTION, e))?;
        if answer.failed_entry_count() == 0 {
            return Ok(());
        }
        // A call that succeeds, with an entry that didn't.
        let entry = answer.entries().iter().find(|entry| entry.error_code().is_some());
        let code = entry.and_then(|e| e.error_code()).unwrap_or_default();
        let said = entry.and_then(|e| e.error_message()).unwrap_or("the event was refused");
        Err(coded(ACTION, code, said, None))
    }
}
