//! From method and path to the operation.

use crate::access::guard;
use crate::api::{Api, Ports};
use crate::body::{json, unknown, with_request_id};
use crate::generated::Operation;
use crate::operations::{
    anomalies, applications, audit, channels, costs, coverage, events, expiries, feedback, handling, health, insights,
    integrations, mutes, organization, recommendations, resources, sensitivities, settings, status,
};
use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::{MethodFilter, MethodRouter, get, on};

const OPENAPI: &str = include_str!("generated/openapi.json");

/// All operations. Who may call which, the front door says before.
pub fn router<P: Ports>(api: Api<P>) -> Router {
    let mut router = Router::new().route("/stackseer/openapi.json", get(|| async { json(OPENAPI) }));
    for operation in Operation::ALL {
        router = router.route(operation.path(), route::<P>(operation));
        for path in hidden_by(operation) {
            router = router.route(path, route::<P>(operation));
        }
    }
    let router = router.fallback(unknown).method_not_allowed_fallback(unknown);
    router.layer(map_response(with_request_id)).with_state(api)
}

/// Paths of others that are one of this operation's too: `GET /insights/search` asks for an insight of that id.
fn hidden_by(operation: Operation) -> impl Iterator<Item = &'static str> {
    let fits = move |path: &str| {
        let same = |(mine, theirs): (&str, &str)| mine == theirs || (mine.starts_with('{') && !theirs.starts_with('{'));
        let is_as_long = operation.path().split('/').count() == path.split('/').count();
        is_as_long && operation.path() != path && operation.path().split('/').zip(path.split('/')).all(same)
    };
    let is_asked =
        move |path: &str| Operation::ALL.iter().any(|o| o.path() == path && o.method() == operation.method());
    let mut paths: Vec<&str> = Operation::ALL.iter().map(|other| other.path()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().filter(move |path| fits(path) && !is_asked(path))
}

fn method(operation: Operation) -> MethodFilter {
    match operation.method() {
        "GET" => MethodFilter::GET,
        "PUT" => MethodFilter::PUT,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::POST,
    }
}

fn route<P: Ports>(operation: Operation) -> MethodRouter<Api<P>> {
    let method = method(operation);
    let handler = match operation {
        Operation::AcknowledgeInsight => on(method, handling::acknowledge::<P>),
        Operation::AddMute => on(method, mutes::add::<P>),
        Operation::AddNote => on(method, handling::add_note::<P>),
        Operation::AddNotificationChannel => on(method, channels::add::<P>),
        Operation::AssignInsight => on(method, handling::assign::<P>),
        Operation::DeleteInsight => on(method, insights::delete::<P>),
        Operation::DeleteMute => on(method, mutes::delete::<P>),
        Operation::DeleteNote => on(method, handling::delete_note::<P>),
        Operation::DeleteSensitivity => on(method, sensitivities::delete::<P>),
        Operation::DescribeAccountHealth => on(method, health::account::<P>),
        Operation::DescribeAccountOverview => on(method, health::overview::<P>),
        Operation::DescribeAnomaly => on(method, anomalies::describe::<P>),
        Operation::DescribeEventSourcesConfig => on(method, integrations::event_sources::<P>),
        Operation::DescribeFeedback => on(method, feedback::describe::<P>),
        Operation::DescribeInsight => on(method, insights::describe::<P>),
        Operation::DescribeOrganizationHealth => on(method, organization::organization_health::<P>),
        Operation::DescribeOrganizationOverview => on(method, organization::overview::<P>),
        Operation::DescribeOrganizationResourceCollectionHealth => on(method, organization::collection::<P>),
        Operation::DescribeResourceCollectionHealth => on(method, health::collection::<P>),
        Operation::DescribeServiceIntegration => on(method, integrations::describe::<P>),
        Operation::GetClock => on(method, status::clock::<P>),
        Operation::GetCostEstimation => on(method, costs::get::<P>),
        Operation::GetResourceCollection => on(method, coverage::get::<P>),
        Operation::GetSeries => on(method, anomalies::series::<P>),
        Operation::GetSettings => on(method, settings::get::<P>),
        Operation::GetStatus => on(method, status::status::<P>),
        Operation::GetTopology => on(method, applications::topology::<P>),
        Operation::ListAnomaliesForInsight => on(method, anomalies::list::<P>),
        Operation::ListAnomalousLogGroups => on(method, anomalies::log_groups::<P>),
        Operation::ListApplications => on(method, applications::list::<P>),
        Operation::ListAudit => on(method, audit::list::<P>),
        Operation::ListChanges => on(method, events::changes::<P>),
        Operation::ListEvents => on(method, events::list::<P>),
        Operation::ListInsights => on(method, insights::list::<P>),
        Operation::ListMonitoredResources => on(method, resources::monitored_resources::<P>),
        Operation::ListMutes => on(method, mutes::list::<P>),
        Operation::ListNotificationChannels => on(method, channels::list::<P>),
        Operation::ListOrganizationInsights => on(method, organization::list::<P>),
        Operation::ListRecommendations => on(method, recommendations::list::<P>),
        Operation::ListResources => on(method, resources::list::<P>),
        Operation::ListCosts => on(method, costs::list::<P>),
        Operation::ListExpiries => on(method, expiries::list::<P>),
        Operation::ListSensitivities => on(method, sensitivities::list::<P>),
        Operation::PutFeedback => on(method, feedback::put::<P>),
        Operation::RemoveNotificationChannel => on(method, channels::remove::<P>),
        Operation::SearchInsights => on(method, insights::search::<P>),
        Operation::SearchOrganizationInsights => on(method, organization::search::<P>),
        Operation::SetClock => on(method, status::set_clock::<P>),
        Operation::SetSensitivity => on(method, sensitivities::set::<P>),
        Operation::StartCostEstimation => on(method, costs::start::<P>),
        Operation::TestChannel => on(method, channels::test::<P>),
        Operation::UnacknowledgeInsight => on(method, handling::unacknowledge::<P>),
        Operation::UnassignInsight => on(method, handling::unassign::<P>),
        Operation::UpdateEventSourcesConfig => on(method, integrations::update_event_sources::<P>),
        Operation::UpdateResourceCollection => on(method, coverage::update::<P>),
        Operation::UpdateServiceIntegration => on(method, integrations::update::<P>),
    };
    handler.layer(from_fn(move |request, next| guard(operation, request, next)))
}
