//! An application on a fast clock: what its metrics do is written down once, and each look shows the three hours before it.

use stackseer_catalog::Catalog;
use stackseer_detect::{BandPoint, Detection, Direction, Span};
use stackseer_insight::{Observed, Outcome, Plan, Repeats, Situation, mute, plan};
use stackseer_model::*;

pub const FUNCTION: &str = "AWS::Lambda::Function";
/// No pattern speaks of its latency.
pub const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";

const WINDOW_MINUTES: i64 = 180;
/// So long a silence is one.
const SILENT_MINUTES: i64 = 15;
/// So many ordinary points end a span.
const QUIET_POINTS: i64 = 5;

/// Minutes are counted from here, a Tuesday noon.
pub fn minute(minute: i64) -> Timestamp {
    let noon: Timestamp = "2026-01-13T12:00:00Z".parse().unwrap();
    Timestamp::from_second(noon.as_second() + minute * 60).unwrap()
}

/// A stretch in which a metric has another value.
#[derive(Debug, Clone, Copy)]
pub struct Episode {
    pub from: i64,
    pub to: i64,
    pub value: f64,
    pub score: f64,
}

pub const LATER: i64 = 1_000_000;

#[derive(Clone)]
pub struct Scene {
    pub inventory: Inventory,
    pub events: Vec<ChangeEvent>,
    pub known: Vec<Insight>,
    /// Everything told so far.
    pub told: Vec<Message>,
    pub repeats: Repeats,
    pub mutes: Vec<Mute>,
    metrics: Vec<Watched>,
}

#[derive(Clone)]
struct Watched {
    metric: Metric,
    expected: f64,
    episodes: Vec<Episode>,
    warm: bool,
    state: State,
    /// From this minute on nothing is published.
    silent: i64,
    /// From this minute on nothing comes, where something always did.
    stopped: i64,
    /// In place of what the episodes make.
    detection: Option<Detection>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Read,
    Unreadable,
    NotAsked,
}

impl Scene {
    /// `a -> b` waits, `a ~> b` does not. Every resource is a function unless [`Self::resource`] said otherwise before.
    pub fn new(edges: &[&str]) -> Self {
        let mut scene = Self {
            inventory: Inventory::default(),
            events: vec![],
            known: vec![],
            told: vec![],
            repeats: Repeats::Keep,
            mutes: vec![],
            metrics: vec![],
        };
        for edge in edges {
            scene.edge(edge);
        }
        scene
    }

    pub fn edge(&mut self, edge: &str) {
        let [from, arrow, to] = edge.split(' ').collect::<Vec<_>>()[..] else { panic!("{edge}") };
        let kind = if arrow == "->" { EdgeKind::Sync } else { EdgeKind::Async };
        let (from, to) = (self.id(from), self.id(to));
        self.inventory.edges.push(Edge { from, to, kind });
    }

    pub fn resource(&mut self, resource_type: &str, name: &str) -> ResourceId {
        let mut resource = Resource::new(resource_type, name);
        let attributes = [("load_balancer", name), ("load_balancer_type", "application"), ("target_group", name)];
        attributes.iter().for_each(|(k, v)| resource.set(k, *v));
        let id = resource.id.clone();
        self.inventory.resources.push(resource);
        id
    }

    fn id(&mut self, name: &str) -> ResourceId {
        match self.inventory.resources.iter().find(|r| r.name == name) {
            Some(resource) => resource.id.clone(),
            None => self.resource(FUNCTION, name),
        }
    }

    /// `name` and `statistic` as in the catalogue.
    pub fn metric(&mut self, resource: &str, name: &str, statistic: &str, expected: f64) -> &mut Self {
        self.during(resource, name, statistic, expected, &[])
    }

