//! `metrics.csv`: one point a row. Rows of one series usually follow each other, which keeps reading millions of them fast.

use super::invalid;
use super::resources::Resources;
use super::table::{Table, cell};
use super::times::Days;
use crate::{GivenRole, IncidentError, METRICS_HEADER, Problem, Recorded};
use csv::StringRecord;
use stackseer_model::{MetricKey, Point, ResourceId, Series, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::Path;

const TIMESTAMP: usize = 0;
const RESOURCE: usize = 1;
const RESOURCE_TYPE: usize = 2;
const NAMESPACE: usize = 3;
const METRIC: usize = 4;
const STATISTIC: usize = 5;
const DIMENSIONS: usize = 6;
const ROLE: usize = 7;
const VALUE: usize = 8;

struct Growing {
    recorded: Recorded,
    /// As they come; a point that is missing is not a number.
    points: Vec<(Timestamp, f64, u64)>,
}

pub fn read(path: &Path, period: u32, resources: &mut Resources) -> Result<Vec<Recorded>, IncidentError> {
    let file = File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => invalid(path, None, None, Problem::MissingFile),
        _ => IncidentError::Io { action: "read", path: path.to_owned(), source },
    })?;
    let mut table = Table::new(path, file, &METRICS_HEADER)?;
    let mut series: Vec<Growing> = Vec::new();
    let mut known: HashMap<(ResourceId, MetricKey), usize> = HashMap::new();
    let (mut row, mut last, mut current) = (StringRecord::new(), StringRecord::new(), 0);
    let mut days = Days::default();
    while let Some(line) = table.next(&mut row)? {
        if last.is_empty() || (RESOURCE..VALUE).any(|column| row[column] != last[column]) {
            current = series_of(&table, &row, line, resources, &mut series, &mut known)?;
        }
        let time = days.time(&row[TIMESTAMP]).map_err(|problem| table.error(line, TIMESTAMP, problem))?;
        let value = value(cell(&row, VALUE)).map_err(|problem| table.error(line, VALUE, problem))?;
        series[current].points.push((time, value, line));
        std::mem::swap(&mut row, &mut last);
    }
    series.into_iter().map(|growing| finish(&table, period, growing)).collect()
}

/// Index of the series the row belongs to.
fn series_of<R: io::Read>(
    table: &Table<'_, R>,
    row: &StringRecord,
    line: u64,
    resources: &mut Resources,
    series: &mut Vec<Growing>,
    known: &mut HashMap<(ResourceId, MetricKey), usize>,
) -> Result<usize, IncidentError> {
    let filled = |column| table.filled(row, line, column);
    let resource_type = filled(RESOURCE_TYPE)?;
    let resource =
        resources.typed(filled(RESOURCE)?, resource_type).map_err(|problem| table.error(line, RESOURCE, problem))?;
    let role = match &row[ROLE] {
        "" => None,
        text => Some(
            text.parse::<GivenRole>()
                .map_err(|why| table.error(line, ROLE, Problem::Role { found: text.to_owned(), why }))?,
        ),
    };
    let mut dimensions =
        parse_dimensions(&row[DIMENSIONS]).map_err(|problem| table.error(line, DIMENSIONS, problem))?;
    if role.is_some() && dimensions.is_empty() {
        // The catalogue has none for it, and a key must tell the series of two resources apart.
        dimensions.insert("Resource".to_owned(), row[RESOURCE].to_owned());
    }
    let key = MetricKey {
        namespace: filled(NAMESPACE)?.to_owned(),
        name: filled(METRIC)?.to_owned(),
        dimensions,
        statistic: filled(STATISTIC)?.to_owned(),
    };
    let index = *known.entry((resource.clone(), key.clone())).or_insert(series.len());
    match series.get(index) {
        Some(growing) if growing.recorded.role != role => {
            Err(table.error(line, ROLE, Problem::Contradiction { first_line: growing.recorded.line }))
        }
        Some(_) => Ok(index),
        None => {
            let resource_type = resource_type.to_owned();
            let recorded = Recorded { key, resource, resource_type, role, series: Series::default(), line };
            series.push(Growing { recorded, points: Vec::new() });
            Ok(index)
        }
    }
}

/// Puts the points in the order of their times; a missing one leaves nothing but the fact that the series was read.
fn finish<R: io::Read>(table: &Table<'_, R>, period: u32, growing: Growing) -> Result<Recorded, IncidentError> {
    let Growing { mut recorded, mut points } = growing;
    points.sort_by_key(|(time, _, line)| (*time, *line));
    if let Some(twice) = points.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(table.error(twice[1].2, TIMESTAMP, Problem::Repeated { first_line: twice[0].2 }));
    }
    points.retain(|(_, value, _)| value.is_finite());
    let apart = |pair: &[(Timestamp, f64, u64)]| pair[1].0.as_second() - pair[0].0.as_second();
    if let Some(close) = points.windows(2).find(|pair| apart(pair) < i64::from(period)) {
        let problem = Problem::CloserThanPeriod { apart: apart(close), period };
        return Err(table.error(close[1].2, TIMESTAMP, problem));
    }
    recorded.series = Series::new(points.into_iter().map(|(time, value, _)| Point { time, value }));
    Ok(recorded)
}

/// Not a number where there is no point: empty, `NaN` or an infinity.
fn value(text: &str) -> Result<f64, Problem> {
    if text.is_empty() {
        return Ok(f64::NAN);
    }
    text.parse().map_err(|_| Problem::NotANumber { found: text.to_owned() })
}

/// `name=value;name=value`, with `\` before a `;` or `\` that is part of a value.
fn parse_dimensions(text: &str) -> Result<BTreeMap<String, String>, Problem> {
    let refuse = |why| Err(Problem::Dimensions { found: text.to_owned(), why });
    let mut dimensions = BTreeMap::new();
    for pair in split_unescaped(text) {
        let Some((name, value)) = pair.split_once('=') else { return refuse("has a part without `=`") };
        if name.is_empty() || value.is_empty() {
            return refuse("has an empty name or value");
        }
        if dimensions.insert(name.to_owned(), value.to_owned()).is_some() {
            return refuse("names a dimension twice");
        }
    }
    Ok(dimensions)
}

fn split_unescaped(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec![];
    }
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => parts.push(String::new()),
            '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(characters.next())),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(character)),
        }
    }
    parts
}
