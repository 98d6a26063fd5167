//! The knowledge in `/catalog`: metrics, checks and patterns, one small TOML file each, validated when the crate is built.

mod catalog;
mod schema;

pub use catalog::Catalog;
pub use schema::{
    Advice, AttributeIs, Bound, CatalogError, ChangeTest, Check, DirectionWord, Effect, Limit, LookAlike, MetricIs,
    MetricSpec, Over, Pattern, Place, Predicate, Service, Side, Test, Which, fill,
};
