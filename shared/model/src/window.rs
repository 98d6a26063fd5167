//! A time that comes again, as a cron expression has it.

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// A week: what is longer is no window any more.
const MOST_MINUTES: u32 = 7 * 24 * 60;

/// `minutes` from each time that the expression names, by the clocks of the zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Minute, hour, day of the month, month, day of the week.
    cron: String,
    minutes: u32,
    /// IANA's name, `Europe/Berlin`.
    time_zone: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("`{0}` is no cron expression of five fields: minute, hour, day of the month, month, day of the week")]
    Cron(String),
    #[error("a window is 1 to {MOST_MINUTES} minutes long, not {0}")]
    Minutes(u32),
    #[error("`{0}` is no time zone; write one as `Europe/Berlin` or `UTC`")]
    TimeZone(String),
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {} minutes, {}", self.cron, self.minutes, self.time_zone)
    }
}

impl Window {
    pub fn new(cron: &str, minutes: u32, time_zone: &str) -> Result<Self, WindowError> {
        parsed(cron).ok_or_else(|| WindowError::Cron(cron.to_owned()))?;
        TimeZone::get(time_zone).map_err(|_| WindowError::TimeZone(time_zone.to_owned()))?;
        match minutes {
            1..=MOST_MINUTES => Ok(Self { cron: cron.to_owned(), minutes, time_zone: time_zone.to_owned() }),
            _ => Err(WindowError::Minutes(minutes)),
        }
    }

    pub fn cron(&self) -> &str {
        &self.cron
    }

    pub fn minutes(&self) -> u32 {
        self.minutes
    }

    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// When it closes; none: it is not open at `now`. A start that the clocks skip is at the hour they go on with, and one that
    /// they show twice is the first.
    pub fn open_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (cron, zone) = (parsed(&self.cron)?, TimeZone::get(&self.time_zone).ok()?);
        // The clocks may have gone back since the start.
        let latest = zone.to_datetime(now).checked_add(1.hour()).ok()?;
        let mut before = Civil(latest);
        loop {
            before = cron.find_previous_occurrence(&before, false).ok()?;
            let start = zone.to_timestamp(before.0).ok()?;
            let end = Timestamp::from_second(start.as_second() + i64::from(self.minutes) * 60).ok()?;
            if start <= now {
                return (now < end).then_some(end);
            }
        }
    }
}

fn parsed(cron: &str) -> Option<Cron> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(cron).ok()
}

/// The zone's wall clock.
#[derive(Clone)]
struct Civil(DateTime);

impl CronDateTime for Civil {
    fn to_civil(&self) -> CivilDateTime {
        let (date, time) = (self.0.date(), self.0.time());
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(date.year().into(), unsigned(date.month()), unsigned(date.day())),
            CivilTime::from_parts_unchecked(unsigned(time.hour()), unsigned(time.minute()), unsigned(time.second())),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(unsigned(self.0.weekday().to_sunday_zero_offset()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let small = |n: u32| i8::try_from(n).map_err(|_| CronError::InvalidDate);
        let (date, time) = (civil.date(), civil.time());
        let year = i16::try_from(date.year()).map_err(|_| CronError::InvalidDate)?;
        let hour = (small(time.hour())?, small(time.minute())?, small(time.second())?);
        let found = DateTime::new(year, small(date.month())?, small(date.day())?, hour.0, hour.1, hour.2, 0);
        found.map(|found| Resolution::Single(Self(found))).map_err(|_| CronError::InvalidDate)
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

fn unsigned(number: i8) -> u32 {
    number.unsigned_abs().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(cron: &str, minutes: u32, zone: &str, now: &str) -> Option<String> {
        let until = Window::new(cron, minutes, zone).unwrap().open_until(now.parse().unwrap());
        until.map(|until| until.to_string())
    }

    #[test]
    fn it_is_open_from_its_start_to_before_its_end_by_the_zone_s_clocks() {
        // Sundays at two in Berlin: at one UTC in winter, at midnight in summer.
        let berlin = |now| closes("0 2 * * SUN", 90, "Europe/Berlin", now);
        assert_eq!(berlin("2026-11-29T00:59:59Z"), None);
        assert_eq!(berlin("2026-11-29T01:00:00Z").as_deref(), Some("2026-11-29T02:30:00Z"));
        assert_eq!(berlin("2026-11-29T02:29:59Z").as_deref(), Some("2026-11-29T02:30:00Z"));
        assert_eq!(berlin("2026-11-29T02:30:00Z"), None);
        assert_eq!(berlin("2026-07-05T00:10:00Z").as_deref(), Some("2026-07-05T01:30:00Z"));
        assert_eq!(berlin("2026-11-28T01:10:00Z"), None, "a Saturday");
    }

    #[test]
    fn it_may_reach_over_midnight_and_over_a_week() {
        let over_midnight = closes("30 23 * * *", 60, "UTC", "2026-11-26T00:15:00Z");
        assert_eq!(over_midnight.as_deref(), Some("2026-11-26T00:30:00Z"));
        let week = closes("0 0 1 * *", 7 * 24 * 60, "UTC", "2026-11-07T23:00:00Z");
        assert_eq!(week.as_deref(), Some("2026-11-08T00:00:00Z"));
    }

    #[test]
    fn where_the_clocks_go_on_or_back_it_is_open_once() {
        // On 2026-03-29 there is no half past two in Berlin: it is half past three.
        let spring = |now| closes("30 2 * * *", 30, "Europe/Berlin", now);
        assert_eq!(spring("2026-03-29T00:45:00Z"), None);
        assert_eq!(spring("2026-03-29T01:40:00Z").as_deref(), Some("2026-03-29T02:00:00Z"));
        // On 2026-10-25 there are two.
        let autumn = |now| closes("30 2 * * *", 90, "Europe/Berlin", now);
        assert_eq!(autumn("2026-10-25T00:40:00Z").as_deref(), Some("2026-10-25T02:00:00Z"));
        assert_eq!(autumn("2026-10-25T01:40:00Z").as_deref(), Some("2026-10-25T02:00:00Z"));
        assert_eq!(autumn("2026-10-25T02:10:00Z"), None);
    }

    #[test]
    fn what_can_t_be_a_window_says_what_to_write() {
        let said = |cron, minutes, zone| Window::new(cron, minutes, zone).unwrap_err().to_string();
        assert!(said("at night", 60, "UTC").contains("five fields"));
        assert!(said("0 0 2 * * SUN", 60, "UTC").contains("five fields"));
        assert!(said("0 2 * * *", 0, "UTC").contains("1 to 10080"));
        assert!(said("0 2 * * *", 60, "Europe/Atlantis").contains("Europe/Berlin"));
    }
}
