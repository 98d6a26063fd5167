//! Who asks, as the way in says, before anything is answered.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use lambda_http::request::RequestContext;
use stackseer_api::Caller;

/// Those of a user pool who may change what is set.
const OPERATORS: &str = "operators";

/// An HTTP API asks under `/api`, beside the page; everybody else for the very paths of the API.
pub fn door(api: Router, may_change: bool) -> Router {
    let api = api.layer(from_fn(move |mut request: Request, next: Next| async move {
        let context = request.extensions().get::<RequestContext>();
        let caller = caller(context, may_change);
        request.extensions_mut().insert(caller);
        next.run(request).await as Response
    }));
    Router::new().nest("/api", api.clone()).fallback_service(api)
}

/// `may_change` is what the function's role allows: IAM says who may invoke it. People of a user pool all come through the same
/// function, so that their group decides.
fn caller(context: Option<&RequestContext>, may_change: bool) -> Caller {
    let authorizer = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref(),
        _ => None,
    };
    if let Some(jwt) = authorizer.and_then(|a| a.jwt.as_ref()) {
        let claim = |name: &str| jwt.claims.get(name).cloned();
        let name = claim("email").or_else(|| claim("username")).or_else(|| claim("sub"));
        let groups = claim("cognito:groups").unwrap_or_default();
        return Caller {
            name: name.unwrap_or_else(|| "somebody signed in".to_owned()),
            may_change: may_change && is_in(&groups, OPERATORS),
        };
    }
    let arn = authorizer.and_then(|a| a.iam.as_ref()).and_then(|iam| iam.user_arn.clone());
    Caller { name: arn.unwrap_or_else(|| "somebody with lambda:InvokeFunction".to_owned()), may_change }
}

/// API Gateway writes the list as `[admins operators]`.
fn is_in(groups: &str, group: &str) -> bool {
    groups.trim_matches(['[', ']']).split([' ', ',']).any(|name| name == group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Extension;
    use axum::routing::get;
    use lambda_http::request::from_str;
    use lambda_http::tower::ServiceExt;
    use serde_json::{Value, json};

    fn sample(name: &str) -> Value {
        let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// The path that the API sees, and who asks.
    async fn seen(event: &Value, may_change: bool) -> String {
        let show = |request: Request| async move {
            let caller = request.extensions().get::<Caller>().unwrap();
            format!("{} {} {}", request.uri().path(), caller.name, caller.may_change)
        };
        let api = Router::new().fallback(show).route("/never", get(|_: Extension<Caller>| async {}));
        let request = from_str(&event.to_string()).unwrap();
        let request = request.map(|body| axum::body::Body::from(body.to_vec()));
        let answer = door(api, may_change).oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn who_signed_by_iam_may_what_the_function_may() {
        let event = sample("operate-add-stack");
        let who = "arn:aws:iam::123456789012:user/operator";
        assert_eq!(seen(&event, true).await, format!("/resource-collections {who} true"));
        assert_eq!(seen(&event, false).await, format!("/resource-collections {who} false"));
    }

    #[tokio::test]
    async fn who_signed_in_may_what_the_group_may() {
        let mut event = sample("operate-add-stack");
        event["rawPath"] = json!("/api/resource-collections");
        let claims = |groups: &str| json!({"jwt": {"claims": {"username": "kim", "cognito:groups": groups}, "scopes": null}});
        event["requestContext"]["authorizer"] = claims("[readers operators]");
        assert_eq!(seen(&event, true).await, "/resource-collections kim true");
        event["requestContext"]["authorizer"] = claims("[readers co-operators]");
        assert_eq!(seen(&event, true).await, "/resource-collections kim false");
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": {"username": "kim"}, "scopes": null}});
        assert_eq!(seen(&event, true).await, "/resource-collections kim false");
    }
}
