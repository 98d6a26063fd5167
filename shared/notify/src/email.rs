//! Plain text, for someone who reads it on a phone at three in the morning.

use crate::story::{News, Over, Story, story};
use crate::text::{one_line, sentence_case, severity};
use crate::{Links, sns};
use stackseer_model::{Filter, Insight, Message, NotificationChannel, Scope};

/// SNS's own limit.
const MOST_SUBJECT: usize = 100;

/// `[HIGH] Anomalous increase in …`: ASCII without line breaks, as SNS wants it.
pub fn subject(message: &Message, insight: &Insight) -> String {
    let story = story(message, insight, &Links::default());
    let mark = match story.news {
        News::New => story.severity,
        News::CameBack => format!("{}, came back", story.severity),
        News::More => format!("{}, more is affected", story.severity),
        News::Raised => format!("{}, severity raised", story.severity),
        News::Recommendation => format!("{}, new recommendation", story.severity),
        News::Closed(Over::Normal) => "Closed".to_owned(),
        News::Closed(Over::Silent) => "Closed, not seen to recover".to_owned(),
        News::Closed(Over::Gone) => "Closed, no longer exists".to_owned(),
        News::Closed(Over::NotWatched) => "Closed, no longer watched".to_owned(),
        News::Closed(Over::PartOf) => "Closed, part of another".to_owned(),
    };
    let subject = ascii(&one_line(&format!("[{mark}] {}", story.name)));
    match subject.len() {
        ..=MOST_SUBJECT => subject,
        _ => format!("{}...", subject[..MOST_SUBJECT - 3].trim_end()),
    }
}

fn ascii(text: &str) -> String {
    let plain = |c: char| match c {
        ' '..='~' => c.to_string(),
        '–' | '—' | '−' => "-".to_owned(),
        '→' => "->".to_owned(),
        '×' => "x".to_owned(),
        '…' => "...".to_owned(),
        '‘' | '’' => "'".to_owned(),
        '“' | '”' => "\"".to_owned(),
        _ => "?".to_owned(),
    };
    text.chars().map(plain).collect()
}

pub fn text(message: &Message, insight: &Insight, links: &Links) -> String {
    let story = story(message, insight, links);
    let mut lines = vec![
        format!("{}  {}", if story.closed() { "CLOSED" } else { &story.severity }, story.name),
        format!("{}: {}, {} (account {})", story.what, story.application, story.region, story.account),
        sentence_case(&story.when),
        story.link.clone(),
    ];
    lines.extend(story.reason.iter().map(|reason| sentence_case(reason)));
    lines.extend(story.impact.iter().map(|impact| sentence_case(impact)));
    if let Some(description) = &story.description {
        lines.extend([String::new(), description.clone()]);
    }
    affected(&story, &mut lines);
    if story.explains() {
        changed(&story, &mut lines);
        why(&story, &mut lines);
    }
    what_to_do(&story, &mut lines);
    lines.push(String::new());
    lines.extend(story.watched.clone());
    lines.push(format!("Insight {}", insight.id));
    lines.join("\n")
}

/// What a topic's subscribers read when somebody tries whether it is reached.
pub fn test(channel: &NotificationChannel, scope: &Scope) -> String {
    let Filter { severities, message_types } = &channel.filter;
    let all = |named: Vec<&str>| if named.is_empty() { "all".to_owned() } else { named.join(", ") };
    [
        "TEST  Stackseer can reach this topic".to_owned(),
        format!("{} (account {})", scope.region, scope.account),
        String::new(),
        "Nothing is wrong: somebody asked for this message.".to_owned(),
        String::new(),
        "IT GETS".to_owned(),
        format!("- severities: {}", all(severities.iter().rev().map(|of| severity(*of)).collect())),
        format!("- messages: {}", all(message_types.iter().map(|kind| sns::message_type(*kind)).collect())),
        String::new(),
        format!("Channel {}", channel.id),
    ]
    .join("\n")
}

fn affected(story: &Story, lines: &mut Vec<String>) {
    if story.affected.is_empty() {
        return;
    }
    let heading = if story.news == News::More { "NOW ALSO AFFECTED" } else { "AFFECTED" };
    lines.extend([String::new(), heading.to_owned()]);
    lines.extend(story.affected.iter().map(|line| format!("- {line}")));
    if story.more_affected > 0 {
        lines.push(format!("- and {} more", story.more_affected));
    }
}

fn changed(story: &Story, lines: &mut Vec<String>) {
    if !story.changes.is_empty() {
        lines.extend([String::new(), "WHAT CHANGED".to_owned()]);
        lines.extend(story.changes.iter().map(|line| format!("- {line}")));
    }
}

fn why(story: &Story, lines: &mut Vec<String>) {
    lines.extend([String::new(), "WHY".to_owned()]);
    match &story.cause {
        Some((head, reason)) => lines.extend([head.clone(), reason.clone()]),
        None => lines.push("No clear cause.".to_owned()),
    }
    lines.extend(story.path.iter().map(|path| format!("The way there: {path}")));
}

fn what_to_do(story: &Story, lines: &mut Vec<String>) {
    if story.advice.is_empty() {
        return;
    }
    lines.extend([String::new(), "WHAT TO DO".to_owned()]);
    for (number, advice) in story.advice.iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, advice.name));
        let labelled = [("Why: ", &advice.reason), ("Where to look: ", &advice.place), ("Command: ", &advice.command)];
        let rest = [("", &advice.description)].into_iter().chain(labelled).chain([("", &advice.link)]);
        let rest = rest.filter(|(_, text)| !text.is_empty());
        lines.extend(rest.map(|(label, text)| format!("   {label}{text}")));
    }
}
