//! Times and lengths of time, always in UTC as CloudWatch shows them.

use jiff::fmt::friendly::{Designator, SpanPrinter};
use jiff::{SignedDuration, SpanRound, Timestamp, ToSpan, Unit};

/// `2026-11-22 14:03 UTC`
pub fn date_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `14:03`, or `11-23 00:10` on another day than `day`.
pub fn clock(time: Timestamp, day: Timestamp) -> String {
    let date = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let format = if date(time) == date(day) { "%H:%M" } else { "%m-%d %H:%M" };
    time.strftime(format).to_string()
}

/// `1h 12m`, `17d`; to the minute, to the hour beyond two days.
pub fn lasted(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_second() - from.as_second()).max(0) / 60;
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
        let day = at("2026-11-22T23:50:00Z");
        assert_eq!(clock(at("2026-11-22T14:03:00Z"), day), "14:03");
        assert_eq!(clock(at("2026-11-23T00:10:00Z"), day), "11-23 00:10");
    }

    #[test]
    fn an_event_stands_before_or_after_the_onset() {
        let onset = at("2026-11-22T14:03:00Z");
        assert_eq!(relative(at("2026-11-22T13:56:00Z"), onset), "7m before");
        assert_eq!(relative(at("2026-11-22T14:03:20Z"), onset), "in the same minute");
        assert_eq!(relative(at("2026-11-22T15:05:00Z"), onset), "1h 2m after");
    }
}
