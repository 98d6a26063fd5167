//! An incident folder: what one application showed over a time, as files that a person can read and write. `scan --record`
//! writes it, `replay` runs the line over it with the folder's own clock. The format is described in
//! `docs/incident-folder.md`.

mod error;
mod given;
mod grain;
mod incident;
mod read;
mod source;
mod write;

pub use error::{IncidentError, Place, Problem};
pub use given::GivenRole;
pub use incident::{Incident, Range, Recorded};
pub use read::read_folder;
pub use source::IncidentSource;
pub use write::{refuse_occupied, write_folder};

pub(crate) const INCIDENT: &str = "incident.toml";
pub(crate) const METRICS: &str = "metrics.csv";
pub(crate) const TOPOLOGY: &str = "topology.csv";
pub(crate) const EVENTS: &str = "events.jsonl";
pub(crate) const CONFIG: &str = "config.jsonl";
pub(crate) const FILES: [&str; 5] = [INCIDENT, METRICS, TOPOLOGY, EVENTS, CONFIG];

/// The version of the format that this code reads and writes.
pub(crate) const FORMAT: i64 = 1;
pub(crate) const TICK_MINUTES: u32 = 5;
/// Where a folder doesn't say whose it is.
pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const REGION: &str = "us-east-1";

pub(crate) const METRICS_HEADER: [&str; 9] =
    ["timestamp", "resource", "resource_type", "namespace", "metric", "statistic", "dimensions", "role", "value"];
pub(crate) const TOPOLOGY_HEADER: [&str; 3] = ["source", "target", "kind"];
