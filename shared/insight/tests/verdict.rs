//! A release half an hour later: what is said of it, when nothing can be said, and what looks worse without being it.

use stackseer_catalog::Catalog;
use stackseer_detect::{BandPoint, Detection, Direction, Point, Span};
use stackseer_insight::{Observed, Outcome, Read, Releases};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};

const FUNCTION: &str = "AWS::Lambda::Function";

/// Minutes are counted from the release.
fn at(minute: i64) -> Timestamp {
    let noon: Timestamp = "2026-01-13T12:00:00Z".parse().unwrap();
    Timestamp::from_second(noon.as_second() + minute * 60).unwrap()
}

struct Scene {
    inventory: Inventory,
    metrics: Vec<Metric>,
    series: BTreeMap<MetricKey, Result<Vec<Point>, Unseen>>,
    events: Vec<ChangeEvent>,
    /// Minutes after the release.
    now: i64,
}

impl Scene {
    /// A function that answers twenty requests a minute, one in six hundred wrongly, and is released at minute 0.
    fn checkout() -> Self {
        let mut scene = Self::of(FUNCTION, "checkout", &[]);
        scene.is("Invocations Sum", |_| 20.0);
        scene.is("Errors Sum", |minute| f64::from(minute.rem_euclid(30) == 15));
        scene.is("Duration p90", |_| 210.0);
        scene
    }

    fn of(resource_type: &str, name: &str, attributes: &[(&str, &str)]) -> Self {
        let mut resource = Resource::new(resource_type, name);
        attributes.iter().for_each(|(attribute, value)| resource.set(attribute, *value));
        let events = vec![release("UpdateFunctionCode", &resource.id, 0)];
        let mut scene =
            Self { inventory: Inventory::default(), metrics: vec![], series: BTreeMap::new(), events, now: 33 };
        scene.add(resource);
        scene
    }

    fn add(&mut self, resource: Resource) {
        self.metrics.extend(Catalog::builtin().metrics_of(&resource, |_, _| vec![]).0);
        self.inventory.resources.push(resource);
    }

    fn find(&self, metric: &str) -> &Metric {
        let named = |m: &&Metric| format!("{} {}", m.key.name, m.key.statistic) == metric;
        self.metrics.iter().find(named).unwrap_or_else(|| panic!("{metric} is not in the catalogue"))
    }

    fn is(&mut self, metric: &str, value: impl Fn(i64) -> f64) -> &mut Self {
        let key = self.find(metric).key.clone();
        let points = (-180..self.now).map(|minute| Point { time: at(minute).as_second(), value: value(minute) });
        self.series.insert(key, Ok(points.collect()));
        self
    }

    fn is_unread(&mut self, metric: &str) -> &mut Self {
        let key = self.find(metric).key.clone();
        let unseen = Unseen { what: key.to_string(), action: None, reason: "access denied".to_owned() };
        self.series.insert(key, Err(unseen));
        self
    }

    fn releases(&self) -> Releases<'_, '_> {
        Releases {
            catalog: Catalog::builtin(),
            inventory: &self.inventory,
            metrics: &self.metrics,
            events: &self.events,
            window_start: at(self.now - 180),
            now: at(self.now),
        }
    }

    fn read(&self) -> Read<'_> {
        let read = |metric: &Metric| self.series.get(&metric.key).cloned().unwrap_or_else(|| Ok(vec![]));
        self.metrics.iter().map(|metric| (&metric.key, read(metric))).collect()
    }

    fn verdict(&self) -> Verdict {
        self.releases().judge(&self.events[0], &self.read()).expect("all was read")
    }

    fn said(&self) -> String {
        self.verdict().said
    }
}

fn release(name: &str, on: &ResourceId, minute: i64) -> ChangeEvent {
    ChangeEvent {
        id: format!("{name} {minute}"),
        time: at(minute),
        source: "lambda.amazonaws.com".into(),
        name: name.into(),
        data_source: DataSource::AwsCloudTrail,
        class: EventClass::Deployment,
        resources: vec![on.clone()],
        changes: vec![],
        actor: None,
        verdict: None,
    }
}

