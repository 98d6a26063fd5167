//! The page as it is served: on one's own machine, or hosted for people who sign in.

use crate::{CONFIG, FILES};
use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use axum::middleware::map_response;
use axum::routing::get;
use serde_json::{Value, json};

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Where people sign in: a user pool of Cognito and its client without a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Of the tokens, as they say it.
    pub issuer: String,
    pub client_id: String,
    /// `https://HOST` of the pool's domain.
    pub address: String,
}

#[derive(Debug, Clone)]
pub struct Page {
    headers: Vec<(HeaderName, HeaderValue)>,
    config: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAddress(String);

impl std::fmt::Display for NoAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "people can't sign in at `{}`: it is not of the form https://HOST", self.0)
    }
}

impl std::error::Error for NoAddress {}

impl Page {
    /// Asks its own server, which knows who may come in.
    pub fn local() -> Self {
        let policy = HeaderValue::from_static(POLICY);
        let headers = vec![
            (CONTENT_SECURITY_POLICY, policy),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        Self { headers, config: json!({}) }
    }

    /// Asks its own server with a token of who is signed in. Fails where `address` would loosen the policy.
    pub fn hosted(sign_in: &SignIn) -> Result<Self, NoAddress> {
        let SignIn { issuer, client_id, address } = sign_in;
        if !is_origin(address) {
            return Err(NoAddress(address.clone()));
        }
        let policy = format!("{POLICY}; connect-src 'self' {address}");
        let mut page = Self::local();
        page.headers[0].1 = HeaderValue::try_from(policy).map_err(|_| NoAddress(address.clone()))?;
        page.headers.push((STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
        page.config = json!({"SignIn": {"Issuer": issuer, "ClientId": client_id, "Address": address}});
        Ok(page)
    }

    /// `GET` of every file under its own path, of the page itself under `/`, and of how it is served. The page keeps its state behind
    /// `#`, so that no other path is its own.
    pub fn router(&self) -> Router {
        let config = self.config.to_string();
        let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
        let told = move || async move { (headers, config) };
        let files = FILES.iter().fold(Router::new().route(CONFIG, get(told)), |router, file| {
            router.route(&file.route(), get(move |asked: HeaderMap| async move { file.answer(&asked) }))
        });
        let page = self.clone();
        let protect = move |mut response: Response<_>| {
            page.protect(response.headers_mut());
            async { response }
        };
        files.layer(map_response(protect))
    }

    /// What every answer carries that a browser may show, not only the page.
    pub fn protect(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }
}

/// Scheme, host and port, and nothing that a policy or a header would read as more.
fn is_origin(address: &str) -> bool {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    host.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
}
