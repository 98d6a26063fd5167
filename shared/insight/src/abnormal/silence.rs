//! What stopped coming. A resource that nobody calls any more shows it in all its metrics; it is told once, by its traffic where
//! that is counted.

use super::{Abnormal, time};
use crate::{Observed, Situation};
use stackseer_model::{MissingPoint, ResourceId, Role};
use std::collections::BTreeMap;

/// What is taken away or stopped around the time is not missed.
const TAKEN_AWAY: [&str; 3] = ["Delete", "Terminate", "Stop"];
const BEFORE_SECONDS: i64 = 2 * 3600;
const AFTER_SECONDS: i64 = 15 * 60;

pub fn all<'a>(situation: &Situation<'a>) -> Vec<Abnormal<'a>> {
    let mut by_resource: BTreeMap<&ResourceId, Vec<Abnormal<'a>>> = BTreeMap::new();
    for observed in situation.observed.iter().filter(|o| o.is_warm()) {
        let Some(span) = observed.detection().and_then(|d| d.silence.as_ref()) else { continue };
        let silence = Abnormal { silent: true, ..Abnormal::of(observed, span) };
        by_resource.entry(&observed.metric.resource).or_default().push(silence);
    }
    by_resource.into_values().filter_map(|silences| told(situation, silences)).collect()
}

/// The one that speaks for its resource. It is felt where a metric that can open an insight is silent too.
fn told<'a>(situation: &Situation<'a>, silences: Vec<Abnormal<'a>>) -> Option<Abnormal<'a>> {
    let felt = silences.iter().any(|s| s.metric().opens && s.metric().missing == MissingPoint::Gap);
    let counts = |s: &Abnormal<'_>| s.metric().role == Role::Traffic && s.metric().missing == MissingPoint::Zero;
    let told = silences.into_iter().min_by_key(|s| (!counts(s), !s.metric().opens, &s.metric().key))?;
    let was_taken_away = situation.events.iter().any(|event| {
        let since = event.time.as_second() - told.start.as_second();
        (-BEFORE_SECONDS..=AFTER_SECONDS).contains(&since)
            && TAKEN_AWAY.iter().any(|verb| event.name.starts_with(verb))
            && event.resources.contains(&told.metric().resource)
    });
    (!was_taken_away).then_some(Abnormal { felt, ..told })
}

/// When something came again.
pub fn came(observed: &Observed, after: stackseer_model::Timestamp) -> Option<stackseer_model::Timestamp> {
    let counts = observed.metric.missing == MissingPoint::Zero;
    let band = &observed.detection()?.band;
    let comes = |value: f64| !counts || value > 0.0;
    let first = band.iter().find(|p| p.time > after.as_second() && p.value.is_some_and(comes))?;
    Some(time(first.time))
}