/// From the release on.
fn after(then: f64, before: f64) -> impl Fn(i64) -> f64 {
    move |minute| if minute >= 0 { then } else { before }
}

#[test]
fn it_is_said_either_way() {
    let mut scene = Scene::checkout();
    assert_eq!(
        scene.said(),
        "no worse 30 min after: errors 0.167 % → 0.167 %, duration 210 ms → 210 ms, 600 invocations"
    );
    scene.is("Errors Sum", |minute| f64::from(minute >= 0 || minute.rem_euclid(30) == 15));
    assert_eq!(scene.verdict().outcome, VerdictOutcome::Worse);
    assert_eq!(scene.said(), "worse 30 min after: errors 0.167 % → 5 %, duration 210 ms → 210 ms, 600 invocations");
    scene.is("Errors Sum", after(0.0, 1.0));
    assert_eq!(scene.verdict().outcome, VerdictOutcome::Better);
    assert_eq!(scene.said(), "better 30 min after: errors 5 % → 0 %, duration 210 ms → 210 ms, 600 invocations");
}

#[test]
fn slower_is_worse_and_not_while_the_new_version_warms_up_or_serves_a_crowd() {
    let mut scene = Scene::checkout();
    scene.is("Duration p90", after(320.0, 210.0));
    assert_eq!(scene.said(), "worse 30 min after: duration 210 ms → 320 ms, errors 0.167 % → 0.167 %, 600 invocations");
    scene.is("Duration p90", |minute| if (0..12).contains(&minute) { 900.0 } else { 210.0 });
    assert_eq!(scene.verdict().outcome, VerdictOutcome::Same);
    scene.is("Duration p90", after(320.0, 210.0)).is("Invocations Sum", after(40.0, 20.0));
    assert_eq!(
        scene.said(),
        "no worse 30 min after: errors 0.167 % → 0.0833 %, duration 210 ms → 320 ms, 1,200 invocations (2× as many as before)"
    );
}

#[test]
fn a_few_failures_more_are_chance() {
    let mut scene = Scene::checkout();
    scene.is("Invocations Sum", |_| 4.0).is("Errors Sum", |minute| f64::from(minute == 5 || minute == 20));
    assert_eq!(scene.verdict().outcome, VerdictOutcome::Same, "{}", scene.said());
}

#[test]
fn too_few_requests_on_either_side_tell_nothing() {
    let mut scene = Scene::checkout();
    scene.is("Invocations Sum", after(1.0, 20.0)).is("Errors Sum", after(1.0, 0.0));
    assert_eq!(scene.verdict().outcome, VerdictOutcome::NotJudged);
    assert_eq!(
        scene.said(),
        "not judged: not enough traffic: 30 invocations in 30 min after and 2,400 in 120 min before, at least 50 each are needed"
    );
    scene.is("Invocations Sum", after(20.0, 0.0));
    assert!(scene.said().contains("0 in 120 min before"), "{}", scene.said());
}

#[test]
fn what_could_not_be_read_is_tried_again_and_then_said() {
    let mut scene = Scene::checkout();
    scene.is_unread("Errors Sum");
    assert_eq!(scene.releases().judge(&scene.events[0], &scene.read()), None);
    scene.now = 61;
    assert_eq!(
        scene.said(),
        "not judged: duration 210 ms → 210 ms, 600 invocations, errors could not be read: access denied"
    );
    scene.is("Duration p90", after(420.0, 210.0));
    assert_eq!(scene.verdict().outcome, VerdictOutcome::Worse, "what is worse is so, whatever else there is");
}

