//! Records of a DynamoDB stream → messages → channels.

use crate::told::Told;
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use stackseer_aws::store::decode_messages;
use stackseer_fn_runtime::BatchAnswer;
use stackseer_line::{Silent, deliver};
use stackseer_model::Message;
use stackseer_model::ports::{Channel, DeliveryLog, InsightSource, Queue};

/// Rows of other partitions are none of this function's business.
const OUTBOX: &str = "outbox#";

/// Tries every record, also after one that failed. What a channel did not take goes into the queue, so that it holds up nothing that
/// follows; only what the queue does not take either is for the stream to bring again.
pub async fn tell(
    event: &Value,
    insights: &impl InsightSource,
    log: &impl DeliveryLog,
    channels: &[impl Channel],
    redelivery: &impl Queue<Message>,
    now: Timestamp,
) -> Result<Told> {
    let records = event["Records"].as_array().context("the event has no Records: it is no stream's")?;
    let mut told = Told::default();
    let mut silent = Silent::default();
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
        let delivered = deliver(&messages, insights, log, channels, &mut silent, now).await;
        told.count(&delivered);
        let undelivered = delivered.undelivered();
        let waiting: Vec<Message> = messages.iter().filter(|m| undelivered.contains(m.id.as_str())).cloned().collect();
        if !waiting.is_empty()
            && let Err(error) = redelivery.send(&waiting).await
        {
            tracing::error!(sequence, %error, "what was not delivered could not be put into the queue either");
            // The stream is in order, and begins again at the first that is named.
            if told.answer == BatchAnswer::default() {
                told.answer.fail(sequence);
            }
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
    use crate::redelivery::redeliver;
    use serde_json::json;
    use stackseer_model::ports::PortError;
    use stackseer_model::*;
    use stackseer_testkit::clock::time;
    use stackseer_testkit::{MemoryChannel, MemoryDeliveryLog, MemoryInsights, MemoryQueue};

    /// Three records about two insights, and three that are not to be told.
    fn event() -> Value {
        serde_json::from_str(include_str!("../../../events/notify-stream.json")).unwrap()
    }

    fn insight(id: &str) -> Insight {
        let at = time("2026-11-25T03:00:00Z");
        Insight {
            id: InsightId(id.to_owned()),
            name: id.to_owned(),
            nature: Nature::Reactive { pattern: None, impact: None },
            subject: Subject { what: String::new(), resource: None },
            severity: Severity::High,
            status: Status::Ongoing,
            start_time: at,
            end_time: None,
            open_time: at,
            update_time: at,
            application: Application::new("123456789012", "eu-west-1", Boundary::Unassigned),
            description: String::new(),
            causes: vec![],
            anomalies: vec![],
            events: vec![],
            recommendations: vec![],
            history: vec![],
            considered: vec![],
            repeat: None,
            handling: Handling::default(),
        }
    }

    const IDS: [&str; 4] = ["message-1", "message-2", "message-3", "message-4"];

    struct Scene {
        insights: MemoryInsights,
        log: MemoryDeliveryLog,
        channels: [MemoryChannel; 2],
        redelivery: MemoryQueue<Message>,
    }

    impl Scene {
        fn new() -> Self {
            let ids = ["11111111-1111-5111-8111-111111111111", "22222222-2222-5222-8222-222222222222"];
            Self {
                insights: MemoryInsights::of(ids.map(insight)),
                log: MemoryDeliveryLog::default(),
                channels: [MemoryChannel::new("topic"), MemoryChannel::new("slack")],
                redelivery: MemoryQueue::default(),
            }
        }

        async fn tell(&self, event: &Value) -> Told {
            let now = time("2026-11-25T03:12:00Z");
            tell(event, &self.insights, &self.log, &self.channels, &self.redelivery, now).await.unwrap()
        }

        /// What waits in the queue, as Lambda hands it on.
        async fn redeliver(&self) -> Told {
            let record = |m: Message| json!({"messageId": m.id, "body": serde_json::to_string(&m).unwrap()});
            let records: Vec<Value> = self.redelivery.take().into_iter().map(record).collect();
            let batch = serde_json::from_value(json!({"Records": records})).unwrap();
            redeliver(batch, &self.insights, &self.log, &self.channels, time("2026-11-25T03:18:00Z")).await
        }

        fn sent(&self) -> [Vec<String>; 2] {
            let mut sent = self.channels.each_ref().map(MemoryChannel::sent);
            sent.iter_mut().for_each(|ids| ids.sort());
            sent
        }
    }

    fn transient() -> PortError {
        PortError::Transient { action: "slack:webhook".into(), message: "Slack answered 500".into() }
    }

    #[tokio::test]
    async fn a_batch_is_told_to_every_channel_and_what_is_no_message_is_left_out() {
        let scene = Scene::new();
        let told = scene.tell(&event()).await;
        assert_eq!(serde_json::to_value(&told.answer).unwrap(), json!({"batchItemFailures": []}));
        assert_eq!((told.sent, told.failed, told.poison), (8, 0, 1));
        assert_eq!(scene.sent(), [IDS, IDS]);
        assert_eq!(scene.redelivery.take(), []);
    }

    #[tokio::test]
    async fn what_a_channel_does_not_take_waits_in_the_queue_and_holds_up_nothing() {
        let scene = Scene::new();
        // The first message finds no insight, and after the second one channel is silent for the rest of the run.
        scene.insights.fail_next(transient());
        scene.channels[1].fail_next(transient());
        let told = scene.tell(&event()).await;
        assert_eq!((told.answer, told.sent, told.failed), (BatchAnswer::default(), 3, 5));
        assert_eq!(scene.channels[1].tries(), 1);
        assert_eq!(scene.sent(), [&IDS[1..], &[]]);

        let again = scene.redeliver().await;
        assert_eq!((again.answer, again.sent, again.skipped), (BatchAnswer::default(), 5, 3));
        assert_eq!(scene.sent(), [IDS, IDS]);
    }

    #[tokio::test]
    async fn what_may_not_be_sent_waits_too_and_comes_back_until_it_may() {
        let scene = Scene::new();
        scene.channels[0].fail_next(PortError::Denied { action: "sns:Publish".into(), message: "no".into() });
        scene.tell(&event()).await;
        scene.channels[0].fail_next(PortError::NotFound { what: "SNS topic".into() });
        let waiting = scene.redelivery.take();
        assert_eq!(waiting.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["message-1"]);
        scene.redelivery.send(&waiting).await.unwrap();
        let again = scene.redeliver().await;
        assert_eq!(
            serde_json::to_value(&again.answer).unwrap(),
            json!({"batchItemFailures": [{"itemIdentifier": "message-1"}]})
        );
        scene.redelivery.send(&waiting).await.unwrap();
        assert_eq!(scene.redeliver().await.answer, BatchAnswer::default());
        assert_eq!(scene.sent(), [IDS, IDS]);
    }

    #[tokio::test]
    async fn what_the_queue_does_not_take_either_the_stream_brings_again() {
        let scene = Scene::new();
        let mut first_two = event();
        first_two["Records"].as_array_mut().unwrap().truncate(2);
        scene.tell(&first_two).await;
        scene.channels[0].fail_next(transient());
        scene.redelivery.fail_next(transient());
        let told = scene.tell(&event()).await;
        let answer = serde_json::to_value(&told.answer).unwrap();
        assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "300000000000000000003"}]}));
        assert_eq!(scene.tell(&event()).await.answer, BatchAnswer::default());
        assert_eq!(scene.sent(), [IDS, IDS]);
    }

    #[tokio::test]
    async fn what_is_no_message_in_the_queue_comes_back_until_somebody_looks_at_it() {
        let scene = Scene::new();
        let batch = serde_json::from_value(json!({"Records": [{"messageId": "1", "body": "poison"}]})).unwrap();
        let now = time("2026-11-25T03:18:00Z");
        let told = redeliver(batch, &scene.insights, &scene.log, &scene.channels, now).await;
        assert_eq!(told.poison, 1);
        assert_ne!(told.answer, BatchAnswer::default());
    }

    #[tokio::test]
    async fn an_event_of_something_else_is_an_error() {
        let scene = Scene::new();
        let now = time("2026-11-25T03:12:00Z");
        let told = tell(&Value::Null, &scene.insights, &scene.log, &scene.channels, &scene.redelivery, now).await;
        assert!(told.unwrap_err().to_string().contains("no Records"));
    }
}
