//! The times of a long file, most of which are of the same day as the one before.

use super::timestamp;
use crate::Problem;
use stackseer_model::Timestamp;

/// Bytes of `2026-01-31T`.
const DATE: usize = 11;

/// Reads a day once, and of the times after it only the time of day.
#[derive(Default)]
pub struct Days {
    date: String,
    midnight: Option<Timestamp>,
}

impl Days {
    pub fn time(&mut self, text: &str) -> Result<Timestamp, Problem> {
        let known = text.split_at_checked(DATE).and_then(|(date, time)| {
            let second = second_of_day(time)?;
            if self.date != date {
                self.date = date.to_owned();
                self.midnight = timestamp(&format!("{date}00:00:00Z")).ok();
            }
            Timestamp::from_second(self.midnight?.as_second() + second).ok()
        });
        known.map_or_else(|| timestamp(text), Ok)
    }
}

/// Of `14:30:00Z`; none of what is written in any other way.
fn second_of_day(text: &str) -> Option<i64> {
    let [h0, h1, b':', m0, m1, b':', s0, s1, b'Z'] = *text.as_bytes() else { return None };
    let number = |tens: u8, ones: u8, below: i64| {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
        Some(digit(tens)? * 10 + digit(ones)?).filter(|number| *number < below)
    };
    Some(number(h0, h1, 24)? * 3600 + number(m0, m1, 60)? * 60 + number(s0, s1, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_read_as_it_is_by_itself() {
        let mut days = Days::default();
        for text in [
            "2026-01-31T23:59:59Z",
            "2026-01-31T00:00:00Z",
            "2026-02-01T00:00:00Z",
            "2026-01-31T12:30:00+02:00",
            "2026-01-31T12:30:00.25Z",
            "2026-01-31t12:30:00z",
            "1769900000",
            "-5",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(days.time(text).unwrap(), timestamp(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_its_text() {
        let mut days = Days::default();
        for text in [
            "",
            "yesterday",
            "2026-02-30T12:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T1a:00:00Z",
            "ééééééé12:00:00Z",
        ] {
            let refused = Err(Problem::NotATime { found: text.to_owned() });
            assert_eq!(days.time(text), refused, "{text}");
            assert_eq!(timestamp(text), refused, "{text}");
        }
    }
}
