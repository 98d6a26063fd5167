//! (message, insight) → what each channel sends: one file for each format. Pure: no network, no clock.

mod arn;
pub mod chat;
mod detail;
pub mod email;
pub mod eventbridge;
mod filter;
mod links;
pub mod ops_item;
pub mod slack;
pub mod sns;
mod story;
mod text;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod tests;

pub use filter::{Filter, FilterError};
pub use links::Links;
