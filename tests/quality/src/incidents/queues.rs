//! Queues and streams that fall behind.

use super::*;
use crate::script::{code, configured, settings, tasks};

pub const KINDS: &[Kind] = &[
    Kind { name: "failing-consumer", apps: &["shop"], at_night: true, build: failing },
    Kind { name: "slow-consumer", apps: &["shop", "web"], at_night: false, build: slow },
    Kind { name: "throttled-consumer", apps: &["shop"], at_night: false, build: throttled },
    Kind { name: "flood-of-messages", apps: &["shop", "web"], at_night: true, build: flood },
    Kind { name: "consumer-disabled", apps: &["shop", "small"], at_night: false, build: disabled },
    Kind { name: "stream-consumer-fails", apps: &["stream", "shop"], at_night: true, build: stream_fails },
    Kind { name: "stream-gets-more-records", apps: &["stream"], at_night: false, build: more_records },
    Kind { name: "stream-consumer-off", apps: &["stream"], at_night: true, build: reader_off },
    Kind { name: "delivery-stuck", apps: &["stream"], at_night: true, build: delivery },
];

fn failing(scene: &Scene) -> Plan {
    let share = scene.of(0.95, 0.3);
    let mut script = Script::default();
    let change = code(scene.at - 3, "shop-fulfil");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function("shop-fulfil").errors = share);
    Truth::new(vec![above("shop-fulfil", "Errors", "Sum", 1.0)], &[ERRORS, BACKLOG].concat())
        .also(&["shop-fulfilment", "shop-fulfilment-dead"])
        .caused_by(&["shop-fulfil"])
        .after(&change)
        .path(&["shop-fulfilment", "shop-fulfil"])
        .path(&["shop-fulfilment-dead", "shop-fulfilment", "shop-fulfil"])
        .alone(script)
}

fn slow(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let (queue, consumer, change) = match scene.app {
        "shop" => ("shop-fulfilment", "shop-fulfil", code(scene.at - 2, "shop-fulfil")),
        _ => ("web-jobs", "web-worker", tasks(scene.at - 2, "web-worker")),
    };
    script.done(change.clone());
    if scene.app == "shop" {
        let own = scene.of(16_000.0, 12_000.0);
        script.during(scene.at, scene.minutes, move |s| s.function("shop-fulfil").own_ms = own);
    } else {
        let own = scene.of(20_000.0, 15_000.0);
        script.during(scene.at, scene.minutes, move |s| s.service("web-worker").own_ms = own);
    }
    Truth::new(vec![above(queue, "ApproximateAgeOfOldestMessage", "Maximum", 120.0)], &[BACKLOG, LATENCY].concat())
        .also(&[consumer])
        .caused_by(&[consumer])
        .after(&change)
        .path(&[queue, consumer])
        .alone(script)
}

fn throttled(scene: &Scene) -> Plan {
    let limit = scene.of(0.005, 0.035);
    let mut script = Script::default();
    let change = settings(scene.at - 1, "shop-fulfil", "reserved_concurrency", "3", "1");
    script
        .done(change.clone())
        .during(scene.at, scene.minutes, move |s| s.function("shop-fulfil").reserved = Some(limit));
    Truth::new(
        vec![above("shop-fulfilment", "ApproximateAgeOfOldestMessage", "Maximum", 120.0)],
        &[BACKLOG, THROTTLED].concat(),
    )
    .also(&["shop-fulfil"])
    .caused_by(&["shop-fulfil"])
    .after(&change)
    .path(&["shop-fulfilment", "shop-fulfil"])
    .alone(script)
}

fn flood(scene: &Scene) -> Plan {
    let (queue, consumer, producers): (_, _, &[&'static str]) = if scene.app == "shop" {
        ("shop-fulfilment", "shop-fulfil", &["shop-fulfilment", "shop-placed"])
    } else {
        ("web-jobs", "web-worker", &["web-jobs", "web-api"])
    };
    let more = if scene.app == "shop" { scene.of(1100.0, 850.0) } else { scene.of(750.0, 480.0) };
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.queue(queue).extra = more);
    Truth::new(
        vec![
            above(queue, "ApproximateAgeOfOldestMessage", "Maximum", 120.0),
            above(queue, "ApproximateNumberOfMessagesVisible", "Maximum", 300.0),
        ],
        BACKLOG,
    )
    .also(&[consumer])
    .caused_by(producers)
    .path(&[queue])
    .alone(script)
}

