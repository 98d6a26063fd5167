//! The season: what hour of the day and day of the week add, where the data shows that they do.

use crate::series::median;
use serde::{Deserialize, Serialize};

const DAY: i64 = 24 * 3600;
const HOURS: usize = 24;
/// Days of history before an hour of the day, and a day of the week, can be told from chance.
const DAYS_FOR_HOURS: usize = 2;
const DAYS_FOR_WEEKDAYS: usize = 13;
/// A season is believed when it predicts days it has not seen this much better than none.
const BELIEVED: f64 = 0.9;

/// Additive on the metric's own scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    level: f32,
    /// Empty, or 24: departure from the level in each hour (UTC).
    hours: Vec<f32>,
    /// Empty, or 7: departure of each weekday, days since the epoch modulo 7.
    weekdays: Vec<f32>,
}

impl Profile {
    pub fn expected(&self, time: i64) -> f64 {
        let hour = if self.hours.is_empty() { 0.0 } else { between_hours(&self.hours, time) };
        let weekday = if self.weekdays.is_empty() { 0.0 } else { f64::from(self.weekdays[weekday(time)]) };
        f64::from(self.level) + hour + weekday
    }
}

fn weekday(time: i64) -> usize {
    time.div_euclid(DAY).rem_euclid(7) as usize
}

/// Linear between the middles of two hours, so that a ramp is not a stair.
fn between_hours(hours: &[f32], time: i64) -> f64 {
    let position = (time.rem_euclid(DAY) as f64) / 3600.0 - 0.5;
    let left = position.floor();
    let share = position - left;
    let at = |hour: f64| f64::from(hours[(hour as i64).rem_euclid(HOURS as i64) as usize]);
    at(left) * (1.0 - share) + at(left + 1.0) * share
}

/// One profile per day of history, each made without that day (so that a day is judged as an unseen one), and one made from
/// all days for the time to come.
pub struct Fitted {
    pub profile: Profile,
    without: Vec<Profile>,
    first_day: i64,
}

impl Fitted {
    pub fn expected_unseen(&self, time: i64) -> f64 {
        let day = (time.div_euclid(DAY) - self.first_day) as usize;
        self.without.get(day).unwrap_or(&self.profile).expected(time)
    }
}

/// `values`: transformed, one per period from `from` on.
pub fn fit(values: &[Option<f64>], from: i64, period: i64) -> Fitted {
    let first_day = from.div_euclid(DAY);
    let days = values
        .len()
        .checked_sub(1)
        .map_or(0, |last| ((from + last as i64 * period).div_euclid(DAY) - first_day + 1) as usize);
    // Medians of each hour of each day.
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); days * HOURS];
    for (i, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let time = from + i as i64 * period;
            let day = (time.div_euclid(DAY) - first_day) as usize;
            cells[day * HOURS + (time.rem_euclid(DAY) / 3600) as usize].push(*value);
        }
    }
    let cells: Vec<Option<f64>> = cells.into_iter().map(|mut cell| median(&mut cell)).collect();
    let table = Table { cells, days, first_day };

    let flat = table.error(false, false);
    let mut best = (flat, false, false);
    let known_days = (0..days).filter(|d| table.day(*d).any(|c| c.is_some())).count();
    if known_days >= DAYS_FOR_HOURS {
        let hourly = table.error(true, false);
        if hourly < flat * BELIEVED {
            best = (hourly, true, false);
        }
    }
    if known_days >= DAYS_FOR_WEEKDAYS {
        let weekly = table.error(best.1, true);
        if weekly < best.0 * BELIEVED {
            best = (weekly, best.1, true);
        }
    }
    let (_, hours, weekdays) = best;
    Fitted {
        profile: table.profile(None, hours, weekdays),
        without: (0..days).map(|day| table.profile(Some(day), hours, weekdays)).collect(),
        first_day,
    }
}

struct Table {
    cells: Vec<Option<f64>>,
    days: usize,
    first_day: i64,
}

impl Table {
    fn day(&self, day: usize) -> impl Iterator<Item = Option<f64>> + '_ {
        self.cells[day * HOURS..(day + 1) * HOURS].iter().copied()
    }

    fn others(&self, without: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        (0..self.days).filter(move |d| Some(*d) != without || self.days == 1)
    }

    fn profile(&self, without: Option<usize>, hourly: bool, weekly: bool) -> Profile {
        let mut all: Vec<f64> = self.others(without).flat_map(|d| self.day(d).flatten()).collect();
        let level = median(&mut all).unwrap_or(0.0);
        let hours: Vec<f64> = if hourly {
            (0..HOURS)
                .map(|hour| {
                    let mut column: Vec<f64> =
                        self.others(without).filter_map(|d| self.cells[d * HOURS + hour]).collect();
                    median(&mut column).map_or(0.0, |m| m - level)
                })
                .collect()
        } else {
            vec![]
        };
        let weekdays: Vec<f32> = if weekly {
            (0..7)
                .map(|weekday| {
                    let mut rest: Vec<f64> = self
                        .others(without)
                        .filter(|d| (self.first_day + *d as i64).rem_euclid(7) as usize == weekday)
                        .flat_map(|d| {
                            let hours = &hours;
                            self.day(d).enumerate().filter_map(move |(hour, cell)| {
                                cell.map(|c| c - level - hours.get(hour).copied().unwrap_or(0.0))
                            })
                        })
                        .collect();
                    median(&mut rest).unwrap_or(0.0) as f32
                })
                .collect()
        } else {
            vec![]
        };
        Profile { level: level as f32, hours: hours.into_iter().map(|h| h as f32).collect(), weekdays }
    }

    /// Mean absolute error over the days, each predicted from the others.
    fn error(&self, hourly: bool, weekly: bool) -> f64 {
        let (mut sum, mut count) = (0.0, 0usize);
        for day in 0..self.days {
            let profile = self.profile(Some(day), hourly, weekly);
            for (hour, cell) in self.day(day).enumerate() {
                if let Some(cell) = cell {
                    let middle = (self.first_day + day as i64) * DAY + hour as i64 * 3600 + 1800;
                    sum += (cell - profile.expected(middle)).abs();
                    count += 1;
                }
            }
        }
        if count == 0 { 0.0 } else { sum / count as f64 }
    }
}
