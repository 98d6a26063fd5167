//! History → baseline. Two passes: the profile, then how far the history itself departed, persistently, from a profile that
//! had not seen the day it is judged on.

use crate::collapse::{self, Collapses};
use crate::counts::Counts;
use crate::persistence::Grain;
use crate::profile;
use crate::scale::Scale;
use crate::series::{align, median, regular};
use crate::silence::{self, Silences};
use crate::spread::Spread;
use crate::tail::{Joint, Tail};
use crate::{Bad, Baseline, Kind, Missing, Point, Settings};

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

/// Fewer periods than this have a point: points are counted, not periods.
const FEW_POINTS: f64 = 0.5;
/// Of what runs regularly, and no more often, each run is judged by itself.
const RUNS_SECONDS: i64 = 1800;

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
    let present = present(settings, &values);
    let is_regular = silence::wait(&present).is_some_and(|wait| wait * period as f64 >= RUNS_SECONDS as f64);
    let learned =
        Learned { settings, kind, scale, start, period, values: &values, grain: grain(settings, &present, is_regular) };
    let silences = if settings.missing == Missing::Zero && settings.bad == Bad::Up {
        Silences::fit(&[], start, period)
    } else {
        Silences::fit(&present, start, period)
    };
    let mut came: Vec<f64> = present.iter().zip(&values).filter(|(p, _)| **p).filter_map(|(_, v)| *v).collect();
    let fitted = if kind == Kind::Sparse { learned.sparse() } else { learned.dense() };
    Baseline {
        settings: settings.clone(),
        kind,
        scale,
        profile: fitted.profile,
        drift: fitted.drift as f32,
        spread: fitted.spread,
        up: fitted.up,
        down: fitted.down,
        grain: learned.grain,
        counts: fitted.counts,
        silences,
        collapses: fitted.collapses,
        is_regular,
        typical: median(&mut came).unwrap_or(0.0) as f32,
        points: known.len() as u64,
        seconds: if known.is_empty() { 0 } else { until - start },
    }
}

/// Whether something came in each period.
pub fn present(settings: &Settings, values: &[Option<f64>]) -> Vec<bool> {
    let counts = settings.missing == Missing::Zero;
    values.iter().map(|value| value.is_some_and(|v| !counts || v > 0.0)).collect()
}

fn grain(settings: &Settings, present: &[bool], is_regular: bool) -> Grain {
    let came = present.iter().filter(|p| **p).count() as f64;
    match settings.missing {
        Missing::Gap if came >= FEW_POINTS * present.len() as f64 => Grain::Periods,
        Missing::Gap if is_regular => Grain::Runs,
        Missing::Gap => Grain::Points,
        Missing::Zero => Grain::Periods,
    }
}

struct Fitted {
    profile: profile::Profile,
    drift: f64,
    spread: Spread,
    up: Joint,
    down: Joint,
    counts: Option<Counts>,
    collapses: Option<Collapses>,
}

struct Learned<'a> {
    settings: &'a Settings,
    grain: Grain,
    kind: Kind,
    scale: Scale,
    start: i64,
    period: i64,
    values: &'a [Option<f64>],
}

impl Learned<'_> {
    fn sparse(&self) -> Fitted {
        let counts = self.counts(None);
        let fitted = profile::fit(&[Some(self.scale.apply(counts.mean()))], self.start, self.period);
        // Events are judged by their sums.
        let none = || Joint { together: Tail::fit(&mut [], 1.0), single: Tail::fit(&mut [], 1.0) };
        Fitted {
            profile: fitted.profile,
            drift: 0.0,
            spread: Spread::one(),
            up: none(),
            down: none(),
            counts: Some(counts),
            collapses: None,
        }
    }

    /// From a history without its worst episodes.
    fn counts(&self, expected: Option<&[f64]>) -> Counts {
        let (_, n) = self.settings.persistence();
        let excess = |slot: usize| Some(self.values[slot]? - expected.map_or(0.0, |e| e[slot]));
        let sums: Vec<Option<f64>> = (0..self.values.len())
            .map(|slot| (slot.saturating_sub(n - 1)..=slot).filter_map(excess).reduce(|a, b| a + b))
            .collect();
        let ordinary = self.without_worst(&sums);
        let kept: Vec<Option<f64>> = self.values.iter().zip(ordinary).map(|(v, o)| o.and(*v)).collect();
        Counts::fit(&kept, expected, self.period)
    }

    fn dense(&self) -> Fitted {
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
        let persistence = self.grain.persistence(self.settings);
        let joint = |departures: &[Option<f64>]| Joint {
            together: self.tail(&self.grain.persistent(departures, persistence), Spread::TAIL),
            single: self.tail(departures, Spread::TAIL),
        };
        let downwards: Vec<Option<f64>> = residuals.iter().map(|r| r.map(|r| -r)).collect();
        let (up, down) = (joint(&residuals), joint(&downwards));
        let (mut counts, mut collapses) = (None, None);
        if self.kind == Kind::Count {
            let expected =
                |slot: usize| self.scale.undo(fitted.expected_unseen(self.start + slot as i64 * self.period));
            let expected: Vec<f64> = (0..self.values.len()).map(expected).collect();
            counts = Some(self.counts(Some(&expected)));
            collapses = self.collapses(&expected);
        }
        Fitted { profile: fitted.profile, drift, spread: spread_of_hours, up, down, counts, collapses }
    }

    /// Of what harms by its absence.
    fn collapses(&self, expected: &[f64]) -> Option<Collapses> {
        let is_missed = self.settings.missing == Missing::Zero && self.settings.bad != Bad::Up;
        is_missed.then(|| {
            let falls = collapse::falls(self.values, expected, self.period);
            Collapses::new(self.tail(&falls, collapse::FLOOR))
        })
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
        let mut kept: Vec<f64> = self.without_worst(values).into_iter().flatten().collect();
        Tail::fit(&mut kept, floor)
    }

    fn without_worst(&self, values: &[Option<f64>]) -> Vec<Option<f64>> {
        let history = values.len() as i64 * self.period;
        let forgiven = if history < DAY { 0 } else { (history / FORGIVE_ONE_IN).max(1) };
        let mut kept = values.to_vec();
        for _ in 0..forgiven {
            for slot in self.worst_episode(&kept) {
                kept[slot] = None;
            }
        }
        kept
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
