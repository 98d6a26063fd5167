//! The history of what is rarely anything but zero, in constant memory.

/// The upper tail of a positive number's history, by powers of two.
#[derive(Debug, Clone)]
pub struct Octaves {
    counts: [u32; 64],
    total: u32,
    /// The largest seen; what counts as a record at first.
    record: f64,
}

impl Octaves {
    pub fn new(record: f64) -> Self {
        Self { counts: [0; 64], total: 0, record }
    }

    /// Bin 0 is zero; each further bin doubles, from 2⁻²⁰ on.
    fn bin(value: f64) -> usize {
        // The exponent's bits, biased by 1023.
        let exponent = (value.to_bits() >> 52) as i64 - 1023;
        if value <= 0.0 { 0 } else { (exponent + 21).clamp(1, 63) as usize }
    }

    pub fn add(&mut self, value: f64) {
        self.counts[Self::bin(value)] += 1;
        self.total += 1;
        self.record = self.record.max(value);
    }

    /// Of what is at least as large; each octave beyond the record halves it once more.
    pub fn share(&self, value: f64) -> f64 {
        let bin = Self::bin(value);
        if bin == 0 || self.total == 0 {
            return 1.0;
        }
        let above: u32 = self.counts[bin..].iter().sum();
        (f64::from(above) + 1.0) / (f64::from(self.total) + 1.0) * (self.record / value).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_octaves() {
        let bin = |value: f64| if value > 0.0 { (value.log2() + 21.0).clamp(1.0, 63.0) as usize } else { 0 };
        for value in [0.0, -1.0, 1e-300, 1e-9, 0.3, 1.0, 1.5, 2.0, 1e6, 1e300, f64::INFINITY] {
            assert_eq!(Octaves::bin(value), bin(value), "{value}");
        }
    }

    #[test]
    fn twice_the_record_is_half_as_likely() {
        let mut octaves = Octaves::new(1.0);
        (1..100).for_each(|i| octaves.add(f64::from(i)));
        assert!((octaves.share(99.0) / octaves.share(198.0) - 2.0 * 37.0).abs() < 1e-9);
        assert_eq!(octaves.share(0.0), 1.0);
    }
}
