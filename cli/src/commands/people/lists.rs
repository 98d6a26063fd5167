//! The commands that look.

use super::ask::Asked;
use super::{How, Told, find, told};
use crate::args::{self, Which};
use crate::render::answer;
use anyhow::Result;
use serde_json::{Value, json};
use stackseer_api::wire;

const DAY: i64 = 24 * 3600;

pub async fn insights(asked: &Asked, about: &args::Insights, how: &How) -> Result<Told> {
    let now = asked.status().await?.now.0;
    let from = now.as_second() - i64::from(about.days) * DAY;
    let filters = |kind: &str| {
        let ongoing = json!({"Ongoing": {"Type": kind}});
        let closed = json!({"Closed": {"Type": kind, "EndTimeRange": {"FromTime": from}}});
        match about.status {
            Which::Ongoing => vec![ongoing],
            Which::Closed => vec![closed],
            // Whenever it began, it is still there.
            Which::Any => vec![ongoing, closed],
        }
    };
    let mut found = find::insights(asked, filters).await?;
    if let Some(name) = &about.application {
        let ids: Vec<String> = find::applications(asked, Some(name)).await?.into_iter().map(|a| a.id).collect();
        for list in found.as_object_mut().into_iter().flat_map(|lists| lists.values_mut()) {
            if let Some(list) = list.as_array_mut() {
                list.retain(|insight| ids.iter().any(|id| insight["Application"]["Id"] == id.as_str()));
            }
        }
    }
    told(found, |found| answer::insights(&found, about.status, now, how.width))
}

pub async fn insight(asked: &Asked, about: &args::OneInsight, how: &How) -> Result<Told> {
    let id = find::insight(asked, &about.id).await?;
    let mut whole = asked.get(&format!("/insights/{id}")).await?;
    let of = json!({"InsightId": id});
    for (list, path, body) in [
        ("Anomalies", format!("/anomalies/insight/{id}"), json!({})),
        ("Events", "/events".to_owned(), json!({"Filters": of})),
        ("Recommendations", "/recommendations".to_owned(), of.clone()),
    ] {
        let found = asked.all(&path, body).await?;
        let found = found.as_object().into_iter().flat_map(|lists| lists.values()).filter_map(Value::as_array);
        whole[list] = found.flatten().cloned().collect();
    }
    if !how.series {
        for anomaly in whole["Anomalies"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            anomaly.remove("Series");
        }
    }
    let now = asked.status().await?.now.0;
    told(whole, |whole| answer::insight(&whole, now, how.width, how.verbose))
}

pub async fn resources(asked: &Asked, about: &args::Resources, how: &How) -> Result<Told> {
    let mut query = String::new();
    if let Some(name) = &about.application {
        query = format!("&Application={}", find::application(asked, name).await?);
    }
    if let Some(state) = about.coverage {
        query += &format!("&State={}", state.name());
    }
    let found = asked.all_of(&format!("/stackseer/resources?MaxResults=200{query}")).await?;
    told(found, |found: wire::ListResourcesResponse| {
        answer::resources(&found.monitored_resource_identifiers, how.width)
    })
}

pub async fn changes(asked: &Asked, about: &args::Changes, how: &How) -> Result<Told> {
    let now = asked.status().await?.now.0;
    let from = now.as_second() - i64::from(about.days) * DAY;
    let mut query = format!("From={from}");
    if let Some(name) = &about.application {
        query += &format!("&Application={}", find::application(asked, name).await?);
    }
    let found = asked.all_of(&format!("/stackseer/changes?MaxResults=200&{query}")).await?;
    told(found, |found: wire::ListChangesResponse| answer::changes(&found.events, now, how.width))
}

pub async fn expiries(asked: &Asked, about: &args::Expiries, how: &How) -> Result<Told> {
    let now = asked.status().await?.now.0;
    let mut query = format!("To={}", now.as_second() + i64::from(about.days) * DAY);
    if let Some(name) = &about.application {
        query += &format!("&Application={}", find::application(asked, name).await?);
    }
    let found = asked.all_of(&format!("/stackseer/expiries?MaxResults=200&{query}")).await?;
    told(found, |found: wire::ListExpiriesResponse| answer::expiries(&found.expiries, about.days, now, how.width))
}

pub async fn topology(asked: &Asked, about: &args::Topology, how: &How) -> Result<Told> {
    let mut all = Vec::new();
    for application in find::applications(asked, about.application.as_deref()).await? {
        let mut topology = asked.get(&format!("/stackseer/applications/{}/topology", application.id)).await?;
        topology["Application"] = json!({"Id": application.id, "Name": application.name});
        all.push(topology);
    }
    told(Value::Array(all), |all: Vec<answer::Topology>| answer::topologies(&all, how.width))
}
