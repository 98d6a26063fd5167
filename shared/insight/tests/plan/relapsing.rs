//! What comes back after the end, judged by the real detector.

use crate::scene::*;
use proptest::prelude::*;
use stackseer_detect::{Bad, Baseline, Detection, Kind, Missing, Point, Sensitivity, Settings, fit};
use stackseer_model::{Ending, MessageType, Severity, Status, Timestamp, Transited};
use std::collections::BTreeSet;
use std::sync::OnceLock;

#[test]
fn a_relapse_within_the_hour_reopens_the_insight_and_is_told_as_new() {
    for gap in [11, 15, 30, 55] {
        let mut scene = Scene::new(&[]);
        scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0), strong(20 + gap, LATER, 30.0)]);
        scene.ticks(5, 120);
        let insight = scene.insight();
        assert_eq!((insight.status, insight.severity), (Status::Ongoing, Severity::High), "{gap}");
        assert!(insight.history.iter().any(|t| t.step == Transited::Reopened), "{gap}: {:?}", insight.history);
        let told: Vec<_> = scene.told.iter().filter(|m| m.message_type == MessageType::NewInsight).collect();
        assert_eq!(told.len(), 2, "{gap}");
        assert_ne!(told[0].id, told[1].id, "so that nobody drops it as a double");
        assert!(told[1].reason.starts_with(&format!("came back {gap} min after its end")), "{}", told[1].reason);
        assert!(told[1].time <= minute(20 + gap + 10), "{gap}: told at {}", told[1].time);
    }
}

#[test]
fn later_than_an_hour_it_is_a_new_one() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0), strong(90, LATER, 30.0)]);
    scene.ticks(5, 120);
    assert_eq!(scene.known.len(), 2);
    assert!(scene.known.iter().all(|i| i.history.iter().all(|t| t.step != Transited::Reopened)));
}

#[test]
fn the_span_that_was_told_is_not_told_again_though_late_points_move_its_end() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.ticks(5, 45);
    assert_eq!(scene.insight().status, Status::Closed);
    let mut corrected = Scene::new(&[]);
    corrected.known = scene.known;
    corrected.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 22, 30.0)]);
    corrected.ticks(50, 120);
    assert!(corrected.told.is_empty(), "{:?}", corrected.told);
}

#[test]
fn another_metric_after_the_end_is_another_incident() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.during("checkout", "Throttles", "Sum", 0.0, &[strong(60, LATER, 30.0)]);
    scene.ticks(5, 120);
    assert_eq!(scene.known.len(), 2, "{:?}", scene.names());
}

#[test]
fn two_that_turn_out_to_be_one() {
    let mut scene = Scene::new(&["a ~> x", "x ~> b", "b ~> y", "y ~> c"]);
    scene.during("a", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.during("c", "Errors", "Sum", 0.0, &[strong(40, LATER, 30.0)]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(60, LATER, 30.0)]);
    scene.ticks(5, 55);
    assert_eq!(scene.known.len(), 2, "{:?}", scene.names());
    // Whatever order a store gives them in.
    for turned in [false, true] {
        let mut scene = scene.clone();
        if turned {
            scene.known.reverse();
        }
        scene.ticks(60, 90);
        let elder = scene.known.iter().find(|i| i.start_time == minute(0)).unwrap();
        let younger = scene.known.iter().find(|i| i.start_time == minute(40)).unwrap();
        assert_eq!((elder.status, younger.status), (Status::Ongoing, Status::Closed));
        let of: BTreeSet<&str> = elder.anomalies.iter().map(|a| a.resource.name.as_str()).collect();
        assert_eq!(of, BTreeSet::from(["a", "b", "c"]));
        let ending = Transited::Closed { ending: Ending::PartOf { insight: elder.id.clone() } };
        let last = younger.history.last().unwrap();
        assert_eq!((&last.step, last.reason.starts_with("part of Lambda Errors")), (&ending, true));
        let absorbed = Transited::Absorbed { insight: younger.id.clone() };
        assert!(elder.history.iter().any(|t| t.step == absorbed), "{:?}", elder.history);
        let closed: Vec<_> = scene.told.iter().filter(|m| m.message_type == MessageType::ClosedInsight).collect();
        assert_eq!(closed.len(), 1);
        assert_eq!((&closed[0].insight, &closed[0].reason), (&younger.id, &last.reason));
        // What became part of another does not come back by itself.
        scene.ticks(95, 200);
        assert_eq!(scene.told(MessageType::NewInsight), 2);
    }
}

