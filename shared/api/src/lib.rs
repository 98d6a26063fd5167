//! DevOps Guru's API and Stackseer's own operations beside it, over the ports.
//!
//! Types, routes and rules are generated from the API's model ([`generated`]); a request is held to the rules in one place
//! ([`rule`]), and what an operation does is in `operations/`.

mod access;
pub mod api;
mod body;
mod cursor;
mod error;
pub mod generated;
mod lists;
mod operations;
mod router;
pub mod rule;
mod show;
pub mod time;

pub use access::Access;
pub use api::{Api, Caller, Clock, Desk, History, Pace, Ports, Setup, SystemClock, Tester, Tried};
pub use error::{Error, Reason};
pub use generated::types as wire;
pub use router::router;
