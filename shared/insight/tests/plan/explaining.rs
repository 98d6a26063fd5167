//! What is said to be the cause, and what was looked at and ruled out.

use crate::scene::*;

const SERVICE: &str = "AWS::ECS::Service";

/// Memory of a service grows for half an hour.
fn growing() -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(SERVICE, "web");
    let service = scene.inventory.resources.iter_mut().find(|r| r.name == "web").unwrap();
    service.set("cluster", "shop");
    scene.during("web", "MemoryUtilization", "Average", 40.0, &[strong(0, LATER, 88.0)]);
    scene
}

fn because<'s>(scene: &'s Scene, pattern: &str) -> Vec<&'s str> {
    let considered = &scene.insight().considered;
    considered.iter().filter(|c| c.what == pattern).map(|c| c.because.as_str()).collect()
}

#[test]
fn what_is_normal_is_never_the_evidence() {
    let mut scene = growing();
    scene.metric("web", "CPUUtilization", "Average", 12.0);
    scene.tick(5);
    let insight = scene.insight();
    assert_eq!(insight.pattern(), Some("ecs-memory-growth"));
    assert_eq!(insight.causes[0].metric.as_deref(), Some("MemoryUtilization"));
    assert!(insight.causes[0].reason.starts_with("memory utilisation 88 % against 40 % expected"), "{insight:#?}");
    assert!(insight.description.contains("CPU is as ever (12 %)"), "{}", insight.description);
    assert_eq!(because(&scene, "ecs-memory-deployment"), ["no such change on web within 120 min before"]);
}

#[test]
fn what_could_not_be_read_is_not_normal() {
    let mut unread = growing();
    unread.tick(5);
    assert_eq!(unread.insight().pattern(), None);
    let said = "it can't be told: CPU utilisation of web was not read";
    assert_eq!(because(&unread, "ecs-memory-growth"), [said]);

    let mut cold = growing();
    cold.metric("web", "CPUUtilization", "Average", 12.0).cold();
    cold.tick(5);
    assert_eq!(because(&cold, "ecs-memory-growth"), ["it can't be told: CPU utilisation of web is not learned yet"]);
}

#[test]
fn a_look_alike_is_said_by_its_reason() {
    let mut scene = growing();
    scene.metric("web", "CPUUtilization", "Average", 12.0);
    scene.change("UpdateService", "web", -10);
    scene.tick(5);
    assert_eq!(scene.insight().pattern(), Some("ecs-memory-deployment"));
    assert_eq!(because(&scene, "ecs-memory-growth"), ["the new version simply needs more"]);
    assert_eq!(because(&scene, "ecs-memory-deployment"), [""; 0]);
}

#[test]
fn a_look_alike_that_could_not_be_read_is_not_ruled_out() {
    let mut scene = growing();
    scene.change("UpdateService", "web", -10);
    scene.tick(5);
    assert_eq!(scene.insight().pattern(), Some("ecs-memory-deployment"));
    let said = "it can't be ruled out that more load, which raises CPU as well, explains it: CPU utilisation of web was not read";
    assert_eq!(because(&scene, "ecs-memory-deployment"), [said]);
}

#[test]
fn of_two_that_fit_the_other_is_said_too() {
    let mut scene = Scene::new(&["checkout -> payment"]);
    for function in ["checkout", "payment"] {
        scene.during(function, "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
        scene.metric(function, "Invocations", "Sum", 300.0);
    }
    scene.change("UpdateFunctionCode", "checkout", -5);
    scene.tick(5);
    assert_eq!(scene.insight().pattern(), Some("lambda-errors-deployment"), "{:#?}", scene.insight());
    let other = because(&scene, "lambda-errors-downstream");
    assert_eq!(other.len(), 1, "{:#?}", scene.insight().considered);
}