fn baseline() -> &'static Baseline {
    static BASELINE: OnceLock<Baseline> = OnceLock::new();
    BASELINE.get_or_init(|| {
        let settings = Settings {
            kind: Kind::Sparse,
            period: 60,
            missing: Missing::Zero,
            bad: Bad::Up,
            least: 3.0,
            sensitivity: Sensitivity::Medium,
        };
        let first = minute(-14 * 24 * 60).as_second();
        let history: Vec<Point> = (0..14 * 24 * 60)
            .map(|m| Point { time: first + m * 60, value: if m % 97 == 0 { 1.0 } else { 0.0 } })
            .collect();
        fit(&settings, &history, first, minute(0).as_second())
    })
}

fn detection(failing: &BTreeSet<i64>, now: i64) -> Detection {
    let (first, last) = (now - 180, now - 2);
    let points: Vec<Point> = (first..last)
        .map(|m| Point { time: minute(m).as_second(), value: if failing.contains(&m) { 60.0 } else { 0.0 } })
        .collect();
    stackseer_detect::detect(baseline(), &points, minute(first).as_second(), minute(last).as_second())
}

/// Plans every five minutes over these failing minutes. Asserts that each that is called abnormal is within an insight, told in
/// time; gives the scene.
fn replay(failing: &BTreeSet<i64>) -> Result<Scene, TestCaseError> {
    let mut scene = Scene::new(&[]);
    scene.detected("checkout", "Errors", "Sum");
    let mut abnormal: BTreeSet<Timestamp> = BTreeSet::new();
    let end = failing.last().copied().unwrap_or(0) + 60;
    for now in (5..=end).step_by(5) {
        let detection = detection(failing, now);
        for span in &detection.spans {
            let until = span.end.unwrap_or(minute(now - 2).as_second());
            let inside = failing.iter().filter(|m| (span.start..until).contains(&minute(**m).as_second()));
            abnormal.extend(inside.map(|m| minute(*m)));
        }
        scene.set_detection(detection);
        scene.tick(now);
        // Two abnormal points that could be seen ten minutes ago are in an insight that was told.
        for m in failing.iter().filter(|m| *m + 14 <= now && *m + 180 > now) {
            let both = [minute(*m), minute(m + 1)];
            let told = both.iter().all(|time| holds(&scene, *time));
            prop_assert!(
                told || !both.iter().all(|t| abnormal.contains(t)),
                "minute {m} is untold at {now}: {failing:?}"
            );
        }
    }
    for time in &abnormal {
        prop_assert!(holds(&scene, *time), "{time} is outside every insight: {failing:?}");
    }
    Ok(scene)
}

fn holds(scene: &Scene, time: Timestamp) -> bool {
    scene
        .known
        .iter()
        .flat_map(|i| &i.anomalies)
        .any(|a| a.start_time <= time && a.end_time.is_none_or(|end| end > time))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_failing_minute_is_outside_every_insight(bursts in prop::collection::vec((2i64..60, 1i64..120), 1..8)) {
        let mut failing = BTreeSet::new();
        let mut at = 20;
        for (length, gap) in bursts {
            failing.extend(at..at + length);
            at += length + gap;
        }
        replay(&failing)?;
    }
}

#[test]
fn bursts_of_a_quarter_of_an_hour_with_ten_minutes_between_are_one_insight() {
    let failing: BTreeSet<i64> = (0..6).flat_map(|burst| (20 + burst * 25)..(35 + burst * 25)).collect();
    let scene = replay(&failing).unwrap();
    assert_eq!(scene.known.len(), 1, "{:?}", scene.names());
    assert!(scene.told(MessageType::NewInsight) <= 2, "told as new {} times", scene.told(MessageType::NewInsight));
}
