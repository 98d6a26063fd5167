//! What this is, where it looks, and its clock.

use super::applications::seen;
use crate::api::{Api, Pace, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::wire;
use axum::extract::State;

const CLOCK: &str = "CLOCK";
/// So many seconds in one, at most.
const MOST_SPEED: f64 = 3600.0;

pub async fn status<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::GetStatusRequest>,
) -> Result<Answer<wire::GetStatusResponse>, Error> {
    let (last, unseen) = seen(&api).await?;
    let unseen = unseen.into_iter().map(|unseen| wire::UnseenThing { what: unseen.what, why: unseen.reason });
    Ok(Answer(wire::GetStatusResponse {
        product: "Stackseer".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        region: api.setup.own.region.clone(),
        account: api.setup.own.account.clone(),
        source: api.setup.source,
        now: api.now().into(),
        last_watch: last.map(Into::into),
        unseen: unseen.collect(),
    }))
}

pub async fn clock<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::GetClockRequest>,
) -> Result<Answer<wire::GetClockResponse>, Error> {
    let Pace { paused, speed } = pace(&api)?;
    Ok(Answer(wire::GetClockResponse { paused, speed, now: api.now().into() }))
}

pub async fn set_clock<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::SetClockRequest>,
) -> Result<Answer<wire::SetClockResponse>, Error> {
    pace(&api)?;
    if input.speed.is_some_and(|speed| !(speed > 0.0 && speed <= MOST_SPEED)) {
        return Err(Error::field(
            "Speed",
            format!("Speed is more than 0 and at most {MOST_SPEED} seconds in a second"),
        ));
    }
    if !api.setup.clock.set(input.paused, input.speed, input.now.map(|now| now.0)) {
        return Err(Error::field("Now", "The clock can't be set to that time"));
    }
    let Pace { paused, speed } = pace(&api)?;
    Ok(Answer(wire::SetClockResponse { paused, speed, now: api.now().into() }))
}

fn pace<P: Ports>(api: &Api<P>) -> Result<Pace, Error> {
    api.setup.clock.pace().ok_or_else(|| Error::not_found(CLOCK, "clock"))
}
