//! Ends what has ended, and closes an insight whose symptoms have been normal long enough. Everything open has a way out.

use super::subject::{position, same_metric};
use super::tell::{note, tell};
use crate::abnormal::{Abnormal, came};
use crate::situation::{Outcome, Situation};
use crate::text;
use stackseer_model::*;

/// The symptoms must have been normal for so long before an insight closes: DevOps Guru was seen to take about ten minutes.
const QUIET_SECONDS: i64 = 10 * 60;
/// One that came back once may again.
const QUIET_AGAIN_SECONDS: i64 = 30 * 60;
/// Who publishes nothing, or isn't asked for, for so long is not waited for any more.
const WAIT_SECONDS: i64 = 24 * 3600;

/// What a look says of an anomaly that was open.
enum Seen {
    GoesOn,
    Ended(Timestamp, Ending),
    /// Why it can't be told.
    Unknown(String),
}

pub fn settle(situation: &Situation<'_>, found: &[Abnormal<'_>], insight: &mut Insight, messages: &mut Vec<Message>) {
    let now = situation.now;
    let last_seen = insight.update_time;
    let seen: Vec<Seen> = insight.anomalies.iter().map(|a| look(situation, found, insight, a)).collect();
    let mut unknown = None;
    let mut ending = None;
    for (anomaly, seen) in insight.anomalies.iter_mut().zip(seen).filter(|(a, _)| a.status == Status::Ongoing) {
        // What only explains never keeps it open.
        let causal = anomaly.anomaly_type == AnomalyType::Causal;
        match seen {
            Seen::GoesOn => {}
            Seen::Ended(end, why) => {
                end_at(anomaly, end, now);
                if causal && ending != Some(Ending::Normal) {
                    ending = Some(why);
                }
            }
            Seen::Unknown(why) if causal => unknown = Some(why),
            Seen::Unknown(_) => {}
        }
    }
    if let Some(why) = unknown {
        let reason = format!("can't tell whether it goes on: {why}");
        if insight.history.last().is_none_or(|t| t.reason != reason) {
            note(insight, Transited::Unknown, reason, now);
        }
        return;
    }
    let symptoms = || insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal);
    if symptoms().any(|a| a.status == Status::Ongoing) {
        return;
    }
    let end = symptoms().filter_map(|a| a.end_time).max().unwrap_or(last_seen);
    let ending = ending.unwrap_or(Ending::Normal);
    if ending == Ending::Normal && now.as_second() - end.as_second() < quiet_seconds(insight) {
        return;
    }
    close(insight, end, ending, messages, now);
}

fn quiet_seconds(insight: &Insight) -> i64 {
    let came_back = insight.history.iter().any(|t| t.step == Transited::Reopened);
    if came_back { QUIET_AGAIN_SECONDS } else { QUIET_SECONDS }
}

fn look(situation: &Situation<'_>, found: &[Abnormal<'_>], insight: &Insight, anomaly: &Anomaly) -> Seen {
    let (now, last_seen) = (situation.now, insight.update_time);
    let Some(metric) = anomaly.metric() else { return Seen::GoesOn };
    let goes_on = |a: &&Abnormal<'_>| a.end.is_none() && same_metric(anomaly, a);
    if found.iter().filter(goes_on).any(|a| position(insight, a, now).is_some()) {
        return Seen::GoesOn;
    }
    let is_waited_for = now.as_second() - last_seen.as_second() < WAIT_SECONDS;
    let end = last_seen.max(anomaly.start_time);
    let observed = situation.observed.iter().find(|o| o.metric.key == metric.key);
    if let Some(observed) = observed.filter(|o| anomaly.is_silence() && o.detection().is_some()) {
        let had_stopped = anomaly.of_metric().is_some_and(|m| m.peak <= 0.0);
        return match came(observed, anomaly.start_time, had_stopped) {
            Some(at) => Seen::Ended(at, Ending::Normal),
            None if is_waited_for => Seen::GoesOn,
            None => Seen::Ended(end, Ending::Silent),
        };
    }
    match observed.map(|o| &o.outcome) {
        Some(Outcome::Unknown(unseen)) => Seen::Unknown(unseen.reason.clone()),
        Some(Outcome::Read { detection, .. }) if detection.is_silent() && is_waited_for => {
            Seen::Unknown("nothing was published since".to_owned())
        }
        Some(Outcome::Read { detection, .. }) if detection.is_silent() => Seen::Ended(end, Ending::Silent),
        // Read again, and no span of it goes on.
        Some(Outcome::Read { .. }) => Seen::Ended(end, Ending::Normal),
        None if situation.inventory.resource(&metric.resource).is_none() => Seen::Ended(now, missing(situation)),
        None if is_waited_for => Seen::Unknown("it was not read".to_owned()),
        None => Seen::Ended(end, Ending::NotWatched),
    }
}

/// A stack that is still there and has it no longer has deleted it. A resource may also lose its tag or move to a stack, and
/// what is watched may have been changed: then nobody knows whether it exists.
fn missing(situation: &Situation<'_>) -> Ending {
    match situation.application.boundary {
        Boundary::Stack { .. } if !situation.inventory.resources.is_empty() => Ending::Gone,
        _ => Ending::NotWatched,
    }
}

fn end_at(anomaly: &mut Anomaly, end: Timestamp, now: Timestamp) {
    anomaly.status = Status::Closed;
    anomaly.end_time = Some(end);
    anomaly.close_time = Some(now);
}

fn close(insight: &mut Insight, end: Timestamp, ending: Ending, messages: &mut Vec<Message>, now: Timestamp) {
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        end_at(anomaly, end, now);
    }
    insight.status = Status::Closed;
    insight.end_time = Some(end);
    insight.update_time = now;
    let since = text::moment(end, now);
    let reason = match ending {
        Ending::Normal => format!("back to normal since {since}, after {}", lasted(insight.start_time, end)),
        Ending::Silent => {
            format!("nothing was published for a day since {since}: whether it is back to normal is not known")
        }
        Ending::Gone => "its resource no longer exists".to_owned(),
        Ending::NotWatched => "it is no longer watched: whether it is back to normal is not known".to_owned(),
        Ending::PartOf { .. } => "part of another insight".to_owned(),
    };
    tell(insight, messages, MessageType::ClosedInsight, Transited::Closed { ending }, reason, now);
}
