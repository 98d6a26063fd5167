//! What should happen at its time.

use super::*;
use crate::script::{code, configured};
use stackseer_model::EventClass;

pub const KINDS: &[Kind] = &[
    Kind { name: "five-minute-schedule-stops", apps: &["shop"], at_night: true, build: five_minutes_stop },
    Kind { name: "ten-minute-schedule-stops", apps: &["stream"], at_night: true, build: ten_minutes_stop },
    Kind { name: "nightly-schedule-missed", apps: &["shop", "small"], at_night: false, build: nightly_missed },
    Kind { name: "batch-fails", apps: &["shop", "small"], at_night: false, build: batch_fails },
    Kind { name: "batch-takes-thrice-as-long", apps: &["shop", "small", "stream"], at_night: false, build: batch_slow },
    Kind { name: "rule-may-not-invoke", apps: &["shop", "small"], at_night: true, build: may_not_invoke },
    Kind { name: "hourly-job-fails", apps: &["small"], at_night: true, build: hourly_fails },
];

fn disabled(at: Minute, rule: &'static str) -> Done {
    configured(
        at,
        "events.amazonaws.com",
        "DisableRule",
        rule,
        vec![("state", "ENABLED".to_owned(), "DISABLED".to_owned())],
    )
}

fn stops(scene: &Scene, rule: &'static str, function: &'static str, table: &'static str) -> Plan {
    let mut script = Script::default();
    let change = disabled(scene.at, rule);
    let minutes = if scene.strength == Strength::Mild { 100 } else { 240 };
    // A mild one leaves no trace: somebody's tool did it elsewhere.
    let is_recorded = scene.strength != Strength::Mild;
    if is_recorded {
        script.done(change.clone());
    }
    script.during(scene.at, minutes, move |s| s.rule(rule).is_on = false);
    let truth = Truth::new(vec![below(rule, "Invocations", "Sum", 1.0).for_minutes(8)], FEWER)
        .also(&[function, table])
        .caused_by(&[rule])
        .path(&[rule])
        .path(&[table, function, rule])
        .severity(Severity::Low, Severity::High);
    if is_recorded { truth.after(&change).alone(script) } else { truth.alone(script) }
}

fn five_minutes_stop(scene: &Scene) -> Plan {
    stops(scene, "shop-every-five", "shop-stock-sync", "shop-stock")
}

fn ten_minutes_stop(scene: &Scene) -> Plan {
    stops(scene, "flow-every-ten", "flow-rollup", "flow-counters")
}

/// Rule, function, and when it is due.
fn nightly(scene: &Scene) -> (&'static str, &'static str, Minute) {
    match scene.app {
        "shop" => ("shop-nightly", "shop-report", scene.midnight + 90),
        "stream" => ("flow-nightly", "flow-compact", scene.midnight + 135),
        _ => ("tiny-nightly", "tiny-batch", scene.midnight + 120),
    }
}

fn nightly_missed(scene: &Scene) -> Plan {
    let (rule, function, due) = nightly(scene);
    let mut script = Script::default();
    let change = disabled(due - 40, rule);
    let is_recorded = scene.strength != Strength::Mild;
    if is_recorded {
        script.done(change.clone());
    }
    script.during(due - 40, 120, move |s| s.rule(rule).is_on = false);
    let truth = Truth::new(vec![below(rule, "Invocations", "Sum", 1.0).for_minutes(1)], FEWER)
        .also(&[function])
        .caused_by(&[rule])
        .path(&[rule])
        .path(&[function, rule])
        .severity(Severity::Low, Severity::High)
        .lasts(120);
    let truth = if is_recorded { truth.after(&change) } else { truth };
    Plan { at: Some(due - 40), ..truth.alone(script) }
}

fn batch_fails(scene: &Scene) -> Plan {
    let (rule, function, due) = nightly(scene);
    let mut script = Script::default();
    let change = code(due - 50, function);
    // A mild one gets through at the second try.
    let minutes = if scene.strength == Strength::Mild { 51 } else { 120 };
    script.done(change.clone()).during(due - 50, minutes, move |s| s.function(function).errors = 1.0);
    let truth = Truth::new(vec![above(function, "Errors", "Sum", 1.0).for_minutes(1)], ERRORS)
        .also(&[rule])
        .caused_by(&[function])
        .after(&change)
        .path(&[function])
        .path(&[rule, function])
        .severity(Severity::Low, Severity::High)
        .lasts(60);
    Plan { at: Some(due - 50), ..truth.alone(script) }
}

fn batch_slow(scene: &Scene) -> Plan {
    let (_, function, due) = nightly(scene);
    let mut script = Script::default();
    let times = scene.of(3.0, 1.9);
    script.during(due - 5, 120, move |s| s.function(function).own_ms *= times);
    let truth = Truth::new(vec![above(function, "Duration", "Average", 60_000.0).for_minutes(1)], LATENCY)
        .caused_by(&[function])
        .path(&[function])
        .severity(Severity::Low, Severity::High)
        .lasts(60);
    Plan { at: Some(due - 5), ..truth.alone(script) }
}

/// Somebody took the permission away.
fn may_not_invoke(scene: &Scene) -> Plan {
    let (rule, function, minutes) = if scene.app == "shop" {
        ("shop-every-five", "shop-stock-sync", 120)
    } else {
        ("tiny-hourly", "tiny-poll", 6 * 60)
    };
    let mut script = Script::default();
    let change = Done {
        class: EventClass::SecurityChange,
        ..configured(scene.at, "lambda.amazonaws.com", "RemovePermission", function, vec![])
    };
    let minutes = if scene.strength == Strength::Mild { minutes / 2 } else { minutes };
    script.done(change.clone()).during(scene.at, minutes, move |s| s.rule(rule).targets[0].refused = 1.0);
    Truth::new(vec![above(rule, "FailedInvocations", "Sum", 1.0).for_minutes(5)], &[ERRORS, FEWER].concat())
        .also(&[function])
        .caused_by(&[function, rule])
        .after(&change)
        .path(&[rule, function])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

fn hourly_fails(scene: &Scene) -> Plan {
    let share = scene.of(1.0, 0.7);
    let mut script = Script::default();
    script.during(scene.at, 5 * 60, move |s| s.function("tiny-poll").errors = share);
    Truth::new(vec![above("tiny-poll", "Errors", "Sum", 1.0).for_minutes(8)], ERRORS)
        .also(&["tiny-hourly"])
        .caused_by(&["tiny-poll"])
        .path(&["tiny-hourly", "tiny-poll"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}
