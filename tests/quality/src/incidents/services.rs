//! Tasks and functions in trouble that nobody brought over them.

use super::*;

pub const KINDS: &[Kind] = &[
    Kind { name: "unhealthy-targets", apps: &["web"], at_night: true, build: unhealthy },
    Kind { name: "zone-lost", apps: &["web"], at_night: true, build: zone },
    Kind { name: "partial-degradation", apps: &["web", "shop"], at_night: true, build: partial },
    Kind { name: "five-minute-brown-out", apps: &["web", "shop", "stream"], at_night: true, build: brown_out },
    Kind { name: "noisy-neighbour-of-service", apps: &["web"], at_night: true, build: neighbour },
    Kind { name: "cold-starts", apps: &["shop"], at_night: false, build: cold_starts },
    Kind { name: "relapse", apps: &["shop", "web"], at_night: true, build: relapse },
    Kind { name: "two-at-once", apps: &["shop"], at_night: true, build: two },
];

/// Health checks fail: of all targets, or of one of two.
fn unhealthy(scene: &Scene) -> Plan {
    let ill = scene.of(9.0, 1.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.group("web-api-tg").ill = ill);
    Truth::new(vec![above("web-api-tg", "UnHealthyHostCount", "Maximum", 1.0)], &[ERRORS, &["unhealthy"]].concat())
        .also(&["web-lb", "web-api"])
        .caused_by(&["web-api-tg", "web-api"])
        .path(&["web-lb", "web-api-tg", "?web-api"])
        .not(&["web-shop", "web-admin", "web-db"])
        .alone(script)
}

/// A third, or half, of everything is gone at once.
fn zone(scene: &Scene) -> Plan {
    let mut script = Script::default();
    let share = scene.of(1.0, 0.5);
    script.during(scene.at, scene.minutes, move |s| {
        for group in ["web-shop-tg", "web-api-tg", "web-admin-tg"] {
            s.group(group).ill = 1.0;
            s.group(group).broken = 0.12 * share;
        }
        s.service("web-worker").ill_tasks = 1.0;
    });
    Truth::new(
        vec![
            above("web-shop-tg", "UnHealthyHostCount", "Maximum", 1.0),
            above("web-lb", "HTTPCode_ELB_5XX_Count", "Sum", 1.0),
        ],
        &[ERRORS, &["unhealthy"]].concat(),
    )
    .also(&["web-shop-tg", "web-api-tg", "web-admin-tg", "web-shop", "web-api", "web-admin", "web-worker"])
    .caused_by(&["web-lb", "web-shop-tg", "web-api-tg", "web-admin-tg", "web-shop"])
    .abstains()
    .not(&["web-db", "web-cache", "web-jobs"])
    .alone(script)
}

/// One part of the requests is slow, the rest as ever.
fn partial(scene: &Scene) -> Plan {
    let (share, slow) = (scene.of(0.3, 0.08), scene.of(2500.0, 1500.0));
    let mut script = Script::default();
    if scene.app == "shop" {
        script.during(scene.at, scene.minutes, move |s| {
            let function = s.function("shop-catalog");
            (function.slow, function.slow_ms) = (share, slow);
        });
        return Truth::new(vec![above("shop-catalog", "Duration", "Average", 50.0)], LATENCY)
            .also(&["shop-api"])
            .caused_by(&["shop-catalog"])
            .path(&["shop-api", "shop-catalog"])
            .not(&["shop-products"])
            .alone(script);
    }
    script.during(scene.at, scene.minutes, move |s| {
        let service = s.service("web-shop");
        (service.slow, service.slow_ms) = (share, slow);
    });
    Truth::new(vec![above("web-lb", "TargetResponseTime", "Average", 0.03)], LATENCY)
        .also(&["web-shop-tg", "web-shop"])
        .caused_by(&["web-shop", "web-shop-tg"])
        .path(&["web-lb", "web-shop-tg"])
        .path(&["web-lb", "?web-shop-tg", "web-shop"])
        .not(&["web-db", "web-cache", "web-api"])
        .alone(script)
}

