//! Tasks from the learn queue: one application's inventory, history and checks each.

// The whole line is one future, with the SDK's deep within it.
#![recursion_limit = "256"]

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use stackseer_catalog::Catalog;
use stackseer_fn_runtime::{BatchAnswer, SqsBatch, account, init, optional, perform, report, sensitivity, setting};
use stackseer_line::run_learn;

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let (aws, table) = (account().await?, setting("STACKSEER_TABLE")?);
    let sensitivity = sensitivity(optional("STACKSEER_SENSITIVITY").as_deref())?;
    let (aws, table) = (&aws, &table);
    let handle = |event: LambdaEvent<SqsBatch>| async move {
        let answer = perform(event.payload, |task| async move {
            let catalog = Catalog::builtin();
            let (resources, metrics, store) = (aws.resources(catalog), aws.metrics(), aws.store(table));
            let done = run_learn(catalog, &resources, &metrics, &store, sensitivity, &task).await?;
            report("learn", &task, &done, Timestamp::now());
            Ok(())
        })
        .await;
        Ok::<BatchAnswer, Error>(answer)
    };
    lambda_runtime::run(service_fn(handle)).await
}
