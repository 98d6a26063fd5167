//! What a person is told, whatever the format: what happened, how bad it is, why, what to do, where to look.

use crate::changes::changes;
use crate::detail::{Dialect, told};
use crate::text::{named, nth, one_line, percent, sentence};
use crate::{Links, said, text};
use stackseer_model::time::{date_time, dated_range, moment};
use stackseer_model::*;

/// More of each is behind the link.
const MOST_AFFECTED: usize = 5;
/// Of those that fail one check: one line each, and nothing else to read.
const MOST_CHECKED: usize = 20;
const MOST_ADVICE: usize = 3;
const MOST_STEPS: usize = 6;

/// Why the message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    New,
    CameBack,
    Closed(Over),
    More,
    Raised,
    Recommendation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Normal,
    Silent,
    Gone,
    NotWatched,
    PartOf,
}

pub(crate) struct Story {
    /// `HIGH`
    pub severity: String,
    pub news: News,
    /// `New insight, third time in 7 days`
    pub what: String,
    pub name: String,
    /// `stack shop`
    pub application: String,
    /// `eu-central-1`
    pub region: String,
    pub account: String,
    /// `since 2026-11-22 14:03 UTC`
    pub when: String,
    /// Why this message was sent, where the rest doesn't say it.
    pub reason: Option<String>,
    /// What users had of it.
    pub impact: Option<String>,
    pub affected: Vec<String>,
    pub more_affected: usize,
    /// They all fail one check.
    pub checked: bool,
    /// What somebody changed: first what the causes name, then what is nearest to the start.
    pub changes: Vec<String>,
    /// `Most of it comes from shop-checkout (Lambda function): Invocations (83 %)`, and why.
    pub cause: Option<(String, String)>,
    /// `shop-api → shop-checkout → shop-orders`, where there is something between.
    pub path: Option<String>,
    /// Said where no cause says it.
    pub description: Option<String>,
    pub advice: Vec<Advice>,
    pub link: String,
    /// `Watched: 12 of 17 resources of shop (…)`, where it is known.
    pub watched: Option<String>,
}

pub(crate) struct Advice {
    pub name: String,
    pub description: String,
    pub reason: String,
    pub place: String,
    pub command: String,
    pub link: String,
}

impl Story {
    /// What is part of another is explained there.
    pub fn explains(&self) -> bool {
        self.news != News::Closed(Over::PartOf)
    }

    pub fn closed(&self) -> bool {
        matches!(self.news, News::Closed(_))
    }
}

pub(crate) fn story(message: &Message, insight: &Insight, links: &Links) -> Story {
    let news = news(message, insight);
    // Of what is told now, not of all there is: an e-mail about two more need not name the first five again.
    let anomalies = told(message, insight, Dialect::EventBridge).unwrap_or_default();
    let checked = insight.insight_type() == InsightType::Proactive;
    let most = if checked { MOST_CHECKED } else { MOST_AFFECTED };
    let affected = anomalies.iter().take(most).map(|a| sentence(&said::anomaly(insight, a)));
    let affected: Vec<String> = affected.collect();
    let causes_said = insight.causes.iter().any(|cause| cause.reason == insight.description);
    let first = insight.causes.first();
    Story {
        severity: text::severity(insight.severity).to_uppercase(),
        news,
        what: what(news, insight),
        name: sentence(&insight.name),
        application: match &insight.application.boundary {
            Boundary::Stack { name } => format!("stack {name}"),
            Boundary::Tag { value, .. } => format!("application {value}"),
            Boundary::Unassigned => "resources in no stack".to_owned(),
        },
        region: insight.application.region.clone(),
        account: insight.application.account.clone(),
        when: when(insight),
        reason: reason(news, message),
        impact: insight.impact().map(|impact| sentence(&said::impact(impact, message.time))),
        more_affected: anomalies.len() - affected.len(),
        checked,
        affected,
        changes: changes(insight, message.time),
        cause: first.map(|first| (head(first, insight.insight_type()), sentence(&first.reason))),
        path: first.and_then(path),
        description: (!causes_said && insight.description != insight.name && !insight.description.is_empty())
            .then(|| sentence(&insight.description)),
        advice: match news {
            News::Closed(_) => vec![],
            _ => insight.recommendations.iter().take(MOST_ADVICE).map(advice).collect(),
        },
        link: links.insight(insight),
        watched: message.watching.map(|counts| sentence(&counts.said(&insight.application.name))),
    }
}

