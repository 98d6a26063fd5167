//! Who asks, as the way in says, before anything is answered.

use anyhow::{Result, bail};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
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

pub fn door(api: Router, access: Access) -> Router {
    api.layer(from_fn(move |mut request: Request, next: Next| async move {
        let caller = caller(request.extensions().get());
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(access);
        next.run(request).await
    }))
}

/// The identity that signed for a Function URL, or that whoever invoked the function says it has; CloudTrail has who did.
fn caller(context: Option<&RequestContext>) -> Caller {
    let authorizer = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref(),
        _ => None,
    };
    let arn = authorizer.and_then(|a| a.iam.as_ref()).and_then(|iam| iam.user_arn.clone());
    Caller(arn.unwrap_or_else(|| "somebody with lambda:InvokeFunction".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use lambda_http::request::from_str;
    use lambda_http::tower::ServiceExt;
    use serde_json::{Value, json};

    fn sample() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/operate-add-stack.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// What the API sees.
    async fn seen(event: &Value, access: Access) -> String {
        let show = |request: Request| async move {
            let (caller, access) = (request.extensions().get::<Caller>(), request.extensions().get::<Access>());
            format!("{} {} {} {:?}", request.method(), request.uri().path(), caller.unwrap().0, access.unwrap())
        };
        let request = from_str(&event.to_string()).unwrap().map(|body| Body::from(body.to_vec()));
        let answer = door(Router::new().fallback(show), access).oneshot(request).await.unwrap();
        String::from_utf8(to_bytes(answer.into_body(), 1000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_api_knows_who_signed_and_what_they_may() {
        let who = "PUT /resource-collections arn:aws:iam::123456789012:user/operator";
        assert_eq!(seen(&sample(), Access::Change).await, format!("{who} Change"));
        assert_eq!(seen(&sample(), access("false").unwrap()).await, format!("{who} Look"));
    }

    #[tokio::test]
    async fn who_does_not_say_who_they_are_is_shown_so() {
        let mut event = sample();
        event["requestContext"]["authorizer"] = json!({});
        assert!(seen(&event, Access::Change).await.contains("somebody with lambda:InvokeFunction"));
        assert!(access("yes").is_err());
    }
}
