//! One incident tried on the line, and what was said of it held against what is true.

use crate::calendar::{HOUR, Minute};
use crate::incidents::{Harm, Kind, Plan, Scene, Strength, Truth, is_held_back};
use crate::lab::{HISTORY, Lab, Running, Seen, TICK, TRIED};
use crate::random::Dice;
use crate::script::event;
use crate::world::Recorder;
use anyhow::Result;
use serde::Serialize;
use stackseer_model::{ChangeEvent, Insight, InsightType, Inventory, ResourceId, Severity, Status};
use stackseer_testkit::MemoryStore;

/// What is watched before the trouble and after it; what opens until then counts.
const BEFORE: Minute = HOUR;
const AFTER: Minute = 2 * HOUR;
/// An insight may come so long after the harm is over.
const STILL: Minute = 10;
/// And closes at most so long after.
const CLOSES: Minute = 60;
/// How long things may take to be as they were.
const MENDS: Minute = 3 * HOUR;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    pub kind: &'static str,
    pub app: &'static str,
    pub strength: Strength,
    pub seed: u64,
    /// Kind or seed was kept out of tuning.
    pub held_back: bool,
    /// None: there is nothing to find.
    pub found: Option<bool>,
    pub minutes_to_detect: Option<Minute>,
    pub opened: usize,
    pub expected: usize,
    pub cause_first: Option<bool>,
    pub cause_in_three: Option<bool>,
    pub change_named: Option<bool>,
    pub path_right: Option<bool>,
    pub title_right: Option<bool>,
    pub severity_right: Option<bool>,
    pub closed: Option<bool>,
    pub abstained: Option<bool>,
    pub innocent_blamed: Option<bool>,
    /// Nothing is wrong, and nothing high was said.
    pub stayed_low: Option<bool>,
    pub title: String,
    pub first_cause: String,
}

impl Outcome {
    pub fn exactly_one(&self) -> Option<bool> {
        (self.found == Some(true)).then_some(self.opened == self.expected)
    }
}

/// A case as it was run.
pub struct Tried {
    pub scene: Scene,
    pub plan: Plan,
    pub running: Running,
    pub events: Vec<ChangeEvent>,
    pub spans: Vec<Span>,
    pub watched: (Minute, Minute),
    pub seen: Vec<Seen>,
}

/// From when to when one truth harms, and for how many minutes in all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    pub onset: Minute,
    pub end: Minute,
    pub minutes: usize,
}

pub fn scene(lab: &Lab, strength: Strength) -> Scene {
    let mut dice = Dice::new(lab.watched.seed, 77, strength as i64);
    // Between eleven and four by the clocks there, or at three in the morning.
    let hour = if strength == Strength::Night { 2 } else { 10 + dice.below(5) as i64 };
    let at = lab.end() + hour * HOUR + dice.below(50) as i64;
    Scene {
        app: lab.watched.app.name,
        strength,
        at,
        minutes: 45 + dice.below(40) as i64,
        seed: lab.watched.seed,
        midnight: lab.end(),
    }
}

/// Runs it without the line. The second: where each truth harmed.
pub fn simulate(lab: &Lab, plan: &Plan, scene: &Scene) -> (Running, Vec<Span>) {
    let last = plan.script.effects.iter().map(|e| e.to + e.falls).max().unwrap_or(scene.at);
    let lasts = plan.truths.iter().map(|truth| truth.lasts).max().unwrap_or(0);
    let to = (last + lasts + MENDS + AFTER).min(lab.end() + TRIED);
    let first = plan.script.effects.iter().map(|e| e.from).min().unwrap_or(scene.at);
    let mut running = lab.before(first);
    lab.watched.run(&mut running, &plan.script, to);
    let at = plan.at.unwrap_or(scene.at);
    let spans = plan.truths.iter().map(|truth| harm(lab, &running.recorder, truth, at)).collect();
    (running, spans)
}

/// An unharmed truth has an empty span at the time of the trouble.
fn harm(lab: &Lab, disturbed: &Recorder, truth: &Truth, at: Minute) -> Span {
    let mut span = Span { onset: at, end: at, minutes: 0 };
    for harm in &truth.harm {
        let minutes = harmful(lab, disturbed, harm, at);
        let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else { continue };
        let onset = if span.minutes == 0 { *first } else { span.onset.min(*first) };
        span = Span { onset, end: span.end.max(last + 1), minutes: span.minutes.max(minutes.len()) };
        span.end = span.end.max(span.onset + truth.lasts);
    }
    span
}

