//! A release that made something worse opens an insight as anything else does: what it worsened is a departure from what was
//! before it, where the usual detection, which knows two weeks of the metric, sees none.

use super::compare::bar;
use super::{Read, Releases};
use crate::lifecycle::ALONE;
use crate::{Observed, Outcome};
use stackseer_detect::{BandPoint, Detection, Direction, Point, Span};
use stackseer_model::{ChangeEvent, Measure, Metric, Role, VerdictOutcome};
use std::collections::BTreeMap;

/// After a day what is new is what is learned.
const LOOKED_AT_SECONDS: i64 = 24 * 3600;
/// What was not above it for so long is over.
const OVER_SECONDS: i64 = 15 * 60;

impl<'a> Releases<'a, '_> {
    /// What it takes to tell whether it is still worse.
    pub fn wanted_of_worse(&self, released: &[ChangeEvent]) -> Vec<&'a Metric> {
        let metrics = self.worse(released).into_iter().map(|(_, _, metric)| metric);
        metrics.flat_map(|metric| [Some(metric), self.requests_of(metric)]).flatten().collect()
    }

    /// Adds what releases made worse to what was observed.
    pub fn add_worsened(&self, released: &[ChangeEvent], read: &Read<'a>, observed: &mut [Observed]) {
        for (event, measure, metric) in self.worse(released) {
            let Some(seen) = observed.iter_mut().find(|seen| seen.metric.key == metric.key) else { continue };
            let since = event.time.as_second();
            let Some((band, span)) = self.departure(measure, metric, since, read) else { continue };
            let detection = match &mut seen.outcome {
                Outcome::Read { detection, warm } => {
                    *warm = true;
                    detection
                }
                unknown => {
                    *unknown = Outcome::Read { detection: Detection { band, ..Detection::default() }, warm: true };
                    let Outcome::Read { detection, .. } = unknown else { continue };
                    detection
                }
            };
            let meets = |s: &Span| s.direction == Direction::Up && s.end.is_none_or(|end| end > span.start);
            if detection.spans.iter().any(|s| meets(s) && !s.is_weak) {
                continue;
            }
            detection.spans.retain(|s| !meets(s));
            detection.spans.push(span);
        }
    }

    fn worse<'e>(&self, released: &'e [ChangeEvent]) -> Vec<(&'e ChangeEvent, &'e Measure, &'a Metric)> {
        let lately = |e: &&ChangeEvent| self.now.as_second() - e.time.as_second() <= LOOKED_AT_SECONDS;
        let measures = released.iter().filter(lately).flat_map(|event| {
            let measures = event.verdict.iter().flat_map(|verdict| &verdict.measures);
            measures.filter(|m| m.outcome == VerdictOutcome::Worse).map(move |measure| (event, measure))
        });
        let metric = |measure: &Measure| self.metrics.iter().find(|m| m.key == measure.metric);
        measures.filter_map(|(event, measure)| Some((event, measure, metric(measure)?))).collect()
    }

    fn departure(
        &self,
        measure: &Measure,
        metric: &'a Metric,
        since: i64,
        read: &Read<'a>,
    ) -> Option<(Vec<BandPoint>, Span)> {
        let points = |metric: &Metric| read.get(&metric.key)?.as_deref().ok();
        let worse = bar(self.rules(), metric, measure.before);
        // Of failures so many as the requests of that minute make of a share.
        let counts: Option<BTreeMap<i64, f64>> = match metric.role {
            Role::Errors => Some(points(self.requests_of(metric)?)?.iter().map(|p| (p.time, p.value)).collect()),
            _ => None,
        };
        let times = |time: i64| counts.as_ref().map_or(1.0, |counts| counts.get(&time).copied().unwrap_or_default());
        let band = points(metric)?.iter().map(|p: &Point| BandPoint {
            time: p.time,
            value: Some(p.value),
            lower: 0.0,
            expected: measure.before * times(p.time),
            upper: worse * times(p.time),
        });
        let band: Vec<BandPoint> = band.collect();
        let is_above = |p: &&BandPoint| p.time >= since && p.value.is_some_and(|v| v > 0.0 && v >= p.upper);
        let (first, last) = (band.iter().find(is_above)?.time, band.iter().rev().find(is_above)?.time);
        let period = i64::from(metric.period);
        let until = self.now.as_second() - i64::from(metric.publication_delay);
        let within: Vec<&BandPoint> = band.iter().filter(|p| (first..=last).contains(&p.time)).collect();
        let above = |p: &BandPoint| p.value.unwrap_or_default() - p.expected;
        let peak = within.iter().max_by(|a, b| above(a).total_cmp(&above(b)))?;
        let mean = |pick: &dyn Fn(&BandPoint) -> f64| within.iter().map(|p| pick(p)).sum::<f64>() / within.len() as f64;
        let span = Span {
            start: first,
            end: (until - last > OVER_SECONDS).then_some(last + period),
            peak_time: peak.time,
            peak: peak.value.unwrap_or_default(),
            expected: peak.expected,
            mean: mean(&|p| p.value.unwrap_or_default()),
            mean_expected: mean(&|p| p.expected),
            score: ALONE,
            is_weak: false,
            direction: Direction::Up,
        };
        Some((band, span))
    }
}
