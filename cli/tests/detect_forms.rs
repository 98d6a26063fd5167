//! One latency series in the forms in which people have it: each is read right, or refused with line, column and remedy. Never
//! anything between.

use jiff::Timestamp;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

const START: i64 = 1_762_041_600;
const STEP: i64 = 300;
const POINTS: i64 = 14 * 288;
/// An hour of trouble on the thirteenth day.
const TROUBLE: std::ops::Range<i64> = (12 * 288 + 120)..(12 * 288 + 132);

/// (seconds, milliseconds of latency): busy by day, four times as slow in the trouble.
fn series() -> Vec<(i64, f64)> {
    let noise = |i: i64| {
        let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let value = |i: i64| {
        let hour = (i * STEP % 86_400) as f64 / 3600.0;
        let usual = 120.0 * (1.0 + 0.3 * ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos());
        let spread = (0.08 * 2.0 * (noise(3 * i) + noise(3 * i + 1) + noise(3 * i + 2))).exp();
        usual * spread * if TROUBLE.contains(&i) { 4.0 } else { 1.0 }
    };
    (0..POINTS).map(|i| (START + i * STEP, value(i))).collect()
}

/// In an order that has nothing to do with time.
fn shuffled() -> Vec<(i64, f64)> {
    let series = series();
    (0..POINTS).map(|i| series[(i * 1009 % POINTS) as usize]).collect()
}

fn at(seconds: i64, format: &str) -> String {
    Timestamp::from_second(seconds).unwrap().strftime(format).to_string()
}

/// The time on a clock so many hours ahead of UTC.
fn ahead(seconds: i64, hours: i64, format: &str) -> String {
    at(seconds + hours * 3600, format)
}

fn iso(seconds: i64) -> String {
    at(seconds, "%Y-%m-%dT%H:%M:%SZ")
}

fn table(head: &str, rows: &[(i64, f64)], row: impl Fn(i64, f64) -> String) -> Vec<u8> {
    let mut text = head.to_owned();
    for (time, value) in rows {
        writeln!(text, "{}", row(*time, *value)).unwrap();
    }
    text.into_bytes()
}

/// With the ordinary header and the time written so.
fn timed(time: impl Fn(i64) -> String) -> Vec<u8> {
    table("timestamp,value\n", &series(), |t, v| format!("{},{v:.4}", time(t)))
}

/// With the ordinary header and time, and the value written so.
fn valued(value: impl Fn(i64, f64) -> String) -> Vec<u8> {
    table("timestamp,value\n", &series(), |t, v| format!("{},{}", iso(t), value((t - START) / STEP, v)))
}

fn plain(rows: &[(i64, f64)]) -> Vec<u8> {
    table("timestamp,value\n", rows, |t, v| format!("{},{v:.4}", iso(t)))
}

fn comma(value: f64) -> String {
    format!("{value:.4}").replace('.', ",")
}

/// 118,204.51
fn grouped(value: f64) -> String {
    let text = format!("{value:.2}");
    let (whole, cents) = text.split_once('.').unwrap();
    match whole.len() {
        0..=3 => text.clone(),
        long => format!("{},{}.{cents}", &whole[..long - 3], &whole[long - 3..]),
    }
}

struct Outcome {
    ok: bool,
    rows: Vec<(String, String, f64)>,
    error: String,
}

fn detect(input: &[u8], piped: bool, more: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.csv");
    std::fs::write(&file, input).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_stackseer"))
        .args(["detect", "--kind", "latency"])
        .arg(if piped { "-".as_ref() } else { file.as_os_str() })
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = if piped { input.to_vec() } else { Vec::new() };
    let feed = std::thread::spawn(move || {
        // A refused input is not read to its end.
        let _ = stdin.write_all(&bytes);
    });
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    let rows = csv::Reader::from_reader(output.stdout.as_slice())
        .records()
        .map(|record| {
            let record = record.unwrap();
            (record[0].to_owned(), record[1].to_owned(), record[2].parse().unwrap())
        })
        .collect();
    let error = String::from_utf8(output.stderr).unwrap().replace(&file.display().to_string(), "in.csv");
    Outcome { ok: output.status.success(), rows, error }
}

fn scores(outcome: &Outcome) -> Vec<f64> {
    outcome.rows.iter().map(|(.., score)| *score).collect()
}

fn reference() -> Vec<f64> {
    let outcome = detect(&plain(&series()), false, &[]);
    assert!(outcome.ok, "{}", outcome.error);
    scores(&outcome)
}

#[test]
fn the_trouble_scores_as_long_as_it_lasts_and_hardly_anything_else_does() {
    let scores = reference();
    let trouble = TROUBLE.start as usize..TROUBLE.end as usize;
    assert!(scores[trouble.clone()].iter().all(|score| *score >= 3.0), "{:?}", &scores[trouble.clone()]);
    let alarms = scores.iter().filter(|score| **score >= 3.0).count();
    assert_eq!(alarms, trouble.len());
}

/// What says the same as the plain form scores the same.
#[test]
fn forms_that_are_read() {
    let expected = reference();
    let rows = series();
    let quoted = |t: i64| format!("\"{}\"", at(t, "%Y-%m-%dT%H:%M:%S+00:00"));
    let crlf = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
    let utf16 = |bytes: Vec<u8>| -> Vec<u8> {
        let text = String::from_utf8(bytes).unwrap();
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let console = "Full label,Duration p90 checkout\nLabel,checkout\nStatistic,p90\nPeriod,5 minutes\n";
    let datapoints = || {
        let point = |(t, v): (i64, f64)| {
            format!("{{\"Timestamp\": \"{}\", \"Average\": {v:.4}, \"Unit\": \"Milliseconds\"}}", iso(t))
        };
        let points: Vec<String> = shuffled().into_iter().map(point).collect();
        format!("{{\"Label\": \"Duration\", \"Datapoints\": [\n{}\n]}}", points.join(",\n"))
    };
    let metric_data = || {
        let newest: Vec<_> = rows.iter().rev().collect();
        let times: Vec<String> = newest.iter().map(|(t, _)| format!("\"{}\"", iso(*t))).collect();
        let values: Vec<String> = newest.iter().map(|(_, v)| format!("{v:.4}")).collect();
        // The CLI joins the pages, and the result is in each.
        let page = |range: std::ops::Range<usize>| {
            format!(
                "{{\"Id\": \"m1\", \"Label\": \"checkout\", \"Timestamps\": [{}], \"Values\": [{}], \"StatusCode\": \"Complete\"}}",
                times[range.clone()].join(", "),
                values[range].join(", ")
            )
        };
        format!("{{\"MetricDataResults\": [{}, {}], \"Messages\": []}}", page(0..1440), page(1440..times.len()))
    };
    let packed = |bytes: Vec<u8>| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&bytes).unwrap();
        packer.finish().unwrap()
    };
    let own: String = rows
        .iter()
        .map(|(t, v)| format!("{{\"timestamp\":\"{}\",\"value\":{v:.4},\"note\":\"a\"}}\n", iso(*t)))
        .collect();

    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("seconds since 1970", timed(|t| t.to_string())),
        ("milliseconds since 1970", timed(|t| (t * 1000).to_string())),
        ("microseconds since 1970", timed(|t| (t * 1_000_000).to_string())),
        ("nanoseconds since 1970", timed(|t| (t * 1_000_000_000).to_string())),
        ("seconds with a fraction", timed(|t| format!("{t}.0"))),
        ("an offset", timed(|t| ahead(t, 2, "%Y-%m-%dT%H:%M:%S+02:00"))),
        ("an offset without colon", timed(|t| ahead(t, 2, "%Y-%m-%dT%H:%M:%S+0200"))),
        ("newest first", plain(&rows.iter().rev().copied().collect::<Vec<_>>())),
        ("in no order", plain(&shuffled())),
        ("the console's export", table(console, &rows, |t, v| format!("{},{v:.4}", at(t, "%Y/%m/%d %H:%M:%S")))),
        ("a statistic as header", table("Timestamp,Average\n", &rows, |t, v| format!("{},{v:.4}", quoted(t)))),
        ("no header", table("", &rows, |t, v| format!("{},{v:.4}", quoted(t)))),
        (
            "a unit column",
            table("Timestamp,value,Unit\n", &rows, |t, v| format!("{},{v:.4},\"Milliseconds\"", quoted(t))),
        ),
        (
            "semicolons, decimal comma, day first",
            table("timestamp;value\n", &rows, |t, v| format!("{};{}", at(t, "%d.%m.%Y %H:%M"), comma(v))),
        ),
        ("a quoted decimal comma", valued(|_, v| format!("\"{}\"", comma(v)))),
        ("UTF-16 with its mark", utf16(plain(&rows))),
        ("a mark and CRLF", format!("\u{feff}{}", crlf(plain(&rows))).into_bytes()),
        ("tabs", table("timestamp\tvalue\n", &rows, |t, v| format!("{}\t{v:.4}", iso(t)))),
        ("UTC in words, with a fraction", timed(|t| at(t, "%Y-%m-%d %H:%M:%S.000 UTC"))),
        (
            "Grafana's, with the unit",
            table("\"Time\",\"checkout p90\"\n", &rows, |t, v| format!("\"{}\",{v:.4} ms", at(t, "%Y-%m-%d %H:%M:%S"))),
        ),
        ("get-metric-statistics", datapoints().into_bytes()),
        // And others that people have.
        ("get-metric-data in two pages", metric_data().into_bytes()),
        ("get-metric-statistics, a query's pairs", {
            let pairs: Vec<String> = rows.iter().map(|(t, v)| format!("[\"{}\", {v:.4}]", iso(*t))).collect();
            format!("[{}]", pairs.join(", ")).into_bytes()
        }),
        ("an object a line", own.into_bytes()),
        ("gzip", packed(plain(&rows))),
        ("Excel's separator line", table("sep=;\ntimestamp;value\n", &rows, |t, v| format!("{};{v:.4}", iso(t)))),
        (
            "comments and empty lines",
            table("# made by hand\n\ntimestamp,value\n", &rows, |t, v| format!("{},{v:.4}\n", iso(t))),
        ),
        ("a separator at the end", table("timestamp,value,\n", &rows, |t, v| format!("{},{v:.4},", iso(t)))),
        (
            "more columns",
            table("host,samples,time,value\n", &rows, |t, v| format!("web-1,{},{},{v:.4}", t % 7, iso(t))),
        ),
        (
            "Logs Insights",
            table("bin(5m),avg(duration)\n", &rows, |t, v| format!("{},{v:.4}", at(t, "%Y-%m-%d %H:%M:%S.000"))),
        ),
        ("the date of mails", timed(|t| format!("\"{}\"", at(t, "%a, %d %b %Y %H:%M:%S GMT")))),
        ("what detect writes", {
            table("timestamp,value,anomaly_score,lower,upper\n", &rows, |t, v| format!("{},{v:.4},0.5,1.0,2.0", iso(t)))
        }),
    ];
    for (form, input) in forms {
        for piped in [false, true] {
            let outcome = detect(&input, piped, &[]);
            assert!(outcome.ok, "{form}, piped {piped}: {}", outcome.error);
            assert!(scores(&outcome) == expected, "{form}, piped {piped}: other scores than the plain form");
        }
    }
}

