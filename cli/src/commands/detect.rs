//! `stackseer detect`: one series through the streaming detector.

use crate::args::{self, Global, Output};
use anyhow::{Context, Result, anyhow};
use csv::StringRecord;
use serde::Serialize;
use stackseer_detect::{Bad, Detector, Kind, Missing, Point, Sensitivity, Settings};
use std::fs::File;
use std::io::{self, Read, Write};

/// Rows looked at for the period before the first is written.
const ROWS_FOR_PERIOD: usize = 12;
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
    input: impl Read,
    out: impl Write,
    name: &str,
    args: &args::Detect,
    output: Output,
    flush: bool,
) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let columns = Columns::find(reader.headers().with_context(|| name.to_owned())?, name)?;
    let mut writer = Writer::new(out, output, flush)?;

    let mut record = StringRecord::new();
    let mut first = Vec::with_capacity(ROWS_FOR_PERIOD);
    while first.len() < ROWS_FOR_PERIOD
        && args.period.is_none()
        && reader.read_record(&mut record).with_context(|| name.to_owned())?
    {
        first.push(columns.row(&record, name)?);
    }
    let mut detector = Detector::new(settings(args, &first), if args.onsets { stackseer_detect::Form::Onsets } else { stackseer_detect::Form::Lasting });
    for row in &first {
        writer.write(row, &mut detector)?;
    }
    while reader.read_record(&mut record).with_context(|| name.to_owned())? {
        writer.write(&columns.row(&record, name)?, &mut detector)?;
    }
    writer.finish()
}

fn settings(args: &args::Detect, first: &[Row]) -> Settings {
    Settings {
        kind: match args.kind {
            args::Kind::Count => Kind::Count,
            args::Kind::Latency => Kind::Latency,
            args::Kind::Gauge => Kind::Gauge,
            args::Kind::Ratio => Kind::Ratio,
            args::Kind::Sparse => Kind::Sparse,
        },
        period: args.period.unwrap_or_else(|| usual_step(first)),
        missing: Missing::Gap,
        bad: Bad::Both,
        least: 0.0,
        sensitivity: Sensitivity::Medium,
    }
}

/// The median step of the first rows.
fn usual_step(rows: &[Row]) -> u32 {
    let mut steps: Vec<i64> = rows.windows(2).map(|w| w[1].time - w[0].time).filter(|step| *step > 0).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).and_then(|step| u32::try_from(*step).ok()).unwrap_or(FALLBACK_PERIOD)
}

/// A row as it was written, and what it means.
struct Row {
    timestamp: String,
    text: String,
    time: i64,
    /// NaN: a missing point.
    value: f64,
}

struct Columns {
    timestamp: usize,
    value: usize,
}

impl Columns {
    fn find(header: &StringRecord, name: &str) -> Result<Self> {
        let position = |wanted: &str| {
            header.iter().position(|column| column.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
                let found: Vec<&str> = header.iter().collect();
                anyhow!("{name}, line 1: no column {wanted}; the first line must name the columns timestamp and value (found: {})", found.join(","))
            })
        };
        Ok(Self { timestamp: position("timestamp")?, value: position("value")? })
    }

    fn row(&self, record: &StringRecord, name: &str) -> Result<Row> {
        let at = |field: &str| format!("{name}, line {}, {field}", record.position().map_or(0, csv::Position::line));
        let timestamp =
            record.get(self.timestamp).ok_or_else(|| anyhow!("{}: the row has no such field", at("timestamp")))?;
        let text = record.get(self.value).ok_or_else(|| {
            anyhow!(
                "{}: the row has no such field; write `timestamp,` with nothing behind it for a missing point",
                at("value")
            )
        })?;
        let time = super::timestamp(timestamp).ok_or_else(|| {
            anyhow!("{}: {timestamp:?} is not a time; write it as 2026-11-22T14:30:00Z", at("timestamp"))
        })?;
        let value = if text.is_empty() {
            f64::NAN
        } else {
            text.parse().map_err(|_| {
                anyhow!("{}: {text:?} is not a number; write one, or nothing for a missing point", at("value"))
            })?
        };
        Ok(Row { timestamp: timestamp.to_owned(), text: text.to_owned(), time: time.as_second(), value })
    }
}

#[derive(Serialize)]
struct Scored<'a> {
    timestamp: &'a str,
    value: &'a str,
    anomaly_score: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

/// The same for programs: one JSON object a line, numbers as numbers.
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

struct Writer<W: Write> {
    format: Format<W>,
    flush: bool,
}

