//! Messages to channels that fail, and to those that don't.

use stackseer_line::{Delivered, Silent, deliver};
use stackseer_model::ports::PortError;
use stackseer_model::*;
use stackseer_testkit::clock::time;
use stackseer_testkit::{MemoryChannel, MemoryDeliveryLog, MemoryInsights};
use std::collections::BTreeSet;

fn insight(id: &str, severity: Severity) -> Insight {
    let at = time("2026-11-25T03:00:00Z");
    Insight {
        id: InsightId(id.to_owned()),
        name: id.to_owned(),
        nature: Nature::Reactive { pattern: None, impact: None },
        subject: Subject { what: String::new(), resource: None },
        severity,
        status: Status::Ongoing,
        start_time: at,
        end_time: None,
        open_time: at,
        update_time: at,
        application: Application::new("1", "eu-west-1", Boundary::Unassigned),
        description: String::new(),
        causes: vec![],
        anomalies: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

fn message(id: &str, insight: &str) -> Message {
    Message {
        id: id.to_owned(),
        message_type: MessageType::NewInsight,
        insight: InsightId(insight.to_owned()),
        time: time("2026-11-25T03:00:00Z"),
        anomalies: vec![],
        reason: String::new(),
        watching: None,
    }
}

fn transient() -> PortError {
    PortError::Transient { action: "sns:Publish".into(), message: "Rate exceeded".into() }
}

fn denied() -> PortError {
    PortError::Denied { action: "sns:Publish".into(), message: "not authorized".into() }
}

/// Insight `a` is high, `b` low; message 1 is about `a`, 2 about `b`.
struct Scene {
    insights: MemoryInsights,
    log: MemoryDeliveryLog,
    channels: [MemoryChannel; 3],
    messages: Vec<Message>,
}

impl Scene {
    fn new() -> Self {
        Self {
            insights: MemoryInsights::of([insight("a", Severity::High), insight("b", Severity::Low)]),
            log: MemoryDeliveryLog::default(),
            channels: [
                MemoryChannel::new("one"),
                MemoryChannel::new("two"),
                MemoryChannel::of("picky", Severity::Medium),
            ],
            messages: vec![message("1", "a"), message("2", "b")],
        }
    }

    async fn deliver(&self) -> Delivered {
        let now = time("2026-11-25T03:01:00Z");
        deliver(&self.messages, &self.insights, &self.log, &self.channels, &mut Silent::default(), now).await
    }

    fn sent(&self) -> [Vec<String>; 3] {
        self.channels.each_ref().map(MemoryChannel::sent)
    }
}

fn pair(message: &str, channel: &str) -> (String, String) {
    (message.to_owned(), channel.to_owned())
}

#[tokio::test]
async fn every_channel_gets_what_it_wants_and_only_once() {
    let scene = Scene::new();
    let first = scene.deliver().await;
    let all = [pair("1", "one"), pair("1", "two"), pair("1", "picky"), pair("2", "one"), pair("2", "two")];
    assert_eq!(first.sent, all);
    assert_eq!(first.skipped, [pair("2", "picky")]);
    assert!(first.failed.is_empty() && first.notes.is_empty());

    let second = scene.deliver().await;
    assert_eq!((second.sent.len(), second.skipped.len()), (0, 6));
    assert_eq!(scene.sent(), [vec!["1", "2"], vec!["1", "2"], vec!["1"]]);
}

#[tokio::test]
async fn a_message_twice_in_one_batch_is_sent_once() {
    let mut scene = Scene::new();
    scene.messages = vec![message("1", "a"), message("1", "a")];
    scene.deliver().await;
    assert_eq!(scene.sent()[0], ["1"]);
}

#[tokio::test]
async fn when_one_channel_fails_the_others_are_told_and_the_retry_is_for_it_alone() {
    let scene = Scene::new();
    scene.channels[0].fail_next(transient());
    let first = scene.deliver().await;
    assert_eq!(first.failed[0], ("1".to_owned(), "one".to_owned(), transient()));
    assert_eq!(first.undelivered(), BTreeSet::from(["1", "2"]));
    assert_eq!(scene.sent(), [vec![], vec!["1", "2"], vec!["1"]]);
    assert_eq!(scene.channels[0].tries(), 1, "one that is silent takes no more of the run's time");

    let second = scene.deliver().await;
    assert_eq!(second.sent, [pair("1", "one"), pair("2", "one")]);
    assert!(second.undelivered().is_empty());
    assert_eq!(scene.channels.each_ref().map(MemoryChannel::tries), [3, 2, 1]);
}

#[tokio::test]
async fn what_may_not_be_sent_is_not_taken_for_delivered_and_is_no_reason_to_skip_the_next() {
    let scene = Scene::new();
    scene.channels[0].fail_next(denied());
    scene.channels[1].fail_next(PortError::NotFound { what: "topic".into() });
    let first = scene.deliver().await;
    assert_eq!(first.undelivered(), BTreeSet::from(["1"]));
    assert_eq!(scene.sent(), [vec!["2"], vec!["2"], vec!["1"]]);
    let second = scene.deliver().await;
    assert_eq!(second.sent, [pair("1", "one"), pair("1", "two")]);
}

#[tokio::test]
async fn a_message_whose_insight_is_gone_is_dropped_with_a_note() {
    let mut scene = Scene::new();
    scene.messages.insert(0, message("0", "gone"));
    let delivered = scene.deliver().await;
    assert_eq!(delivered.notes, ["message 0 is dropped: its insight gone is gone"]);
    assert_eq!(delivered.sent.len(), 5);
    assert!(delivered.undelivered().is_empty());
}

#[tokio::test]
async fn an_insight_that_can_not_be_read_now_is_tried_again() {
    let scene = Scene::new();
    scene.insights.fail_next(transient());
    let delivered = scene.deliver().await;
    assert_eq!(delivered.failed.len(), 3);
    assert_eq!(delivered.undelivered(), BTreeSet::from(["1"]));
    assert_eq!(scene.sent(), [vec!["2"], vec!["2"], vec![]]);
    assert_eq!(scene.deliver().await.sent.len(), 3);
}

#[tokio::test]
async fn without_its_log_a_message_waits_if_it_can_and_is_sent_if_it_can_not() {
    let scene = Scene::new();
    scene.log.fail_next_read(transient());
    scene.log.fail_next_read(denied());
    let delivered = scene.deliver().await;
    assert_eq!(delivered.failed, [("1".to_owned(), "one".to_owned(), transient())]);
    assert!(delivered.sent.contains(&pair("1", "two")));
    assert!(delivered.notes[0].contains("may be sent twice"), "{:?}", delivered.notes);
}

#[tokio::test]
async fn what_was_sent_and_could_not_be_logged_is_no_reason_to_send_it_again() {
    let scene = Scene::new();
    scene.log.fail_next_write(transient());
    let delivered = scene.deliver().await;
    assert!(delivered.undelivered().is_empty());
    assert_eq!((delivered.sent.len(), delivered.notes.len()), (5, 1));
}

#[tokio::test]
async fn without_channels_nothing_is_done() {
    let scene = Scene::new();
    let none: [MemoryChannel; 0] = [];
    let now = scene.messages[0].time;
    let delivered = deliver(&scene.messages, &scene.insights, &scene.log, &none, &mut Silent::default(), now).await;
    assert_eq!(delivered, Delivered::default());
}
