//! The same again: within the hour it is the same insight, within seven days a repeat.

use stackseer_model::*;

/// A relapse so soon after the end reopens the insight.
pub const REOPEN_SECONDS: i64 = 60 * 60;
const REPEAT_SECONDS: i64 = 7 * 24 * 3600;
/// From so many times in seven days on, a repeat is told one severity lower.
const OFTEN: u32 = 3;
const PREFIX: &str = "Repeated Insight: ";

/// How a repeat is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Repeats {
    /// With its own severity until it has become a habit: a second outage is an outage.
    #[default]
    Keep,
    /// As DevOps Guru did: always low.
    Low,
}

/// Marks a new insight that has been there before. `closed`: those of the last seven days.
pub fn mark<'a>(insight: &mut Insight, closed: impl Iterator<Item = &'a Insight>, repeats: Repeats) {
    let earlier: Vec<&Insight> = closed.filter(|known| is_same(known, insight)).collect();
    let Some(last) = earlier.iter().max_by_key(|known| known.start_time) else { return };
    let times = u32::try_from(earlier.len()).unwrap_or(u32::MAX - 1) + 1;
    insight.repeat = Some(Repeat { of: last.id.clone(), times });
    insight.severity = severity(insight, insight.severity, repeats);
    let (name, description) = (std::mem::take(&mut insight.name), std::mem::take(&mut insight.description));
    (insight.name, insight.description) = (named(insight, name), described(insight, description));
}

/// An insight's severity, where its anomalies' highest is `highest`.
pub fn severity(insight: &Insight, highest: Severity, repeats: Repeats) -> Severity {
    match (&insight.repeat, repeats) {
        (None, _) => highest,
        (Some(_), Repeats::Low) => Severity::Low,
        (Some(repeat), Repeats::Keep) if repeat.times >= OFTEN => match highest {
            Severity::High => Severity::Medium,
            Severity::Medium | Severity::Low => Severity::Low,
        },
        (Some(_), Repeats::Keep) => highest,
    }
}

pub fn named(insight: &Insight, name: String) -> String {
    if insight.repeat.is_some() { format!("{PREFIX}{name}") } else { name }
}

pub fn described(insight: &Insight, description: String) -> String {
    match &insight.repeat {
        Some(repeat) => format!("{description} {} times in 7 days.", repeat.times),
        None => description,
    }
}

/// By what it is about, or by pattern and resource: titles carry numbers and change.
fn is_same(earlier: &Insight, insight: &Insight) -> bool {
    let end = earlier.end_time.unwrap_or(earlier.update_time);
    let recent = insight.start_time.as_second() - end.as_second() <= REPEAT_SECONDS;
    let by_pattern = earlier.pattern().is_some()
        && earlier.pattern() == insight.pattern()
        && earlier.subject.resource == insight.subject.resource;
    recent
        && earlier.id != insight.id
        && earlier.start_time < insight.start_time
        && (earlier.subject == insight.subject || by_pattern)
        && (by_pattern || earlier.pattern().is_none() || insight.pattern().is_none())
}