impl<W: Write> Writer<W> {
    fn new(out: W, output: Output, flush: bool) -> Result<Self> {
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

    fn write(&mut self, row: &Row, detector: &mut Detector) -> Result<()> {
        let step = detector.step(Point { time: row.time, value: row.value });
        let known = row.value.is_finite();
        let (anomaly_score, lower, upper) =
            (if known { step.score } else { 0.0 }, known.then_some(step.lower), known.then_some(step.upper));
        let timestamp = &row.timestamp;
        match &mut self.format {
            Format::Csv(writer) => {
                writer.serialize(Scored { timestamp, value: &row.text, anomaly_score, lower, upper })?;
                if self.flush {
                    writer.flush()?;
                }
            }
            Format::Json(writer) => {
                serde_json::to_writer(
                    &mut *writer,
                    &ScoredJson { timestamp, value: known.then_some(row.value), anomaly_score, lower, upper },
                )?;
                writeln!(writer)?;
                if self.flush {
                    writer.flush()?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self.format {
            Format::Csv(mut writer) => writer.flush()?,
            Format::Json(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &str, output: Output) -> Result<String> {
        let args = args::Detect { file: "in.csv".into(), kind: args::Kind::Gauge, period: None, onsets: false };
        let mut out = Vec::new();
        detect(input.as_bytes(), &mut out, "in.csv", &args, output, false)?;
        Ok(String::from_utf8(out)?)
    }

    fn rows(output: &str) -> Vec<Vec<String>> {
        output.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    /// A quiet wave with a spike at row 500.
    fn wave() -> String {
        let mut input = "timestamp,value\n".to_owned();
        for i in 0..600 {
            let time = super::super::timestamp("2026-11-01").unwrap().as_second() + i * 300;
            let value = 50.0 + (i as f64 / 20.0).sin() * 5.0 + (i * 7919 % 13) as f64 / 10.0;
            let value = if i == 500 { 400.0 } else { value };
            input += &format!("{},{value}\n", jiff::Timestamp::from_second(time).unwrap());
        }
        input
    }

    #[test]
    fn every_row_comes_back_with_its_own_timestamp_and_the_spike_scores_highest() {
        let out = run(&wave(), Output::Text).unwrap();
        assert!(out.starts_with("timestamp,value,anomaly_score,lower,upper\n"));
        let rows = rows(&out);
        assert_eq!(rows.len(), 600);
        assert_eq!(rows[0][0], "2026-11-01T00:00:00Z");
        let best = (0..600)
            .max_by(|a, b| rows[*a][2].parse::<f64>().unwrap().total_cmp(&rows[*b][2].parse().unwrap()))
            .unwrap();
        assert_eq!(best, 500);
        let upper: f64 = rows[500][4].parse().unwrap();
        assert!(upper < 400.0, "the band does not follow the spike: {upper}");
    }

    #[test]
    fn later_rows_change_nothing_before_them() {
        let whole = run(&wave(), Output::Text).unwrap();
        let half: String = wave().lines().take(301).map(|line| format!("{line}\n")).collect();
        assert!(whole.starts_with(&run(&half, Output::Text).unwrap()));
    }

    #[test]
    fn missing_points_keep_their_row_without_bounds() {
        let out = run(
            "value,timestamp,host\n1,2026-11-22 14:30:00,a\n,2026-11-22 14:35:00,a\nNaN,2026-11-22 14:40:00,a\ninf,2026-11-22 14:45:00,a\n",
            Output::Text,
        );
        assert_eq!(
            out.unwrap(),
            "timestamp,value,anomaly_score,lower,upper\n2026-11-22 14:30:00,1,0.0,1.0,1.0\n2026-11-22 14:35:00,,0.0,,\n\
             2026-11-22 14:40:00,NaN,0.0,,\n2026-11-22 14:45:00,inf,0.0,,\n"
        );
    }

    #[test]
    fn json_is_an_object_a_line() {
        let out = run("timestamp,value\n1,2\n2,\n", Output::Json).unwrap();
        let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0]["value"].as_f64(), lines[1]["value"].as_f64()), (Some(2.0), None));
    }

    #[test]
    fn nothing_in_means_the_header_out() {
        assert_eq!(run("timestamp,value\n", Output::Text).unwrap(), "timestamp,value,anomaly_score,lower,upper\n");
    }

    #[test]
    fn a_bad_row_names_file_line_field_and_the_fix() {
        let message = |input: &str| format!("{:#}", run(input, Output::Text).unwrap_err());
        assert_eq!(
            message("timestamp,value\n2026-11-22,1\n2026-11-23,many\n"),
            "in.csv, line 3, value: \"many\" is not a number; write one, or nothing for a missing point"
        );
        assert_eq!(
            message("timestamp,value\nyesterday,1\n"),
            "in.csv, line 2, timestamp: \"yesterday\" is not a time; write it as 2026-11-22T14:30:00Z"
        );
        assert!(
            message("timestamp,value\n2026-11-22\n").starts_with("in.csv, line 2, value: the row has no such field")
        );
        assert!(message("time,val\n1,2\n").contains("line 1: no column timestamp") && message("").contains("line 1"));
    }

    #[test]
    fn the_period_is_the_usual_step() {
        let row = |time| Row { timestamp: String::new(), text: String::new(), time, value: 0.0 };
        assert_eq!(usual_step(&[0, 60, 120, 4000, 4060].map(row)), 60);
        assert_eq!(usual_step(&[]), FALLBACK_PERIOD);
        assert_eq!(usual_step(&[5, 5].map(row)), FALLBACK_PERIOD);
    }
}
