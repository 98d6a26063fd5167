//! Which columns of a table hold the times and the values.

use super::row::shown;
use super::{number, time};
use anyhow::{Context, Result, anyhow, bail};
use csv::StringRecord;

/// Names of a column with times, the likeliest first.
const TIMES: [&str; 8] = ["timestamp", "datetime", "date_time", "time", "@timestamp", "_time", "ts", "date"];
const VALUES: [&str; 2] = ["value", "_value"];
/// With these begins what CloudWatch's console writes above the rows of a graph.
const CONSOLE: [&str; 2] = ["Full label", "Label"];
/// Lines that the console writes there at most.
const CONSOLE_LINES: usize = 40;

#[derive(Debug)]
pub struct Layout {
    pub time: usize,
    pub value: usize,
    /// Cells that a row may have.
    pub width: usize,
    /// For messages: as the header has them, or their number.
    pub names: Vec<String>,
}

/// The layout, and the records that were read for it and are data. `column` is the name or number of the value's.
pub fn find(
    records: &mut impl Iterator<Item = Result<StringRecord>>,
    column: Option<&str>,
) -> Result<(Layout, Vec<StringRecord>)> {
    let Some(first) = records.next().transpose()? else {
        bail!("line 1: nothing in it; the first line must name the columns timestamp and value");
    };
    if first.len() > 1 && CONSOLE.contains(&&first[0]) {
        return console(first, records, column);
    }
    if first.len() == 1 {
        bail!("line {}: {} is one column; separate time and value by a comma", line(&first), shown(&first[0]));
    }
    if has_times(&first) {
        let names = (1..=first.len()).map(|number| number.to_string()).collect();
        return Ok((of(names, Some(&first), column).with_context(|| no_header(&first))?, vec![first]));
    }
    let names: Vec<String> = first.iter().map(str::to_owned).collect();
    let at = |error: anyhow::Error| anyhow!("line {}: {error}", line(&first));
    // Names that say enough need no row to look at: somebody may be waiting for an answer to the first.
    if let Ok(layout) = of(names.clone(), None, column) {
        return Ok((layout, Vec::new()));
    }
    let row = records.next().transpose()?;
    let layout = of(names, row.as_ref(), column).map_err(at)?;
    Ok((layout, row.into_iter().collect()))
}

fn no_header(first: &StringRecord) -> String {
    format!("line {}: no header", line(first))
}

/// What the console writes above the rows: `Label`, `Statistic`, `Period` and others, a column for each line of the graph.
fn console(
    first: StringRecord,
    records: &mut impl Iterator<Item = Result<StringRecord>>,
    column: Option<&str>,
) -> Result<(Layout, Vec<StringRecord>)> {
    let mut names: Vec<String> = first.iter().map(str::to_owned).collect();
    names[0] = "timestamp".to_owned();
    for _ in 0..CONSOLE_LINES {
        let Some(row) = records.next().transpose()? else { break };
        if time::read(&row[0]).is_ok() {
            let of_all = of(names, None, column).map_err(|error| anyhow!("line 1: {error}"))?;
            return Ok((of_all, vec![row]));
        }
    }
    bail!("line 1: CloudWatch's console export, but none of its lines begins with a time such as 2026/11/22 14:30:00")
}

/// `row` is the first below the names. Fails where it takes a row to tell and there is none.
fn of(names: Vec<String>, row: Option<&StringRecord>, column: Option<&str>) -> Result<Layout> {
    let named =
        |wanted: &str| -> Vec<usize> { (0..names.len()).filter(|i| names[*i].eq_ignore_ascii_case(wanted)).collect() };
    let cell = |i: usize| row.and_then(|row| row.get(i)).unwrap_or_default();
    let time = TIMES
        .iter()
        .find_map(|name| named(name).first().copied())
        .or_else(|| (0..names.len()).find(|i| time::is_dated(cell(*i))))
        .or_else(|| (0..names.len()).find(|i| time::is_epoch(cell(*i))))
        .ok_or_else(|| {
            anyhow!(
                "no column timestamp; the first line must name the columns timestamp and value (found: {})",
                names.join(",")
            )
        })?;
    let others: Vec<usize> = (0..names.len()).filter(|i| *i != time && !is_padding(&names[*i], row, *i)).collect();
    let value = match column {
        Some(column) => chosen(column, &names, time)?,
        None => {
            let by_name = VALUES.iter().map(|name| named(name)).find(|found| !found.is_empty());
            let numeric = || others.iter().copied().filter(|i| number::is_number(cell(*i))).collect();
            let found: Vec<usize> =
                by_name.unwrap_or_else(|| if others.len() == 1 { others.clone() } else { numeric() });
            only(&found, &others, &names)?
        }
    };
    Ok(Layout { time, value, width: names.len(), names })
}

/// A separator at the end of each line makes one column more, without name and cells.
fn is_padding(name: &str, row: Option<&StringRecord>, i: usize) -> bool {
    name.is_empty() && row.is_some_and(|row| row.get(i).unwrap_or_default().is_empty())
}

fn chosen(column: &str, names: &[String], time: usize) -> Result<usize> {
    let found: Vec<usize> = (0..names.len()).filter(|i| names[*i].eq_ignore_ascii_case(column)).collect();
    let by_number = || column.parse::<usize>().ok().filter(|n| (1..=names.len()).contains(n)).map(|n| n - 1);
    match (found.as_slice(), by_number()) {
        ([i], _) if *i != time => Ok(*i),
        ([], Some(i)) if i != time => Ok(i),
        ([], None) => bail!("no column {column} (found: {})", names.join(",")),
        ([_], _) | ([], _) => bail!("column {column} holds the times"),
        _ => bail!("{} columns are named {column}: give the number of the one with the value", found.len()),
    }
}

fn only(found: &[usize], others: &[usize], names: &[String]) -> Result<usize> {
    let list = |columns: &[usize]| columns.iter().map(|i| names[*i].as_str()).collect::<Vec<_>>().join(", ");
    match found {
        [value] => Ok(*value),
        [] => bail!("no column value: name the one with --column (found: {})", list(others)),
        several => {
            bail!("columns {}: which is the value? Give one series, or choose with --column NAME", list(several))
        }
    }
}

fn has_times(record: &StringRecord) -> bool {
    record.iter().any(|cell| time::is_dated(cell) || time::is_epoch(cell))
}

pub fn line(record: &StringRecord) -> u64 {
    record.position().map_or(1, csv::Position::line)
}
