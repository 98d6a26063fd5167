//! One story per insight: whatever happens, every number and time that is said is one of the evidence's.

use crate::scene::*;
use crate::spoken::{Evidence, texts};
use proptest::prelude::*;
use stackseer_model::*;
use std::collections::BTreeMap;

/// Names in the catalogue, with what is ordinary and how far it can go.
const SERIES: [(&str, &str, &str, f64, f64); 14] = [
    ("checkout", "Errors", "Sum", 0.0, 300.0),
    ("checkout", "Throttles", "Sum", 0.0, 90.0),
    ("checkout", "Duration", "p90", 180.0, 60_000.0),
    ("checkout", "Duration", "Average", 120.0, 20_000.0),
    ("checkout", "Invocations", "Sum", 300.0, 9_000.0),
    ("checkout", "ConcurrentExecutions", "Maximum", 5.0, 200.0),
    ("front", "Errors", "Sum", 0.0, 300.0),
    ("front", "Duration", "p90", 250.0, 90_000.0),
    ("front", "Invocations", "Sum", 600.0, 9_000.0),
    ("orders", "WriteThrottleEvents", "Sum", 0.0, 4_000.0),
    ("orders", "ConsumedWriteCapacityUnits", "Sum", 1_800.0, 60_000.0),
    ("queue", "ApproximateAgeOfOldestMessage", "Maximum", 4.0, 9_000.0),
    ("queue", "NumberOfMessagesSent", "Sum", 300.0, 9_000.0),
    ("queue", "NumberOfMessagesDeleted", "Sum", 300.0, 0.0),
];

/// What a metric does: how far of its way, whether strongly, since when, how long, then how far for a while more.
type Story = (usize, f64, bool, i64, i64, f64);

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let story = (0..SERIES.len(), 0.02f64..1.0, any::<bool>(), 5i64..60, 5i64..200, 0.02f64..1.0);
    prop::collection::vec(story, 1..7)
}

fn changes() -> impl Strategy<Value = Vec<(usize, i64)>> {
    prop::collection::vec((0usize..4, -110i64..60), 0..3)
}

fn scene(stories: &[Story], changes: &[(usize, i64)], cold: bool) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource("AWS::DynamoDB::Table", "orders");
    scene.resource("AWS::SQS::Queue", "queue");
    for edge in ["front -> checkout", "checkout -> orders", "front ~> queue", "queue ~> checkout"] {
        scene.edge(edge);
    }
    for (i, (resource, name, statistic, expected, most)) in SERIES.into_iter().enumerate() {
        let mut episodes = Vec::new();
        if let Some((_, part, is_strong, from, length, then)) = stories.iter().find(|s| s.0 == i) {
            let value = |part: f64| expected + (most - expected) * part;
            let episode = if *is_strong { strong } else { weak };
            let middle = from + length;
            episodes = vec![episode(*from, middle, value(*part)), episode(middle + 7, middle + 60, value(*then))];
        }
        scene.during(resource, name, statistic, expected, &episodes);
        if cold && i % 3 == 0 {
            scene.cold();
        }
    }
    for (which, at) in changes {
        let (name, on, property) = [
            ("UpdateFunctionCode", "checkout", None),
            ("UpdateFunctionConfiguration", "checkout", Some(("memory_mb", "1024", "128"))),
            ("UpdateTable", "orders", Some(("write_capacity", "900", "35"))),
            ("UpdateFunctionCode", "front", None),
        ][*which];
        scene.change(name, on, *at);
        if let Some((property, from, to)) = property {
            let change = PropertyChange { property: property.into(), from: Some(from.into()), to: Some(to.into()) };
            scene.events.last_mut().unwrap().changes = vec![change];
        }
    }
    scene
}

