//! The days or hours that are looked at.

use serde::Deserialize;

/// What learning reads of a metric's history.
const MOST_DAYS: u32 = 13;
const MOST_HOURS: u32 = 72;

/// The last `count` whole days or hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    pub unit: Unit,
    pub count: u32,
    /// On so many of them. None: on one where it goes up, on all where it goes down, or their sum where it is a total.
    pub at_least: Option<u32>,
    pub each: Each,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Days,
    Hours,
}

/// Which value of each day or hour is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// Its highest point.
    Peak,
    /// That 95 % of its points are at or under.
    P95,
    Mean,
    /// Its lowest point.
    Lowest,
    /// All that came in it; said by `total = true`.
    #[serde(skip)]
    Total,
}

impl Unit {
    /// `7 days`, `1 hour`
    pub fn said(self, count: usize) -> String {
        let unit = match self {
            Self::Days => "day",
            Self::Hours => "hour",
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl Over {
    /// Each day that learning knows.
    pub(super) fn whole_history() -> Self {
        Self { unit: Unit::Days, count: MOST_DAYS, at_least: None, each: Each::Peak }
    }

    /// `"7 days"`, `"24 hours"`
    pub(super) fn read(text: &str, at_least: Option<u32>, each: Each) -> Result<Self, String> {
        let (unit, count) = read_span(text)
            .filter(|(unit, count)| {
                let most = if *unit == Unit::Days { MOST_DAYS } else { MOST_HOURS };
                (1..=most).contains(count)
            })
            .ok_or_else(|| {
                format!("`over` is \"1 day\" to \"{MOST_DAYS} days\", or \"1 hour\" to \"{MOST_HOURS} hours\"")
            })?;
        if at_least.is_some_and(|least| !(1..=count).contains(&least)) {
            return Err("`at_least` is a number of the days or hours of `over`".to_owned());
        }
        Ok(Self { unit, count, at_least, each })
    }
}

/// `"7 days"` → so many of a unit.
pub(super) fn read_span(text: &str) -> Option<(Unit, u32)> {
    let (count, unit) = text.split_once(' ')?;
    let unit = match unit {
        "day" | "days" => Unit::Days,
        "hour" | "hours" => Unit::Hours,
        _ => return None,
    };
    Some((unit, count.parse().ok()?))
}

/// `"120 days"` → 120.
pub fn days(text: &str) -> Result<u32, String> {
    match read_span(text) {
        Some((Unit::Days, days)) => Ok(days),
        _ => Err(format!("{text:?} is no number of days, such as \"14 days\"")),
    }
}