    pub fn during(
        &mut self,
        resource: &str,
        name: &str,
        statistic: &str,
        expected: f64,
        episodes: &[Episode],
    ) -> &mut Self {
        let id = self.id(resource);
        let (known, _) = Catalog::builtin().metrics_of(self.inventory.resource(&id).unwrap(), |_, _| vec![]);
        let metric = known.into_iter().find(|m| m.key.name == name && m.key.statistic == statistic);
        let metric = metric.unwrap_or_else(|| panic!("{name} {statistic} of {resource} is not in the catalogue"));
        let episodes = episodes.to_vec();
        self.metrics.push(Watched {
            metric,
            expected,
            episodes,
            warm: true,
            state: State::Read,
            silent: LATER,
            stopped: LATER,
            detection: None,
        });
        self
    }

    /// A metric of which the real detector says what it sees.
    pub fn detected(&mut self, resource: &str, name: &str, statistic: &str) {
        self.during(resource, name, statistic, 0.0, &[]);
    }

    /// Of the last metric.
    pub fn set_detection(&mut self, detection: Detection) {
        self.metrics.last_mut().unwrap().detection = Some(detection);
    }

    pub fn change(&mut self, name: &str, resource: &str, at: i64) -> &mut Self {
        let id = self.id(resource);
        self.events.push(ChangeEvent {
            id: event_id("test", name, minute(at).as_second(), id.as_str()),
            time: minute(at),
            source: "test".into(),
            name: name.into(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::Deployment,
            resources: vec![id],
            changes: vec![],
            actor: Some("ci".into()),
            verdict: None,
        });
        self
    }

    /// Hardly any history is known of the last metric.
    pub fn cold(&mut self) -> &mut Self {
        self.metrics.last_mut().unwrap().warm = false;
        self
    }

    pub fn unreadable(&mut self, resource: &str, yes: bool) {
        self.set(resource, if yes { State::Unreadable } else { State::Read });
    }

    pub fn silent(&mut self, resource: &str, from: i64) {
        let id = self.id(resource);
        self.metrics.iter_mut().filter(|m| m.metric.resource == id).for_each(|m| m.silent = from);
    }

    /// Nobody calls it any more.
    pub fn stops(&mut self, resource: &str, from: i64) {
        let id = self.id(resource);
        for watched in self.metrics.iter_mut().filter(|m| m.metric.resource == id) {
            watched.stopped = from;
            watched.silent = if watched.metric.missing == MissingPoint::Gap { from } else { LATER };
        }
    }

    pub fn not_asked(&mut self, resource: &str) {
        self.set(resource, State::NotAsked);
    }

    fn set(&mut self, resource: &str, state: State) {
        let id = self.id(resource);
        self.metrics.iter_mut().filter(|m| m.metric.resource == id).for_each(|m| m.state = state);
    }

    /// It is gone, and its metrics are not asked for any more.
    pub fn delete(&mut self, resource: &str) {
        let id = self.id(resource);
        self.inventory.resources.retain(|r| r.id != id);
        self.inventory.edges.retain(|e| e.from != id && e.to != id);
        self.metrics.retain(|m| m.metric.resource != id);
    }

    /// Each metric with what is expected of it and its value at a minute.
    pub fn seen(&self) -> impl Iterator<Item = (&Metric, f64, impl Fn(i64) -> f64)> {
        self.metrics.iter().map(|watched| (&watched.metric, watched.expected, |minute| watched.value(minute)))
    }

    /// What would be planned now. Changes are read from four hours back, as a watch does.
    pub fn plan(&self, now: i64) -> Plan {
        let boundary = Boundary::Stack { name: "shop".into() };
        let observed: Vec<Observed> =
            self.metrics.iter().filter(|m| m.state != State::NotAsked).map(|m| m.observed(now)).collect();
        let read = |e: &&ChangeEvent| e.time >= minute(now - WINDOW_MINUTES - 60) && e.time < minute(now);
        let events: Vec<ChangeEvent> = self.events.iter().filter(read).cloned().collect();
        let mut plan = plan(&Situation {
            now: minute(now),
            window_start: minute(now - WINDOW_MINUTES),
            application: &Application::new("123456789012", "eu-central-1", boundary),
            inventory: &self.inventory,
            observed: &observed,
            events: &events,
            known: &self.known,
            catalog: Catalog::builtin(),
            repeats: self.repeats,
        });
        mute(&mut plan, &self.known, &Mutes::at(&self.mutes, minute(now)), minute(now));
        plan
    }

    /// Plans, writes and tells, as a tick does; returns what was told.
    pub fn tick(&mut self, now: i64) -> Vec<Message> {
        let plan = self.plan(now);
        for insight in plan.changed {
            self.known.retain(|i| i.id != insight.id);
            self.known.push(insight);
        }
        self.told.extend(plan.messages.clone());
        plan.messages
    }

    /// Ticks every five minutes.
    pub fn ticks(&mut self, from: i64, to: i64) {
        (from..=to).step_by(5).for_each(|now| drop(self.tick(now)));
    }

    /// The only one there is.
    pub fn insight(&self) -> &Insight {
        assert_eq!(self.known.len(), 1, "{:#?}", self.names());
        &self.known[0]
    }

    pub fn names(&self) -> Vec<&str> {
        self.known.iter().map(|i| i.name.as_str()).collect()
    }

    pub fn causes(&self) -> Vec<&str> {
        self.insight().causes.iter().map(|c| c.resource.name.as_str()).collect()
    }

    pub fn told(&self, message_type: MessageType) -> usize {
        self.told.iter().filter(|m| m.message_type == message_type).count()
    }
}

pub fn kinds(messages: &[Message]) -> Vec<MessageType> {
    messages.iter().map(|m| m.message_type).collect()
}

impl Watched {
    fn value(&self, minute: i64) -> f64 {
        if minute >= self.stopped {
            return 0.0;
        }
        self.episodes.iter().find(|e| (e.from..e.to).contains(&minute)).map_or(self.expected, |e| e.value)
    }

