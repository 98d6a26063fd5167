//! (message, insight) → what each channel sends: one file for each format. Pure: no network, no clock.

mod arn;
mod changes;
pub mod chat;
mod detail;
pub mod email;
pub mod eventbridge;
mod kinds;
mod links;
pub mod ops_item;
mod said;
pub mod slack;
pub mod sns;
mod source;
mod story;
mod text;

#[cfg(test)]
mod connectors;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod tests;

pub use arn::arn;
pub use changes::change_said;
pub use kinds::page;
pub use links::{Links, graph_of};
pub use said::{anomaly as anomaly_said, impact as impact_said};
pub use source::by_id as resource_by_id;
