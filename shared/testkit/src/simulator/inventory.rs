//! The shop's resources, as discovery would find them.

use stackseer_model::{Edge, EdgeKind, Inventory, Resource};

pub const STACK: &str = "shop";
pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "eu-west-1";

pub const FUNCTION: &str = "AWS::Lambda::Function";
pub const TABLE: &str = "AWS::DynamoDB::Table";
pub const QUEUE: &str = "AWS::SQS::Queue";
pub const API: &str = "AWS::ApiGateway::RestApi";

pub const GATEWAY: &str = "shop";
pub const CATALOG: &str = "shop-catalog";
pub const CHECKOUT: &str = "shop-checkout";
pub const ACCOUNTS: &str = "shop-account";
pub const WORKER: &str = "shop-orders-worker";
pub const PRODUCTS: &str = "shop-products";
pub const ORDERS: &str = "shop-orders";
pub const SESSIONS: &str = "shop-sessions";
pub const ORDER_QUEUE: &str = "shop-order-queue";
pub const DEAD_LETTERS: &str = "shop-order-dead-letters";

/// The orders table's write capacity while nobody touches it.
pub const ORDERS_WRITE_CAPACITY: u32 = 100;

pub fn inventory() -> Inventory {
    let resource = |resource_type: &str, name: &str, attributes: &[(&str, &str)]| {
        let mut resource = Resource::new(resource_type, name);
        resource.stack = Some(STACK.to_owned());
        attributes.iter().for_each(|(k, v)| resource.set(k, *v));
        resource
    };
    let function = |name, memory, timeout| {
        resource(FUNCTION, name, &[("memory_mb", memory), ("timeout_seconds", timeout), ("runtime", "nodejs22.x")])
    };
    let provisioned = |name, read, write, recovery| {
        resource(
            TABLE,
            name,
            &[
                ("billing_mode", "PROVISIONED"),
                ("read_capacity", read),
                ("write_capacity", write),
                ("point_in_time_recovery", recovery),
            ],
        )
    };
    let mut checkout = function(CHECKOUT, "1024", "10");
    checkout.set("reserved_concurrency", "100");
    let resources = vec![
        resource(API, GATEWAY, &[("api_name", GATEWAY), ("stage", "prod"), ("integration_timeout_seconds", "8")]),
        function(CATALOG, "512", "6"),
        checkout,
        function(ACCOUNTS, "512", "6"),
        function(WORKER, "512", "30"),
        resource(TABLE, PRODUCTS, &[("billing_mode", "PAY_PER_REQUEST"), ("point_in_time_recovery", "enabled")]),
        provisioned(ORDERS, "20", &ORDERS_WRITE_CAPACITY.to_string(), "enabled"),
        provisioned(SESSIONS, "25", "200", "disabled"),
        resource(
            QUEUE,
            ORDER_QUEUE,
            &[
                ("visibility_timeout_seconds", "180"),
                ("dead_letter_queue", DEAD_LETTERS),
                ("max_receives", "3"),
                ("fifo", "false"),
                ("retention_seconds", "345600"),
            ],
        ),
        resource(
            QUEUE,
            DEAD_LETTERS,
            &[("visibility_timeout_seconds", "30"), ("retention_seconds", "345600"), ("fifo", "false")],
        ),
    ];
    let id = |resource_type: &str, name: &str| Resource::new(resource_type, name).id;
    let edge = |from: (&str, &str), to: (&str, &str), kind| Edge { from: id(from.0, from.1), to: id(to.0, to.1), kind };
    let edges = vec![
        edge((API, GATEWAY), (FUNCTION, CATALOG), EdgeKind::Sync),
        edge((API, GATEWAY), (FUNCTION, CHECKOUT), EdgeKind::Sync),
        edge((API, GATEWAY), (FUNCTION, ACCOUNTS), EdgeKind::Sync),
        edge((FUNCTION, CATALOG), (TABLE, PRODUCTS), EdgeKind::Sync),
        edge((FUNCTION, CHECKOUT), (TABLE, SESSIONS), EdgeKind::Sync),
        edge((FUNCTION, CHECKOUT), (TABLE, ORDERS), EdgeKind::Sync),
        edge((FUNCTION, CHECKOUT), (QUEUE, ORDER_QUEUE), EdgeKind::Async),
        edge((FUNCTION, ACCOUNTS), (TABLE, SESSIONS), EdgeKind::Sync),
        edge((FUNCTION, ACCOUNTS), (TABLE, ORDERS), EdgeKind::Sync),
        edge((QUEUE, ORDER_QUEUE), (FUNCTION, WORKER), EdgeKind::Async),
        edge((QUEUE, ORDER_QUEUE), (QUEUE, DEAD_LETTERS), EdgeKind::Async),
        edge((FUNCTION, WORKER), (TABLE, ORDERS), EdgeKind::Sync),
    ];
    Inventory { resources, edges, ..Inventory::default() }
}