/// What has other points than the plain form finds the trouble all the same.
#[test]
fn forms_with_other_points_that_are_read() {
    let rows = series();
    let lost = |i: i64| (1000..1300).contains(&i) || i % 17 == 0;
    let index = |t: i64| (t - START) / STEP;
    let gaps: Vec<_> = rows.iter().filter(|(t, _)| !lost(index(*t))).copied().collect();
    let thinned: Vec<_> = rows.iter().filter(|(t, _)| index(*t) >= 7 * 288 || index(*t) % 12 == 0).copied().collect();
    let sometimes =
        |missing: &'static str| valued(move |i, v| if i % 50 == 0 { missing.to_owned() } else { format!("{v:.4}") });
    for (form, input) in [
        ("gaps", plain(&gaps)),
        ("null", sometimes("null")),
        ("dashes", sometimes("-")),
        ("nothing", sometimes("")),
        ("N/A", sometimes("N/A")),
        ("thousands", valued(|_, v| format!("\"{}\"", grouped(v * 1000.0)))),
        ("an hour apart, then five minutes", plain(&thinned)),
    ] {
        let outcome = detect(&input, false, &[]);
        assert!(outcome.ok, "{form}: {}", outcome.error);
        assert_eq!(outcome.rows.len(), String::from_utf8(input).unwrap().lines().count() - 1, "{form}");
        let in_trouble = |time: &str| TROUBLE.contains(&index(time.parse::<Timestamp>().unwrap().as_second()));
        for (time, value, score) in &outcome.rows {
            match (in_trouble(time), value.is_empty()) {
                (true, false) => assert!(*score >= 3.0, "{form}: {time} scores {score}"),
                (_, true) => assert!(*score == 0.0, "{form}: a missing point scores"),
                (false, _) => assert!(*score < 3.0, "{form}: {time} scores {score}"),
            }
            assert!(value.is_empty() || value.parse::<f64>().is_ok(), "{form}: {value:?} is no plain number");
        }
    }
}

