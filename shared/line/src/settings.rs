//! What people set, as the line uses it.

use crate::learn::Learned;
use stackseer_detect as detect;
use stackseer_model::{Sensitivity, Settings, Timestamp};

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

/// As the detector has it.
pub(crate) fn sensitivity(set: Sensitivity) -> detect::Sensitivity {
    match set {
        Sensitivity::Low => detect::Sensitivity::Low,
        Sensitivity::Medium => detect::Sensitivity::Medium,
        Sensitivity::High => detect::Sensitivity::High,
    }
}
