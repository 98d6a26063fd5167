use crate::{Insight, InsightType};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{AddAssign, Neg};

/// How many insights began and ended in some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Those that began.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub reactive: i64,
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub proactive: i64,
    /// The reactive ones among them that are over.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub recovered: Lasted,
    /// The reactive ones that ended, whenever they began.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub ended: Lasted,
}

/// How long they lasted from start to end, together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasted {
    pub count: i64,
    pub milliseconds: i64,
}

fn is_nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Lasted {
    /// Milliseconds; zero where there was none.
    pub fn mean(&self) -> i64 {
        self.milliseconds.checked_div(self.count).unwrap_or(0)
    }
}

/// By the clocks of UTC.
pub fn day(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

impl Insight {
    /// What it counts for, on which days.
    pub fn tallied(&self) -> Vec<(Date, Tally)> {
        let is_reactive = self.insight_type() == InsightType::Reactive;
        let end = self.ended().filter(|_| is_reactive);
        let milliseconds = |end: Timestamp| (end.as_millisecond() - self.start_time.as_millisecond()).max(0);
        let lasted = end.map(|end| Lasted { count: 1, milliseconds: milliseconds(end) }).unwrap_or_default();
        let began = Tally {
            reactive: is_reactive.into(),
            proactive: (!is_reactive).into(),
            recovered: lasted,
            ended: Lasted::default(),
        };
        let ended = end.map(|end| (day(end), Tally { ended: lasted, ..Tally::default() }));
        [(day(self.start_time), began)].into_iter().chain(ended).collect()
    }
}

impl AddAssign for Lasted {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.milliseconds += other.milliseconds;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.reactive += other.reactive;
        self.proactive += other.proactive;
        self.recovered += other.recovered;
        self.ended += other.ended;
    }
}

impl Neg for Lasted {
    type Output = Self;

    fn neg(self) -> Self {
        Self { count: -self.count, milliseconds: -self.milliseconds }
    }
}

impl Neg for Tally {
    type Output = Self;

    fn neg(self) -> Self {
        Self { reactive: -self.reactive, proactive: -self.proactive, recovered: -self.recovered, ended: -self.ended }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum += tally;
            sum
        })
    }
}
