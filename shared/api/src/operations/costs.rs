//! What DevOps Guru would charge for applications, and what it costs to watch them with Stackseer.

use super::applications::{APPLICATION, asked};
use super::command;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::{show, wire};
use axum::extract::State;
use serde_json::json;
use stackseer_catalog::Catalog;
use stackseer_model::ports::PortError;
use stackseer_model::{
    Application, Boundary, Estimate, EstimatedResources, Inventory, LearnedApplication, ResourceId, ResourceState,
    billed,
};
use std::collections::{BTreeMap, BTreeSet};

const ESTIMATE: &str = "COST_ESTIMATION";
const USUAL_PAGE: usize = 100;

/// How many hours DevOps Guru's estimates have.
const HOURS: i64 = 720;
/// Dollars per metric requested of `GetMetricData`, and watches an hour.
const PER_METRIC: f64 = 0.01 / 1000.0;
const WATCHES_AN_HOUR: f64 = 12.0;

pub async fn start<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::StartCostEstimationRequest>,
) -> Result<Answer<wire::StartCostEstimationResponse>, Error> {
    let of = boundary(&input.resource_collection)?;
    let resources = counted(&api, &[learned(&api, &of).await?.application]).await?;
    let asked = Estimate { of, at: api.now(), token: input.client_token.clone(), resources };
    let command = command("start-cost-estimation", &[("resource-collection", json!(input.resource_collection))]);
    let entry = api.entry(&caller, &format!("Asked what {} would cost", name(&api, &asked.of)), Some(&command));
    api.change(&entry, |settings| {
        let same_token =
            settings.estimate.as_ref().filter(|before| asked.token.is_some() && before.token == asked.token);
        match same_token {
            Some(before) if before.of == asked.of => {}
            Some(_) => {
                let id = asked.token.clone().unwrap_or_default();
                let message = "This ClientToken was used for another estimate".to_owned();
                return Err(Error::Conflict { kind: ESTIMATE, id, message });
            }
            None => settings.estimate = Some(asked.clone()),
        }
        Ok(())
    })
    .await?;
    Ok(Answer(wire::StartCostEstimationResponse {}))
}

fn boundary(collection: &wire::CostEstimationResourceCollectionFilter) -> Result<Boundary, Error> {
    let stacks = collection.cloud_formation.as_ref().and_then(|stacks| stacks.stack_names.as_ref());
    match (stacks.map(Vec::as_slice), collection.tags.as_deref()) {
        (Some([name]), None) => Ok(Boundary::Stack { name: name.clone() }),
        (None, Some([tag])) if tag.tag_values.len() == 1 => {
            Ok(Boundary::Tag { key: tag.app_boundary_key.clone(), value: tag.tag_values[0].clone() })
        }
        _ => {
            let message = "ResourceCollection must have exactly one stack, or one tag key with one value";
            Err(Error::combination("ResourceCollection", message))
        }
    }
}

fn name<P: Ports>(api: &Api<P>, of: &Boundary) -> String {
    Application::new(&api.setup.own.account, &api.setup.own.region, of.clone()).name
}

async fn learned<P: Ports>(api: &Api<P>, of: &Boundary) -> Result<LearnedApplication, Error> {
    let found = api.ports.learned_applications(&api.setup.own).await?;
    let found = found.into_iter().find(|learned| learned.application.boundary == *of);
    found.ok_or_else(|| Error::not_found(APPLICATION, name(api, of)))
}

