//! What people read. Styles are written always; `anstream` takes them out where they don't belong.

pub mod answer;
mod chart;
mod insight;
pub mod journal;
mod page;
mod permissions;
mod report;
mod tuning;
mod watching;
mod words;

pub use insight::insight;
pub use page::{Page, Width, rule};
pub use permissions::Permissions;
pub use permissions::Surveyed;
pub use report::{ApplicationReport, Calls, Report, Window};
pub use tuning::tuning;

use jiff::Timestamp;
use stackseer_catalog::Catalog;

/// For whom a text is written.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub catalog: &'a Catalog,
    /// For how long something has been going on, and which times need a date.
    pub now: Timestamp,
    pub width: Width,
    /// All of it, where there is more than most want.
    pub verbose: bool,
}

#[cfg(test)]
mod examples;
