//! What people asked not to be told of. It is found, kept and closed as ever, and says that it is muted; only the messages are
//! left out. Who is muted no more while it goes on is told then.

use crate::lifecycle::{note, tell};
use crate::{Plan, text};
use stackseer_model::*;

/// Takes the messages about muted insights out of the plan, and marks the insights. `known`: as they were before the plan.
pub fn mute(plan: &mut Plan, known: &[Insight], mutes: &Mutes<'_>, now: Timestamp) {
    for insight in &mut plan.changed {
        let before = known.iter().find(|k| k.id == insight.id);
        settle(insight, before, mutes, &mut plan.messages, now);
    }
    let is_changed = |insight: &Insight| plan.changed.iter().any(|c| c.id == insight.id);
    let rest: Vec<&Insight> = known.iter().filter(|i| i.status == Status::Ongoing && !is_changed(i)).collect();
    for before in rest {
        let mut insight = before.clone();
        settle(&mut insight, Some(before), mutes, &mut plan.messages, now);
        if insight != *before {
            insight.update_time = now;
            plan.changed.push(insight);
        }
    }
}

fn settle(
    insight: &mut Insight,
    before: Option<&Insight>,
    mutes: &Mutes<'_>,
    messages: &mut Vec<Message>,
    now: Timestamp,
) {
    // One that comes back is news, whatever was told of it before.
    let was_open = before.filter(|before| before.status == Status::Ongoing);
    let was_muted = was_open.and_then(|before| before.handling.muted.clone());
    let told = match (&was_open, &was_muted) {
        (_, Some(muted)) => muted.told,
        (Some(open), None) => Some(open.severity),
        (None, None) => None,
    };
    let silence = |messages: &mut Vec<Message>| {
        // What people know of must end for them too.
        messages
            .retain(|m| m.insight != insight.id || (m.message_type == MessageType::ClosedInsight && told.is_some()));
    };
    // Who asked not to be told of one resource is not told that it fails too.
    messages.retain(|m| {
        let mut joined = insight.anomalies.iter().filter(|a| m.anomalies.contains(&a.id)).peekable();
        let is_joining = m.insight == insight.id && m.message_type == MessageType::NewAssociation;
        !is_joining || joined.peek().is_none() || joined.any(|a| mutes.of_anomaly(insight, a).is_none())
    });
    match (mutes.of(insight), was_muted) {
        // It ends as muted as it was, and as told.
        (_, Some(_)) if insight.status == Status::Closed => silence(messages),
        (Some(_), None) if insight.status == Status::Closed && told.is_some() => {}
        (None, None) => insight.handling.muted = None,
        (Some((mute, until)), was_muted) => {
            silence(messages);
            let same = was_muted.filter(|muted| muted.mute == mute.id);
            let since = same.as_ref().map_or(now, |muted| muted.since);
            let Mute { id, by, reason, .. } = mute.clone();
            let muted = Muted { mute: id, by, reason, since, until, told };
            insight.handling.muted = Some(muted);
            if same.is_none() {
                note(insight, Transited::Muted { mute: mute.id.clone() }, because(mute, until, now), now);
            }
        }
        (None, Some(muted)) => {
            insight.handling.muted = None;
            unmute(insight, &muted, messages, now);
        }
    }
}

fn unmute(insight: &mut Insight, muted: &Muted, messages: &mut Vec<Message>, now: Timestamp) {
    let reason = format!("no longer muted ({}), and it goes on", muted.reason);
    let kind = match muted.told {
        None => {
            // All that is new of it is in the one message.
            messages.retain(|m| m.insight != insight.id);
            MessageType::NewInsight
        }
        Some(told) if told < insight.severity => {
            messages.retain(|m| m.insight != insight.id || m.message_type != MessageType::SeverityUpgraded);
            MessageType::SeverityUpgraded
        }
        Some(_) => return note(insight, Transited::Unmuted, reason, now),
    };
    tell(insight, messages, kind, Transited::Unmuted, reason, now);
}

fn because(mute: &Mute, until: Option<Timestamp>, now: Timestamp) -> String {
    let until = until.map(|until| format!(" until {}", text::moment(until, now))).unwrap_or_default();
    format!("muted by {}{until}: {}", mute.by, mute.reason)
}
