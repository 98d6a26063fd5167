//! CSV and its kin: a row per line.

use super::layout::{self, Layout};
use super::number::{self, Numbers};
use super::row::{Row, Rows, at, shown};
use super::time;
use anyhow::{Result, anyhow, bail};
use csv::StringRecord;
use std::io::Read;

/// `column`: the name or number of the column with the values, if the header doesn't say.
pub fn rows(name: &str, delimiter: u8, text: Box<dyn Read>, column: Option<&str>) -> Result<Rows> {
    let file = name.to_owned();
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .from_reader(text)
        .into_records()
        .map(move |record| record.map_err(|error| unreadable(&file, error)))
        // Spreadsheets leave rows of nothing but separators.
        .filter(|record| !matches!(record, Ok(record) if record.iter().all(str::is_empty)));
    let (layout, read) =
        layout::find(&mut records, column).map_err(|error| anyhow!("{}", located(name, &format!("{error:#}"))))?;
    let time_column = layout.names[layout.time].clone();
    let mut reader = RowReader::new(name, layout);
    let rows = read.into_iter().map(Ok).chain(records).map(move |record| reader.row(&record?));
    Ok(Rows { name: name.to_owned(), time_column, rows: Box::new(rows) })
}

/// A message about the head of the file, with the file's name in front unless it is there.
fn located(name: &str, error: &str) -> String {
    if error.starts_with(name) { error.to_owned() } else { format!("{name}, {error}") }
}

fn unreadable(name: &str, error: csv::Error) -> anyhow::Error {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, err } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            let column = (err.field() + 1).to_string();
            anyhow!("{}: not UTF-8; save the file as UTF-8", at(name, line, &column))
        }
        _ => anyhow::Error::new(error).context(name.to_owned()),
    }
}

struct RowReader {
    name: String,
    layout: Layout,
    numbers: Numbers,
    /// The first text of each further column: what the series is called by.
    labels: Vec<Option<Box<str>>>,
}

impl RowReader {
    fn new(name: &str, layout: Layout) -> Self {
        let labels = vec![None; layout.width];
        Self { name: name.to_owned(), layout, numbers: Numbers::default(), labels }
    }

    fn row(&mut self, record: &StringRecord) -> Result<Row> {
        let line = layout::line(record);
        let Layout { time, value, .. } = self.layout;
        self.check_width(record, line)?;
        let missing = |i: usize| anyhow!("{}: the row has no such field", self.at(line, i));
        let timestamp = record.get(time).ok_or_else(|| missing(time))?;
        let text = record.get(value).ok_or_else(|| {
            anyhow!("{}; leave it empty for a missing point, with its separator before it", missing(value))
        })?;
        let when = time::read(timestamp).map_err(|error| anyhow!("{}: {error}", self.at(line, time)))?;
        self.check_labels(record, line)?;
        let number = self.numbers.read(text).map_err(|error| anyhow!("{}: {error}", self.at(line, value)))?;
        Ok(Row::new(line, timestamp, when, text, number))
    }

    fn at(&self, line: u64, column: usize) -> String {
        at(&self.name, line, &self.layout.names[column])
    }

    /// More cells than columns: what was one number or one name has fallen apart.
    fn check_width(&self, record: &StringRecord, line: u64) -> Result<()> {
        let Some((i, cell)) = record.iter().enumerate().skip(self.layout.width).find(|(_, cell)| !cell.is_empty())
        else {
            return Ok(());
        };
        bail!(
            "{}: {} is one field more than the first line has; quote what has the separator in it, such as a number with a \
             decimal comma",
            at(&self.name, line, &(i + 1).to_string()),
            shown(cell)
        )
    }

    /// A name that changes down the file tells that there is more than one series.
    fn check_labels(&mut self, record: &StringRecord, line: u64) -> Result<()> {
        for (i, cell) in record.iter().enumerate().take(self.layout.width) {
            let is_label = i != self.layout.time && i != self.layout.value && is_label(cell);
            if !is_label {
                continue;
            }
            if time::is_clock(cell) {
                let here = self.at(line, i);
                bail!(
                    "{here}: {} is a time of day; write it and its day in one column, as {}",
                    shown(cell),
                    time::EXAMPLE
                );
            }
            match &self.labels[i] {
                None => self.labels[i] = Some(cell.into()),
                Some(label) if **label == *cell => {}
                Some(label) => bail!(
                    "{}: {} after {}: more than one series; keep the rows of one, and leave out columns that are not its name",
                    self.at(line, i),
                    shown(cell),
                    shown(label)
                ),
            }
        }
        Ok(())
    }
}

fn is_label(cell: &str) -> bool {
    !number::is_missing(cell) && !number::is_number(cell) && time::read(cell).is_err()
}
