//! What others need is slow, or fails.

use super::*;
use crate::script::configured;

pub const KINDS: &[Kind] = &[
    Kind { name: "slow-outside-dependency", apps: &["shop", "web", "small"], at_night: true, build: slow_outside },
    Kind { name: "failing-outside-dependency", apps: &["shop", "web"], at_night: true, build: failing_outside },
    Kind { name: "hanging-outside-dependency", apps: &["shop"], at_night: true, build: hanging_outside },
    Kind { name: "slow-table", apps: &["shop", "stream"], at_night: true, build: slow_table },
    Kind { name: "table-system-errors", apps: &["shop"], at_night: true, build: table_errors },
    Kind { name: "mail-provider-fails", apps: &["shop"], at_night: true, build: mail },
    Kind { name: "function-times-out", apps: &["shop"], at_night: true, build: hangs },
    Kind { name: "retry-storm", apps: &["web"], at_night: true, build: retry_storm },
    Kind { name: "state-machine-step-fails", apps: &["shop"], at_night: true, build: step_fails },
    Kind { name: "deliveries-refused", apps: &["shop"], at_night: true, build: deliveries },
    Kind { name: "partner-slows-under-load", apps: &["shop"], at_night: false, build: partner_under_load },
];

fn slow_outside(scene: &Scene) -> Plan {
    let (outside, symptom, metric, statistic, least): (_, _, _, _, f64) = match scene.app {
        "shop" => ("payments", "shop-checkout", "Duration", "p90", 200.0),
        "web" => ("card-gateway", "web-lb", "TargetResponseTime", "Average", 0.05),
        _ => ("supplier", "tiny-poll", "Duration", "p90", 1000.0),
    };
    let times = match scene.app {
        "shop" => scene.of(15.0, 3.5),
        "web" => scene.of(40.0, 12.0),
        _ => scene.of(12.0, 5.0),
    };
    let minutes = if scene.app == "small" { 5 * 60 } else { scene.minutes };
    let mut script = Script::default();
    script.ramp(scene.at, minutes, 3, 3, move |s, strength| {
        s.outside(outside).latency_ms *= 1.0 + (times - 1.0) * strength
    });
    let few = if scene.app == "small" { 3 } else { 15 };
    let truth = Truth::new(vec![above(symptom, metric, statistic, least).for_minutes(few)], LATENCY).abstains();
    match scene.app {
        "shop" => {
            truth.also(&["shop-api"]).caused_by(&["shop-checkout"]).not(&["shop-orders", "shop-sessions", "shop-carts"])
        }
        "web" => truth.also(&["web-api-tg", "web-api"]).caused_by(&["web-api", "web-api-tg"]).not(&[
            "web-db",
            "web-cache",
            "web-shop",
        ]),
        _ => truth.caused_by(&["tiny-poll"]).not(&["tiny-items"]).severity(Severity::Low, Severity::High),
    }
    .alone(script)
}

fn failing_outside(scene: &Scene) -> Plan {
    let (outside, door, metric) = if scene.app == "shop" {
        ("payments", "shop-api", "5XXError")
    } else {
        ("card-gateway", "web-lb", "HTTPCode_Target_5XX_Count")
    };
    let share = scene.of(0.7, 0.09);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.outside(outside).errors = share);
    let truth = Truth::new(vec![above(door, metric, "Sum", 1.0)], ERRORS).abstains();
    match scene.app {
        "shop" => truth.also(&["shop-checkout"]).caused_by(&["shop-checkout"]).not(&[
            "shop-orders",
            "shop-sessions",
            "shop-carts",
        ]),
        _ => truth.also(&["web-api-tg", "web-api"]).caused_by(&["web-api", "web-api-tg"]).not(&[
            "web-db",
            "web-cache",
            "web-shop",
        ]),
    }
    .alone(script)
}

/// No answer at all: whoever asks waits until its own patience ends.
fn hanging_outside(scene: &Scene) -> Plan {
    let share = scene.of(0.6, 0.08);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.outside("payments").hangs = share);
    Truth::new(vec![above("shop-checkout", "Duration", "Average", 300.0)], &[LATENCY, ERRORS].concat())
        .also(&["shop-api"])
        .caused_by(&["shop-checkout"])
        .abstains()
        .not(&["shop-orders", "shop-sessions", "shop-carts"])
        .alone(script)
}

fn slow_table(scene: &Scene) -> Plan {
    let (table, function, door) = if scene.app == "shop" {
        ("shop-products", "shop-catalog", "shop-api")
    } else {
        ("flow-counters", "flow-enrich", "flow-events")
    };
    let slow = scene.of(350.0, 60.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.table(table).latency_ms = slow);
    let truth =
        Truth::new(vec![above(function, "Duration", "p90", 50.0)], LATENCY).also(&[table, door]).caused_by(&[table]);
    match scene.app {
        "shop" => truth.also(&["shop-search"]).path(&["shop-api", "shop-catalog", "shop-products"]).path(&[
            "shop-api",
            "shop-search",
            "shop-products",
        ]),
        _ => truth.also(&["flow-retry", "flow-rollup"]).path(&["flow-events", "flow-enrich", "flow-counters"]),
    }
    .alone(script)
}

