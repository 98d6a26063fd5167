//! New code and new settings that do harm.

use super::*;
use crate::script::{code, settings};

pub const KINDS: &[Kind] = &[
    Kind { name: "function-errors-after-deployment", apps: &["shop"], at_night: true, build: errors },
    Kind { name: "capacity-cut", apps: &["shop"], at_night: true, build: capacity_cut },
    Kind { name: "slow-outside-dependency", apps: &["shop"], at_night: true, build: slow_outside },
    Kind { name: "failing-consumer", apps: &["shop"], at_night: true, build: failing_consumer },
    Kind { name: "reserved-concurrency-cut", apps: &["shop"], at_night: false, build: concurrency_cut },
];

fn errors(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let share = scene.of(0.35, 0.08);
    let change = code(scene.at - 2, "shop-cart");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function("shop-cart").errors = share);
    Truth::new(vec![above("shop-api", "5XXError", "Sum", 2.0)], ERRORS)
        .also(&["shop-cart"])
        .caused_by(&["shop-cart"])
        .after(&change)
        .path(&["shop-api", "shop-cart"])
        .alone(script)
}

fn capacity_cut(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let units = scene.of(0.1, 0.35);
    let change = crate::script::configured(
        scene.at,
        "dynamodb.amazonaws.com",
        "UpdateTable",
        "shop-orders",
        vec![("write_capacity", "10".to_owned(), "1".to_owned())],
    );
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| {
        if let Some(capacity) = &mut s.table("shop-orders").provisioned {
            capacity.writes = units;
        }
    });
    Truth::new(vec![above("shop-orders", "WriteThrottleEvents", "Sum", 3.0)], THROTTLED)
        .also(&["shop-checkout", "shop-fulfil", "shop-charge", "shop-api", "shop-fulfilment", "shop-order-flow"])
        .caused_by(&["shop-orders"])
        .after(&change)
        .path(&["shop-api", "shop-checkout", "shop-orders"])
        .path(&["shop-fulfilment", "shop-fulfil", "shop-orders"])
        .alone(script)
}

fn slow_outside(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let times = scene.of(12.0, 4.0);
    script.ramp(scene.at, scene.minutes, 3, 3, move |s, strength| {
        s.outside("payments").latency_ms *= 1.0 + (times - 1.0) * strength;
    });
    Truth::new(vec![above("shop-checkout", "Duration", "p90", 300.0)], LATENCY)
        .also(&["shop-api"])
        .caused_by(&["shop-checkout"])
        .path(&["shop-api", "shop-checkout"])
        .abstains()
        .not(&["shop-orders", "shop-sessions", "shop-carts"])
        .alone(script)
}

fn failing_consumer(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let share = scene.of(0.95, 0.4);
    let change = code(scene.at - 3, "shop-fulfil");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function("shop-fulfil").errors = share);
    Truth::new(vec![above("shop-fulfil", "Errors", "Sum", 2.0)], ERRORS)
        .also(&["shop-fulfilment", "shop-fulfilment-dead"])
        .caused_by(&["shop-fulfil"])
        .after(&change)
        .path(&["shop-fulfilment", "shop-fulfil"])
        .path(&["shop-fulfilment-dead", "shop-fulfilment", "shop-fulfil"])
        .alone(script)
}

fn concurrency_cut(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let limit = scene.of(2.0, 8.0).min(3.0);
    let change = settings(scene.at - 1, "shop-fulfil", "reserved_concurrency", "20", "1");
    let _ = limit;
    script
        .done(change.clone())
        .during(scene.at, scene.minutes, move |s| s.function("shop-fulfil").reserved = Some(0.02));
    Truth::new(vec![above("shop-fulfilment", "ApproximateAgeOfOldestMessage", "Maximum", 120.0)], BACKLOG)
        .also(&["shop-fulfil"])
        .caused_by(&["shop-fulfil"])
        .after(&change)
        .path(&["shop-fulfilment", "shop-fulfil"])
        .alone(script)
}
