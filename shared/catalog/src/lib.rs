//! The knowledge in `/catalog`: metrics, checks and patterns, one small TOML file each, validated when the crate is built.

mod catalog;
mod checks;
mod metrics;
mod patterns;
mod text;

pub use catalog::Catalog;
pub use checks::{Check, CheckCondition};
pub use metrics::{MetricSpec, Service};
pub use patterns::{Condition, DirectionWord, Effect, LookAlike, Pattern, Place, State};
pub use text::{Advice, fill};
