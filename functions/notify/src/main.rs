//! The table's outbox, as its stream brings it, to every channel; again, from a queue, what a channel did not take; and on request a
//! message to one channel that says that it is a test.

mod redelivery;
mod settings;
mod stream;
mod told;

use anyhow::Result;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use redelivery::redeliver;
use serde::Deserialize;
use serde_json::Value;
use settings::Deployed;
use stackseer_aws::Aws;
use stackseer_aws::channels::{AnyChannel, ChannelSettings};
use stackseer_fn_runtime::{TestChannel, Tested, account, emit, init, optional, setting};
use stackseer_model::ports::{PortError, settings_or};
use std::sync::{Arc, Mutex, PoisonError};
use stream::tell;
use told::Told;

type Known = (ChannelSettings, Arc<Vec<AnyChannel>>);

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let store = aws.store(&setting("STACKSEER_TABLE")?);
    let deployed = Deployed::read(&aws.scope(), optional)?;
    let known = Mutex::default();
    let redelivery = aws.queue(&setting("STACKSEER_REDELIVERY_QUEUE_URL")?);
    let (aws, store, deployed, known, redelivery) = (&aws, &store, &deployed, &known, &redelivery);
    let handle = |event: LambdaEvent<Value>| async move {
        let now = Timestamp::now();
        let set = settings_or(store, &aws.scope(), &deployed.first).await?;
        if let Ok(TestChannel { test_channel }) = TestChannel::deserialize(&event.payload) {
            let sent = match set.channels.get(&test_channel) {
                Some(channel) => aws.test_channel(channel).await,
                None => Err(PortError::NotFound { what: format!("channel {test_channel}") }),
            };
            return Ok(serde_json::to_value(Tested::of(sent)?)?);
        }
        let channels = channels(aws, deployed.with(&set), known);
        let channels = channels.as_slice();
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
        Ok::<_, Error>(serde_json::to_value(told.answer)?)
    };
    lambda_runtime::run(service_fn(handle)).await
}

/// Those of the run before, unless something else is set now: a channel may remember what it has read.
fn channels(aws: &Aws, wanted: ChannelSettings, known: &Mutex<Option<Known>>) -> Arc<Vec<AnyChannel>> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    match &*known {
        Some((settings, channels)) if *settings == wanted => channels.clone(),
        _ => {
            let channels = Arc::new(aws.channels(&wanted));
            *known = Some((wanted, channels.clone()));
            channels
        }
    }
}

fn report(told: &Told, now: Timestamp) {
    let Told { sent, skipped, failed, poison, .. } = *told;
    tracing::info!(sent, skipped, failed, poison, "done");
    let count = |name, number: usize| (name, "Count", number as f64);
    emit("notify", now, &[count("Sent", sent), count("DeliveryFailures", failed), count("Poison", poison)]);
}
