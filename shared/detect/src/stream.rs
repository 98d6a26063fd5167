//! One series and nothing but its own past: rarity in a few views, summed. Constant memory.
//!
//! The design follows a study on the Numenta Anomaly Benchmark (NAB, arXiv 1510.03336). Two of its constants were chosen again
//! here, in some fifteen trials on half of NAB, after rarity was made relative to the length of the history: NAB results are
//! therefore in-sample (neighbouring constants give 64 to 72 there). What carries it: each view's raw number is turned into how
//! rare it is in that view's *own* history.
//!
//! The views' constants are for points five minutes apart. For finer periods they cover the same time; for coarser ones the same
//! number of points.

mod histogram;
mod lasting;
mod measure;
mod octaves;
mod onsets;
mod ring;
mod views;

use crate::Point;
use crate::settings::Settings;
use lasting::Lasting;
use measure::Measure;
use onsets::Onsets;
use views::Views;

/// Points from which the first scale is taken; nothing is scored before.
const WARM_UP: usize = 100;
/// From this score on, an anomaly begins.
const ALERT: f64 = 1.0;
const FIVE_MINUTES: f64 = 300.0;
/// The finest period whose windows still cover the same time: they would become too long to keep.
const FINEST: f64 = 10.0;

/// Which points of an anomaly score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// All while it lasts.
    #[default]
    Lasting,
    /// Its first, and within an anomaly only what is much larger: what benchmarks count.
    Onsets,
}

/// What the detector says of one point, from the points before it only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Rarity summed over the views, in powers of ten beyond the ordinary.
    pub score: f64,
    pub lower: f64,
    pub expected: f64,
    pub upper: f64,
}

#[derive(Debug, Clone)]
pub struct Detector {
    settings: Settings,
    tell: Tell,
    /// The first points, until there are enough for a scale.
    first: Vec<Point>,
    views: Option<Views>,
}

#[derive(Debug, Clone)]
enum Tell {
    Lasting(Lasting),
    Onsets(Onsets),
}

impl Detector {
    pub fn new(settings: Settings, form: Form) -> Self {
        let tell = match form {
            Form::Lasting => Tell::Lasting(Lasting::new(settings.period, pace(settings.period))),
            Form::Onsets => Tell::Onsets(Onsets::new(pace(settings.period))),
        };
        Self { settings, tell, first: Vec::with_capacity(WARM_UP), views: None }
    }

    /// A value that is not finite changes nothing and scores 0. Points come in the order of their times.
    pub fn step(&mut self, point: Point) -> Step {
        let Some(views) = &mut self.views else { return self.warm(point) };
        let past = match &self.tell {
            Tell::Lasting(lasting) => lasting.past(),
            Tell::Onsets(_) => None,
        };
        let (lower, expected, upper) = past.map_or_else(|| views.band(point.time), |past| past.band(point.time));
        let score = match &mut self.tell {
            _ if !point.value.is_finite() => 0.0,
            Tell::Lasting(lasting) => lasting.score(views, point),
            Tell::Onsets(onsets) => {
                let sample = views.judge(point);
                views.learn(sample);
                onsets.score(sample)
            }
        };
        Step { score, lower, expected, upper }
    }

    fn warm(&mut self, point: Point) -> Step {
        if point.value.is_finite() {
            self.first.push(point);
        }
        if self.first.len() == WARM_UP {
            let first = std::mem::take(&mut self.first);
            let values: Vec<f64> = first.iter().map(|p| p.value).collect();
            self.views = Some(Views::new(Measure::of(self.settings.kind, &values), pace(self.settings.period), &first));
        }
        let shown = if point.value.is_finite() { point.value } else { self.first.last().map_or(0.0, |p| p.value) };
        Step { score: 0.0, lower: shown, expected: shown, upper: shown }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// The period in terms of five minutes; 1 at most.
fn pace(period: u32) -> f64 {
    f64::from(period).clamp(FINEST, FIVE_MINUTES) / FIVE_MINUTES
}
