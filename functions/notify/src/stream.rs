//! Records of a DynamoDB stream → messages → channels.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use stackseer_aws::store::decode_messages;
use stackseer_line::deliver;
use stackseer_model::Message;
use stackseer_model::ports::{Channel, DeliveryLog, InsightSource};

/// Rows of other partitions are none of this function's business.
const OUTBOX: &str = "outbox#";

/// Where the stream is to begin again; empty: with what comes next.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub batch_item_failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub item_identifier: String,
}

#[derive(Debug, Default)]
pub struct Told {
    pub answer: Answer,
    pub sent: usize,
    pub skipped: usize,
    pub failed: usize,
    /// Records that can't be read, and never will be.
    pub poison: usize,
}

/// Tries every record, also after one that failed: what was sent is known, so that its retry does not double it.
pub async fn tell(
    event: &Value,
    insights: &impl InsightSource,
    log: &impl DeliveryLog,
    channels: &[impl Channel],
    now: Timestamp,
) -> Result<Told> {
    let records = event["Records"].as_array().context("the event has no Records: it is no stream's")?;
    let mut told = Told::default();
    for record in records.iter().filter(|record| is_outbox(record)) {
        let sequence = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default();
        let messages = match messages(record) {
            Ok(messages) => messages,
            Err(error) => {
                tracing::error!(sequence, error = format!("{error:#}"), "this record can't be read and is left out");
                told.poison += 1;
                continue;
            }
        };
        let delivered = deliver(&messages, insights, log, channels, now).await;
        for (message, channel, error) in &delivered.failed {
            tracing::error!(message, channel, %error, "not delivered");
        }
        for note in &delivered.notes {
            tracing::warn!(note);
        }
        told.sent += delivered.sent.len();
        told.skipped += delivered.skipped.len();
        told.failed += delivered.failed.len();
        // The stream is in order, and begins again at the first that is named.
        if delivered.needs_retry() && told.answer.batch_item_failures.is_empty() {
            told.answer.batch_item_failures.push(Failure { item_identifier: sequence.to_owned() });
        }
    }
    Ok(told)
}

fn is_outbox(record: &Value) -> bool {
    let partition = record["dynamodb"]["Keys"]["pk"]["S"].as_str();
    record["eventName"] == "INSERT" && partition.is_some_and(|partition| partition.starts_with(OUTBOX))
}

fn messages(record: &Value) -> Result<Vec<Message>> {
    let body = record["dynamodb"]["NewImage"]["body"]["B"].as_str().context("it has no body")?;
    let bytes = STANDARD.decode(body).context("its body is not base64")?;
    decode_messages(&bytes).map_err(anyhow::Error::msg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::ports::PortError;
    use stackseer_model::*;
    use stackseer_testkit::clock::time;
    use stackseer_testkit::{MemoryChannel, MemoryDeliveryLog, MemoryInsights};

    /// Three records about two insights, and three that are not to be told.
    fn event() -> Value {
        serde_json::from_str(include_str!("../../../events/notify-stream.json")).unwrap()
    }

    fn insight(id: &str) -> Insight {
        let at = time("2026-11-25T03:00:00Z");
        Insight {
            id: InsightId(id.to_owned()),
            name: id.to_owned(),
            insight_type: InsightType::Reactive,
            severity: Severity::High,
            status: Status::Ongoing,
            start_time: at,
            end_time: None,
            open_time: at,
            update_time: at,
            application: Application::new("123456789012", "eu-west-1", Boundary::Unassigned),
            description: String::new(),
            pattern: None,
            causes: vec![],
            anomalies: vec![],
            events: vec![],
            recommendations: vec![],
            history: vec![],
            repeat_of: None,
        }
    }

    struct Scene {
        insights: MemoryInsights,
        log: MemoryDeliveryLog,
        channels: [MemoryChannel; 2],
    }

    impl Scene {
        fn new() -> Self {
            let ids = ["11111111-1111-5111-8111-111111111111", "22222222-2222-5222-8222-222222222222"];
            Self {
                insights: MemoryInsights::of(ids.map(insight)),
                log: MemoryDeliveryLog::default(),
                channels: [MemoryChannel::new("topic"), MemoryChannel::new("slack")],
            }
        }

        async fn tell(&self, event: &Value) -> Told {
            tell(event, &self.insights, &self.log, &self.channels, time("2026-11-25T03:12:00Z")).await.unwrap()
        }
    }

    fn transient() -> PortError {
        PortError::Transient { action: "slack:webhook".into(), message: "Slack answered 500".into() }
    }

    #[tokio::test]
    async fn a_batch_is_told_to_every_channel_and_what_is_no_message_is_left_out() {
        let scene = Scene::new();
        let told = scene.tell(&event()).await;
        assert_eq!(serde_json::to_value(&told.answer).unwrap(), serde_json::json!({"batchItemFailures": []}));
        assert_eq!((told.sent, told.failed, told.poison), (8, 0, 1));
        let ids = ["message-1", "message-2", "message-3", "message-4"];
        assert_eq!(scene.channels.each_ref().map(MemoryChannel::sent), [ids, ids]);
    }

    #[tokio::test]
    async fn the_stream_begins_again_at_the_first_that_failed_and_doubles_nothing() {
        let scene = Scene::new();
        // The first message finds no insight, and the second one channel closed.
        scene.channels[1].fail_next(transient());
        scene.insights.fail_next(transient());
        let told = scene.tell(&event()).await;
        let answer = serde_json::to_value(&told.answer).unwrap();
        assert_eq!(answer, serde_json::json!({"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]}));
        assert_eq!(told.failed, 3);

        let again = scene.tell(&event()).await;
        assert_eq!(again.answer, Answer::default());
        let mut sent = scene.channels.each_ref().map(MemoryChannel::sent);
        sent.iter_mut().for_each(|ids| ids.sort());
        let ids = ["message-1", "message-2", "message-3", "message-4"];
        assert_eq!(sent, [ids, ids]);
    }

    #[tokio::test]
    async fn a_later_record_is_named_when_the_earlier_ones_went_through() {
        let scene = Scene::new();
        let mut first_two = event();
        first_two["Records"].as_array_mut().unwrap().truncate(2);
        scene.tell(&first_two).await;
        scene.channels[0].fail_next(transient());
        let told = scene.tell(&event()).await;
        assert_eq!(told.answer.batch_item_failures[0].item_identifier, "300000000000000000003");
    }

    #[tokio::test]
    async fn what_trying_again_would_not_help_does_not_hold_up_the_stream() {
        let scene = Scene::new();
        scene.channels[0].fail_next(PortError::NotFound { what: "SNS topic".into() });
        let told = scene.tell(&event()).await;
        assert_eq!((told.answer, told.failed), (Answer::default(), 1));
    }

    #[tokio::test]
    async fn an_event_of_something_else_is_an_error() {
        let scene = Scene::new();
        let told = tell(&Value::Null, &scene.insights, &scene.log, &scene.channels, time("2026-11-25T03:12:00Z")).await;
        assert!(told.unwrap_err().to_string().contains("no Records"));
    }
}
