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
    queues(&mut b);
    tables(&mut b);
    b.app("shop")
}

fn door(b: &mut Builder) {
    let routes =
        [("catalog", 0.44), ("search", 0.2), ("cart", 0.16), ("checkout", 0.07), ("account", 0.09), ("reviews", 0.04)];
    let routes = routes.map(|(name, share)| (b.at(&format!("shop-{name}")), share)).to_vec();
    let mut door = super::parts::door(Front::Rest, 420.0, Habits { night: 0.07, weekend: 0.8 }, routes);
    door.crawler = 0.5;
    b.add(REST, "shop-api", &[("api_id", "a1b2c3d4e5"), ("api_name", "shop-api"), ("stage", "prod")], Part::Door(door));
    let rules = [
        ("shop-every-five", "rate(5 minutes)", Times::Every { minutes: 5 }, "shop-stock-sync"),
        ("shop-nightly", "cron(30 1 * * ? *)", Times::Daily { at: 150 }, "shop-report"),
        ("shop-monthly", "cron(0 3 1 * ? *)", Times::Monthly { day: 1, at: 240 }, "shop-report"),
    ];
    for (name, schedule, times, target) in rules {
        let rule = rule(times, vec![b.at(target)]);
        b.add(RULE, name, &[("state", "ENABLED"), ("schedule", schedule), ("event_bus", "default")], Part::Rule(rule));
    }
}

fn functions(b: &mut Builder) {
    let table = |b: &Builder, name: &str, operation, per_run| b.call(name, per_run).operation(operation);
    let add = |b: &mut Builder,
               name: &'static str,
               memory,
               mut function: Function,
               change: &dyn Fn(&Builder, &mut Function)| {
        change(b, &mut function);
        let timeout = (function.timeout_ms / 1000.0).to_string();
        let reserved = function.reserved.map(|r| r.to_string());
        let mut attributes =
            vec![("memory_mb", memory), ("timeout_seconds", timeout.as_str()), ("runtime", "nodejs22.x")];
        attributes.extend(reserved.as_deref().map(|r| ("reserved_concurrency", r)));
        b.add(FUNCTION, name, &attributes, Part::Function(function));
    };
    add(b, "shop-catalog", "512", Function::new(24.0, 6.0), &|b, f| {
        f.calls = vec![table(b, "shop-products", "Query", 1.0), table(b, "shop-products", "GetItem", 1.0)];
        f.sends = vec![b.send("shop-clicks", 1.0)];
    });
    add(b, "shop-search", "1024", Function::new(85.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-products", "Query", 3.0)];
        f.sends = vec![b.send("shop-clicks", 1.0)];
    });
    add(b, "shop-cart", "512", Function::new(18.0, 6.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-carts", "GetItem", 1.0),
            table(b, "shop-carts", "PutItem", 0.5),
            table(b, "shop-sessions", "GetItem", 1.0),
        ];
    });
    add(b, "shop-checkout", "1024", Function::new(45.0, 15.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-sessions", "GetItem", 1.0),
            table(b, "shop-carts", "GetItem", 1.0),
            table(b, "shop-orders", "PutItem", 1.0),
            b.call("payments", 1.0).timeout_s(10.0).once(),
        ];
        f.sends = vec![b.send("shop-placed", 0.8)];
        f.reserved = Some(60.0);
    });
    add(b, "shop-account", "512", Function::new(22.0, 6.0), &|b, f| {
        f.calls = vec![
            table(b, "shop-sessions", "GetItem", 1.0),
            table(b, "shop-sessions", "UpdateItem", 0.4),
            table(b, "shop-orders", "Query", 0.6),
        ];
    });
    add(b, "shop-reviews", "512", Function::new(28.0, 6.0), &|b, f| {
        f.calls = vec![table(b, "shop-ratings", "Query", 1.0), table(b, "shop-ratings", "PutItem", 0.2)];
        f.sends = vec![b.send("shop-pictures", 0.3)];
    });
    add(b, "shop-stock-sync", "256", Function::new(1800.0, 60.0), &|b, f| {
        f.calls = vec![table(b, "shop-stock", "Query", 40.0), table(b, "shop-stock", "UpdateItem", 30.0)];
        f.variation = 0.15;
        f.cold = 0.15;
    });
    add(b, "shop-report", "2048", Function::new(240_000.0, 900.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "Query", 2400.0)];
        f.sends = vec![b.send("shop-mail", 25.0)];
        f.variation = 0.08;
    });
    add(b, "shop-fulfil", "512", Function::new(120.0, 30.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "UpdateItem", 1.0)];
        f.sends = vec![b.send("shop-order-flow", 1.0)];
        f.reserved = Some(20.0);
    });
    add(b, "shop-mailer", "256", Function::new(60.0, 30.0), &|b, f| {
        f.calls = vec![b.call("mail-provider", 1.0).timeout_s(10.0).once()];
    });
    add(b, "shop-resize", "2048", Function::new(900.0, 60.0), &|b, f| {
        f.calls = vec![table(b, "shop-ratings", "UpdateItem", 1.0)];
        f.variation = 0.7;
    });
    add(b, "shop-reserve", "256", Function::new(35.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-stock", "GetItem", 2.0), table(b, "shop-stock", "UpdateItem", 2.0)];
    });
    add(b, "shop-charge", "256", Function::new(40.0, 10.0), &|b, f| {
        f.calls = vec![table(b, "shop-orders", "UpdateItem", 1.0)];
    });
    add(b, "shop-click-counter", "256", Function::new(90.0, 30.0), &|b, f| {
        f.calls = vec![table(b, "shop-trends", "UpdateItem", 4.0)];
        f.variation = 0.3;
    });
    b.add(OUTSIDE, "payments", &[], Part::Outside(outside(260.0)));
    b.add(OUTSIDE, "mail-provider", &[], Part::Outside(outside(150.0)));
}

