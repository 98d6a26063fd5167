//! The table's outbox, as its stream brings it, to every channel.

mod settings;
mod stream;

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use settings::channels;
use stackseer_fn_runtime::{account, emit, init, optional, setting};
use stream::{Told, tell};

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let store = aws.store(&setting("STACKSEER_TABLE")?);
    let channels = aws.channels(&channels(optional)?)?;
    let (store, channels) = (&store, channels.as_slice());
    let handle = |event: LambdaEvent<Value>| async move {
        let now = Timestamp::now();
        // Boxed: the store's calls nest deeper than the compiler looks.
        let told = Box::pin(tell(&event.payload, store, store, channels, now)).await?;
        report(&told, now);
        Ok::<_, Error>(told.answer)
    };
    lambda_runtime::run(service_fn(handle)).await
}

fn report(told: &Told, now: Timestamp) {
    let Told { sent, skipped, failed, poison, .. } = *told;
    tracing::info!(sent, skipped, failed, poison, "done");
    let count = |name, number: usize| (name, "Count", number as f64);
    emit("notify", now, &[count("Sent", sent), count("DeliveryFailures", failed), count("Poison", poison)]);
}
