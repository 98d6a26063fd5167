use crate::scene::*;
use stackseer_model::{MessageType, Severity, Status};

#[test]
fn one_weak_symptom_alone_does_not_open() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[weak(0, 20, 5.0)]);
    scene.ticks(5, 120);
    assert!(scene.known.is_empty() && scene.told.is_empty());
}

#[test]
fn one_weak_symptom_that_lasts_does() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[weak(0, LATER, 5.0)]);
    scene.ticks(5, 25);
    assert!(scene.known.is_empty());
    assert_eq!(kinds(&scene.tick(30)), [MessageType::NewInsight]);
}

#[test]
fn a_second_weak_symptom_opens_with_it() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[weak(0, LATER, 5.0)]);
    scene.during("checkout", "Duration", "p90", 100.0, &[weak(0, LATER, 300.0)]);
    assert_eq!(kinds(&scene.tick(5)), [MessageType::NewInsight]);
    assert_eq!(scene.insight().anomalies.len(), 2);
}

#[test]
fn another_statistic_of_the_same_metric_is_no_second_symptom() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Duration", "p90", 100.0, &[weak(0, 20, 300.0)]);
    scene.during("checkout", "Duration", "Average", 80.0, &[weak(0, 20, 200.0)]);
    scene.ticks(5, 120);
    assert!(scene.known.is_empty());
}

#[test]
fn one_strong_symptom_opens_and_says_why() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(5);
    let insight = scene.insight();
    assert_eq!((insight.status, insight.severity), (Status::Ongoing, Severity::High));
    assert_eq!((insight.start_time, insight.open_time), (minute(0), minute(5)));
    assert_eq!(insight.name, "Lambda Errors Anomalous In Stack shop: checkout");
    assert_eq!(insight.history[0].reason, "Errors of checkout: 30 a minute against none expected, from 12:00 UTC");
}

#[test]
fn with_hardly_any_history_even_a_strong_one_does_not_open_alone() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]).cold();
    scene.ticks(5, 60);
    assert!(scene.known.is_empty());
}

#[test]
fn what_only_explains_never_opens() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Invocations", "Sum", 300.0, &[strong(0, LATER, 900.0)]);
    scene.during("checkout", "ConcurrentExecutions", "Maximum", 5.0, &[strong(0, LATER, 50.0)]);
    scene.ticks(5, 60);
    assert!(scene.known.is_empty());
}

#[test]
fn a_change_just_before_speaks_for_a_weak_symptom() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[weak(0, LATER, 5.0)]);
    scene.change("UpdateFunctionCode", "checkout", -10);
    scene.tick(5);
    assert_eq!(scene.insight().pattern(), Some("lambda-errors-deployment"));
}

#[test]
fn a_change_of_hours_ago_or_of_something_else_does_not() {
    let mut scene = Scene::new(&["checkout -> pricing"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[weak(0, 20, 5.0)]);
    scene.change("UpdateFunctionCode", "checkout", -90).change("UpdateFunctionCode", "pricing", -10);
    scene.ticks(5, 120);
    assert!(scene.known.is_empty());
}

#[test]
fn two_sick_servers_alone_are_no_outage() {
    let mut scene = Scene::new(&[]);
    scene.resource("AWS::ElasticLoadBalancingV2::TargetGroup", "targets");
    scene.during("targets", "UnHealthyHostCount", "Maximum", 0.0, &[strong(0, LATER, 2.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().severity, Severity::Medium);
}
