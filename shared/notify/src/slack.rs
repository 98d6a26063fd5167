//! Slack's incoming webhook: a few Block Kit blocks, one message for each change of state.

use crate::Links;
use crate::story::{Advice, News, Over, Story, story};
use crate::text::sentence_case;
use serde_json::{Value, json};
use stackseer_model::{Insight, Message};

/// Slack's own limits, after escaping. A block's id may have 255 characters: the message's, the same on a second delivery.
const MOST_HEADER: usize = 150;
const MOST_SECTION: usize = 3000;
const MOST_TEXT: usize = 3000;
/// A chat is for a glance.
const MOST_AFFECTED: usize = 3;
const GOOD_SECTION: usize = 450;
const MOST_CHECKED_LINE: usize = 140;
/// A link that is cut leads nowhere: a longer one is left out.
const MOST_LINK: usize = 600;

pub fn payload(message: &Message, insight: &Insight, links: &Links) -> Value {
    let story = story(message, insight, links);
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": header(&story), "emoji": true}}),
        section(&summary(&story)),
    ];
    blocks.extend(affected(&story).map(|text| section(&text)));
    if story.explains() {
        blocks.push(section(&why(&story)));
    }
    blocks.extend(what_to_do(&story).map(|text| section(&text)));
    let open = format!("<{}|Open the insight> · account {}", escape(&story.link, MOST_SECTION), story.account);
    let watched = story.watched.iter().map(|watched| escape(watched, GOOD_SECTION));
    let end: Vec<Value> = [open].into_iter().chain(watched).map(|text| mrkdwn(&text)).collect();
    blocks.push(json!({"type": "context", "block_id": message.id, "elements": end}));
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
    match (story.news, story.severity.as_str()) {
        (News::Closed(Over::Normal), _) => ":white_check_mark:",
        // Nobody has seen it recover.
        (News::Closed(_), _) => ":white_circle:",
        (_, "HIGH") => ":red_circle:",
        (_, "MEDIUM") => ":large_orange_circle:",
        _ => ":large_blue_circle:",
    }
}

fn summary(story: &Story) -> String {
    let place = format!("{}, {}", story.application, story.region);
    let said = format!("{} · {place} · {}", story.severity.to_lowercase(), story.when);
    let mut text = format!("*{}* · {}", story.what, escape(&said, GOOD_SECTION));
    for more in story.reason.iter().chain(&story.impact).chain(&story.description) {
        text.push('\n');
        text.push_str(&escape(&sentence_case(more), GOOD_SECTION));
    }
    text
}

fn affected(story: &Story) -> Option<String> {
    // Of a check the list is what is new; each line short enough that the whole of it fits.
    let (most, length) = if story.checked { (usize::MAX, MOST_CHECKED_LINE) } else { (MOST_AFFECTED, GOOD_SECTION) };
    let shown = story.affected.iter().take(most);
    let mut lines: Vec<String> = shown.map(|line| format!("• {}", escape(line, length))).collect();
    if lines.is_empty() {
        return None;
    }
    let more = story.affected.len() + story.more_affected - lines.len();
    if more > 0 {
        lines.push(format!("• and {more} more"));
    }
    Some(lines.join("\n"))
}

fn why(story: &Story) -> String {
    let changed = story.changes.first().map(|change| format!("*Changed* {}", escape(change, GOOD_SECTION)));
    let mut lines: Vec<String> = changed.into_iter().collect();
    match &story.cause {
        Some((head, reason)) => {
            lines.push(format!("*Why* {}", escape(head, GOOD_SECTION)));
            lines.push(escape(reason, GOOD_SECTION));
        }
        None => lines.push("*Why* No clear cause.".to_owned()),
    }
    lines.join("\n")
}

fn what_to_do(story: &Story) -> Option<String> {
    let first = story.advice.first()?;
    let mut lines = vec![format!("*What to do* {}", escape(&first.name, GOOD_SECTION))];
    let texts = [&first.description, &first.reason].into_iter().filter(|more| !more.is_empty());
    lines.extend(texts.map(|more| escape(more, GOOD_SECTION)));
    lines.extend(places(first));
    Some(lines.join("\n"))
}

/// Where to look, the command that shows it, and the documentation.
pub(crate) fn places(advice: &Advice) -> Vec<String> {
    let place = Some(&advice.place).filter(|place| !place.is_empty());
    let command = Some(advice.command.replace('`', "'")).filter(|command| !command.is_empty());
    let link = Some(escape(&advice.link, usize::MAX)).filter(|link| !link.is_empty() && link.len() <= MOST_LINK);
    let lines = [
        place.map(|place| format!("Where to look: {}", escape(place, GOOD_SECTION))),
        command.map(|command| format!("`{}`", escape(&command, GOOD_SECTION))),
        link.map(|link| format!("<{}|Documentation>", link.replace('|', "%7C"))),
    ];
    lines.into_iter().flatten().collect()
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
