//! Where insights are kept: one DynamoDB table, or the same on one machine.
//!
//! An application's insights are one state at one generation. A commit replaces the packs that changed and adds the
//! messages, in one transaction that only succeeds at the generation it was planned on. Series are written before, as
//! rows named by their content, and are nothing until an insight names them.

mod embedded;
mod insights;
mod keys;
mod pack;
mod rows;
#[cfg(test)]
mod tests;

pub use embedded::{OpenError, open_embedded};
pub use insights::DynamoStore;
