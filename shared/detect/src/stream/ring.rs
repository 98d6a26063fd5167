//! A window of the last few values.

use std::collections::VecDeque;

/// The last few values and their mean.
#[derive(Debug, Clone)]
pub struct Ring {
    values: VecDeque<f64>,
    size: usize,
}

impl Ring {
    pub fn new(size: usize) -> Self {
        Self { values: VecDeque::with_capacity(size + 1), size }
    }

    pub fn push(&mut self, value: f64) {
        if self.values.len() == self.size {
            self.values.pop_front();
        }
        self.values.push_back(value);
    }

    /// The value that the next one pushes out.
    pub fn leaves(&self) -> Option<f64> {
        if self.values.len() == self.size { self.values.front().copied() } else { None }
    }

    /// Whether one more value makes it full, or it is.
    pub fn is_full_with_one(&self) -> bool {
        self.values.len() + 1 >= self.size
    }

    /// The mean as it will be once `next` is pushed.
    pub fn mean_with(&self, next: f64) -> f64 {
        let kept = self.values.iter().skip(usize::from(self.values.len() == self.size));
        let (sum, count) = kept.fold((0.0, 1.0), |(sum, count), value| (sum + value, count + 1.0));
        (sum + next) / count
    }
}