/// What may mean two things, or is more than one series, is refused: where, and what to do.
#[test]
fn forms_that_are_refused() {
    let rows = series();
    let mut doubled = rows.clone();
    doubled.extend_from_slice(&rows[2000..2600]);
    let mut corrected = rows.clone();
    corrected.insert(3000, (rows[100].0, 5000.0));
    let summer = |t: i64| if t < START + 7 * 86_400 { 2 } else { 1 };
    let json = |values: &str| format!("{{\"Datapoints\": [\n{values}\n]}}").into_bytes();

    let forms: Vec<(&str, Vec<u8>, [&str; 3])> = vec![
        ("rows twice", plain(&doubled), ["line 4034", "column timestamp", "one value for each time"]),
        ("a later correction", plain(&corrected), ["line 3002", "column timestamp", "one value for each time"]),
        ("month first", timed(|t| at(t, "%m/%d/%Y %H:%M")), ["line 2", "column timestamp", "2026-11-22T14:30:00Z"]),
        ("a 12-hour clock", timed(|t| at(t, "%Y-%m-%d %I:%M:%S %p")), ["line 2", "column timestamp", "12-hour clock"]),
        (
            "day and time apart",
            table("Datum;Uhrzeit;Wert\n", &rows, |t, v| format!("{};{}", at(t, "%d.%m.%Y;%H:%M:%S"), comma(v))),
            ["line 2", "column Uhrzeit", "in one column"],
        ),
        (
            "two series, a row each",
            table("timestamp,metric,value\n", &rows, |t, v| format!("{0},p90,{v:.4}\n{0},p50,{1:.4}", iso(t), v * 0.3)),
            ["line 3", "column metric", "keep the rows of one"],
        ),
        (
            "two series at different times",
            table("timestamp,host,value\n", &rows, |t, v| format!("{},web-{},{v:.4}", iso(t), t / STEP % 2)),
            ["line 3", "column host", "keep the rows of one"],
        ),
        (
            "local time, an hour twice",
            timed(|t| ahead(t, summer(t), "%Y-%m-%d %H:%M:%S")),
            ["line 2018", "column timestamp", "in UTC or with their offset"],
        ),
        (
            "several values a row",
            table("Timestamp,Average,Maximum\n", &rows, |t, v| format!("{},{v:.4},{:.4}", iso(t), v * 2.0)),
            ["line 1", "columns Average, Maximum", "--column"],
        ),
        ("a decimal comma without quotes", valued(|_, v| comma(v)), ["line 2", "column 3", "decimal comma"]),
        ("thousands or decimals", valued(|_, _| "\"118,204\"".to_owned()), ["line 2", "column value", "decimal dot"]),
        (
            "not a number",
            valued(|i, v| if i == 7 { "NaN".to_owned() } else { format!("{v:.4}") }),
            ["line 9", "column value", "empty"],
        ),
        (
            "infinite",
            valued(|i, v| if i == 7 { "-inf".to_owned() } else { format!("{v:.4}") }),
            ["line 9", "column value", "empty"],
        ),
        (
            "a word",
            valued(|i, v| if i == 7 { "many".to_owned() } else { format!("{v:.4}") }),
            ["line 9", "column value", "write one"],
        ),
        (
            "another unit",
            valued(|i, v| if i == 7 { "1.02 s".to_owned() } else { format!("{v:.4} ms") }),
            ["line 9", "column value", "one unit"],
        ),
        (
            "numbers of rows",
            timed(|t| ((t - START) / STEP).to_string()),
            ["line 2", "not times", "2026-11-22T14:30:00Z"],
        ),
        (
            "times without separators",
            timed(|t| at(t, "%Y%m%d%H%M%S")),
            ["line 2", "column timestamp", "2026-11-22T14:30:00Z"],
        ),
        ("a workbook", b"PK\x03\x04\x14\0\x06\0".to_vec(), ["line 1", "Excel", "as CSV"]),
        ("one column", table("value\n", &rows, |_, v| format!("{v:.4}")), ["line 1", "one column", "comma"]),
        ("nothing", Vec::new(), ["line 1", "columns timestamp and value", "name"]),
        ("another encoding", b"timestamp,value\n2026-11-22,5 \xb5s\n".to_vec(), ["line 2", "column 2", "UTF-8"]),
        (
            "an open quote",
            b"timestamp,value\n2026-11-22,\"5\n2026-11-23,6\n".to_vec(),
            ["line 2", "column value", "write one"],
        ),
        (
            "console export of two metrics",
            b"Full label,p90,p50\nLabel,a,b\n2026/11/22 14:30:00,1,2\n".to_vec(),
            ["line 1", "p90, p50", "--column"],
        ),
        (
            "get-metric-data of two metrics",
            b"{\"MetricDataResults\": [{\"Id\": \"m1\", \"Label\": \"a\", \"Timestamps\": [], \"Values\": []},\n\
              {\"Id\": \"m2\", \"Label\": \"b\", \"Timestamps\": [], \"Values\": []}]}"
                .to_vec(),
            ["line 2", "column Id", "--column m2"],
        ),
        (
            "two statistics",
            json("{\"Timestamp\": \"2026-11-22T14:30:00Z\", \"Average\": 1, \"Maximum\": 2}"),
            ["line 2", "Average, Maximum", "--column"],
        ),
        (
            "a datapoint twice",
            json(
                "{\"Timestamp\": \"2026-11-22T14:30:00Z\", \"Sum\": 1},\n{\"Timestamp\": \"2026-11-22T14:30:00Z\", \"Sum\": 2}",
            ),
            ["line 3", "column Timestamp", "one value for each time"],
        ),
        (
            "two units",
            json(
                "{\"Timestamp\": \"2026-11-22T14:30:00Z\", \"Sum\": 1, \"Unit\": \"Count\"},\n\
                 {\"Timestamp\": \"2026-11-22T14:35:00Z\", \"Sum\": 2, \"Unit\": \"None\"}",
            ),
            ["line 3", "column Unit", "keep one"],
        ),
        (
            "JSON with NaN",
            json("{\"Timestamp\": \"2026-11-22T14:30:00Z\", \"Sum\": NaN}"),
            ["line 2", "column", "not JSON"],
        ),
        ("another JSON", b"{\"Buckets\": []}".to_vec(), ["line 1", "Timestamp", "get-metric-statistics"]),
        ("a part of JSON", b"{\"Datapoints\": [".to_vec(), ["line 1", "column", "not JSON"]),
    ];
    for (form, input, told) in forms {
        let outcome = detect(&input, false, &[]);
        assert!(!outcome.ok, "{form} was read");
        assert_eq!(outcome.rows.len(), 0, "{form}: rows before the refusal");
        assert!(outcome.error.starts_with("stackseer: in.csv"), "{form}: {}", outcome.error);
        for part in told {
            assert!(outcome.error.contains(part), "{form}: no {part:?} in: {}", outcome.error);
        }
    }
}

