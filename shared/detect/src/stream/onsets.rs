//! An anomaly is told once, by its first point.

use super::ALERT;
use super::views::Sample;

/// After an alert, so many points of silence, if five minutes apart, for what is not this much larger.
pub const SILENCE: f64 = 100.0;
const LARGER: f64 = 1.5;

#[derive(Debug, Clone)]
pub struct Onsets {
    silence: usize,
    silent: usize,
    told: f64,
}

impl Onsets {
    pub fn new(pace: f64) -> Self {
        Self { silence: (SILENCE / pace) as usize, silent: 0, told: 0.0 }
    }

    /// The sample's score where it begins an anomaly or tells nothing yet; 0 within one that was told.
    pub fn score(&mut self, sample: Sample) -> f64 {
        let score = sample.rarity.total();
        if self.silent > 0 {
            self.silent -= 1;
            if score < self.told * LARGER {
                return 0.0;
            }
        }
        if score >= ALERT {
            self.silent = self.silence;
            self.told = score;
        }
        score
    }
}
