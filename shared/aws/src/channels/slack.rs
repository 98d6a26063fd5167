use super::Links;
use crate::error::port_error;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use serde_json::Value;
use stackseer_model::ports::{Channel, PortError};
use stackseer_model::{Filter, Insight, Message};
use stackseer_notify::slack;
use std::fmt;
use std::time::Duration;
use tokio::sync::Mutex;

const ACTION: &str = "slack:webhook";
const READ: &str = "secretsmanager:GetSecretValue";
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// Slack's own words for a refusal are short.
const MOST_SAID: usize = 100;

/// An incoming webhook. Whoever knows its URL can write to the channel, so that it is in a secret, and never in what is
/// logged or shown.
pub(super) struct Slack {
    secrets: Client,
    secret: String,
    id: String,
    known: Mutex<Option<Webhook>>,
    filter: Filter,
    links: Links,
    answer_within: Duration,
}

#[derive(Clone)]
pub(super) struct Webhook(pub(super) reqwest::Url);

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook")
    }
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack").field("id", &self.id).field("known", &self.known).finish_non_exhaustive()
    }
}

impl Webhook {
    /// The URL itself, or JSON with it as `url`.
    pub(super) fn read(secret: &str) -> Option<Self> {
        let json: Option<Value> = serde_json::from_str(secret).ok();
        let text = json.as_ref().map_or(Some(secret), |json| json["url"].as_str().or(json.as_str()))?;
        let url = reqwest::Url::parse(text.trim()).ok()?;
        // Without TLS only to this machine.
        (url.scheme() == "https" || url.host_str() == Some("127.0.0.1")).then_some(Self(url))
    }
}

impl Slack {
    pub(super) fn new(sdk: &SdkConfig, secret: &str, filter: Filter, links: Links) -> Self {
        Self {
            secrets: Client::new(sdk),
            secret: secret.to_owned(),
            id: format!("slack:{secret}"),
            known: Mutex::default(),
            filter,
            links,
            answer_within: ANSWER_WITHIN,
        }
    }

    #[cfg(test)]
    pub(super) fn answering_within(self, answer_within: Duration) -> Self {
        Self { answer_within, ..self }
    }

    /// Read once, and again after the URL was refused.
    async fn webhook(&self) -> Result<Webhook, PortError> {
        let mut known = self.known.lock().await;
        if let Some(webhook) = known.as_ref() {
            return Ok(webhook.clone());
        }
        let answer = self.secrets.get_secret_value().secret_id(&self.secret).send().await;
        let answer = answer.map_err(|e| match port_error(READ, e) {
            PortError::NotFound { .. } => PortError::NotFound { what: format!("secret {}", self.secret) },
            other => other,
        })?;
        let webhook = answer.secret_string().and_then(Webhook::read).ok_or_else(|| PortError::Permanent {
            action: READ.to_owned(),
            message: format!("the secret {} is neither an https URL nor {{\"url\": …}}", self.secret),
        })?;
        Ok(known.insert(webhook).clone())
    }

    async fn post(&self, webhook: &Webhook, payload: &Value) -> Result<(), PortError> {
        let transient = |message: String| PortError::Transient { action: ACTION.to_owned(), message };
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(self.answer_within)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| PortError::Permanent { action: ACTION.to_owned(), message: said(e) })?;
        let request = client.post(webhook.0.clone()).header("content-type", "application/json");
        let answer = request.body(payload.to_string()).send().await.map_err(|e| transient(said(e)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let words = answer.text().await.unwrap_or_default();
        let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_SAID).collect();
        // Whatever stands in between may say whom it could not reach.
        let leaks = words.contains("://") || words.contains(webhook.0.path());
        let message = format!("Slack answered {}: {}", status.as_u16(), if leaks { "" } else { &words });
        Err(match status.as_u16() {
            429 | 500.. => transient(message),
            _ => PortError::Permanent { action: ACTION.to_owned(), message },
        })
    }
}

/// The outer text names the URL, the innermost cause what happened.
fn said(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() { "no answer in time".to_owned() } else { crate::error::deepest(&error) }
}

impl Channel for Slack {
    fn id(&self) -> &str {
        &self.id
    }

    fn wants(&self, message: &Message, insight: &Insight) -> bool {
        self.filter.wants(message, insight)
    }

    async fn deliver(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        let webhook = self.webhook().await?;
        let result = self.post(&webhook, &slack::payload(message, insight, &self.links)).await;
        if let Err(PortError::Permanent { .. }) = result {
            // It may have been replaced since.
            *self.known.lock().await = None;
        }
        result
    }
}
