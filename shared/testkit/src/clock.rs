//! Times for tests.

use stackseer_model::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that stands where it is put.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.as_second()))
    }

    pub fn now(&self) -> Timestamp {
        after(Timestamp::UNIX_EPOCH, self.0.load(Ordering::Relaxed))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// `time("2026-01-05T00:00:00Z")`; panics where that is no time.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no RFC 3339 time"))
}

pub fn after(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() + seconds).unwrap_or(Timestamp::MAX)
}
