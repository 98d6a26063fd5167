//! How what was called answered within a minute.

use crate::random::Dice;

/// So many times stand for all of a minute.
pub const DRAWN: usize = 48;

#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Times of what succeeded, drawn by chance, in milliseconds; none: nothing was asked.
    pub times: Vec<f32>,
    /// Share that failed, and after how long.
    pub fail: f64,
    pub fail_ms: f64,
}

impl Answer {
    pub fn around(dice: &mut Dice, calls: f64, mean_ms: f64, variation: f64) -> Self {
        let drawn = (calls.ceil() as usize).min(DRAWN);
        Self { times: (0..drawn).map(|_| dice.time(mean_ms, variation) as f32).collect(), fail: 0.0, fail_ms: mean_ms }
    }

    pub fn failing(self, fail: f64, fail_ms: f64) -> Self {
        Self { fail: fail.clamp(0.0, 1.0), fail_ms, ..self }
    }

    pub fn draw(&self, dice: &mut Dice) -> f64 {
        self.times.get(dice.below(self.times.len())).map_or(self.fail_ms, |t| f64::from(*t))
    }

    pub fn mean(&self) -> f64 {
        if self.times.is_empty() {
            return self.fail_ms;
        }
        self.times.iter().map(|t| f64::from(*t)).sum::<f64>() / self.times.len() as f64
    }
}
