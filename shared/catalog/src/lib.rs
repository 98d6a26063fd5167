//! The knowledge in `/catalog`: resource types, their metrics, checks and patterns, one small TOML file each, validated when the crate is built.

mod catalog;
mod identity;
mod schema;

pub use catalog::Catalog;
pub use identity::Arn;
pub use schema::{
    Advice, ArnForms, AttributeSpec, CatalogError, Change, ChangedProperty, Check, CheckCondition, Condition,
    DirectionWord, EdgeSpec, Effect, FOLDERS, Form, IamAction, Ignored, LiveField, LookAlike, MetricSpec, Node,
    Notation, PartProperty, Pattern, Place, ResourceType, RunBy, Said, Scope, Service, State, Variant, Way, fill,
};
