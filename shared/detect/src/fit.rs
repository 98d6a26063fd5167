//! History → baseline. Two passes: the profile, then how far the history itself departed, persistently, from a profile that
//! had not seen the day it is judged on.

use crate::persistence::{persistent, sums};
use crate::profile;
use crate::scale::Scale;
use crate::series::{align, median, regular};
use crate::spread::Spread;
use crate::tail::{Joint, Tail};
use crate::{Baseline, Kind, Missing, Point, Settings};

const DAY: i64 = 24 * 3600;
/// A count that is zero this often is handled as sparse, and what should be sparse but is zero less often as a count.
const SPARSE_ZEROS: f64 = 0.8;
const COUNT_ZEROS: f64 = 0.5;
/// Share of a day's departure from the profile that the next day is expected to start with: a shift that stays is three
/// quarters accepted after two days.
const DRIFT_GAIN: f64 = 0.5;
/// The worst episode of every such stretch of history, and of a shorter one from a day on, is left out: last week's incident
/// must not make the next one look ordinary.
const FORGIVE_ONE_IN: i64 = 7 * DAY;
/// An episode goes on while it comes back to half its worst within the hour, for half a day at most.
const EPISODE_GAP: i64 = 3600;
const EPISODE_MOST: i64 = DAY / 2;

/// Learns from the points in `from..until`, in any order.
pub fn fit(settings: &Settings, history: &[Point], from: i64, until: i64) -> Baseline {
    let period = i64::from(settings.period.max(1));
    let first =
        history.iter().filter(|p| p.value.is_finite() && p.time >= from && p.time < until).map(|p| p.time).min();
    // Before its first point a resource may not have existed; only what is usually absent was truly zero.
    let start = match (settings.kind, settings.missing, first) {
        (Kind::Sparse, Missing::Zero, _) | (_, _, None) => from,
        (_, _, Some(first)) => first,
    };
    let (start, until) = (align(start, period), align(until, period));
    let values = match (first, settings.missing) {
        (None, Missing::Gap) => vec![],
        _ => regular(history, period, settings.missing, start, until),
    };
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let zeros = known.iter().filter(|v| **v == 0.0).count() as f64 / known.len() as f64;
    let kind = match settings.kind {
        Kind::Count if zeros >= SPARSE_ZEROS => Kind::Sparse,
        Kind::Sparse if zeros < COUNT_ZEROS => Kind::Count,
        kind => kind,
    };
    let centre = median(&mut known.clone()).unwrap_or(0.0);
    let scale = Scale::of(kind, centre);
    let learned = Learned { settings, kind, scale, start, period, values: &values };
    let (profile, drift, spread, up, down) = if kind == Kind::Sparse { learned.sparse() } else { learned.dense() };
    Baseline {
        settings: settings.clone(),
        kind,
        scale,
        profile,
        drift: drift as f32,
        spread,
        up,
        down,
        points: known.len() as u64,
        seconds: if known.is_empty() { 0 } else { until - start },
    }
}

struct Learned<'a> {
    settings: &'a Settings,
    kind: Kind,
    scale: Scale,
    start: i64,
    period: i64,
    values: &'a [Option<f64>],
}

