//! Opening, extending, closing and repeating reactive insights.

use crate::abnormal::{self, Abnormal};
use crate::group::{Group, groups};
use crate::situation::{Outcome, Plan, Situation};
use crate::topology::Topology;
use crate::{cause, pattern, recommendation, severity, text};
use stackseer_catalog::fill;
use stackseer_model::*;

/// The symptoms must have been normal for so long before an insight closes: DevOps Guru was seen to take about ten minutes.
const QUIET_SECONDS: i64 = 10 * 60;
/// A single symptom this rare opens an insight without a second one beside it: by its own history less than once in a thousand
/// metric-weeks. No span of the ordinary weeks in `shared/detect/tests/null.rs` reaches it.
const ALONE: f64 = 3.0;
/// A less rare one that lasts so long opens too; none there does either.
const LASTING_SECONDS: i64 = 30 * 60;
/// Who publishes nothing for so long is not waited for any more.
const SILENT_SECONDS: i64 = 24 * 3600;
/// A repeat within this time is told quietly.
const REPEAT_SECONDS: i64 = 7 * 24 * 3600;
/// Spans of one metric this close together are one anomaly: CloudWatch corrects late points and the window slides.
const SLACK_SECONDS: i64 = 10 * 60;
/// What an anomaly keeps of its series.
const SNAPSHOT_POINTS: usize = 180;
const MOST_EVENTS: usize = 50;

pub fn plan(situation: &Situation<'_>) -> Plan {
    let topology = Topology::new(situation.inventory);
    let events = remembered_events(situation);
    let situation = &Situation { events: &events, ..*situation };
    let mut found = abnormal::all(situation);
    remember_starts(situation, &mut found);
    let mut insights: Vec<Insight> = open_reactive(situation).cloned().collect();
    let mut plan = Plan::default();

    for mut group in groups(&found, &topology, situation.now) {
        // What a closed insight has told already is not told again as the window still shows it.
        group.symptoms.retain(|s| !closed_reactive(situation).any(|i| holds(i, s, situation.now)));
        if group.symptoms.is_empty() {
            continue;
        }
        let known = insights.iter().position(|i| group.symptoms.iter().any(|s| belongs(i, s)));
        match known {
            Some(i) => extend(situation, &topology, &group, &mut insights[i], &mut plan.messages),
            None if opens(situation, &group) => {
                let insight = open(situation, &topology, &group, &mut plan.messages);
                insights.push(insight);
            }
            None => {}
        }
    }
    for insight in &mut insights {
        settle(situation, &found, insight, &mut plan.messages);
    }
    plan.changed = insights.into_iter().filter(|i| differs(situation.known.iter().find(|k| k.id == i.id), i)).collect();
    plan
}

fn open_reactive<'a>(situation: &'a Situation<'_>) -> impl Iterator<Item = &'a Insight> {
    situation.known.iter().filter(|i| i.is_open(InsightType::Reactive))
}

fn closed_reactive<'a>(situation: &'a Situation<'_>) -> impl Iterator<Item = &'a Insight> {
    situation.known.iter().filter(|i| i.insight_type() == InsightType::Reactive && i.status == Status::Closed)
}

/// What was read now, and what an open insight knows already: a long incident outlives the changes that began it in what is
/// read.
fn remembered_events(situation: &Situation<'_>) -> Vec<ChangeEvent> {
    let mut events = situation.events.to_vec();
    for event in open_reactive(situation).flat_map(|i| &i.events) {
        if events.iter().all(|e| e.id != event.id) {
            events.push(event.clone());
        }
    }
    events
}

/// In the same way a long anomaly outlives its start in the window.
fn remember_starts(situation: &Situation<'_>, found: &mut [Abnormal<'_>]) {
    for abnormal in found.iter_mut() {
        let known = open_reactive(situation)
            .filter_map(|i| Some(i.anomalies[position(i, abnormal, situation.now)?].start_time))
            .min();
        abnormal.start = known.map_or(abnormal.start, |start| start.min(abnormal.start));
    }
    found.sort_by(|a, b| (a.start, &a.metric().key).cmp(&(b.start, &b.metric().key)));
}

/// Whether anything but the time of the last look is different.
fn differs(before: Option<&Insight>, after: &Insight) -> bool {
    before.is_none_or(|before| {
        let same_time = Insight { update_time: before.update_time, ..after.clone() };
        *before != same_time
    })
}

fn same_metric(anomaly: &Anomaly, abnormal: &Abnormal<'_>) -> bool {
    anomaly.metric().is_some_and(|m| m.key == abnormal.metric().key)
}

