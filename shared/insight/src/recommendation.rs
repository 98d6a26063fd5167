//! What to do when no pattern knows better: by the role of what is wrong.

use crate::abnormal::Abnormal;
use crate::text;
use stackseer_model::{
    Cause, ChangeEvent, Inventory, Recommendation, RelatedAnomaly, RelatedEvent, RelatedMetric, Resource, Role,
};

pub fn by_role(
    effect: &Abnormal<'_>,
    resource: &Resource,
    cause: Option<&Cause>,
    changes: &[ChangeEvent],
) -> Recommendation {
    let metric = effect.metric();
    let place = cause.map_or_else(|| resource.name.clone(), |c| c.resource.name.clone());
    let (name, description) = match (changes.last(), metric.role) {
        (Some(change), _) => (
            format!("Look at {} on {place} first, and roll it back if in doubt", change.name),
            "A change on a resource that takes part came just before the onset. Rolling it back is the quickest way to know.".to_owned(),
        ),
        (None, Role::Errors | Role::Availability) => (
            format!("Read the error logs of {place} from {}", text::clock(effect.start)),
            "Requests fail. The first error after the onset usually names the reason.".to_owned(),
        ),
        (None, Role::Throttles) => (
            format!("Raise the limit that {place} runs into, or slow its callers"),
            "Requests are refused because a limit is reached. Callers should retry with back-off and jitter.".to_owned(),
        ),
        (None, Role::Latency) => (
            format!("Find what {place} waits for from {}", text::clock(effect.start)),
            "Requests take longer. Compare traces from before and after the onset.".to_owned(),
        ),
        (None, Role::Backlog) => (
            format!("Look at what should work off the backlog of {}", resource.name),
            "Work arrives faster than it is done. See whether the consumer fails, is throttled, or is too small.".to_owned(),
        ),
        (None, Role::Saturation | Role::Capacity | Role::Traffic) => (
            format!("Check the headroom of {place}"),
            "A resource is used far differently from its normal.".to_owned(),
        ),
    };
    let reason = format!(
        "{} of {} was {} against {} expected ({}) from {}.",
        metric.key.name,
        resource.name,
        text::value(metric, effect.span.peak),
        text::value(metric, effect.span.expected),
        text::times(crate::abnormal::ratio(effect.span.peak, effect.span.expected)),
        text::clock(effect.start),
    );
    Recommendation {
        name,
        description,
        reason,
        link: String::new(),
        place: String::new(),
        command: String::new(),
        related_events: vec![],
        related_anomalies: vec![],
    }
}

/// Fills in what a recommendation rests on.
pub fn relate(
    mut recommendation: Recommendation,
    effect: &Abnormal<'_>,
    inventory: &Inventory,
    changes: &[ChangeEvent],
) -> Recommendation {
    let metric = effect.metric();
    recommendation.related_anomalies = vec![RelatedAnomaly {
        resource: inventory.named(&metric.resource),
        metric: Some(RelatedMetric { namespace: metric.key.namespace.clone(), name: metric.key.name.clone() }),
    }];
    recommendation.related_events = changes
        .iter()
        .map(|event| RelatedEvent {
            name: event.name.clone(),
            resources: event.resources.iter().map(|id| inventory.named(id)).collect(),
        })
        .collect();
    recommendation
}
