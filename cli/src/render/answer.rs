//! What the API answered, for people.

mod expiries;
mod insight;
mod lists;

pub use expiries::expiries;
pub use insight::{insight, insights};
pub use lists::{Topology, changes, channels, mutes, plan, resources, sensitivities, topologies};

use super::page::{Page, severity};
use anstyle::Style;
use stackseer_api::wire::InsightSeverity;
use stackseer_model::Severity;

fn severity_of(of: Option<InsightSeverity>) -> (&'static str, Style) {
    severity(match of {
        Some(InsightSeverity::High) => Severity::High,
        Some(InsightSeverity::Medium) => Severity::Medium,
        _ => Severity::Low,
    })
}

fn none(page: Page, what: &str) -> String {
    let mut page = page;
    page.text(0, what);
    page.finish()
}
