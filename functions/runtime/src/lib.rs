//! What the functions share: settings, logs, metrics, and answers to Lambda and to a queue.

mod account;
mod batch;
mod channel_test;
mod emf;
mod failure;
mod report;
mod settings;

pub use account::account;
pub use batch::{BatchAnswer, Record, SqsBatch, perform};
pub use channel_test::{TestChannel, Tested};
pub use emf::emit;
pub use failure::failure;
pub use report::report;
pub use settings::{coverage, filter, first_settings, optional, repeats, sensitivity, setting, standard};

/// Logs as JSON lines on stdout, where Lambda takes them from. RUST_LOG says how much.
pub fn init() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).without_time().with_current_span(false).init();
}
