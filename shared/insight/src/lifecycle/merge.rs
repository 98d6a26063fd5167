//! Two that turn out to be one.

use super::subject;
use super::tell::{note, tell};
use crate::group::Group;
use stackseer_model::*;

/// The open insights of which the group has a symptom, the eldest first.
pub fn of_group(insights: &[Insight], group: &Group<'_>) -> Vec<usize> {
    let mut found: Vec<usize> = (0..insights.len())
        .filter(|&i| insights[i].status == Status::Ongoing)
        .filter(|&i| group.symptoms.iter().any(|s| subject::belongs(&insights[i], s)))
        .collect();
    found.sort_by_key(|&i| (insights[i].start_time, insights[i].open_time, insights[i].id.clone()));
    found
}

/// What the younger knows moves to the elder, and the younger is over.
pub fn absorb(elder: &mut Insight, younger: &mut Insight, messages: &mut Vec<Message>, now: Timestamp) {
    let moved: Vec<AnomalyId> = younger
        .anomalies
        .iter()
        .filter(|a| a.anomaly_type == AnomalyType::Causal)
        .map(|a| a.id.clone())
        .filter(|id| elder.anomalies.iter().all(|a| a.id != *id))
        .collect();
    for anomaly in std::mem::take(&mut younger.anomalies) {
        if elder.anomalies.iter().all(|a| a.id != anomaly.id) {
            elder.anomalies.push(anomaly);
        }
    }
    for event in &younger.events {
        if elder.events.iter().all(|e| e.id != event.id) {
            elder.events.push(event.clone());
        }
    }
    // A share of harm that is counted elsewhere now.
    younger.causes.iter_mut().for_each(|cause| cause.share = None);
    elder.start_time = elder.start_time.min(younger.start_time);
    let ending = Ending::PartOf { insight: elder.id.clone() };
    younger.status = Status::Closed;
    younger.end_time = Some(now);
    younger.update_time = now;
    let reason = format!("part of {}", elder.name);
    tell(younger, messages, MessageType::ClosedInsight, Transited::Closed { ending }, reason, now);
    let reason = format!("{} turned out to be part of it", younger.name);
    note(elder, Transited::Absorbed { insight: younger.id.clone() }, reason.clone(), now);
    if !moved.is_empty() {
        tell(elder, messages, MessageType::NewAssociation, Transited::Extended { anomalies: moved }, reason, now);
    }
}
