use crate::scene::*;
use stackseer_model::{AnomalyType, MessageType, Severity};

#[test]
fn a_symptom_that_comes_later_joins_and_is_told() {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.during("front", "Throttles", "Sum", 0.0, &[strong(12, LATER, 30.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().anomalies.len(), 1);
    let messages = scene.tick(15);
    assert_eq!(kinds(&messages), [MessageType::NewAssociation]);
    let joined = scene.insight().anomalies.iter().find(|a| a.resource.name == "front").unwrap();
    assert_eq!(messages[0].anomalies, std::slice::from_ref(&joined.id));
}

#[test]
fn what_only_explains_joins_and_is_not_told() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.during("checkout", "ConcurrentExecutions", "Maximum", 5.0, &[strong(12, LATER, 90.0)]);
    scene.tick(5);
    assert!(scene.tick(15).is_empty());
    let joined = &scene.insight().anomalies[1];
    assert_eq!(joined.anomaly_type, AnomalyType::Contextual);
    assert_eq!(joined.causal_anomaly.as_ref(), Some(&scene.insight().anomalies[0].id));
}

#[test]
fn a_higher_severity_is_told_once() {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Duration", "p90", 100.0, &[strong(0, LATER, 300.0)]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(12, LATER, 30.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().severity, Severity::Medium);
    scene.ticks(15, 60);
    assert_eq!(scene.insight().severity, Severity::High);
    assert_eq!(scene.told(MessageType::SeverityUpgraded), 1);
}

#[test]
fn the_same_severity_is_not_told() {
    let mut scene = Scene::new(&["front -> middle", "middle -> checkout"]);
    scene.during("checkout", "Duration", "p90", 100.0, &[strong(0, LATER, 300.0)]);
    scene.during("checkout", "Throttles", "Sum", 0.0, &[strong(12, LATER, 30.0)]);
    scene.ticks(5, 60);
    assert_eq!(scene.insight().severity, Severity::Medium);
    assert_eq!(scene.told(MessageType::NewAssociation), 1);
    assert_eq!(scene.told(MessageType::SeverityUpgraded), 0);
}

#[test]
fn the_same_tick_twice_changes_nothing_and_tells_nothing() {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 60, 30.0)]);
    scene.during("checkout", "Invocations", "Sum", 300.0, &[]);
    scene.during("front", "Throttles", "Sum", 0.0, &[strong(12, 60, 30.0)]);
    scene.change("UpdateFunctionCode", "checkout", -3);
    for now in (5..=90).step_by(5) {
        scene.tick(now);
        let again = scene.plan(now);
        assert!(again.changed.is_empty() && again.messages.is_empty(), "{now}: {again:#?}");
    }
    let kinds = kinds(&scene.told);
    assert_eq!(kinds, [MessageType::NewInsight, MessageType::NewAssociation, MessageType::ClosedInsight]);
}

#[test]
fn the_next_tick_with_news_does_change_it() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(5);
    scene.change("UpdateFunctionCode", "checkout", -3);
    assert_eq!(kinds(&scene.plan(10).messages), [MessageType::NewRecommendation]);
}

#[test]
fn an_incident_longer_than_the_window_keeps_its_start_and_the_change_that_began_it() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.change("PutFunctionConcurrency", "checkout", -3);
    scene.tick(5);
    let first = scene.insight().clone();
    assert!(first.causes[0].reason.starts_with("PutFunctionConcurrency 3 min before"), "{:?}", first.causes);
    scene.ticks(10, 10 * 60);
    let last = scene.insight();
    assert_eq!((last.start_time, &last.name), (first.start_time, &first.name));
    assert_eq!(last.description, first.description);
    assert_eq!((&last.events, &last.causes), (&first.events, &first.causes));
    assert_eq!(last.anomalies.len(), 1);
    assert_eq!(scene.told.len(), 1);
}
