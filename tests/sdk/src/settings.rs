//! What people set: each is set, read, and set as it was.

use anyhow::{Context, Result, ensure};
use aws_sdk_devopsguru::Client;
use aws_sdk_devopsguru::types::{
    AmazonCodeGuruProfilerIntegration, CloudFormationCostEstimationResourceCollectionFilter,
    CostEstimationResourceCollectionFilter, CostEstimationStatus, EventSourceOptInStatus, EventSourcesConfig,
    InsightFeedback, InsightFeedbackOption, InsightSeverity, NotificationChannelConfig, NotificationFilterConfig,
    OpsCenterIntegrationConfig, OptInStatus, ResourceCollectionType, SnsChannelConfig,
    UpdateCloudFormationCollectionFilter, UpdateResourceCollectionAction, UpdateResourceCollectionFilter,
    UpdateServiceIntegrationConfig,
};

const STACK: &str = "sdk-billing";

pub async fn all(client: &Client, insight: &str) -> Result<()> {
    channels(client).await.context("channels")?;
    coverage(client).await.context("coverage")?;
    integrations(client).await.context("integrations")?;
    event_sources(client).await.context("event sources")?;
    feedback(client, insight).await.context("feedback")?;
    costs(client).await.context("costs")
}

/// That a channel is to be made of.
pub fn channel(topic: &str) -> NotificationChannelConfig {
    let sns = SnsChannelConfig::builder().topic_arn(format!("arn:aws:sns:eu-west-1:123456789012:{topic}")).build();
    let severe = NotificationFilterConfig::builder().severities(InsightSeverity::High).build();
    NotificationChannelConfig::builder().sns(sns).filters(severe).build()
}

async fn channels(client: &Client) -> Result<()> {
    let wanted = channel("sdk-incidents");
    let added = client.add_notification_channel().config(wanted.clone()).send().await?;
    let of = async || {
        client.list_notification_channels().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await
    };
    let known = of().await?;
    let found = known.iter().find(|channel| channel.id() == Some(added.id())).context("it is not listed")?;
    ensure!(found.config() == Some(&wanted), "{found:?}");
    client.remove_notification_channel().id(added.id()).send().await?;
    ensure!(of().await?.iter().all(|channel| channel.id() != Some(added.id())), "it is still listed");
    Ok(())
}

async fn coverage(client: &Client) -> Result<()> {
    let before = stacks(client).await?;
    for (action, is_there) in
        [(UpdateResourceCollectionAction::Add, true), (UpdateResourceCollectionAction::Remove, false)]
    {
        let stack = UpdateCloudFormationCollectionFilter::builder().stack_names(STACK).build();
        let stack = UpdateResourceCollectionFilter::builder().cloud_formation(stack).build();
        client.update_resource_collection().action(action).resource_collection(stack).send().await?;
        ensure!(stacks(client).await?.iter().any(|name| name == STACK) == is_there, "there: {}", !is_there);
    }
    ensure!(stacks(client).await? == before, "other stacks than before");
    Ok(())
}

async fn stacks(client: &Client) -> Result<Vec<String>> {
    let kind = ResourceCollectionType::AwsCloudFormation;
    let pages = client.get_resource_collection().resource_collection_type(kind).into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await?;
    let of_page = pages.iter().filter_map(|page| page.resource_collection()?.cloud_formation());
    Ok(of_page.flat_map(|stacks| stacks.stack_names()).cloned().collect())
}

async fn integrations(client: &Client) -> Result<()> {
    for status in [OptInStatus::Enabled, OptInStatus::Disabled] {
        let ops_center = OpsCenterIntegrationConfig::builder().opt_in_status(status.clone()).build();
        let change = UpdateServiceIntegrationConfig::builder().ops_center(ops_center).build();
        client.update_service_integration().service_integration(change).send().await?;
        let read = client.describe_service_integration().send().await?;
        let read = read.service_integration().and_then(|all| all.ops_center()?.opt_in_status());
        ensure!(read == Some(&status), "{read:?}, not {status}");
    }
    Ok(())
}

async fn event_sources(client: &Client) -> Result<()> {
    for status in [EventSourceOptInStatus::Enabled, EventSourceOptInStatus::Disabled] {
        let profiler = AmazonCodeGuruProfilerIntegration::builder().status(status.clone()).build();
        let sources = EventSourcesConfig::builder().amazon_code_guru_profiler(profiler).build();
        client.update_event_sources_config().event_sources(sources.clone()).send().await?;
        let read = client.describe_event_sources_config().send().await?;
        ensure!(read.event_sources() == Some(&sources), "{read:?}, not {status}");
    }
    Ok(())
}

async fn feedback(client: &Client, insight: &str) -> Result<()> {
    let given = InsightFeedback::builder().id(insight).feedback(InsightFeedbackOption::ValidCollection).build();
    client.put_feedback().insight_feedback(given.clone()).send().await?;
    let read = client.describe_feedback().insight_id(insight).send().await?;
    ensure!(read.insight_feedback() == Some(&given), "{read:?}");
    Ok(())
}

async fn costs(client: &Client) -> Result<()> {
    let stack = CloudFormationCostEstimationResourceCollectionFilter::builder().stack_names("shop").build();
    let stack = CostEstimationResourceCollectionFilter::builder().cloud_formation(stack).build();
    client.start_cost_estimation().resource_collection(stack.clone()).client_token("sdk-1").send().await?;
    let estimate = client.get_cost_estimation().send().await?;
    ensure!(estimate.status() == Some(&CostEstimationStatus::Completed), "{estimate:?}");
    ensure!(estimate.resource_collection() == Some(&stack), "{estimate:?}");
    ensure!(!estimate.costs().is_empty() && estimate.total_cost() > 0.0, "{estimate:?}");
    Ok(())
}
