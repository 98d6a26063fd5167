//! A serverless shop: an API before eight functions, tables, queues with workers, a topic, a stream, a state machine, rules.

use super::parts::*;
use super::{App, Builder};
use crate::calendar::Habits;
use crate::world::{Front, Function, Machine, Part, Reader, Stream, Times};

const ORDER: &[&str] = &[
    "shop-every-five",
    "shop-nightly",
    "shop-monthly",
    "shop-api",
    "shop-catalog",
    "shop-search",
    "shop-cart",
    "shop-checkout",
    "shop-account",
    "shop-reviews",
    "shop-stock-sync",
    "shop-report",
    "payments",
    "shop-placed",
    "shop-fulfilment",
    "shop-mail",
    "shop-pictures",
    "shop-fulfil",
    "shop-mailer",
    "shop-resize",
    "mail-provider",
    "shop-fulfilment-dead",
    "shop-mail-dead",
    "shop-pictures-dead",
    "shop-order-flow",
    "shop-reserve",
    "shop-charge",
    "shop-clicks",
    "shop-click-counter",
    "shop-products",
    "shop-orders",
    "shop-carts",
    "shop-sessions",
    "shop-ratings",
    "shop-stock",
    "shop-trends",
];

pub fn app() -> App {
    let mut b = Builder::new(ORDER);
    door(&mut b);
    functions(&mut b);
    transport(&mut b);
    tables(
        &mut b,
        &["shop-products", "shop-carts", "shop-ratings", "shop-trends"],
        &[("shop-orders", 30.0, 10.0), ("shop-sessions", 20.0, 10.0), ("shop-stock", 15.0, 10.0)],
    );
    b.app("shop")
}

fn door(b: &mut Builder) {
    let routes =
        [("catalog", 0.44), ("search", 0.2), ("cart", 0.16), ("checkout", 0.07), ("account", 0.09), ("reviews", 0.04)];
    let routes = routes.map(|(name, share)| (b.at(&format!("shop-{name}")), share)).to_vec();
    let mut door = super::parts::door(Front::Rest, 420.0, Habits { night: 0.07, weekend: 0.8 }, routes);
    door.crawler = 0.5;
    b.add(REST, "shop-api", &[("api_id", "a1b2c3d4e5"), ("api_name", "shop-api"), ("stage", "prod")], Part::Door(door));
    rules(
        b,
        &[
            ("shop-every-five", "rate(5 minutes)", Times::Every { minutes: 5 }, "shop-stock-sync"),
            ("shop-nightly", "cron(30 1 * * ? *)", Times::Daily { at: 90 }, "shop-report"),
            ("shop-monthly", "cron(0 3 1 * ? *)", Times::Monthly { day: 1, at: 180 }, "shop-report"),
        ],
    );
}

