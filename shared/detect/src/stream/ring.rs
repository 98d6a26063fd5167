//! A window of the last few values.

/// The last few values and their mean, in a few steps however many they are. Nothing is ever subtracted from a sum: what was
/// large would leave its rounding behind.
#[derive(Debug, Clone)]
pub struct Ring {
    values: Vec<f64>,
    size: usize,
    /// Where the oldest value is, once it is full.
    oldest: usize,
    /// Of the values before `oldest`: those that came since it was at 0.
    recent: f64,
    /// Of each value from `oldest` on, and all after it.
    from: Vec<f64>,
}

impl Ring {
    pub fn new(size: usize) -> Self {
        let empty = || Vec::with_capacity(size);
        Self { values: empty(), size, oldest: 0, recent: 0.0, from: empty() }
    }

    pub fn push(&mut self, value: f64) {
        self.recent += value;
        if self.is_full() {
            self.values[self.oldest] = value;
            self.oldest += 1;
        } else {
            self.values.push(value);
        }
        if self.oldest == self.size || (self.from.is_empty() && self.is_full()) {
            self.begin_again();
        }
    }

    fn begin_again(&mut self) {
        (self.oldest, self.recent) = (0, 0.0);
        self.from.resize(self.size, 0.0);
        let mut sum = 0.0;
        for (from, value) in self.from.iter_mut().zip(&self.values).rev() {
            sum += value;
            *from = sum;
        }
    }

    fn is_full(&self) -> bool {
        self.values.len() == self.size
    }

    /// The value that the next one pushes out.
    pub fn leaves(&self) -> Option<f64> {
        if self.is_full() { self.values.get(self.oldest).copied() } else { None }
    }

    /// Whether one more value makes it full, or it is.
    pub fn is_full_with_one(&self) -> bool {
        self.values.len() + 1 >= self.size
    }

    /// The mean as it will be once `next` is pushed.
    pub fn mean_with(&self, next: f64) -> f64 {
        let (kept, count) = match self.is_full() {
            true => (self.from.get(self.oldest + 1).copied().unwrap_or(0.0) + self.recent, self.size),
            false => (self.recent, self.values.len() + 1),
        };
        (kept + next) / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_that_of_the_last_values_whatever_was_large_before() {
        let values: Vec<f64> = (0..100).map(|i| if i == 20 { 1e15 } else { f64::from((i * 7) % 11) }).collect();
        for size in [1, 2, 7, 12] {
            let mut ring = Ring::new(size);
            for (i, value) in values.iter().enumerate() {
                let last = &values[(i + 1).saturating_sub(size)..=i];
                let mean = last.iter().sum::<f64>() / last.len() as f64;
                assert!((ring.mean_with(*value) - mean).abs() <= mean * 1e-12, "{size} {i}");
                assert_eq!(ring.leaves(), i.checked_sub(size).map(|oldest| values[oldest]), "{size} {i}");
                ring.push(*value);
            }
        }
    }
}
