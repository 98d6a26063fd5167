//! What DevOps Guru would charge for an application, and what it costs to watch it with Stackseer.

use super::applications::APPLICATION;
use super::command;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_catalog::Catalog;
use stackseer_model::ports::PortError;
use stackseer_model::{
    Application, Boundary, Estimate, EstimatedResources, Inventory, LearnedApplication, ResourceId, Watching,
};
use std::collections::BTreeMap;

const ESTIMATE: &str = "COST_ESTIMATION";
const USUAL_PAGE: usize = 100;

/// DevOps Guru's dollars per active resource and hour, and how many hours its estimates have.
const GROUP_A: f64 = 0.0028;
const GROUP_B: f64 = 0.0042;
const IN_GROUP_A: [&str; 2] = ["AWS::Lambda::Function", "AWS::S3::Bucket"];
const HOURS: i64 = 720;
/// Dollars per metric requested of `GetMetricData`, and watches an hour.
const PER_METRIC: f64 = 0.01 / 1000.0;
const WATCHES_AN_HOUR: f64 = 12.0;

pub async fn start<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::StartCostEstimationRequest>,
) -> Result<Answer<wire::StartCostEstimationResponse>, Error> {
    let of = asked(&input.resource_collection)?;
    let resources = counted(&api, &learned(&api, &of).await?.application).await?;
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

fn asked(collection: &wire::CostEstimationResourceCollectionFilter) -> Result<Boundary, Error> {
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
    let sum = |of: fn(&wire::ServiceResourceCost) -> Option<f64>| costs.iter().filter_map(of).sum::<f64>();
    let (total_cost, stackseer_total_cost) = (Some(sum(|c| c.cost)), Some(sum(|c| c.stackseer_cost)));
    let (page, next_token) = paging.slice(costs, |cost| format!("{:?} {:?}", cost.r#type, cost.state));
    let end = asked.at + jiff::SignedDuration::from_hours(HOURS);
    Ok(Answer(wire::GetCostEstimationResponse {
        costs: Some(page),
        next_token,
        resource_collection: Some(collection(&asked.of)),
        stackseer_total_cost,
        status: Some(wire::CostEstimationStatus::Completed),
        time_range: Some(wire::CostEstimationTimeRange {
            start_time: Some(asked.at.into()),
            end_time: Some(end.into()),
        }),
        total_cost,
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

/// By type, those that publish anything and those that don't.
async fn counted<P: Ports>(api: &Api<P>, of: &Application) -> Result<Vec<EstimatedResources>, PortError> {
    let states = api.ports.resource_states(of).await?.unwrap_or_default();
    let inventory = api.ports.learned_inventory(of).await?.unwrap_or_default();
    let mut counted: BTreeMap<(&str, bool), (usize, usize)> = BTreeMap::new();
    for state in &states {
        let is_active = state.watching == Watching::Watched;
        let (count, metrics) = counted.entry((state.resource.resource_type.as_str(), !is_active)).or_default();
        *count += 1;
        *metrics += if is_active { symptoms(&inventory, &state.resource.id) } else { 0 };
    }
    let estimated = |((resource_type, is_idle), (count, metrics)): ((&str, bool), (usize, usize))| EstimatedResources {
        resource_type: resource_type.to_owned(),
        is_active: !is_idle,
        count,
        metrics,
    };
    Ok(counted.into_iter().map(estimated).collect())
}

fn cost(of: &EstimatedResources) -> wire::ServiceResourceCost {
    let hours = HOURS as f64;
    let unit = if IN_GROUP_A.contains(&of.resource_type.as_str()) { GROUP_A } else { GROUP_B };
    wire::ServiceResourceCost {
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

/// How many of its metrics are read at every watch.
fn symptoms(inventory: &Inventory, id: &ResourceId) -> usize {
    let Some(resource) = inventory.resource(id) else { return 0 };
    let (metrics, _) = Catalog::builtin().metrics_of(resource, |_, _| vec![]);
    metrics.iter().filter(|metric| metric.opens).count()
}
