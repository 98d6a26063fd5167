use crate::scene::*;

/// As slow as is needed, from minute 0 on.
fn slow(scene: &mut Scene, function: &str, added: f64) {
    scene.during(function, "Duration", "p90", 100.0, &[strong(0, LATER, 100.0 + added)]);
    scene.during(function, "Duration", "Average", 80.0, &[strong(0, LATER, 80.0 + added)]);
    scene.metric(function, "Invocations", "Sum", 300.0);
}

#[test]
fn who_is_waited_for_is_the_cause() {
    let mut scene = Scene::new(&["front -> worker"]);
    slow(&mut scene, "front", 100.0);
    slow(&mut scene, "worker", 100.0);
    scene.tick(5);
    assert_eq!(scene.causes(), ["worker"]);
}

#[test]
fn who_works_off_a_queue_is_not_waited_for() {
    let mut scene = Scene::new(&["front ~> worker"]);
    slow(&mut scene, "front", 100.0);
    slow(&mut scene, "worker", 50.0);
    scene.tick(5);
    let insight = scene.insight();
    assert_eq!(scene.causes(), ["front", "worker"]);
    assert!((insight.causes[0].share.unwrap() - 2.0 / 3.0).abs() < 1e-9, "{:?}", insight.causes);
}

/// `front`, a load balancer that became slower by 100 ms, waits for these, each slower by so much.
fn front_of(callees: &[(&str, f64)]) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(BALANCER, "front");
    scene.during("front", "TargetResponseTime", "Average", 0.1, &[strong(0, LATER, 0.2)]);
    scene.metric("front", "RequestCount", "Sum", 300.0);
    for (callee, added) in callees {
        scene.edge(&format!("front -> {callee}"));
        slow(&mut scene, callee, *added);
    }
    scene
}

#[test]
fn the_one_that_shows_most_of_the_harm_comes_first() {
    let mut scene = front_of(&[("left", 40.0), ("right", 60.0)]);
    scene.tick(5);
    assert_eq!(scene.causes(), ["right", "left"]);
}

#[test]
fn a_change_just_before_lifts_its_resource_over_one_that_shows_more() {
    let mut scene = front_of(&[("left", 40.0), ("right", 60.0)]);
    scene.change("PutFunctionConcurrency", "left", -5);
    scene.tick(5);
    assert_eq!(scene.causes(), ["left", "right"]);
    let reason = &scene.insight().causes[0].reason;
    assert!(reason.starts_with("PutFunctionConcurrency 5 min before; 40 %"), "{reason}");
}

#[test]
fn a_change_of_two_hours_ago_or_after_the_onset_does_not() {
    for at in [-120, 15] {
        let mut scene = front_of(&[("left", 40.0), ("right", 60.0)]);
        scene.change("PutFunctionConcurrency", "left", at);
        scene.tick(20);
        assert_eq!(scene.causes(), ["right", "left"], "{at}");
    }
}

#[test]
fn harm_from_everywhere_has_no_clear_cause() {
    let mut scene = front_of(&[("a", 20.0), ("b", 20.0), ("c", 20.0), ("d", 20.0), ("e", 20.0)]);
    scene.tick(5);
    assert!(scene.causes().is_empty(), "{:?}", scene.insight().causes);
    assert!(scene.insight().description.contains("No clear cause"), "{}", scene.insight().description);
}

#[test]
fn harm_from_one_place_has() {
    let mut scene = front_of(&[("a", 60.0), ("b", 20.0), ("c", 20.0)]);
    scene.tick(5);
    assert_eq!(scene.causes(), ["a"]);
    assert!(!scene.insight().description.contains("No clear cause"), "{}", scene.insight().description);
}