    fn observed(&self, now: i64) -> Observed {
        let outcome = match self.state {
            State::Read | State::NotAsked => Outcome::Read { detection: self.detection(now), warm: self.warm },
            State::Unreadable => Outcome::Unknown(Unseen {
                what: self.metric.key.to_string(),
                action: Some("cloudwatch:GetMetricData".into()),
                reason: "access denied".into(),
            }),
        };
        Observed { metric: self.metric.clone(), outcome }
    }

    fn detection(&self, now: i64) -> Detection {
        if let Some(detection) = &self.detection {
            return detection.clone();
        }
        let at = |m: i64| minute(m).as_second();
        let (first, last) = (now - WINDOW_MINUTES, now - 2);
        let width = if self.expected == 0.0 { 1.0 } else { self.expected * 0.1 };
        let band = (first..last).map(|m| BandPoint {
            time: at(m),
            value: (m < self.silent).then(|| self.value(m)),
            lower: self.expected - width,
            expected: self.expected,
            upper: self.expected + width,
        });
        let seen = self.episodes.iter().filter(|e| e.from < last && e.to.min(self.silent) > first);
        let spans = seen.map(|e| Span {
            start: at(e.from.max(first)),
            end: (e.to + QUIET_POINTS <= last.min(self.silent)).then(|| at(e.to)),
            peak_time: at(e.from.max(first)),
            peak: e.value,
            expected: self.expected,
            mean: e.value,
            mean_expected: self.expected,
            score: e.score,
            is_weak: false,
            direction: if e.value > self.expected { Direction::Up } else { Direction::Down },
        });
        let silence = (self.stopped + SILENT_MINUTES <= last).then(|| Span {
            start: at(self.stopped.max(first)),
            end: None,
            peak_time: at(self.stopped.max(first)),
            peak: 0.0,
            expected: self.expected,
            mean: 0.0,
            mean_expected: self.expected,
            score: 3.0,
            is_weak: false,
            direction: Direction::Down,
        });
        Detection { band: band.collect(), spans: spans.collect(), silence }
    }
}

/// Rare enough to open an insight alone.
pub fn strong(from: i64, to: i64, value: f64) -> Episode {
    Episode { from, to, value, score: 6.0 }
}

/// Rare, but needs something beside it.
pub fn weak(from: i64, to: i64, value: f64) -> Episode {
    Episode { from, to, value, score: 2.0 }
}
