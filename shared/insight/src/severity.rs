//! Severity by role and reach. An insight's is the highest of its anomalies'.

use crate::abnormal::Abnormal;
use crate::topology::Topology;
use stackseer_model::{Role, Severity};

/// How many times the expected a latency at the front door must be to count as an outage.
const SEVERE_LATENCY: f64 = 3.0;
/// What the one who asks may be at fault for is a burst until then.
const LASTING_SECONDS: i64 = 30 * 60;
/// Availability below this many per cent at the front door counts as an outage.
const SEVERE_AVAILABILITY: f64 = 95.0;
/// Hardly anybody gets through where no more than this share still comes.
const HARDLY_ANY: f64 = 0.25;

pub fn of(abnormal: &Abnormal<'_>, topology: &Topology<'_>) -> Severity {
    let metric = abnormal.metric();
    let entry = topology.is_entry(&metric.resource);
    let severity = match metric.role {
        _ if abnormal.silent && entry && abnormal.ratio() <= HARDLY_ANY => Severity::High,
        _ if abnormal.silent => Severity::Medium,
        Role::Errors => Severity::High,
        // Some count what is unhealthy instead of a share that is well.
        Role::Availability if metric.unit == "Percent" && abnormal.peak < SEVERE_AVAILABILITY => Severity::High,
        Role::Latency if entry && abnormal.ratio() >= SEVERE_LATENCY => Severity::High,
        // As DevOps Guru showed it: at the front door a refused request is a failed one.
        Role::Throttles if topology.is_at_front(&metric.resource) => Severity::High,
        Role::Throttles | Role::Availability | Role::Latency | Role::Backlog => Severity::Medium,
        Role::Saturation if metric.opens => Severity::Medium,
        Role::Traffic | Role::Saturation | Role::Capacity => Severity::Low,
    };
    let lasts = abnormal.seen_until() - abnormal.start.as_second() >= LASTING_SECONDS;
    let severity = match metric.at_most {
        Some(most) if lasts => severity.min(most),
        Some(_) => Severity::Low,
        None => severity,
    };
    // With little history a departure may still be ordinary.
    if abnormal.observed.is_warm() { severity } else { severity.min(Severity::Medium) }
}
