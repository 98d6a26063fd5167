//! What every form of input comes down to.

use jiff::Timestamp;

/// A row as it was written, and what it means.
#[derive(Debug, Clone)]
pub struct Row {
    pub line: u64,
    pub timestamp: Box<str>,
    /// The value as a plain number; empty for a missing point.
    pub text: Box<str>,
    pub time: Timestamp,
    /// NaN: a missing point.
    pub value: f64,
}

impl Row {
    pub fn new(line: u64, timestamp: &str, time: Timestamp, text: &str, value: Option<f64>) -> Self {
        let text = match value {
            Some(_) if text.parse::<f64>().is_ok() => text.into(),
            Some(value) => value.to_string().into(),
            None => "".into(),
        };
        Self { line, timestamp: timestamp.into(), text, time, value: value.unwrap_or(f64::NAN) }
    }
}

/// The rows of an input in the order in which it has them.
pub struct Rows {
    /// The file's, for messages.
    pub name: String,
    /// The column with the times, for messages.
    pub time_column: String,
    pub rows: Box<dyn Iterator<Item = anyhow::Result<Row>>>,
}

/// Where something is wrong.
pub fn at(name: &str, line: u64, column: &str) -> String {
    format!("{name}, line {line}, column {column}")
}

/// A cell as a message quotes it.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
