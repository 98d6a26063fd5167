//! Times, always in UTC as CloudWatch shows them.

use jiff::Timestamp;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
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
}
