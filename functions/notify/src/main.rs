//! The table's outbox, as its stream brings it, to every channel; and again, from a queue, what a channel did not take.

mod redelivery;
mod settings;
mod stream;
mod told;

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use redelivery::redeliver;
use serde_json::Value;
use settings::channels;
use stackseer_fn_runtime::{account, emit, init, optional, setting};
use stream::tell;
use told::Told;

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let store = aws.store(&setting("STACKSEER_TABLE")?);
    let channels = aws.channels(&channels(optional)?)?;
    let redelivery = aws.queue(&setting("STACKSEER_REDELIVERY_QUEUE_URL")?);
    let (store, channels, redelivery) = (&store, channels.as_slice(), &redelivery);
    let handle = |event: LambdaEvent<Value>| async move {
        let now = Timestamp::now();
        let from_queue = event.payload["Records"][0]["eventSource"] == "aws:sqs";
        // Boxed: the store's calls nest deeper than the compiler looks.
        let told = match from_queue {
            true => {
                let batch = serde_json::from_value(event.payload)?;
                Box::pin(redeliver(batch, store, store, channels, now)).await
            }
            false => Box::pin(tell(&event.payload, store, store, channels, redelivery, now)).await?,
        };
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
