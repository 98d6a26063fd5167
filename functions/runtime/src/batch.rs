//! A batch of tasks from SQS, answered item by item.

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

/// The messages that SQS is to bring again; the others are done.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    pub batch_item_failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub item_identifier: String,
}

/// Three outcomes only: done; transient, so that it comes back; permanent, which is logged and done. A body that is no task
/// comes back too: only the dead-letter queue keeps it for somebody to look at.
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
                answer.batch_item_failures.push(Failure { item_identifier: message_id });
                continue;
            }
        };
        let id = task.id();
        match run(task).await {
            Ok(()) => {}
            Err(error @ PortError::Transient { .. }) => {
                tracing::warn!(task = id, %error, "it is tried again");
                answer.batch_item_failures.push(Failure { item_identifier: message_id });
            }
            Err(error) => tracing::error!(task = id, %error, "trying again would not help"),
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
    async fn only_what_can_be_helped_by_trying_again_comes_back() {
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
        assert_eq!(failed, ["1", "2"]);
        let json = serde_json::to_value(&answer).unwrap();
        assert_eq!(json["batchItemFailures"][0]["itemIdentifier"], "1");
    }
}
