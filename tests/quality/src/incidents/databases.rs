//! The database and the cache.

use super::*;
use crate::script::configured;

pub const KINDS: &[Kind] = &[
    Kind { name: "bad-query", apps: &["web"], at_night: true, build: bad_query },
    Kind { name: "bad-query-while-scaling", apps: &["web"], at_night: false, build: bystander },
    Kind { name: "connections-used-up", apps: &["web"], at_night: true, build: connections },
    Kind { name: "connections-pile-up", apps: &["web"], at_night: true, build: pile_up },
    Kind { name: "storage-full", apps: &["web"], at_night: true, build: storage },
    Kind { name: "burst-balance-used-up", apps: &["web"], at_night: true, build: burst },
    Kind { name: "database-down", apps: &["web"], at_night: true, build: down },
    Kind { name: "noisy-neighbour-of-database", apps: &["web"], at_night: true, build: neighbour },
    Kind { name: "locks", apps: &["web"], at_night: true, build: locks },
    Kind { name: "cache-down", apps: &["web"], at_night: true, build: cache_down },
    Kind { name: "cache-full", apps: &["web"], at_night: true, build: cache_full },
    Kind { name: "cache-busy", apps: &["web"], at_night: true, build: cache_busy },
    Kind { name: "smaller-instance", apps: &["web"], at_night: false, build: smaller },
];

fn truth(harm: Vec<Harm>) -> Truth {
    Truth::new(harm, ANY)
        .also(&[
            "web-lb",
            "web-shop-tg",
            "web-api-tg",
            "web-admin-tg",
            "web-shop",
            "web-api",
            "web-admin",
            "web-db",
            "web-worker",
            "web-jobs",
        ])
        .caused_by(&["web-db"])
        .path(&["web-lb", "?web-shop-tg", "web-shop", "web-db"])
        .path(&["web-lb", "?web-api-tg", "web-api", "web-db"])
        .path(&["web-lb", "?web-admin-tg", "web-admin", "web-db"])
        .path(&["web-jobs", "web-worker", "web-db"])
        .not(&["web-cache"])
}

fn slower() -> Vec<Harm> {
    vec![above("web-lb", "TargetResponseTime", "Average", 0.05)]
}

fn busy(scene: &Scene) -> (f64, f64) {
    if scene.strength == Strength::Night { (700.0, 4.0) } else { (scene.of(70.0, 48.0), 1.0) }
}

/// A plan without an index.
fn bad_query(scene: &Scene) -> Plan {
    let ((cpu_ms, _), reads) = (busy(scene), scene.of(60.0, 25.0));
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 3, 1, move |s, strength| {
        let database = s.database("web-db");
        database.cpu_ms += (cpu_ms - 9.0) * strength;
        database.reads += reads * strength;
    });
    truth(slower()).alone(script)
}

/// Just before, the autoscaler did what it does every day.
fn bystander(scene: &Scene) -> Plan {
    let mut plan = bad_query(scene);
    let change = Done {
        by: "ecs.application-autoscaling.amazonaws.com",
        ..configured(
            scene.at - 3,
            "ecs.amazonaws.com",
            "UpdateService",
            "web-shop",
            vec![("desired_count", "3".to_owned(), "4".to_owned())],
        )
    };
    plan.script.done(change);
    plan.truths[0].innocent.push("web-shop");
    plan
}

/// Somebody opens connections and never gives them back.
fn connections(scene: &Scene) -> Plan {
    let leaked = scene.of(330.0, 152.0);
    let mut script = Script::default();
    script
        .ramp(scene.at, 30 + scene.minutes, 25, 0, move |s, strength| s.database("web-db").leaked = leaked * strength);
    truth(vec![above("web-lb", "HTTPCode_Target_5XX_Count", "Sum", 1.0)]).alone(script)
}

/// More clients than it has processors for.
fn pile_up(scene: &Scene) -> Plan {
    let (more, cpu) = (scene.of(110.0, 60.0), scene.of(93.0, 72.0));
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 5, 2, move |s, strength| {
        let database = s.database("web-db");
        database.leaked = more * strength;
        database.other_cpu = cpu * strength;
    });
    let truth = truth(vec![above("web-db", "CPUUtilization", "Average", 20.0)]);
    truth.severity(Severity::Low, Severity::High).alone(script)
}

