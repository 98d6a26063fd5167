//! Tasks, or messages to be delivered again, into an SQS queue.

use crate::error::port_error;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use serde::Serialize;
use stackseer_model::ports::{PortError, Queue};
use std::time::Duration;
use tokio::time::sleep;

/// Batches are allowed with it too.
const ACTION: &str = "sqs:SendMessage";
/// SQS's limit; ten tasks or messages are a few KB.
const MOST_IN_BATCH: usize = 10;
/// Of a batch of which some were not taken.
const TRIES: u32 = 4;
/// Before the second of them; doubled for each that follows.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
    pause: Duration,
}

impl SqsQueue {
    pub(crate) fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.to_owned(), pause: PAUSE }
    }

    async fn send_batch(&self, mut waiting: Vec<SendMessageBatchRequestEntry>) -> Result<(), PortError> {
        let action = || ACTION.to_owned();
        let mut pause = self.pause;
        let mut tries = 1;
        loop {
            let request = self.client.send_message_batch().queue_url(&self.url);
            let answer = request.set_entries(Some(waiting.clone())).send().await.map_err(|e| port_error(ACTION, e))?;
            let failed = answer.failed();
            if let Some(ours) = failed.iter().find(|f| f.sender_fault()) {
                return Err(PortError::Permanent { action: action(), message: said(ours) });
            }
            waiting.retain(|entry| failed.iter().any(|f| f.id() == entry.id()));
            match failed.first() {
                None => return Ok(()),
                Some(first) if tries == TRIES => {
                    let message = format!("not taken in {TRIES} tries, {} of a batch: {}", waiting.len(), said(first));
                    return Err(PortError::Transient { action: action(), message });
                }
                Some(_) => sleep(pause).await,
            }
            pause *= 2;
            tries += 1;
        }
    }
}

impl<T: Serialize + Sync> Queue<T> for SqsQueue {
    async fn send(&self, items: &[T]) -> Result<(), PortError> {
        let permanent = |message: String| PortError::Permanent { action: ACTION.to_owned(), message };
        for batch in items.chunks(MOST_IN_BATCH) {
            let mut entries = Vec::new();
            for (index, item) in batch.iter().enumerate() {
                let body = serde_json::to_string(item).map_err(|e| permanent(e.to_string()))?;
                let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body).build();
                entries.push(entry.map_err(|e| permanent(e.to_string()))?);
            }
            self.send_batch(entries).await?;
        }
        Ok(())
    }
}

fn said(failed: &BatchResultErrorEntry) -> String {
    format!("{}: {}", failed.code(), failed.message().unwrap_or("no reason given"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Call, Calls, Reply, denied, sdk};
    use serde_json::{Value, json};
    use stackseer_model::{Application, Boundary, Task, TaskKind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    const URL: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/watch";

    fn tasks(number: usize) -> Vec<Task> {
        let task = |n: usize| Task {
            kind: TaskKind::Watch,
            application: Application::new(
                "123456789012",
                "eu-west-1",
                Boundary::Stack { name: format!("shop-{n} „ü“") },
            ),
            at: "2026-11-25T03:00:00Z".parse().unwrap(),
        };
        (0..number).map(task).collect()
    }

    fn queue(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (SqsQueue, Calls) {
        let (config, calls) = sdk(answer);
        (SqsQueue { pause: Duration::ZERO, ..SqsQueue::new(Client::new(&config), URL) }, calls)
    }

    /// What SQS says of a batch of which these were not taken, and whose fault it was.
    fn answer(call: &Call, fails: impl Fn(&str) -> Option<bool>) -> Reply {
        let (mut successful, mut failed) = (vec![], vec![]);
        for entry in call.input["Entries"].as_array().unwrap() {
            let id = &entry["Id"];
            match fails(entry["MessageBody"].as_str().unwrap()) {
                None => successful.push(json!({"Id": id, "MessageId": id, "MD5OfMessageBody": ""})),
                Some(sender) => failed.push(
                    json!({"Id": id, "SenderFault": sender, "Code": "InternalError", "Message": "try again later"}),
                ),
            }
        }
        Reply::Ok(json!({"Successful": successful, "Failed": failed}))
    }

    fn sent(calls: &Calls) -> Vec<Vec<Task>> {
        let body = |entry: &Value| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap();
        let entries = |call: &Call| call.input["Entries"].as_array().unwrap().iter().map(body).collect();
        calls.of("sqs.SendMessageBatch").iter().map(entries).collect()
    }

    #[tokio::test]
    async fn twenty_three_tasks_are_three_calls() {
        let (queue, calls) = queue(|call| answer(call, |_| None));
        let all = tasks(23);
        queue.send(&all).await.unwrap();
        assert_eq!(sent(&calls).iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 3]);
        assert_eq!(sent(&calls).concat(), all);
        for call in calls.all() {
            assert_eq!(call.text("QueueUrl"), URL);
            let ids = call.input["Entries"].as_array().unwrap().iter().map(|e| e["Id"].to_string());
            assert_eq!(ids.clone().collect::<std::collections::BTreeSet<_>>().len(), ids.count());
        }
        queue.send(&tasks(0)).await.unwrap();
        assert_eq!(calls.all().len(), 3);
    }

    #[tokio::test]
    async fn only_what_was_not_taken_is_sent_again() {
        let tries = AtomicUsize::new(0);
        let (queue, calls) = queue(move |call| {
            let first = tries.fetch_add(1, Ordering::SeqCst) < 2;
            answer(call, |body| (first && (body.contains("shop-1 ") || body.contains("shop-4 "))).then_some(false))
        });
        let all = tasks(5);
        queue.send(&all).await.unwrap();
        let two = vec![all[1].clone(), all[4].clone()];
        assert_eq!(sent(&calls), [all, two.clone(), two]);
    }

    #[tokio::test]
    async fn what_is_never_taken_is_transient_and_what_is_our_fault_permanent() {
        let (stubborn, calls) = queue(|call| answer(call, |body| body.contains("shop-2 ").then_some(false)));
        let error = stubborn.send(&tasks(3)).await.unwrap_err();
        let PortError::Transient { action, message } = error else { panic!("{error:?}") };
        assert_eq!((action.as_str(), sent(&calls).len()), (ACTION, 4));
        assert!(message.contains("1 of a batch") && message.contains("try again later"), "{message}");

        let (faulty, calls) = queue(|call| answer(call, |body| body.contains("shop-2 ").then_some(true)));
        let error = faulty.send(&tasks(3)).await.unwrap_err();
        assert!(matches!(error, PortError::Permanent { .. }), "{error:?}");
        assert_eq!(calls.all().len(), 1);
    }

    #[tokio::test]
    async fn throttling_is_waited_out_and_a_denial_is_not() {
        let tries = AtomicUsize::new(0);
        let (patient, _) = queue(move |call| match tries.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Reply::Error(400, "RequestThrottled", "Rate exceeded".into()),
            _ => answer(call, |_| None),
        });
        patient.send(&tasks(1)).await.unwrap();

        let (busy, _) = queue(|_| Reply::Error(400, "RequestThrottled", "Rate exceeded".into()));
        let error = busy.send(&tasks(1)).await.unwrap_err();
        assert!(matches!(error, PortError::Transient { .. }), "{error:?}");

        let (forbidden, calls) = queue(|_| denied(ACTION));
        let error = forbidden.send(&tasks(11)).await.unwrap_err();
        assert!(matches!(&error, PortError::Denied { action, .. } if action == ACTION), "{error:?}");
        assert_eq!(calls.all().len(), 1, "the rest would fare no better");
    }
}
