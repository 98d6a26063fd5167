//! Insights: listed, searched, described and deleted.

use super::{command, is_in, range};
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging, wanted};
use crate::show;
use crate::show::resource::services;
use crate::show::summary::{Insights, insights};
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::{Charts, InsightList, Page, PortError, Position};
use stackseer_model::{
    Application, Boundary, Insight, InsightId, InsightSummary, InsightType, Scope, Status, Timestamp,
};

const USUAL_PAGE: usize = 100;
/// Of more stacks than these, all insights are looked through.
const MOST_LISTS: usize = 8;
pub const INSIGHT: &str = "INSIGHT";

/// Which insights are asked for: those in any of the lists that are as wanted, between two times, both inclusive.
pub struct Wanted<'a> {
    pub insight_type: InsightType,
    pub lists: Vec<InsightList>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// None: all that is in the lists.
    pub filter: Option<Filter<'a>>,
}

#[derive(Clone, Copy)]
pub struct Filter<'a> {
    pub severities: Option<&'a Vec<wire::InsightSeverity>>,
    pub statuses: Option<&'a Vec<wire::InsightStatus>>,
    pub collection: Option<&'a wire::ResourceCollection>,
    pub services: Option<&'a wire::ServiceCollection>,
}

impl Filter<'_> {
    fn takes(&self, insight: &InsightSummary) -> bool {
        let names = self.services.and_then(|services| services.service_names.as_ref());
        let is_of_service = |names: &Vec<wire::ServiceName>| {
            services(insight.types.iter().map(String::as_str)).iter().any(|name| names.contains(name))
        };
        given(self.severities).is_none_or(|wanted| wanted.contains(&show::severity(insight.severity)))
            && given(self.statuses).is_none_or(|wanted| wanted.contains(&show::status(insight.status)))
            && is_in(self.collection, &insight.application)
            && given(names).is_none_or(is_of_service)
    }
}

/// An empty list filters nothing.
fn given<T>(list: Option<&Vec<T>>) -> Option<&Vec<T>> {
    list.filter(|list| !list.is_empty())
}

impl Wanted<'static> {
    /// Exactly one of the three statuses must be asked for.
    pub fn by_status(filter: &wire::ListInsightsStatusFilter, scopes: &[Scope]) -> Result<Self, Error> {
        let (insight_type, (from, to), list): (_, _, fn(Scope, InsightType) -> InsightList) =
            match (&filter.ongoing, &filter.closed, &filter.any) {
                (Some(ongoing), None, None) => (ongoing.r#type, (None, None), |scope, insight_type| {
                    InsightList::Status { scope, insight_type, status: Status::Ongoing }
                }),
                (None, Some(closed), None) => {
                    let ended = &closed.end_time_range;
                    let range = range("EndTimeRange", ended.from_time, ended.to_time)?;
                    (closed.r#type, range, |scope, insight_type| InsightList::Ended { scope, insight_type })
                }
                (None, None, Some(any)) => {
                    let started = &any.start_time_range;
                    let range = range("StartTimeRange", started.from_time, started.to_time)?;
                    (any.r#type, range, |scope, insight_type| InsightList::Started { scope, insight_type })
                }
                _ => {
                    let message = "StatusFilter must have exactly one of Ongoing, Closed and Any";
                    return Err(Error::combination("StatusFilter", message));
                }
            };
        let insight_type = show::insight_type(insight_type);
        let lists = scopes.iter().map(|scope| list(scope.clone(), insight_type)).collect();
        Ok(Self { insight_type, lists, from, to, filter: None })
    }
}

impl<'a> Wanted<'a> {
    pub fn search(
        insight_type: wire::InsightType,
        started: &wire::StartTimeRange,
        filter: Option<Filter<'a>>,
        scopes: &[Scope],
    ) -> Result<Self, Error> {
        let insight_type = show::insight_type(insight_type);
        let (from, to) = range("StartTimeRange", started.from_time, started.to_time)?;
        let of_scope = |scope: &Scope| InsightList::Started { scope: scope.clone(), insight_type };
        let by_status = |status: Status| {
            let of_scope = move |scope: &Scope| InsightList::Status { scope: scope.clone(), insight_type, status };
            scopes.iter().map(of_scope).collect::<Vec<_>>()
        };
        let lists = match filter.map(|filter| (named(filter.collection, scopes), given(filter.statuses))) {
            Some((Some(applications), _)) => applications,
            Some((None, Some(statuses))) if *statuses == [wire::InsightStatus::Ongoing] => by_status(Status::Ongoing),
            Some((None, Some(statuses))) if *statuses == [wire::InsightStatus::Closed] => by_status(Status::Closed),
            _ => scopes.iter().map(of_scope).collect(),
        };
        Ok(Self { insight_type, lists, from, to, filter })
    }

    fn takes(&self, insight: &InsightSummary) -> bool {
        insight.insight_type == self.insight_type && self.filter.is_none_or(|filter| filter.takes(insight))
    }
}

