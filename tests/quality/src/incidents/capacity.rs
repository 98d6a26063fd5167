//! Limits that are reached: because they were lowered, or because more comes.

use super::*;
use crate::script::{configured, settings};

pub const KINDS: &[Kind] = &[
    Kind { name: "write-capacity-cut", apps: &["shop"], at_night: true, build: write_cut },
    Kind { name: "read-capacity-cut", apps: &["shop"], at_night: true, build: read_cut },
    Kind { name: "throttled-by-traffic", apps: &["shop"], at_night: false, build: throttled_by_traffic },
    Kind { name: "hot-key", apps: &["shop"], at_night: false, build: hot_key },
    Kind { name: "function-concurrency-cut", apps: &["shop"], at_night: false, build: concurrency_cut },
    Kind { name: "account-concurrency-used-up", apps: &["shop"], at_night: true, build: account },
    Kind { name: "noisy-neighbour-of-account", apps: &["shop", "stream"], at_night: true, build: neighbour },
    Kind { name: "clients-throttled", apps: &["stream", "shop"], at_night: false, build: clients_throttled },
    Kind { name: "records-too-big", apps: &["stream"], at_night: false, build: big_records },
];

fn cut(at: Minute, table: &'static str, property: &'static str, from: &str, to: f64) -> Done {
    let changes = vec![(property, from.to_owned(), to.to_string())];
    configured(at, "dynamodb.amazonaws.com", "UpdateTable", table, changes)
}

fn write_cut(scene: &Scene) -> Plan {
    let units = if scene.strength == Strength::Night { 0.03 } else { scene.of(0.3, 0.55) };
    let mut script = Script::default();
    let change = cut(scene.at, "shop-orders", "write_capacity", "10", 1.0);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| {
        if let Some(capacity) = &mut s.table("shop-orders").provisioned {
            capacity.writes = units;
        }
    });
    Truth::new(vec![above("shop-orders", "WriteThrottleEvents", "Sum", 1.0)], THROTTLED)
        .also(&["shop-checkout", "shop-fulfil", "shop-charge", "shop-api", "shop-fulfilment", "shop-order-flow"])
        .caused_by(&["shop-orders"])
        .after(&change)
        .path(&["shop-api", "shop-checkout", "shop-orders"])
        .path(&["shop-fulfilment", "shop-fulfil", "shop-orders"])
        .path(&["shop-order-flow", "shop-charge", "shop-orders"])
        .alone(script)
}

fn read_cut(scene: &Scene) -> Plan {
    let units = if scene.strength == Strength::Night { 0.05 } else { scene.of(0.6, 0.9) };
    let mut script = Script::default();
    let change = cut(scene.at, "shop-sessions", "read_capacity", "20", 1.0);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| {
        if let Some(capacity) = &mut s.table("shop-sessions").provisioned {
            capacity.reads = units;
        }
    });
    Truth::new(vec![above("shop-sessions", "ReadThrottleEvents", "Sum", 1.0)], THROTTLED)
        .also(&["shop-cart", "shop-checkout", "shop-account", "shop-api"])
        .caused_by(&["shop-sessions"])
        .after(&change)
        .path(&["shop-api", "shop-cart", "shop-sessions"])
        .path(&["shop-api", "shop-account", "shop-sessions"])
        .path(&["shop-api", "shop-checkout", "shop-sessions"])
        .alone(script)
}

fn throttled_by_traffic(scene: &Scene) -> Plan {
    let times = scene.of(20.0, 16.0);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 5, 5, move |s, strength| {
        s.door("shop-api").rate *= 1.0 + (times - 1.0) * strength
    });
    Truth::new(
        vec![
            above("shop-orders", "WriteThrottleEvents", "Sum", 3.0),
            above("shop-sessions", "ReadThrottleEvents", "Sum", 3.0),
        ],
        &[THROTTLED, LATENCY, &["request", "invocation"]].concat(),
    )
    .also(&["shop-api", "shop-cart", "shop-checkout", "shop-account", "shop-fulfil", "shop-fulfilment", "shop-charge"])
    .caused_by(&["shop-orders", "shop-sessions", "shop-api"])
    .path(&["shop-api", "shop-cart", "shop-sessions"])
    .path(&["shop-api", "shop-account", "shop-sessions"])
    .path(&["shop-api", "shop-checkout", "shop-sessions"])
    .path(&["shop-api", "shop-checkout", "shop-orders"])
    .path(&["shop-fulfilment", "shop-fulfil", "shop-orders"])
    .alone(script)
}

