//! How what was open ends: it passes, its resource is gone, or nobody looks any more.

use super::{CheckAnswer, CheckSituation};
use crate::lifecycle::tell;
use stackseer_catalog::Check;
use stackseer_model::*;

/// So long a check may be missing from the catalogue before its insight ends.
const UNWATCHED_SECONDS: i64 = 24 * 3600;

/// Ends the anomalies that pass or whose resource is no longer there, and says how.
pub fn anomalies(
    situation: &CheckSituation<'_>,
    check: &Check,
    insight: &mut Insight,
    answers: &[(&Resource, CheckAnswer)],
) -> Option<Ending> {
    let mut last = None;
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        let passes = answers.iter().any(|(r, answer)| r.id == anomaly.resource.id && *answer == CheckAnswer::Pass);
        anomaly.passed += u32::from(passes);
        let ending = match passes {
            true => (anomaly.passed >= check.close_after).then_some(Ending::Normal),
            false => gone(situation, &anomaly.resource.id),
        };
        if ending.is_some() {
            anomaly.status = Status::Closed;
            anomaly.end_time = Some(situation.now);
            anomaly.close_time = Some(situation.now);
        }
        last = weightier(last, ending);
    }
    last
}

/// A stack that was read in full says that a resource it no longer lists was removed. A tag or a Region can't: the
/// resource may only be out of what is covered. Nor can an application that is empty, as one is that nobody asks for.
fn gone(situation: &CheckSituation<'_>, id: &ResourceId) -> Option<Ending> {
    let inventory = situation.inventory;
    if inventory.resource(id).is_some() || inventory.is_partial || inventory.is_changing {
        return None;
    }
    let is_stack = matches!(situation.application.boundary, Boundary::Stack { .. });
    Some(if is_stack && !inventory.resources.is_empty() { Ending::Gone } else { Ending::NotWatched })
}

/// Of several endings, the one that the insight is told with: what passes was seen to.
fn weightier(a: Option<Ending>, b: Option<Ending>) -> Option<Ending> {
    let weight = |ending: &Ending| match ending {
        Ending::Normal => 2,
        Ending::Gone => 1,
        _ => 0,
    };
    a.into_iter().chain(b).max_by_key(weight)
}

/// Closes the insight if nothing of it goes on.
pub fn insight(insight: &mut Insight, ending: Option<Ending>, messages: &mut Vec<Message>, now: Timestamp) {
    let goes_on = insight.anomalies.iter().any(|a| a.status == Status::Ongoing);
    let Some(ending) = ending.filter(|_| !goes_on) else { return };
    let reason = match ending {
        Ending::Gone => "its resources were removed from the stack",
        Ending::NotWatched => "its resources are no longer watched",
        _ => "no resource fails the check any more",
    };
    close(insight, ending, reason.to_owned(), messages, now);
}

/// An insight of a check that the catalogue does not have, or that is switched off: noted, and ended after a day. Whether anything changed.
pub fn unasked(insight: &mut Insight, messages: &mut Vec<Message>, now: Timestamp) -> bool {
    let Some(noted) = noted(insight) else {
        let reason = "its check is no longer asked".to_owned();
        insight.history.push(Transition { time: now, step: Transited::Unknown, reason });
        return true;
    };
    if now.as_second() - noted.as_second() < UNWATCHED_SECONDS {
        return false;
    }
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        anomaly.status = Status::Closed;
        anomaly.end_time = Some(now);
        anomaly.close_time = Some(now);
    }
    close(insight, Ending::NotWatched, "no longer watched: its check is no longer asked".to_owned(), messages, now);
    true
}

/// The check is asked again: what was noted in between is void.
pub fn asked_again(insight: &mut Insight) {
    if noted(insight).is_some() {
        insight.history.pop();
    }
}

fn noted(insight: &Insight) -> Option<Timestamp> {
    insight.history.last().filter(|t| t.step == Transited::Unknown).map(|t| t.time)
}

fn close(insight: &mut Insight, ending: Ending, reason: String, messages: &mut Vec<Message>, now: Timestamp) {
    insight.status = Status::Closed;
    insight.end_time = Some(now);
    tell(insight, messages, MessageType::ClosedInsight, Transited::Closed { ending }, reason, now);
}
