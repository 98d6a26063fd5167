//! Insights: listed, searched, described and deleted.

use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging, wanted};
use crate::show;
use crate::show::summary::{Insights, insights};
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::{InsightList, Page, PortError, Position};
use stackseer_model::{Insight, InsightId, InsightSummary, InsightType, Scope, Status, Timestamp};

const USUAL_PAGE: usize = 100;
const INSIGHT: &str = "INSIGHT";

/// Which insights are asked for.
pub struct Wanted {
    pub insight_type: InsightType,
    pub part: Part,
    pub from: Option<Timestamp>,
    /// Inclusive.
    pub to: Option<Timestamp>,
}

#[derive(Clone, Copy)]
pub enum Part {
    Status(Status),
    Started,
    Ended,
}

impl Wanted {
    fn list(&self, scope: &Scope) -> InsightList {
        let (scope, insight_type) = (scope.clone(), self.insight_type);
        match self.part {
            Part::Status(status) => InsightList::Status { scope, insight_type, status },
            Part::Started => InsightList::Started { scope, insight_type },
            Part::Ended => InsightList::Ended { scope, insight_type },
        }
    }

    /// Exactly one of the three must be asked for.
    pub fn by_status(filter: &wire::ListInsightsStatusFilter) -> Result<Self, Error> {
        let seconds = |time: Option<crate::time::Time>| time.map(|time| time.0);
        match (&filter.ongoing, &filter.closed, &filter.any) {
            (Some(ongoing), None, None) => {
                let insight_type = show::insight_type(ongoing.r#type);
                Ok(Self { insight_type, part: Part::Status(Status::Ongoing), from: None, to: None })
            }
            (None, Some(closed), None) => {
                let insight_type = show::insight_type(closed.r#type);
                let (from, to) = (seconds(closed.end_time_range.from_time), seconds(closed.end_time_range.to_time));
                Ok(Self { insight_type, part: Part::Ended, from, to })
            }
            (None, None, Some(any)) => {
                let insight_type = show::insight_type(any.r#type);
                let (from, to) = (seconds(any.start_time_range.from_time), seconds(any.start_time_range.to_time));
                Ok(Self { insight_type, part: Part::Started, from, to })
            }
            _ => {
                let message = "StatusFilter must have exactly one of Ongoing, Closed and Any";
                Err(Error::combination("StatusFilter", message))
            }
        }
    }
}

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListInsightsRequest>,
) -> Result<Answer<wire::ListInsightsResponse>, Error> {
    let asked = Wanted::by_status(&input.status_filter)?;
    let paging = paging(Request::of(&input), input.next_token.as_deref(), input.max_results)?;
    let scopes = [api.setup.own.clone()];
    let page = read(&api, &scopes, &asked, &paging, true, |_| true).await?;
    let Insights { reactive, proactive } = insights(asked.insight_type, &page.items);
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(wire::ListInsightsResponse { reactive_insights: reactive, proactive_insights: proactive, next_token }))
}

pub fn paging(request: Request, token: Option<&str>, max: Option<i64>) -> Result<Paging, Error> {
    Paging::new(request, token, max, USUAL_PAGE, Ids::Uuid)
}

/// A page of what is asked for in the scopes, and kept.
pub async fn read<P: Ports>(
    api: &Api<P>,
    scopes: &[Scope],
    asked: &Wanted,
    paging: &Paging,
    is_all: bool,
    keep: impl Fn(&InsightSummary) -> bool,
) -> Result<Page<InsightSummary>, PortError> {
    let lists: Vec<InsightList> = scopes.iter().map(|scope| asked.list(scope)).collect();
    let position = |insight: &InsightSummary| {
        lists.iter().find_map(|list| list.position(insight)).unwrap_or_else(|| started(insight))
    };
    let one = |source: usize, ask| {
        let list = lists[source].clone();
        async move { api.ports.list_insights(&list, &ask).await }
    };
    wanted(lists.len(), paging.ask(asked.from, asked.to), is_all, one, position, keep).await
}

fn started(insight: &InsightSummary) -> Position {
    Position::new(insight.start_time, insight.id.as_str())
}

pub async fn describe<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeInsightRequest>,
) -> Result<Answer<wire::DescribeInsightResponse>, Error> {
    let insight = found(&api, &input.id, input.account_id.as_deref()).await?;
    Ok(Answer(show::insight::described(&insight, api.now())))
}

/// The insight, if it is one of the account's, or of the accounts that are watched.
pub async fn found<P: Ports>(api: &Api<P>, id: &str, account: Option<&str>) -> Result<Insight, Error> {
    let insight = api.ports.insight(&InsightId(id.to_owned())).await?;
    let scope = |insight: &Insight| insight.application.scope();
    let is_of = |insight: &Insight| match account {
        None => scope(insight) == api.setup.own,
        Some(account) => scope(insight).account == account && api.scopes().any(|known| *known == scope(insight)),
    };
    insight.filter(is_of).ok_or_else(|| Error::not_found(INSIGHT, id))
}
