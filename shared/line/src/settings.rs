//! What people set, as the line uses it.

use crate::learn::Learned;
use crate::watch::say_watched;
use stackseer_detect as detect;
use stackseer_insight::{Plan, mute};
use stackseer_model::{Insight, ResourceState, Sensitivity, Settings, Timestamp};

/// Metrics whose sensitivity somebody set are judged by it from this look on: it says how rare a departure must be, and
/// nothing of what was learned.
pub fn tune(learned: &mut Learned, settings: &Settings, now: Timestamp) {
    let set = settings.sensitivities(now);
    if set.is_empty() {
        return;
    }
    for (key, fitted) in &mut learned.baselines {
        if let Some(of_metric) = set.get(key.to_string().as_str()) {
            fitted.baseline.set_sensitivity(sensitivity(*of_metric));
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
