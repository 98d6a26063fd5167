//! Insights in lists of one a page, and each with what is in it.

use crate::ever;
use anyhow::{Context, Result, ensure};
use aws_sdk_devopsguru::Client;
use aws_sdk_devopsguru::types::{
    EventTimeRange, InsightType, ListEventsFilters, ListInsightsAnyStatusFilter, ListInsightsStatusFilter, Locale,
    StartTimeRange,
};
use std::collections::BTreeSet;

pub struct Found {
    pub reactive: Vec<String>,
    pub proactive: Vec<String>,
}

/// The ids on the pages of a list, of which none has more than one.
macro_rules! ids {
    ($pages:expr, $($list:ident),+) => {{
        let mut ids = Vec::new();
        let mut pages = $pages;
        while let Some(page) = pages.next().await {
            let page = page?;
            let before = ids.len();
            $(ids.extend(page.$list().iter().filter_map(|one| one.id().map(str::to_owned)));)+
            ensure!(ids.len() <= before + 1, "more than one on a page");
        }
        ids
    }};
}

/// By all four operations that list them, and those that `told` names.
pub async fn all(client: &Client, account: &str, told: &[String]) -> Result<Found> {
    let [reactive, proactive] =
        [of(client, account, InsightType::Reactive), of(client, account, InsightType::Proactive)];
    let found = Found { reactive: reactive.await?, proactive: proactive.await? };
    let ids: BTreeSet<&String> = found.reactive.iter().chain(&found.proactive).collect();
    ensure!(ids == told.iter().collect(), "found {ids:?}, not {told:?}");
    Ok(found)
}

async fn of(client: &Client, account: &str, kind: InsightType) -> Result<Vec<String>> {
    let since = StartTimeRange::builder().from_time(ever()).build();
    let any = ListInsightsAnyStatusFilter::builder().r#type(kind.clone()).start_time_range(since.clone()).build()?;
    let status = ListInsightsStatusFilter::builder().any(any).build();
    let pages = client.list_insights().status_filter(status.clone()).into_paginator().page_size(1).send();
    let listed = ids!(pages, reactive_insights, proactive_insights);
    ensure!(!listed.is_empty(), "no {kind} insight");

    let of_account = client.list_organization_insights().status_filter(status).account_ids(account);
    let pages = of_account.into_paginator().page_size(1).send();
    ensure!(ids!(pages, reactive_insights, proactive_insights) == listed, "others of the organization");

    let search = client.search_insights().r#type(kind.clone()).start_time_range(since.clone());
    let pages = search.into_paginator().page_size(1).send();
    ensure!(ids!(pages, reactive_insights, proactive_insights) == listed, "others by a search");

    let search = client.search_organization_insights().r#type(kind).start_time_range(since).account_ids(account);
    let pages = search.into_paginator().page_size(1).send();
    ensure!(ids!(pages, reactive_insights, proactive_insights) == listed, "others by a search in the organization");
    Ok(listed)
}

pub async fn each(client: &Client, found: &Found) -> Result<()> {
    let [mut events, mut recommendations] = [0; 2];
    for id in found.reactive.iter().chain(&found.proactive) {
        described(client, id, found.reactive.contains(id)).await?;
        anomalies(client, id).await?;
        client.list_anomalous_log_groups().insight_id(id).send().await?;

        let listed = client.list_recommendations().insight_id(id).locale(Locale::EnUs).into_paginator().items().send();
        for recommendation in listed.collect::<Result<Vec<_>, _>>().await? {
            ensure!(recommendation.name().is_some() && recommendation.reason().is_some(), "{recommendation:?}");
            recommendations += 1;
        }
        let of_insight = ListEventsFilters::builder().insight_id(id).build();
        let pages = client.list_events().filters(of_insight).into_paginator().page_size(1).send();
        events += ids!(pages, events).len();
    }
    ensure!(events > 0 && recommendations > 0, "{events} events, {recommendations} recommendations");

    let time = EventTimeRange::builder().from_time(ever()).to_time(ever_after()).build()?;
    let at_any_time = ListEventsFilters::builder().event_time_range(time).build();
    let whole = client.list_events().filters(at_any_time).into_paginator().items().send();
    let whole = whole.collect::<Result<Vec<_>, _>>().await?;
    ensure!(whole.len() >= events && whole.iter().all(|event| event.time().is_some()), "{} events", whole.len());
    Ok(())
}

fn ever_after() -> aws_sdk_devopsguru::primitives::DateTime {
    aws_sdk_devopsguru::primitives::DateTime::from_secs(4_000_000_000)
}

async fn described(client: &Client, id: &str, is_reactive: bool) -> Result<()> {
    let described = client.describe_insight().id(id).send().await?;
    let (same, times) = match (described.reactive_insight(), described.proactive_insight()) {
        (Some(insight), None) if is_reactive => (insight.id(), insight.insight_time_range()),
        (None, Some(insight)) if !is_reactive => (insight.id(), insight.insight_time_range()),
        _ => anyhow::bail!("{described:?}"),
    };
    ensure!(same == Some(id), "described is {same:?}, not {id}");
    ensure!(times.context("no time")?.start_time().secs() > 1_000_000_000, "{times:?}");
    Ok(())
}

async fn anomalies(client: &Client, insight: &str) -> Result<()> {
    let pages = client.list_anomalies_for_insight().insight_id(insight).into_paginator().page_size(1).send();
    let ids = ids!(pages, reactive_anomalies, proactive_anomalies);
    ensure!(!ids.is_empty(), "{insight} has no anomaly");
    for id in ids {
        let one = client.describe_anomaly().id(&id).send().await?;
        let of_reactive = one.reactive_anomaly().map(|a| (a.id(), a.associated_insight_id(), a.anomaly_resources()));
        let of_proactive = one.proactive_anomaly().map(|a| (a.id(), a.associated_insight_id(), a.anomaly_resources()));
        let (same, of, resources) = of_reactive.or(of_proactive).context("no anomaly")?;
        ensure!((same, of) == (Some(id.as_str()), Some(insight)), "{one:?}");
        ensure!(!resources.is_empty(), "{id} is on no resource");
    }
    Ok(())
}

pub async fn delete(client: &Client, id: &str) -> Result<()> {
    client.delete_insight().id(id).send().await?;
    let gone = client.describe_insight().id(id).send().await.err().context("it is still there")?.into_service_error();
    ensure!(gone.is_resource_not_found_exception(), "{gone:?}");
    Ok(())
}
