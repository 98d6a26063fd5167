//! Amazon Q Developer in chat applications, formerly AWS Chatbot: a custom notification, sent through an SNS topic of its
//! own. What isn't in this schema the service drops without a word.

use crate::slack::{escape, places};
use crate::sns::message_type;
use crate::story::{Advice, News, Over, Story, story};
use crate::text::sentence_case;
use crate::{Links, arn, text};
use serde_json::{Value, json};
use stackseer_model::{Insight, Message, MessageType};

const MOST_TITLE: usize = 250;
const MOST_LINE: usize = 900;
const MOST_AFFECTED: usize = 3;
const MOST_RESOURCES: usize = 10;

pub fn payload(message: &Message, insight: &Insight, links: &Links) -> Value {
    let story = story(message, insight, links);
    let mark = match story.news {
        News::Closed(Over::Normal) => ":white_check_mark: Closed",
        News::Closed(_) => "Closed",
        _ => &story.severity,
    };
    let mut steps: Vec<String> = story.advice.iter().map(step).collect();
    steps.push(format!("<{}|Open the insight>", escape(&story.link, 3000)));
    let mut resources: Vec<String> = insight.anomalies.iter().flat_map(|a| arn::of_anomaly(insight, a)).collect();
    resources.dedup();
    resources.truncate(MOST_RESOURCES);
    json!({
        "version": "1.0",
        "source": "custom",
        "id": message.id,
        "content": {
            "textType": "client-markdown",
            "title": escape(&format!("{mark}: {}", story.name), MOST_TITLE),
            "description": said(&story).join("\n"),
            "nextSteps": steps,
            "keywords": [story.severity.to_lowercase(), line(&insight.application.name), story.region],
        },
        "metadata": {
            // One thread for one insight.
            "threadId": insight.id.as_str(),
            "summary": escape(&format!("{}: {}", story.what, story.name), MOST_TITLE),
            "eventType": event_type(message.message_type),
            "relatedResources": resources,
            "additionalContext": {
                "accountId": story.account,
                "insightId": insight.id.as_str(),
                "insightSeverity": text::severity(insight.severity),
                "messageType": message_type(message.message_type),
                "region": insight.application.region,
            },
        },
    })
}

fn said(story: &Story) -> Vec<String> {
    let mut said = vec![line(&format!("{}: {}, {}, {}", story.what, story.application, story.region, story.when))];
    let more = story.reason.iter().chain(&story.impact).chain(&story.description);
    said.extend(more.map(|more| line(&sentence_case(more))));
    said.extend(story.affected.iter().take(MOST_AFFECTED).map(|one| format!("• {}", line(one))));
    if story.explains() {
        said.extend(story.changes.first().map(|change| format!("*Changed:* {}", line(change))));
        said.push(match &story.cause {
            Some((head, reason)) => format!("*Why:* {}. {}", line(head), line(reason)),
            None => "*Why:* No clear cause.".to_owned(),
        });
    }
    said.extend(story.watched.iter().map(|watched| line(watched)));
    said
}

fn step(advice: &Advice) -> String {
    let texts = [&advice.name, &advice.reason].into_iter().filter(|text| !text.is_empty());
    let texts = texts.map(|text| text.trim_end_matches('.')).collect::<Vec<_>>().join(". ");
    let mut parts = vec![format!("{}.", line(&texts))];
    parts.extend(places(advice));
    parts.join(" ")
}

fn line(text: &str) -> String {
    escape(text, MOST_LINE)
}

/// Letters, digits and hyphens: what a custom action's button can be attached to.
fn event_type(message: MessageType) -> &'static str {
    match message {
        MessageType::NewInsight => "stackseer-new-insight",
        MessageType::ClosedInsight => "stackseer-closed-insight",
        MessageType::NewAssociation => "stackseer-new-association",
        MessageType::SeverityUpgraded => "stackseer-severity-upgraded",
        MessageType::NewRecommendation => "stackseer-new-recommendation",
    }
}
