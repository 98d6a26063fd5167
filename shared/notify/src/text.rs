//! How times, names and lengths are said.

use jiff::Timestamp;
use stackseer_model::Severity;

/// At most `most` characters, the last of them an ellipsis where something was left out.
pub(crate) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Line breaks, tabs and control characters become single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Lambda Function`
pub(crate) fn kind(resource_type: &str) -> String {
    resource_type.trim_start_matches("AWS::").replace("::", " ")
}

/// `checkout (Lambda Function)`
pub(crate) fn named(name: &str, resource_type: &str) -> String {
    match resource_type.is_empty() {
        true => name.to_owned(),
        false => format!("{name} ({})", kind(resource_type)),
    }
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    }
}

/// `22 Nov 14:03`
pub(crate) fn moment(time: Timestamp) -> String {
    time.strftime("%-d %b %H:%M").to_string()
}

pub(crate) fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M UTC").to_string()
}

/// `97 min`, `3 h 20 min`, `12 days`
pub(crate) fn lasted(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_second() - from.as_second()).max(0) / 60;
    match minutes {
        0 => "less than a minute".to_owned(),
        1..=119 => format!("{minutes} min"),
        120..=2879 if minutes % 60 == 0 => format!("{} h", minutes / 60),
        120..=2879 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / 1440),
    }
}

/// The last part of an ARN or of `Type/name`.
pub(crate) fn short(id: &str) -> &str {
    id.rsplit(['/', ':']).next().filter(|last| !last.is_empty()).unwrap_or(id)
}
