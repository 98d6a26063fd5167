//! The lab's time, in minutes from its first Monday, and how many people are about.

use crate::random::wave;
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

pub type Minute = i64;
pub const HOUR: Minute = 60;
pub const DAY: Minute = 24 * HOUR;
pub const WEEK: Minute = 7 * DAY;

/// Monday, 2026-02-23, 00:00 UTC. The clocks go forward five weeks later.
const START: i64 = 1_771_804_800;
const ZONE: &str = "Europe/Berlin";
/// Good Friday, Easter Monday, first of May, Ascension, Whit Monday; months and days.
const HOLIDAYS: [(i8, i8); 5] = [(4, 3), (4, 6), (5, 1), (5, 14), (5, 25)];

pub fn time(minute: Minute) -> Timestamp {
    Timestamp::from_second(seconds(minute)).expect("the lab's minutes are in this century")
}

pub fn seconds(minute: Minute) -> i64 {
    START + minute * 60
}

pub fn minute_of(time: Timestamp) -> Minute {
    (time.as_second() - START).div_euclid(60)
}

/// By the clocks on the wall where the customers are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Local {
    pub hour: f64,
    pub minute_of_day: i64,
    pub weekday: Weekday,
    pub day_of_month: i8,
    pub is_holiday: bool,
}

/// Knows each hour's place on the wall clock; asking the zone for every minute would cost more than the simulation.
#[derive(Debug, Clone)]
pub struct Calendar {
    hours: Vec<Local>,
    first: Minute,
}

impl Calendar {
    pub fn new(first: Minute, last: Minute) -> Self {
        let zone = TimeZone::get(ZONE).expect("the zone is in the bundled database");
        let first = first.div_euclid(HOUR);
        let local = |hour: i64| {
            let there = zone.to_datetime(time(hour * HOUR));
            Local {
                hour: f64::from(there.hour()),
                minute_of_day: i64::from(there.hour()) * HOUR,
                weekday: there.weekday(),
                day_of_month: there.day(),
                is_holiday: HOLIDAYS.contains(&(there.month(), there.day())),
            }
        };
        Self { hours: (first..=last.div_euclid(HOUR)).map(local).collect(), first }
    }

    pub fn local(&self, minute: Minute) -> Local {
        let (hour, inside) = (minute.div_euclid(HOUR) - self.first, minute.rem_euclid(HOUR));
        let last = self.hours.len() - 1;
        let there = self.hours[usize::try_from(hour).unwrap_or(0).min(last)];
        Local { hour: there.hour + inside as f64 / 60.0, minute_of_day: there.minute_of_day + inside, ..there }
    }
}

/// How the people who use something come and go, as a share of a busy working hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// At four in the morning.
    pub night: f64,
    pub weekend: f64,
}

impl Habits {
    pub fn at(&self, local: Local, minute: Minute, seed: u64) -> f64 {
        let hump = |centre: f64, width: f64| (-((local.hour - centre) / width).powi(2)).exp();
        let day = (hump(11.0, 3.6) + 0.85 * hump(18.5, 3.4)).min(1.1);
        let weekday = match local.weekday {
            Weekday::Monday => 1.1,
            Weekday::Friday => 0.95,
            Weekday::Saturday | Weekday::Sunday => self.weekend,
            _ => 1.0,
        };
        let off = if local.is_holiday { self.weekend } else { weekday };
        // What no calendar knows: today, this part of the day, these minutes.
        let weather = 0.04 * wave(seed, 901, minute, DAY)
            + 0.04 * wave(seed, 902, minute, 3 * HOUR)
            + 0.02 * wave(seed, 903, minute, 15);
        (self.night + (1.0 - self.night) * day) * off * weather.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_on_a_monday_and_knows_of_summer_time() {
        let calendar = Calendar::new(0, 10 * WEEK);
        assert_eq!(calendar.local(0).weekday, Weekday::Monday);
        assert_eq!(calendar.local(8 * HOUR).hour, 9.0);
        assert_eq!(calendar.local(6 * WEEK + 8 * HOUR).hour, 10.0, "the clocks have gone forward");
    }

    #[test]
    fn nights_weekends_and_holidays_are_quieter() {
        let (calendar, habits) = (Calendar::new(0, 10 * WEEK), Habits { night: 0.1, weekend: 0.6 });
        let at = |minute| habits.at(calendar.local(minute), minute, 3);
        let noon = DAY + 11 * HOUR;
        assert!(at(DAY + 3 * HOUR) < 0.3 * at(noon));
        assert!(at(5 * DAY + 11 * HOUR) < 0.8 * at(noon));
        let good_friday = 39 * DAY + 11 * HOUR;
        assert!(calendar.local(good_friday).is_holiday && at(good_friday) < 0.8 * at(noon));
    }
}
