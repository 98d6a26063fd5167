//! What is new of an insight that is open.

use super::repeat;
use super::subject::position;
use super::tell::{note, tell};
use crate::abnormal::{self, Abnormal};
use crate::findings::{self, Findings};
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use crate::{cause, impact, severity};
use stackseer_model::*;

/// What an anomaly keeps of its series.
const SNAPSHOT_POINTS: usize = 180;
const MOST_EVENTS: usize = 50;

pub fn extend(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    insight: &mut Insight,
    messages: &mut Vec<Message>,
) {
    let now = situation.now;
    let had: Vec<AnomalyId> = insight.anomalies.iter().map(|a| a.id.clone()).collect();
    record_anomalies(situation, topology, group, insight);
    let impact = impact::count(situation, topology, group, insight.impact());
    if let Nature::Reactive { impact: kept, .. } = &mut insight.nature {
        *kept = impact;
    }
    let change = explain(situation, topology, group, insight, messages);
    insight.events = related_events(situation, group, change.as_ref(), &insight.events);

    let joined: Vec<&Anomaly> =
        insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal && !had.contains(&a.id)).collect();
    if !joined.is_empty() {
        let anomalies = joined.iter().map(|a| a.id.clone()).collect();
        let reason = joined.iter().map(|a| a.description.as_str()).collect::<Vec<_>>().join("; ");
        tell(insight, messages, MessageType::NewAssociation, Transited::Extended { anomalies }, reason, now);
    }
    let severity = repeat::severity(insight, highest(insight), situation.repeats);
    if severity > insight.severity {
        let step = Transited::SeverityUpgraded { from: insight.severity, to: severity };
        let reason = format!("{:?} → {severity:?}: {}", insight.severity, worst(insight));
        insight.severity = severity;
        tell(insight, messages, MessageType::SeverityUpgraded, step, reason, now);
    }
    insight.update_time = now;
}

pub fn highest(insight: &Insight) -> Severity {
    insight.anomalies.iter().map(|a| a.severity).max().unwrap_or(Severity::Low)
}

fn worst(insight: &Insight) -> &str {
    insight.anomalies.iter().max_by_key(|a| a.severity).map_or("", |a| a.description.as_str())
}

/// Name, causes and advice from the evidence of now; the answer is the change that its pattern names. A pattern that named it
/// stays until a better one holds, and its texts go with the evidence.
fn explain(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    insight: &mut Insight,
    messages: &mut Vec<Message>,
) -> Option<ChangeEvent> {
    let now = situation.now;
    let main = group.main(topology, Some(&insight.subject));
    let mut found = findings::findings(situation, topology, group, main);
    let rank = |id: Option<&str>| {
        situation.catalog.patterns().iter().find(|p| Some(p.id.as_str()) == id).map_or(0, |p| p.rank)
    };
    let before = insight.pattern().map(str::to_owned);
    let before = before.as_deref();
    let better = found.pattern.as_ref().is_some_and(|p| p.rank > rank(before));
    let same = before.is_some() && found.pattern.as_ref().map(|p| p.id.as_str()) == before;
    insight.considered = std::mem::take(&mut found.considered);
    if let Some(before) = before.filter(|_| !better && !same) {
        found = findings::again(situation, topology, group, main, before)?;
    }
    let Findings { subject, name, description, pattern, causes, recommendations, change, .. } = found;
    let first = |causes: &[Cause]| causes.first().map(|c| c.resource.name.clone());
    let (from, to) = (first(&insight.causes), first(&causes));
    if from != to && to.is_some() {
        let said = from.clone().unwrap_or_else(|| "no clear cause".to_owned());
        let reason = format!("{said} → {}: {}", to.clone().unwrap_or_default(), causes[0].reason);
        note(insight, Transited::CauseChanged { from, to }, reason, now);
    }
    let name = repeat::named(insight, name);
    if name != insight.name {
        let from = std::mem::replace(&mut insight.name, name);
        let reason = format!("{from} → {}", insight.name);
        note(insight, Transited::Renamed { from }, reason, now);
    }
    let advised = recommendations.iter().any(|r| insight.recommendations.iter().all(|known| known.name != r.name));
    insight.subject = subject;
    insight.description = repeat::described(insight, description);
    if let Nature::Reactive { pattern: kept, .. } = &mut insight.nature {
        *kept = pattern.map(|p| p.id);
    }
    insight.causes = causes;
    insight.recommendations = recommendations;
    if advised && better {
        let reason = format!("recommends: {}", insight.recommendations[0].name);
        tell(insight, messages, MessageType::NewRecommendation, Transited::Recommended, reason, now);
    }
    change
}

