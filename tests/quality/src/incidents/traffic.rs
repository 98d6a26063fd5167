//! Who comes: too many, too few, or with the wrong questions.

use super::*;

pub const KINDS: &[Kind] = &[
    Kind { name: "clients-err", apps: &["shop", "stream"], at_night: false, build: clients_err },
    Kind { name: "name-does-not-resolve", apps: &["shop", "web", "stream"], at_night: true, build: unreachable },
    Kind { name: "certificate-expires", apps: &["shop", "web"], at_night: false, build: certificate },
    Kind { name: "surge-beyond-capacity", apps: &["web"], at_night: false, build: surge },
    Kind { name: "harmless-surge", apps: &["shop", "stream"], at_night: true, build: harmless_surge },
    Kind { name: "harmless-crawler", apps: &["shop", "web"], at_night: true, build: harmless_crawler },
    Kind { name: "harmless-deployment", apps: &["shop", "web"], at_night: true, build: harmless_deployment },
];

fn door(scene: &Scene) -> (&'static str, &'static str, &'static str) {
    match scene.app {
        "shop" => ("shop-api", "Count", "4XXError"),
        "web" => ("web-lb", "RequestCount", "HTTPCode_Target_4XX_Count"),
        _ => ("flow-api", "Count", "4xx"),
    }
}

/// A release of the app asks for what is not there.
fn clients_err(scene: &Scene) -> Plan {
    let (door, _, metric) = door(scene);
    let share = scene.of(0.5, 0.12);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.door(door).client_errors = share);
    Truth::new(vec![above(door, metric, "Sum", 10.0)], &["4xx", "client"])
        .caused_by(&[door])
        .path(&[door])
        .severity(Severity::Low, Severity::Medium)
        .alone(script)
}

fn fewer(scene: &Scene, share: f64, rises: Minute) -> Plan {
    let (door, metric, _) = door(scene);
    let least = if scene.strength == Strength::Night { 10.0 } else { 60.0 };
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, rises, 0, move |s, strength| s.door(door).unreachable = share * strength);
    Truth::new(vec![below(door, metric, "Sum", least)], FEWER)
        .also(match scene.app {
            "shop" => &["shop-catalog", "shop-search", "shop-cart", "shop-account", "shop-clicks", "shop-checkout"],
            "web" => {
                &["web-shop-tg", "web-api-tg", "web-admin-tg", "web-shop", "web-api", "web-jobs", "web-cache", "web-db"]
            }
            _ => &["flow-ingest", "flow-events"],
        })
        .caused_by(&[door])
        .path(&[door])
        .abstains()
        .alone(script)
}

fn unreachable(scene: &Scene) -> Plan {
    fewer(scene, scene.of(1.0, 0.75), 2)
}

/// Those that look at it stay away, one after the other.
fn certificate(scene: &Scene) -> Plan {
    fewer(scene, scene.of(0.9, 0.6), 12)
}

fn surge(scene: &Scene) -> Plan {
    let times = scene.of(10.0, 7.5);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 4, 4, move |s, strength| {
        s.door("web-lb").rate *= 1.0 + (times - 1.0) * strength
    });
    Truth::new(
        vec![
            above("web-lb", "TargetResponseTime", "Average", 0.1).for_minutes(8),
            above("web-lb", "HTTPCode_ELB_5XX_Count", "Sum", 3.0).for_minutes(8),
        ],
        &[ANY, &["request"]].concat(),
    )
    .also(&["web-shop-tg", "web-shop", "web-api", "web-api-tg", "web-admin", "web-db", "web-jobs", "web-worker"])
    .caused_by(&["web-lb", "web-shop", "web-shop-tg", "web-api", "web-db", "web-admin"])
    .path(&["web-lb", "?web-shop-tg", "web-shop"])
    .path(&["web-lb", "?web-shop-tg", "web-shop", "web-db"])
    .path(&["web-lb", "?web-api-tg", "web-api"])
    .path(&["web-lb", "?web-api-tg", "web-api", "web-db"])
    .path(&["web-lb", "?web-admin-tg", "web-admin", "web-db"])
    .path(&["web-lb", "?web-admin-tg", "web-admin"])
    .lasts(scene.minutes)
    .alone(script)
}

fn nothing(script: Script) -> Plan {
    Plan { script, truths: vec![], at: None }
}

/// Four times the visitors, with the usual share of everything.
fn harmless_surge(scene: &Scene) -> Plan {
    let (door, ..) = door(scene);
    let times = scene.of(4.0, 2.5);
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 3, 3, move |s, strength| s.door(door).rate *= 1.0 + (times - 1.0) * strength);
    nothing(script)
}

fn harmless_crawler(scene: &Scene) -> Plan {
    let (door, ..) = door(scene);
    let share = scene.of(0.4, 0.2);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.door(door).crawler = s.door(door).rate * share);
    nothing(script)
}

fn harmless_deployment(scene: &Scene) -> Plan {
    let mut script = Script::default();
    if scene.app == "web" {
        script.done(crate::script::tasks(scene.at, "web-shop")).done(crate::script::tasks(scene.at + 9, "web-api"));
    } else {
        script
            .done(crate::script::code(scene.at, "shop-cart"))
            .done(crate::script::code(scene.at + 7, "shop-checkout"));
        let cold = scene.of(8.0, 3.0);
        script.during(scene.at, 2, move |s| s.function("shop-cart").cold_runs = cold);
        script.during(scene.at + 7, 2, move |s| s.function("shop-checkout").cold_runs = cold);
    }
    nothing(script)
}
