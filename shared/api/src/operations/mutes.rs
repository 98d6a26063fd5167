//! What nobody is told of.

use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use stackseer_model::{ApplicationId, Mute, MuteId, Quiet, ResourceId, Window};

const MUTE: &str = "MUTE";
/// Every watch goes through all of them.
const MOST_MUTES: usize = 200;

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::ListMutesRequest>,
) -> Result<Answer<wire::ListMutesResponse>, Error> {
    let settings = api.settings().await?;
    let now = api.now();
    // What is over holds no more, though it may still be there.
    let held = settings.mutes.values().filter(|mute| mute.until.is_none_or(|until| now < until));
    Ok(Answer(wire::ListMutesResponse { mutes: held.map(setting::mute).collect() }))
}

pub async fn add<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::AddMuteRequest>,
) -> Result<Answer<wire::AddMuteResponse>, Error> {
    let (what, named) = quiet(&input.what)?;
    let from = input.from.map_or_else(|| api.now(), |time| time.0);
    let until = input.until.map(|time| time.0);
    if until.is_some_and(|until| until <= from) {
        return Err(Error::field("Until", "A mute ends after it begins: Until must be after From"));
    }
    let window = input.window.as_ref().map(window).transpose()?;
    let mute = Mute::new(&api.setup.own, what, &input.reason, (from, until), window, &caller.0);
    let entry = api.entry(&caller, &format!("Muted {named}: {}", input.reason), None);
    api.change(&entry, |settings| {
        if settings.mutes.len() >= MOST_MUTES && !settings.mutes.contains_key(&mute.id) {
            return Err(Error::QuotaExceeded(format!("There are {MOST_MUTES} mutes already, and no more can be")));
        }
        settings.mutes.insert(mute.id.clone(), mute.clone());
        Ok(())
    })
    .await?;
    Ok(Answer(wire::AddMuteResponse { mute: setting::mute(&mute) }))
}

fn quiet(what: &wire::MuteTarget) -> Result<(Quiet, String), Error> {
    let wire::MuteTarget { application, check, metric, resource } = what;
    Ok(match (resource, metric, check, application) {
        (Some(id), None, None, None) => (Quiet::Resource { id: ResourceId(id.clone()) }, format!("the resource {id}")),
        (None, Some(key), None, None) => (Quiet::Metric { key: key.clone() }, format!("the metric {key}")),
        (None, None, Some(id), None) => (Quiet::Check { id: id.clone(), resource: None }, format!("the check {id}")),
        (Some(on), None, Some(id), None) => {
            let resource = Some(ResourceId(on.clone()));
            (Quiet::Check { id: id.clone(), resource }, format!("the check {id} on {on}"))
        }
        (None, None, None, Some(id)) => {
            (Quiet::Application { id: ApplicationId(id.clone()) }, format!("the application {id}"))
        }
        _ => {
            let message =
                "What must be exactly one of Resource, Metric, Check and Application, or a Check on a Resource";
            return Err(Error::combination("What", message));
        }
    })
}

fn window(window: &wire::MaintenanceWindow) -> Result<Window, Error> {
    let minutes = u32::try_from(window.minutes).unwrap_or(u32::MAX);
    Window::new(&window.cron, minutes, &window.time_zone).map_err(|error| Error::field("Window", error.to_string()))
}

pub async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::DeleteMuteRequest>,
) -> Result<Answer<wire::DeleteMuteResponse>, Error> {
    let id = MuteId(input.id.clone());
    let entry = api.entry(&caller, &format!("Ended the mute {id}"), None);
    let missing = || Error::not_found(MUTE, &input.id);
    api.change(&entry, |settings| settings.mutes.remove(&id).map(drop).ok_or_else(missing)).await?;
    Ok(Answer(wire::DeleteMuteResponse {}))
}
