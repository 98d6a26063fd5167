//! How an account, its applications and its services are.

use super::range;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging, all};
use crate::show::resource::services;
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::{InsightList, PortError};
use stackseer_model::{
    ApplicationId, Boundary, InsightSummary, InsightType, LearnedApplication, Scope, Severity, Status, Tally,
    Timestamp, day,
};
use std::collections::BTreeMap;

const USUAL_PAGE: usize = 500;
/// The time to recover of an application is that of so many days.
const RECENT_DAYS: i64 = 30;

/// What is open.
#[derive(Debug, Clone, Default)]
pub struct Open(Vec<InsightSummary>);

impl Open {
    pub fn of(&self, takes: impl Fn(&InsightSummary) -> bool) -> Self {
        Self(self.0.iter().filter(|insight| takes(insight)).cloned().collect())
    }

    fn count(&self, insight_type: InsightType) -> i64 {
        let of_type = self.0.iter().filter(|insight| insight.insight_type == insight_type).count();
        of_type.try_into().unwrap_or(i64::MAX)
    }

    pub fn reactive(&self) -> i64 {
        self.count(InsightType::Reactive)
    }

    pub fn proactive(&self) -> i64 {
        self.count(InsightType::Proactive)
    }

    pub fn severity(&self) -> Option<Severity> {
        self.0.iter().map(|insight| insight.severity).max()
    }
}

pub async fn open<P: Ports>(api: &Api<P>, scope: &Scope) -> Result<Open, PortError> {
    let mut open = Vec::new();
    for insight_type in [InsightType::Reactive, InsightType::Proactive] {
        let list = InsightList::Status { scope: scope.clone(), insight_type, status: Status::Ongoing };
        let list = &list;
        open.extend(all(|ask| async move { api.ports.list_insights(list, &ask).await }).await?);
    }
    Ok(Open(open))
}

pub async fn account<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::DescribeAccountHealthRequest>,
) -> Result<Answer<wire::DescribeAccountHealthResponse>, Error> {
    let Health { open, metrics, watched } = health(&api, &api.setup.own).await?;
    Ok(Answer(wire::DescribeAccountHealthResponse {
        open_reactive_insights: open.reactive(),
        open_proactive_insights: open.proactive(),
        metrics_analyzed: metrics,
        // Each watched resource has been looked at all the last hour.
        resource_hours: watched,
        analyzed_resource_count: Some(watched),
    }))
}

pub struct Health {
    pub open: Open,
    pub metrics: i64,
    pub watched: i64,
}

pub async fn health<P: Ports>(api: &Api<P>, scope: &Scope) -> Result<Health, PortError> {
    let learned = api.ports.learned_applications(scope).await?;
    let sum =
        |of: fn(&LearnedApplication) -> usize| i64::try_from(learned.iter().map(of).sum::<usize>()).unwrap_or(i64::MAX);
    let open = open(api, scope).await?;
    Ok(Health { open, metrics: sum(|l| l.metrics), watched: sum(|l| l.watching().watched) })
}

pub async fn overview<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeAccountOverviewRequest>,
) -> Result<Answer<wire::DescribeAccountOverviewResponse>, Error> {
    let range = range("ToTime", Some(input.from_time), input.to_time)?;
    let tally = tally(&api, &api.setup.own, range).await?;
    Ok(Answer(wire::DescribeAccountOverviewResponse {
        reactive_insights: tally.reactive,
        proactive_insights: tally.proactive,
        mean_time_to_recover_in_milliseconds: tally.recovered.mean(),
    }))
}

/// What began in the range: on its days, as DevOps Guru counts, the first and the last included.
pub async fn tally<P: Ports>(api: &Api<P>, scope: &Scope, (from, to): super::Range) -> Result<Tally, PortError> {
    let first = from.unwrap_or(Timestamp::UNIX_EPOCH).max(Timestamp::UNIX_EPOCH);
    let counted = api.ports.count_insights(scope, day(first), day(to.unwrap_or(api.now()))).await?;
    Ok(counted.into_values().sum())
}

pub async fn collection<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeResourceCollectionHealthRequest>,
) -> Result<Answer<wire::DescribeResourceCollectionHealthResponse>, Error> {
    let paging = Paging::new(Request::of(&input), input.next_token.as_deref(), None, USUAL_PAGE, Ids::Text)?;
    let scopes = std::slice::from_ref(&api.setup.own);
    let mut response = wire::DescribeResourceCollectionHealthResponse::default();
    match input.resource_collection_type {
        wire::ResourceCollectionType::AwsCloudFormation => {
            let (page, next_token) = stacks(&api, scopes, &paging).await?;
            (response.cloud_formation, response.next_token) = (Some(page), next_token);
        }
        wire::ResourceCollectionType::AwsTags => {
            let (page, next_token) = tags(&api, scopes, &paging).await?;
            (response.tags, response.next_token) = (Some(page), next_token);
        }
        wire::ResourceCollectionType::AwsService => {
            let (page, next_token) = by_service(&api, scopes, &paging).await?;
            (response.service, response.next_token) = (Some(page), next_token);
        }
    }
    Ok(Answer(response))
}

