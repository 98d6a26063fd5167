//! SNS: DevOps Guru's JSON for machines, readable text for people.

use crate::detail::{Dialect, detail, fitting};
use crate::{Links, email, text};
use serde::Serialize;
use serde_json::json;
use stackseer_model::{Insight, Message, MessageType, NotificationChannel, Scope};

/// SNS takes 256 KB, attributes included.
const MOST_BYTES: usize = 256 * 1024 - 2048;
/// One SMS.
const MOST_SMS: usize = 140;
const TEST: &str = "TEST";

/// What `Publish` is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    pub subject: String,
    /// For `MessageStructure=json`.
    pub message: String,
    /// What subscriptions filter by, and of an insight's message an id that is the same on a second delivery.
    pub attributes: Vec<(&'static str, String)>,
}

/// SQS, Lambda and HTTP subscribers get `default`: named one by one they would multiply the size.
#[derive(Serialize)]
struct Protocols<'a> {
    default: &'a str,
    email: &'a str,
    sms: &'a str,
}

/// DevOps Guru's JSON, as a subscriber's message.
pub fn body(message: &Message, insight: &Insight, links: &Links) -> String {
    fitting(MOST_BYTES, insight.anomalies.len(), |most| json(message, insight, links, most))
}

pub fn publish(message: &Message, insight: &Insight, links: &Links) -> Publish {
    let subject = email::subject(message, insight);
    let mail = email::text(message, insight, links);
    let sms = text::clip(&subject, MOST_SMS);
    // Measured from outside: there every quotation mark counts twice.
    let whole = fitting(MOST_BYTES, insight.anomalies.len(), |most| {
        let default = json(message, insight, links, most);
        serde_json::to_string(&Protocols { default: &default, email: &mail, sms: &sms }).unwrap_or_default()
    });
    let attributes = vec![
        ("MessageType", message_type(message.message_type).to_owned()),
        ("insightSeverity", text::severity(insight.severity).to_owned()),
        ("messageId", message.id.clone()),
    ];
    Publish { subject, message: whole, attributes }
}

/// A message that says that it is a test: of no insight, so that no pager takes it for one.
pub fn test(channel: &NotificationChannel, scope: &Scope) -> Publish {
    let subject = "[TEST] Stackseer can reach this topic".to_owned();
    let body = json!({
        "accountId": scope.account,
        "region": scope.region,
        "messageType": TEST,
        "channelId": channel.id.as_str(),
    });
    let mail = email::test(channel, scope);
    let protocols = Protocols { default: &body.to_string(), email: &mail, sms: &subject };
    let message = serde_json::to_string(&protocols).unwrap_or_default();
    Publish { subject, message, attributes: vec![("MessageType", TEST.to_owned())] }
}

fn json(message: &Message, insight: &Insight, links: &Links, most: usize) -> String {
    // Texts, numbers and lists of them: there is nothing that JSON can't say.
    serde_json::to_string(&detail(message, insight, links, Dialect::Sns, most)).unwrap_or_default()
}

pub(crate) fn message_type(message: MessageType) -> &'static str {
    match message {
        MessageType::NewInsight => "NEW_INSIGHT",
        MessageType::ClosedInsight => "CLOSED_INSIGHT",
        MessageType::NewAssociation => "NEW_ASSOCIATION",
        MessageType::SeverityUpgraded => "SEVERITY_UPGRADED",
        MessageType::NewRecommendation => "NEW_RECOMMENDATION",
    }
}
