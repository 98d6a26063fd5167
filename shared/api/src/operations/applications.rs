//! What is watched as one: its health, and who calls whom in it.

use super::health::{Open, open};
use super::resources::state;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show;
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::PortError;
use stackseer_model::{
    Edge, EdgeKind, Insight, LearnedApplication, ResourceId, ResourceRef, ResourceState, Severity, Timestamp, Unseen,
};
use stackseer_notify as notify;
use std::cmp::Reverse;
use std::collections::BTreeMap;

pub const APPLICATION: &str = "APPLICATION";

/// All of one's own account and Region, or the one that is named.
pub async fn asked<P: Ports>(api: &Api<P>, id: Option<&str>) -> Result<Vec<LearnedApplication>, Error> {
    let mut learned = api.ports.learned_applications(&api.setup.own).await?;
    if let Some(id) = id {
        learned.retain(|learned| learned.application.id.as_str() == id);
        if learned.is_empty() {
            return Err(Error::not_found(APPLICATION, id));
        }
    }
    Ok(learned)
}

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::ListApplicationsRequest>,
) -> Result<Answer<wire::ListApplicationsResponse>, Error> {
    let mut learned = asked(&api, None).await?;
    let last = api.ports.last_watched(&api.setup.own).await?;
    let open = open(&api, &api.setup.own).await?;
    let of = |learned: &LearnedApplication| open.of(|insight| insight.application.id == learned.application.id);
    let rank = |learned: &LearnedApplication| {
        let open = of(learned);
        (Reverse((open.severity(), open.reactive(), open.proactive())), learned.application.name.clone())
    };
    learned.sort_by_cached_key(rank);
    let applications = learned
        .iter()
        .map(|learned| watched(learned, &of(learned), last.get(&learned.application.id).copied()))
        .collect();
    Ok(Answer(wire::ListApplicationsResponse { applications }))
}

fn watched(learned: &LearnedApplication, open: &Open, last: Option<Timestamp>) -> wire::WatchedApplication {
    let wire::ApplicationName { id, name, kind } = show::resource::application(&learned.application);
    let counted = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let watching = learned.watching();
    wire::WatchedApplication {
        id,
        name,
        kind,
        health: wire::ApplicationHealth {
            open_reactive: open.reactive(),
            open_proactive: open.proactive(),
            severity: open.severity().map(show::severity),
        },
        watching: wire::ApplicationWatching {
            watched: counted(watching.watched),
            without_metrics: counted(watching.without_metrics),
            not_supported: counted(watching.not_supported),
        },
        update_time: learned.at.into(),
        last_watch: last.map(Into::into),
    }
}

pub async fn topology<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::GetTopologyRequest>,
) -> Result<Answer<wire::GetTopologyResponse>, Error> {
    let learned = asked(&api, Some(&input.id)).await?.remove(0);
    let application = &learned.application;
    let missing = || Error::not_found(APPLICATION, &input.id);
    let inventory = api.ports.learned_inventory(application).await?.ok_or_else(missing)?;
    let states = api.ports.resource_states(application).await?.unwrap_or_default();
    let wrong = wrong(&api, &learned).await?;
    let is_shown = |id: &ResourceId| states.iter().any(|state| state.resource.id == *id);
    let edges =
        inventory.edges.iter().filter(|edge| is_shown(&edge.from) && is_shown(&edge.to)).filter_map(edge).collect();
    let node = |state: &ResourceState| node(&learned, state, wrong.get(&state.resource.id));
    Ok(Answer(wire::GetTopologyResponse { nodes: states.iter().map(node).collect(), edges }))
}

/// What is wrong on a resource: the insights, and the worst that any says of it.
type Wrong = (Vec<String>, Severity);

async fn wrong<P: Ports>(api: &Api<P>, learned: &LearnedApplication) -> Result<BTreeMap<ResourceId, Wrong>, PortError> {
    let mut wrong: BTreeMap<ResourceId, Wrong> = BTreeMap::new();
    for insight in api.ports.open_insights(&learned.application.id).await? {
        for (resource, severity) in affected(&insight) {
            let (insights, worst) = wrong.entry(resource.id.clone()).or_insert_with(|| (vec![], severity));
            *worst = severity.max(*worst);
            if insights.last().map(String::as_str) != Some(insight.id.as_str()) {
                insights.push(insight.id.to_string());
            }
        }
    }
    Ok(wrong)
}

fn affected(insight: &Insight) -> impl Iterator<Item = (&ResourceRef, Severity)> {
    insight.anomalies.iter().map(|anomaly| (&anomaly.resource, anomaly.severity.min(insight.severity)))
}

fn node(learned: &LearnedApplication, of: &ResourceState, wrong: Option<&Wrong>) -> wire::TopologyNode {
    let resource = &of.resource;
    wire::TopologyNode {
        id: resource.id.to_string(),
        name: resource.name.clone(),
        r#type: resource.resource_type.clone(),
        label: show::resource::label(&resource.resource_type),
        arn: notify::arn(&learned.application, resource),
        state: state(&of.watching),
        insight_ids: wrong.map(|(insights, _)| insights.clone()).unwrap_or_default(),
        severity: wrong.map(|(_, severity)| show::severity(*severity)),
    }
}

fn edge(edge: &Edge) -> Option<wire::TopologyEdge> {
    let kind = match edge.kind {
        EdgeKind::Sync => wire::EdgeKind::Sync,
        EdgeKind::Async => wire::EdgeKind::Async,
        EdgeKind::Part => return None,
    };
    Some(wire::TopologyEdge { from: edge.from.to_string(), to: edge.to.to_string(), kind })
}

/// Since when all of it was looked at, which is when the one that was not for the longest time last was: none where one never
/// was. And what could not be seen.
pub async fn seen<P: Ports>(api: &Api<P>) -> Result<(Option<Timestamp>, Vec<Unseen>), PortError> {
    let learned = api.ports.learned_applications(&api.setup.own).await?;
    let last = api.ports.last_watched(&api.setup.own).await?;
    let last = learned.iter().map(|learned| last.get(&learned.application.id).copied()).min().flatten();
    let mut unseen = Vec::new();
    for learned in learned {
        unseen.extend(learned.unseen);
    }
    unseen.sort();
    unseen.dedup();
    Ok((last, unseen))
}
