//! The way from what is felt to what caused it.

use crate::findings;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use stackseer_model::{ResourceId, Step};

/// Each resource on the shortest way, with what it shows. Empty where the topology joins them by no edge.
pub fn path(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    symptom: &ResourceId,
    cause: &ResourceId,
    reason: &str,
) -> Vec<Step> {
    let Some(from) = situation.inventory.resource(symptom) else { return vec![] };
    let evidence = |id: &ResourceId| {
        let shown = group.all().filter(|a| &a.metric().resource == id);
        match shown.max_by(|a, b| a.span.score.total_cmp(&b.span.score)) {
            _ if id == cause => reason.to_owned(),
            Some(abnormal) => findings::shown(situation, abnormal),
            None if situation.observed.iter().any(|o| &o.metric.resource == id) => {
                "nothing unusual in its own metrics".to_owned()
            }
            None => "it has no metrics of its own".to_owned(),
        }
    };
    let way = topology.path(&from.id, cause);
    way.into_iter().map(|id| Step { resource: situation.inventory.named(id), evidence: evidence(id) }).collect()
}
