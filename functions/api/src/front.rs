//! Who asks, as the way in says, before anything is answered.

use crate::hosted;
use anyhow::{Result, bail};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use lambda_http::request::RequestContext;
use stackseer_api::{Access, Caller};

/// As the function's role allows: IAM says who may invoke which function.
pub fn access(may_change: &str) -> Result<Access> {
    Ok(match may_change {
        "true" => Access::Change,
        "false" => Access::Look,
        other => bail!("STACKSEER_MAY_CHANGE is `{other}`; write true or false"),
    })
}

/// Around the API and not behind its routes: the hosted console asks under another path.
pub fn door(api: Router, access: Access) -> Router {
    let admit = move |request: Request, next: Next| async move {
        if hosted::is_from(&request) {
            return match hosted::admitted(request, access) {
                Ok(request) => hosted::protected(next.run(request).await),
                Err(refused) => hosted::protected(refused.into_response()),
            };
        }
        let caller = signer(context(&request));
        next.run(known(request, caller, access)).await
    };
    Router::new().fallback_service(api).layer(from_fn(admit))
}

pub fn known(mut request: Request, caller: Caller, access: Access) -> Request {
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(access);
    request
}

pub fn context(request: &Request) -> Option<&RequestContext> {
    request.extensions().get()
}

/// The identity that signed for a Function URL, or that whoever invoked the function says it has; CloudTrail has who did.
fn signer(context: Option<&RequestContext>) -> Caller {
    let authorizer = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref(),
        _ => None,
    };
    let arn = authorizer.and_then(|a| a.iam.as_ref()).and_then(|iam| iam.user_arn.clone());
    Caller(arn.unwrap_or_else(|| "somebody with lambda:InvokeFunction".to_owned()))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::response::Response;
    use axum::routing::any;
    use lambda_http::request::from_str;
    use lambda_http::tower::ServiceExt;
    use serde_json::{Value, json};

    pub fn sample(name: &str) -> Value {
        let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    pub async fn answered(event: &Value, access: Access) -> Response {
        let show = |request: Request| async move {
            let (caller, access) = (request.extensions().get::<Caller>(), request.extensions().get::<Access>());
            format!("{} {} {} {:?}", request.method(), request.uri(), caller.unwrap().0, access.unwrap())
        };
        let api = Router::new().route("/resource-collections", any(show));
        let request = from_str(&event.to_string()).unwrap().map(|body| Body::from(body.to_vec()));
        door(api, access).oneshot(request).await.unwrap()
    }

    pub async fn text(answer: Response) -> String {
        String::from_utf8(to_bytes(answer.into_body(), 1000).await.unwrap().to_vec()).unwrap()
    }

    /// What the API sees.
    async fn seen(event: &Value, access: Access) -> String {
        text(answered(event, access).await).await
    }

    #[tokio::test]
    async fn the_api_knows_who_signed_and_what_they_may() {
        let who = "PUT https://stackseer.lambda-url.eu-west-1.on.aws/resource-collections arn:aws:iam::123456789012:user/operator";
        assert_eq!(seen(&sample("operate-add-stack"), Access::Change).await, format!("{who} Change"));
        assert_eq!(seen(&sample("operate-add-stack"), access("false").unwrap()).await, format!("{who} Look"));
    }

    #[tokio::test]
    async fn who_does_not_say_who_they_are_is_shown_so() {
        let mut event = sample("operate-add-stack");
        event["requestContext"]["authorizer"] = json!({});
        assert!(seen(&event, Access::Change).await.contains("somebody with lambda:InvokeFunction"));
        assert!(access("yes").is_err());
    }
}
