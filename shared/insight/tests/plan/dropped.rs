//! Far fewer come than just before: told once, at the front door, as long as it lasts.

use crate::scene::*;
use stackseer_detect::{Bad, Baseline, Detection, Kind, Missing, Point, Sensitivity, Settings, fit};
use stackseer_model::{MessageType, Severity, Status};
use std::sync::OnceLock;

/// A hundred a minute, a few more or less.
fn usual(minute: i64) -> f64 {
    let wave = |period: f64| (minute as f64 * std::f64::consts::TAU / period).sin();
    (100.0 + 8.0 * wave(37.0) + 10.0 * wave(190.0)).round()
}

fn baseline() -> &'static Baseline {
    static BASELINE: OnceLock<Baseline> = OnceLock::new();
    BASELINE.get_or_init(|| {
        let settings = Settings {
            kind: Kind::Count,
            period: 60,
            missing: Missing::Zero,
            bad: Bad::Absent,
            least: 0.0,
            sensitivity: Sensitivity::Medium,
        };
        let day = 24 * 60;
        let history: Vec<Point> =
            (-14 * day..0).map(|m| Point { time: minute(m).as_second(), value: usual(m) }).collect();
        fit(&settings, &history, minute(-14 * day).as_second(), minute(0).as_second())
    })
}

fn detection(share: &impl Fn(i64) -> f64, now: i64) -> Detection {
    let (first, last) = (now - 180, now - 2);
    let point = |m: i64| Point { time: minute(m).as_second(), value: (usual(m) * share(m)).round() };
    let points: Vec<Point> = (first..last).map(point).collect();
    stackseer_detect::detect(baseline(), &points, minute(first).as_second(), minute(last).as_second())
}

/// An API of whose requests a share comes, watched for so long.
fn door(share: impl Fn(i64) -> f64, until: i64) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource("AWS::ApiGateway::RestApi", "shop");
    scene.detected("shop", "Latency", "SampleCount");
    for now in (5..=until).step_by(5) {
        scene.set_detection(detection(&share, now));
        scene.tick(now);
    }
    scene
}

#[test]
fn requests_of_which_few_are_left_are_told_once_until_most_come_again() {
    let scene = door(|m| if (0..300).contains(&m) { 0.3 } else { 1.0 }, 295);
    let insight = scene.insight();
    assert_eq!(insight.name, "ApiGateway requests Dropped In Stack shop: shop");
    assert_eq!((insight.severity, insight.status), (Severity::Medium, Status::Ongoing), "after five hours too");
    assert_eq!((scene.told(MessageType::NewInsight), scene.causes()), (1, vec!["shop"]));
    let told = &insight.description;
    assert!(told.starts_with("Requests of shop: 3") && told.contains(" expected, from 12:00 UTC"), "{told}");
    assert!(insight.recommendations[0].name.contains("why so little has since"));
    let over = door(|m| if (0..300).contains(&m) { 0.3 } else { 1.0 }, 340);
    assert_eq!((over.insight().status, over.told(MessageType::NewInsight)), (Status::Closed, 1));
}

#[test]
fn hardly_any_left_at_the_front_door_is_severe() {
    assert_eq!(door(|m| if m >= 0 { 0.05 } else { 1.0 }, 60).insight().severity, Severity::High);
}

#[test]
fn a_quiet_day_a_slow_evening_and_the_end_of_a_rush_are_not_told() {
    assert!(door(|_| 0.4, 120).known.is_empty());
    assert!(door(|m| (1.0 - m as f64 / 400.0).clamp(0.2, 1.0), 320).known.is_empty());
    assert!(door(|m| if m < 0 { 4.0 } else { 1.0 }, 120).known.is_empty());
}
