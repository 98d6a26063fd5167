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
mod events;
mod handling;
mod history;
mod in_process;
mod index;
mod insights;
mod keys;
mod learning;
mod pack;
mod rows;
mod scopes;
mod settings;
#[cfg(test)]
mod tests;

pub use changes::StoredChanges;
pub use in_process::{make_table, store_over};
pub use insights::DynamoStore;

use stackseer_model::Message;

/// The messages of an outbox row, from its `body`: for who reads the table's stream.
pub fn decode_messages(body: &[u8]) -> Result<Vec<Message>, String> {
    pack::decode(body)
}
