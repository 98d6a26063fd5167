//! `catalog/data/*.toml`: what AWS publishes as a table and no call answers, such as the days on which runtimes end.

use serde::{Deserialize, Deserializer};
use stackseer_model::Timestamp;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataTable {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// What the rows were taken from.
    pub source: String,
    /// The day on which somebody last compared them with it.
    #[serde(deserialize_with = "day")]
    pub checked: Timestamp,
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

/// What is known of one value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub value: String,
    /// When its support ends.
    #[serde(deserialize_with = "day")]
    pub ends: Timestamp,
    /// When it can no longer be updated, where that is known.
    #[serde(default, deserialize_with = "some_day")]
    pub blocked: Option<Timestamp>,
    /// What to move to.
    #[serde(default)]
    pub next: Option<String>,
}

impl DataTable {
    pub fn row(&self, value: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.value == value)
    }
}

/// A day (`2027-03-03`) or a time (`2027-03-03T12:00:00Z`).
pub fn date(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    date(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no day, such as 2027-03-03")))
}

fn some_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    day(deserializer).map(Some)
}
