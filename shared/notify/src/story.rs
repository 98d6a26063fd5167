//! What a person is told, whatever the format: what happened, why, what to do, where to look.

use crate::detail::{Dialect, told};
use crate::text::{clip, clock, lasted, moment, named, one_line, short};
use crate::{Links, text};
use stackseer_model::*;

/// More of each is behind the link.
const MOST_AFFECTED: usize = 5;
const MOST_CHANGES: usize = 4;
const MOST_ADVICE: usize = 3;
const MOST_SENTENCE: usize = 600;

pub(crate) struct Story {
    /// `HIGH`
    pub severity: String,
    /// `New insight`
    pub what: &'static str,
    pub closed: bool,
    pub name: String,
    /// `stack shop`
    pub application: String,
    /// `eu-central-1`
    pub region: String,
    pub account: String,
    /// `since 22 Nov 14:03 UTC`
    pub when: String,
    /// Why this message was sent, where the rest doesn't say it.
    pub reason: Option<String>,
    pub affected: Vec<String>,
    pub more_affected: usize,
    /// What somebody changed around the start.
    pub changes: Vec<String>,
    /// `shop-checkout (Lambda Function): Invocations, 83 % of the harm`, and why.
    pub cause: Option<(String, String)>,
    /// Said where no cause says it.
    pub description: Option<String>,
    pub advice: Vec<Advice>,
    pub link: String,
}

pub(crate) struct Advice {
    pub name: String,
    pub description: String,
    pub reason: String,
    pub link: String,
}

pub(crate) fn story(message: &Message, insight: &Insight, links: &Links) -> Story {
    let closed = message.message_type == MessageType::ClosedInsight;
    // Of what is told now, not of all there is: an e-mail about two more need not name the first five again.
    let anomalies = told(message, insight, Dialect::EventBridge).unwrap_or_default();
    let affected: Vec<String> = anomalies.iter().take(MOST_AFFECTED).map(|a| sentence(&a.description)).collect();
    let causes_said = insight.causes.iter().any(|cause| cause.reason == insight.description);
    Story {
        severity: text::severity(insight.severity).to_uppercase(),
        what: what(message, insight),
        closed,
        name: sentence(&insight.name),
        application: match &insight.application.boundary {
            Boundary::Stack { name } => format!("stack {name}"),
            Boundary::Tag { value, .. } => format!("application {value}"),
            Boundary::Unassigned => "resources in no stack".to_owned(),
        },
        region: insight.application.region.clone(),
        account: insight.application.account.clone(),
        when: when(insight),
        reason: matches!(message.message_type, MessageType::ClosedInsight | MessageType::SeverityUpgraded)
            .then(|| sentence(&message.reason))
            .filter(|reason| !reason.is_empty()),
        more_affected: anomalies.len() - affected.len(),
        affected,
        changes: changes(insight),
        cause: insight.causes.first().map(|first| (head(first, insight.insight_type()), sentence(&first.reason))),
        description: (!causes_said && insight.description != insight.name && !insight.description.is_empty())
            .then(|| sentence(&insight.description)),
        advice: match closed {
            true => vec![],
            false => insight.recommendations.iter().take(MOST_ADVICE).map(advice).collect(),
        },
        link: links.insight(insight),
    }
}

fn what(message: &Message, insight: &Insight) -> &'static str {
    match message.message_type {
        MessageType::NewInsight if insight.repeat.is_some() => "Repeated insight",
        MessageType::NewInsight => "New insight",
        MessageType::ClosedInsight => "Closed",
        MessageType::NewAssociation => "More is affected",
        MessageType::SeverityUpgraded => "Severity raised",
        MessageType::NewRecommendation => "New recommendation",
    }
}

fn when(insight: &Insight) -> String {
    let start = insight.start_time;
    match (insight.status, insight.end_time) {
        (Status::Closed, Some(end)) => {
            let day = |time: Timestamp| time.strftime("%F").to_string();
            let end_said = if day(start) == day(end) { clock(end) } else { format!("{} UTC", moment(end)) };
            format!("{} to {end_said}, {}", moment(start), lasted(start, end))
        }
        _ => format!("since {} UTC", moment(start)),
    }
}

fn head(cause: &Cause, insight_type: InsightType) -> String {
    let metric = cause.metric.as_ref().map_or_else(String::new, |metric| format!(": {metric}"));
    let share = match insight_type {
        InsightType::Reactive => {
            cause.share.map_or_else(String::new, |share| format!(", {:.0} % of the harm", share * 100.0))
        }
        InsightType::Proactive => String::new(),
    };
    sentence(&format!("{}{metric}{share}", named(&cause.resource.name, &cause.resource.resource_type)))
}

/// Those nearest to the start, in order.
fn changes(insight: &Insight) -> Vec<String> {
    let mut events: Vec<&ChangeEvent> = insight.events.iter().collect();
    events.sort_by_key(|e| (e.time.as_second() - insight.start_time.as_second()).abs());
    events.truncate(MOST_CHANGES);
    events.sort_by_key(|e| e.time);
    events.into_iter().map(change).collect()
}

fn change(event: &ChangeEvent) -> String {
    let resources: Vec<&str> = event.resources.iter().map(|r| short(r.as_str())).collect();
    let on = if resources.is_empty() { String::new() } else { format!(" on {}", resources.join(", ")) };
    let by = event.actor.as_ref().map_or_else(String::new, |actor| format!(" by {actor}"));
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let properties: Vec<String> =
        event.changes.iter().map(|c| format!("{} {} → {}", c.property, side(&c.from), side(&c.to))).collect();
    let to = if properties.is_empty() { String::new() } else { format!(": {}", properties.join(", ")) };
    sentence(&format!("{} {}{on}{by}{to}", clock(event.time), event.name))
}

fn advice(recommendation: &Recommendation) -> Advice {
    Advice {
        name: sentence(&recommendation.name),
        description: sentence(&recommendation.description),
        reason: sentence(&recommendation.reason),
        link: one_line(&recommendation.link),
    }
}

fn sentence(text: &str) -> String {
    // Cut first: what is far too long need not be read to its end.
    clip(&one_line(&clip(text, 4 * MOST_SENTENCE)), MOST_SENTENCE)
}
