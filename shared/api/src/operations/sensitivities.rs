//! How rare something must be to be unusual.

use super::quoted;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use stackseer_model::{ApplicationId, Judged, OwnSensitivity, ResourceId, Sensitivity, SensitivityId};

const SENSITIVITY: &str = "SENSITIVITY";
const MOST_SENSITIVITIES: usize = 500;

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::ListSensitivitiesRequest>,
) -> Result<Answer<wire::ListSensitivitiesResponse>, Error> {
    let (settings, now) = (api.settings().await?, api.now());
    let held = settings.sensitivities.values().filter(|set| set.holds_at(now));
    let sensitivities = held.map(setting::sensitivity).collect();
    Ok(Answer(wire::ListSensitivitiesResponse { general: setting::level(api.setup.sensitivity), sensitivities }))
}

pub async fn set<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::SetSensitivityRequest>,
) -> Result<Answer<wire::SetSensitivityResponse>, Error> {
    let until = input.until.map(|time| time.0);
    if until.is_some_and(|until| until <= api.now()) {
        return Err(Error::field("Until", "Until must be in the future"));
    }
    let sensitivity = match input.sensitivity {
        wire::SensitivityLevel::Low => Sensitivity::Low,
        wire::SensitivityLevel::Medium => Sensitivity::Medium,
        wire::SensitivityLevel::High => Sensitivity::High,
    };
    let set = OwnSensitivity::new(&api.setup.own, judged(&input.what)?, sensitivity, until, &caller.0);
    let what = format!("Set the sensitivity of {} to {}", said(&set.of), sensitivity.word());
    let entry = api.entry(&caller, &what, Some(&command(&format!("set {}", sensitivity.word()), &set.of)));
    api.change(&entry, |settings| {
        if settings.sensitivities.len() >= MOST_SENSITIVITIES && !settings.sensitivities.contains_key(&set.id) {
            let message = format!("{MOST_SENSITIVITIES} sensitivities are set already, and no more can be");
            return Err(Error::QuotaExceeded(message));
        }
        settings.sensitivities.insert(set.id.clone(), set.clone());
        Ok(())
    })
    .await?;
    Ok(Answer(wire::SetSensitivityResponse { sensitivity: setting::sensitivity(&set) }))
}

fn judged(what: &wire::SensitivityTarget) -> Result<Judged, Error> {
    let wire::SensitivityTarget { application, metric, resource } = what;
    Ok(match (application, resource, metric) {
        (Some(id), None, None) => Judged::Application { id: ApplicationId(id.clone()) },
        (None, Some(id), None) => Judged::Resource { id: ResourceId(id.clone()) },
        (None, None, Some(key)) => Judged::Metric { key: key.clone() },
        _ => {
            let message = "What must be exactly one of Resource, Metric and Application";
            return Err(Error::combination("What", message));
        }
    })
}

fn said(judged: &Judged) -> String {
    let (kind, which) = judged.said();
    format!("the {kind} {which}")
}

fn command(act: &str, of: &Judged) -> String {
    let (kind, which) = of.said();
    format!("stackseer sensitivity {act} --{kind} {}", quoted(which.to_owned()))
}

pub async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::DeleteSensitivityRequest>,
) -> Result<Answer<wire::DeleteSensitivityResponse>, Error> {
    let id = SensitivityId(input.id.clone());
    let missing = || Error::not_found(SENSITIVITY, &input.id);
    let before = api.settings().await?.sensitivities.remove(&id).ok_or_else(missing)?;
    let what = format!("Took the sensitivity of {} back", said(&before.of));
    let entry = api.entry(&caller, &what, Some(&command("unset", &before.of)));
    api.change(&entry, |settings| settings.sensitivities.remove(&id).map(drop).ok_or_else(missing)).await?;
    Ok(Answer(wire::DeleteSensitivityResponse {}))
}
