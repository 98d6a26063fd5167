//! `stackseer settings apply`: what is set becomes what a file says.

use super::ask::Asked;
use super::{How, Told, acts, told};
use crate::args::SettingsAct;
use crate::config::{Config, MuteRow, SensitivityRow, Subject};
use crate::render::answer;
use anyhow::Result;
use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stackseer_api::wire::{ListMutesResponse, ListSensitivitiesResponse, Mute, OwnSensitivity};
use stackseer_model::Timestamp;

/// What differs, and whether it was done.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Plan {
    pub applied: bool,
    /// As they are asked for. One of a thing that has another takes its place.
    pub set_sensitivities: Vec<Value>,
    pub add_mutes: Vec<Value>,
    pub unset_sensitivities: Vec<OwnSensitivity>,
    pub remove_mutes: Vec<Mute>,
}

pub async fn settings(asked: &Asked, act: &SettingsAct, how: &How) -> Result<Told> {
    let SettingsAct::Apply { settings, yes } = act;
    let config = Config::read_there(settings.config.as_deref())?;
    let now = asked.status().await?.now.0;
    let mut plan = plan(asked, &config, now).await?;
    if *yes {
        apply(asked, &plan).await?;
        plan.applied = true;
    }
    told(serde_json::to_value(&plan)?, |plan: Plan| answer::plan(&plan, how.width))
}

async fn plan(asked: &Asked, config: &Config, now: Timestamp) -> Result<Plan> {
    let sensitivities: ListSensitivitiesResponse = serde_json::from_value(asked.get(acts::SENSITIVITIES).await?)?;
    let mutes: ListMutesResponse = serde_json::from_value(asked.get(acts::MUTES).await?)?;
    // What feedback lowered ends by itself, and no file says so.
    let set = sensitivities.sensitivities.into_iter().filter(|own| own.insight_id.is_none());
    let mut plan = Plan { unset_sensitivities: set.collect(), remove_mutes: mutes.mutes, ..Plan::default() };
    let goes_on = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
    for row in config.sensitivities().iter().filter(|row| goes_on(row.until)) {
        let wanted = sensitivity(row, target(asked, &row.subject).await?);
        let of_it = |own: &OwnSensitivity| json!(own.what) == wanted["What"];
        let before = plan.unset_sensitivities.iter().position(of_it).map(|at| plan.unset_sensitivities.remove(at));
        if !before.is_some_and(|own| says(&json!(own), &wanted)) {
            plan.set_sensitivities.push(wanted);
        }
    }
    for row in config.mutes().iter().filter(|row| goes_on(row.until)) {
        let wanted = mute(row, target(asked, &row.subject).await?);
        match plan.remove_mutes.iter().position(|mute| says(&json!(mute), &wanted)) {
            Some(at) => drop(plan.remove_mutes.remove(at)),
            None => plan.add_mutes.push(wanted),
        }
    }
    Ok(plan)
}

/// Whether what is kept is what is wanted. Where nothing is wanted of its start, any is as good.
fn says(kept: &Value, wanted: &Value) -> bool {
    let same = |field: &str| match (&kept[field], &wanted[field]) {
        (Value::Number(kept), Value::Number(wanted)) => kept.as_f64() == wanted.as_f64(),
        (kept, wanted) => kept == wanted,
    };
    let start = wanted["From"].is_null() || same("From");
    start && ["What", "Sensitivity", "Reason", "Until", "Window"].into_iter().all(same)
}

async fn target(asked: &Asked, subject: &Subject) -> Result<Value> {
    match subject {
        Subject::Application(name) => acts::target(asked, ("Application", name)).await,
        Subject::Resource(id) => acts::target(asked, ("Resource", id)).await,
        Subject::Metric(key) => acts::target(asked, ("Metric", key)).await,
        Subject::Check { id, resource } => {
            let mut target = acts::target(asked, ("Check", id)).await?;
            if let Some(resource) = resource {
                target["Resource"] = acts::target(asked, ("Resource", resource)).await?["Resource"].clone();
            }
            Ok(target)
        }
    }
}

fn sensitivity(row: &SensitivityRow, what: Value) -> Value {
    let mut wanted = json!({"What": what, "Sensitivity": row.sensitivity});
    add_time(&mut wanted, "Until", row.until);
    wanted
}

fn mute(row: &MuteRow, what: Value) -> Value {
    let mut wanted = json!({"What": what, "Reason": row.reason});
    add_time(&mut wanted, "From", row.from);
    add_time(&mut wanted, "Until", row.until);
    if let Some(window) = &row.window {
        wanted["Window"] = json!({"Cron": window.cron(), "Minutes": window.minutes(), "TimeZone": window.time_zone()});
    }
    wanted
}

fn add_time(wanted: &mut Value, field: &str, time: Option<Timestamp>) {
    if let Some(time) = time {
        wanted[field] = time.as_second().into();
    }
}

async fn apply(asked: &Asked, plan: &Plan) -> Result<()> {
    for set in &plan.set_sensitivities {
        asked.ask(Method::PUT, acts::SENSITIVITIES, set.clone()).await?;
    }
    for add in &plan.add_mutes {
        asked.ask(Method::POST, acts::MUTES, add.clone()).await?;
    }
    for unset in &plan.unset_sensitivities {
        asked.ask(Method::DELETE, &format!("{}/{}", acts::SENSITIVITIES, unset.id), Value::Null).await?;
    }
    for remove in &plan.remove_mutes {
        asked.ask(Method::DELETE, &format!("{}/{}", acts::MUTES, remove.id), Value::Null).await?;
    }
    Ok(())
}
