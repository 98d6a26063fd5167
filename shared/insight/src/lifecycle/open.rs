//! What opens an insight, and what opens one again.

use super::extend::{record_anomalies, related_events};
use super::repeat::{self, REOPEN_SECONDS};
use super::subject;
use super::tell::tell;
use super::{closed_reactive, extend};
use crate::abnormal::Abnormal;
use crate::findings::{self, Findings};
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use crate::{cause, impact};
use stackseer_model::*;
use std::collections::BTreeSet;

/// A single symptom this rare opens an insight without a second one beside it: by its own history less than once in a thousand
/// metric-weeks. No span of the ordinary weeks in `shared/detect/tests/null.rs` reaches it.
pub const ALONE: f64 = 3.0;
/// A less rare one that lasts so long opens too; none there does either.
const LASTING_SECONDS: i64 = 30 * 60;

/// What was over so long ago and told by no look then, is not told as the window slides past it. Looks may have failed for less.
const FRESH_SECONDS: i64 = 3600;

/// One rare or lasting symptom, or another one that something else speaks for. The error says what is missing.
pub fn opens(situation: &Situation<'_>, group: &Group<'_>) -> Result<(), String> {
    let lasts = |s: &Abnormal<'_>| s.end.unwrap_or(situation.now).as_second() - s.start.as_second() >= LASTING_SECONDS;
    if group.symptoms.iter().all(|s| situation.now.as_second() - s.seen_until() > FRESH_SECONDS) {
        return Err("over for more than an hour".to_owned());
    }
    let strong = group.symptoms.iter().any(|s| s.observed.is_warm() && (s.span.score >= ALONE || lasts(s)));
    let first = group.symptoms[0].metric();
    let second =
        group.all().skip(1).any(|a| a.metric().key.name != first.key.name || a.metric().resource != first.resource);
    let changed = situation.events.iter().any(|e| {
        cause::near(e, group.start()) && group.symptoms.iter().any(|s| e.resources.contains(&s.metric().resource))
    });
    if strong || second || changed {
        return Ok(());
    }
    if group.symptoms.iter().any(|s| !s.observed.is_warm()) {
        return Err("too little of its history is known to tell by one metric alone".to_owned());
    }
    Err("one metric, not rare enough by itself, for less than 30 minutes, with no change just before".to_owned())
}

pub fn not_opened(situation: &Situation<'_>, group: &Group<'_>) -> String {
    format!("not opened: {}", findings::summary(situation, &group.symptoms[0]))
}

pub fn open(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    messages: &mut Vec<Message>,
) -> Insight {
    let now = situation.now;
    let start = group.start();
    let main = group.main(topology, None);
    let Findings { subject, name, description, pattern, causes, recommendations, considered, change } =
        findings::findings(situation, topology, group, main);
    let id = InsightId::of(&situation.application.id, &subject.what, start.as_second());
    let impact = impact::count(situation, topology, group, None);
    let mut insight = Insight {
        id,
        name,
        nature: Nature::Reactive { pattern: pattern.map(|p| p.id), impact },
        subject,
        severity: Severity::Low,
        status: Status::Ongoing,
        start_time: start,
        end_time: None,
        open_time: now,
        update_time: now,
        application: situation.application.clone(),
        description,
        causes,
        anomalies: vec![],
        events: related_events(situation, group, change.as_ref(), &[]),
        recommendations,
        history: vec![],
        considered,
        repeat: None,
        handling: Handling::default(),
    };
    record_anomalies(situation, topology, group, &mut insight);
    insight.severity = extend::highest(&insight);
    repeat::mark(&mut insight, closed_reactive(situation), situation.repeats);
    tell(&mut insight, messages, MessageType::NewInsight, Transited::Opened, because(situation, group), now);
    insight
}

/// Whether the group is the closed insight come back: a symptom of it, within the hour after its end.
pub fn is_relapse(insight: &Insight, group: &Group<'_>) -> bool {
    let Some(end) = insight.end_time else { return false };
    let ending = insight.history.iter().rev().find_map(|t| match &t.step {
        Transited::Closed { ending } => Some(ending),
        _ => None,
    });
    let merged = matches!(ending, Some(Ending::PartOf { .. }));
    let soon = |s: &&Abnormal<'_>| s.start.as_second() - end.as_second() <= REOPEN_SECONDS;
    !merged && group.symptoms.iter().filter(soon).any(|s| subject::belongs(insight, s))
}

/// Told as a new one, so that nobody misses it, under the same id.
pub fn reopen(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    insight: &mut Insight,
    messages: &mut Vec<Message>,
) {
    let now = situation.now;
    let quiet = insight
        .end_time
        .map_or_else(String::new, |end| format!("came back {} after its end: ", lasted(end, group.start().max(end))));
    insight.status = Status::Ongoing;
    insight.end_time = None;
    let reason = format!("{quiet}{}", because(situation, group));
    tell(insight, messages, MessageType::NewInsight, Transited::Reopened, reason, now);
    let mut silent = Vec::new();
    extend::extend(situation, topology, group, insight, &mut silent);
    // One message says it came back; how severe it is now stands in it.
    messages.extend(silent.into_iter().filter(|m| m.message_type == MessageType::SeverityUpgraded));
}

fn because(situation: &Situation<'_>, group: &Group<'_>) -> String {
    let strongest =
        group.symptoms.iter().max_by(|a, b| a.span.score.total_cmp(&b.span.score)).expect("a group has a symptom");
    // A metric that departs twice is one.
    let metrics: BTreeSet<_> = group.all().map(|a| (&a.metric().resource, &a.metric().key)).collect();
    let others = metrics.len() - 1;
    let also = match others {
        0 => String::new(),
        1 => ", and one more metric with it".to_owned(),
        n => format!(", and {n} more metrics with it"),
    };
    format!("{}{also}", findings::summary(situation, strongest))
}
