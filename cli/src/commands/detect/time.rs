//! A cell that says when.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

pub const REMEDY: &str = "write it as 2026-11-22T14:30:00Z";
pub const EXAMPLE: &str = "2026-11-22T14:30:00Z";
/// Unix seconds of 2001 and 2100: a number outside is not taken for a time in that unit.
const FIRST: i128 = 978_307_200;
const LAST: i128 = 4_102_444_800;
/// Below it a number is seconds from 1970 on, as made-up series have them; between it and [`FIRST`] it may be a date without
/// dashes.
pub const SMALL: i128 = 10_000_000;
/// Day first: nobody writes dots with the month in front.
const DOTTED: [&str; 4] = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M:%S", "%d.%m.%Y, %H:%M"];

/// What is wrong with the text as a time, and what to do.
pub fn read(text: &str) -> Result<Timestamp, String> {
    epoch(text).or_else(|| dated(text)).ok_or_else(|| format!("{} {}", super::row::shown(text), why_not(text)))
}

/// Whether it can only be a time.
pub fn is_dated(text: &str) -> bool {
    dated(text).is_some()
}

/// Whether it may be Unix time of this century.
pub fn is_epoch(text: &str) -> bool {
    epoch(text).is_some_and(|time| i128::from(time.as_second()) >= FIRST)
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || ![whole, fraction].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number: i128 = whole.parse().ok()?;
    let in_a_second = [1, 1_000, 1_000_000, 1_000_000_000];
    let known = in_a_second.into_iter().find(|unit| (FIRST * unit..LAST * unit).contains(&number));
    // A fraction of a small one is a spreadsheet's day.
    let is_small = number < SMALL && fraction.bytes().all(|b| b == b'0');
    let unit = known.or(is_small.then_some(1))?;
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let rest: i128 = if unit == 1_000_000_000 { 0 } else { digits.parse::<i128>().ok()? / unit };
    Timestamp::from_nanosecond(number * (1_000_000_000 / unit) + rest).ok()
}

fn dated(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    let midnight = |day: Date| utc(day.to_datetime(jiff::civil::Time::midnight()));
    if text.contains('[') {
        // A zone by name is good with an offset only; without this it would be taken for UTC.
        return text.parse().ok();
    }
    let plain = [" UTC", " GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text).trim_end();
    let plain = if plain.as_bytes().get(4) == Some(&b'/') { plain.replace('/', "-") } else { plain.to_owned() };
    text.parse()
        .ok()
        .or_else(|| plain.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| plain.parse::<Date>().ok().and_then(midnight))
        .or_else(|| DOTTED.iter().find_map(|format| utc(strtime::parse(format, text).ok()?.to_datetime().ok()?)))
        .or_else(|| midnight(strtime::parse("%d.%m.%Y", text).ok()?.to_date().ok()?))
        .or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp()))
}

/// Whether it is a time of day and no more.
pub fn is_clock(text: &str) -> bool {
    text.contains(':') && text.parse::<jiff::civil::Time>().is_ok() && text.parse::<DateTime>().is_err()
}

fn why_not(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with("am") || lower.ends_with("pm") {
        return format!("is on a 12-hour clock, which is not read: {REMEDY}");
    }
    if text.bytes().filter(|b| *b == b'/').count() == 2 {
        return format!("may be month/day or day/month: {REMEDY}");
    }
    if is_clock(text) {
        return format!("is a time of day without its day: write both in one column, as {EXAMPLE}");
    }
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return format!(
            "is not Unix time of 2001 to 2100, be it in seconds, milliseconds, microseconds or nanoseconds: {REMEDY}"
        );
    }
    format!("is not a time; {REMEDY}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        read(text).ok().map(|time| time.to_string())
    }

    #[test]
    fn one_time_in_every_form() {
        for text in [
            "2026-11-22T14:30:00Z",
            "2026-11-22T14:30:00.000Z",
            "2026-11-22T15:30:00+01:00",
            "2026-11-22T15:30:00+0100",
            "2026-11-22 09:30:00-05",
            "2026-11-22T15:30:00+01:00[Europe/Berlin]",
            "2026-11-22 14:30:00",
            "2026-11-22 14:30",
            "2026-11-22 14:30:00.000 UTC",
            "2026-11-22 14:30:00 GMT",
            "2026/11/22 14:30:00",
            "20261122T143000Z",
            "22.11.2026 14:30",
            "22.11.2026 14:30:00",
            "Sun, 22 Nov 2026 14:30:00 GMT",
            "1795357800",
            "1795357800.0",
            "1795357800000",
            "1795357800000000",
            "1795357800000000000",
        ] {
            assert_eq!(told(text).as_deref(), Some("2026-11-22T14:30:00Z"), "{text}");
        }
        assert_eq!(told("1795357800.25").as_deref(), Some("2026-11-22T14:30:00.25Z"));
        assert_eq!(told("1795357800250").as_deref(), Some("2026-11-22T14:30:00.25Z"));
        assert_eq!(told("22.11.2026").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(told("20261122").as_deref(), Some("2026-11-22T00:00:00Z"), "a date, not seconds of 1970");
        assert_eq!(told("300").as_deref(), Some("1970-01-01T00:05:00Z"));
    }

    #[test]
    fn what_may_mean_two_things_is_not_guessed() {
        for (text, why) in [
            ("11/02/2026 14:30", "month/day or day/month"),
            ("02/11/26", "month/day or day/month"),
            ("2026-11-22 02:30:00 PM", "12-hour clock"),
            ("20261122143000", "not Unix time"),
            ("46348.6", "not Unix time"),
            ("1.7E+09", "not Unix time"),
            ("-1795357800", "not Unix time"),
            ("yesterday", "is not a time"),
            ("", "is not a time"),
            ("14:30", "without its day"),
            ("2026-13-01", "is not a time"),
            ("2026-11-22 14:30 CET", "is not a time"),
            ("2026-11-22T14:30:00[Europe/Berlin]", "is not a time"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why) && error.contains(EXAMPLE), "{text}: {error}");
        }
    }
}
