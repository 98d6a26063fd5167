//! The hosted console's page, to anybody who asks. It has no data and no permission: who wants more signs in and asks the API.

use anyhow::{Context, Result};
use axum::Router;
use lambda_http::{Error, tracing};
use stackseer_page::{Page, SignIn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    lambda_http::run(served(&|name| std::env::var(name).ok())?).await
}

fn served(read: &impl Fn(&str) -> Option<String>) -> Result<Router> {
    let setting = |name: &str| {
        read(name)
            .filter(|value| !value.is_empty())
            .with_context(|| format!("{name} is not set; template.yaml sets it"))
    };
    let sign_in = SignIn {
        issuer: setting("STACKSEER_ISSUER")?,
        client_id: setting("STACKSEER_CLIENT_ID")?,
        address: setting("STACKSEER_SIGN_IN")?,
    };
    Ok(Page::hosted(&sign_in).context("STACKSEER_SIGN_IN")?.router())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use lambda_http::request::from_str;
    use lambda_http::tower::ServiceExt;
    use serde_json::{Value, json};

    const SETTINGS: [(&str, &str); 3] = [
        ("STACKSEER_ISSUER", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"),
        ("STACKSEER_CLIENT_ID", "3n4b5urk1ft4fl3mg5e62d9ado"),
        ("STACKSEER_SIGN_IN", "https://stackseer-a1b2c3d4e5.auth.eu-west-1.amazoncognito.com"),
    ];

    fn without(missing: &str) -> Result<Router> {
        served(&|name| {
            SETTINGS.iter().find(|(known, _)| *known == name && name != missing).map(|(_, value)| (*value).to_owned())
        })
    }

    async fn asked(path: &str) -> (u16, String, Vec<u8>) {
        let sample = include_str!("../../../events/page-open.json");
        let mut event: Value = serde_json::from_str(sample).unwrap();
        event["rawPath"] = json!(path);
        let request = from_str(&event.to_string()).unwrap().map(|body| Body::from(body.to_vec()));
        let answer = without("").unwrap().oneshot(request).await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), policy, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn the_page_is_there_and_told_where_to_sign_in() {
        let (status, policy, _) = asked("/").await;
        assert_eq!(status, 200);
        assert!(policy.ends_with(SETTINGS[2].1), "{policy}");
        let (_, _, config) = asked("/config.json").await;
        let config: Value = serde_json::from_slice(&config).unwrap();
        assert_eq!(config["SignIn"]["ClientId"], SETTINGS[1].1);
    }

    #[tokio::test]
    async fn nothing_else_is_there() {
        for path in ["/insights", "/api", "/api/", "/stackseer/status", "/../etc/passwd", "/index.html"] {
            let (status, policy, body) = asked(path).await;
            assert_eq!((status, body.len()), (404, 0), "{path}");
            assert!(policy.contains("default-src 'self'"));
        }
    }

    #[test]
    fn without_its_settings_it_does_not_start() {
        for (name, _) in SETTINGS {
            assert!(format!("{:#}", without(name).unwrap_err()).contains(name));
        }
    }
}
