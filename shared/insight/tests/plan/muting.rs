use crate::scene::*;
use stackseer_insight::{Plan, mute};
use stackseer_model::*;

fn failing(to: i64) -> Scene {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, to, 30.0)]);
    scene.metric("checkout", "Duration", "p90", 100.0);
    scene
}

/// From `from` to `to`, in minutes.
fn of(what: Quiet, from: i64, to: i64) -> Mute {
    let scope = Scope::new("123456789012", "eu-central-1");
    Mute::new(&scope, what, "nightly import", (minute(from), Some(minute(to))), None, "ann")
}

fn resource(name: &str) -> Quiet {
    Quiet::Resource { id: ResourceId(format!("{FUNCTION}/{name}")) }
}

#[test]
fn what_is_muted_opens_untold_and_is_told_when_the_mute_ends_and_it_goes_on() {
    let mut scene = failing(60);
    scene.mutes.push(of(resource("checkout"), 0, 30));
    scene.ticks(5, 25);
    assert!(scene.told.is_empty());
    let insight = scene.insight().clone();
    let muted = insight.handling.muted.clone().unwrap();
    assert_eq!(insight.status, Status::Ongoing);
    assert_eq!((muted.mute, muted.until, muted.told), (scene.mutes[0].id.clone(), Some(minute(30)), None));
    assert_eq!(insight.history.last().unwrap().reason, "muted by ann until 12:30 UTC: nightly import");
    assert_eq!(InsightSummary::of(&insight).muted, insight.handling.muted);

    let told = scene.tick(30);
    assert_eq!(kinds(&told), [MessageType::NewInsight]);
    assert_eq!(told[0].reason, "no longer muted (nightly import), and it goes on");
    assert_eq!(scene.insight().handling.muted, None);
    scene.ticks(35, 90);
    assert_eq!(scene.told(MessageType::NewInsight), 1);
    assert_eq!(scene.told(MessageType::ClosedInsight), 1);
}

#[test]
fn what_another_mute_is_of_is_told() {
    let other = Quiet::Application { id: ApplicationId("another".into()) };
    for (what, from) in [(resource("front"), 0), (other, 0), (resource("checkout"), 10)] {
        let mut scene = failing(60);
        scene.mutes.push(of(what, from, 90));
        assert_eq!(kinds(&scene.tick(5)), [MessageType::NewInsight]);
        assert_eq!(scene.insight().handling.muted, None);
    }
}

#[test]
fn what_comes_and_goes_within_a_mute_stays_untold_and_there_to_see() {
    let application = Application::new("123456789012", "eu-central-1", Boundary::Stack { name: "shop".into() });
    let mut errors = failing(20);
    errors.tick(5);
    let metric = errors.insight().anomalies[0].metric().unwrap().key.to_string();
    for what in [resource("checkout"), Quiet::Metric { key: metric }, Quiet::Application { id: application.id }] {
        let mut scene = failing(20);
        scene.mutes.push(of(what, 0, 90));
        scene.ticks(5, 80);
        assert!(scene.told.is_empty());
        let insight = scene.insight();
        assert_eq!(insight.status, Status::Closed);
        assert!(insight.handling.muted.is_some(), "nobody was told of its end");
    }
}

#[test]
fn what_was_told_before_it_was_muted_ends_for_people_too() {
    let mut scene = failing(40);
    scene.tick(5);
    scene.mutes.push(of(resource("checkout"), 6, 120));
    scene.tick(10);
    assert_eq!(scene.insight().handling.muted.as_ref().unwrap().told, Some(scene.insight().severity));
    scene.ticks(15, 80);
    assert_eq!(kinds(&scene.told), [MessageType::NewInsight, MessageType::ClosedInsight]);
}

#[test]
fn another_symptom_that_is_not_muted_makes_it_news() {
    let mut scene = failing(LATER);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(20, LATER, 30.0)]);
    scene.mutes.push(of(resource("checkout"), 0, 600));
    scene.ticks(5, 15);
    assert!(scene.told.is_empty());
    scene.ticks(20, 40);
    assert_eq!(scene.told(MessageType::NewInsight), 1);
    assert_eq!(scene.insight().handling.muted, None);
}

#[test]
fn what_became_worse_while_it_was_muted_is_told_as_worse() {
    let mut scene = failing(60);
    scene.tick(5);
    let mut known = scene.insight().clone();
    known.severity = Severity::High;
    let muted = |told| Muted {
        mute: MuteId("a mute".into()),
        by: "ann".into(),
        reason: "nightly import".into(),
        since: minute(5),
        until: None,
        told,
    };
    for (told, expected) in [
        (Some(Severity::Low), vec![MessageType::SeverityUpgraded]),
        (Some(Severity::High), vec![]),
        (None, vec![MessageType::NewInsight]),
    ] {
        known.handling.muted = Some(muted(told));
        let mut plan = Plan::default();
        mute(&mut plan, std::slice::from_ref(&known), &Mutes::default(), minute(10));
        assert_eq!(kinds(&plan.messages), expected);
        assert_eq!(plan.changed[0].handling.muted, None);
        assert_eq!(plan.changed[0].history.last().unwrap().step, Transited::Unmuted);
    }
}

#[test]
fn without_mutes_nothing_is_planned_that_was_not() {
    let mut scene = failing(LATER);
    scene.tick(5);
    let mut plan = Plan::default();
    mute(&mut plan, &scene.known, &Mutes::default(), minute(10));
    assert_eq!(plan, Plan::default());
}