/// The anomaly of the insight that is this very span, seen before.
fn position(insight: &Insight, abnormal: &Abnormal<'_>, now: Timestamp) -> Option<usize> {
    insight.anomalies.iter().position(|a| {
        same_metric(a, abnormal)
            && a.start_time.as_second() <= abnormal.end.unwrap_or(now).as_second() + SLACK_SECONDS
            && a.end_time.is_none_or(|end| end.as_second() + SLACK_SECONDS >= abnormal.start.as_second())
    })
}

fn holds(insight: &Insight, abnormal: &Abnormal<'_>, now: Timestamp) -> bool {
    position(insight, abnormal, now).is_some()
}

/// A relapse while the insight is still open is the same incident.
fn belongs(insight: &Insight, abnormal: &Abnormal<'_>) -> bool {
    insight.anomalies.iter().any(|a| same_metric(a, abnormal))
}

/// One rare or lasting symptom, or another one that something else speaks for.
fn opens(situation: &Situation<'_>, group: &Group<'_>) -> bool {
    let lasts = |s: &Abnormal<'_>| s.end.unwrap_or(situation.now).as_second() - s.start.as_second() >= LASTING_SECONDS;
    let strong = group.symptoms.iter().any(|s| s.observed.is_warm() && (s.span.score >= ALONE || lasts(s)));
    let first = &group.symptoms[0].metric().resource;
    let second = group
        .all()
        .skip(1)
        .any(|a| a.metric().key.name != group.symptoms[0].metric().key.name || &a.metric().resource != first);
    let changed = situation.events.iter().any(|e| {
        cause::near(e, group.start()) && group.symptoms.iter().any(|s| e.resources.contains(&s.metric().resource))
    });
    strong || second || changed
}

/// What is said of the incident, from the evidence of now.
struct Findings {
    name: String,
    description: String,
    pattern: Option<(String, u8)>,
    causes: Vec<Cause>,
    recommendations: Vec<Recommendation>,
}

fn findings(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>) -> Findings {
    let mut causes = cause::rank(situation, topology, group);
    let events: Vec<ChangeEvent> = related_events(situation, group)
        .into_iter()
        .filter(|e| cause::near(e, group.start()) && group.all().any(|a| e.resources.contains(&a.metric().resource)))
        .collect();
    if let Some(found) = pattern::best(situation, topology, group) {
        let effect = &found.effect;
        let advice = &found.pattern.recommendation;
        let said = |template: &str| sentence(template, &found);
        let description = said(&found.pattern.description);
        lead_with(situation, &mut causes, &found);
        let recommendation = Recommendation {
            name: said(&advice.name),
            description: said(&advice.description),
            reason: said(&advice.reason),
            link: advice.link.clone(),
            place: String::new(),
            command: String::new(),
            related_events: vec![],
            related_anomalies: vec![],
        };
        return Findings {
            name: said(&found.pattern.title),
            description,
            pattern: Some((found.pattern.id.clone(), found.pattern.rank)),
            recommendations: vec![recommendation::relate(recommendation, effect, situation.inventory, &events)],
            causes,
        };
    }
    let effect = main_symptom(group, topology);
    let unnamed = Resource::new("", effect.metric().resource.as_str());
    let resource = situation.inventory.resource(&effect.metric().resource).unwrap_or(&unnamed);
    let boundary = match situation.application.boundary {
        Boundary::Stack { .. } => format!(" In Stack {}", situation.application.name),
        Boundary::Tag { .. } => format!(" In Application {}", situation.application.name),
        Boundary::Unassigned => String::new(),
    };
    let by = causes
        .first()
        .filter(|c| c.resource.id != resource.id)
        .map_or_else(String::new, |c| format!(", caused by {}", c.resource.name));
    let metric = effect.metric();
    let label = situation.catalog.service_label(&resource.resource_type);
    let why = match causes.first() {
        Some(cause) => format!("Most likely cause: {}: {}.", cause.resource.name, cause.reason),
        None => "No clear cause: no resource shows most of the harm, and no change came just before.".to_owned(),
    };
    let recommendation = recommendation::by_role(effect, resource, causes.first(), &events);
    Findings {
        name: format!("{label} {} Anomalous{boundary}: {}{by}", metric.key.name, resource.name),
        description: format!(
            "{} of {} has been {} against {} expected since {}. {why}",
            metric.key.name,
            resource.name,
            text::value(metric, effect.span.peak),
            text::value(metric, effect.span.expected),
            text::clock(effect.start),
        ),
        pattern: None,
        recommendations: vec![recommendation::relate(recommendation, effect, situation.inventory, &events)],
        causes,
    }
}

