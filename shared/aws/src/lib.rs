//! The only crate that knows the AWS SDK: adapters for the ports of `stackseer-model`, and the store. No SDK type is
//! part of its public face.

mod client;
mod cloudtrail;
mod cloudwatch;
mod discovery;
mod error;
mod permissions;
pub mod store;
#[cfg(test)]
mod wire;

pub use client::{Aws, ConnectError, Options, connect};
pub use cloudtrail::Events;
pub use cloudwatch::Metrics;
pub use discovery::Resources;
pub use permissions::{Action, Outcome, PERMISSIONS, Permission, PermissionCheck, Permissions};
