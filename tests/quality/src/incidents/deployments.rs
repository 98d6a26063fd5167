//! New code and new settings that do harm.

use super::*;
use crate::script::{code, configured, settings, tasks};

pub const KINDS: &[Kind] = &[
    Kind { name: "function-errors-after-deployment", apps: &["shop", "stream"], at_night: true, build: errors },
    Kind { name: "low-rate-errors-after-deployment", apps: &["shop", "small"], at_night: false, build: few_errors },
    Kind { name: "function-slow-after-deployment", apps: &["shop", "stream"], at_night: true, build: slow },
    Kind { name: "api-fails-after-deployment", apps: &["shop", "stream"], at_night: true, build: api },
    Kind { name: "service-errors-after-deployment", apps: &["web"], at_night: true, build: service_errors },
    Kind { name: "service-slow-after-deployment", apps: &["web"], at_night: true, build: service_slow },
    Kind { name: "keep-alive-after-deployment", apps: &["web"], at_night: true, build: keep_alive },
    Kind { name: "memory-loop-after-deployment", apps: &["web"], at_night: true, build: memory_loop },
    Kind { name: "memory-after-deployment", apps: &["web"], at_night: true, build: memory },
    Kind { name: "time-out-cut", apps: &["shop"], at_night: true, build: timeout_cut },
];

/// The front door and the function behind it.
fn pair(scene: &Scene) -> (&'static str, &'static str, &'static str) {
    match scene.app {
        "shop" => ("shop-api", "5XXError", "shop-cart"),
        "stream" => ("flow-api", "5xx", "flow-ingest"),
        _ => ("tiny-api", "5xx", "tiny-app"),
    }
}

fn errors(scene: &Scene) -> Plan {
    let (door, metric, function) = pair(scene);
    let mut script = Script::default();
    let share = scene.of(0.35, 0.05);
    let change = code(scene.at - 2, function);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function(function).errors = share);
    Truth::new(vec![above(door, metric, "Sum", 1.0)], ERRORS)
        .also(&[function])
        .caused_by(&[function])
        .after(&change)
        .path(&[door, function])
        .alone(script)
}

/// Few calls, and few of them fail: it takes its time to be sure.
fn few_errors(scene: &Scene) -> Plan {
    let (door, metric, function) = match scene.app {
        "shop" => ("shop-api", "5XXError", "shop-checkout"),
        _ => ("tiny-api", "5xx", "tiny-app"),
    };
    let share = if scene.app == "shop" { scene.of(0.07, 0.035) } else { scene.of(1.0, 0.6) };
    let minutes = if scene.app == "shop" { 100 } else { 200 };
    let mut script = Script::default();
    let change = code(scene.at - 1, function);
    script.done(change.clone()).during(scene.at, minutes, move |s| s.function(function).errors += share);
    let few = if scene.app == "shop" { 20 } else { 4 };
    Truth::new(
        vec![above(function, "Errors", "Sum", 1.0).for_minutes(few), above(door, metric, "Sum", 1.0).for_minutes(few)],
        ERRORS,
    )
    .caused_by(&[function])
    .after(&change)
    .path(&[door, function])
    .severity(Severity::Low, Severity::High)
    .alone(script)
}

fn slow(scene: &Scene) -> Plan {
    let (door, function) = if scene.app == "shop" { ("shop-api", "shop-search") } else { ("flow-api", "flow-ingest") };
    let (times, least) = if scene.app == "shop" { (scene.of(12.0, 4.0), 100.0) } else { (scene.of(60.0, 15.0), 60.0) };
    let mut script = Script::default();
    let change = code(scene.at - 3, function);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function(function).own_ms *= times);
    Truth::new(vec![above(function, "Duration", "p90", least)], LATENCY)
        .also(&[door])
        .caused_by(&[function])
        .after(&change)
        .path(&[door, function])
        .alone(script)
}

/// A new authorizer or mapping: the functions are not even called.
fn api(scene: &Scene) -> Plan {
    let (door, metric, function) = pair(scene);
    let share = scene.of(0.4, 0.04);
    let mut script = Script::default();
    let change = Done {
        class: stackseer_model::EventClass::Deployment,
        ..configured(scene.at - 1, "apigateway.amazonaws.com", "CreateDeployment", door, vec![])
    };
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.door(door).own_failures = share);
    Truth::new(vec![above(door, metric, "Sum", 1.0)], ERRORS)
        .caused_by(&[door])
        .after(&change)
        .path(&[door])
        .not(&[function])
        .alone(script)
}

