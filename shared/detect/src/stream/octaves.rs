//! The history of what is rarely anything but zero, in constant memory.

/// The upper tail of a positive number's history, by powers of two.
#[derive(Debug, Clone)]
pub struct Octaves {
    counts: [u32; 64],
    total: f64,
    /// The largest seen; what counts as a record at first.
    record: f64,
}

impl Octaves {
    pub fn new(record: f64) -> Self {
        Self { counts: [0; 64], total: 0.0, record }
    }

    /// Bin 0 is zero; each further bin doubles, from 2⁻²⁰ on.
    fn bin(value: f64) -> usize {
        if value <= 0.0 { 0 } else { (value.log2() + 21.0).clamp(1.0, 63.0) as usize }
    }

    pub fn add(&mut self, value: f64) {
        self.counts[Self::bin(value)] += 1;
        self.total += 1.0;
        self.record = self.record.max(value);
    }

    /// −log10 of the share at least as large; each octave beyond the record halves it once more.
    pub fn rarity(&self, value: f64) -> f64 {
        let bin = Self::bin(value);
        if bin == 0 || self.total == 0.0 {
            return 0.0;
        }
        let above: f64 = self.counts[bin..].iter().map(|c| f64::from(*c)).sum();
        let octaves = (value / self.record).log2().max(0.0);
        (self.total + 1.0).log10() - (above + 1.0).log10() + octaves * 2f64.log10()
    }
}