/// As it was when it was asked for: there at once, as what is watched is known.
pub async fn get<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::GetCostEstimationRequest>,
) -> Result<Answer<wire::GetCostEstimationResponse>, Error> {
    let paging = Paging::new(Request::of(&input), input.next_token.as_deref(), None, USUAL_PAGE, Ids::Text)?;
    let Some(asked) = api.settings().await?.estimate else {
        return Ok(Answer(wire::GetCostEstimationResponse::default()));
    };
    let costs: Vec<wire::ServiceResourceCost> = asked.resources.iter().map(cost).collect();
    let (total_cost, stackseer_total_cost) = (sum(&costs, |c| c.cost), sum(&costs, |c| c.stackseer_cost));
    let (page, next_token) = paging.slice(costs, |cost| format!("{:?} {:?}", cost.r#type, cost.state));
    let end = asked.at + jiff::SignedDuration::from_hours(HOURS);
    Ok(Answer(wire::GetCostEstimationResponse {
        costs: Some(page),
        next_token,
        resource_collection: Some(collection(&asked.of)),
        stackseer_total_cost: Some(stackseer_total_cost),
        status: Some(wire::CostEstimationStatus::Completed),
        time_range: Some(wire::CostEstimationTimeRange {
            start_time: Some(asked.at.into()),
            end_time: Some(end.into()),
        }),
        total_cost: Some(total_cost),
    }))
}

fn collection(of: &Boundary) -> wire::CostEstimationResourceCollectionFilter {
    let mut collection = wire::CostEstimationResourceCollectionFilter::default();
    match of {
        Boundary::Stack { name } => {
            collection.cloud_formation = Some(wire::CloudFormationCostEstimationResourceCollectionFilter {
                stack_names: Some(vec![name.clone()]),
            });
        }
        Boundary::Tag { key, value } => {
            collection.tags = Some(vec![wire::TagCostEstimationResourceCollectionFilter {
                app_boundary_key: key.clone(),
                tag_values: vec![value.clone()],
            }]);
        }
        Boundary::Unassigned => {}
    }
    collection
}

/// Of what is watched now.
pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListCostsRequest>,
) -> Result<Answer<wire::ListCostsResponse>, Error> {
    let learned = asked(&api, input.application.as_deref()).await?;
    let applications: Vec<Application> = learned.into_iter().map(|learned| learned.application).collect();
    let costs: Vec<wire::ServiceResourceCost> = counted(&api, &applications).await?.iter().map(cost).collect();
    Ok(Answer(wire::ListCostsResponse {
        applications: applications.iter().map(show::resource::application).collect(),
        total_cost: sum(&costs, |cost| cost.cost),
        stackseer_total_cost: sum(&costs, |cost| cost.stackseer_cost),
        costs,
    }))
}

fn sum(costs: &[wire::ServiceResourceCost], of: fn(&wire::ServiceResourceCost) -> Option<f64>) -> f64 {
    costs.iter().filter_map(of).sum()
}

/// By type, those that publish anything and those that don't. A resource of several applications is one, but read for each.
async fn counted<P: Ports>(api: &Api<P>, of: &[Application]) -> Result<Vec<EstimatedResources>, PortError> {
    let mut counted: BTreeMap<(String, bool), (usize, usize)> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for application in of {
        let states = api.ports.resource_states(application).await?.unwrap_or_default();
        let inventory = api.ports.learned_inventory(application).await?.unwrap_or_default();
        for ResourceState { resource, watching } in states {
            let is_active = watching.is_watched();
            let (count, metrics) = counted.entry((resource.resource_type, !is_active)).or_default();
            *metrics += if is_active { symptoms(&inventory, &resource.id) } else { 0 };
            *count += usize::from(known.insert(resource.id));
        }
    }
    let counted = counted.into_iter().map(|((resource_type, is_idle), (count, metrics))| EstimatedResources {
        resource_type,
        is_active: !is_idle,
        count,
        metrics,
    });
    Ok(counted.collect())
}

fn cost(of: &EstimatedResources) -> wire::ServiceResourceCost {
    let hours = HOURS as f64;
    let unit = Catalog::builtin().devops_guru().price(&of.resource_type);
    wire::ServiceResourceCost {
        label: Some(show::resource::label(&of.resource_type)),
        r#type: Some(of.resource_type.clone()),
        state: Some(match of.is_active {
            true => wire::CostEstimationServiceResourceState::Active,
            false => wire::CostEstimationServiceResourceState::Inactive,
        }),
        count: of.count.try_into().ok(),
        unit_cost: Some(unit),
        cost: Some(if of.is_active { unit * of.count as f64 * hours } else { 0.0 }),
        stackseer_cost: Some(of.metrics as f64 * PER_METRIC * WATCHES_AN_HOUR * hours),
    }
}

/// How many of its metrics are billed at every watch.
fn symptoms(inventory: &Inventory, id: &ResourceId) -> usize {
    let Some(resource) = inventory.resource(id) else { return 0 };
    let (metrics, _) = Catalog::builtin().metrics_of(resource, |_, _| vec![]);
    billed(metrics.iter().filter(|metric| metric.opens).map(|metric| &metric.key))
}
