//! The commands that do something.

use super::ask::Asked;
use super::{How, Told, find, told};
use crate::args::{self, ChannelAct, Level, MuteAct, SensitivityAct};
use crate::render::answer;
use anyhow::{Result, bail};
use axum::http::Method;
use serde_json::{Value, json};
use stackseer_api::wire;

pub async fn acknowledge(asked: &Asked, about: &args::Ack) -> Result<Told> {
    let id = find::insight(asked, &about.id).await?;
    let path = format!("/stackseer/insights/{id}/acknowledgement");
    if about.undo {
        let answer = asked.ask(Method::DELETE, &path, Value::Null).await?;
        return said(answer, &format!("{id} waits for somebody to look after it"));
    }
    let answer = asked.ask(Method::PUT, &path, Value::Null).await?;
    told(answer, |answer: wire::AcknowledgeInsightResponse| {
        format!("{id} is acknowledged by {}\n", answer.acknowledgement.by)
    })
}

pub async fn assign(asked: &Asked, about: &args::Assign) -> Result<Told> {
    let id = find::insight(asked, &about.id).await?;
    let path = format!("/stackseer/insights/{id}/assignee");
    match &about.who {
        Some(who) => {
            let answer = asked.ask(Method::PUT, &path, json!({"Assignee": who})).await?;
            said(answer, &format!("{id} is {who}'s"))
        }
        None => {
            let answer = asked.ask(Method::DELETE, &path, Value::Null).await?;
            said(answer, &format!("{id} is nobody's in particular"))
        }
    }
}

pub async fn note(asked: &Asked, about: &args::Note) -> Result<Told> {
    let id = find::insight(asked, &about.id).await?;
    let path = format!("/stackseer/insights/{id}/notes");
    match (&about.text, &about.delete) {
        (Some(text), _) => {
            let answer = asked.ask(Method::POST, &path, json!({"Text": text})).await?;
            told(answer, |answer: wire::AddNoteResponse| format!("noted on {id} as {}\n", answer.note.id))
        }
        (None, note) => {
            let note = note.as_deref().unwrap_or_default();
            let answer = asked.ask(Method::DELETE, &format!("{path}/{note}"), Value::Null).await?;
            said(answer, &format!("the note {note} is off {id}"))
        }
    }
}

pub async fn channels(asked: &Asked, about: &args::Channels, how: &How) -> Result<Told> {
    match &about.act {
        None => {
            let found = asked.all("/channels", json!({})).await?;
            told(found, |found: wire::ListNotificationChannelsResponse| {
                answer::channels(&found.channels.unwrap_or_default(), how.width)
            })
        }
        Some(ChannelAct::Add { topic, severity, message }) => {
            let mut config = json!({"Sns": {"TopicArn": topic}});
            if !severity.is_empty() {
                config["Filters"]["Severities"] = severity.iter().map(|s| s.to_uppercase()).collect();
            }
            if !message.is_empty() {
                config["Filters"]["MessageTypes"] =
                    message.iter().map(|m| m.replace('-', "_").to_uppercase()).collect();
            }
            let answer = asked.ask(Method::PUT, "/channels", json!({"Config": config})).await?;
            told(answer, |answer: wire::AddNotificationChannelResponse| {
                format!("{topic} is told, as channel {}\n", answer.id)
            })
        }
        Some(ChannelAct::Test { id }) => {
            let answer = asked.ask(Method::POST, &format!("/stackseer/channels/{id}/test"), Value::Null).await?;
            said(answer, &format!("a test message went to the channel {id}"))
        }
        Some(ChannelAct::Remove { id }) => {
            let answer = asked.ask(Method::DELETE, &format!("/channels/{id}"), Value::Null).await?;
            said(answer, &format!("the channel {id} is told nothing more"))
        }
    }
}

pub const MUTES: &str = "/stackseer/mutes";

pub async fn mute(asked: &Asked, about: &args::Mute, how: &How) -> Result<Told> {
    match &about.act {
        None => {
            let found = asked.get(MUTES).await?;
            told(found, |found: wire::ListMutesResponse| answer::mutes(&found.mutes, how.width))
        }
        Some(MuteAct::Add { what, reason, hours, window, minutes, time_zone }) => {
            let (kind, named) = what.target();
            let mut mute = json!({"What": target(asked, (kind, named)).await?, "Reason": reason});
            if let Some(hours) = hours {
                let now = asked.status().await?.now.0;
                mute["Until"] = (now.as_second() + i64::from(*hours) * 3600).into();
            }
            if let Some(cron) = window {
                mute["Window"] = json!({"Cron": cron, "Minutes": minutes, "TimeZone": time_zone});
            }
            let answer = asked.ask(Method::POST, MUTES, mute).await?;
            told(answer, |answer: wire::AddMuteResponse| {
                let when = answer.mute.window.map_or_else(String::new, |w| {
                    format!(" for {} minutes from `{}` on, {}", w.minutes, w.cron, w.time_zone)
                });
                format!("nobody is told of {named}{when}, by mute {}\n", answer.mute.id)
            })
        }
        Some(MuteAct::Remove { id }) => {
            let answer = asked.ask(Method::DELETE, &format!("{MUTES}/{id}"), Value::Null).await?;
            said(answer, &format!("the mute {id} has ended"))
        }
    }
}

pub const SENSITIVITIES: &str = "/stackseer/sensitivities";
const DAY: i64 = 24 * 3600;

pub async fn sensitivity(asked: &Asked, about: &args::Sensitivity, how: &How) -> Result<Told> {
    match &about.act {
        None => {
            let found = asked.get(SENSITIVITIES).await?;
            told(found, |found: wire::ListSensitivitiesResponse| answer::sensitivities(&found, how.width))
        }
        Some(SensitivityAct::Set { level, what, days }) => {
            let what_json = target(asked, what.target()).await?;
            let (level, word) = match level {
                Level::Low => ("LOW", "low"),
                Level::Medium => ("MEDIUM", "medium"),
                Level::High => ("HIGH", "high"),
            };
            let mut set = json!({"What": what_json, "Sensitivity": level});
            if let Some(days) = days {
                let now = asked.status().await?.now.0;
                set["Until"] = (now.as_second() + i64::from(*days) * DAY).into();
            }
            let answer = asked.ask(Method::PUT, SENSITIVITIES, set).await?;
            said(answer, &format!("{} has {word} sensitivity from the next look on", what.target().1))
        }
        Some(SensitivityAct::Unset { what }) => {
            let what_json = target(asked, what.target()).await?;
            let found = asked.get(SENSITIVITIES).await?;
            let of_it = |set: &&Value| set["What"] == what_json;
            let Some(set) = found["Sensitivities"].as_array().into_iter().flatten().find(of_it) else {
                bail!("no sensitivity is set of {}; `stackseer sensitivity` lists those that are", what.target().1)
            };
            let id = set["Id"].as_str().unwrap_or_default();
            let answer = asked.ask(Method::DELETE, &format!("{SENSITIVITIES}/{id}"), Value::Null).await?;
            said(answer, &format!("the sensitivity of {} is taken back", what.target().1))
        }
    }
}

/// As the API wants it: an application by its id.
pub async fn target(asked: &Asked, (kind, named): (&str, &str)) -> Result<Value> {
    let key = match kind {
        "Application" => find::application(asked, named).await?,
        _ => named.to_owned(),
    };
    Ok(json!({kind: key}))
}

/// Where the answer has nothing that a person wants to know.
fn said(answer: Value, text: &str) -> Result<Told> {
    told(answer, |_: Value| format!("{text}\n"))
}