type Paged<T> = (Vec<T>, Option<String>);

/// An application with its health, as each of its forms says it.
struct Told {
    learned: LearnedApplication,
    insight: wire::InsightHealth,
}

pub async fn stacks<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    paging: &Paging,
) -> Result<Paged<wire::CloudFormationHealth>, PortError> {
    let is_stack = |learned: &LearnedApplication| matches!(learned.application.boundary, Boundary::Stack { .. });
    let (page, token) = told(api, scopes, paging, is_stack).await?;
    let shown = |Told { learned, insight }: Told| wire::CloudFormationHealth {
        analyzed_resource_count: learned.watching().watched.try_into().ok(),
        stack_name: Some(learned.application.name),
        insight: Some(insight),
    };
    Ok((page.into_iter().map(shown).collect(), token))
}

pub async fn tags<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    paging: &Paging,
) -> Result<Paged<wire::TagHealth>, PortError> {
    let is_tag = |learned: &LearnedApplication| matches!(learned.application.boundary, Boundary::Tag { .. });
    let (page, token) = told(api, scopes, paging, is_tag).await?;
    let shown = |Told { learned, insight }: Told| {
        let watched = learned.watching().watched;
        let Boundary::Tag { key, value } = learned.application.boundary else { return None };
        Some(wire::TagHealth {
            app_boundary_key: Some(key),
            tag_value: Some(value),
            insight: Some(insight),
            analyzed_resource_count: watched.try_into().ok(),
        })
    };
    Ok((page.into_iter().filter_map(shown).collect(), token))
}

/// By name.
async fn told<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    paging: &Paging,
    is_of: impl Fn(&LearnedApplication) -> bool,
) -> Result<Paged<Told>, PortError> {
    let mut learned = Vec::new();
    for scope in scopes {
        learned.extend(api.ports.learned_applications(scope).await?.into_iter().filter(&is_of));
    }
    learned.sort_by(|a, b| (&a.application.name, &a.application.id).cmp(&(&b.application.name, &b.application.id)));
    let (page, token) = paging.slice(learned, |learned| learned.application.id.to_string());
    let (open, counted) = recent(api, scopes).await?;
    let shown = |learned: LearnedApplication| {
        let open = open.of(|insight| insight.application.id == learned.application.id);
        let ended = counted.get(&learned.application.id).map(|tally| tally.ended).unwrap_or_default();
        let insight = wire::InsightHealth {
            open_reactive_insights: Some(open.reactive()),
            open_proactive_insights: Some(open.proactive()),
            mean_time_to_recover_in_milliseconds: Some(ended.mean()),
        };
        Told { learned, insight }
    };
    Ok((page.into_iter().map(shown).collect(), token))
}

/// What is open, and what began and ended lately.
async fn recent<P: Ports>(api: &Api<P>, scopes: &[Scope]) -> Result<(Open, BTreeMap<ApplicationId, Tally>), PortError> {
    let from = api.now() - jiff::SignedDuration::from_hours(RECENT_DAYS * 24);
    let mut opened = Open::default();
    let mut counted = BTreeMap::new();
    for scope in scopes {
        opened.0.extend(open(api, scope).await?.0);
        counted.extend(api.ports.count_insights(scope, day(from), day(api.now())).await?);
    }
    Ok((opened, counted))
}

/// By name: the services of what is watched, and of what is open.
pub async fn by_service<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    paging: &Paging,
) -> Result<Paged<wire::ServiceHealth>, PortError> {
    let mut watched: BTreeMap<wire::ServiceName, i64> = BTreeMap::new();
    let mut opened = Open::default();
    for scope in scopes {
        for learned in api.ports.learned_applications(scope).await? {
            for (resource_type, counts) in learned.types.iter().filter(|(_, counts)| counts.watched > 0) {
                let count = i64::try_from(counts.watched).unwrap_or(i64::MAX);
                let of_type = services([resource_type.as_str()]);
                of_type.into_iter().for_each(|service| *watched.entry(service).or_default() += count);
            }
        }
        opened.0.extend(open(api, scope).await?.0);
    }
    let named = |insight: &InsightSummary| services(insight.types.iter().map(String::as_str));
    for service in opened.0.iter().flat_map(named) {
        watched.entry(service).or_default();
    }
    let shown = |(service, count): (wire::ServiceName, i64)| {
        let open = opened.of(|insight| named(insight).contains(&service));
        let insight = wire::ServiceInsightHealth {
            open_reactive_insights: Some(open.reactive()),
            open_proactive_insights: Some(open.proactive()),
        };
        wire::ServiceHealth {
            service_name: Some(service),
            insight: Some(insight),
            analyzed_resource_count: Some(count),
        }
    };
    let (page, token) = paging.slice(watched.into_iter().collect(), |(service, _)| format!("{service:?}"));
    Ok((page.into_iter().map(shown).collect(), token))
}