/// A metric's label, unlike a resource's name, may be written with a capital.
fn sentence(template: &str, found: &pattern::Match<'_>) -> String {
    let text = fill(template, &found.values);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if template.starts_with("{metric}") || template.starts_with("{cause_metric}") => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => text,
    }
}

/// The pattern's cause comes first.
fn lead_with(situation: &Situation<'_>, causes: &mut Vec<Cause>, found: &pattern::Match<'_>) {
    let Some(resource) = situation.inventory.resource(found.cause.resource) else { return };
    let known = causes.iter().position(|c| c.resource.id == resource.id).map(|i| causes.remove(i));
    let metric = found.cause.metric.map(|m| m.observed.metric.key.name.clone());
    causes.insert(
        0,
        Cause {
            resource: ResourceRef::from(resource),
            metric,
            share: known.as_ref().and_then(|c| c.share),
            rank: 1,
            changes: known.map_or_else(Vec::new, |c| c.changes),
            path: vec![],
            reason: found.cause.said(found.effect.start),
        },
    );
    causes.iter_mut().zip(1..).for_each(|(cause, rank)| cause.rank = rank);
}

/// What people feel: the most severe symptom, at the front door before behind it, the earliest.
fn main_symptom<'g, 'a>(group: &'g Group<'a>, topology: &Topology<'_>) -> &'g Abnormal<'a> {
    group
        .symptoms
        .iter()
        .max_by_key(|s| {
            let entry = topology.is_entry(&s.metric().resource);
            (severity::of(s, topology), entry, std::cmp::Reverse(s.start))
        })
        .expect("a group has a symptom")
}

fn related_events(situation: &Situation<'_>, group: &Group<'_>) -> Vec<ChangeEvent> {
    let from = group.start().as_second() - cause::BEFORE_MINUTES * 60;
    let mut events: Vec<ChangeEvent> =
        situation.events.iter().filter(|e| e.time.as_second() >= from).cloned().collect();
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    events.dedup_by(|a, b| a.id == b.id);
    // Those on the incident's own resources are worth most.
    events.sort_by_key(|e| !group.all().any(|a| e.resources.contains(&a.metric().resource)));
    events.truncate(MOST_EVENTS);
    events
}

fn open(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>, messages: &mut Vec<Message>) -> Insight {
    let now = situation.now;
    let start = group.start();
    let main = main_symptom(group, topology).metric();
    let subject = Subject { what: main.key.to_string(), resource: Some(main.resource.clone()) };
    let id = InsightId::of(&situation.application.id, &subject.what, start.as_second());
    let found = findings(situation, topology, group);
    let mut insight = Insight {
        id,
        name: found.name,
        nature: Nature::Reactive { pattern: found.pattern.map(|(id, _)| id), impact: None },
        subject,
        severity: Severity::Low,
        status: Status::Ongoing,
        start_time: start,
        end_time: None,
        open_time: now,
        update_time: now,
        application: situation.application.clone(),
        description: found.description,
        causes: found.causes,
        anomalies: vec![],
        events: related_events(situation, group),
        recommendations: found.recommendations,
        history: vec![],
        considered: vec![],
        repeat: None,
    };
    record_anomalies(situation, topology, group, &mut insight);
    insight.severity = insight.anomalies.iter().map(|a| a.severity).max().unwrap_or(Severity::Low);
    let earlier =
        closed_reactive(situation).filter(|known| repeats(known, &insight)).max_by_key(|known| known.start_time);
    let reason = opened_because(group);
    if let Some(earlier) = earlier {
        insight.repeat = Some(Repeat { of: earlier.id.clone(), times: 2 });
        insight.name = format!("Repeated Insight: {}", insight.name);
        insight.severity = Severity::Low;
    }
    tell(&mut insight, messages, MessageType::NewInsight, Transited::Opened, reason, now);
    insight
}

fn opened_because(group: &Group<'_>) -> String {
    let strongest =
        group.symptoms.iter().max_by(|a, b| a.span.score.total_cmp(&b.span.score)).expect("a group has a symptom");
    let metric = strongest.metric();
    let others = group.all().count() - 1;
    let beside = if others == 0 { String::new() } else { format!(", and {others} more beside it") };
    format!(
        "{} was {} against {} expected from {}{beside}",
        metric.key.name,
        text::value(metric, strongest.span.peak),
        text::value(metric, strongest.span.expected),
        text::clock(strongest.start),
    )
}