pub fn harmful(lab: &Lab, disturbed: &Recorder, harm: &Harm, from: Minute) -> Vec<Minute> {
    let inventory = &lab.watched.app.inventory;
    let is_it = |m: &stackseer_model::Metric| {
        inventory.resource(&m.resource).is_some_and(|r| r.name == harm.node)
            && m.key.name == harm.metric
            && m.key.statistic == harm.statistic
    };
    let Some(place) = lab.watched.metrics.iter().position(is_it) else { return vec![] };
    let is_sum = harm.statistic == "Sum";
    let at = |recorder: &Recorder, minute: Minute| {
        let track = &recorder.tracks[place];
        let value = track.between(minute, minute + 1).next();
        if is_sum { Some(value.unwrap_or(0.0)) } else { value }
    };
    let to = disturbed.until.min(lab.undisturbed.until);
    let away = |minute: &Minute| {
        let usual = at(&lab.undisturbed, *minute);
        let now = at(disturbed, *minute);
        match (now, usual) {
            (Some(now), Some(usual)) if harm.falls => usual - now >= harm.least,
            (Some(now), usual) if !harm.falls => now - usual.unwrap_or(0.0) >= harm.least,
            (None, Some(usual)) => harm.falls && usual >= harm.least,
            _ => false,
        }
    };
    (from..to).filter(away).collect()
}

/// Where, when and what, and what it harms, without the line.
pub fn stage(lab: &Lab, kind: &Kind, strength: Strength) -> (Scene, Plan, Running, Vec<Span>) {
    let mut scene = scene(lab, strength);
    let plan = (kind.build)(&scene);
    scene.at = plan.at.unwrap_or(scene.at);
    let (running, spans) = simulate(lab, &plan, &scene);
    (scene, plan, running, spans)
}

pub fn try_kind(lab: &Lab, kind: &Kind, strength: Strength) -> Result<Tried> {
    let (scene, plan, running, spans) = stage(lab, kind, strength);
    let events = events(lab, &plan, &running.recorder);
    let from = spans.iter().map(|s| s.onset).min().unwrap_or(scene.at).min(scene.at) - BEFORE;
    let end = spans.iter().map(|s| s.end).max().unwrap_or(scene.at + scene.minutes);
    let to = (end + AFTER).min(running.now - TICK);
    let (store, mut seen) = (MemoryStore::default(), Vec::new());
    let source = lab.watched.source(&running.recorder, &events, &plan.script.late);
    let mut learned = std::borrow::Cow::Borrowed(lab.learned()?);
    let mut minute = from.div_euclid(TICK) * TICK;
    let first_midnight = lab.end() + crate::calendar::DAY;
    let mut relearns = first_midnight + HOUR;
    while minute <= to {
        let until = to.min(relearns - TICK);
        lab.watched.watch(&source, &learned, &store, minute, until, &mut seen)?;
        minute = until.div_euclid(TICK) * TICK + TICK;
        if until < to {
            learned = std::borrow::Cow::Owned(lab.watched.learn(&running.recorder, relearns)?);
            relearns += crate::calendar::DAY;
        }
    }
    Ok(Tried { scene, plan, running, events, spans, watched: (from, to), seen })
}

/// What people did, and what scaled by itself.
pub fn events(lab: &Lab, plan: &Plan, recorder: &Recorder) -> Vec<ChangeEvent> {
    let mut events = plan.script.events(&lab.watched.app.inventory);
    events.extend(recorder.scaled.iter().map(|scaled| lab.watched.scaling(scaled)));
    events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    events
}

pub fn judge(lab: &Lab, kind: &Kind, tried: &Tried) -> Vec<Outcome> {
    let opened = openings(tried);
    if tried.plan.truths.is_empty() {
        return vec![harmless(lab, kind, tried, &opened)];
    }
    // With few customers about, a mild one may have harmed nobody: then there is nothing to find.
    let harmed = tried.plan.truths.iter().zip(&tried.spans).filter(|(_, span)| span.minutes > 0);
    let judged = harmed.map(|(truth, span)| {
        let mut outcome = blank(lab, kind, tried);
        outcome.found = Some(false);
        outcome.opened = opened.iter().filter(|(minute, _)| *minute >= tried.scene.at).count();
        let inventory = &lab.watched.app.inventory;
        let about = |insight: &Insight| is_about(inventory, insight, truth);
        // One that was open for something else may become about it.
        let found =
            reactive(tried).find(|s| s.minute >= tried.scene.at && s.minute <= span.end + STILL && about(&s.insight));
        if let Some(seen) = found {
            outcome.found = Some(true);
            outcome.minutes_to_detect = Some((seen.minute - span.onset).max(0));
            hold_against(&mut outcome, inventory, truth, span, &versions(tried, &seen.insight));
        }
        outcome
    });
    judged.collect()
}

