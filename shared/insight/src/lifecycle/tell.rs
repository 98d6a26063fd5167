//! One change of state: a line in the history and a message in the outbox.

use stackseer_model::*;

/// What an insight keeps of its history: how it began, and the latest.
const MOST_HISTORY: usize = 60;
const FIRST_KEPT: usize = 10;

pub fn note(insight: &mut Insight, step: Transited, reason: String, now: Timestamp) {
    insight.history.push(Transition { time: now, step, reason });
    if insight.history.len() > MOST_HISTORY {
        insight.history.remove(FIRST_KEPT);
    }
}

pub fn tell(
    insight: &mut Insight,
    messages: &mut Vec<Message>,
    message_type: MessageType,
    step: Transited,
    reason: String,
    now: Timestamp,
) {
    let anomalies = match &step {
        Transited::Extended { anomalies } => anomalies.clone(),
        _ => vec![],
    };
    let beside = messages.iter().filter(|m| m.insight == insight.id).count();
    messages.push(Message {
        id: event_id(insight.id.as_str(), step.label(), now.as_second(), &beside.to_string()),
        message_type,
        insight: insight.id.clone(),
        time: now,
        anomalies,
        reason: reason.clone(),
        watching: None,
    });
    note(insight, step, reason, now);
}
