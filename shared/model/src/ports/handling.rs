use super::PortError;
use crate::*;
use std::future::Future;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// So it is handled now.
    Done(Handling),
    NoInsight,
    Refused(HandlingError),
}

pub trait InsightHandling: Sync {
    /// On what is kept of the insight now, whatever a watch makes of it meanwhile; `entry` is written with it.
    fn handle_insight(
        &self,
        id: &InsightId,
        change: &Handle,
        entry: &AuditEntry,
    ) -> impl Future<Output = Result<Handled, PortError>> + Send;
}