#[test]
fn the_column_can_be_chosen() {
    let rows = series();
    let expected = reference();
    let wide = table("Timestamp,Maximum,Average\n", &rows, |t, v| format!("{},{:.4},{v:.4}", iso(t), v * 9.0));
    let bare = table("", &rows, |t, v| format!("{},{:.4},{v:.4}", iso(t), v * 9.0));
    let two = "{\"MetricDataResults\": [{\"Id\": \"m1\", \"Label\": \"a\", \"Timestamps\": [\"2026-11-22T14:30:00Z\"], \"Values\": [1]},\
               {\"Id\": \"m2\", \"Label\": \"b\", \"Timestamps\": [\"2026-11-22T14:30:00Z\"], \"Values\": [2]}]}";
    for (input, column) in [(&wide, "average"), (&wide, "3"), (&bare, "3")] {
        let outcome = detect(input, false, &["--column", column]);
        assert!(outcome.ok && scores(&outcome) == expected, "{column}: {}", outcome.error);
    }
    assert_eq!(
        detect(two.as_bytes(), false, &["--column", "m2"]).rows,
        [("2026-11-22T14:30:00Z".into(), "2".into(), 0.0)]
    );
    for (column, why) in [("Minimum", "no column Minimum"), ("Timestamp", "holds the times"), ("9", "no column 9")] {
        let outcome = detect(&wide, false, &["--column", column]);
        assert!(!outcome.ok && outcome.error.contains(why), "{column}: {}", outcome.error);
    }
    assert!(detect(two.as_bytes(), false, &["--column", "m3"]).error.contains("no result with the id or label m3"));
}

