//! The knowledge in `/catalog`: metrics, checks and patterns, one small TOML file each, validated when the crate is built.

mod catalog;
mod schema;

pub use catalog::Catalog;
pub use schema::{
    Advice, CatalogError, Check, CheckCondition, Condition, DirectionWord, Effect, LookAlike, MetricSpec, Pattern,
    Place, Service, State, fill,
};
