//! The AWS CLI's JSON of `get-metric-data` and `get-metric-statistics`, whole or what `--query` leaves of it, and objects with a
//! time and a value, in a list or one a line.

use super::number::Numbers;
use super::row::{Row, Rows, at, shown};
use super::time;
use anyhow::{Result, anyhow, bail, ensure};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

const EXPECTED: &str = "expected the output of aws cloudwatch get-metric-data or get-metric-statistics, or objects with \
                        timestamp and value";

type Raw<'a> = &'a RawValue;
type Object<'a> = BTreeMap<String, Raw<'a>>;

/// `column`: the statistic of datapoints, or the id or label of a result.
pub fn rows(name: &str, text: &str, column: Option<&str>) -> Result<Rows> {
    let document = Document { name, text, column, ends: text.match_indices('\n').map(|(end, _)| end).collect() };
    let (time_column, rows) = document.rows()?;
    Ok(Rows { name: name.to_owned(), time_column, rows: Box::new(rows.into_iter().map(Ok)) })
}

struct Document<'a> {
    name: &'a str,
    text: &'a str,
    column: Option<&'a str>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl<'a> Document<'a> {
    fn rows(&self) -> Result<(String, Vec<Row>)> {
        let top =
            serde_json::Deserializer::from_str(self.text).into_iter::<Raw>().collect::<Result<Vec<Raw>, _>>().map_err(
                |error| anyhow!("{}, line {}, column {}: not JSON: {error}", self.name, error.line(), error.column()),
            )?;
        let [one] = top.as_slice() else { return self.points(&top) };
        if let Some(list) = self.list(one) {
            return self.items(&list);
        }
        let object = self.object(one)?;
        if object.get("NextToken").is_some_and(|token| token.get() != "null") {
            bail!(
                "{}: only a part of the result; ask without --no-paginate and --max-items",
                self.at(one, "NextToken")
            );
        }
        match (object.get("Datapoints"), object.get("MetricDataResults")) {
            (Some(points), _) => self.points(&self.list(points).unwrap_or_default()),
            (_, Some(results)) => self.results(&self.list(results).unwrap_or_default()),
            _ if object.contains_key("Timestamps") => self.results(&[one]),
            _ => self.points(&[one]),
        }
    }

    fn items(&self, list: &[Raw<'a>]) -> Result<(String, Vec<Row>)> {
        match list.first() {
            Some(first) if self.list(first).is_some() => self.pairs(list),
            Some(first) if self.object(first)?.contains_key("Timestamps") => self.results(list),
            _ => self.points(list),
        }
    }

    /// `[["2026-11-22T14:30:00Z", 98.5], …]`
    fn pairs(&self, list: &[Raw<'a>]) -> Result<(String, Vec<Row>)> {
        let mut numbers = Numbers::default();
        let row = |item: &Raw<'a>| match self.list(item).as_deref() {
            Some([when, value]) => self.row(when, value, ["1", "2"], &mut numbers),
            _ => bail!("{}: not a time and a value; {EXPECTED}", self.at(item, "1")),
        };
        Ok(("1".to_owned(), list.iter().map(row).collect::<Result<_>>()?))
    }

    /// What `get-metric-data` returns. The CLI repeats a result for each page that it fetched.
    fn results(&self, list: &[Raw<'a>]) -> Result<(String, Vec<Row>)> {
        let mut numbers = Numbers::default();
        let (mut rows, mut series) = (Vec::new(), None);
        for item in list {
            let result = self.object(item)?;
            let text = |key: &str| result.get(key).map_or(String::new(), |raw| content(raw));
            let called = (text("Id"), text("Label"));
            if self.column.is_some_and(|column| column != called.0 && column != called.1) {
                continue;
            }
            match series.get_or_insert_with(|| called.clone()) {
                first if *first == called => {}
                first => bail!(
                    "{}: {:?} after {:?}: more than one series; choose with --column {}",
                    self.at(item, "Id"),
                    called.1,
                    first.1,
                    called.0
                ),
            }
            let status = text("StatusCode");
            ensure!(
                ["", "Complete", "PartialData"].contains(&status.as_str()),
                "{}: {status}; ask CloudWatch again",
                self.at(item, "StatusCode")
            );
            let column = |key: &str| result.get(key).and_then(|raw| self.list(raw)).unwrap_or_default();
            let (times, values) = (column("Timestamps"), column("Values"));
            ensure!(
                times.len() == values.len(),
                "{}: {} values for {} timestamps; ask CloudWatch again",
                self.at(item, "Values"),
                values.len(),
                times.len()
            );
            for (when, value) in times.iter().zip(values) {
                rows.push(self.row(when, value, ["Timestamps", "Values"], &mut numbers)?);
            }
        }
        if let (Some(column), None) = (self.column, &series) {
            bail!("{}, line 1: no result with the id or label {column}", self.name);
        }
        Ok(("Timestamps".to_owned(), rows))
    }

    /// What `get-metric-statistics` returns, or other objects with a time and a value.
    fn points(&self, list: &[Raw<'a>]) -> Result<(String, Vec<Row>)> {
        let mut numbers = Numbers::default();
        let (mut time_column, mut value_column, mut labels) = ("Timestamp".to_owned(), None, BTreeMap::new());
        let mut rows = Vec::with_capacity(list.len());
        for item in list {
            let mut point = self.object(item)?;
            if let Some(extended) = point.remove("ExtendedStatistics") {
                point.extend(self.object(extended)?);
            }
            time_column = ["timestamp", "time"]
                .iter()
                .find_map(|key| key_of(&point, key))
                .ok_or_else(|| anyhow!("{}: no Timestamp; {EXPECTED}", self.at(item, "Timestamp")))?;
            let value = self.value_key(item, &point, &time_column)?;
            let known = value_column.get_or_insert_with(|| value.clone());
            ensure!(*known == value, "{}: {value} where {known} was before", self.at(item, &value));
            for (key, raw) in point.iter().filter(|(key, raw)| **key != value && is_label(raw)) {
                let label = content(raw);
                if *key != time_column && *labels.entry(key.clone()).or_insert_with(|| label.clone()) != label {
                    let (after, here) = (shown(&labels[key]), self.at(raw, key));
                    bail!("{here}: {} after {after}: more than one series; keep one", shown(&label));
                }
            }
            rows.push(self.row(point[&time_column], point[&value], [&time_column, &value], &mut numbers)?);
        }
        Ok((time_column, rows))
    }

    fn value_key(&self, item: Raw<'a>, point: &Object<'a>, time: &str) -> Result<String> {
        if let Some(column) = self.column {
            return key_of(point, column).ok_or_else(|| anyhow!("{}: no such field", self.at(item, column)));
        }
        if let Some(value) = key_of(point, "value") {
            return Ok(value);
        }
        let numeric: Vec<&String> =
            point.iter().filter(|(key, raw)| *key != time && !is_label(raw)).map(|(key, _)| key).collect();
        match numeric.as_slice() {
            [value] => Ok((*value).clone()),
            [] => bail!("{}: no value beside it; {EXPECTED}", self.at(item, time)),
            several => {
                let all: Vec<&str> = several.iter().map(|key| key.as_str()).collect();
                bail!("{}: which is the value? Choose with --column NAME", self.at(item, &all.join(", ")))
            }
        }
    }

    fn row(&self, when: Raw<'a>, value: Raw<'a>, names: [&str; 2], numbers: &mut Numbers) -> Result<Row> {
        let (timestamp, text) = (content(when), content(value));
        let time = time::read(&timestamp).map_err(|error| anyhow!("{}: {error}", self.at(when, names[0])))?;
        let number = numbers.read(&text).map_err(|error| anyhow!("{}: {error}", self.at(value, names[1])))?;
        Ok(Row::new(self.line(value), &timestamp, time, &text, number))
    }

    fn list(&self, raw: Raw<'a>) -> Option<Vec<Raw<'a>>> {
        serde_json::from_str(raw.get()).ok()
    }

    fn object(&self, raw: Raw<'a>) -> Result<Object<'a>> {
        serde_json::from_str(raw.get()).map_err(|_| anyhow!("{}: {EXPECTED}", self.at(raw, "1")))
    }

    fn at(&self, raw: Raw<'a>, column: &str) -> String {
        at(self.name, self.line(raw), column)
    }

    fn line(&self, raw: Raw<'a>) -> u64 {
        let offset = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
        self.ends.partition_point(|end| *end < offset) as u64 + 1
    }
}

/// A string without its quotes; anything else as it is written.
fn content(raw: Raw) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

fn is_label(raw: Raw) -> bool {
    raw.get().starts_with('"')
}

fn key_of(point: &Object, wanted: &str) -> Option<String> {
    point.keys().find(|key| key.eq_ignore_ascii_case(wanted)).cloned()
}
