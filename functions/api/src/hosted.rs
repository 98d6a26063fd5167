//! The hosted console's requests: they come through the HTTP API, under `/api`, with the claims of an access token whose signature,
//! issuer, client, scope and time the HTTP API's authorizer has checked.

use crate::front::{context, known};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizerJwtDescription as Token;
use lambda_http::request::RequestContext;
use stackseer_api::{Access, Caller, Error};

/// No operation is called so.
const PREFIX: &str = "/api/";
/// Those of the user pool who may change something.
const OPERATORS: &str = "operators";

/// By its path or its token: whatever has one of them needs both.
pub fn is_from(request: &Request) -> bool {
    request.uri().path().starts_with(PREFIX) || token(request).is_some()
}

/// As the API is asked: without the prefix, and with who asks. `access` is the most that the function may do for anybody.
pub fn admitted(mut request: Request, access: Access) -> Result<Request, Error> {
    let token = token(&request).ok_or_else(|| denied("the request has no token of somebody who is signed in"))?;
    let (caller, theirs) = visitor(token)?;
    *request.uri_mut() = without_prefix(request.uri()).ok_or_else(|| denied("the path is not under /api"))?;
    let access = if access == Access::Change { theirs } else { access };
    Ok(known(request, caller, access))
}

/// For a browser, which shows what it is sent and keeps it where it may.
pub fn protected(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn token(request: &Request) -> Option<&Token> {
    match context(request)? {
        RequestContext::ApiGatewayV2(context) => context.authorizer.as_ref()?.jwt.as_ref(),
        _ => None,
    }
}

/// Everybody whom the pool lets in may look.
fn visitor(token: &Token) -> Result<(Caller, Access), Error> {
    let claim = |name: &str| token.claims.get(name).map(String::as_str);
    if claim("token_use") != Some("access") {
        return Err(denied("the token is not an access token"));
    }
    let name = claim("username").filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| denied("the token does not say whose it is"))?;
    let groups = claim("cognito:groups").map_or(Ok(vec![]), groups)?;
    let access = if groups.contains(&OPERATORS) { Access::Change } else { Access::Look };
    Ok((Caller(name.to_owned()), access))
}

/// The HTTP API writes a claim that is a list as `[a b]`. No group has a space in its name.
fn groups(text: &str) -> Result<Vec<&str>, Error> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let inner = inner.ok_or_else(|| denied("the token's groups can't be read"))?;
    Ok(inner.split_whitespace().collect())
}

fn without_prefix(uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(PREFIX)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("/{rest}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

fn denied(why: &str) -> Error {
    Error::AccessDenied(format!("Sign in again: {why}"))
}

#[cfg(test)]
mod tests {
    use crate::front::tests::{answered, sample, text};
    use axum::http::StatusCode;
    use serde_json::{Value, json};
    use stackseer_api::Access;

    const EVENT: &str = "operate-signed-in";

    fn claims(event: &mut Value) -> &mut Value {
        &mut event["requestContext"]["authorizer"]["jwt"]["claims"]
    }

    async fn seen(event: &Value, access: Access) -> String {
        let answer = answered(event, access).await;
        assert_eq!(
            (answer.status(), &answer.headers()["cache-control"]),
            (StatusCode::OK, &"no-store".parse().unwrap())
        );
        text(answer).await
    }

    async fn refused(event: &Value) -> String {
        let answer = answered(event, Access::Change).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(
            (&answer.headers()["x-amzn-errortype"], &answer.headers()["x-content-type-options"]),
            (&"AccessDeniedException".parse().unwrap(), &"nosniff".parse().unwrap())
        );
        text(answer).await
    }

    #[tokio::test]
    async fn an_operator_changes_and_is_known_by_name() {
        let mut event = sample(EVENT);
        event["rawQueryString"] = json!("a=b%20c");
        let who = "PUT https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/resource-collections?a=b%20c anna";
        assert_eq!(seen(&event, Access::Change).await, format!("{who} Change"));
        assert_eq!(seen(&event, Access::Look).await, format!("{who} Look"), "through a function that may only look");
        claims(&mut event)["cognito:groups"] = json!("[night-shift operators]");
        assert!(seen(&event, Access::Change).await.ends_with(" Change"));
    }

    #[tokio::test]
    async fn who_is_in_no_such_group_only_looks() {
        let mut event = sample(EVENT);
        for groups in [
            "[]",
            "[readers]",
            "[Operators]",
            "[operators]]",
            "[operators,readers]",
            "[operators-of-old not-operators]",
        ] {
            claims(&mut event)["cognito:groups"] = json!(groups);
            assert!(seen(&event, Access::Change).await.ends_with(" anna Look"), "{groups}");
        }
        claims(&mut event).as_object_mut().unwrap().remove("cognito:groups");
        assert!(seen(&event, Access::Change).await.ends_with(" anna Look"));
    }

    #[tokio::test]
    async fn claims_that_are_missing_or_garbled_are_refused() {
        for (claim, value) in [
            ("token_use", json!("id")),
            ("token_use", Value::Null),
            ("username", Value::Null),
            ("username", json!(" ")),
            ("cognito:groups", json!("operators")),
            ("cognito:groups", json!("[operators")),
            ("cognito:groups", json!("")),
        ] {
            let mut event = sample(EVENT);
            match value {
                Value::Null => drop(claims(&mut event).as_object_mut().unwrap().remove(claim)),
                ref value => claims(&mut event)[claim] = value.clone(),
            }
            assert!(refused(&event).await.contains("Sign in again"), "{claim} {value}");
        }
        let mut event = sample(EVENT);
        *claims(&mut event) = json!(null);
        refused(&event).await;
    }

    /// A route without its authorizer would let everybody in, if the function took that for an invocation.
    #[tokio::test]
    async fn a_path_of_the_hosted_console_needs_a_token_and_a_token_that_path() {
        let mut event = sample(EVENT);
        for none in [json!({}), json!(null), json!({"iam": {"userArn": "arn:aws:iam::123456789012:user/operator"}})] {
            event["requestContext"]["authorizer"] = none;
            assert!(refused(&event).await.contains("no token"));
        }
        for path in ["/resource-collections", "/api/../resource-collections", "/apis/resource-collections", "/api"] {
            let mut event = sample(EVENT);
            event["rawPath"] = json!(path);
            assert!(refused(&event).await.contains("not under /api"), "{path}");
        }
        let mut twice = sample(EVENT);
        twice["rawPath"] = json!("/api/api/resource-collections");
        assert_eq!(answered(&twice, Access::Change).await.status(), StatusCode::NOT_FOUND);
    }
}
