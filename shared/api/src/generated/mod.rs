//! What follows from the API's model. Everything beside this file is written by `cargo run -p xtask -- api`.

mod operations;
pub mod rules;
pub mod types;

pub use operations::{Input, Operation};
