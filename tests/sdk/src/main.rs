//! Every operation of the DevOps Guru API by the Rust SDK, against what AWS_ENDPOINT_URL names. Its arguments are the ids of the
//! insights that are to be found there. Prints the operations that were answered; `tests/api/test_sdk.py` runs it.

mod answered;
mod errors;
mod health;
mod insights;
mod settings;

use answered::Answered;
use anyhow::{Context, Result};
use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_sdk_devopsguru::Client;
use aws_sdk_devopsguru::config::Builder;
use aws_sdk_devopsguru::primitives::DateTime;

#[tokio::main]
async fn main() -> Result<()> {
    let told: Vec<String> = std::env::args().skip(1).collect();
    // What is only answered the second time is not answered.
    let sdk = aws_config::defaults(BehaviorVersion::v2026_01_12()).retry_config(RetryConfig::disabled()).load().await;
    let answered = Answered::default();
    let client = Client::from_conf(Builder::from(&sdk).interceptor(answered.clone()).build());

    let account = health::account(&client).await.context("health")?;
    let found = insights::all(&client, &account, &told).await.context("insights")?;
    insights::each(&client, &found).await.context("an insight")?;
    settings::all(&client, &found.reactive[0]).await.context("settings")?;
    errors::all(&client, &sdk).await.context("errors")?;
    let gone = found.proactive.last().context("no proactive insight")?;
    insights::delete(&client, gone).await.context("deletion")?;
    answered.print();
    Ok(())
}

/// Of whatever is there.
fn ever() -> DateTime {
    DateTime::from_secs(0)
}
