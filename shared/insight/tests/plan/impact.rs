use crate::scene::*;
use stackseer_model::Severity;

#[test]
fn requests_that_failed_at_the_front_door_are_counted_since_the_start() {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.metric("front", "Invocations", "Sum", 300.0);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    scene.ticks(5, 30);
    let impact = scene.insight().impact().unwrap();
    assert_eq!(impact.front_door.name, "front");
    // Twenty minutes failed, and what came after until the last look that could see.
    assert_eq!(impact.failed, 20.0 * 30.0);
    assert_eq!(impact.last_seen, Some(minute(19)));
    assert!(impact.requests >= 20.0 * 300.0 && impact.requests <= 30.0 * 300.0, "{impact:?}");
}

#[test]
fn an_incident_longer_than_the_window_goes_on_counting() {
    let mut scene = Scene::new(&[]);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.metric("front", "Invocations", "Sum", 300.0);
    scene.ticks(5, 6 * 60);
    let impact = scene.insight().impact().unwrap();
    let minutes = impact.requests / 300.0;
    assert!((355.0..=360.0).contains(&minutes), "{minutes}");
    assert_eq!(impact.failed / 30.0, minutes);
}

#[test]
fn slow_minutes_count_as_slow_and_nothing_as_failed() {
    let mut scene = Scene::new(&[]);
    scene.during("front", "Duration", "p90", 100.0, &[strong(0, LATER, 900.0)]);
    scene.metric("front", "Invocations", "Sum", 300.0);
    scene.ticks(5, 20);
    let impact = scene.insight().impact().unwrap();
    assert_eq!(impact.failed, 0.0);
    assert!(impact.slow > 0.0 && impact.slow_share() > 0.9, "{impact:?}");
}

#[test]
fn where_nobody_counts_requests_nothing_is_said() {
    let mut scene = Scene::new(&[]);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().impact(), None);
}

#[test]
fn refused_at_the_front_door_is_an_outage_and_behind_it_is_not_yet() {
    let severity = |edges: &[&str], at: &str| {
        let mut scene = Scene::new(edges);
        scene.during(at, "Throttles", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
        scene.tick(5);
        scene.insight().severity
    };
    assert_eq!(severity(&["front -> checkout"], "front"), Severity::High);
    assert_eq!(severity(&["api -> front", "front -> worker"], "front"), Severity::High);
    assert_eq!(severity(&["api -> front", "front -> worker"], "worker"), Severity::Medium);
}

#[test]
fn it_is_named_after_what_harms_most_requests_and_renamed_when_another_overtakes() {
    let mut scene = Scene::new(&["a ~> b"]);
    scene.during("a", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(20, LATER, 40.0)]);
    scene.ticks(5, 40);
    assert!(scene.insight().name.contains(": a"), "{} little more is no reason", scene.insight().name);

    let mut scene = Scene::new(&["a ~> b"]);
    scene.during("a", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(20, LATER, 300.0)]);
    scene.ticks(5, 40);
    let insight = scene.insight();
    assert!(insight.name.contains(": b"), "{}", insight.name);
    assert!(insight.history.iter().any(|t| t.step.label() == "renamed"), "{:?}", insight.history);
    assert_eq!(insight.subject.resource.as_ref().unwrap().as_str(), "AWS::Lambda::Function/b");
}
