use super::*;

fn run(input: &str, output: Output) -> Result<String> {
    let args =
        args::Detect { file: "in.csv".into(), kind: args::Kind::Gauge, period: None, column: None, onsets: false };
    let mut out = Vec::new();
    detect(io::Cursor::new(input.to_owned()), &mut out, "in.csv", &args, output, false)?;
    Ok(String::from_utf8(out)?)
}

fn rows(output: &str) -> Vec<Vec<String>> {
    output.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// A quiet wave with a spike at row 500.
fn wave() -> String {
    let mut input = "timestamp,value\n".to_owned();
    for i in 0..600 {
        let time = 1_793_491_200 + i * 300;
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
    let best =
        (0..600).max_by(|a, b| rows[*a][2].parse::<f64>().unwrap().total_cmp(&rows[*b][2].parse().unwrap())).unwrap();
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
        "value,timestamp,host\n1,2026-11-22 14:30:00,a\n,2026-11-22 14:35:00,a\nnull,2026-11-22 14:40:00,a\n",
        Output::Text,
    );
    assert_eq!(
        out.unwrap(),
        "timestamp,value,anomaly_score,lower,upper\n2026-11-22 14:30:00,1,0.0,1.0,1.0\n2026-11-22 14:35:00,,0.0,,\n\
         2026-11-22 14:40:00,,0.0,,\n"
    );
}

#[test]
fn json_is_an_object_a_line() {
    let out = run("timestamp,value\n300,2\n600,\n", Output::Json).unwrap();
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0]["value"].as_f64(), lines[1]["value"].as_f64()), (Some(2.0), None));
}

#[test]
fn nothing_in_means_the_header_out() {
    assert_eq!(run("timestamp,value\n", Output::Text).unwrap(), "timestamp,value,anomaly_score,lower,upper\n");
}

#[test]
fn a_bad_row_names_file_line_column_and_the_fix() {
    let message = |input: &str| format!("{:#}", run(input, Output::Text).unwrap_err());
    assert_eq!(
        message("timestamp,value\n2026-11-22,1\n2026-11-23,many\n"),
        "in.csv, line 3, column value: \"many\" is not a number; write one, or nothing for a missing point"
    );
    assert_eq!(
        message("timestamp,value\nyesterday,1\n"),
        "in.csv, line 2, column timestamp: \"yesterday\" is not a time; write it as 2026-11-22T14:30:00Z"
    );
    assert_eq!(
        message("timestamp,value\n2026-11-22\n"),
        "in.csv, line 2, column value: the row has no such field; leave it empty for a missing point, with its separator before it"
    );
    assert_eq!(
        message("when,val\nsoon,2\n"),
        "in.csv, line 1: no column timestamp; the first line must name the columns timestamp and value (found: when,val)"
    );
    assert_eq!(message(""), "in.csv, line 1: nothing in it; the first line must name the columns timestamp and value");
}

#[test]
fn the_period_is_the_usual_step() {
    let step = |times: &[i64]| {
        let row = |time: &i64| Row::new(2, "", jiff::Timestamp::from_second(*time).unwrap(), "0", Some(0.0));
        usual_step(&times.iter().map(row).collect::<Vec<_>>(), "in.csv")
    };
    assert_eq!(step(&[0, 60, 120, 4000, 4060]).unwrap(), 60);
    assert_eq!(step(&[]).unwrap(), FALLBACK_PERIOD);
    assert_eq!(step(&[5, 5]).unwrap(), FALLBACK_PERIOD);
    assert!(step(&[1, 2, 3]).unwrap_err().to_string().contains("numbers of rows"));
    assert_eq!(step(&[1_762_041_600, 1_762_041_601]).unwrap(), 1, "twin: seconds are times");
}
