//! Every point of an anomaly scores while it lasts: it is judged by the past before the anomaly began, which a short one does
//! not become part of.

use super::ALERT;
use super::views::Views;
use crate::Point;

/// So many ordinary points in a row end an anomaly.
const QUIET: usize = 3;
/// What lasts longer is the new normal: a day, and not less than so many points.
const ACCEPTED_SECONDS: u32 = 24 * 3600;
const ACCEPTED_POINTS: usize = 100;

#[derive(Debug, Clone)]
pub struct Lasting {
    accepted: usize,
    anomaly: Option<Anomaly>,
}

#[derive(Debug, Clone)]
struct Anomaly {
    before: Views,
    /// Whether it began with a value, not with the course of several.
    of_values: bool,
    points: usize,
    quiet: usize,
}

impl Lasting {
    pub fn new(period: u32) -> Self {
        Self { accepted: ((ACCEPTED_SECONDS / period.max(1)) as usize).max(ACCEPTED_POINTS), anomaly: None }
    }

    /// What the next point is judged by.
    pub fn past<'a>(&'a self, views: &'a Views) -> &'a Views {
        self.anomaly.as_ref().map_or(views, |anomaly| &anomaly.before)
    }

    /// `views` learns every point, so that it is at hand once an anomaly turns out to be the new normal.
    pub fn score(&mut self, views: &mut Views, point: Point) -> f64 {
        let sample = self.past(views).judge(point, views.recent());
        let rarity = sample.rarity;
        let Some(anomaly) = &mut self.anomaly else {
            if rarity.total() >= ALERT {
                let before = views.clone();
                self.anomaly = Some(Anomaly { before, of_values: rarity.value >= rarity.course, points: 1, quiet: 0 });
            }
            views.learn(sample);
            return rarity.total();
        };
        views.learn(views.judge(point, views.recent()));
        let score = if anomaly.of_values { rarity.value } else { rarity.total() };
        anomaly.points += 1;
        anomaly.quiet = if score < ALERT / 2.0 { anomaly.quiet + 1 } else { 0 };
        if anomaly.quiet >= QUIET {
            // A short one is forgiven; it does not make the next one ordinary.
            if let Some(anomaly) = self.anomaly.take() {
                *views = anomaly.before;
            }
        } else if anomaly.points >= self.accepted {
            self.anomaly = None;
        }
        score
    }
}
