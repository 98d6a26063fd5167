//! A deployment, asked by `lambda:Invoke` with the user's own credentials: nothing of it listens on the network.

use super::answers::{denied, internal};
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use stackseer_aws::{Aws, Functions};
use stackseer_model::ports::PortError;
use std::collections::BTreeMap;

pub struct Deployed {
    functions: Functions,
    stack: String,
    caller: String,
    account: String,
}

/// As a function behind API Gateway answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<String>,
}

impl Deployed {
    pub fn new(aws: &Aws, stack: &str) -> Self {
        let (caller, account) = (aws.caller().to_owned(), aws.account().to_owned());
        Self { functions: aws.functions(), stack: stack.to_owned(), caller, account }
    }

    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else { return internal("the request broke off") };
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let event = self.event(&parts.method, path, query, &String::from_utf8_lossy(&body), Timestamp::now());
        let function = function(&self.stack, &parts.method, path);
        match self.functions.invoke(&function, event.to_string().into_bytes()).await {
            Ok(payload) => {
                answer(&payload).unwrap_or_else(|| internal(&format!("{function} did not answer as an API does")))
            }
            Err(PortError::Denied { message, .. }) => denied(&message),
            Err(PortError::NotFound { .. }) => internal(&format!(
                "there is no function {function}: is {} the name of the stack that Stackseer is deployed as, and the Region its own?",
                self.stack
            )),
            Err(error) => internal(&error.to_string()),
        }
    }

    /// In API Gateway's format 2.0, as a front door would send it.
    fn event(&self, method: &Method, path: &str, query: &str, body: &str, now: Timestamp) -> Value {
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"content-type": "application/json"},
            "requestContext": {
                "accountId": self.account,
                "apiId": "console",
                "authorizer": {"iam": {"accountId": self.account, "userArn": self.caller}},
                "domainName": "console",
                "domainPrefix": "console",
                "http": {
                    "method": method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "stackseer",
                },
                "requestId": super::keys::random(16),
                "routeKey": "$default",
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.as_millisecond(),
            },
            "body": body,
            "isBase64Encoded": false,
        })
    }
}

/// Who may look need not be allowed to change anything. DevOps Guru asks many questions by POST; ours don't.
fn function(stack: &str, method: &Method, path: &str) -> String {
    let writes = match *method {
        Method::GET | Method::HEAD => false,
        Method::POST => path.starts_with("/stackseer/"),
        _ => true,
    };
    format!("{stack}-{}", if writes { "operate" } else { "api" })
}

fn answer(payload: &[u8]) -> Option<Response<Body>> {
    let answered: Answered = serde_json::from_slice(payload).ok()?;
    let mut response = Response::new(Body::from(answered.body.unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(answered.status_code).ok()?;
    let passed = [CONTENT_TYPE, HeaderName::from_static("x-amzn-errortype"), HeaderName::from_static("retry-after")];
    for (name, value) in &answered.headers {
        let name: HeaderName = name.parse().ok()?;
        if passed.contains(&name) {
            response.headers_mut().insert(name, HeaderValue::from_str(value).ok()?);
        }
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_goes_to_the_function_that_may() {
        let reads = [
            (Method::POST, "/insights"),
            (Method::POST, "/feedback"),
            (Method::GET, "/stackseer/audit"),
            (Method::POST, "/channels"),
        ];
        for (method, path) in reads {
            assert_eq!(function("seer", &method, path), "seer-api", "{method} {path}");
        }
        let writes = [
            (Method::PUT, "/feedback"),
            (Method::DELETE, "/insights/x"),
            (Method::POST, "/stackseer/insights/x/notes"),
            (Method::PUT, "/channels"),
        ];
        for (method, path) in writes {
            assert_eq!(function("seer", &method, path), "seer-operate", "{method} {path}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_passed_on_with_what_clients_read_of_it() {
        let payload = json!({
            "statusCode": 404,
            "headers": {"content-type": "application/json", "X-Amzn-ErrorType": "ResourceNotFoundException", "access-control-allow-origin": "*"},
            "multiValueHeaders": {},
            "body": "{}",
            "isBase64Encoded": false,
        });
        let response = answer(payload.to_string().as_bytes()).unwrap();
        assert_eq!((response.status(), response.headers().len()), (StatusCode::NOT_FOUND, 2));
        assert_eq!(response.headers()["x-amzn-errortype"], "ResourceNotFoundException");
        assert_eq!(to_bytes(response.into_body(), 10).await.unwrap(), "{}");
        for broken in ["", "null", r#"{"statusCode": 9}"#] {
            assert!(answer(broken.as_bytes()).is_none(), "{broken}");
        }
    }
}
