//! How far apart the points of a series really are: what the folder's `period` is held to.

use crate::{GivenRole, Recorded};
use stackseer_model::{Metric, MissingPoint, Series};

/// Fewer distances than this may be multiples of something by chance.
const ENOUGH: usize = 24;

/// Seconds that divide every distance between two neighbouring points; none where there are too few to tell.
pub(crate) fn of<'a>(series: impl IntoIterator<Item = &'a Series>) -> Option<u32> {
    let mut distances = 0;
    let grain = series.into_iter().flat_map(gaps).inspect(|_| distances += 1).fold(0, gcd);
    if distances < ENOUGH { None } else { u32::try_from(grain).ok().filter(|grain| *grain > 0) }
}

fn gaps(series: &Series) -> impl Iterator<Item = u64> + '_ {
    series.0.windows(2).map(|pair| (pair[1].time.as_second() - pair[0].time.as_second()).unsigned_abs())
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The distance that nearly all points have to the one before; none where there are too few, or they come as they like.
pub(crate) fn usual(series: &Series) -> Option<u32> {
    let mut gaps: Vec<u64> = gaps(series).collect();
    gaps.sort_unstable();
    let median = *gaps.get(gaps.len() / 2)?;
    let same = gaps.iter().filter(|gap| **gap == median).count();
    let is_usual = gaps.len() >= ENOUGH && same * 10 >= gaps.len() * 9;
    if is_usual { u32::try_from(median).ok() } else { None }
}

impl Recorded {
    /// Seconds between two points of a metric that the catalogue knows, in a folder of this period.
    pub(crate) fn period_of(&self, known: &Metric, folder: u32) -> u32 {
        let usual = known.period.max(folder);
        match of([&self.series]) {
            // Kept finer than it is published: nobody need wait for the rest of a period.
            Some(grain) if grain < usual => grain.max(folder),
            // A point that is absent may be a zero of the metric's own period, but not where it means nothing.
            Some(grain) if known.missing == MissingPoint::Gap => grain.max(folder),
            _ => usual,
        }
    }

    /// The same of a metric that the folder itself describes.
    pub(crate) fn period_given(&self, given: &GivenRole, folder: u32) -> u32 {
        match of([&self.series]) {
            Some(grain) if given.missing == MissingPoint::Gap || usual(&self.series).is_some() => grain.max(folder),
            _ => folder,
        }
    }
}
