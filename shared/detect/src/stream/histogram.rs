//! A value's history in constant memory.

/// Bins to either side that count for the mass around a value.
const KERNEL: i64 = 2;

/// How often a value was seen, in bins that widen with the distance from the middle.
#[derive(Debug, Clone)]
pub struct Histogram {
    centre: f64,
    scale: f64,
    bins: Box<[u32; Self::BINS]>,
    total: f64,
}

impl Histogram {
    const BINS: usize = 256;
    const PER_UNIT: f64 = 8.0;

    pub fn new(centre: f64, spread: f64) -> Self {
        Self { centre, scale: 2.0 * spread, bins: Box::new([0; Self::BINS]), total: 0.0 }
    }

    fn bin(&self, value: f64) -> usize {
        let position = ((value - self.centre) / self.scale).asinh() * Self::PER_UNIT + Self::BINS as f64 / 2.0;
        position.clamp(0.0, Self::BINS as f64 - 1.0) as usize
    }

    fn value(&self, bin: f64) -> f64 {
        self.centre + self.scale * ((bin - Self::BINS as f64 / 2.0) / Self::PER_UNIT).sinh()
    }

    pub fn add(&mut self, value: f64) {
        self.bins[self.bin(value)] += 1;
        self.total += 1.0;
    }

    /// −log10 of the smaller of the two-sided tail and three times the smoothed mass around the value: what lies in a gap
    /// between two modes is as rare as what lies beyond them.
    pub fn rarity(&self, value: f64) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        let bin = self.bin(value);
        let below: f64 = self.bins[..=bin].iter().map(|c| f64::from(*c)).sum();
        let above = self.total - below + f64::from(self.bins[bin]);
        let tail = 2.0 * below.min(above);
        // A kernel over half a unit to both sides, so that the thin end of a wide tail is not taken for a gap.
        let mass: f64 = (-KERNEL..=KERNEL)
            .filter_map(|offset| {
                self.bins.get(usize::try_from(bin as i64 + offset).ok()?).map(|c| (offset, f64::from(*c)))
            })
            .map(|(offset, count)| count * (1.0 - offset.abs() as f64 / (KERNEL + 1) as f64))
            .sum();
        let p = (tail.min(mass) + 1.0) / (self.total + 1.0);
        -p.min(1.0).log10()
    }

    pub fn median(&self) -> f64 {
        let mut count = 0.0;
        let half = |bin: &usize| {
            count += f64::from(self.bins[*bin]);
            count >= self.total / 2.0
        };
        self.value((0..Self::BINS).find(half).unwrap_or(Self::BINS / 2) as f64 + 0.5)
    }

    /// Where all but one in two thousand lie.
    pub fn central(&self) -> (f64, f64) {
        let rare = self.total / 2000.0;
        let mut count = 0.0;
        let mut low = 0;
        while low + 1 < Self::BINS && count + f64::from(self.bins[low]) <= rare {
            count += f64::from(self.bins[low]);
            low += 1;
        }
        count = 0.0;
        let mut high = Self::BINS - 1;
        while high > 0 && count + f64::from(self.bins[high]) <= rare {
            count += f64::from(self.bins[high]);
            high -= 1;
        }
        (self.value(low as f64), self.value(high as f64 + 1.0))
    }
}
