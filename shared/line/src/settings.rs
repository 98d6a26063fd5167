//! What people set, as the line uses it.

use crate::learn::Learned;
use crate::watch::say_watched;
use stackseer_detect as detect;
use stackseer_insight::{Plan, mute};
use stackseer_model::{ApplicationId, Insight, ResourceState, Sensitivity, Settings, Timestamp};

/// What somebody set the sensitivity of is judged by it from this look on: it says how rare a departure must be, and nothing of
/// what was learned.
pub fn tune(learned: &mut Learned, application: &ApplicationId, settings: &Settings, now: Timestamp) {
    let set = settings.sensitivities(now);
    if set.is_empty() {
        return;
    }
    for metric in &learned.metrics {
        let own = set.of(application, &metric.resource, &metric.key.to_string());
        if let (Some(own), Some(fitted)) = (own, learned.baselines.get_mut(&metric.key)) {
            fitted.baseline.set_sensitivity(sensitivity(own));
        }
    }
}

/// Takes out of a plan the messages that people asked not to have, and adds those of what is muted no longer. The plan is
/// everything of one look, on `known`.
pub fn quiet(plan: &mut Plan, known: &[Insight], settings: &Settings, states: &[ResourceState], now: Timestamp) {
    mute(plan, known, &settings.muted(now), now);
    say_watched(plan, states);
}

/// As the detector has it.
pub(crate) fn sensitivity(set: Sensitivity) -> detect::Sensitivity {
    match set {
        Sensitivity::Low => detect::Sensitivity::Low,
        Sensitivity::Medium => detect::Sensitivity::Medium,
        Sensitivity::High => detect::Sensitivity::High,
    }
}