#[test]
fn a_stream_is_not_sorted_and_says_so() {
    let mut rows = series();
    rows.swap(500, 501);
    let outcome = detect(&plain(&rows), true, &[]);
    assert!(!outcome.ok && outcome.error.contains("line 503, column timestamp"), "{}", outcome.error);
    assert!(outcome.error.contains("sort the input by time first"), "{}", outcome.error);
    assert!(detect(&plain(&rows), false, &[]).ok, "a file is");
}

#[test]
fn onsets_keep_the_rows_as_they_are() {
    let mut rows = series();
    // Clocks went back, and a row came twice.
    for row in &mut rows[2000..2600] {
        row.0 -= 3300;
    }
    rows.insert(3000, rows[2999]);
    let outcome = detect(&plain(&rows), false, &["--onsets"]);
    assert!(outcome.ok, "{}", outcome.error);
    let times: Vec<&str> = outcome.rows.iter().map(|(time, ..)| time.as_str()).collect();
    assert!(times == rows.iter().map(|(t, _)| iso(*t)).collect::<Vec<_>>());
    let trouble = TROUBLE.start as usize + 1..TROUBLE.end as usize + 1;
    let told = outcome.rows[trouble].iter().filter(|(.., score)| *score > 0.0).count();
    assert!((1..=2).contains(&told), "{told} points of the trouble");
    let newest_first: Vec<_> = series().into_iter().rev().collect();
    let outcome = detect(&plain(&newest_first), false, &["--onsets"]);
    assert!(!outcome.ok && outcome.error.contains("--onsets keeps the order"), "{}", outcome.error);
}

#[test]
fn kind_and_period_make_a_difference() {
    let outcome = |more: &[&str]| {
        let mut rows = series();
        for row in &mut rows[3000..3100] {
            row.1 *= 3.0;
        }
        scores(&detect(&plain(&rows), false, more))
    };
    let kinds = ["latency", "count", "gauge", "ratio", "sparse"].map(|kind| {
        let input = plain(&series());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in.csv");
        std::fs::write(&file, input).unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_stackseer")).args(["detect", "--kind", kind]).arg(file).output().unwrap();
        output.stdout
    });
    for (i, kind) in kinds.iter().enumerate() {
        assert!(kinds[..i].iter().all(|other| other != kind), "kind {i} as another");
    }
    let periods = [outcome(&[]), outcome(&["--period", "60"]), outcome(&["--period", "3600"])];
    assert!(periods[0] == outcome(&["--period", "300"]), "the usual step is the period");
    assert!(periods[0] != periods[1] && periods[0] != periods[2] && periods[1] != periods[2]);
}
