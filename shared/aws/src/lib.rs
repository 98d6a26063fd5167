//! The only crate that knows the AWS SDK: adapters for the ports of `stackseer-model`, and the store. No SDK type is
//! part of its public face.

#[cfg(feature = "channels")]
pub mod channels;
mod client;
mod cloudtrail;
mod cloudwatch;
mod discovery;
mod error;
mod events_bus;
mod iam;
mod invoke;
mod permissions;
#[cfg(feature = "queue")]
mod queue;
mod signed;
pub mod store;
#[cfg(test)]
mod wire;

pub use client::{Aws, ConnectError, Options, connect, connect_as};
pub use cloudtrail::Events;
pub use cloudwatch::Metrics;
pub use discovery::Resources;
pub use events_bus::{BadEvent, change_on_bus};
pub use iam::Function;
pub use invoke::Functions;
pub use permissions::{Action, Outcome, Permission, PermissionCheck, Permissions, permissions};
#[cfg(feature = "queue")]
pub use queue::SqsQueue;
