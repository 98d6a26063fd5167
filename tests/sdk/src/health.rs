//! How an account, its organization, stacks, services and tags are, and what is watched of them.

use crate::ever;
use anyhow::{Context, Result, ensure};
use aws_sdk_devopsguru::Client;
use aws_sdk_devopsguru::primitives::DateTime;
use aws_sdk_devopsguru::types::{
    ListMonitoredResourcesFilters, OrganizationResourceCollectionType, ResourceCollectionType, ResourcePermission,
    ResourceTypeFilter,
};
use std::time::SystemTime;

/// All of it; the account's id.
pub async fn account(client: &Client) -> Result<String> {
    let health = client.describe_account_health().send().await?;
    ensure!(health.metrics_analyzed() > 0 && health.analyzed_resource_count().is_some_and(|n| n > 0), "{health:?}");
    let whole = client.describe_organization_health().send().await?;
    let open = (health.open_reactive_insights(), health.open_proactive_insights());
    ensure!((whole.open_reactive_insights(), whole.open_proactive_insights()) == open, "{whole:?}");
    overview(client).await?;
    collections(client).await?;
    resources(client).await?;
    of_organization(client).await
}

async fn overview(client: &Client) -> Result<()> {
    let now = DateTime::from(SystemTime::now());
    let own = client.describe_account_overview().from_time(ever()).to_time(now).send().await?;
    ensure!(own.reactive_insights() > 0 && own.mean_time_to_recover_in_milliseconds() > 0, "{own:?}");
    let whole = client.describe_organization_overview().from_time(ever()).to_time(now).send().await?;
    let counts = (own.reactive_insights(), own.proactive_insights());
    ensure!((whole.reactive_insights(), whole.proactive_insights()) == counts, "{whole:?}");
    Ok(())
}

async fn collections(client: &Client) -> Result<()> {
    let kinds = [ResourceCollectionType::AwsCloudFormation, ResourceCollectionType::AwsService];
    let [mut stacks, mut services] = [0; 2];
    for kind in kinds {
        let pages = client.describe_resource_collection_health().resource_collection_type(kind).into_paginator().send();
        for page in pages.collect::<Result<Vec<_>, _>>().await? {
            stacks += page.cloud_formation().iter().filter(|stack| stack.insight().is_some()).count();
            services += page.service().iter().filter(|service| service.service_name().is_some()).count();
        }
    }
    ensure!(stacks > 0 && services > 0, "{stacks} stacks, {services} services");

    let kind = ResourceCollectionType::AwsCloudFormation;
    let pages = client.get_resource_collection().resource_collection_type(kind).into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await?;
    let collections = pages.iter().filter_map(|page| page.resource_collection());
    ensure!(collections.count() == pages.len(), "{pages:?}");
    Ok(())
}

async fn resources(client: &Client) -> Result<()> {
    let pages = client.list_monitored_resources().into_paginator().page_size(1).send();
    let mut all = Vec::new();
    for page in pages.collect::<Result<Vec<_>, _>>().await? {
        ensure!(page.monitored_resource_identifiers().len() <= 1, "{page:?}");
        all.extend(
            page.monitored_resource_identifiers().iter().filter_map(|r| r.monitored_resource_name()).map(str::to_owned),
        );
    }
    let functions = ListMonitoredResourcesFilters::builder()
        .resource_permission(ResourcePermission::FullPermission)
        .resource_type_filters(ResourceTypeFilter::LambdaFunction)
        .build()?;
    let functions = client.list_monitored_resources().filters(functions).send().await?;
    let functions = functions.monitored_resource_identifiers().len();
    ensure!(functions > 0 && functions < all.len(), "{functions} functions of {all:?}");
    Ok(())
}

async fn of_organization(client: &Client) -> Result<String> {
    let kind = OrganizationResourceCollectionType::AwsAccount;
    let of_accounts = client.describe_organization_resource_collection_health();
    let pages = of_accounts.organization_resource_collection_type(kind).max_results(1).into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await?;
    let account = pages.iter().flat_map(|page| page.account()).find_map(|account| account.account_id());
    Ok(account.context("the organization has no account")?.to_owned())
}