fn queues(b: &mut Builder) {
    for (name, consumer, dead) in [
        ("shop-fulfilment", "shop-fulfil", "shop-fulfilment-dead"),
        ("shop-mail", "shop-mailer", "shop-mail-dead"),
        ("shop-pictures", "shop-resize", "shop-pictures-dead"),
    ] {
        let part = queue(Some(b.at(consumer)), Some(b.at(dead)), 3);
        let attributes =
            [("visibility_timeout_seconds", "180"), ("retention_seconds", "345600"), ("dead_letter_queue", dead)];
        b.add(QUEUE, name, &attributes, Part::Queue(part));
        let attributes = [("visibility_timeout_seconds", "30"), ("retention_seconds", "1209600")];
        b.add(QUEUE, dead, &attributes, Part::Queue(queue(None, None, 1)));
    }
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
    let reader = Reader { to: b.at("shop-click-counter"), batch: 100.0, is_on: true, poisoned: 0.0 };
    let habits = Habits { night: 0.07, weekend: 0.8 };
    let stream = Stream { shards: 2.0, readers: vec![reader], hot: 0.0, rate: 0.0, habits };
    b.add(
        STREAM,
        "shop-clicks",
        &[("shard_count", "2"), ("retention_hours", "24"), ("stream_mode", "PROVISIONED")],
        Part::Stream(stream),
    );
}

fn tables(b: &mut Builder) {
    for name in ["shop-products", "shop-carts", "shop-ratings", "shop-trends"] {
        b.add(
            TABLE,
            name,
            &[("billing_mode", "PAY_PER_REQUEST"), ("point_in_time_recovery", "enabled")],
            Part::Table(table(None)),
        );
    }
    for (name, reads, writes) in
        [("shop-orders", 30.0, 10.0), ("shop-sessions", 20.0, 10.0), ("shop-stock", 15.0, 10.0)]
    {
        let attributes = [
            ("billing_mode", "PROVISIONED".to_owned()),
            ("read_capacity", format!("{reads}")),
            ("write_capacity", format!("{writes}")),
            ("point_in_time_recovery", "enabled".to_owned()),
        ];
        let attributes = attributes.each_ref().map(|(k, v)| (*k, v.as_str()));
        b.add(TABLE, name, &attributes, Part::Table(table(Some((reads, writes)))));
    }
}