fn service_errors(scene: &Scene) -> Plan {
    let share = scene.of(0.4, 0.04);
    let mut script = Script::default();
    let change = tasks(scene.at - 3, "web-api");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.service("web-api").errors = share);
    Truth::new(vec![above("web-lb", "HTTPCode_Target_5XX_Count", "Sum", 1.0)], ERRORS)
        .also(&["web-api-tg", "web-api"])
        .caused_by(&["web-api"])
        .after(&change)
        .path(&["web-lb", "?web-api-tg", "web-api"])
        .not(&["web-shop", "web-admin", "web-db"])
        .alone(script)
}

fn service_slow(scene: &Scene) -> Plan {
    let times = scene.of(25.0, 6.0);
    let mut script = Script::default();
    let change = tasks(scene.at - 4, "web-shop");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.service("web-shop").own_ms *= times);
    Truth::new(vec![above("web-lb", "TargetResponseTime", "Average", 0.1)], LATENCY)
        .also(&["web-shop-tg", "web-shop"])
        .caused_by(&["web-shop"])
        .after(&change)
        .path(&["web-lb", "?web-shop-tg", "web-shop"])
        .not(&["web-api", "web-admin", "web-db"])
        .alone(script)
}

/// The servers close idle connections before the balancer does; the targets answer well.
fn keep_alive(scene: &Scene) -> Plan {
    let share = scene.of(0.3, 0.03);
    let mut script = Script::default();
    let change = tasks(scene.at - 3, "web-shop");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.group("web-shop-tg").broken = share);
    Truth::new(vec![above("web-lb", "HTTPCode_ELB_5XX_Count", "Sum", 1.0)], ERRORS)
        .also(&["web-shop-tg"])
        .caused_by(&["web-shop"])
        .after(&change)
        .path(&["web-lb", "?web-shop-tg", "web-shop"])
        .not(&["web-api", "web-admin", "web-db"])
        .alone(script)
}

/// Each task is killed after some minutes, starts anew, and is killed again.
fn memory_loop(scene: &Scene) -> Plan {
    let leak = scene.of(7.5, 3.5);
    let mut script = Script::default();
    let change = tasks(scene.at - 4, "web-api");
    script.done(change.clone()).during(scene.at, 2 * scene.minutes, move |s| s.service("web-api").leak = leak);
    Truth::new(vec![above("web-lb", "HTTPCode_ELB_5XX_Count", "Sum", 3.0).for_minutes(8)], &[ERRORS, FULL].concat())
        .also(&["web-api-tg", "web-api"])
        .caused_by(&["web-api"])
        .after(&change)
        .path(&["web-lb", "?web-api-tg", "web-api"])
        .not(&["web-shop", "web-admin", "web-db"])
        .alone(script)
}

fn memory(scene: &Scene) -> Plan {
    let more = scene.of(44.0, 24.0);
    let mut script = Script::default();
    let change = tasks(scene.at - 2, "web-shop");
    script.done(change.clone()).ramp(scene.at, 2 * scene.minutes, 10, 0, move |s, strength| {
        s.service("web-shop").memory += more * strength;
    });
    Truth::new(vec![above("web-shop", "MemoryUtilization", "Average", 15.0)], FULL)
        .caused_by(&["web-shop"])
        .after(&change)
        .path(&["web-shop"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

/// Somebody sets a time-out that is shorter than what the function needs.
fn timeout_cut(scene: &Scene) -> Plan {
    let limit = scene.of(90.0, 170.0);
    let mut script = Script::default();
    let change = settings(scene.at - 1, "shop-search", "timeout_seconds", "10", "1");
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.function("shop-search").timeout_ms = limit);
    Truth::new(vec![above("shop-api", "5XXError", "Sum", 1.0)], ERRORS)
        .also(&["shop-search"])
        .caused_by(&["shop-search"])
        .after(&change)
        .path(&["shop-api", "shop-search"])
        .alone(script)
}
