//! What an engine says that requests took.

use serde_json::{Value, json};
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, PoisonError};

/// In DynamoDB's units, indexes included.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Taken {
    pub calls: u32,
    /// Rows that were read.
    pub rows: usize,
    pub read: f64,
    pub written: f64,
}

impl Taken {
    /// Asks for the count with the answer.
    pub fn ask(request: &mut Value) {
        request["ReturnConsumedCapacity"] = json!("TOTAL");
    }

    /// A batch has a count for each table, and what is one request's is not always a list.
    pub fn by(operation: &str, answer: &Value) -> Self {
        let consumed = &answer["ConsumedCapacity"];
        let each = consumed.as_array().map_or(std::slice::from_ref(consumed), Vec::as_slice);
        let units = each.iter().filter_map(|of| of["CapacityUnits"].as_f64()).sum();
        let of_tables = answer["Responses"].as_object().into_iter().flat_map(|tables| tables.values());
        match operation {
            "GetItem" => Self { calls: 1, rows: 1, read: units, written: 0.0 },
            "BatchGetItem" => {
                let rows = of_tables.filter_map(Value::as_array).map(Vec::len).sum();
                Self { calls: 1, rows, read: units, written: 0.0 }
            }
            "Query" => {
                let rows = answer["ScannedCount"].as_u64().and_then(|rows| rows.try_into().ok()).unwrap_or(0);
                Self { calls: 1, rows, read: units, written: 0.0 }
            }
            _ => Self { calls: 1, rows: 0, read: 0.0, written: units },
        }
    }
}

impl AddAssign for Taken {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.rows += other.rows;
        self.read += other.read;
        self.written += other.written;
    }
}

/// A count that goes on.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Taken>>);

impl Meter {
    pub fn add(&self, taken: Taken) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += taken;
    }

    /// What was taken since it was last asked.
    pub fn take(&self) -> Taken {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
