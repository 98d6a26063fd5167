//! What was normal for one metric: small enough to keep by the thousand.

use crate::collapse::Collapses;
use crate::counts::{Counts, Looks};
use crate::persistence::Grain;
use crate::profile::Profile;
use crate::scale::Scale;
use crate::silence::Silences;
use crate::spread::Spread;
use crate::tail::Joint;
use crate::{Kind, Sensitivity, Settings};
use serde::{Deserialize, Serialize};

/// Points, and seconds, of history without which nothing can be told.
const WARM_POINTS: u64 = 100;
const WARM_SECONDS: i64 = 24 * 3600;
const WEEK: f64 = 7.0 * 24.0 * 3600.0;
/// Goes up whenever a stored baseline of the version before can't be used any more.
const VERSION: u8 = 4;
/// Runs without which nothing can be told of what runs now and then.
const WARM_RUNS: u64 = 10;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    pub(crate) settings: Settings,
    /// The kind as the history shows it: a count that is mostly zero is sparse.
    pub(crate) kind: Kind,
    pub(crate) scale: Scale,
    pub(crate) profile: Profile,
    /// How far the last days lie from the profile.
    pub(crate) drift: f32,
    pub(crate) spread: Spread,
    /// Of departures in units of the spread.
    pub(crate) up: Joint,
    pub(crate) down: Joint,
    pub(crate) grain: Grain,
    /// Of what counts events.
    pub(crate) counts: Option<Counts>,
    pub(crate) silences: Silences,
    /// Of what comes often, and harms by its absence.
    pub(crate) collapses: Option<Collapses>,
    /// It comes now and then, after waits that are alike: each time is a run.
    pub(crate) is_regular: bool,
    /// The middle value of what came.
    pub(crate) typical: f32,
    pub(crate) points: u64,
    pub(crate) seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    #[error("the baseline is of version {found}, this program uses {VERSION}: learn it again")]
    Version { found: u8 },
    #[error("the baseline is damaged: learn it again")]
    Damaged,
}

impl Baseline {
    /// At most 1.5 KB.
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = postcard::to_stdvec(self).unwrap_or_default();
        [&[VERSION], body.as_slice()].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BaselineError> {
        match bytes.split_first() {
            Some((&VERSION, body)) => postcard::from_bytes(body).map_err(|_| BaselineError::Damaged),
            Some((&found, _)) => Err(BaselineError::Version { found }),
            None => Err(BaselineError::Damaged),
        }
    }

    /// What it was fitted with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// As if it had been fitted for another sensitivity, which only says how rare a departure must be.
    pub fn set_sensitivity(&mut self, sensitivity: Sensitivity) {
        self.settings.sensitivity = sensitivity;
    }

    /// Whether enough history was seen to be sure of what is normal.
    pub fn is_warm(&self) -> bool {
        let least = if self.grain == Grain::Runs { WARM_RUNS } else { WARM_POINTS };
        self.points >= least && self.seconds >= WARM_SECONDS
    }

    /// Points a week.
    pub(crate) fn a_week(&self) -> f64 {
        match self.grain {
            Grain::Periods => self.settings.a_week(),
            Grain::Points | Grain::Runs => (self.points as f64 * WEEK / self.seconds.max(1) as f64).max(1.0),
        }
    }

    pub(crate) fn looks(&self) -> Looks {
        Looks { period: i64::from(self.settings.period.max(1)), a_week: self.settings.a_week() }
    }

    pub fn learned_points(&self) -> u64 {
        self.points
    }

    pub(crate) fn expected_scaled(&self, time: i64) -> f64 {
        self.profile.expected(time) + f64::from(self.drift)
    }

    /// The expected value at a time.
    pub fn expected(&self, time: i64) -> f64 {
        self.scale.undo(self.expected_scaled(time))
    }
}