fn blank(lab: &Lab, kind: &Kind, tried: &Tried) -> Outcome {
    Outcome {
        kind: kind.name,
        app: lab.watched.app.name,
        strength: tried.scene.strength,
        seed: lab.watched.seed,
        held_back: is_held_back(kind.name) || lab.watched.seed.is_multiple_of(2),
        found: None,
        minutes_to_detect: None,
        opened: 0,
        expected: tried.plan.truths.len(),
        cause_first: None,
        cause_in_three: None,
        change_named: None,
        path_right: None,
        title_right: None,
        severity_right: None,
        closed: None,
        abstained: None,
        innocent_blamed: None,
        stayed_low: None,
        title: String::new(),
        first_cause: String::new(),
    }
}

/// Nothing was wrong: at most a word of it, and no alarm.
fn harmless(lab: &Lab, kind: &Kind, tried: &Tried, opened: &[(Minute, Insight)]) -> Outcome {
    let after: Vec<&(Minute, Insight)> = opened.iter().filter(|(minute, _)| *minute >= tried.scene.at).collect();
    let is_high = tried.seen.iter().any(|s| s.minute >= tried.scene.at && s.insight.severity == Severity::High);
    Outcome {
        opened: after.len(),
        stayed_low: Some(after.len() <= 1 && !is_high),
        title: after.first().map_or_else(String::new, |(_, insight)| insight.name.clone()),
        ..blank(lab, kind, tried)
    }
}

fn reactive(tried: &Tried) -> impl Iterator<Item = &Seen> {
    tried.seen.iter().filter(|s| s.insight.insight_type() == InsightType::Reactive)
}

/// Each reactive insight as it first was.
fn openings(tried: &Tried) -> Vec<(Minute, Insight)> {
    let mut opened: Vec<(Minute, Insight)> = Vec::new();
    for seen in reactive(tried) {
        if !opened.iter().any(|(_, known)| known.id == seen.insight.id) {
            opened.push((seen.minute, seen.insight.clone()));
        }
    }
    opened
}

fn versions<'a>(tried: &'a Tried, insight: &Insight) -> Vec<&'a Seen> {
    tried.seen.iter().filter(|seen| seen.insight.id == insight.id).collect()
}

fn name_of<'a>(inventory: &'a Inventory, id: &ResourceId) -> &'a str {
    inventory.resource(id).map_or("", |r| r.name.as_str())
}

fn is_about(inventory: &Inventory, insight: &Insight, truth: &Truth) -> bool {
    let meant = |name: &str| truth.symptoms.contains(&name) || truth.causes.contains(&name);
    let subject = insight.subject.resource.as_ref().map(|id| name_of(inventory, id));
    subject.is_some_and(meant)
}

fn hold_against(outcome: &mut Outcome, inventory: &Inventory, truth: &Truth, span: &Span, versions: &[&Seen]) {
    let Some(first) = versions.first() else { return };
    let at_end = versions.iter().rev().find(|seen| seen.minute <= span.end).unwrap_or(first);
    let insight = &at_end.insight;
    let causes: Vec<&str> = insight.causes.iter().map(|c| name_of(inventory, &c.resource.id)).collect();
    let is_right = |cause: &&str| truth.causes.contains(cause);
    outcome.title = insight.name.clone();
    outcome.first_cause = causes.first().copied().unwrap_or("no clear cause").to_owned();
    let first_right = causes.first().is_some_and(is_right);
    if truth.abstains {
        outcome.abstained = Some(causes.is_empty() || first_right);
    } else {
        outcome.cause_first = Some(first_right);
        outcome.cause_in_three = Some(causes.iter().take(3).any(is_right));
        outcome.path_right = Some(insight.causes.first().is_some_and(|c| {
            let path: Vec<&str> = c.path.iter().map(|s| name_of(inventory, &s.resource.id)).collect();
            is_path(truth, &path)
        }));
    }
    outcome.innocent_blamed = Some(causes.first().is_some_and(|c| truth.innocent.contains(c)));
    if let Some(change) = &truth.change {
        let id = event(change, inventory).id;
        let named = insight.causes.first().is_some_and(|c| c.changes.iter().any(|done| done.events.contains(&id)));
        outcome.change_named = Some(named);
    }
    outcome.title_right = Some(is_title(truth, &insight.name));
    outcome.severity_right = Some(is_severity(truth, insight.severity));
    let later = versions.iter().rev().find(|seen| seen.minute <= span.end + CLOSES);
    outcome.closed = Some(later.is_some_and(|seen| seen.insight.status == Status::Closed));
}

