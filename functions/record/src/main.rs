//! Events from EventBridge: deployments, API calls and users' own changes, kept for the watches.

mod record;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use record::record;
use serde_json::Value;
use stackseer_fn_runtime::{account, failure, init, setting};

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let store = account().await?.store(&setting("STACKSEER_TABLE")?);
    let store = &store;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        record(store, &event.payload).await.map_err(failure)
    }))
    .await
}
