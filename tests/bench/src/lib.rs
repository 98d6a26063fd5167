//! What the benches measure: seeded series, and applications of any size that have them. Nothing here is random or timed.

pub mod application;
pub mod series;
