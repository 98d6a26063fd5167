use crate::scene::*;
use stackseer_model::{Ending, MessageType, Status, Transited};

fn failing(to: i64) -> Scene {
    let mut scene = Scene::new(&["front -> checkout"]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, to, 30.0)]);
    scene.metric("checkout", "Duration", "p90", 100.0);
    scene
}

#[test]
fn closes_when_it_was_quiet_for_ten_minutes() {
    let mut scene = failing(20);
    scene.ticks(5, 25);
    scene.tick(28);
    assert_eq!(scene.insight().anomalies[0].end_time, Some(minute(20)));
    assert_eq!(scene.insight().status, Status::Ongoing);
    assert_eq!(kinds(&scene.tick(30)), [MessageType::ClosedInsight]);
    let insight = scene.insight();
    assert_eq!((insight.status, insight.end_time), (Status::Closed, Some(minute(20))));
    assert_eq!(insight.history.last().unwrap().reason, "back to normal since 12:20 UTC, after 20 min");
    scene.ticks(35, 300);
    assert_eq!(scene.told.len(), 2, "what is closed is not told again while the window still shows it");
}

#[test]
fn stays_open_while_it_goes_on_or_comes_back_at_once() {
    let mut scene = failing(LATER);
    scene.ticks(5, 600);
    assert_eq!(scene.insight().status, Status::Ongoing);

    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0), strong(27, 50, 30.0)]);
    scene.ticks(5, 45);
    assert_eq!(scene.insight().status, Status::Ongoing);
    assert_eq!(scene.told(MessageType::NewInsight), 1);
}

#[test]
fn is_not_closed_while_its_metric_can_not_be_read() {
    let mut scene = failing(20);
    scene.ticks(5, 15);
    scene.unreadable("checkout", true);
    scene.ticks(20, 120);
    let insight = scene.insight();
    assert_eq!(insight.status, Status::Ongoing);
    let unknown = insight.history.iter().filter(|t| t.step == Transited::Unknown);
    let reasons: Vec<&str> = unknown.map(|t| t.reason.as_str()).collect();
    assert_eq!(reasons, ["can't tell whether it goes on: access denied"], "said once");

    scene.unreadable("checkout", false);
    scene.tick(125);
    assert_eq!(scene.insight().status, Status::Closed);
}

#[test]
fn who_publishes_nothing_any_more_is_not_taken_for_healthy() {
    let mut scene = failing(LATER);
    scene.silent("checkout", 20);
    scene.ticks(5, 600);
    let insight = scene.insight();
    assert_eq!(insight.status, Status::Ongoing);
    let last = &insight.history.last().unwrap().reason;
    assert_eq!(last, "can't tell whether it goes on: nothing was published since");

    // Not for ever.
    scene.ticks(605, 24 * 60 + 300);
    let insight = scene.insight();
    assert_eq!(insight.status, Status::Closed);
    let last = &insight.history.last().unwrap().reason;
    assert!(last.contains("whether it is back to normal is not known"), "{last}");
    assert_eq!(scene.told(MessageType::ClosedInsight), 1);

    // One who publishes again is.
    let mut scene = failing(20);
    scene.silent("checkout", 18);
    scene.ticks(5, 300);
    assert_eq!(scene.insight().status, Status::Ongoing);
    scene.silent("checkout", LATER);
    scene.ticks(305, 310);
    assert!(scene.insight().history.last().unwrap().reason.starts_with("back to normal"));
}

#[test]
fn a_metric_that_was_not_asked_for_is_not_healthy_either() {
    let mut scene = failing(20);
    scene.ticks(5, 15);
    scene.not_asked("checkout");
    scene.ticks(20, 120);
    assert_eq!(scene.insight().status, Status::Ongoing);
}

#[test]
fn closes_with_its_resource() {
    let mut scene = failing(LATER);
    scene.ticks(5, 15);
    scene.delete("checkout");
    assert_eq!(kinds(&scene.tick(20)), [MessageType::ClosedInsight]);
    assert_eq!(scene.insight().history.last().unwrap().reason, "its resource no longer exists");
}

#[test]
fn does_not_close_with_one_of_two_resources() {
    let mut scene = failing(LATER);
    scene.during("front", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.ticks(5, 15);
    scene.delete("checkout");
    scene.ticks(20, 60);
    assert_eq!(scene.insight().status, Status::Ongoing);
}

#[test]
fn what_only_explained_and_is_gone_does_not_close_it_early() {
    let mut scene = failing(20);
    scene.during("front", "Invocations", "Sum", 300.0, &[strong(0, LATER, 900.0)]);
    scene.ticks(5, 25);
    scene.delete("front");
    scene.tick(28);
    assert_eq!(scene.insight().status, Status::Ongoing);
    scene.tick(30);
    assert!(scene.insight().history.last().unwrap().reason.starts_with("back to normal"));
}

#[test]
fn what_only_explains_and_can_not_be_read_does_not_keep_it_open() {
    let mut scene = failing(20);
    scene.during("front", "Invocations", "Sum", 300.0, &[strong(0, LATER, 900.0)]);
    scene.ticks(5, 15);
    assert_eq!(scene.insight().anomalies.len(), 2);
    scene.unreadable("front", true);
    scene.ticks(20, 40);
    assert_eq!(scene.insight().status, Status::Closed);
    assert!(scene.insight().history.last().unwrap().reason.starts_with("back to normal"));
}

#[test]
fn a_metric_that_is_not_asked_for_any_more_is_waited_for_a_day() {
    let mut scene = failing(LATER);
    scene.ticks(5, 15);
    scene.not_asked("checkout");
    scene.ticks(20, 23 * 60);
    assert_eq!(scene.insight().status, Status::Ongoing);
    scene.ticks(23 * 60 + 5, 25 * 60);
    let last = scene.insight().history.last().unwrap();
    assert_eq!(last.step, Transited::Closed { ending: Ending::NotWatched });
    assert!(last.reason.starts_with("it is no longer watched"), "{}", last.reason);
}

#[test]
fn where_nothing_of_the_application_is_covered_nobody_says_that_it_is_gone() {
    let mut scene = failing(LATER);
    scene.ticks(5, 15);
    scene.delete("checkout");
    scene.delete("front");
    scene.tick(20);
    let ending = &scene.insight().history.last().unwrap().step;
    assert_eq!(*ending, Transited::Closed { ending: Ending::NotWatched });
}

#[test]
fn the_history_is_bounded_and_keeps_how_it_began() {
    let mut scene = Scene::new(&[]);
    let bursts: Vec<Episode> = (0..90).map(|i| strong(i * 60, i * 60 + 15, 30.0)).collect();
    scene.during("checkout", "Errors", "Sum", 0.0, &bursts);
    scene.ticks(5, 90 * 60);
    let insight = scene.insight();
    assert!(insight.history.len() <= 60, "{}", insight.history.len());
    assert_eq!(insight.history[0].step, Transited::Opened);
}