fn storage(scene: &Scene) -> Plan {
    // It fills within an hour; a mild one fails a while only.
    let mut script = Script::default();
    let filling = 60;
    let minutes = if scene.strength == Strength::Mild { 15 } else { scene.minutes };
    script.during(scene.at, filling + minutes, |s| s.database("web-db").grows = 48.0 / 60.0);
    script.during(scene.at + filling + minutes, 14 * 24 * 60, |s| s.database("web-db").storage_gb = 300.0);
    truth(vec![above("web-lb", "HTTPCode_Target_5XX_Count", "Sum", 2.0).for_minutes(12)]).alone(script)
}

fn burst(scene: &Scene) -> Plan {
    let iops = scene.of(900.0, 500.0);
    let mut script = Script::default();
    script.during(scene.at, 150, move |s| s.database("web-db").other_iops = iops);
    let truth = truth(vec![above("web-db", "ReadLatency", "Average", 0.005)]);
    truth.severity(Severity::Low, Severity::High).alone(script)
}

fn down(scene: &Scene) -> Plan {
    let minutes = if scene.strength == Strength::Mild { 7 } else { scene.minutes };
    let mut script = Script::default();
    script.during(scene.at, minutes, |s| s.database("web-db").is_down = true);
    truth(vec![above("web-lb", "HTTPCode_Target_5XX_Count", "Sum", 5.0).for_minutes(6)]).alone(script)
}

fn neighbour(scene: &Scene) -> Plan {
    let more = scene.of(96.0, 78.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.database("web-db").other_cpu = more);
    let truth = truth(vec![above("web-db", "CPUUtilization", "Average", 20.0)]);
    truth.severity(Severity::Low, Severity::High).alone(script)
}

fn locks(scene: &Scene) -> Plan {
    let (share, wait) = (scene.of(0.35, 0.06), scene.of(4000.0, 1500.0));
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| {
        let database = s.database("web-db");
        (database.locked, database.lock_ms) = (share, wait);
    });
    truth(slower()).alone(script)
}

fn of_cache(harm: Vec<Harm>) -> Truth {
    Truth { innocent: vec![], ..truth(harm) }
        .also(&["web-cache"])
        .path(&["web-lb", "?web-shop-tg", "web-shop", "web-cache"])
        .path(&["web-lb", "?web-api-tg", "web-api", "web-cache"])
        .caused_by(&["web-cache"])
}

/// Everything is asked of the database instead.
fn cache_down(scene: &Scene) -> Plan {
    let minutes = if scene.strength == Strength::Mild { 12 } else { scene.minutes };
    let mut script = Script::default();
    script.during(scene.at, minutes, |s| s.cache("web-cache").is_down = true);
    of_cache(vec![above("web-lb", "TargetResponseTime", "Average", 0.05).for_minutes(8)]).alone(script)
}

/// It throws away what is asked for again.
fn cache_full(scene: &Scene) -> Plan {
    let (more, misses) = (scene.of(60.0, 12.0), scene.of(0.75, 0.35));
    let mut script = Script::default();
    script.ramp(scene.at, scene.minutes, 8, 0, move |s, strength| {
        let cache = s.cache("web-cache");
        cache.grows = more * 2.0;
        cache.misses += (misses - 0.06) * strength;
    });
    of_cache(vec![above("web-cache", "Evictions", "Sum", 100.0)]).severity(Severity::Low, Severity::High).alone(script)
}

fn cache_busy(scene: &Scene) -> Plan {
    let more = scene.of(130.0, 97.0);
    let mut script = Script::default();
    script.during(scene.at, scene.minutes, move |s| s.cache("web-cache").other_cpu = more);
    of_cache(vec![above("web-cache", "EngineCPUUtilization", "Average", 20.0)])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

fn smaller(scene: &Scene) -> Plan {
    let cpus = scene.of(0.22, 0.36);
    let mut script = Script::default();
    let changes = vec![("instance_class", "db.m7g.large".to_owned(), "db.t4g.small".to_owned())];
    let change = configured(scene.at - 2, "rds.amazonaws.com", "ModifyDBInstance", "web-db", changes);
    script.done(change.clone()).during(scene.at, scene.minutes, move |s| s.database("web-db").cpus = cpus);
    truth(vec![above("web-db", "CPUUtilization", "Average", 20.0)]).after(&change).alone(script)
}
