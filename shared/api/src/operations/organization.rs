//! The same over all accounts that are watched. They are in no organizational units that are known here.

use super::health::{self, health, tally};
use super::insights::{Filter, Wanted, paging, read};
use super::range;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::show::summary::{Insights, insights, proactive_in_organization, reactive_in_organization};
use crate::wire;
use axum::extract::State;
use stackseer_model::{InsightType, Scope};
use std::collections::BTreeMap;

const USUAL_PAGE: usize = 500;

/// Those of the accounts that are named, or all.
fn scopes<P: Ports>(api: &Api<P>, accounts: Option<&Vec<String>>, units: Option<&Vec<String>>) -> Vec<Scope> {
    let given = |list: Option<&Vec<String>>| list.is_some_and(|list| !list.is_empty());
    let is_asked = |scope: &&Scope| match (given(accounts), given(units)) {
        (false, false) => true,
        (false, true) => false,
        (true, _) => accounts.is_some_and(|accounts| accounts.contains(&scope.account)),
    };
    api.scopes().filter(is_asked).cloned().collect()
}

pub async fn organization_health<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeOrganizationHealthRequest>,
) -> Result<Answer<wire::DescribeOrganizationHealthResponse>, Error> {
    let mut response = wire::DescribeOrganizationHealthResponse::default();
    for scope in scopes(&api, input.account_ids.as_ref(), input.organizational_unit_ids.as_ref()) {
        let health = health(&api, &scope).await?;
        response.open_reactive_insights += health.open.reactive();
        response.open_proactive_insights += health.open.proactive();
        response.metrics_analyzed += health.metrics;
        response.resource_hours += health.watched;
    }
    Ok(Answer(response))
}

pub async fn overview<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeOrganizationOverviewRequest>,
) -> Result<Answer<wire::DescribeOrganizationOverviewResponse>, Error> {
    let range = range("ToTime", Some(input.from_time), input.to_time)?;
    let mut response = wire::DescribeOrganizationOverviewResponse::default();
    for scope in scopes(&api, input.account_ids.as_ref(), input.organizational_unit_ids.as_ref()) {
        let tally = tally(&api, &scope, range).await?;
        response.reactive_insights += tally.reactive;
        response.proactive_insights += tally.proactive;
    }
    Ok(Answer(response))
}

pub async fn collection<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeOrganizationResourceCollectionHealthRequest>,
) -> Result<Answer<wire::DescribeOrganizationResourceCollectionHealthResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Text)?;
    let scopes = scopes(&api, input.account_ids.as_ref(), input.organizational_unit_ids.as_ref());
    let mut response = wire::DescribeOrganizationResourceCollectionHealthResponse::default();
    match input.organization_resource_collection_type {
        wire::OrganizationResourceCollectionType::AwsCloudFormation => {
            let (page, next_token) = health::stacks(&api, &scopes, &paging).await?;
            (response.cloud_formation, response.next_token) = (Some(page), next_token);
        }
        wire::OrganizationResourceCollectionType::AwsTags => {
            let (page, next_token) = health::tags(&api, &scopes, &paging).await?;
            (response.tags, response.next_token) = (Some(page), next_token);
        }
        wire::OrganizationResourceCollectionType::AwsService => {
            let (page, next_token) = health::by_service(&api, &scopes, &paging).await?;
            (response.service, response.next_token) = (Some(page), next_token);
        }
        wire::OrganizationResourceCollectionType::AwsAccount => {
            let (page, next_token) = by_account(&api, &scopes, &paging).await?;
            (response.account, response.next_token) = (Some(page), next_token);
        }
    }
    Ok(Answer(response))
}

async fn by_account<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    paging: &Paging,
) -> Result<(Vec<wire::AccountHealth>, Option<String>), Error> {
    let mut accounts: BTreeMap<&str, wire::AccountInsightHealth> = BTreeMap::new();
    for scope in scopes {
        let open = health::open(api, scope).await?;
        let account = accounts.entry(scope.account.as_str()).or_default();
        *account.open_reactive_insights.get_or_insert(0) += open.reactive();
        *account.open_proactive_insights.get_or_insert(0) += open.proactive();
    }
    let (page, token) = paging.slice(accounts.into_iter().collect(), |(account, _)| (*account).to_owned());
    let shown = |(account, insight): (&str, _)| wire::AccountHealth {
        account_id: Some(account.to_owned()),
        insight: Some(insight),
    };
    Ok((page.into_iter().map(shown).collect(), token))
}

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListOrganizationInsightsRequest>,
) -> Result<Answer<wire::ListOrganizationInsightsResponse>, Error> {
    let scopes = scopes(&api, input.account_ids.as_ref(), input.organizational_unit_ids.as_ref());
    let asked = Wanted::by_status(&input.status_filter, &scopes)?;
    let paging = paging(Request::of(&input), input.next_token.as_deref(), input.max_results)?;
    let page = read(&api, &asked, &paging).await?;
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(match asked.insight_type {
        InsightType::Reactive => wire::ListOrganizationInsightsResponse {
            reactive_insights: Some(page.items.iter().map(reactive_in_organization).collect()),
            proactive_insights: None,
            next_token,
        },
        InsightType::Proactive => wire::ListOrganizationInsightsResponse {
            reactive_insights: None,
            proactive_insights: Some(page.items.iter().map(proactive_in_organization).collect()),
            next_token,
        },
    }))
}

pub async fn search<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::SearchOrganizationInsightsRequest>,
) -> Result<Answer<wire::SearchOrganizationInsightsResponse>, Error> {
    let filter = input.filters.as_ref().map(|filters| Filter {
        severities: filters.severities.as_ref(),
        statuses: filters.statuses.as_ref(),
        collection: filters.resource_collection.as_ref(),
        services: filters.service_collection.as_ref(),
    });
    let scopes = scopes(&api, Some(&input.account_ids), None);
    let asked = Wanted::search(input.r#type, &input.start_time_range, filter, &scopes)?;
    let paging = paging(Request::of(&input), input.next_token.as_deref(), input.max_results)?;
    let page = read(&api, &asked, &paging).await?;
    let Insights { reactive, proactive } = insights(asked.insight_type, &page.items);
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(wire::SearchOrganizationInsightsResponse {
        reactive_insights: reactive,
        proactive_insights: proactive,
        next_token,
    }))
}
