use crate::scene::*;
use stackseer_model::{MessageType, Severity, Status};

const DAY: i64 = 24 * 60;

/// Two incidents, so many minutes apart.
fn twice(apart: i64, second: &str) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.metric("checkout", "Throttles", "Sum", 0.0);
    scene.ticks(5, 40);
    assert_eq!(scene.insight().status, Status::Closed);

    let mut again = Scene::new(&[]);
    again.known = scene.known;
    again.during("checkout", second, "Sum", 0.0, &[strong(apart, LATER, 30.0)]);
    again.ticks(apart + 5, apart + 60);
    assert_eq!(again.known.len(), 2);
    again
}

#[test]
fn the_same_within_seven_days_is_a_repeat_and_low() {
    let scene = twice(3 * DAY, "Errors");
    let (first, repeat) = (&scene.known[0], &scene.known[1]);
    assert_eq!(repeat.name, format!("Repeated Insight: {}", first.name));
    assert_eq!(repeat.repeat.as_ref().map(|r| &r.of), Some(&first.id));
    assert_eq!(repeat.severity, Severity::Low);
    assert_eq!(scene.told(MessageType::SeverityUpgraded), 0, "a repeat stays quiet");
}

#[test]
fn after_seven_days_it_is_new() {
    let scene = twice(8 * DAY, "Errors");
    let (first, second) = (&scene.known[0], &scene.known[1]);
    assert_eq!((&second.name, second.severity), (&first.name, Severity::High));
    assert_eq!(second.repeat, None);
}

#[test]
fn something_else_is_no_repeat() {
    let scene = twice(3 * DAY, "Throttles");
    assert_eq!(scene.known[1].name, "Lambda Throttles Anomalous In Stack shop: checkout");
    assert_eq!(scene.known[1].repeat, None);
}