#[test]
fn it_is_judged_once_all_is_published_and_only_once() {
    let mut scene = Scene::checkout();
    for (now, due) in [(5, 0), (30, 0), (31, 0), (32, 1), (100, 1)] {
        scene.now = now;
        assert_eq!(scene.releases().due().len(), due, "{now} min after");
    }
    scene.events[0].verdict = Some(scene.verdict());
    assert!(scene.releases().due().is_empty());
    scene.events[0].verdict = None;
    scene.events[0].class = EventClass::ConfigChange;
    assert!(scene.releases().due().is_empty(), "no release");
}

#[test]
fn records_of_one_release_are_judged_as_one_and_the_next_release_ends_the_time() {
    let mut scene = Scene::checkout();
    let checkout = scene.events[0].resources[0].clone();
    scene.events.push(release("PublishVersion", &checkout, 2));
    scene.is("Errors Sum", after(1.0, 0.0));
    let releases = scene.releases();
    let judged: Vec<Verdict> = scene.events.iter().filter_map(|event| releases.judge(event, &scene.read())).collect();
    assert_eq!(judged[0], judged[1]);
    assert_eq!(releases.due().len(), 0, "not before half an hour after the last of them");

    // A correction a quarter of an hour later.
    scene.events[1] = release("UpdateFunctionCode", &checkout, 15);
    scene.is("Errors Sum", |minute| f64::from((0..15).contains(&minute)));
    scene.now = 50;
    scene.is("Invocations Sum", |_| 20.0);
    let said = |event: &ChangeEvent| scene.releases().judge(event, &scene.read()).unwrap().said;
    assert_eq!(said(&scene.events[0]).split(',').next(), Some("worse 15 min after: errors 0 % → 5 %"));
    assert_eq!(said(&scene.events[1]).split(',').next(), Some("better 30 min after: errors 5 % → 0 %"));
}

#[test]
fn a_service_is_judged_by_who_counts_its_requests_and_by_its_memory() {
    let mut scene = Scene::of("AWS::ECS::Service", "web", &[("cluster", "main")]);
    scene.is("MemoryUtilization Average", after(86.0, 50.0)).is("CPUUtilization Average", |_| 30.0);
    assert_eq!(
        scene.said(),
        "worse 30 min after: memory utilisation 50 % → 86 %, CPU utilisation 30 % → 30 %",
        "it counts no requests"
    );
    let mut group = Resource::new("AWS::ElasticLoadBalancingV2::TargetGroup", "web-group");
    group.set("load_balancer_type", "application");
    group.set("load_balancer", "app/web/1");
    group.set("target_group", "targetgroup/web/1");
    let web = scene.inventory.resources[0].id.clone();
    scene.inventory.edges.push(Edge { from: group.id.clone(), to: web, kind: EdgeKind::Sync });
    scene.add(group);
    scene.is("RequestCount Sum", |_| 100.0).is("HTTPCode_Target_5XX_Count Sum", after(20.0, 0.0));
    scene.is("TargetResponseTime Average", |_| 0.2).is("MemoryUtilization Average", |_| 50.0);
    assert_eq!(
        scene.said(),
        "worse 30 min after: 5xx errors of targets of web-group 0 % → 20 %, response time of web-group 200 ms → 200 ms, CPU \
         utilisation 30 % → 30 %, memory utilisation 50 % → 50 %, 3,000 requests of web-group"
    );
}

/// As CloudFormation records it.
#[test]
fn of_a_whole_stack_the_front_doors_are_judged() {
    let mut scene = Scene::checkout();
    let door = scene.inventory.resources[0].id.clone();
    for number in 0..9 {
        let behind = Resource::new(FUNCTION, &format!("worker-{number}"));
        scene.inventory.edges.push(Edge { from: door.clone(), to: behind.id.clone(), kind: EdgeKind::Sync });
        let beyond = Resource::new(FUNCTION, &format!("beyond-{number}"));
        scene.inventory.edges.push(Edge { from: behind.id.clone(), to: beyond.id.clone(), kind: EdgeKind::Sync });
        scene.events[0].resources.push(beyond.id.clone());
        scene.add(behind);
        scene.add(beyond);
    }
    let releases = scene.releases();
    let read: BTreeSet<&str> =
        releases.wanted(&scene.events[0]).iter().map(|metric| metric.resource.as_str()).collect();
    assert_eq!(read.into_iter().collect::<Vec<_>>(), [door.as_str()]);
    assert!(scene.said().starts_with("no worse on checkout 30 min after: "), "{}", scene.said());
}

