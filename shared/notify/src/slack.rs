//! Slack's incoming webhook: a few Block Kit blocks, one message for each change of state.

use crate::Links;
use crate::story::{Story, story};
use serde_json::{Value, json};
use stackseer_model::{Insight, Message};

/// Slack's own limits, after escaping. A block's id may have 255 characters: the message's, the same on a second delivery.
const MOST_HEADER: usize = 150;
const MOST_SECTION: usize = 3000;
const MOST_TEXT: usize = 3000;
/// A chat is for a glance.
const MOST_AFFECTED: usize = 3;
const GOOD_SECTION: usize = 900;

pub fn payload(message: &Message, insight: &Insight, links: &Links) -> Value {
    let story = story(message, insight, links);
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": header(&story), "emoji": true}}),
        section(&summary(&story)),
    ];
    blocks.extend(affected(&story).map(|text| section(&text)));
    blocks.extend(why(&story).map(|text| section(&text)));
    blocks.extend(what_to_do(&story).map(|text| section(&text)));
    let open = format!("<{}|Open the insight> · account {}", escape(&story.link, MOST_SECTION), story.account);
    blocks.push(json!({"type": "context", "block_id": message.id, "elements": [mrkdwn(&open)]}));
    let fallback = format!("{} {}: {}", icon(&story), story.what, story.name);
    json!({"text": escape(&fallback, MOST_TEXT), "unfurl_links": false, "blocks": blocks})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": mrkdwn(text)})
}

/// Verbatim: a name like `@here` in a metric's dimension must not call the whole channel.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

fn header(story: &Story) -> String {
    escape(&format!("{} {}", icon(story), story.name), MOST_HEADER)
}

fn icon(story: &Story) -> &'static str {
    match (story.closed, story.severity.as_str()) {
        (true, _) => ":white_check_mark:",
        (_, "HIGH") => ":red_circle:",
        (_, "MEDIUM") => ":large_orange_circle:",
        _ => ":large_blue_circle:",
    }
}

fn summary(story: &Story) -> String {
    let place = format!("{}, {}", story.application, story.region);
    let said = format!("{} · {place} · {}", story.severity.to_lowercase(), story.when);
    let mut text = format!("*{}* · {}", story.what, escape(&said, GOOD_SECTION));
    for more in story.reason.iter().chain(&story.description) {
        text.push('\n');
        text.push_str(&escape(more, GOOD_SECTION));
    }
    text
}

fn affected(story: &Story) -> Option<String> {
    let shown = story.affected.iter().take(MOST_AFFECTED);
    let mut lines: Vec<String> = shown.map(|line| format!("• {}", escape(line, GOOD_SECTION))).collect();
    if lines.is_empty() {
        return None;
    }
    let more = story.affected.len() + story.more_affected - lines.len();
    if more > 0 {
        lines.push(format!("• and {more} more"));
    }
    Some(lines.join("\n"))
}

fn why(story: &Story) -> Option<String> {
    let mut text = match &story.cause {
        Some((head, reason)) => {
            format!("*Why* {}\n{}", escape(head, GOOD_SECTION), escape(reason, GOOD_SECTION))
        }
        None => "*Why* No clear cause.".to_owned(),
    };
    if let Some(last) = story.changes.last() {
        text.push_str(&format!("\n*Changed* {}", escape(last, GOOD_SECTION)));
    }
    Some(text)
}

fn what_to_do(story: &Story) -> Option<String> {
    let first = story.advice.first()?;
    let mut text = format!("*What to do* {}", escape(&first.name, GOOD_SECTION));
    for more in [&first.description, &first.reason].into_iter().filter(|more| !more.is_empty()) {
        text.push('\n');
        text.push_str(&escape(more, GOOD_SECTION));
    }
    Some(text)
}

/// The three characters that Slack gives a meaning; `most` counts what is sent, and no escape is cut through.
pub(crate) fn escape(text: &str, most: usize) -> String {
    let escaped = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => other.to_string(),
    };
    let whole: String = text.chars().map(escaped).collect();
    if whole.chars().count() <= most {
        return whole;
    }
    let mut cut = String::new();
    let mut length = 1;
    for piece in text.chars().map(escaped) {
        length += piece.chars().count();
        if length > most {
            break;
        }
        cut.push_str(&piece);
    }
    cut + "…"
}
