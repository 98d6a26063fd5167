//! What answers the store's requests.

use super::make_table;
use crate::wire::{Call, Reply};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone)]
pub(super) enum Engine {
    Embedded(stackseer_embedded::Engine),
    /// DynamoDB Local at this address. It keeps a database for every access key, so each test has its own.
    Local {
        address: String,
        access_key: String,
    },
}

impl Engine {
    pub(super) fn new() -> Self {
        let engine = Self::without_table();
        // DynamoDB Local would take away what has expired in the midst of a test.
        let made = if matches!(engine, Self::Local { .. }) { 1 } else { 2 };
        for (operation, request) in make_table().into_iter().take(made) {
            engine.run(operation, request);
        }
        engine
    }

    pub(super) fn without_table() -> Self {
        static TESTS: AtomicUsize = AtomicUsize::new(0);
        match std::env::var("STACKSEER_DYNAMODB_ENDPOINT") {
            Ok(url) => {
                let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
                let number = TESTS.fetch_add(1, Ordering::SeqCst);
                Self::Local { address, access_key: format!("test{}x{number}", std::process::id()) }
            }
            Err(_) => Self::Embedded(stackseer_embedded::Engine::in_memory()),
        }
    }

    pub(super) fn call(&self, call: &Call) -> Reply {
        let operation = call.operation.strip_prefix("dynamodb.").unwrap();
        let answered = match self {
            Self::Embedded(engine) => engine.answer(operation, call.input.clone()),
            Self::Local { address, access_key } => post(address, access_key, operation, &call.input),
        };
        match answered {
            (200, answer) => Reply::Ok(answer),
            (status, error) => Reply::Body(status, error),
        }
    }

    /// Past the store.
    pub(super) fn run(&self, operation: &str, input: Value) -> Value {
        match self.call(&Call { operation: format!("dynamodb.{operation}"), region: String::new(), input }) {
            Reply::Ok(answer) => answer,
            Reply::Body(status, error) => panic!("{operation}: {status} {error}"),
            _ => unreachable!("an engine answers or refuses"),
        }
    }
}

/// The signature is not looked at; who is asking is.
fn post(address: &str, access_key: &str, operation: &str, input: &Value) -> (u16, Value) {
    let body = input.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    // HTTP/1.0: the answer comes in one piece and ends with the connection.
    let head = format!(
        "POST / HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: DynamoDB_20120810.{operation}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={access_key}/20261125/local/dynamodb/aws4_request, \
         SignedHeaders=host, Signature=none\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}
