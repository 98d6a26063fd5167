//! A batch from a queue or stream, answered item by item.

use serde::{Deserialize, Serialize};
use stackseer_model::Task;
use stackseer_model::ports::PortError;
use std::future::Future;

#[derive(Debug, Deserialize)]
pub struct SqsBatch {
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub message_id: String,
    pub body: String,
}

/// What the queue or stream is to bring again, by message id or sequence number; the rest is done.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    pub batch_item_failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    item_identifier: String,
}

impl BatchAnswer {
    pub fn fail(&mut self, item: &str) {
        self.batch_item_failures.push(Failure { item_identifier: item.to_owned() });
    }
}

/// Whatever was not done comes back, also where trying again helps only once somebody has done something, as with a permission
/// that is missing: the dead-letter queue keeps it, and its alarm tells.
pub async fn perform<F>(batch: SqsBatch, mut run: impl FnMut(Task) -> F) -> BatchAnswer
where
    F: Future<Output = Result<(), PortError>>,
{
    let mut answer = BatchAnswer::default();
    for Record { message_id, body } in batch.records {
        let task: Task = match serde_json::from_str(&body) {
            Ok(task) => task,
            Err(error) => {
                tracing::error!(message_id, %error, "this message is no task");
                answer.fail(&message_id);
                continue;
            }
        };
        let id = task.id();
        if let Err(error) = run(task).await {
            match error {
                PortError::Transient { .. } => tracing::warn!(task = id, %error, "it is tried again"),
                _ => tracing::error!(task = id, %error, "it could not be done"),
            }
            answer.fail(&message_id);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Application, Boundary, TaskKind};

    fn batch(bodies: &[&str]) -> SqsBatch {
        let records = bodies.iter().enumerate();
        SqsBatch {
            records: records.map(|(i, b)| Record { message_id: i.to_string(), body: (*b).to_owned() }).collect(),
        }
    }

    fn task(name: &str) -> String {
        let application = Application::new("123456789012", "eu-west-1", Boundary::Stack { name: name.into() });
        let at = "2026-11-25T03:00:00Z".parse().unwrap();
        serde_json::to_string(&Task { kind: TaskKind::Watch, application, at }).unwrap()
    }

    #[tokio::test]
    async fn what_was_not_done_comes_back_and_what_was_done_does_not() {
        let (fine, throttled, denied) = (task("fine"), task("throttled"), task("denied"));
        let answer = perform(batch(&[&fine, "poison", &throttled, &denied]), |task| async move {
            let action = || "cloudwatch:GetMetricData".to_owned();
            match task.application.name.as_str() {
                "throttled" => Err(PortError::Transient { action: action(), message: "Rate exceeded".into() }),
                "denied" => Err(PortError::Denied { action: action(), message: "not authorized".into() }),
                _ => Ok(()),
            }
        })
        .await;
        let failed: Vec<&str> = answer.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
        assert_eq!(failed, ["1", "2", "3"]);
        let json = serde_json::to_value(&answer).unwrap();
        assert_eq!(json["batchItemFailures"][0]["itemIdentifier"], "1");
    }
}
