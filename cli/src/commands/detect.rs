//! `stackseer detect`: one series through the streaming detector.

mod input;
mod json;
mod layout;
mod number;
mod order;
mod output;
mod row;
mod table;
mod time;

use crate::args::{self, Global, Output};
use anyhow::{Context, Result, anyhow, bail};
use order::{AsTheyCome, Reorder};
use output::Writer;
use row::{Row, Rows};
use stackseer_detect::{Bad, Detector, Form, Kind, Missing, Point, Sensitivity, Settings};
use std::fs::File;
use std::io::{self, Read, Write};

/// Rows of a stream that are looked at, for its period and order, before the first is written.
const ROWS_AHEAD: usize = 12;
const FALLBACK_PERIOD: u32 = 300;

pub fn run(args: &args::Detect, global: &Global) -> Result<()> {
    let out = io::BufWriter::new(io::stdout().lock());
    if args.file.as_os_str() == "-" {
        // Somebody may be watching: rows go out as they come in.
        return detect(io::stdin().lock(), out, "stdin", args, global.output, true);
    }
    let name = args.file.display().to_string();
    let file = File::open(&args.file).with_context(|| format!("can't read {name}"))?;
    detect(file, out, &name, args, global.output, false)
}

fn detect(
    input: impl Read + 'static,
    out: impl Write,
    name: &str,
    args: &args::Detect,
    output: Output,
    live: bool,
) -> Result<()> {
    let mut input = rows(input, name, args.column.as_deref())?;
    let mut ahead = Vec::new();
    let enough = match (live, args.period) {
        (false, _) => order::SORTED,
        (true, None) => ROWS_AHEAD,
        (true, Some(_)) => 0,
    };
    read_ahead(&mut input, &mut ahead, enough)?;
    if live && !args.onsets && !order::is_in_order(&ahead) {
        // No stream, but a file that was piped.
        read_ahead(&mut input, &mut ahead, order::SORTED)?;
    }
    if !args.onsets {
        order::sort(&mut ahead, &input)?;
    }
    let mut scorer = Scorer {
        detector: Detector::new(settings(args, &ahead, name)?, if args.onsets { Form::Onsets } else { Form::Lasting }),
        writer: Writer::new(out, output, live)?,
    };
    if args.onsets {
        score_as_they_come(input, ahead, &mut scorer)?
    } else {
        score_by_time(input, ahead, &mut scorer)?
    }
    scorer.writer.flush()
}

fn rows(input: impl Read + 'static, name: &str, column: Option<&str>) -> Result<Rows> {
    let form = input::open(input).map_err(|error| match error.downcast_ref::<io::Error>() {
        Some(_) => error.context(format!("can't read {name}")),
        None => anyhow!("{name}, {error}"),
    })?;
    match form {
        input::Form::Json(text) => json::rows(name, &text, column),
        input::Form::Table { delimiter, text } => table::rows(name, delimiter, text, column),
    }
}

fn read_ahead(input: &mut Rows, ahead: &mut Vec<Row>, until: usize) -> Result<()> {
    while ahead.len() < until {
        let Some(row) = input.rows.next() else { break };
        ahead.push(row?);
    }
    Ok(())
}

struct Scorer<W: Write> {
    detector: Detector,
    writer: Writer<W>,
}

impl<W: Write> Scorer<W> {
    fn score(&mut self, row: &Row) -> Result<()> {
        let step = self.detector.step(Point { time: row.time.as_second(), value: row.value });
        self.writer.write(row, step)
    }
}

fn score_by_time(mut input: Rows, ahead: Vec<Row>, scorer: &mut Scorer<impl Write>) -> Result<()> {
    let capacity = if ahead.len() < order::SORTED { 0 } else { ahead.len() };
    let mut reorder = Reorder::new(ahead, capacity);
    while reorder.held() > capacity {
        reorder.pop(&input)?.iter().try_for_each(|row| scorer.score(row))?;
    }
    while let Some(row) = input.rows.next() {
        reorder.push(row?, &input)?.iter().try_for_each(|row| scorer.score(row))?;
    }
    while reorder.held() > 0 {
        reorder.pop(&input)?.iter().try_for_each(|row| scorer.score(row))?;
    }
    Ok(())
}

fn score_as_they_come(mut input: Rows, ahead: Vec<Row>, scorer: &mut Scorer<impl Write>) -> Result<()> {
    let mut order = AsTheyCome::default();
    let mut score = |row: Row, input: &Rows| {
        order.check(&row, input)?;
        scorer.score(&row)
    };
    ahead.into_iter().try_for_each(|row| score(row, &input))?;
    while let Some(row) = input.rows.next() {
        score(row?, &input)?;
    }
    Ok(())
}

fn settings(args: &args::Detect, ahead: &[Row], name: &str) -> Result<Settings> {
    Ok(Settings {
        kind: match args.kind {
            args::Kind::Count => Kind::Count,
            args::Kind::Latency => Kind::Latency,
            args::Kind::Gauge => Kind::Gauge,
            args::Kind::Ratio => Kind::Ratio,
            args::Kind::Sparse => Kind::Sparse,
        },
        period: args.period.map_or_else(|| usual_step(ahead, name), Ok)?,
        missing: Missing::Gap,
        bad: Bad::Both,
        least: 0.0,
        sensitivity: Sensitivity::Medium,
    })
}

/// The median step of the rows that are known, which are most of a file's.
fn usual_step(rows: &[Row], name: &str) -> Result<u32> {
    let second = |row: &Row| row.time.as_second();
    let mut steps: Vec<i64> = rows.windows(2).map(|w| second(&w[1]) - second(&w[0])).filter(|step| *step > 0).collect();
    steps.sort_unstable();
    let step = steps.get(steps.len() / 2).and_then(|step| u32::try_from(*step).ok());
    if let (Some(1), Some(first)) = (step, rows.first().filter(|row| i128::from(second(row)) < time::SMALL)) {
        bail!(
            "{name}, line {}: {}, and one more in each row: numbers of rows or of days, not times; {}",
            first.line,
            first.timestamp,
            time::REMEDY
        );
    }
    Ok(step.unwrap_or(FALLBACK_PERIOD))
}

#[cfg(test)]
mod tests;