fn is_severity(truth: &Truth, severity: Severity) -> bool {
    (truth.severity.0..=truth.severity.1).contains(&severity)
}

/// It names what is broken or who broke it, says what is wrong with it, and nobody innocent.
fn is_title(truth: &Truth, title: &str) -> bool {
    let title = title.to_lowercase();
    let names = |name: &&&str| is_named(&title, name);
    truth.symptoms.iter().chain(&truth.causes).any(|name| names(&name))
        && truth.words.iter().any(|word| title.contains(&word.to_lowercase()))
        && !truth.innocent.iter().any(|name| names(&name))
}

/// As a whole word: `shop-mail` is not in `shop-mailer`.
fn is_named(title: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    title.split(|c: char| !part(c)).any(|word| word == name)
}

/// The path, from its beginning or from another symptom, with or without what is optional.
fn is_path(truth: &Truth, path: &[&str]) -> bool {
    let (Some(start), Some(end)) = (path.first(), path.last()) else { return false };
    if path.len() == 1 {
        return truth.causes.contains(start);
    }
    let starts_well = truth.symptoms.contains(start) || truth.causes.contains(start);
    starts_well && truth.causes.contains(end) && truth.paths.iter().any(|right| fits(right, path))
}

fn fits(right: &[&str], path: &[&str]) -> bool {
    let plain = |name: &str| name.trim_start_matches('?').to_owned();
    let from = |start: usize| {
        let mut steps = path.iter().peekable();
        for name in &right[start..] {
            if steps.peek().is_some_and(|step| **step == plain(name)) {
                steps.next();
            } else if !name.starts_with('?') {
                return false;
            }
        }
        steps.peek().is_none()
    };
    (0..right.len()).any(from)
}

/// Writes a case as a folder that `stackseer replay` reads.
pub fn incident(lab: &Lab, tried: &Tried) -> stackseer_incident::Incident {
    use crate::calendar::time;
    let (from, to) = (tried.watched.0, tried.watched.1);
    let learn = stackseer_incident::Range { from: time(lab.end() - HISTORY), to: time(lab.end()) };
    let type_of = |id: &ResourceId| lab.watched.app.inventory.resource(id).map(|r| r.resource_type.clone());
    let recorded = lab.watched.metrics.iter().zip(&tried.running.recorder.tracks).map(|(metric, track)| {
        stackseer_incident::Recorded {
            key: metric.key.clone(),
            resource: metric.resource.clone(),
            resource_type: type_of(&metric.resource).unwrap_or_default(),
            role: None,
            series: track.points(lab.end() - HISTORY, to, |_| true),
            line: 0,
        }
    });
    stackseer_incident::Incident {
        application: lab.watched.app.application.clone(),
        period: 60,
        learn,
        watch: stackseer_incident::Range { from: time(from), to: time(to) },
        tick_minutes: TICK as u32,
        inventory: lab.watched.app.inventory.clone(),
        series: recorded.collect(),
        events: tried.events.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incidents::{ERRORS, above};

    fn truth() -> Truth {
        Truth::new(vec![above("lb", "5XX", "Sum", 1.0)], ERRORS)
            .caused_by(&["db"])
            .path(&["lb", "?group", "web", "db"])
            .not(&["other"])
    }

    #[test]
    fn a_path_may_leave_out_the_optional_and_begin_at_a_symptom() {
        let truth = truth().also(&["web"]);
        assert!(is_path(&truth, &["lb", "group", "web", "db"]));
        assert!(is_path(&truth, &["lb", "web", "db"]));
        assert!(is_path(&truth, &["web", "db"]));
        assert!(is_path(&truth, &["db"]));
        assert!(!is_path(&truth, &["lb", "db"]));
        assert!(!is_path(&truth, &["group", "web", "db"]), "a group is no symptom");
        assert!(!is_path(&truth, &["lb", "web", "other"]));
        assert!(!is_path(&truth, &[]));
    }

    #[test]
    fn a_title_names_what_broke_and_how_and_nobody_innocent() {
        let truth = truth();
        assert!(is_title(&truth, "ApplicationELB lb 5XX errors due to db"));
        assert!(!is_title(&truth, "ApplicationELB lbs 5XX errors"));
        assert!(!is_title(&truth, "ApplicationELB lb latency"));
        assert!(!is_title(&truth, "ApplicationELB lb 5XX errors due to other"));
    }
}
