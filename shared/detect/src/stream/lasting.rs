//! Every point of an anomaly scores while it lasts: as its first did, in proportion to how far the point is still away from what
//! was usual before.

use super::ALERT;
use super::onsets::{Onsets, SILENCE};
use super::views::{Lead, Past, Sample, Views};
use crate::Point;

/// What lasts longer than a day, or than so many points where they are rarer, is the new normal; so is what lasts longer than
/// this share of all that was seen before.
const ACCEPTED_SECONDS: u32 = 24 * 3600;
const ACCEPTED_POINTS: usize = 24;
const ACCEPTED_SHARE: f64 = 1.0 / 3.0;
/// Nearer to the usual than this share of the first departure, or of the way to the band's limit, a point is ordinary again.
const NEAR: f64 = 0.5;
/// From this share of the first departure on, a point is as far away as the first.
const AS_FAR: f64 = 0.75;

#[derive(Debug, Clone)]
pub struct Lasting {
    a_day: usize,
    /// So many ordinary points in a row end an anomaly.
    quiet: usize,
    onsets: Onsets,
    anomaly: Option<Box<Anomaly>>,
}

#[derive(Debug, Clone)]
struct Anomaly {
    before: Past,
    lead: Lead,
    score: f64,
    departure: f64,
    points_left: usize,
    quiet: usize,
}

impl Lasting {
    pub fn new(period: u32, pace: f64) -> Self {
        Self {
            a_day: ((ACCEPTED_SECONDS / period.max(1)) as usize).max(ACCEPTED_POINTS),
            quiet: (SILENCE / pace) as usize,
            onsets: Onsets::new(pace),
            anomaly: None,
        }
    }

    /// What the band is drawn from: it does not follow an anomaly.
    pub fn past(&self) -> Option<&Past> {
        self.anomaly.as_ref().map(|anomaly| &anomaly.before)
    }

    pub fn score(&mut self, views: &mut Views, point: Point) -> f64 {
        let before = views.seen();
        let sample = views.judge(point);
        let onset = self.onsets.score(sample);
        let onset = if self.takes_over(sample) { sample.rarity.total() } else { onset };
        if onset >= ALERT {
            let past = self.anomaly.take().map_or_else(|| views.past(), |anomaly| anomaly.before);
            let points_left = self.a_day.min((before as f64 * ACCEPTED_SHARE) as usize);
            self.anomaly = Some(Box::new(Anomaly::begin(past, sample, onset, points_left)));
            views.learn(sample);
            return onset;
        }
        views.learn(sample);
        let Some(anomaly) = &mut self.anomaly else { return onset };
        let score = anomaly.still(sample);
        if anomaly.quiet >= self.quiet {
            // It does not make the next one ordinary, nor the same hour tomorrow low.
            views.forgive(&anomaly.before);
            self.anomaly = None;
        } else if anomaly.points_left == 0 {
            self.anomaly = None;
        }
        score.max(onset)
    }

    /// A remarkable value begins anew what began with the course of several.
    fn takes_over(&self, sample: Sample) -> bool {
        self.anomaly.as_ref().is_some_and(|anomaly| anomaly.lead != Lead::Value) && sample.lead() == Lead::Value
    }
}

impl Anomaly {
    fn begin(before: Past, sample: Sample, score: f64, points_left: usize) -> Self {
        let lead = sample.lead();
        let departure = before.departure(lead, sample).abs().max(f64::MIN_POSITIVE);
        Self { before, lead, score, departure, points_left, quiet: 0 }
    }

    /// The score of a further point; 0: it is ordinary.
    fn still(&mut self, sample: Sample) -> f64 {
        self.points_left = self.points_left.saturating_sub(1);
        let departure = self.before.departure(self.lead, sample).abs();
        let limit = self.before.limit(self.lead, sample).unwrap_or(self.departure);
        let far = departure > limit && !sample.nothing;
        let outside = far && self.lead == Lead::Value;
        self.quiet = if far { 0 } else { self.quiet + 1 };
        if outside {
            self.score = self.score.max(sample.rarity.total());
        }
        match self.score * (departure / (AS_FAR * self.departure)).min(1.0) {
            score if outside => score.max(ALERT),
            _ if sample.nothing || departure < NEAR * limit => 0.0,
            score => score,
        }
    }
}
