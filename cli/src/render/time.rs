//! Times and lengths of time, always in UTC as CloudWatch shows them.

use jiff::fmt::friendly::{Designator, SpanPrinter};
use jiff::{SignedDuration, SpanRound, Timestamp, ToSpan, Unit};

/// `2026-11-22 14:03 UTC`
pub fn date_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `14:03 UTC`; of another day than `now` with its date.
pub fn moment(time: Timestamp, now: Timestamp) -> String {
    format!("{} UTC", clock(time, now))
}

/// `12:15 to 15:15 UTC`, `11-21 23:50 to 11-22 00:30 UTC`
pub fn range(from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    format!("{} to {} UTC", clock(from, now), clock(to, from))
}

/// `14:03`, or `11-23 00:10` on another day than `today`, or the whole date in another year.
pub fn clock(time: Timestamp, today: Timestamp) -> String {
    let year = |time: Timestamp| time.strftime("%Y").to_string();
    let format = match () {
        () if day(time) == day(today) => "%H:%M",
        () if year(time) == year(today) => "%m-%d %H:%M",
        () => "%Y-%m-%d %H:%M",
    };
    time.strftime(format).to_string()
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// `1h 12m`, `17d`; to the minute, to the hour beyond two days.
pub fn lasted(from: Timestamp, to: Timestamp) -> String {
    length(to.as_second() - from.as_second())
}

/// The same of seconds.
pub fn length(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let smallest = if minutes > 2 * 24 * 60 { Unit::Hour } else { Unit::Minute };
    let days = SpanRound::new().largest(Unit::Day).smallest(smallest).days_are_24_hours();
    let span = minutes.minutes().round(days).unwrap_or_else(|_| minutes.minutes());
    if minutes == 0 {
        return "less than a minute".to_owned();
    }
    SpanPrinter::new().designator(Designator::Compact).span_to_string(&span)
}

/// `7m before`, `in the same minute`, `3m after`.
pub fn relative(event: Timestamp, onset: Timestamp) -> String {
    match SignedDuration::from_secs(onset.as_second() - event.as_second()).as_mins() {
        0 => "in the same minute".to_owned(),
        minutes if minutes > 0 => format!("{} before", lasted(event, onset)),
        _ => format!("{} after", lasted(onset, event)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn lengths_are_short_and_readable() {
        let start = at("2026-11-22T14:00:00Z");
        let ends = [
            "2026-11-22T14:00:30Z",
            "2026-11-22T14:07:59Z",
            "2026-11-22T15:12:00Z",
            "2026-11-23T15:12:00Z",
            "2026-12-09T14:30:00Z",
        ];
        assert_eq!(
            ends.map(|end| lasted(start, at(end))),
            ["less than a minute", "7m", "1h 12m", "1d 1h 12m", "17d 1h"]
        );
        assert_eq!(lasted(start, at("2026-11-22T13:00:00Z")), "less than a minute");
    }

    #[test]
    fn a_time_on_another_day_says_so() {
        let now = at("2026-11-22T23:50:00Z");
        assert_eq!(moment(at("2026-11-22T14:03:00Z"), now), "14:03 UTC");
        assert_eq!(moment(at("2026-11-21T14:03:00Z"), now), "11-21 14:03 UTC");
        assert_eq!(moment(at("2025-11-22T14:03:00Z"), now), "2025-11-22 14:03 UTC");
    }

    #[test]
    fn a_range_says_its_day_once() {
        let now = at("2026-11-23T01:00:00Z");
        let of = |from: &str, to: &str| range(at(from), at(to), now);
        assert_eq!(of("2026-11-23T00:10:00Z", "2026-11-23T00:50:00Z"), "00:10 to 00:50 UTC");
        assert_eq!(of("2026-11-22T14:03:00Z", "2026-11-22T15:00:00Z"), "11-22 14:03 to 15:00 UTC");
        assert_eq!(of("2026-11-22T23:50:00Z", "2026-11-23T00:30:00Z"), "11-22 23:50 to 11-23 00:30 UTC");
    }

    #[test]
    fn an_event_stands_before_or_after_the_onset() {
        let onset = at("2026-11-22T14:03:00Z");
        assert_eq!(relative(at("2026-11-22T13:56:00Z"), onset), "7m before");
        assert_eq!(relative(at("2026-11-22T14:03:20Z"), onset), "in the same minute");
        assert_eq!(relative(at("2026-11-22T15:05:00Z"), onset), "1h 2m after");
    }
}
