//! What ends on a known day.

use super::applications::asked;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::{show, wire};
use axum::extract::State;
use stackseer_catalog::{Catalog, Ending, Expiry};
use stackseer_model::Application;

const USUAL_PAGE: usize = 200;

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListExpiriesRequest>,
) -> Result<Answer<wire::ListExpiriesResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Text)?;
    let mut found: Vec<(Application, Expiry)> = Vec::new();
    for learned in asked(&api, input.application.as_deref()).await? {
        let inventory = api.ports.learned_inventory(&learned.application).await?.unwrap_or_default();
        let expiries = Catalog::builtin().expiries(&inventory);
        found.extend(expiries.into_iter().map(|expiry| (learned.application.clone(), expiry)));
    }
    if let Some(to) = input.to {
        found.retain(|(_, expiry)| expiry.at().is_none_or(|at| at < to.0));
    }
    found.sort_by_key(|(of, expiry)| (expiry.at().is_none(), expiry.at(), of.id.clone()));
    let id = |(of, expiry): &(Application, Expiry)| format!("{} {} {}", of.id, expiry.resource.id, expiry.what);
    let (page, next_token) = paging.slice(found, id);
    let expiries = page.iter().map(|(of, expiry)| shown(of, expiry)).collect();
    Ok(Answer(wire::ListExpiriesResponse { expiries, next_token }))
}

fn shown(of: &Application, expiry: &Expiry) -> wire::Expiry {
    let (blocked, next, because) = match &expiry.ends {
        Ending::At { blocked, next, .. } => (*blocked, next.clone(), None),
        Ending::Unknown { because } => (None, None, Some(because.clone())),
    };
    wire::Expiry {
        application: show::resource::application(of),
        resource: show::resource::named(of, &expiry.resource),
        what: expiry.what.clone(),
        ends: expiry.at().map(Into::into),
        blocked: blocked.map(Into::into),
        next,
        because,
        check: expiry.check.clone(),
    }
}
