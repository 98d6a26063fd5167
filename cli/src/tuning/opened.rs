//! The same thing at several sensitivities is one thing.

use serde::Serialize;
use stackseer_model::{AnomalyType, Insight, Sensitivity, Severity, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Something that would have opened an insight.
#[derive(Debug, Serialize)]
pub struct Opened {
    /// As it is called at the lowest sensitivity that sees it.
    pub name: String,
    /// When people would have been told first.
    pub time: Timestamp,
    /// From when to when it was there.
    pub start: Timestamp,
    pub end: Timestamp,
    /// How severe, by the sensitivities at which it opens.
    pub severity: BTreeMap<&'static str, Severity>,
    /// Told to nobody, as the file asks.
    pub muted: bool,
    /// The metrics that open it, by key.
    pub symptoms: BTreeSet<String>,
}

impl Opened {
    pub fn is_at(&self, sensitivity: Sensitivity) -> bool {
        self.severity.contains_key(sensitivity.word())
    }

    pub fn is_only_at(&self, sensitivity: Sensitivity) -> bool {
        self.severity.len() == 1 && self.is_at(sensitivity)
    }

    /// Of the lowest sensitivity that sees it.
    pub fn worst(&self) -> Severity {
        let by_level = Sensitivity::ALL.iter().find_map(|level| self.severity.get(level.word()));
        by_level.copied().unwrap_or(Severity::Low)
    }

    fn new(insight: &Insight, end: Timestamp) -> Self {
        Self {
            name: insight.name.clone(),
            time: insight.open_time,
            start: insight.start_time,
            end,
            severity: BTreeMap::new(),
            muted: true,
            symptoms: symptoms(insight).collect(),
        }
    }

    /// At the same time of a metric in common.
    fn is(&self, insight: &Insight, end: Timestamp) -> bool {
        let is_then = self.start <= end && insight.start_time <= self.end;
        is_then && symptoms(insight).any(|key| self.symptoms.contains(&key))
    }

    fn seen(&mut self, level: Sensitivity, insight: &Insight) {
        self.time = self.time.min(insight.open_time);
        self.muted &= insight.handling.muted.is_some();
        let severity = self.severity.entry(level.word()).or_insert(insight.severity);
        *severity = (*severity).max(insight.severity);
    }
}

/// `found` from low to high. What goes on ends with `to`.
pub fn opened(found: &[(Sensitivity, Vec<Insight>)], to: Timestamp) -> Vec<Opened> {
    let mut all: Vec<Opened> = Vec::new();
    for (level, insights) in found {
        for insight in insights {
            let end = insight.end_time.unwrap_or(to);
            let mut same: Vec<usize> =
                all.iter().enumerate().filter(|(_, known)| known.is(insight, end)).map(|(at, _)| at).collect();
            if same.is_empty() {
                same.push(all.len());
                all.push(Opened::new(insight, end));
            }
            for at in same {
                all[at].seen(*level, insight);
            }
        }
    }
    all.sort_by(|a, b| (a.time, &a.name).cmp(&(b.time, &b.name)));
    all
}

fn symptoms(insight: &Insight) -> impl Iterator<Item = String> {
    let causal = insight.anomalies.iter().filter(|anomaly| anomaly.anomaly_type == AnomalyType::Causal);
    causal.filter_map(|anomaly| Some(anomaly.metric()?.key.to_string()))
}