/// The lists of the stacks that a filter names, where it names a few stacks and nothing else.
fn named(collection: Option<&wire::ResourceCollection>, scopes: &[Scope]) -> Option<Vec<InsightList>> {
    let collection = collection.filter(|collection| collection.tags.is_none())?;
    let names = collection.cloud_formation.as_ref()?.stack_names.as_ref()?;
    let list = |scope: &Scope, name: &String| {
        let boundary = Boundary::Stack { name: name.clone() };
        InsightList::Application(Application::new(&scope.account, &scope.region, boundary).id)
    };
    let lists: Vec<InsightList> =
        scopes.iter().flat_map(|scope| names.iter().map(move |name| list(scope, name))).collect();
    (1..=MOST_LISTS).contains(&lists.len()).then_some(lists)
}

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListInsightsRequest>,
) -> Result<Answer<wire::ListInsightsResponse>, Error> {
    let asked = Wanted::by_status(&input.status_filter, std::slice::from_ref(&api.setup.own))?;
    let paging = paging(Request::of(&input), input.next_token.as_deref(), input.max_results)?;
    let page = read(&api, &asked, &paging).await?;
    let Insights { reactive, proactive } = insights(asked.insight_type, &page.items);
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(wire::ListInsightsResponse { reactive_insights: reactive, proactive_insights: proactive, next_token }))
}

pub async fn search<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::SearchInsightsRequest>,
) -> Result<Answer<wire::SearchInsightsResponse>, Error> {
    let filter = input.filters.as_ref().map(|filters| Filter {
        severities: filters.severities.as_ref(),
        statuses: filters.statuses.as_ref(),
        collection: filters.resource_collection.as_ref(),
        services: filters.service_collection.as_ref(),
    });
    let scopes = std::slice::from_ref(&api.setup.own);
    let asked = Wanted::search(input.r#type, &input.start_time_range, filter, scopes)?;
    let paging = paging(Request::of(&input), input.next_token.as_deref(), input.max_results)?;
    let page = read(&api, &asked, &paging).await?;
    let Insights { reactive, proactive } = insights(asked.insight_type, &page.items);
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(wire::SearchInsightsResponse { reactive_insights: reactive, proactive_insights: proactive, next_token }))
}

pub fn paging(request: Request, token: Option<&str>, max: Option<i64>) -> Result<Paging, Error> {
    Paging::new(request, token, max, USUAL_PAGE, Ids::Uuid)
}

pub async fn read<P: Ports>(
    api: &Api<P>,
    asked: &Wanted<'_>,
    paging: &Paging,
) -> Result<Page<InsightSummary>, PortError> {
    if asked.lists.is_empty() {
        return Ok(Page { items: vec![], next: None });
    }
    let started = |insight: &InsightSummary| Position::new(insight.start_time, insight.id.as_str());
    let position = |insight: &InsightSummary| {
        asked.lists.iter().find_map(|list| list.position(insight)).unwrap_or_else(|| started(insight))
    };
    let one = |source: usize, ask| {
        let list = asked.lists[source].clone();
        async move { api.ports.list_insights(&list, &ask).await }
    };
    let ask = paging.ask(asked.from, asked.to);
    wanted(asked.lists.len(), ask, one, position, |insight| asked.takes(insight)).await
}

pub async fn describe<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeInsightRequest>,
) -> Result<Answer<wire::DescribeInsightResponse>, Error> {
    let insight = found(&api, &input.id, input.account_id.as_deref()).await?;
    let feedback = api.ports.feedback(&insight.application.scope(), &insight.id).await?;
    Ok(Answer(show::insight::described(&insight, feedback.as_ref(), api.now())))
}

pub async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::DeleteInsightRequest>,
) -> Result<Answer<wire::DeleteInsightResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    let what = format!("Deleted the insight {} ({})", insight.name, insight.id);
    let entry = api.entry(&caller, &what, Some(&command("delete-insight", &[("id", insight.id.as_str().into())])));
    match api.ports.delete_insight(&insight.id, &entry).await? {
        true => Ok(Answer(wire::DeleteInsightResponse {})),
        false => Err(Error::not_found(INSIGHT, &input.id)),
    }
}

/// The insight, if it is one of one's own account and Region, or of the account that is named; without its charts.
pub async fn found<P: Ports>(api: &Api<P>, id: &str, account: Option<&str>) -> Result<Insight, Error> {
    found_with(api, id, account, Charts::None).await
}

pub async fn found_with<P: Ports>(
    api: &Api<P>,
    id: &str,
    account: Option<&str>,
    charts: Charts<'_>,
) -> Result<Insight, Error> {
    let insight = api.ports.look_at(&InsightId(id.to_owned()), charts).await?;
    let is_of = |insight: &Insight| api.is_asked(&insight.application.scope(), account);
    insight.filter(is_of).ok_or_else(|| Error::not_found(INSIGHT, id))
}