fn repeats(earlier: &Insight, insight: &Insight) -> bool {
    let recent =
        insight.start_time.as_second() - earlier.end_time.unwrap_or(earlier.update_time).as_second() <= REPEAT_SECONDS;
    recent && earlier.start_time < insight.start_time && plain(&earlier.name) == plain(&insight.name)
}

fn plain(name: &str) -> &str {
    name.strip_prefix("Repeated Insight: ").unwrap_or(name)
}

fn extend(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    insight: &mut Insight,
    messages: &mut Vec<Message>,
) {
    let now = situation.now;
    let had = insight.anomalies.len();
    record_anomalies(situation, topology, group, insight);
    insight.events = related_events(situation, group);

    let found = findings(situation, topology, group);
    let rank = |id: Option<&str>| {
        situation.catalog.patterns().iter().find(|p| Some(p.id.as_str()) == id).map_or(0, |p| p.rank)
    };
    let named = insight.pattern();
    let better = found.pattern.as_ref().is_some_and(|(_, new)| *new > rank(named));
    let same = named.is_some() && found.pattern.as_ref().map(|(id, _)| id.as_str()) == named;
    if named.is_none() || better || same {
        let named = |causes: &[Cause]| causes.first().map(|c| c.resource.name.clone());
        let (before, after) = (named(&insight.causes), named(&found.causes));
        if before != after && after.is_some() {
            let because = found.causes[0].reason.clone();
            let from = before.clone().unwrap_or_else(|| "no clear cause".to_owned());
            let reason = format!("{from} → {}: {because}", after.clone().unwrap_or_default());
            let step = Transited::CauseChanged { from: before, to: after };
            insight.history.push(Transition { time: now, step, reason });
        }
        let prefix = if insight.repeat.is_some() { "Repeated Insight: " } else { "" };
        let new_advice =
            found.recommendations.iter().any(|r| insight.recommendations.iter().all(|known| known.name != r.name));
        insight.name = format!("{prefix}{}", found.name);
        insight.description = found.description;
        insight.nature = Nature::Reactive { pattern: found.pattern.map(|(id, _)| id), impact: None };
        insight.causes = found.causes;
        insight.recommendations = found.recommendations;
        if new_advice && better {
            let reason = format!("recommends: {}", insight.recommendations[0].name);
            tell(insight, messages, MessageType::NewRecommendation, Transited::Recommended, reason, now);
        }
    }
    let joined: Vec<&Anomaly> =
        insight.anomalies[had..].iter().filter(|a| a.anomaly_type == AnomalyType::Causal).collect();
    if !joined.is_empty() {
        let ids = joined.iter().map(|a| a.id.clone()).collect();
        let names: Vec<&str> = joined.iter().map(|a| a.description.as_str()).collect();
        let reason = names.join("; ");
        tell(insight, messages, MessageType::NewAssociation, Transited::Extended { anomalies: ids }, reason, now);
    }
    let highest = insight.anomalies.iter().map(|a| a.severity).max().unwrap_or(Severity::Low);
    if highest > insight.severity && insight.repeat.is_none() {
        let reason = format!("{:?} → {highest:?}: an anomaly of that severity joined", insight.severity);
        let step = Transited::SeverityUpgraded { from: insight.severity, to: highest };
        insight.severity = highest;
        tell(insight, messages, MessageType::SeverityUpgraded, step, reason, now);
    }
    insight.update_time = now;
}