/// What the insight may say at `now`: of its anomalies, and of the metrics that are in none what was seen while one lasted.
fn evidence(scene: &Scene, insight: &Insight, now: i64) -> Evidence {
    let mut known = Evidence::of(insight, minute(now));
    let minutes = |time: Timestamp| (time.as_second() - minute(0).as_second()) / 60;
    for (metric, expected, value) in scene.seen() {
        let is_told = insight.anomalies.iter().any(|a| a.metric().is_some_and(|m| m.key == metric.key));
        let mut spans: Vec<(i64, i64)> = insight
            .anomalies
            .iter()
            .map(|a| (minutes(a.start_time).max(now - 180), a.end_time.map_or(now, minutes).min(now - 3)))
            .collect();
        let last = spans.iter().map(|s| s.1).max().unwrap_or(now);
        spans.push((spans.iter().map(|s| s.0).min().unwrap_or(now), last));
        spans.push((spans.iter().map(|s| s.0).min().unwrap_or(now), now - 3));
        for (from, to) in spans.into_iter().filter(|(from, to)| to >= from) {
            let values: Vec<f64> = (from..=to).map(&value).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            known.also_mean(metric, mean, expected);
            if !is_told {
                known.also(metric, values.iter().copied().fold(f64::MIN, f64::max), expected);
                known.also(metric, values.iter().copied().fold(f64::MAX, f64::min), expected);
            }
        }
    }
    known
}

/// Ticks over it, and looks at each insight at each tick; how many were looked at.
fn hold(mut scene: Scene) -> Result<usize, TestCaseError> {
    let mut before: BTreeMap<InsightId, (Evidence, usize)> = BTreeMap::new();
    for now in (5..=300).step_by(5) {
        scene.tick(now);
        let is_news = |i: &&Insight| i.update_time == minute(now);
        let merged = scene.known.iter().filter(is_news).any(|i| i.anomalies.is_empty());
        let all = scene.known.iter().filter(|_| merged);
        let everything = all.map(|i| evidence(&scene, i, now)).reduce(|a, b| a.and(&b));
        for insight in scene.known.iter().filter(is_news) {
            let known = evidence(&scene, insight, now);
            // What became part of another has given its evidence away.
            let known = match (&everything, insight.anomalies.is_empty()) {
                (Some(everything), true) => known.and(everything),
                _ => known,
            };
            let (earlier, told) = before.get(&insight.id).cloned().unwrap_or_default();
            for text in texts(insight) {
                let strange = known.strange_in(text);
                prop_assert!(strange.is_empty(), "{strange:?} at {now} in `{text}` of {insight:#?}");
            }
            let with_earlier = known.clone().and(&earlier);
            for transition in &insight.history[told.min(insight.history.len())..] {
                let known = match transition.step {
                    Transited::Renamed { .. } | Transited::Reopened | Transited::Absorbed { .. } => &with_earlier,
                    _ => &known,
                };
                let strange = known.strange_in(&transition.reason);
                prop_assert!(strange.is_empty(), "{strange:?} at {now} in `{}` of {insight:#?}", transition.reason);
            }
            before.insert(insight.id.clone(), (known, insight.history.len()));
        }
    }
    Ok(scene.known.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_number_and_time_is_one_of_the_evidence(stories in stories(), changes in changes(), cold in any::<bool>()) {
        hold(scene(&stories, &changes, cold))?;
    }
}

#[test]
fn an_incident_that_grows_tells_its_worst_everywhere() {
    let growing = [(0, 0.1, true, 10, 60, 0.9), (9, 0.3, true, 12, 50, 1.0), (7, 0.5, true, 15, 100, 0.2)];
    assert_eq!(hold(scene(&growing, &[(2, -100), (0, 3)], false)).unwrap(), 1);
}

#[test]
fn a_metric_that_departs_twice_is_counted_once() {
    let short = [(4, 0.02, false, 5, 5, 0.02), (5, 0.02, false, 5, 5, 0.02), (0, 0.02, false, 13, 5, 0.02)];
    assert_eq!(hold(scene(&short, &[], false)).unwrap(), 1);
}
