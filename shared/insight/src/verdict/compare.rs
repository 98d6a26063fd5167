//! Two stretches of one measure.

use stackseer_catalog::VerdictRules;
use stackseer_detect::Point;
use stackseer_model::{Metric, Role, VerdictOutcome};
use std::collections::BTreeMap;

/// Failures among requests.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    pub failed: f64,
    pub requests: f64,
}

impl Share {
    pub fn of(self) -> f64 {
        if self.requests > 0.0 { self.failed / self.requests } else { 0.0 }
    }
}

/// The level of the measure from which it is worse than `before`; of what counts failures a share.
pub fn bar(rules: &VerdictRules, metric: &Metric, before: f64) -> f64 {
    match metric.role {
        Role::Errors => (before + rules.error_share).max(before * rules.error_ratio),
        Role::Latency => (before * rules.latency_ratio).max(before + metric.least),
        _ => (before + metric.least).max(metric.harms.unwrap_or(f64::MIN)),
    }
}

pub fn levels(rules: &VerdictRules, metric: &Metric, before: f64, after: f64) -> VerdictOutcome {
    outcome(after >= bar(rules, metric, before), before >= bar(rules, metric, after))
}

/// With more failures than chance makes.
pub fn shares(rules: &VerdictRules, metric: &Metric, before: Share, after: Share) -> VerdictOutcome {
    let more = |a: Share, b: Share| {
        b.failed >= metric.least && b.of() >= bar(rules, metric, a.of()) && deviations(a, b) >= rules.error_deviations
    };
    outcome(more(before, after), more(after, before))
}

fn outcome(worse: bool, better: bool) -> VerdictOutcome {
    match (worse, better) {
        (true, _) => VerdictOutcome::Worse,
        (_, true) => VerdictOutcome::Better,
        _ => VerdictOutcome::Same,
    }
}

/// How many standard deviations apart two shares of one and the same are.
fn deviations(a: Share, b: Share) -> f64 {
    let pooled = (a.failed + b.failed) / (a.requests + b.requests);
    let spread = (pooled * (1.0 - pooled) * (1.0 / a.requests + 1.0 / b.requests)).sqrt();
    if spread > 0.0 { (b.of() - a.of()).abs() / spread } else { 0.0 }
}

/// The middle of the values, each counted as often as there were requests in its minute: what most requests met, however slow the
/// first of a new version were.
pub fn middle(points: &[Point], requests: Option<&[Point]>) -> Option<f64> {
    let weights: BTreeMap<i64, f64> = requests.into_iter().flatten().map(|p| (p.time, p.value)).collect();
    let weight = |p: &Point| if requests.is_some() { weights.get(&p.time).copied().unwrap_or_default() } else { 1.0 };
    let mut values: Vec<(f64, f64)> = points.iter().map(|p| (p.value, weight(p))).filter(|(_, w)| *w > 0.0).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    values.into_iter().find_map(|(value, weight)| {
        sum += weight;
        (sum >= half).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(minute: i64, value: f64) -> Point {
        Point { time: minute * 60, value }
    }

    #[test]
    fn the_middle_is_what_most_requests_met() {
        let slow_start = [point(0, 900.0), point(1, 200.0), point(2, 210.0)];
        assert_eq!(middle(&slow_start, None), Some(210.0));
        let requests = [point(0, 5.0), point(1, 80.0), point(2, 40.0)];
        assert_eq!(middle(&slow_start, Some(&requests)), Some(200.0));
        assert_eq!(middle(&slow_start, Some(&[])), None, "nobody asked");
        assert_eq!(middle(&[], None), None);
    }

    #[test]
    fn chance_is_measured_by_the_requests() {
        let share = |failed, requests| Share { failed, requests };
        assert!(deviations(share(10.0, 1000.0), share(100.0, 1000.0)) > 8.0);
        assert!(deviations(share(10.0, 1000.0), share(3.0, 100.0)) < 2.0);
        assert_eq!(deviations(share(0.0, 1000.0), share(0.0, 100.0)), 0.0);
    }
}