/// Adds the group's spans to the insight, or brings up to date those it has.
fn record_anomalies(situation: &Situation<'_>, topology: &Topology<'_>, group: &Group<'_>, insight: &mut Insight) {
    for abnormal in group.all() {
        let fresh = anomaly(situation, topology, insight, abnormal);
        match position(insight, abnormal, situation.now) {
            Some(i) => {
                let known = &mut insight.anomalies[i];
                known.end_time = fresh.end_time;
                known.status = fresh.status;
                known.close_time = fresh.close_time;
                known.severity = known.severity.max(fresh.severity);
                let (Some(before), Evidence::Metric(now)) = (known.of_metric_mut(), fresh.evidence) else { continue };
                if now.score > before.score {
                    *before = now;
                    known.description = fresh.description;
                } else {
                    before.series = now.series;
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
    let resource = situation.inventory.named(&metric.resource);
    let ended = abnormal.end.is_some();
    Anomaly {
        id: AnomalyId::of(&insight.id, &metric.key.to_string(), abnormal.start.as_second()),
        anomaly_type: if metric.opens { AnomalyType::Causal } else { AnomalyType::Contextual },
        causal_anomaly: None,
        severity: severity::of(abnormal, topology),
        status: if ended { Status::Closed } else { Status::Ongoing },
        start_time: abnormal.start,
        end_time: abnormal.end,
        open_time: situation.now,
        close_time: ended.then_some(situation.now),
        description: format!(
            "{} of {} {} against {} expected from {}",
            metric.key.name,
            resource.name,
            text::value(metric, abnormal.span.peak),
            text::value(metric, abnormal.span.expected),
            text::clock(abnormal.start),
        ),
        resource,
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric.clone(),
            direction: abnormal.direction(),
            peak: abnormal.span.peak,
            expected: abnormal.span.expected,
            score: abnormal.span.score,
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

/// Ends what has ended, and closes an insight whose symptoms have been normal long enough.
fn settle(situation: &Situation<'_>, found: &[Abnormal<'_>], insight: &mut Insight, messages: &mut Vec<Message>) {
    let now = situation.now;
    let mut unseen = None;
    let mut silent = false;
    let last_seen = insight.update_time;
    let waited_for = now.as_second() - last_seen.as_second() < SILENT_SECONDS;
    let known = insight.clone();
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        let Some(metric) = anomaly.metric() else { continue };
        let still = found.iter().any(|a| a.end.is_none() && same_metric(anomaly, a) && holds(&known, a, now));
        if still {
            continue;
        }
        let observed = situation.observed.iter().find(|o| o.metric.key == metric.key);
        let exists = situation.inventory.resource(&metric.resource).is_some();
        let end = match observed.map(|o| &o.outcome) {
            Some(Outcome::Unknown(reason)) => {
                unseen = Some(reason.reason.clone());
                continue;
            }
            Some(Outcome::Read { detection, .. }) if detection.is_silent() => {
                if waited_for && anomaly.anomaly_type == AnomalyType::Causal {
                    unseen = Some("nothing was published since".to_owned());
                }
                if waited_for {
                    continue;
                }
                silent |= anomaly.anomaly_type == AnomalyType::Causal;
                last_seen.max(anomaly.start_time)
            }
            // Read again, and no span of it goes on.
            Some(Outcome::Read { .. }) => last_seen.max(anomaly.start_time),
            None if !exists => now,
            None if anomaly.anomaly_type == AnomalyType::Contextual => continue,
            None => {
                unseen = Some("it was not read".to_owned());
                continue;
            }
        };
        anomaly.end_time = Some(end);
        anomaly.close_time = Some(now);
        anomaly.status = Status::Closed;
    }
    if let Some(reason) = unseen {
        let reason = format!("can't tell whether it goes on: {reason}");
        if insight.history.last().is_none_or(|t| t.reason != reason) {
            insight.history.push(Transition { time: now, step: Transited::Unknown, reason });
        }
        return;
    }
    let symptoms = || insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal);
    if symptoms().any(|a| a.status == Status::Ongoing) {
        return;
    }
    let end = symptoms().filter_map(|a| a.end_time).max().unwrap_or(last_seen);
    let gone = symptoms().all(|a| situation.inventory.resource(&a.resource.id).is_none());
    if !gone && now.as_second() - end.as_second() < QUIET_SECONDS {
        return;
    }
    for anomaly in insight.anomalies.iter_mut().filter(|a| a.status == Status::Ongoing) {
        anomaly.status = Status::Closed;
        anomaly.end_time = Some(end);
        anomaly.close_time = Some(now);
    }
    insight.status = Status::Closed;
    insight.end_time = Some(end);
    let ending = if gone {
        Ending::Gone
    } else if silent {
        Ending::Silent
    } else {
        Ending::Normal
    };
    let reason = if gone {
        "its resource no longer exists".to_owned()
    } else if silent {
        format!("nothing was published for a day since {}: whether it is back to normal is not known", text::clock(end))
    } else {
        format!("back to normal since {}, after {}", text::clock(end), text::lasted(insight.start_time, end))
    };
    tell(insight, messages, MessageType::ClosedInsight, Transited::Closed { ending }, reason, now);
    insight.update_time = now;
}

/// One change of state: a line in the history and a message in the outbox.
pub(crate) fn tell(
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
    let change = step.label();
    insight.history.push(Transition { time: now, step, reason: reason.clone() });
    messages.push(Message {
        id: event_id(insight.id.as_str(), change, now.as_second(), &insight.history.len().to_string()),
        message_type,
        insight: insight.id.clone(),
        time: now,
        anomalies,
        reason,
    });
}
