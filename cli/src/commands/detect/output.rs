//! A scored row per row, as CSV or as one JSON object a line.

use super::row::Row;
use crate::args::Output;
use anyhow::Result;
use serde::Serialize;
use stackseer_detect::Step;
use std::io::Write;

#[derive(Serialize)]
struct Scored<'a> {
    timestamp: &'a str,
    value: &'a str,
    anomaly_score: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

/// The same for programs: numbers as numbers.
#[derive(Serialize)]
struct ScoredJson<'a> {
    timestamp: &'a str,
    value: Option<f64>,
    anomaly_score: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

enum Format<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

pub struct Writer<W: Write> {
    format: Format<W>,
    /// After every row.
    flush: bool,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, output: Output, flush: bool) -> Result<Self> {
        let format = match output {
            Output::Json => Format::Json(out),
            Output::Text => {
                let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
                // Also where no row follows.
                writer.write_record(["timestamp", "value", "anomaly_score", "lower", "upper"])?;
                Format::Csv(Box::new(writer))
            }
        };
        Ok(Self { format, flush })
    }

    /// A missing point has no bounds.
    pub fn write(&mut self, row: &Row, step: Step) -> Result<()> {
        let known = !row.value.is_nan();
        let (anomaly_score, lower, upper) = (step.score, known.then_some(step.lower), known.then_some(step.upper));
        let timestamp = &row.timestamp;
        match &mut self.format {
            Format::Csv(writer) => {
                writer.serialize(Scored { timestamp, value: &row.text, anomaly_score, lower, upper })?;
            }
            Format::Json(writer) => {
                let value = known.then_some(row.value);
                serde_json::to_writer(&mut *writer, &ScoredJson { timestamp, value, anomaly_score, lower, upper })?;
                writeln!(writer)?;
            }
        }
        if self.flush { self.flush() } else { Ok(()) }
    }

    pub fn flush(&mut self) -> Result<()> {
        match &mut self.format {
            Format::Csv(writer) => writer.flush()?,
            Format::Json(writer) => writer.flush()?,
        }
        Ok(())
    }
}
