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
    scene.tick(20);
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

const SERVICE: &str = "AWS::ECS::Service";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// A load balancer whose own 5XX rise, before two services that count no requests.
fn shared_balancer() -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(BALANCER, "edge");
    for service in ["cart", "search"] {
        scene.resource(TARGETS, &format!("{service}-targets"));
        scene.resource(SERVICE, service);
        scene.edge(&format!("edge -> {service}-targets"));
        scene.edge(&format!("{service}-targets -> {service}"));
    }
    scene.during("edge", "HTTPCode_Target_5XX_Count", "Sum", 0.0, &[strong(0, LATER, 60.0)]);
    scene.metric("edge", "RequestCount", "Sum", 900.0);
    scene
}

#[test]
fn a_change_behind_what_fails_is_the_cause_where_it_can_show_nothing_itself() {
    let mut scene = shared_balancer();
    scene.change("UpdateService", "cart", -3);
    scene.tick(5);
    let insight = scene.insight();
    assert_eq!(scene.causes()[0], "cart");
    assert_eq!(insight.causes[0].changes.len(), 1);
    let way: Vec<&str> = insight.causes[0].path.iter().map(|step| step.resource.name.as_str()).collect();
    assert_eq!(way, ["edge", "cart-targets", "cart"]);
    assert!(insight.recommendations[0].name.contains("cart"), "{}", insight.recommendations[0].name);
    let on: Vec<&str> =
        insight.recommendations[0].related_events.iter().flat_map(|e| &e.resources).map(|r| r.name.as_str()).collect();
    assert!(on.iter().all(|name| *name == "cart"), "{on:?}");
}

#[test]
fn without_a_change_who_fails_is_the_cause() {
    let mut scene = shared_balancer();
    scene.tick(5);
    assert_eq!(scene.causes()[0], "edge");
}

#[test]
fn a_changed_callee_that_would_show_it_and_is_well_comes_after() {
    let mut scene = Scene::new(&["front -> worker"]);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.metric("worker", "Errors", "Sum", 0.0);
    scene.change("UpdateFunctionCode", "worker", -3);
    scene.tick(5);
    assert_eq!(scene.causes(), ["front", "worker"]);
}

#[test]
fn shares_of_one_harm_never_sum_over_one() {
    let mut scene = front_of(&[("left", 40.0), ("right", 60.0)]);
    scene.change("PutFunctionConcurrency", "left", -5);
    scene.tick(20);
    let sum: f64 = scene.insight().causes.iter().filter_map(|c| c.share).sum();
    assert!(sum <= 1.0 + 1e-9, "{sum}");
    let ranks: Vec<u32> = scene.insight().causes.iter().map(|c| c.rank).collect();
    assert_eq!(ranks, [1, 2]);
}

#[test]
fn nobody_rolls_back_a_roll_back() {
    let mut scene = shared_balancer();
    scene.change("RollbackStack", "cart", -3);
    scene.tick(5);
    let advice = &scene.insight().recommendations[0];
    assert!(!advice.name.contains("roll it back"), "{}", advice.name);
    assert!(advice.name.starts_with("See what was rolled back on cart"), "{}", advice.name);
}

#[test]
fn a_load_balancer_has_no_error_log_to_read() {
    let mut scene = shared_balancer();
    scene.tick(5);
    let advice = &scene.insight().recommendations[0];
    assert!(!advice.name.to_lowercase().contains("log"), "{}", advice.name);
    assert!(!advice.place.is_empty() && advice.command.starts_with("aws elbv2"), "{advice:?}");
}
