//! Tasks from the learn queue: one application's inventory, history and checks each. What doesn't fit into Lambda's time is left to
//! the next task.

// The whole line is one future, with the SDK's deep within it.
#![recursion_limit = "256"]

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use stackseer_catalog::Catalog;
use stackseer_fn_runtime::{BatchAnswer, SqsBatch, account, init, optional, perform, report, sensitivity, setting};
use stackseer_line::{Learn, run_learn};
use std::ops::ControlFlow::{Break, Continue};
use std::time::{Duration, SystemTime};

/// Enough for the batch that was begun, even if CloudWatch throttles, and to keep what was learned.
const TO_KEEP: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let (aws, table) = (account().await?, setting("STACKSEER_TABLE")?);
    let sensitivity = sensitivity(optional("STACKSEER_SENSITIVITY").as_deref())?;
    let (aws, table) = (&aws, &table);
    let handle = |event: LambdaEvent<SqsBatch>| async move {
        let deadline = event.context.deadline();
        let until = Timestamp::try_from(deadline)?;
        let progress = move |_| match SystemTime::now() + TO_KEEP < deadline {
            true => Continue(()),
            false => Break(()),
        };
        let answer = perform(event.payload, |task| async move {
            let catalog = Catalog::builtin();
            let about = Learn {
                catalog,
                resources: &aws.resources(catalog),
                metrics: &aws.metrics(catalog),
                store: &aws.store(table),
                sensitivity,
                now: Timestamp::now(),
                until,
            };
            let done = run_learn(&about, &task, progress).await?;
            report("learn", &task, &done, Timestamp::now());
            Ok(())
        })
        .await;
        Ok::<BatchAnswer, Error>(answer)
    };
    lambda_runtime::run(service_fn(handle)).await
}
