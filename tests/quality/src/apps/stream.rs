//! A pipeline: events come in through an API and from devices, stand in a stream, and are counted, kept and told.

use super::parts::*;
use super::{App, Builder};
use crate::calendar::Habits;
use crate::world::{Delivery, Feed, Front, Function, Part, Reader, Stream, Times};

const ORDER: &[&str] = &[
    "flow-every-ten",
    "flow-nightly",
    "flow-api",
    "flow-devices",
    "flow-ingest",
    "flow-rollup",
    "flow-compact",
    "flow-events",
    "flow-enrich",
    "flow-archive",
    "flow-lake",
    "flow-alerts",
    "flow-notify",
    "pager",
    "flow-retries",
    "flow-retry",
    "flow-retries-dead",
    "flow-profiles",
    "flow-counters",
];

pub fn app() -> App {
    let mut b = Builder::new(ORDER);
    let habits = Habits { night: 0.25, weekend: 0.9 };
    let routes = vec![(b.at("flow-ingest"), 1.0)];
    let door = door(Front::Http, 260.0, habits, routes);
    b.add(HTTP, "flow-api", &[("api_id", "f1b2c3d4e5"), ("protocol", "HTTP"), ("stage", "$default")], Part::Door(door));
    let feed = Feed {
        rate: 700.0,
        habits: Habits { night: 0.6, weekend: 1.0 },
        to: b.at("flow-events"),
        garbage: 0.0003,
        refused: 0.0,
    };
    b.add(IOT, "flow-devices", &[("state", "enabled")], Part::Feed(feed));
    rules(
        &mut b,
        &[
            ("flow-every-ten", "rate(10 minutes)", Times::Every { minutes: 10 }, "flow-rollup"),
            ("flow-nightly", "cron(15 2 * * ? *)", Times::Daily { at: 135 }, "flow-compact"),
        ],
    );
    functions(&mut b);
    let reader = |name: &str| Reader { to: b.at(name), batch: 100.0, is_on: true, record_ms: 6.0 };
    let stream = Stream { shards: 2.0, readers: vec![reader("flow-enrich"), reader("flow-archive")], record_kb: 0.4 };
    let attributes = [("shard_count", "2"), ("retention_hours", "24"), ("stream_mode", "PROVISIONED")];
    b.add(STREAM, "flow-events", &attributes, Part::Stream(stream));
    b.add(DELIVERY, "flow-lake", &[], Part::Delivery(Delivery { buffer_s: 120.0, is_stuck: false }));
    let alerts = topic(vec![b.at("flow-notify"), b.at("flow-retries")]);
    b.add(TOPIC, "flow-alerts", &[], Part::Topic(alerts));
    queues(&mut b, &[("flow-retries", "flow-retry", "flow-retries-dead")]);
    b.add(OUTSIDE, "pager", &[], Part::Outside(outside(220.0)));
    tables(&mut b, &["flow-profiles"], &[("flow-counters", 40.0, 40.0)]);
    b.app("stream")
}

fn functions(b: &mut Builder) {
    function(b, "flow-ingest", "256", Function::new(14.0, 5.0), &|b, f| {
        f.calls = vec![b.call("flow-profiles", 0.3).operation("GetItem")];
        f.sends = vec![b.send("flow-events", 2.0)];
    });
    function(b, "flow-rollup", "512", Function::new(2500.0, 60.0), &|b, f| {
        f.calls = vec![b.call("flow-counters", 60.0).operation("Query")];
        f.variation = 0.15;
    });
    function(b, "flow-compact", "2048", Function::new(180_000.0, 600.0), &|b, f| {
        f.calls = vec![b.call("flow-counters", 1500.0).operation("Query")];
        f.variation = 0.1;
    });
    function(b, "flow-enrich", "512", Function::new(160.0, 30.0), &|b, f| {
        f.calls = vec![
            b.call("flow-profiles", 8.0).operation("GetItem"),
            b.call("flow-counters", 12.0).operation("UpdateItem"),
        ];
        f.sends = vec![b.send("flow-alerts", 0.12)];
        f.variation = 0.3;
    });
    function(b, "flow-archive", "256", Function::new(70.0, 30.0), &|b, f| {
        f.sends = vec![b.send("flow-lake", 20.0)];
        f.variation = 0.3;
    });
    function(b, "flow-notify", "128", Function::new(30.0, 20.0), &|b, f| {
        f.calls = vec![b.call("pager", 1.0).timeout_s(8.0).once()];
    });
    function(b, "flow-retry", "128", Function::new(80.0, 20.0), &|b, f| {
        f.calls = vec![b.call("flow-counters", 1.0).operation("UpdateItem")];
    });
}
