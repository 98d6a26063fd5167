//! An anomaly is told once, by its first point.

use super::ALERT;
use super::views::Sample;

/// After an alert, so many points of silence for what is not this much larger.
const SILENCE: usize = 100;
const LARGER: f64 = 1.5;

#[derive(Debug, Clone, Default)]
pub struct Onsets {
    silent: usize,
    told: f64,
}

impl Onsets {
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
            self.silent = SILENCE;
            self.told = score;
        }
        score
    }
}
