//! The built program from outside: exit codes, streams, help.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};

fn stackseer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackseer"));
    // Nothing of the developer's own settings.
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    stackseer().args(args).output().expect("it starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn bad_usage_is_2_and_says_what_to_write() {
    for (args, hint) in [
        (&["scan"][..], "--stack <NAME>"),
        (&["scan", "--tag", "app=shop"], "devops-guru-"),
        (&["scan", "--stack", "shop", "--at", "yesterday"], "2026-11-22T14:30:00Z"),
        (&["scan", "--stack", "shop", "--state", "a", "--no-state"], "--no-state"),
        (&["replay"], "<DIR>"),
        (&["detect", "a.csv", "--kind", "wiggly"], "latency"),
        (&["detect", "a.csv", "--period", "0"], "--period"),
        (&["dance"], "stackseer"),
        (&["demo", "--output", "xml"], "json"),
        (&["demo", "--insight", "0"], "--insight"),
        (&["tune"], "--stack <NAME>"),
        (&["tune", "incident", "--stack", "shop"], "--stack"),
        (&["tune", "incident", "--budget", "0"], "0.5"),
        (&["tune", "incident", "--days", "43"], "42"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(hint), "{args:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn failure_is_1_with_the_reason_on_stderr() {
    for (args, reason) in [
        (&["detect", "no-such.csv"][..], "no-such.csv"),
        (&["replay", "no-such-folder"], "no-such-folder"),
        (&["tune", "no-such-folder"], "no-such-folder"),
        (&["replay", "no-such-folder", "--config", "no-such.toml"], "no-such.toml"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).starts_with("stackseer: ") && stderr(&output).contains(reason), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn a_recording_into_a_folder_that_holds_something_is_refused_before_the_work() {
    let full = env!("CARGO_MANIFEST_DIR");
    for args in [&["demo", "--record", full][..], &["scan", "--stack", "shop", "--record", full]] {
        let began = std::time::Instant::now();
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(stderr(&output).contains("not an empty folder"), "{}", stderr(&output));
        assert!(began.elapsed().as_secs() < 5, "{args:?}: {:?}", began.elapsed());
    }
}

#[test]
fn an_error_says_each_thing_once() {
    let said = stderr(&run(&["replay", "no-such-folder"]));
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

#[test]
fn examples_fit_a_terminal_of_eighty_columns() {
    for args in [
        &["--help"][..],
        &["scan", "--help"],
        &["replay", "--help"],
        &["tune", "--help"],
        &["doctor", "--help"],
        &["demo", "--help"],
    ] {
        let output = stackseer().args(args).env("COLUMNS", "80").output().expect("it starts");
        let help = String::from_utf8(output.stdout).unwrap();
        let examples =
            help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{args:?}")).split("\n\n").next().unwrap();
        let whole = |line: &str| line.starts_with("  stackseer ") || line.starts_with("  # ");
        assert!(examples.lines().all(|line| whole(line) && line.chars().count() <= 80), "{args:?}: {examples}");
    }
}

#[test]
fn help_teaches_by_example() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for command in
        ["stackseer demo", "stackseer doctor", "stackseer scan --stack shop", "stackseer replay", "stackseer detect"]
    {
        assert!(help.contains(command), "{command}");
    }
    for command in ["scan", "replay", "tune", "detect", "doctor"] {
        let help = String::from_utf8(run(&[command, "--help"]).stdout).unwrap();
        assert!(help.contains("Examples:") && help.contains(&format!("stackseer {command}")), "{help}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let mut child = stackseer()
        .args(["detect", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // Ends with an error once the program is gone.
        let _ = writeln!(input, "timestamp,value");
        (0..1_000_000).take_while(|i| writeln!(input, "{},1", 1_700_000_000 + i * 60).is_ok()).count()
    });
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "timestamp,value,anomaly_score,lower,upper");
    drop(output);
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!((child.wait().unwrap().code(), error.as_str()), (Some(0), ""));
    assert!(writer.join().unwrap() < 1_000_000);
}

#[test]
fn a_stream_is_answered_row_by_row() {
    let mut child = stackseer()
        .args(["detect", "-", "--period", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    writeln!(input, "timestamp,value\n2026-11-22T14:30:00Z,5").unwrap();
    output.next();
    assert_eq!(output.next().unwrap().unwrap(), "2026-11-22T14:30:00Z,5,0.0,5.0,5.0");
    drop(input);
    assert!(output.next().is_none() && child.wait().unwrap().success());
}

#[test]
fn colour_goes_only_where_it_is_wanted() {
    let escape = |output: Output| String::from_utf8_lossy(&output.stderr).contains('\u{1b}');
    assert!(!escape(run(&["dance"])));
    assert!(!escape(stackseer().args(["dance"]).env("NO_COLOR", "1").output().unwrap()));
}