fn functions(b: &mut Builder) {
    let table = |b: &Builder, name: &str, operation, per_run| b.call(name, per_run).operation(operation);
    function(b, "shop-catalog", "512", Function::new(24.0, 6.0), &|b, f| {
        f.calls = vec![table(b, "shop-products", "Query", 1.0), table(b, "shop-products", "GetItem", 1.0)];
        f.sends = vec![b.send("shop-clicks", 1.0)];
    });
    function(b, "shop-search", "1024", Function::new(85.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-products", "Query", 3.0)];
        f.sends = vec![b.send("shop-clicks", 1.0)];
    });
    function(b, "shop-cart", "512", Function::new(18.0, 6.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-carts", "GetItem", 1.0),
            table(b, "shop-carts", "PutItem", 0.5),
            table(b, "shop-sessions", "GetItem", 1.0),
        ];
    });
    function(b, "shop-checkout", "1024", Function::new(45.0, 15.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-sessions", "GetItem", 1.0),
            table(b, "shop-carts", "GetItem", 1.0),
            table(b, "shop-orders", "PutItem", 1.0),
            b.call("payments", 1.0).timeout_s(10.0).once(),
        ];
        f.sends = vec![b.send("shop-placed", 0.8)];
        f.reserved = Some(60.0);
    });
    function(b, "shop-account", "512", Function::new(22.0, 6.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-sessions", "GetItem", 1.0),
            table(b, "shop-sessions", "UpdateItem", 0.4),
            table(b, "shop-orders", "Query", 0.6),
        ];
    });
    function(b, "shop-reviews", "512", Function::new(28.0, 6.0), &|b, f| {
        f.calls = vec![table(b, "shop-ratings", "Query", 1.0), table(b, "shop-ratings", "PutItem", 0.2)];
        f.sends = vec![b.send("shop-pictures", 0.3)];
    });
    function(b, "shop-stock-sync", "256", Function::new(1800.0, 60.0), &|b, f| {
        f.calls = vec![table(b, "shop-stock", "Query", 40.0), table(b, "shop-stock", "UpdateItem", 30.0)];
        f.variation = 0.15;
        f.cold = 0.15;
    });
    function(b, "shop-report", "2048", Function::new(240_000.0, 900.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "Query", 2400.0)];
        f.sends = vec![b.send("shop-mail", 25.0)];
        f.variation = 0.08;
    });
    function(b, "shop-fulfil", "512", Function::new(120.0, 30.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "UpdateItem", 1.0)];
        f.sends = vec![b.send("shop-order-flow", 1.0)];
        f.reserved = Some(3.0);
    });
    function(b, "shop-mailer", "256", Function::new(60.0, 30.0), &|b, f| {
        f.calls = vec![b.call("mail-provider", 1.0).timeout_s(10.0).once()];
    });
    function(b, "shop-resize", "2048", Function::new(900.0, 60.0), &|b, f| {
        f.calls = vec![table(b, "shop-ratings", "UpdateItem", 1.0)];
        f.variation = 0.7;
    });
    function(b, "shop-reserve", "256", Function::new(35.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-stock", "GetItem", 2.0), table(b, "shop-stock", "UpdateItem", 2.0)];
    });
    function(b, "shop-charge", "256", Function::new(40.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "UpdateItem", 1.0)];
    });
    function(b, "shop-click-counter", "256", Function::new(90.0, 30.0), &|b, f| {
        f.calls = vec![table(b, "shop-trends", "UpdateItem", 4.0)];
        f.variation = 0.3;
    });
    b.add(OUTSIDE, "payments", &[], Part::Outside(outside(260.0)));
    b.add(OUTSIDE, "mail-provider", &[], Part::Outside(outside(150.0)));
}

fn transport(b: &mut Builder) {
    queues(
        b,
        &[
            ("shop-fulfilment", "shop-fulfil", "shop-fulfilment-dead"),
            ("shop-mail", "shop-mailer", "shop-mail-dead"),
            ("shop-pictures", "shop-resize", "shop-pictures-dead"),
        ],
    );
    let placed = topic(vec![b.at("shop-fulfilment"), b.at("shop-mail")]);
    b.add(TOPIC, "shop-placed", &[], Part::Topic(placed));
    let steps = vec![b.call("shop-reserve", 1.0), b.call("shop-charge", 1.0)];
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-order-flow";
    b.add(
        MACHINE,
        "shop-order-flow",
        &[("arn", arn), ("state_machine_type", "STANDARD")],
        Part::Machine(Machine { steps, errors: 0.0005 }),
    );
    let reader = Reader { to: b.at("shop-click-counter"), batch: 100.0, is_on: true, record_ms: 6.0 };
    let stream = Stream { shards: 2.0, readers: vec![reader], record_kb: 0.4 };
    b.add(
        STREAM,
        "shop-clicks",
        &[("shard_count", "2"), ("retention_hours", "24"), ("stream_mode", "PROVISIONED")],
        Part::Stream(stream),
    );
}