impl Learned<'_> {
    fn sparse(&self) -> (profile::Profile, f64, Spread, Joint, Joint) {
        let known: Vec<f64> = self.values.iter().flatten().copied().collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let constant = vec![Some(self.scale.apply(mean)); 1];
        let fitted = profile::fit(&constant, self.start, self.period);
        let (_, n) = self.settings.persistence();
        let floor = self.scale.floor(self.kind, mean, 0.0, self.settings.least);
        let summed: Vec<Option<f64>> = sums(self.values, n).map(|s| s.map(|s| self.scale.apply(s))).collect();
        let alone = |tail: Tail| Joint { together: tail, single: None };
        let up = alone(self.tail(&summed, floor));
        // Fewer than usually none is no departure.
        (fitted.profile, 0.0, Spread::one(), up, alone(Tail::fit(&mut [], f64::from(f32::MAX))))
    }

    fn dense(&self) -> (profile::Profile, f64, Spread, Joint, Joint) {
        let scaled: Vec<Option<f64>> = self.values.iter().map(|v| v.map(|v| self.scale.apply(v))).collect();
        let fitted = profile::fit(&scaled, self.start, self.period);
        let mut residuals: Vec<Option<f64>> = scaled
            .iter()
            .enumerate()
            .map(|(i, v)| v.map(|v| v - fitted.expected_unseen(self.start + i as i64 * self.period)))
            .collect();
        let drift = self.follow_drift(&mut residuals);

        let mut levels: Vec<f64> = scaled.iter().flatten().copied().collect();
        let level = median(&mut levels).unwrap_or(0.0);
        let mut absolute: Vec<f64> = residuals.iter().flatten().map(|r| r.abs()).collect();
        let spread = median(&mut absolute).unwrap_or(0.0);
        let floor = self.scale.floor(self.kind, level, spread, self.settings.least);

        let spread_of_hours = Spread::fit(&residuals, self.start, self.period, floor);
        for (i, residual) in residuals.iter_mut().enumerate() {
            *residual = residual.map(|r| r / spread_of_hours.at(self.start + i as i64 * self.period));
        }
        let (m, n) = self.settings.persistence();
        let joint = |departures: &[Option<f64>]| Joint {
            together: self.tail(&persistent(departures, m, n).collect::<Vec<_>>(), Spread::TAIL),
            single: Some(self.tail(departures, Spread::TAIL)),
        };
        let downwards: Vec<Option<f64>> = residuals.iter().map(|r| r.map(|r| -r)).collect();
        let (up, down) = (joint(&residuals), joint(&downwards));
        (fitted.profile, drift, spread_of_hours, up, down)
    }

    /// Takes from each day what the days before it already departed, as a watch on that day would have; returns what the
    /// next day starts with.
    fn follow_drift(&self, residuals: &mut [Option<f64>]) -> f64 {
        let mut drift = 0.0;
        for day in self.days() {
            let mut departures: Vec<f64> = residuals[day.clone()].iter().flatten().copied().collect();
            let enough = departures.len() as i64 * self.period >= DAY / 4;
            let departed = median(&mut departures);
            for residual in residuals[day].iter_mut().flatten() {
                *residual -= drift;
            }
            if let (Some(departed), true) = (departed, enough) {
                drift += DRIFT_GAIN * (departed - drift);
            }
        }
        drift
    }

    /// Slots of each day.
    fn days(&self) -> Vec<std::ops::Range<usize>> {
        let day_of = |slot: usize| (self.start + slot as i64 * self.period).div_euclid(DAY);
        let mut days: Vec<std::ops::Range<usize>> = Vec::new();
        for slot in 0..self.values.len() {
            match days.last_mut() {
                Some(day) if day_of(day.start) == day_of(slot) => day.end = slot + 1,
                _ => days.push(slot..slot + 1),
            }
        }
        days
    }

    fn tail(&self, values: &[Option<f64>], floor: f64) -> Tail {
        let history = values.len() as i64 * self.period;
        let forgiven = if history < DAY { 0 } else { (history / FORGIVE_ONE_IN).max(1) };
        let mut kept = values.to_vec();
        for _ in 0..forgiven {
            for slot in self.worst_episode(&kept) {
                kept[slot] = None;
            }
        }
        let mut kept: Vec<f64> = kept.into_iter().flatten().collect();
        Tail::fit(&mut kept, floor)
    }

    fn worst_episode(&self, values: &[Option<f64>]) -> std::ops::Range<usize> {
        let worst = values.iter().enumerate().filter_map(|(i, v)| Some((i, (*v)?))).max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, most)) = worst.filter(|(_, most)| *most > 0.0) else { return 0..0 };
        let (gap, longest) = ((EPISODE_GAP / self.period).max(1) as usize, (EPISODE_MOST / self.period) as usize);
        let bad = |slot: usize| values[slot].is_some_and(|v| v >= most / 2.0);
        let (mut first, mut last) = (at, at);
        for slot in (at.saturating_sub(longest)..at).rev() {
            if first - slot > gap {
                break;
            }
            if bad(slot) {
                first = slot;
            }
        }
        for slot in at + 1..values.len().min(at + longest) {
            if slot - last > gap {
                break;
            }
            if bad(slot) {
                last = slot;
            }
        }
        // Its edges belong to it.
        first.saturating_sub(gap / 4)..(last + gap / 4 + 1).min(values.len())
    }
}
