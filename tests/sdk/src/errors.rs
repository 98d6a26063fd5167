//! Each kind of error that can come about, as the type that the SDK has for it.

use crate::settings::channel;
use anyhow::{Context, Result, ensure};
use aws_sdk_devopsguru::Client;
use aws_sdk_devopsguru::config::{Builder, Credentials, SharedCredentialsProvider};
use aws_sdk_devopsguru::operation::add_notification_channel::AddNotificationChannelError;
use aws_sdk_devopsguru::operation::describe_account_health::DescribeAccountHealthError;
use aws_sdk_devopsguru::operation::describe_insight::DescribeInsightError;
use aws_sdk_devopsguru::operation::list_insights::ListInsightsError;
use aws_sdk_devopsguru::types::{ListInsightsStatusFilter, ValidationExceptionReason};
use std::fmt::Debug;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub async fn all(client: &Client, sdk: &aws_config::SdkConfig) -> Result<()> {
    not_found(client).await?;
    not_valid(client).await?;
    one_too_many(client).await?;
    not_allowed(sdk).await
}

fn another<T>(error: impl Debug) -> Result<T> {
    anyhow::bail!("another error: {error:?}")
}

async fn not_found(client: &Client) -> Result<()> {
    let refused = client.describe_insight().id(NOBODY).send().await.err().context("there is no such insight")?;
    ensure!(refused.raw_response().is_some_and(|answer| answer.status().as_u16() == 404), "{refused:?}");
    match refused.into_service_error() {
        DescribeInsightError::ResourceNotFoundException(error) => {
            ensure!(error.resource_id() == NOBODY && !error.resource_type().is_empty(), "{error:?}");
            Ok(())
        }
        other => another(other),
    }
}

async fn not_valid(client: &Client) -> Result<()> {
    let none = ListInsightsStatusFilter::builder().build();
    let refused = client.list_insights().status_filter(none).send().await.err().context("a filter says something")?;
    match refused.into_service_error() {
        ListInsightsError::ValidationException(error) => {
            let reason = ValidationExceptionReason::InvalidParameterCombination;
            ensure!(error.reason() == Some(&reason) && !error.message().is_empty(), "{error:?}");
            Ok(())
        }
        other => another(other),
    }
}

/// A topic twice, and more channels than there may be.
async fn one_too_many(client: &Client) -> Result<()> {
    let add = |topic: &str| client.add_notification_channel().config(channel(topic)).send();
    let first = add("sdk-first").await?;
    match add("sdk-first").await.err().context("the topic has a channel")?.into_service_error() {
        AddNotificationChannelError::ConflictException(error) => {
            ensure!(error.resource_id() == first.id() && !error.resource_type().is_empty(), "{error:?}");
        }
        other => return another(other),
    }
    let second = add("sdk-second").await?;
    match add("sdk-third").await.err().context("there are two channels")?.into_service_error() {
        AddNotificationChannelError::ServiceQuotaExceededException(error) => {
            ensure!(error.message().is_some_and(|said| !said.is_empty()), "{error:?}");
        }
        other => return another(other),
    }
    for id in [first.id(), second.id()] {
        client.remove_notification_channel().id(id).send().await?;
    }
    Ok(())
}

async fn not_allowed(sdk: &aws_config::SdkConfig) -> Result<()> {
    let guessed = Credentials::new("AKIDGUESSED", "guessed", None, None, "guessed");
    let guessed = Builder::from(sdk).credentials_provider(SharedCredentialsProvider::new(guessed)).build();
    let stranger = Client::from_conf(guessed);
    let refused = stranger.describe_account_health().send().await.err().context("strangers are not let in")?;
    match refused.into_service_error() {
        DescribeAccountHealthError::AccessDeniedException(error) => {
            ensure!(!error.message().is_empty(), "{error:?}");
            Ok(())
        }
        other => another(other),
    }
}
