//! What a release did: half an hour after it, beside the time before. Pure as the rest: the same points give the same verdict,
//! whoever asks and however late.

mod compare;
mod resource;
mod worsened;

use crate::topology::Topology;
use stackseer_catalog::{Catalog, VerdictRules};
use stackseer_detect::Point;
use stackseer_model::{
    ChangeEvent, EventClass, Inventory, Metric, MetricKey, ResourceId, Role, Timestamp, Unseen, Verdict, VerdictOutcome,
};
use std::collections::BTreeMap;

/// What was read, by metric.
pub type Read<'a> = BTreeMap<&'a MetricKey, Result<Vec<Point>, Unseen>>;

/// The releases of an application, and what is known to judge them by.
#[derive(Clone, Copy)]
pub struct Releases<'a, 'e> {
    pub catalog: &'a Catalog,
    pub inventory: &'a Inventory,
    pub metrics: &'a [Metric],
    pub events: &'e [ChangeEvent],
    /// Where what is read begins; it ends at `now`.
    pub window_start: Timestamp,
    pub now: Timestamp,
}

/// What could not be read is tried again for so long.
const TRIED_SECONDS: i64 = 30 * 60;

impl<'a, 'e> Releases<'a, 'e> {
    /// Those that are to be judged now: not yet judged, and all that it takes is published.
    pub fn due(&self) -> Vec<&'e ChangeEvent> {
        let is_due = |event: &&ChangeEvent| {
            let delay = self.wanted(event).iter().map(|m| m.publication_delay.max(m.period)).max().unwrap_or_default();
            let last = event.resources.iter().map(|id| self.run(event, id).1).max().unwrap_or(event.time.as_second());
            let after = i64::from(self.rules().after_minutes) * 60;
            is_release(event) && event.verdict.is_none() && self.now.as_second() >= last + after + i64::from(delay)
        };
        self.events.iter().filter(is_due).collect()
    }

    /// What it takes to judge the release.
    pub fn wanted(&self, event: &ChangeEvent) -> Vec<&'a Metric> {
        self.judged(event).iter().flat_map(|id| resource::wanted(self, id)).collect()
    }

    /// By what it did to the one of its resources that it did most to. None: something can't be read just now.
    pub fn judge(&self, event: &ChangeEvent, read: &Read<'a>) -> Option<Verdict> {
        let judged = self.judged(event);
        let trials: Vec<resource::Trial> = judged.iter().map(|id| resource::judge(self, event, id, read)).collect();
        let may_pass = self.now.as_second() - self.last(event) < self.after_seconds() + TRIED_SECONDS;
        if may_pass && trials.iter().any(|trial| trial.unread && trial.outcome != VerdictOutcome::Worse) {
            return None;
        }
        let Some(most) = trials.into_iter().max_by(|a, b| {
            (a.outcome, a.requests).partial_cmp(&(b.outcome, b.requests)).unwrap_or(std::cmp::Ordering::Equal)
        }) else {
            let said = "not judged: no metric of what it changed tells requests, latency or memory".to_owned();
            return Some(Verdict { outcome: VerdictOutcome::NotJudged, said, measures: vec![] });
        };
        let on = if event.resources.len() > 1 { format!(" on {}", most.name) } else { String::new() };
        let after = format!("{} min after", most.minutes);
        let said = match most.outcome {
            VerdictOutcome::NotJudged => format!("not judged{on}: {}", most.said),
            VerdictOutcome::Same => format!("no worse{on} {after}: {}", most.said),
            VerdictOutcome::Better => format!("better{on} {after}: {}", most.said),
            VerdictOutcome::Worse => format!("worse{on} {after}: {}", most.said),
        };
        Some(Verdict { outcome: most.outcome, said, measures: most.measures })
    }

    fn rules(&self) -> &'a VerdictRules {
        self.catalog.verdict()
    }

    fn after_seconds(&self) -> i64 {
        i64::from(self.rules().after_minutes) * 60
    }

    /// Those of its resources that have something to judge by; of many only front doors.
    fn judged(&self, event: &ChangeEvent) -> Vec<&'a ResourceId> {
        let known = self.inventory.resources.iter().map(|r| &r.id).filter(|id| event.resources.contains(*id));
        let mut judged: Vec<&'a ResourceId> = known.filter(|id| !resource::wanted(self, id).is_empty()).collect();
        if judged.len() > self.rules().most_resources {
            let topology = Topology::new(self.inventory);
            judged.retain(|id| topology.is_at_front(id));
            judged.truncate(self.rules().most_resources);
        }
        judged
    }

    /// When the first and the last record of that release of the resource were made.
    fn run(&self, event: &ChangeEvent, resource: &ResourceId) -> (i64, i64) {
        let runs = self.runs(resource);
        let at = event.time.as_second();
        runs.into_iter().find(|(first, last)| (*first..=*last).contains(&at)).unwrap_or((at, at))
    }

    /// The releases of a resource, in order: records near to each other are one.
    fn runs(&self, resource: &ResourceId) -> Vec<(i64, i64)> {
        let records = self.events.iter().filter(|e| is_release(e) && e.resources.contains(resource));
        let mut times: Vec<i64> = records.map(|e| e.time.as_second()).collect();
        times.sort_unstable();
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for time in times {
            match runs.last_mut().filter(|(_, last)| time - *last <= i64::from(self.rules().least_minutes) * 60) {
                Some((_, last)) => *last = time,
                None => runs.push((time, time)),
            }
        }
        runs
    }

    fn last(&self, event: &ChangeEvent) -> i64 {
        let ends = event.resources.iter().map(|id| self.run(event, id).1);
        ends.max().unwrap_or(event.time.as_second())
    }

    /// The metric that counts the requests out of which this one's events come.
    fn requests_of(&self, metric: &Metric) -> Option<&'a Metric> {
        let name = metric.out_of.as_ref()?;
        self.metrics.iter().find(|other| {
            other.key.name == *name
                && other.resource == metric.resource
                && other.key.dimensions == metric.key.dimensions
                && is_count(other)
        })
    }
}

pub fn is_release(event: &ChangeEvent) -> bool {
    event.class == EventClass::Deployment
}

fn is_count(metric: &Metric) -> bool {
    metric.role == Role::Traffic && matches!(metric.key.statistic.as_str(), "Sum" | "SampleCount")
}
