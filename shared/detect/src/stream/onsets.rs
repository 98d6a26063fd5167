//! An anomaly is told once, by its first point.

use super::ALERT;
use super::views::Views;
use crate::Point;

/// After an alert, so many points of silence for what is not this much larger.
const SILENCE: usize = 100;
const LARGER: f64 = 1.5;

#[derive(Debug, Clone, Default)]
pub struct Onsets {
    silent: usize,
    told: f64,
}

impl Onsets {
    pub fn score(&mut self, views: &mut Views, point: Point) -> f64 {
        let sample = views.judge(point, views.recent());
        views.learn(sample);
        self.tell_once(sample.rarity.total())
    }

    fn tell_once(&mut self, score: f64) -> f64 {
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
