//! How people are told a time: in UTC, as CloudWatch shows it, with the day wherever it is not today's.

use crate::Timestamp;

/// `2026-11-22 14:03 UTC`
pub fn date_time(time: Timestamp) -> String {
    time.strftime("%F %H:%M UTC").to_string()
}

/// `14:03 UTC`; of another day than `now` with its date.
pub fn moment(time: Timestamp, now: Timestamp) -> String {
    format!("{} UTC", clock(time, now))
}

/// `14:03`, or `2026-11-23 00:10` on another day than `today`: for where the zone is said beside it.
pub fn clock(time: Timestamp, today: Timestamp) -> String {
    let format = if day(time) == day(today) { "%H:%M" } else { "%F %H:%M" };
    time.strftime(format).to_string()
}

/// `12:15 to 15:15 UTC`, `2026-11-21 23:50 to 2026-11-22 00:30 UTC`
pub fn range(from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    format!("{} to {}", clock(from, now), moment(to, from))
}

/// The same with the day whatever the day: `2026-11-22 12:15 to 15:15 UTC`
pub fn dated_range(from: Timestamp, to: Timestamp) -> String {
    format!("{} {} to {}", day(from), clock(from, from), moment(to, from))
}

/// `2026-11-22`
pub fn day(time: Timestamp) -> String {
    time.strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_on_another_day_says_so() {
        let now = at("2026-11-22T23:50:00Z");
        assert_eq!(moment(at("2026-11-22T00:00:00Z"), now), "00:00 UTC");
        assert_eq!(moment(at("2026-11-21T23:59:59Z"), now), "2026-11-21 23:59 UTC");
        assert_eq!(moment(at("2025-11-22T14:03:00Z"), now), "2025-11-22 14:03 UTC");
        assert_eq!(date_time(now), "2026-11-22 23:50 UTC");
    }

    #[test]
    fn a_range_says_its_day_once() {
        let now = at("2026-11-23T01:00:00Z");
        let of = |from: &str, to: &str| range(at(from), at(to), now);
        assert_eq!(of("2026-11-23T00:10:00Z", "2026-11-23T00:50:00Z"), "00:10 to 00:50 UTC");
        assert_eq!(of("2026-11-22T14:03:00Z", "2026-11-22T15:00:00Z"), "2026-11-22 14:03 to 15:00 UTC");
        let over_midnight = of("2026-11-22T23:50:00Z", "2026-11-23T00:30:00Z");
        assert_eq!(over_midnight, "2026-11-22 23:50 to 2026-11-23 00:30 UTC");
        assert_eq!(dated_range(at("2026-11-23T00:10:00Z"), now), "2026-11-23 00:10 to 01:00 UTC");
    }
}
