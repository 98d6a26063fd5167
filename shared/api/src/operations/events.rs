//! Changes: of an insight, of applications, of all.

use super::insights::found;
use super::{is_in, range};
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging, wanted};
use crate::show;
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::{Ask, Page, PortError, Position};
use stackseer_model::{Application, ChangeEvent, Scope, Timestamp};

const USUAL_PAGE: usize = 200;

type Event = (Application, ChangeEvent);

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListEventsRequest>,
) -> Result<Answer<wire::ListEventsResponse>, Error> {
    let filters = &input.filters;
    let asked = filters.event_time_range.as_ref();
    let (from, to) = range("EventTimeRange", asked.map(|range| range.from_time), asked.map(|range| range.to_time))?;
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Text)?;
    let collection = filters.resource_collection.as_ref();
    let account = input.account_id.as_deref();
    let page = match &filters.insight_id {
        Some(id) => {
            let insight = found(&api, id, account).await?;
            let is_wanted = |event: &Event| {
                from.is_none_or(|from| event.1.time >= from)
                    && to.is_none_or(|to| event.1.time <= to)
                    && is_in(collection, &event.0)
                    && takes(filters, &event.1)
            };
            let of = |event| (insight.application.clone(), event);
            let mut events: Vec<Event> = insight.events.iter().cloned().map(of).filter(is_wanted).collect();
            events.sort_by_cached_key(|event| std::cmp::Reverse(position(event)));
            paging.of(events, position)
        }
        None => {
            let mut applications = applications(&api, |scope| api.is_asked(scope, account)).await?;
            applications.retain(|application| is_in(collection, application));
            read(&api, &applications, &paging, (from, to), |event| takes(filters, event)).await?
        }
    };
    let (events, next_token) = shown(&paging, page);
    Ok(Answer(wire::ListEventsResponse { events, next_token }))
}

pub async fn changes<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListChangesRequest>,
) -> Result<Answer<wire::ListChangesResponse>, Error> {
    let range = range("From", input.from, input.to)?;
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Text)?;
    let applications = super::applications::asked(&api, input.application.as_deref()).await?;
    let applications: Vec<Application> = applications.into_iter().map(|learned| learned.application).collect();
    let page = read(&api, &applications, &paging, range, |_| true).await?;
    let (events, next_token) = shown(&paging, page);
    Ok(Answer(wire::ListChangesResponse { events, next_token }))
}

fn takes(filters: &wire::ListEventsFilters, event: &ChangeEvent) -> bool {
    filters.event_class.is_none_or(|class| show::event::event_class(event.class) == class)
        && filters.event_source.as_ref().is_none_or(|source| event.source == *source)
        && filters.data_source.is_none_or(|source| show::event::data_source(event.data_source) == Some(source))
}

fn position(event: &Event) -> Position {
    Position::new(event.1.time, &event.1.id)
}

fn shown(paging: &Paging, page: Page<Event>) -> (Vec<wire::Event>, Option<String>) {
    let events = page.items.iter().map(|(application, event)| show::event::event(application, event)).collect();
    (events, paging.token(page.next.as_ref()))
}

async fn applications<P: Ports>(
    api: &Api<P>,
    is_asked: impl Fn(&Scope) -> bool,
) -> Result<Vec<Application>, PortError> {
    let mut applications = Vec::new();
    for scope in api.scopes().filter(|scope| is_asked(scope)) {
        let learned = api.ports.learned_applications(scope).await?;
        applications.extend(learned.into_iter().map(|learned| learned.application));
    }
    Ok(applications)
}

async fn read<P: Ports>(
    api: &Api<P>,
    applications: &[Application],
    paging: &Paging,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    keep: impl Fn(&ChangeEvent) -> bool,
) -> Result<Page<Event>, PortError> {
    if applications.is_empty() {
        return Ok(Page { items: vec![], next: None });
    }
    let one = |source: usize, ask: Ask| {
        let application: &Application = &applications[source];
        async move {
            let page = api.ports.list_events(&application.id, &ask).await?;
            let items = page.items.into_iter().map(|event| (application.clone(), event)).collect();
            Ok(Page { items, next: page.next })
        }
    };
    let mut follows = paging.follows();
    let kept = |event: &Event| follows(&position(event)) && keep(&event.1);
    wanted(applications.len(), paging.ask(from, to), one, position, kept).await
}
