//! Rows by time, in bounded memory.

use super::row::{Row, Rows, at};
use anyhow::{Result, bail};
use jiff::SignedDuration;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Rows that are sorted in memory: two years of minutes.
pub const SORTED: usize = 1_000_000;
/// How far a clock may be set back in a file that is read row for row.
const SET_BACK: SignedDuration = SignedDuration::from_hours(1);

/// Sorts the rows that were read ahead; two values for one time are refused.
pub fn sort(rows: &mut [Row], input: &Rows) -> Result<()> {
    rows.sort_by_key(|row| (row.time, row.line));
    rows.windows(2).try_for_each(|pair| follows(&pair[0], &pair[1], input))
}

pub fn is_in_order(rows: &[Row]) -> bool {
    rows.windows(2).all(|pair| pair[0].time <= pair[1].time)
}

fn follows(earlier: &Row, row: &Row, input: &Rows) -> Result<()> {
    if earlier.time < row.time {
        return Ok(());
    }
    let second = at(&input.name, row.line, &input.time_column);
    bail!(
        "{second}: a second value for {} (the first is on line {}): keep one series and one value for each time; local times \
         repeat an hour when clocks go back, so write them in UTC or with their offset",
        row.timestamp,
        earlier.line
    )
}

/// Holds the last rows back, so that one that comes late still takes its place.
pub struct Reorder {
    held: BinaryHeap<Reverse<ByTime>>,
    capacity: usize,
    last: Option<Row>,
}

struct ByTime(Row);

impl Reorder {
    /// `held`, sorted, go first.
    pub fn new(held: Vec<Row>, capacity: usize) -> Self {
        Self { held: held.into_iter().map(|row| Reverse(ByTime(row))).collect(), capacity, last: None }
    }

    /// A row whose turn it is, once `row` is known.
    pub fn push(&mut self, row: Row, input: &Rows) -> Result<Option<Row>> {
        if let Some(last) = self.last.as_ref().filter(|last| row.time < last.time) {
            let late = at(&input.name, row.line, &input.time_column);
            let limit = match self.capacity {
                0 => "rows of a stream are scored as they come".to_owned(),
                rows => format!("only {rows} rows are sorted in memory"),
            };
            bail!(
                "{late}: {} comes after {}, and {limit}: sort the input by time first",
                row.timestamp,
                last.timestamp
            );
        }
        self.held.push(Reverse(ByTime(row)));
        if self.held.len() > self.capacity { self.pop(input) } else { Ok(None) }
    }

    pub fn pop(&mut self, input: &Rows) -> Result<Option<Row>> {
        let Some(Reverse(ByTime(row))) = self.held.pop() else { return Ok(None) };
        if let Some(last) = &self.last {
            follows(last, &row, input)?;
        }
        self.last = Some(row.clone());
        Ok(Some(row))
    }

    pub fn held(&self) -> usize {
        self.held.len()
    }
}

/// Row for row as the file has them; a clock may have been set back.
#[derive(Default)]
pub struct AsTheyCome {
    latest: Option<Row>,
}

impl AsTheyCome {
    pub fn check(&mut self, row: &Row, input: &Rows) -> Result<()> {
        match &self.latest {
            Some(latest) if row.time.duration_since(latest.time) < -SET_BACK => bail!(
                "{}: {} comes after {}, and --onsets keeps the order of the rows: sort the input by time first",
                at(&input.name, row.line, &input.time_column),
                row.timestamp,
                latest.timestamp
            ),
            Some(latest) if row.time <= latest.time => {}
            _ => self.latest = Some(row.clone()),
        }
        Ok(())
    }
}

impl ByTime {
    fn key(&self) -> (jiff::Timestamp, u64) {
        (self.0.time, self.0.line)
    }
}

impl PartialEq for ByTime {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for ByTime {}

impl PartialOrd for ByTime {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByTime {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(seconds: &[i64]) -> (Vec<Row>, Rows) {
        let row = |(i, second): (usize, &i64)| {
            Row::new(i as u64 + 2, &second.to_string(), jiff::Timestamp::from_second(*second).unwrap(), "1", Some(1.0))
        };
        let input = Rows { name: "in.csv".into(), time_column: "timestamp".into(), rows: Box::new(std::iter::empty()) };
        (seconds.iter().enumerate().map(row).collect(), input)
    }

    fn reordered(seconds: &[i64], capacity: usize) -> Result<Vec<i64>> {
        let (rows, input) = rows(seconds);
        let mut reorder = Reorder::new(Vec::new(), capacity);
        let mut out = Vec::new();
        for row in rows {
            out.extend(reorder.push(row, &input)?);
        }
        while reorder.held() > 0 {
            out.extend(reorder.pop(&input)?);
        }
        Ok(out.iter().map(|row| row.time.as_second()).collect())
    }

    #[test]
    fn a_late_row_takes_its_place_while_it_is_not_too_late() {
        assert_eq!(reordered(&[1, 3, 2, 5, 4], 2).unwrap(), [1, 2, 3, 4, 5]);
        assert_eq!(reordered(&[1, 2, 3], 0).unwrap(), [1, 2, 3]);
        let error = reordered(&[1, 3, 4, 5, 2], 2).unwrap_err().to_string();
        assert_eq!(
            error,
            "in.csv, line 6, column timestamp: 2 comes after 3, and only 2 rows are sorted in memory: sort the input by time first"
        );
        let error = reordered(&[1, 3, 2], 0).unwrap_err().to_string();
        assert!(error.contains("line 4") && error.contains("rows of a stream are scored as they come"), "{error}");
    }

    #[test]
    fn two_values_for_one_time_are_refused_with_both_lines() {
        for capacity in [0, 1, 9] {
            let error = reordered(&[1, 2, 2, 3], capacity).unwrap_err().to_string();
            assert!(error.starts_with("in.csv, line 4, column timestamp") && error.contains("on line 3"), "{error}");
        }
        let (mut unsorted, input) = rows(&[2, 1, 2]);
        assert!(sort(&mut unsorted, &input).unwrap_err().to_string().contains("line 4"));
    }

    #[test]
    fn row_for_row_a_clock_may_be_set_back_by_an_hour_and_no_more() {
        let check = |seconds: &[i64]| {
            let (rows, input) = rows(seconds);
            let mut order = AsTheyCome::default();
            rows.iter().try_for_each(|row| order.check(row, &input))
        };
        assert!(check(&[0, 3600, 300, 600, 600, 7200]).is_ok());
        assert!(check(&[0, 7200, 3500]).unwrap_err().to_string().contains("line 4"));
        let descending: Vec<i64> = (0..20).map(|i| 90_000 - i * 300).collect();
        assert!(check(&descending).is_err());
    }
}
