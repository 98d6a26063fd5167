//! Tasks from the watch queue: one application and one window each, or an application that is gone.

// The whole line is one future, with the SDK's deep within it.
#![recursion_limit = "256"]

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use stackseer_aws::Aws;
use stackseer_catalog::Catalog;
use stackseer_fn_runtime::{BatchAnswer, SqsBatch, account, init, optional, perform, repeats, report, setting};
use stackseer_line::{Done, Repeats, run_retire, run_watch};
use stackseer_model::ports::PortError;
use stackseer_model::{Task, TaskKind};

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let repeats = repeats(optional("STACKSEER_REPEATS").as_deref())?;
    let (aws, table) = (account().await?, setting("STACKSEER_TABLE")?);
    let (aws, table) = (&aws, &table);
    let handle = |event: LambdaEvent<SqsBatch>| async move {
        let answer = perform(event.payload, |task| async move {
            let done = run(aws, table, repeats, &task).await?;
            report("watch", &task, &done, Timestamp::now());
            Ok(())
        })
        .await;
        Ok::<BatchAnswer, Error>(answer)
    };
    lambda_runtime::run(service_fn(handle)).await
}

async fn run(aws: &Aws, table: &str, repeats: Repeats, task: &Task) -> Result<Done, PortError> {
    let (catalog, metrics, store) = (Catalog::builtin(), aws.metrics(Catalog::builtin()), aws.store(table));
    let events = store.changes(task.application.scope());
    match task.kind {
        TaskKind::Watch => run_watch(catalog, &metrics, &events, &store, repeats, task).await,
        TaskKind::Retire => run_retire(catalog, &metrics, &events, &store, task).await,
        TaskKind::Learn => Err(PortError::Permanent {
            action: task.id(),
            message: "tasks to learn belong into the other queue".to_owned(),
        }),
    }
}
