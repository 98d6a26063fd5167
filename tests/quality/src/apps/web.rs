//! Three services behind a load balancer, which scale by themselves, with a database, a cache, and a worker at a queue.

use super::parts::*;
use super::{App, Builder};
use crate::calendar::Habits;
use crate::world::{Cache, Call, Database, Front, Group, Job, Part, Service};

const ORDER: &[&str] = &[
    "web-lb",
    "web-shop-tg",
    "web-api-tg",
    "web-admin-tg",
    "web-shop",
    "web-api",
    "web-admin",
    "web-jobs",
    "web-worker",
    "web-jobs-dead",
    "card-gateway",
    "web-cache",
    "web-db",
];

pub fn app() -> App {
    let mut b = Builder::new(ORDER);
    let routes =
        [("web-shop-tg", 0.6), ("web-api-tg", 0.3), ("web-admin-tg", 0.1)].map(|(to, share)| (b.at(to), share));
    let mut door = door(Front::Balancer, 900.0, Habits { night: 0.1, weekend: 0.85 }, routes.to_vec());
    (door.overhead_ms, door.timeout_ms, door.crawler) = (1.0, 60_000.0, 1.0);
    let balancer = [("load_balancer", "app/web-lb/50dc6c495c0c9188"), ("load_balancer_type", "application")];
    b.add(BALANCER, "web-lb", &balancer, Part::Door(door));
    for (group, service, id) in [
        ("web-shop-tg", "web-shop", "targetgroup/web-shop-tg/73e2d6bc24d8a067"),
        ("web-api-tg", "web-api", "targetgroup/web-api-tg/83e2d6bc24d8a067"),
        ("web-admin-tg", "web-admin", "targetgroup/web-admin-tg/93e2d6bc24d8a067"),
    ] {
        let attributes = [("target_group", id), balancer[0], balancer[1]];
        b.add(GROUP, group, &attributes, Part::Group(Group { to: b.at(service), broken: 0.0, ill: 0.0 }));
    }
    services(&mut b);
    queues(&mut b, &[("web-jobs", "web-worker", "web-jobs-dead")]);
    b.add(OUTSIDE, "card-gateway", &[], Part::Outside(outside(180.0)));
    data(&mut b);
    b.app("web")
}

fn services(b: &mut Builder) {
    let query =
        |b: &Builder, per_run| Call { retries: 0, ..b.call("web-db", per_run) }.operation("Query").timeout_s(20.0);
    let write =
        |b: &Builder, per_run| Call { retries: 0, ..b.call("web-db", per_run) }.operation("PutItem").timeout_s(20.0);
    let cached = |b: &Builder, per_run| b.call("web-cache", per_run).once().optional().timeout_s(5.0);
    let add = |b: &mut Builder, name: &'static str, service: Service| {
        let tasks = service.tasks.to_string();
        let attributes = [("cluster", "web"), ("desired_count", tasks.as_str()), ("launch_type", "FARGATE")];
        b.add(SERVICE, name, &attributes, Part::Service(service));
    };
    let shop = Service {
        scales: Some((2.0, 10.0)),
        cpu_ms: 75.0,
        calls: vec![cached(b, 4.0), query(b, 1.2)],
        ..service(3.0, 70.0)
    };
    add(b, "web-shop", shop);
    let api = Service {
        scales: Some((2.0, 8.0)),
        cpu_ms: 55.0,
        calls: vec![cached(b, 1.0), query(b, 1.0), write(b, 0.5), b.call("card-gateway", 0.15).timeout_s(15.0).once()],
        sends: vec![b.send("web-jobs", 0.2)],
        ..service(2.0, 45.0)
    };
    add(b, "web-api", api);
    // It grows all day and starts anew each night.
    let admin = Service {
        calls: vec![query(b, 3.0), write(b, 0.3)],
        leak: 0.015,
        restarts: Some(4 * 60),
        memory: 40.0,
        ..service(2.0, 110.0)
    };
    add(b, "web-admin", admin);
    let worker =
        Service { slots: 4.0, cpu_ms: 120.0, calls: vec![write(b, 1.0), query(b, 1.0)], ..service(2.0, 400.0) };
    add(b, "web-worker", worker);
}

pub fn service(tasks: f64, own_ms: f64) -> Service {
    Service {
        tasks,
        ill_tasks: 0.0,
        scales: None,
        slots: 20.0,
        cpus: 0.5,
        own_ms,
        cpu_ms: own_ms * 0.7,
        variation: 0.5,
        errors: 0.0005,
        slow: 0.0,
        slow_ms: 0.0,
        timeout_ms: 30_000.0,
        memory: 45.0,
        leak: 0.0,
        restarts: None,
        calls: vec![],
        sends: vec![],
        other_cpu: 0.0,
    }
}

fn data(b: &mut Builder) {
    let cache = Cache {
        latency_ms: 0.8,
        cpu_ms: 0.4,
        memory_mb: 1600.0,
        used_mb: 1000.0,
        grows: 0.0,
        other_cpu: 0.0,
        connections: 90.0,
        is_down: false,
        misses: 0.06,
        behind: b.at("web-db"),
    };
    b.add(CACHE, "web-cache", &[("engine", "redis"), ("instance_class", "cache.t4g.small")], Part::Cache(cache));
    let database = Database {
        cpus: 2.0,
        cpu_ms: 9.0,
        reads: 1.5,
        writes: 3.0,
        read_ms: 0.7,
        write_ms: 1.4,
        iops: 3000.0,
        base_iops: Some(300.0),
        connections: 60.0,
        max_connections: 200.0,
        leaked: 0.0,
        other_cpu: 0.0,
        other_iops: 10.0,
        locked: 0.0,
        lock_ms: 0.0,
        storage_gb: 100.0,
        used_gb: 52.0,
        grows: 0.0003,
        is_down: false,
        job: Some(Job { at: 150, minutes: 35, cpu: 25.0, iops: 150.0 }),
        lag_s: None,
    };
    let attributes = [
        ("engine", "postgres"),
        ("instance_class", "db.m7g.large"),
        ("allocated_storage_gb", "100"),
        ("max_connections", "200"),
    ];
    b.add(DATABASE, "web-db", &attributes, Part::Database(database));
}
