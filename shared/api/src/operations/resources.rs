//! Every resource that was found, watched or not.

use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::show::resource::{monitored, resource_type_filter};
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::PortError;
use stackseer_model::{LearnedApplication, ResourceState, Watching};

const USUAL_PAGE: usize = 50;
const USUAL_OWN_PAGE: usize = 200;

pub async fn monitored_resources<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListMonitoredResourcesRequest>,
) -> Result<Answer<wire::ListMonitoredResourcesResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Text)?;
    let applications = super::applications::asked(&api, None).await?;
    let takes = |state: &ResourceState| {
        input.filters.as_ref().is_none_or(|filters| {
            let kinds = &filters.resource_type_filters;
            filters.resource_permission == wire::ResourcePermission::FullPermission
                && (kinds.is_empty()
                    || resource_type_filter(&state.resource.resource_type).is_some_and(|kind| kinds.contains(&kind)))
        })
    };
    let (identifiers, next_token) = read(&api, applications, &paging, takes).await?;
    Ok(Answer(wire::ListMonitoredResourcesResponse { monitored_resource_identifiers: identifiers, next_token }))
}

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListResourcesRequest>,
) -> Result<Answer<wire::ListResourcesResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_OWN_PAGE, Ids::Text)?;
    let applications = super::applications::asked(&api, input.application.as_deref()).await?;
    let takes = |state: &ResourceState| input.state.is_none_or(|wanted| self::state(&state.watching) == wanted);
    let (identifiers, next_token) = read(&api, applications, &paging, takes).await?;
    Ok(Answer(wire::ListResourcesResponse { monitored_resource_identifiers: identifiers, next_token }))
}

pub fn state(watching: &Watching) -> wire::CoverageState {
    match watching {
        Watching::Watched | Watching::WatchedInPart { .. } => wire::CoverageState::Watched,
        Watching::WithoutMetrics { .. } => wire::CoverageState::WithoutMetrics,
        Watching::NotSupported => wire::CoverageState::NotSupported,
    }
}

/// Application by application, so that a page reads no more of them than it shows.
async fn read<P: Ports>(
    api: &Api<P>,
    mut applications: Vec<LearnedApplication>,
    paging: &Paging,
    takes: impl Fn(&ResourceState) -> bool,
) -> Result<(Vec<wire::MonitoredResourceIdentifier>, Option<String>), PortError> {
    applications.sort_by(|a, b| a.application.id.cmp(&b.application.id));
    let mut parts = paging.parts(applications.iter().map(|learned| learned.application.id.as_str()));
    let mut shown = Vec::new();
    while let Some(part) = parts.next() {
        let learned = &applications[part];
        let mut states = api.ports.resource_states(&learned.application).await?.unwrap_or_default();
        states.retain(&takes);
        states.sort();
        let taken = parts.take(states, |state| state.resource.id.to_string());
        shown.extend(taken.iter().map(|state| monitored(&learned.application, state, learned.at)));
    }
    Ok((shown, parts.token()))
}