fn disabled(scene: &Scene) -> Plan {
    let (queue, consumer) =
        if scene.app == "shop" { ("shop-mail", "shop-mailer") } else { ("tiny-tasks", "tiny-worker") };
    let minutes = if scene.app == "shop" { scene.minutes } else { 4 * 60 };
    let mut script = Script::default();
    let changes = vec![("event_source_enabled", "true".to_owned(), "false".to_owned())];
    let change = configured(scene.at, "lambda.amazonaws.com", "UpdateEventSourceMapping", consumer, changes);
    // A mild one is switched on again before much is waiting.
    let minutes = if scene.strength == Strength::Mild { minutes / 2 } else { minutes };
    script.done(change.clone()).during(scene.at, minutes, move |s| s.queue(queue).is_read = false);
    Truth::new(vec![above(queue, "ApproximateAgeOfOldestMessage", "Maximum", 120.0)], &[BACKLOG, FEWER].concat())
        .also(&[consumer])
        .caused_by(&[consumer, queue])
        .after(&change)
        .path(&[queue, consumer])
        .alone(script)
}

fn stream_fails(scene: &Scene) -> Plan {
    let (stream, consumer) =
        if scene.app == "shop" { ("shop-clicks", "shop-click-counter") } else { ("flow-events", "flow-enrich") };
    let share = scene.of(1.0, 0.3);
    let mut script = Script::default();
    let change = code(scene.at - 2, consumer);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function(consumer).errors = share);
    Truth::new(vec![above(consumer, "Errors", "Sum", 1.0)], &[ERRORS, BACKLOG].concat())
        .also(&[stream])
        .caused_by(&[consumer])
        .after(&change)
        .path(&[stream, consumer])
        .not(&["flow-archive"])
        .alone(script)
}

fn more_records(scene: &Scene) -> Plan {
    let times = scene.of(60.0, 36.0);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 3, 3, move |s, strength| {
        s.feed("flow-devices").rate *= 1.0 + (times - 1.0) * strength
    });
    Truth::new(vec![above("flow-events", "GetRecords.IteratorAgeMilliseconds", "Maximum", 60_000.0)], BACKLOG)
        .also(&["flow-enrich", "flow-archive", "flow-devices"])
        .caused_by(&["flow-events", "flow-devices"])
        .path(&["flow-events"])
        .path(&["flow-events", "flow-devices"])
        .path(&["flow-enrich", "flow-events"])
        .path(&["flow-archive", "flow-events"])
        .alone(script)
}

/// Nobody reads it any more, so that nobody says how far behind it is either.
fn reader_off(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let changes = vec![("event_source_enabled", "true".to_owned(), "false".to_owned())];
    let change = configured(scene.at, "lambda.amazonaws.com", "UpdateEventSourceMapping", "flow-enrich", changes);
    let minutes = if scene.strength == Strength::Mild { 30 } else { scene.minutes };
    script.done(change.clone()).during(scene.at, minutes, move |s| s.stream("flow-events").readers[0].is_on = false);
    Truth::new(vec![below("flow-enrich", "Invocations", "Sum", 10.0)], &[FEWER, BACKLOG].concat())
        .also(&["flow-events", "flow-counters", "flow-profiles", "flow-alerts"])
        .caused_by(&["flow-enrich", "flow-events"])
        .after(&change)
        .path(&["flow-events", "flow-enrich"])
        .path(&["flow-counters", "flow-enrich"])
        .path(&["flow-profiles", "flow-enrich"])
        .path(&["flow-alerts", "flow-enrich"])
        .alone(script)
}

/// The bucket behind it can't be written to.
fn delivery(scene: &Scene) -> Plan {
    let minutes = if scene.strength == Strength::Mild { 14 } else { scene.minutes };
    let mut script = Script::default();
    script.during(scene.at, minutes, move |s| s.delivery("flow-lake").is_stuck = true);
    let few = if scene.strength == Strength::Mild { 5 } else { 15 };
    Truth::new(
        vec![above("flow-lake", "DeliveryToS3.DataFreshness", "Maximum", 300.0).for_minutes(few)],
        &[BACKLOG, &["freshness"]].concat(),
    )
    .caused_by(&["flow-lake"])
    .path(&["flow-lake"])
    .severity(Severity::Low, Severity::High)
    .alone(script)
}