#[test]
fn what_has_no_metric_to_judge_by_is_said_so() {
    let scene = Scene::of("AWS::S3::Bucket", "site", &[]);
    assert_eq!(scene.said(), "not judged: no metric of what it changed tells requests, latency or memory");
}

/// As a watch sees it that has not yet learned the metrics.
fn observed(scene: &Scene) -> Vec<Observed> {
    let unlearned = |m: &Metric| Unseen { what: m.key.to_string(), action: None, reason: "not learned".into() };
    scene.metrics.iter().map(|m| Observed { metric: m.clone(), outcome: Outcome::Unknown(unlearned(m)) }).collect()
}

fn spans(observed: &[Observed]) -> Vec<(&str, &Span)> {
    let detected = observed.iter().filter_map(|o| Some((o.metric.key.name.as_str(), o.detection()?)));
    detected.flat_map(|(name, detection)| detection.spans.iter().map(move |span| (name, span))).collect()
}

#[test]
fn what_a_release_worsened_departs_from_what_was_before_it_until_it_is_over() {
    let mut scene = Scene::checkout();
    scene.is("Errors Sum", after(1.0, 0.0));
    scene.events[0].verdict = Some(scene.verdict());
    let worsened = |scene: &Scene, mut seen: Vec<Observed>| {
        scene.releases().add_worsened(&scene.events, &scene.read(), &mut seen);
        seen
    };
    let seen = worsened(&scene, observed(&scene));
    let [(name, span)] = spans(&seen)[..] else { panic!("one span") };
    assert_eq!((name, span.start, span.end, span.direction), ("Errors", at(0).as_second(), None, Direction::Up));
    assert!(seen.iter().all(|o| o.metric.key.name == "Errors" || o.detection().is_none()), "the rest is not known");

    // It was taken back an hour later.
    scene.now = 100;
    scene.is("Errors Sum", |minute| f64::from((0..60).contains(&minute))).is("Invocations Sum", |_| 20.0);
    let seen = worsened(&scene, observed(&scene));
    assert_eq!(spans(&seen)[0].1.end, Some(at(60).as_second()));

    // A day later what is new is what is usual.
    scene.now = 24 * 60 + 1;
    assert!(spans(&worsened(&scene, observed(&scene))).is_empty());
}

#[test]
fn what_the_usual_detection_tells_is_not_told_again() {
    let mut scene = Scene::checkout();
    scene.is("Errors Sum", after(1.0, 0.0));
    scene.events[0].verdict = Some(scene.verdict());
    let start = at(1).as_second();
    let usual = Span {
        start,
        end: None,
        peak_time: start,
        peak: 1.0,
        expected: 0.0,
        mean: 1.0,
        mean_expected: 0.0,
        score: 7.5,
        is_weak: false,
        direction: Direction::Up,
    };
    let mut seen = observed(&scene);
    let band = vec![BandPoint { time: start, value: Some(1.0), lower: 0.0, expected: 0.0, upper: 0.5 }];
    for errors in seen.iter_mut().filter(|o| o.metric.key.name == "Errors") {
        let detection = Detection { band: band.clone(), spans: vec![usual.clone()], silence: None };
        errors.outcome = Outcome::Read { detection, warm: true };
    }
    scene.releases().add_worsened(&scene.events, &scene.read(), &mut seen);
    assert_eq!(spans(&seen), [("Errors", &usual)]);
}