/// Those within the hour before, the one that a pattern names, however long before, and those the insight has already.
pub fn related_events(
    situation: &Situation<'_>,
    group: &Group<'_>,
    named: Option<&ChangeEvent>,
    known: &[ChangeEvent],
) -> Vec<ChangeEvent> {
    let from = group.start().as_second() - cause::BEFORE_MINUTES * 60;
    let is_named = |e: &ChangeEvent| named.is_some_and(|named| named.id == e.id);
    let is_known = |e: &ChangeEvent| known.iter().any(|known| known.id == e.id);
    let near = |e: &&ChangeEvent| e.time.as_second() >= from || is_named(e) || is_known(e);
    let mut events: Vec<ChangeEvent> = situation.events.iter().filter(near).cloned().collect();
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    events.dedup_by(|a, b| a.id == b.id);
    // Those on the incident's own resources are worth most.
    let is_own = |e: &ChangeEvent| group.all().any(|a| e.resources.contains(&a.metric().resource));
    events.sort_by_key(|e| (!is_named(e), !is_own(e)));
    events.truncate(MOST_EVENTS);
    events
}

/// Adds the group's spans to the insight, or brings up to date those it has.
pub fn record_anomalies(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>, insight: &mut Insight) {
    for abnormal in group.all() {
        let fresh = anomaly(situation, topology, insight, abnormal);
        match position(insight, abnormal, situation.now) {
            Some(i) => {
                let known = &mut insight.anomalies[i];
                let score = known.of_metric().map_or(0.0, |m| m.score);
                *known = Anomaly {
                    id: known.id.clone(),
                    open_time: known.open_time,
                    close_time: fresh.close_time.map(|closed| known.close_time.unwrap_or(closed)),
                    start_time: known.start_time.min(fresh.start_time),
                    severity: known.severity.max(fresh.severity),
                    ..fresh
                };
                if let Some(evidence) = known.of_metric_mut() {
                    evidence.score = evidence.score.max(score);
                }
            }
            None => insight.anomalies.push(fresh),
        }
    }
    let causal = insight.anomalies.iter().find(|a| a.anomaly_type == AnomalyType::Causal).map(|a| a.id.clone());
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.anomaly_type == AnomalyType::Contextual) {
        anomaly.causal_anomaly.clone_from(&causal);
    }
}

fn anomaly(situation: &Situation<'_>, topology: &Topology<'_>, insight: &Insight, abnormal: &Abnormal<'_>) -> Anomaly {
    let metric = abnormal.metric();
    let ended = abnormal.end.is_some();
    Anomaly {
        id: AnomalyId::of(&insight.id, &metric.key.to_string(), abnormal.start.as_second()),
        anomaly_type: if abnormal.is_symptom() { AnomalyType::Causal } else { AnomalyType::Contextual },
        causal_anomaly: None,
        severity: severity::of(abnormal, topology),
        status: if ended { Status::Closed } else { Status::Ongoing },
        start_time: abnormal.start,
        end_time: abnormal.end,
        open_time: situation.now,
        close_time: ended.then_some(situation.now),
        resource: situation.inventory.named(&metric.resource),
        description: findings::summary(situation, abnormal),
        passed: 0,
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric.clone(),
            direction: abnormal.direction(),
            peak: abnormal.peak,
            expected: abnormal.expected,
            score: abnormal.span.score,
            silent: abnormal.silent,
            limit: None,
            series: snapshot(abnormal),
        }),
    }
}

/// The band around the span, thinned to what a chart needs; the peak is always kept.
fn snapshot(abnormal: &Abnormal<'_>) -> Vec<BandPoint> {
    let Some(detection) = abnormal.observed.detection() else { return vec![] };
    let step = detection.band.len().div_ceil(SNAPSHOT_POINTS).max(1);
    detection
        .band
        .iter()
        .enumerate()
        .filter(|(i, point)| i % step == 0 || point.time == abnormal.span.peak_time)
        .map(|(_, point)| BandPoint {
            time: abnormal::time(point.time),
            value: point.value,
            lower: point.lower,
            expected: point.expected,
            upper: point.upper,
        })
        .collect()
}