pub(crate) fn news(message: &Message, insight: &Insight) -> News {
    let step = |transition: &Transition| transition.step == Transited::Reopened;
    let then = insight.history.iter().filter(|t| t.time == message.time);
    match message.message_type {
        MessageType::NewInsight if then.chain(insight.history.last()).any(step) => News::CameBack,
        MessageType::NewInsight => News::New,
        MessageType::ClosedInsight => News::Closed(over(insight)),
        MessageType::NewAssociation => News::More,
        MessageType::SeverityUpgraded => News::Raised,
        MessageType::NewRecommendation => News::Recommendation,
    }
}

fn over(insight: &Insight) -> Over {
    let ending = insight.history.iter().rev().find_map(|transition| match &transition.step {
        Transited::Closed { ending } => Some(ending),
        _ => None,
    });
    match ending {
        Some(Ending::Normal) | None => Over::Normal,
        Some(Ending::Silent) => Over::Silent,
        Some(Ending::Gone) => Over::Gone,
        Some(Ending::NotWatched) => Over::NotWatched,
        Some(Ending::PartOf { .. }) => Over::PartOf,
    }
}

fn what(news: News, insight: &Insight) -> String {
    let what = match news {
        News::New => "New insight",
        News::CameBack => "Came back",
        News::Closed(Over::Normal) => "Closed",
        News::Closed(Over::Silent) => "Closed without having been seen to recover",
        News::Closed(Over::Gone) => "Closed because its resources no longer exist",
        News::Closed(Over::NotWatched) => "Closed because it is no longer watched",
        News::Closed(Over::PartOf) => "Closed because it is part of another insight",
        News::More => "More is affected",
        News::Raised => "Severity raised",
        News::Recommendation => "New recommendation",
    };
    match &insight.repeat {
        Some(repeat) if matches!(news, News::New | News::CameBack) && repeat.times > 1 => {
            format!("{what}, {} time in 7 days", nth(repeat.times))
        }
        _ => what.to_owned(),
    }
}

/// As the message has it, where the rest of what is told doesn't say it.
pub(crate) fn reason(news: News, message: &Message) -> Option<String> {
    let told = matches!(news, News::CameBack | News::Closed(_) | News::Raised);
    told.then(|| sentence(&message.reason)).filter(|reason| !reason.is_empty())
}

fn when(insight: &Insight) -> String {
    let start = insight.start_time;
    let (Status::Closed, Some(end)) = (insight.status, insight.end_time) else {
        return format!("since {}", date_time(start));
    };
    match over(insight) {
        Over::Normal => format!("{}, {}", dated_range(start, end), lasted(start, end)),
        _ => format!("{}, last seen {}", date_time(start), moment(end, start)),
    }
}

fn head(cause: &Cause, insight_type: InsightType) -> String {
    let metric = cause.metric.as_ref().map_or_else(String::new, |metric| format!(": {metric}"));
    let resource = named(&cause.resource.name, &cause.resource.resource_type);
    sentence(&match (insight_type, cause.share) {
        (InsightType::Proactive, _) => format!("{resource}{metric}"),
        (InsightType::Reactive, Some(share)) if share >= 0.5 => {
            format!("Most of it comes from {resource}{metric} ({})", percent(share))
        }
        (InsightType::Reactive, Some(share)) => {
            format!("The largest part comes from {resource}{metric} ({})", percent(share))
        }
        (InsightType::Reactive, None) => format!("Most likely cause: {resource}{metric}"),
    })
}

fn path(cause: &Cause) -> Option<String> {
    let names: Vec<&str> = cause.path.iter().map(|step| step.resource.name.as_str()).take(MOST_STEPS).collect();
    (names.len() > 2).then(|| sentence(&names.join(" → ")))
}

fn advice(recommendation: &Recommendation) -> Advice {
    Advice {
        name: sentence(&recommendation.name),
        description: sentence(&recommendation.description),
        reason: sentence(&recommendation.reason),
        place: sentence(&recommendation.place),
        command: sentence(&recommendation.command),
        link: one_line(&recommendation.link),
    }
}
