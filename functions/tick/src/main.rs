//! A schedule's tick: the Region's changes once, and one task for each application.

// The whole line is one future, with the SDK's deep within it.
#![recursion_limit = "256"]

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Deserialize;
use stackseer_aws::Aws;
use stackseer_catalog::Catalog;
use stackseer_fn_runtime::{account, coverage, emit, failure, init, optional, setting};
use stackseer_line::{Tick, tick};
use stackseer_model::{Settings, TaskKind};
use std::time::Duration;

/// For CloudTrail, of the function's minute: a busy Region has more events than can be read in it, and the tasks must be sent.
const TO_LOOK_UP: Duration = Duration::from_secs(20);

/// What EventBridge Scheduler sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    kind: TaskKind,
    /// When the schedule meant it to run.
    at: Timestamp,
}

struct Deployed {
    aws: Aws,
    table: String,
    queue: String,
    learn_queue: String,
    first: Settings,
    own_stack: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let first = Settings { coverage: coverage(&setting("STACKSEER_COVERAGE")?)?, ..Settings::default() };
    let deployed = Deployed {
        aws,
        table: setting("STACKSEER_TABLE")?,
        queue: setting("STACKSEER_QUEUE_URL")?,
        learn_queue: setting("STACKSEER_LEARN_QUEUE_URL")?,
        first,
        own_stack: optional("STACKSEER_STACK"),
    };
    lambda_runtime::run(service_fn(|event: LambdaEvent<Schedule>| run(&deployed, event.payload))).await
}

async fn run(deployed: &Deployed, schedule: Schedule) -> Result<(), Diagnostic> {
    let Deployed { aws, table, queue, learn_queue, first, own_stack } = deployed;
    let about = Tick {
        scope: &aws.scope(),
        resources: &aws.resources(Catalog::builtin()),
        changes: &aws.events().within(TO_LOOK_UP),
        store: &aws.store(table),
        watches: &aws.queue(queue),
        learns: &aws.queue(learn_queue),
        first,
        own_stack: own_stack.as_deref(),
    };
    let ticked = tick(&about, schedule.kind, schedule.at).await.map_err(failure)?;
    for unseen in &ticked.unseen {
        tracing::warn!(what = unseen.what, reason = unseen.reason, "not seen");
    }
    let applications = ticked.watch.max(ticked.learn);
    emit(
        "tick",
        Timestamp::now(),
        &[
            ("Applications", "Count", applications as f64),
            ("Tasks", "Count", (ticked.watch + ticked.learn + ticked.retire) as f64),
            ("ChangeEvents", "Count", ticked.changes as f64),
            ("Unseen", "Count", ticked.unseen.len() as f64),
        ],
    );
    Ok(())
}
