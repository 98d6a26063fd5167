//! A value's history in constant memory.

use std::sync::LazyLock;

const BINS: usize = 256;
const PER_UNIT: f64 = 8.0;
/// Bins that are also counted together, so that to count all below one of them takes two short sums.
const WIDTH: usize = 16;

/// Where each bin begins, and the last ends.
static EDGES: LazyLock<[f64; BINS + 1]> = LazyLock::new(|| std::array::from_fn(|bin| edge(bin as f64)));

fn edge(bin: f64) -> f64 {
    ((bin - BINS as f64 / 2.0) / PER_UNIT).sinh()
}

/// How often a value was seen, in bins that widen with the distance from the middle.
#[derive(Debug, Clone)]
pub struct Histogram {
    centre: f64,
    scale: f64,
    bins: Box<[u32; BINS]>,
    together: [u32; BINS / WIDTH],
    total: u32,
}

/// The bin of a value.
#[derive(Debug, Clone, Copy)]
pub struct Bin(u8);

impl Histogram {
    pub fn new(centre: f64, spread: f64) -> Self {
        let (bins, together) = (Box::new([0; BINS]), [0; BINS / WIDTH]);
        Self { centre, scale: 2.0 * spread, bins, together, total: 0 }
    }

    pub fn bin(&self, value: f64) -> Bin {
        let away = (value - self.centre) / self.scale;
        let begun = EDGES.partition_point(|edge| *edge <= away);
        Bin(begun.saturating_sub(1).min(BINS - 1) as u8)
    }

    pub fn add(&mut self, bin: Bin) {
        let bin = usize::from(bin.0);
        self.bins[bin] += 1;
        self.together[bin / WIDTH] += 1;
        self.total += 1;
    }

    /// Of the smaller of the two-sided tail and three times the smoothed mass around the value: what lies in a gap between two
    /// modes is as rare as what lies beyond them. 1 at most.
    pub fn share(&self, bin: Bin) -> f64 {
        let bin = usize::from(bin.0);
        let own = self.bins[bin];
        let first = bin - bin % WIDTH;
        let below = self.together[..bin / WIDTH].iter().sum::<u32>() + self.bins[first..=bin].iter().sum::<u32>();
        let tail = 2.0 * f64::from(below.min(self.total - below + own));
        // A kernel over half a unit to both sides, so that the thin end of a wide tail is not taken for a gap.
        let beside = |away: usize| {
            let of = |bin: Option<usize>| bin.and_then(|bin| self.bins.get(bin)).copied().unwrap_or(0);
            of(bin.checked_sub(away)) + of(Some(bin + away))
        };
        let mass = f64::from(3 * own + 2 * beside(1) + beside(2)) / 3.0;
        ((tail.min(mass) + 1.0) / (f64::from(self.total) + 1.0)).min(1.0)
    }

    pub fn median(&self) -> f64 {
        let middle = self.first(|below| 2 * u64::from(below) >= u64::from(self.total));
        self.centre + self.scale * edge(middle as f64 + 0.5)
    }

    /// Where all but one in two thousand lie.
    pub fn central(&self) -> (f64, f64) {
        let is_central = |beyond: u32| 2000 * u64::from(beyond) > u64::from(self.total);
        let low = self.first(is_central);
        let high = self.last(is_central);
        (self.centre + self.scale * EDGES[low], self.centre + self.scale * EDGES[high + 1])
    }

    /// The first bin with which enough lie at or below; the last where that is never so.
    fn first(&self, enough: impl Fn(u32) -> bool) -> usize {
        let mut below = 0;
        let mut block = 0;
        while block + 1 < self.together.len() && !enough(below + self.together[block]) {
            below += self.together[block];
            block += 1;
        }
        let mut is_reached = |bin: &usize| {
            below += self.bins[*bin];
            enough(below)
        };
        (block * WIDTH..BINS).find(|bin| is_reached(bin)).unwrap_or(BINS - 1)
    }

    /// The last bin with which enough lie at or above; the first where that is never so.
    fn last(&self, enough: impl Fn(u32) -> bool) -> usize {
        let mut above = 0;
        let mut block = self.together.len() - 1;
        while block > 0 && !enough(above + self.together[block]) {
            above += self.together[block];
            block -= 1;
        }
        let mut is_reached = |bin: &usize| {
            above += self.bins[*bin];
            enough(above)
        };
        (0..(block + 1) * WIDTH).rev().find(|bin| is_reached(bin)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(values: impl Iterator<Item = f64>) -> Histogram {
        let mut histogram = Histogram::new(0.0, 1.0);
        values.for_each(|value| histogram.add(histogram.bin(value)));
        histogram
    }

    #[test]
    fn what_is_counted_together_is_what_is_counted_one_by_one() {
        let histogram = filled((0..5_000).map(|i| f64::from((i * 37) % 211 - 80)));
        let count = |bins: &[u32]| bins.iter().map(|c| f64::from(*c)).sum::<f64>();
        for bin in 2..BINS - 2 {
            let tail = 2.0 * count(&histogram.bins[..=bin]).min(count(&histogram.bins[bin..]));
            let near: Vec<f64> = histogram.bins[bin - 2..=bin + 2].iter().map(|c| f64::from(*c)).collect();
            let mass = near[2] + (near[1] + near[3]) * 2.0 / 3.0 + (near[0] + near[4]) / 3.0;
            let share = ((tail.min(mass) + 1.0) / 5_001.0).min(1.0);
            assert!((histogram.share(Bin(bin as u8)) - share).abs() < 1e-12, "{bin}");
        }
        let reached = |enough: f64| (0..BINS).find(|bin| count(&histogram.bins[..=*bin]) >= enough);
        for enough in [1, 100, 2_500, 5_000] {
            assert_eq!(Some(histogram.first(|below| below >= enough)), reached(f64::from(enough)));
        }
        let reached = |enough: f64| (0..BINS).rfind(|bin| count(&histogram.bins[*bin..]) >= enough);
        for enough in [1, 100, 2_500, 5_000] {
            assert_eq!(Some(histogram.last(|above| above >= enough)), reached(f64::from(enough)));
        }
        assert_eq!((histogram.first(|_| false), histogram.last(|_| false)), (BINS - 1, 0));
    }

    #[test]
    fn bins_widen_with_the_distance_and_end_in_two_that_hold_the_rest() {
        let histogram = Histogram::new(10.0, 0.5);
        let bin = |value| histogram.bin(value).0;
        assert_eq!((bin(10.0), bin(9.999), bin(f64::NEG_INFINITY), bin(f64::INFINITY)), (128, 127, 0, 255));
        for value in [-1e6, -3.0, 9.5, 10.2, 11.0, 40.0, 1e5] {
            let expected = (value - 10.0_f64).asinh() * PER_UNIT + 128.0;
            assert_eq!(bin(value), expected.clamp(0.0, 255.0) as u8, "{value}");
        }
    }
}
