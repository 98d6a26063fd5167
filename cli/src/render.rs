//! What people read. Styles are written always; `anstream` takes them out where they don't belong.

mod chart;
mod insight;
pub mod journal;
mod page;
mod permissions;
mod report;
mod time;

pub use insight::insight;
pub use page::width;
pub use permissions::Permissions;
pub use report::{ApplicationReport, Calls, Report, Window};

#[cfg(test)]
mod examples;
