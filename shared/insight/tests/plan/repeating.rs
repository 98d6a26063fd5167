use crate::scene::*;
use stackseer_insight::Repeats;
use stackseer_model::{MessageType, Severity, Status};

const DAY: i64 = 24 * 60;

/// An incident of `metric` at each of these minutes, twenty minutes long; the last goes on.
fn at(starts: &[(i64, &str)], repeats: Repeats) -> Scene {
    let mut known = vec![];
    let mut told = vec![];
    let mut last = Scene::new(&[]);
    for (i, (start, metric)) in starts.iter().enumerate() {
        let end = if i + 1 == starts.len() { LATER } else { start + 20 };
        let mut scene = Scene::new(&[]);
        (scene.known, scene.told, scene.repeats) = (known, told, repeats);
        scene.during("checkout", metric, "Sum", 0.0, &[strong(*start, end, 30.0)]);
        scene.ticks(start + 5, start + 40);
        (known, told) = (scene.known.clone(), scene.told.clone());
        last = scene;
    }
    assert_eq!(last.known.len(), starts.len(), "{:?}", last.names());
    last
}

#[test]
fn a_second_outage_within_seven_days_is_a_repeat_and_as_severe() {
    let scene = at(&[(0, "Errors"), (3 * DAY, "Errors")], Repeats::Keep);
    let (first, repeat) = (&scene.known[0], &scene.known[1]);
    assert_eq!(repeat.name, format!("Repeated Insight: {}", first.name));
    assert_eq!(repeat.repeat.as_ref().map(|r| (&r.of, r.times)), Some((&first.id, 2)));
    assert_eq!(repeat.severity, Severity::High);
    assert!(repeat.description.ends_with("2 times in 7 days."), "{}", repeat.description);
}

#[test]
fn from_the_third_in_seven_days_on_it_is_one_lower() {
    let scene = at(&[(0, "Errors"), (2 * DAY, "Errors"), (4 * DAY, "Errors")], Repeats::Keep);
    let third = &scene.known[2];
    assert_eq!((third.severity, third.repeat.as_ref().unwrap().times), (Severity::Medium, 3));
    assert!(third.description.ends_with("3 times in 7 days."), "{}", third.description);
    assert_eq!(scene.told(MessageType::SeverityUpgraded), 0, "it stays so");
}

#[test]
fn devops_gurus_rule_is_a_setting() {
    let scene = at(&[(0, "Errors"), (3 * DAY, "Errors")], Repeats::Low);
    assert_eq!(scene.known[1].severity, Severity::Low);
    assert_eq!(scene.told(MessageType::SeverityUpgraded), 0, "a repeat stays quiet");
}

#[test]
fn after_seven_days_it_is_new() {
    let scene = at(&[(0, "Errors"), (8 * DAY, "Errors")], Repeats::Keep);
    let (first, second) = (&scene.known[0], &scene.known[1]);
    assert_eq!((&second.name, second.severity), (&first.name, Severity::High));
    assert_eq!(second.repeat, None);
}

#[test]
fn something_else_is_no_repeat() {
    let scene = at(&[(0, "Errors"), (3 * DAY, "Throttles")], Repeats::Keep);
    assert_eq!(scene.known[1].name, "Lambda Throttles Anomalous In Stack shop: checkout");
    assert_eq!(scene.known[1].repeat, None);
}

#[test]
fn a_title_with_another_number_or_cause_is_a_repeat_all_the_same() {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.change("PutFunctionConcurrency", "checkout", -3);
    scene.ticks(5, 40);
    let mut again = Scene::new(&["front -> checkout"]);
    again.known = scene.known;
    assert_eq!(again.known[0].status, Status::Closed);
    again.known[0].name = "another title".into();
    again.during("checkout", "Errors", "Sum", 0.0, &[strong(DAY, LATER, 300.0)]);
    again.tick(DAY + 5);
    assert!(again.known[1].repeat.is_some());
}