/// One customer's key takes most of the writes, and may have a small part of the capacity only; all in all as much as ever.
fn hot_key(scene: &Scene) -> Plan {
    let (hot, of_key) = (scene.of(0.85, 0.6), scene.of(0.03, 0.045));
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| {
        let table = s.table("shop-orders");
        (table.hot, table.of_key) = (hot, of_key);
    });
    Truth::new(vec![above("shop-orders", "WriteThrottleEvents", "Sum", 1.0)], THROTTLED)
        .also(&["shop-checkout", "shop-fulfil", "shop-charge", "shop-api", "shop-fulfilment", "shop-order-flow"])
        .caused_by(&["shop-orders"])
        .path(&["shop-api", "shop-checkout", "shop-orders"])
        .path(&["shop-fulfilment", "shop-fulfil", "shop-orders"])
        .path(&["shop-order-flow", "shop-charge", "shop-orders"])
        .alone(script)
}

/// Of the function behind the door.
fn concurrency_cut(scene: &Scene) -> Plan {
    let limit = scene.of(0.15, 0.33);
    let mut script = Script::default();
    let change = settings(scene.at - 1, "shop-search", "reserved_concurrency", "", "1");
    script
        .done(change.clone())
        .during(scene.at, scene.minutes, move |s| s.function("shop-search").reserved = Some(limit));
    Truth::new(vec![above("shop-search", "Throttles", "Sum", 1.0)], THROTTLED)
        .also(&["shop-api"])
        .caused_by(&["shop-search"])
        .after(&change)
        .path(&["shop-api", "shop-search"])
        .alone(script)
}

/// A flood of pictures takes all that the account may run at once.
fn account(scene: &Scene) -> Plan {
    let more = scene.of(90_000.0, 66_000.0);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 4, 2, move |s, strength| s.queue("shop-pictures").extra = more * strength);
    Truth::new(vec![above("shop-api", "5XXError", "Sum", 1.0)], THROTTLED)
        .also(&[
            "shop-catalog",
            "shop-search",
            "shop-cart",
            "shop-account",
            "shop-reviews",
            "shop-resize",
            "shop-pictures",
            "shop-mailer",
            "shop-reserve",
            "shop-charge",
            "shop-click-counter",
        ])
        .caused_by(&["shop-resize", "shop-pictures"])
        .path(&["shop-api", "shop-catalog", "shop-resize"])
        .path(&["shop-pictures", "shop-resize"])
        .alone(script)
}

/// Somebody else's functions do.
fn neighbour(scene: &Scene) -> Plan {
    let used = scene.of(1000.0, 999.5);
    let (door, metric) = if scene.app == "shop" { ("shop-api", "5XXError") } else { ("flow-api", "5xx") };
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.used_elsewhere = used);
    let truth = Truth::new(vec![above(door, metric, "Sum", 1.0)], THROTTLED).abstains();
    match scene.app {
        "shop" => truth.caused_by(&["shop-api"]).also(&[
            "shop-catalog",
            "shop-search",
            "shop-cart",
            "shop-account",
            "shop-reviews",
            "shop-mailer",
            "shop-mail",
        ]),
        // All that the door's clients see is the one function behind it.
        _ => truth.caused_by(&["flow-api", "flow-ingest"]).also(&[
            "flow-ingest",
            "flow-enrich",
            "flow-events",
            "flow-archive",
            "flow-notify",
            "flow-retry",
        ]),
    }
    .alone(script)
}

/// A client runs wild, and the door's own limit holds.
fn clients_throttled(scene: &Scene) -> Plan {
    let (door, metric, function) =
        if scene.app == "shop" { ("shop-api", "4XXError", "shop-catalog") } else { ("flow-api", "4xx", "flow-ingest") };
    let times = scene.of(7.0, 2.6);
    let limit = if scene.app == "shop" { 600.0 } else { 380.0 };
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 2, 2, move |s, strength| {
        let door = s.door(door);
        door.rate *= 1.0 + (times - 1.0) * strength;
        door.limit = limit;
    });
    Truth::new(vec![above(door, metric, "Sum", 20.0)], &["4xx", "throttl", "request"])
        .caused_by(&[door])
        .path(&[door])
        .severity(Severity::Low, Severity::Medium)
        .not(&[function])
        .alone(script)
}

/// Devices send far bigger messages: the shards are full, and what hands messages on is refused.
fn big_records(scene: &Scene) -> Plan {
    let size = scene.of(220.0, 140.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.stream("flow-events").record_kb = size);
    Truth::new(vec![above("flow-events", "WriteProvisionedThroughputExceeded", "Sum", 3.0)], THROTTLED)
        .also(&["flow-devices"])
        .caused_by(&["flow-events"])
        .path(&["flow-devices", "flow-events"])
        .alone(script)
}
