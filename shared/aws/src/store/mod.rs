//! Where everything is kept: one DynamoDB table, or the same on one machine. docs/storage.md has every access with its
//! price.
//!
//! An application's insights are one state at one generation. A commit replaces the insights that changed with their places
//! in the lists and adds the messages, in one transaction that only succeeds at the generation it was planned on. Series are
//! written before, as rows named by their content, and are nothing until an insight names them.

mod changes;
mod commit;
mod counts;
mod deliveries;
#[cfg(any(test, feature = "embedded"))]
mod embedded;
mod events;
mod handling;
mod history;
mod index;
mod insights;
mod keys;
mod learning;
#[cfg(any(test, feature = "embedded"))]
mod meter;
mod pack;
mod rows;
#[cfg(any(test, feature = "embedded"))]
mod scopes;
mod settings;
#[cfg(test)]
mod tests;

pub use changes::StoredChanges;
#[cfg(any(test, feature = "embedded"))]
pub use embedded::{OpenError, open_embedded, open_metered};
pub use insights::DynamoStore;
#[cfg(any(test, feature = "embedded"))]
pub use meter::{Meter, Taken};

use stackseer_model::Message;

/// The messages of an outbox row, from its `body`: for who reads the table's stream.
pub fn decode_messages(body: &[u8]) -> Result<Vec<Message>, String> {
    pack::decode(body)
}
