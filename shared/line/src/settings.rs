//! What people set, as the line uses it.

use crate::learn::Learned;
use crate::watch::say_watched;
use stackseer_detect as detect;
use stackseer_insight::{Plan, mute};
use stackseer_model::{
    Application, ApplicationId, Attribute, CHECK_TAG, Insight, Inventory, Mute, Mutes, Quiet, ResourceState,
    Sensitivity, Settings, Timestamp,
};

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
pub fn quiet(
    plan: &mut Plan,
    known: &[Insight],
    settings: &Settings,
    dismissed: &[Mute],
    states: &[ResourceState],
    now: Timestamp,
) {
    mute(plan, known, &Mutes::at(settings.mutes.values().chain(dismissed), now), now);
    say_watched(plan, states);
}

/// What tags of resources say nobody is to be told of: `stackseer:check:<id>` is `off`.
pub fn dismissed(application: &Application, inventory: &Inventory) -> Vec<Mute> {
    let scope = application.scope();
    let off = inventory.resources.iter().flat_map(|resource| {
        let tags = resource.attributes.iter().filter(|(_, value)| **value == Attribute::Known("off".to_owned()));
        tags.filter_map(move |(tag, _)| Some((resource, tag, tag.strip_prefix(CHECK_TAG)?)))
    });
    off.map(|(resource, tag, check)| {
        let what = Quiet::Check { id: check.to_owned(), resource: Some(resource.id.clone()) };
        let reason = format!("{tag} is off on {}", resource.name);
        Mute::new(&scope, what, &reason, (Timestamp::UNIX_EPOCH, None), None, "a tag")
    })
    .collect()
}

/// As the detector has it.
pub(crate) fn sensitivity(set: Sensitivity) -> detect::Sensitivity {
    match set {
        Sensitivity::Low => detect::Sensitivity::Low,
        Sensitivity::Medium => detect::Sensitivity::Medium,
        Sensitivity::High => detect::Sensitivity::High,
    }
}
