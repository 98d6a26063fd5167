//! How lengths of time are said, by everybody in the same form.

use jiff::Timestamp;

const DAY_MINUTES: i64 = 24 * 60;

/// `40 min`, `5 h 48 min`, `17 days 1 h`; to the minute, to the hour beyond two days.
pub fn lasted(from: Timestamp, to: Timestamp) -> String {
    length(to.as_second() - from.as_second())
}

/// The same of seconds.
pub fn length(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let days = minutes / DAY_MINUTES;
    let rest = if days < 2 { minutes % 60 } else { 0 };
    let parts = [(days, if days == 1 { "day" } else { "days" }), (minutes / 60 % 24, "h"), (rest, "min")];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if said.is_empty() { "less than a minute".to_owned() } else { said.join(" ") }
}

/// `7 min before`, `in the same minute`, `3 min after`.
pub fn relative(event: Timestamp, onset: Timestamp) -> String {
    match (onset.as_second() - event.as_second()) / 60 {
        0 => "in the same minute".to_owned(),
        minutes if minutes > 0 => format!("{} before", lasted(event, onset)),
        _ => format!("{} after", lasted(onset, event)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_said_as_exactly_as_it_matters() {
        let said = [-5, 0, 1, 40, 348, 25 * 60, 26 * 60 + 5, 17 * DAY_MINUTES + 65].map(|minutes| length(minutes * 60));
        let expected = [
            "less than a minute",
            "less than a minute",
            "1 min",
            "40 min",
            "5 h 48 min",
            "1 day 1 h",
            "1 day 2 h 5 min",
            "17 days 1 h",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn an_event_stands_before_or_after_the_onset() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert_eq!(relative(at(180), at(600)), "7 min before");
        assert_eq!(relative(at(600), at(620)), "in the same minute");
        assert_eq!(relative(at(3720), at(0)), "1 h 2 min after");
    }
}
