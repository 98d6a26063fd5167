//! Months in which everything is ordinary: whatever opens in them, opens for nothing.

pub mod features;

use crate::apps::App;
use crate::calendar::{Calendar, DAY, HOUR, Minute, WEEK, time};
use crate::lab::{HISTORY, Seen, TICK, Watched};
use crate::script::Script;
use anyhow::Result;
use serde::Serialize;
use stackseer_detect::{Requests, detect, detect_share};
use stackseer_line::Learned;
use stackseer_model::{InsightType, Metric, Point, Role, Severity};
use stackseer_testkit::MemoryStore;

/// Learning runs at so many minutes past midnight.
const LEARNS_AT: Minute = 30;
const LOOK: Minute = 3 * HOUR;
/// Spans of one metric that are nearer than this are one.
const SAME: Minute = HOUR;

#[derive(Debug, Clone, Serialize)]
pub struct Quiet {
    pub app: &'static str,
    pub seed: u64,
    pub weeks: f64,
    pub resources: usize,
    pub opening_metrics: usize,
    pub insights: Vec<Opened>,
    pub spans: Vec<Opened>,
}

/// What opened for nothing.
#[derive(Debug, Clone, Serialize)]
pub struct Opened {
    pub at: String,
    pub what: String,
    pub severity: Option<Severity>,
    /// What ordinary thing happened then.
    pub near: Vec<&'static str>,
}

/// An ordinary thing that some take for an incident.
#[derive(Debug, Clone)]
pub struct Feature {
    pub from: Minute,
    pub to: Minute,
    pub what: &'static str,
}

pub fn run(app: App, seed: u64, weeks: i64) -> Result<Quiet> {
    let (from, to) = (HISTORY, HISTORY + weeks * WEEK);
    let (script, features) = features::script(&app, seed, from, to);
    let (watched, mut running) = Watched::new(app, seed, Calendar::new(-DAY, to + DAY), 0)?;
    watched.run(&mut running, &script, from + LEARNS_AT);
    let people = script.events(&watched.app.inventory);
    let (store, mut seen, mut spans) = (MemoryStore::default(), Vec::new(), Spans::default());
    let mut midnight = from;
    while midnight < to {
        let (start, end) = (midnight + LEARNS_AT, midnight + LEARNS_AT + DAY);
        let learned = watched.learn(&running.recorder, start)?;
        running.recorder.forget_before(start - HISTORY - DAY);
        watched.run(&mut running, &script, end);
        let mut events = people.clone();
        events.extend(running.recorder.scaled.iter().map(|scaled| watched.scaling(scaled)));
        events.retain(|e| e.time >= time(start - DAY) && e.time < time(end));
        events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        let source = watched.source(&running.recorder, &events, &script.late);
        watched.watch(&source, &learned, &store, start + TICK, end, &mut seen)?;
        spans.look(&watched, &running.recorder, &learned, start, end);
        midnight += DAY;
    }
    let near = |minute: Minute| near(&features, minute);
    Ok(Quiet {
        app: watched.app.name,
        seed,
        weeks: weeks as f64,
        resources: watched.app.inventory.resources.len(),
        opening_metrics: watched.metrics.iter().filter(|m| m.opens).count(),
        insights: opened(&seen, near),
        spans: spans.all.iter().map(|(minute, what)| opened_at(*minute, what.clone(), None, near(*minute))).collect(),
    })
}

fn near(features: &[Feature], minute: Minute) -> Vec<&'static str> {
    let mut near: Vec<&str> =
        features.iter().filter(|f| (f.from - HOUR..f.to + 2 * HOUR).contains(&minute)).map(|f| f.what).collect();
    near.dedup();
    near
}

fn opened_at(minute: Minute, what: String, severity: Option<Severity>, near: Vec<&'static str>) -> Opened {
    Opened { at: time(minute).to_string(), what, severity, near }
}

/// Each reactive insight at its highest.
fn opened(seen: &[Seen], near: impl Fn(Minute) -> Vec<&'static str>) -> Vec<Opened> {
    let mut opened: Vec<(&str, Opened)> = Vec::new();
    for Seen { minute, insight } in seen.iter().filter(|s| s.insight.insight_type() == InsightType::Reactive) {
        match opened.iter_mut().find(|(id, _)| *id == insight.id.as_str()) {
            Some((_, known)) => known.severity = known.severity.max(Some(insight.severity)),
            None => {
                let new = opened_at(*minute, insight.name.clone(), Some(insight.severity), near(*minute));
                opened.push((insight.id.as_str(), new));
            }
        }
    }
    opened.into_iter().map(|(_, opened)| opened).collect()
}

/// Spans of metrics that may open an insight.
#[derive(Default)]
struct Spans {
    all: Vec<(Minute, String)>,
    last: std::collections::BTreeMap<usize, Minute>,
}

impl Spans {
    fn look(
        &mut self,
        watched: &Watched,
        recorder: &crate::world::Recorder,
        learned: &Learned,
        from: Minute,
        to: Minute,
    ) {
        let opening = watched.metrics.iter().enumerate().filter(|(_, m)| m.opens);
        for (place, metric) in opening {
            let Some(fitted) = learned.baselines.get(&metric.key) else { continue };
            let requests = requests_of(watched, metric);
            let usual = requests.and_then(|place| learned.baselines.get(&watched.metrics[place].key));
            let usual = usual.map(|fitted| &fitted.baseline);
            let mut start = from;
            while start < to {
                let end = (start + LOOK).min(to);
                // An hour more, so that what lasts over the seam is seen whole.
                let points = |place: usize| {
                    let series = recorder.tracks[place].points(start - HOUR, end, |_| true);
                    let point = |p: &Point| stackseer_detect::Point { time: p.time.as_second(), value: p.value };
                    series.0.iter().map(point).collect::<Vec<_>>()
                };
                let (first, last) = (time(start - HOUR).as_second(), time(end).as_second());
                let made = requests.map(points);
                let requests = made.as_ref().zip(usual).map(|(window, baseline)| Requests { baseline, window });
                let found = match requests {
                    Some(requests) => detect_share(&fitted.baseline, &points(place), requests, first, last),
                    None => detect(&fitted.baseline, &points(place), first, last),
                };
                // A weak one opens nothing unless a change speaks for it.
                for span in found.spans.iter().filter(|span| !span.is_weak) {
                    self.span(place, metric, span.start, span.end.unwrap_or(last), start);
                }
                start = end;
            }
        }
    }

    fn span(&mut self, place: usize, metric: &Metric, start: i64, end: i64, looked_from: Minute) {
        let minute =
            |seconds: i64| crate::calendar::minute_of(jiff::Timestamp::from_second(seconds).unwrap_or_default());
        let (start, end) = (minute(start), minute(end));
        let last = self.last.get(&place).copied().unwrap_or(Minute::MIN / 2);
        if end > looked_from && start - last > SAME {
            self.all.push((start, metric.key.to_string()));
        }
        if end > looked_from {
            self.last.insert(place, last.max(end));
        }
    }
}

/// Out of which its events come.
fn requests_of(watched: &Watched, metric: &Metric) -> Option<usize> {
    let name = metric.out_of.as_ref()?;
    watched.metrics.iter().position(|m| m.resource == metric.resource && m.key.name == *name && m.role == Role::Traffic)
}

/// The script is for the whole time, the fortnight before included.
pub type Scripted = (Script, Vec<Feature>);