fn table_errors(scene: &Scene) -> Plan {
    let share = scene.of(0.7, 0.35);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.table("shop-carts").errors = share);
    Truth::new(vec![above("shop-api", "5XXError", "Sum", 1.0)], ERRORS)
        .also(&["shop-carts", "shop-cart", "shop-checkout"])
        .caused_by(&["shop-carts"])
        .path(&["shop-api", "shop-cart", "shop-carts"])
        .path(&["shop-api", "shop-checkout", "shop-carts"])
        .alone(script)
}

fn mail(scene: &Scene) -> Plan {
    let share = scene.of(0.9, 0.25);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.outside("mail-provider").errors = share);
    Truth::new(vec![above("shop-mailer", "Errors", "Sum", 1.0)], &[ERRORS, BACKLOG].concat())
        .also(&["shop-mail", "shop-mail-dead"])
        .caused_by(&["shop-mailer"])
        .path(&["shop-mail", "shop-mailer"])
        .abstains()
        .alone(script)
}

/// Some input makes it go round in circles; nobody changed anything.
fn hangs(scene: &Scene) -> Plan {
    let share = scene.of(0.3, 0.04);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.function("shop-account").hangs = share);
    Truth::new(vec![above("shop-account", "Errors", "Sum", 1.0)], &[ERRORS, LATENCY, &["timeout"]].concat())
        .also(&["shop-api"])
        .caused_by(&["shop-account"])
        .path(&["shop-api", "shop-account"])
        .alone(script)
}

/// Half of the payments fail, and everybody tries again at once.
fn retry_storm(scene: &Scene) -> Plan {
    let share = scene.of(0.75, 0.25);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| {
        s.outside("card-gateway").errors = share;
        s.outside("card-gateway").latency_ms = 900.0;
        s.door("web-lb").retries = 1.0;
        for call in &mut s.service("web-api").calls {
            call.retries = if call.per_run < 0.2 { 3 } else { call.retries };
            call.per_run = if call.per_run < 0.2 { 0.6 } else { call.per_run };
        }
    });
    Truth::new(vec![above("web-lb", "TargetResponseTime", "Average", 0.1)], &[LATENCY, ERRORS].concat())
        .also(&["web-api-tg", "web-api"])
        .caused_by(&["web-api", "web-api-tg"])
        .abstains()
        .not(&["web-db", "web-cache", "web-shop"])
        .alone(script)
}

fn step_fails(scene: &Scene) -> Plan {
    let share = scene.of(0.85, 0.5);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.function("shop-charge").errors = share);
    Truth::new(
        vec![above("shop-order-flow", "ExecutionsFailed", "Sum", 1.0), above("shop-charge", "Errors", "Sum", 1.0)],
        ERRORS,
    )
    .caused_by(&["shop-charge"])
    .path(&["shop-order-flow", "shop-charge"])
    .alone(script)
}

/// A new policy of the queue keeps the topic out.
fn deliveries(scene: &Scene) -> Plan {
    let share = scene.of(1.0, 0.2);
    let mut script = Script::default();
    let changes = vec![("policy", String::new(), "changed".to_owned())];
    let change = configured(scene.at - 1, "sqs.amazonaws.com", "SetQueueAttributes", "shop-fulfilment", changes);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| {
        s.topic("shop-placed").subscribers[0].refused = share;
    });
    Truth::new(vec![above("shop-placed", "NumberOfNotificationsFailed", "Sum", 1.0)], &[ERRORS, FEWER].concat())
        .also(&["shop-fulfilment", "shop-fulfil"])
        .caused_by(&["shop-fulfilment"])
        .after(&change)
        .path(&["shop-placed", "shop-fulfilment"])
        .alone(script)
}

/// More orders than the partner can take at once: the more, the slower.
fn partner_under_load(scene: &Scene) -> Plan {
    let times = scene.of(8.0, 5.0);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 5, 5, move |s, strength| {
        s.door("shop-api").rate *= 1.0 + (times - 1.0) * strength;
        s.outside("payments").slots = 0.75;
    });
    Truth::new(vec![above("shop-checkout", "Duration", "p90", 300.0)], &[LATENCY, ERRORS].concat())
        .also(&["shop-api"])
        .caused_by(&["shop-checkout", "shop-api"])
        .path(&["shop-api", "shop-checkout"])
        .not(&["shop-orders", "shop-sessions", "shop-carts"])
        .alone(script)
}
