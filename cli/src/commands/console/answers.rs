//! Who answers the API's requests.

use super::deployed::Deployed;
use super::kept::Kept;
use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::json;
use stackseer_api::Caller;
use stackseer_api::generated::Operation;
use tower::ServiceExt;

pub enum Answers {
    /// The state on this machine.
    Kept(Kept),
    /// What this process holds.
    Held(Router),
    /// A deployment's functions.
    Deployed(Deployed),
}

impl Answers {
    pub async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        if !is_served(request.method(), request.uri().path()) {
            let message = format!("There is no operation {} {}", request.method(), request.uri().path());
            return validation(StatusCode::BAD_REQUEST, "UNKNOWN_OPERATION", &message);
        }
        request.extensions_mut().insert(user());
        match self {
            Self::Held(router) => of(router.clone(), request).await,
            Self::Kept(kept) => match kept.router().await {
                Ok(router) => of(router, request).await,
                Err(error) => internal(&format!("{error:#}")),
            },
            Self::Deployed(deployed) => deployed.answer(request).await,
        }
    }
}

/// Who works on this machine: nobody else gets here.
fn user() -> Caller {
    let named = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    Caller(named.unwrap_or_else(|| "the console".to_owned()))
}

pub async fn of(router: Router, request: Request<Body>) -> Response<Body> {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Nothing else reaches a store or a function.
fn is_served(method: &Method, path: &str) -> bool {
    let fits = |template: &str| {
        let parts =
            |(template, part): (&str, &str)| template == part || (template.starts_with('{') && !part.is_empty());
        template.split('/').count() == path.split('/').count() && template.split('/').zip(path.split('/')).all(parts)
    };
    let description = method == Method::GET && path == "/stackseer/openapi.json";
    description
        || Operation::ALL.iter().any(|operation| operation.method() == method.as_str() && fits(operation.path()))
}

/// In the API's own form, as all its clients read it.
fn error(status: StatusCode, code: &'static str, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(code));
    response
}

pub fn denied(message: &str) -> Response<Body> {
    error(StatusCode::FORBIDDEN, "AccessDeniedException", &json!({"Message": message}))
}

pub fn validation(status: StatusCode, reason: &str, message: &str) -> Response<Body> {
    error(status, "ValidationException", &json!({"Message": message, "Reason": reason, "Fields": []}))
}

pub fn internal(message: &str) -> Response<Body> {
    error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", &json!({"Message": message}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operations_are_served() {
        let served = [
            (Method::POST, "/insights"),
            (Method::GET, "/insights/abc"),
            (Method::GET, "/insights/search"),
            (Method::PUT, "/stackseer/insights/abc/acknowledgement"),
            (Method::GET, "/stackseer/openapi.json"),
        ];
        for (method, path) in served {
            assert!(is_served(&method, path), "{method} {path}");
        }
        let not = [
            (Method::GET, "/insights"),
            (Method::GET, "/insights/"),
            (Method::GET, "/insights/abc/more"),
            (Method::GET, "/insights/../accounts/health"),
            (Method::OPTIONS, "/insights"),
            (Method::GET, "//insights/abc"),
            (Method::GET, "/stackseer"),
            (Method::GET, "/"),
        ];
        for (method, path) in not {
            assert!(!is_served(&method, path), "{method} {path}");
        }
    }
}
