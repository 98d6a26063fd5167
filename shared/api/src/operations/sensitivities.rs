//! How rare something must be on a metric to be unusual.

use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use stackseer_model::{MetricSensitivity, Sensitivity, SensitivityId};

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
    let (id, by) = (SensitivityId::of(&api.setup.own, &input.metric), caller.0.clone());
    let set = MetricSensitivity { id, metric: input.metric, sensitivity, until, by, feedback: None };
    let level = serde_json::json!(input.sensitivity);
    let what = format!("Set the sensitivity of {} to {}", set.metric, level.as_str().unwrap_or_default());
    let entry = api.entry(&caller, &what, None);
    api.change(&entry, |settings| {
        if settings.sensitivities.len() >= MOST_SENSITIVITIES && !settings.sensitivities.contains_key(&set.id) {
            let message = format!("{MOST_SENSITIVITIES} metrics have a sensitivity of their own, and no more can");
            return Err(Error::QuotaExceeded(message));
        }
        settings.sensitivities.insert(set.id.clone(), set.clone());
        Ok(())
    })
    .await?;
    Ok(Answer(wire::SetSensitivityResponse { sensitivity: setting::sensitivity(&set) }))
}

pub async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::DeleteSensitivityRequest>,
) -> Result<Answer<wire::DeleteSensitivityResponse>, Error> {
    let id = SensitivityId(input.id.clone());
    let missing = || Error::not_found(SENSITIVITY, &input.id);
    let before = api.settings().await?.sensitivities.remove(&id).ok_or_else(missing)?;
    let entry = api.entry(&caller, &format!("Gave {} the general sensitivity again", before.metric), None);
    api.change(&entry, |settings| settings.sensitivities.remove(&id).map(drop).ok_or_else(missing)).await?;
    Ok(Answer(wire::DeleteSensitivityResponse {}))
}
