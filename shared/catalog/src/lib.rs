//! The knowledge in `/catalog`: resource types, their metrics, checks and patterns, one small TOML file each, validated when the crate is built.

mod catalog;
mod devops_guru;
mod expiry;
mod identity;
mod schema;
mod watching;

pub use catalog::Catalog;
pub use devops_guru::NotSeen;
pub use expiry::{Ending, Expiry};
pub use identity::Arn;
pub use schema::{
    Advice, ArnForms, AskedByDefault, AttributeIs, AttributeSpec, Bound, CatalogError, Change, ChangeTest,
    ChangedProperty, Check, Cost, CostPart, DataTable, DevOpsGuru, DirectionWord, Each, EdgeSpec, Effect, Ends,
    FOLDERS, Form, IamAction, Ignored, ItsService, ItsUnseen, Limit, LimitOf, LiveField, Look, LookAlike, Looks,
    MetricIs, MetricSpec, Needs, Node, Notation, Over, PartProperty, Pattern, Place, Predicate, Reaching, ResourceType,
    Row, RunBy, Said, Scope, Service, SeverityAt, Side, Test, Trend, Unit, Variant, VerdictRules, Way, Which, Worse,
    date, fill,
};