fn brown_out(scene: &Scene) -> Plan {
    let share = scene.of(0.6, 0.15);
    let mut script = Script::default();
    let minutes = 5;
    let (door, metric, broken): (_, _, &'static str) = match scene.app {
        "web" => ("web-lb", "HTTPCode_Target_5XX_Count", "web-shop"),
        "shop" => ("shop-api", "5XXError", "shop-catalog"),
        _ => ("flow-api", "5xx", "flow-ingest"),
    };
    if scene.app == "web" {
        script.during(scene.at, minutes, move |s| s.service(broken).errors = share);
    } else {
        script.during(scene.at, minutes, move |s| s.function(broken).errors = share);
    }
    let truth = Truth::new(vec![above(door, metric, "Sum", 2.0).for_minutes(4)], ERRORS).also(&[broken]).lasts(10);
    match scene.app {
        "web" => truth
            .also(&["web-shop-tg"])
            .caused_by(&["web-shop", "web-shop-tg"])
            .path(&["web-lb", "?web-shop-tg", "web-shop"])
            .path(&["web-lb", "web-shop-tg"]),
        _ => truth.caused_by(&[broken]).path(&[door, broken]),
    }
    .severity(Severity::Low, Severity::High)
    .alone(script)
}

fn neighbour(scene: &Scene) -> Plan {
    let more = scene.of(96.0, 70.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.service("web-admin").other_cpu = more);
    Truth::new(vec![above("web-admin", "CPUUtilization", "Average", 20.0)], &[LATENCY, FULL, ERRORS].concat())
        .also(&["web-lb", "web-admin-tg"])
        .caused_by(&["web-admin", "web-admin-tg"])
        .path(&["web-lb", "web-admin-tg"])
        .path(&["web-lb", "?web-admin-tg", "web-admin"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

/// The same calls, but in bursts: each finds too few environments that are warm.
fn cold_starts(scene: &Scene) -> Plan {
    let (bunched, cold) = (scene.of(0.5, 0.3), scene.of(0.45, 0.2));
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| {
        let function = s.function("shop-cart");
        (function.bunched, function.cold, function.cold_ms) = (bunched * 20.0, cold, 900.0);
    });
    Truth::new(vec![above("shop-cart", "Duration", "p90", 100.0)], LATENCY)
        .also(&["shop-api"])
        .caused_by(&["shop-cart"])
        .path(&["shop-api", "shop-cart"])
        .not(&["shop-carts", "shop-sessions"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

/// Over, and there again half an hour later.
fn relapse(scene: &Scene) -> Plan {
    let share = scene.of(0.5, 0.1);
    let mut script = Script::default();
    for start in [scene.at, scene.at + 50] {
        if scene.app == "shop" {
            script.during(start, 22, move |s| s.function("shop-search").errors = share);
        } else {
            script.during(start, 22, move |s| s.service("web-api").errors = share);
        }
    }
    if scene.app == "shop" {
        return Truth::new(vec![above("shop-api", "5XXError", "Sum", 1.0)], ERRORS)
            .also(&["shop-search"])
            .caused_by(&["shop-search"])
            .path(&["shop-api", "shop-search"])
            .alone(script);
    }
    Truth::new(vec![above("web-lb", "HTTPCode_Target_5XX_Count", "Sum", 1.0)], ERRORS)
        .also(&["web-api-tg", "web-api"])
        .caused_by(&["web-api", "web-api-tg"])
        .path(&["web-lb", "?web-api-tg", "web-api"])
        .path(&["web-lb", "web-api-tg"])
        .not(&["web-shop", "web-admin", "web-db"])
        .alone(script)
}

/// Neither has to do with the other.
fn two(scene: &Scene) -> Plan {
    let (share, slow) = (scene.of(0.9, 0.3), scene.of(1500.0, 250.0));
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.outside("mail-provider").errors = share);
    script.during(scene.at + 6, scene.minutes, move |s| s.function("shop-search").own_ms += slow);
    let mail = Truth::new(vec![above("shop-mailer", "Errors", "Sum", 1.0)], &[ERRORS, BACKLOG].concat())
        .also(&["shop-mail", "shop-mail-dead"])
        .caused_by(&["shop-mailer"])
        .path(&["shop-mail", "shop-mailer"])
        .abstains();
    let search = Truth::new(vec![above("shop-search", "Duration", "p90", 100.0)], LATENCY)
        .also(&["shop-api"])
        .caused_by(&["shop-search"])
        .path(&["shop-api", "shop-search"])
        .not(&["shop-mailer"]);
    Plan { script, truths: vec![mail, search], at: None }
}
