//! Few calls an hour, an hourly rule, and a batch at night.

use super::parts::*;
use super::{App, Builder};
use crate::calendar::Habits;
use crate::world::{Front, Function, Part, Times};

const ORDER: &[&str] = &[
    "tiny-hourly",
    "tiny-nightly",
    "tiny-api",
    "tiny-app",
    "tiny-poll",
    "tiny-batch",
    "tiny-tasks",
    "tiny-worker",
    "tiny-tasks-dead",
    "supplier",
    "tiny-items",
];

pub fn app() -> App {
    let mut b = Builder::new(ORDER);
    let routes = vec![(b.at("tiny-app"), 1.0)];
    let mut door = door(Front::Http, 4.5 / 60.0, Habits { night: 0.1, weekend: 0.4 }, routes);
    (door.client_errors, door.retries) = (0.02, 0.0);
    b.add(HTTP, "tiny-api", &[("api_id", "t1b2c3d4e5"), ("protocol", "HTTP"), ("stage", "$default")], Part::Door(door));
    rules(
        &mut b,
        &[
            ("tiny-hourly", "rate(1 hour)", Times::Every { minutes: 60 }, "tiny-poll"),
            ("tiny-nightly", "cron(0 2 * * ? *)", Times::Daily { at: 120 }, "tiny-batch"),
        ],
    );
    function(&mut b, "tiny-app", "256", Function::new(60.0, 10.0), &|b, f| {
        f.calls = vec![b.call("tiny-items", 2.0).operation("GetItem"), b.call("tiny-items", 0.4).operation("PutItem")];
        f.sends = vec![b.send("tiny-tasks", 0.4)];
        (f.cold, f.cold_ms) = (0.6, 500.0);
    });
    function(&mut b, "tiny-poll", "256", Function::new(1500.0, 30.0), &|b, f| {
        f.calls =
            vec![b.call("supplier", 3.0).timeout_s(8.0).once(), b.call("tiny-items", 5.0).operation("UpdateItem")];
        (f.errors, f.variation) = (0.0, 0.15);
    });
    function(&mut b, "tiny-batch", "1024", Function::new(300_000.0, 900.0), &|b, f| {
        f.calls = vec![b.call("tiny-items", 800.0).operation("Query")];
        f.sends = vec![b.send("tiny-tasks", 12.0)];
        (f.errors, f.variation) = (0.0, 0.08);
    });
    function(&mut b, "tiny-worker", "256", Function::new(250.0, 30.0), &|b, f| {
        f.calls = vec![b.call("tiny-items", 1.0).operation("UpdateItem")];
    });
    queues(&mut b, &[("tiny-tasks", "tiny-worker", "tiny-tasks-dead")]);
    let mut supplier = outside(300.0);
    supplier.errors = 0.0;
    b.add(OUTSIDE, "supplier", &[], Part::Outside(supplier));
    tables(&mut b, &["tiny-items"], &[]);
    b.app("small")
}
