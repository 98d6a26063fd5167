//! From method and path to the operation.

use crate::api::{Api, Ports};
use crate::body::{json, unknown};
use crate::generated::Operation;
use crate::operations::insights;
use axum::Router;
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
    router.fallback(unknown).method_not_allowed_fallback(unknown).with_state(api)
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
    match operation {
        Operation::ListInsights => on(method, insights::list::<P>),
        Operation::DescribeInsight => on(method, insights::describe::<P>),
        _ => on(method, unknown),
    }
}
