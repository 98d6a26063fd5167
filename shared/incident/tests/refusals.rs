//! What is wrong with a folder is said with file, line and field, and what to do.

use stackseer_incident::{IncidentError, Problem, read_folder};
use std::fs;
use tempfile::TempDir;

const SETTINGS: &str = r#"format = 1
application = "shop"
period = 60
learn = { from = 2026-01-05T00:00:00Z, to = 2026-01-08T00:00:00Z }
watch = { from = 2026-01-08T00:00:00Z, to = 2026-01-08T01:00:00Z }
"#;
const HEADER: &str = "timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value\n";
const ROW: &str =
    "2026-01-05T00:00:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,FunctionName=checkout,,1\n";

struct Folder(TempDir);

impl Folder {
    /// A small folder without a fault.
    fn sound() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.with("incident.toml", SETTINGS).with("metrics.csv", &format!("{HEADER}{ROW}"))
    }

    fn with(self, file: &str, text: &str) -> Self {
        fs::write(self.0.path().join(file), text).unwrap();
        self
    }

    fn metrics(self, rows: &str) -> Self {
        self.with("metrics.csv", &format!("{HEADER}{rows}"))
    }

    fn settings(self, from: &str, to: &str) -> Self {
        assert!(SETTINGS.contains(from), "{from}");
        self.with("incident.toml", &SETTINGS.replace(from, to))
    }

    #[track_caller]
    fn reads(&self) {
        read_folder(self.0.path()).unwrap();
    }

    /// `file:line: field` and the whole message without the folder's path.
    #[track_caller]
    fn refused(&self) -> (String, Problem) {
        match read_folder(self.0.path()) {
            Err(IncidentError::Invalid { at, problem }) => {
                let at = at.to_string();
                (at.rsplit_once('/').map_or(at.clone(), |(_, file)| file.to_owned()), problem)
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn refused_with(&self, place: &str, text: &str) {
        let (at, problem) = self.refused();
        assert_eq!(at, place);
        assert!(problem.to_string().contains(text), "`{problem}` says nothing of `{text}`");
    }
}

#[test]
fn the_sound_folder_reads() {
    Folder::sound().reads();
}

#[test]
fn a_folder_that_is_not_there() {
    let error = read_folder(std::path::Path::new("/nowhere/at/all")).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/at/all: cannot read: "), "{error}");
}

#[test]
fn files_missing_unknown_or_unreadable() {
    let folder = Folder::sound();
    fs::remove_file(folder.0.path().join("incident.toml")).unwrap();
    folder.refused_with("incident.toml", "needs incident.toml and metrics.csv");
    let folder = Folder::sound();
    fs::remove_file(folder.0.path().join("metrics.csv")).unwrap();
    folder.refused_with("metrics.csv", "needs incident.toml and metrics.csv");
    Folder::sound()
        .with("event.jsonl", "")
        .refused_with("event.jsonl", "only incident.toml, metrics.csv, topology.csv");
    let folder = Folder::sound();
    fs::write(folder.0.path().join("config.jsonl"), b"{}\n\xff").unwrap();
    folder.refused_with("config.jsonl:2", "UTF-8");
    let folder = Folder::sound();
    fs::write(folder.0.path().join("metrics.csv"), [HEADER.as_bytes(), b"1,\xff,,,,,,,\n"].concat()).unwrap();
    folder.refused_with("metrics.csv:2", "field 2 is not UTF-8");
    Folder::sound().with(".DS_Store", "").reads();
}

#[test]
fn settings() {
    let refused = |from, to, place, text| Folder::sound().settings(from, to).refused_with(place, text);
    refused("format = 1", "format = 2", "incident.toml:1: format", "reads format 1");
    refused("\"shop\"", "\" \"", "incident.toml:2: application", "fill it in");
    refused("\"shop\"", "shop", "incident.toml:2", "");
    refused("period = 60", "perod = 60", "incident.toml:3", "unknown field `perod`, expected one of `format`");
    refused("period = 60\n", "", "incident.toml:1", "missing field `period`");
    refused("period = 60", "period = 0", "incident.toml:3: period", "1 to 86400 seconds; it is 0");
    refused("period = 60", "period = 60\ntick_minutes = -5", "incident.toml:4: tick_minutes", "1 to 1440 minutes");
    refused("period = 60", "period = 60\nperiod = 60", "incident.toml:4", "duplicate key");
    refused("2026-01-05T00:00:00Z", "\"yesterday\"", "incident.toml:4", "`yesterday` is no time; write RFC 3339");
    refused(
        "2026-01-05T00:00:00Z",
        "2026-01-05T00:00:00",
        "incident.toml:4",
        "is no time; write RFC 3339 with an offset",
    );
    refused("2026-01-05T00:00:00Z", "2026-01-09T00:00:00Z", "incident.toml:4: learn", "from must be before to");
    refused("from = 2026-01-08T00:00:00Z", "from = 2026-01-07T00:00:00Z", "incident.toml:5: watch", "taken for normal");
    let tag = "period = 60\nboundary = { kind = \"tag\", key = \"devops-guru-app\", value = \"other\" }";
    refused("period = 60", tag, "incident.toml:2: application", "the boundary names `other`");
}

#[test]
fn metrics() {
    let refused = |rows: &str, place, text| Folder::sound().metrics(rows).refused_with(place, text);
    let changed = |from: &str, to: &str| ROW.replace(from, to);
    refused(&changed("2026-01-05T00:00:00Z", "5/1/2026"), "metrics.csv:2: timestamp", "`5/1/2026` is no time");
    refused(&changed("2026-01-05T00:00:00Z", "1767571200000000"), "metrics.csv:2: timestamp", "is no time");
    refused(&format!("{ROW}{}", changed(",1\n", ",many\n")), "metrics.csv:3: value", "`many` is no number");
    refused(&changed("checkout,AWS", ",AWS"), "metrics.csv:2: resource", "fill it in");
    refused(&changed("AWS::Lambda::Function", ""), "metrics.csv:2: resource_type", "fill it in");
    refused(&changed("AWS/Lambda", ""), "metrics.csv:2: namespace", "fill it in");
    refused(&changed("Errors", ""), "metrics.csv:2: metric", "fill it in");
    refused(&changed("Sum", ""), "metrics.csv:2: statistic", "fill it in");
    refused(&changed("FunctionName=checkout", "checkout"), "metrics.csv:2: dimensions", "without `=`");
    refused(&changed("FunctionName=checkout", "A=1;A=2"), "metrics.csv:2: dimensions", "names a dimension twice");
    refused(&changed("FunctionName=checkout", "A="), "metrics.csv:2: dimensions", "empty name or value");
    refused(&changed(",,1", ",slow,1"), "metrics.csv:2: role", "write one of errors, throttles");
    refused(&changed(",,1", ",latency:fast,1"), "metrics.csv:2: role", "`fast`");
    refused(&format!("{ROW}{ROW}"), "metrics.csv:3: timestamp", "says what line 2 said");
    let second = ROW.replace("T00:00", "T00:01").replace(",,1", ",errors,1");
    refused(&format!("{ROW}{second}"), "metrics.csv:3: role", "another value than on line 2");
    refused(&changed(",1\n", ",1,2\n"), "metrics.csv:2", "10 fields where there must be 9");
    refused(&format!("{ROW}\n{ROW}"), "metrics.csv:3", "is blank; remove it");
    refused(&format!("{ROW}\"2026-01-05\n"), "metrics.csv:3", "1 fields where there must be 9");
}

#[test]
fn windows_line_endings_read_and_count_as_others_do() {
    let windows = |text: &str| Folder::sound().with("metrics.csv", &text.replace('\n', "\r\n"));
    let incident = read_folder(windows(&format!("{HEADER}{ROW}")).0.path()).unwrap();
    assert_eq!(incident.series[0].series.0[0].value, 1.0);
    let bad = ROW.replace(",1\n", ",many\n").replace("T00:00", "T00:01");
    windows(&format!("{HEADER}{ROW}{bad}")).refused_with("metrics.csv:3: value", "`many` is no number");
    Folder::sound().with("topology.csv", "source,target,kind\r\ncheckout,checkout,sync\r\n").reads();
}

#[test]
fn the_header_is_exact() {
    let refused = |header: &str| {
        Folder::sound()
            .with("metrics.csv", header)
            .refused_with("metrics.csv:1", "exactly `timestamp,resource,resource_type");
    };
    refused("timestamp,resource,resource_type,namespace,metric,statistic,dimensions,value\n");
    refused("timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value,value\n");
    refused("Timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value\n");
    refused("timestamp,resource,resource,namespace,metric,statistic,dimensions,role,value\n");
    refused("");
    Folder::sound()
        .with("topology.csv", "from,to,kind\n")
        .refused_with("topology.csv:1", "exactly `source,target,kind`");
}

#[test]
fn topology() {
    let refused = |rows: &str, place, text| {
        let rows = format!("source,target,kind\n{rows}");
        let other = ROW.replace("checkout", "orders");
        Folder::sound().metrics(&format!("{ROW}{other}")).with("topology.csv", &rows).refused_with(place, text);
    };
    refused(
        "checkout,nobody,sync\n",
        "topology.csv:2: target",
        "no resource is called `nobody`; name one of metrics.csv",
    );
    refused(",checkout,sync\n", "topology.csv:2: source", "fill it in");
    refused("checkout,orders,calls\n", "topology.csv:2: kind", "write sync, async or part");
    refused("checkout,orders,sync\ncheckout,orders,async\n", "topology.csv:3: target", "says what line 2 said");
    refused("checkout,orders\n", "topology.csv:2", "2 fields where there must be 3");
}

#[test]
fn a_name_that_two_resources_have_is_not_guessed() {
    let table = ROW.replace("AWS::Lambda::Function", "AWS::DynamoDB::Table");
    let folder = Folder::sound()
        .metrics(&format!("{ROW}{table}"))
        .with("topology.csv", "source,target,kind\ncheckout,AWS::DynamoDB::Table/checkout,sync\n");
    folder.refused_with(
        "topology.csv:2: source",
        "write the id of the one you mean: AWS::Lambda::Function/checkout or AWS::DynamoDB::Table/checkout",
    );
}

#[test]
fn events() {
    const EVENT: &str = r#"{"time":"2026-01-08T00:10:00Z","source":"lambda.amazonaws.com","name":"UpdateFunctionCode","class":"DEPLOYMENT","resources":["checkout"]}"#;
    let refused = |line: &str, place, text| Folder::sound().with("events.jsonl", line).refused_with(place, text);
    let changed = |from: &str, to: &str| {
        assert!(EVENT.contains(from));
        EVENT.replace(from, to)
    };
    Folder::sound().with("events.jsonl", &format!("\n{EVENT}\n")).reads();
    refused(&changed("2026-01-08T00:10:00Z", "noon"), "events.jsonl:1: time", "`noon` is no time");
    refused(&changed("\"checkout\"", "\"nobody\""), "events.jsonl:1: resources", "no resource is called `nobody`");
    refused(&changed("DEPLOYMENT", "DEPLOY"), "events.jsonl:1: class", "expected one of `INFRASTRUCTURE`");
    refused(&changed("\"name\":\"UpdateFunctionCode\",", ""), "events.jsonl:1: name", "is missing");
    refused(&changed("\"name\"", "\"title\""), "events.jsonl:1: name", "is missing");
    refused(
        &changed("{\"time\"", "{\"when\":1,\"time\""),
        "events.jsonl:1: when",
        "unknown key; allowed: time, source",
    );
    refused(&changed("{\"time\"", "{\"name\":\"x\",\"time\""), "events.jsonl:1", "key `name` is there twice");
    refused(&changed("[\"checkout\"]", "\"checkout\""), "events.jsonl:1: resources", "expected a sequence");
    refused(&format!("{EVENT}\n{EVENT}"), "events.jsonl:2: id", "says what line 1 said");
    refused(&format!("{EVENT}\nnot json"), "events.jsonl:2", "at column");
    refused("[1]", "events.jsonl:1", "expected a JSON object on one line");
    let property = changed("\"class\"", "\"changes\":[{\"what\":\"x\"}],\"class\"");
    refused(&property, "events.jsonl:1: changes", "unknown field `what`, expected one of `property`");
}

#[test]
fn config() {
    let refused = |line: &str, place, text| Folder::sound().with("config.jsonl", line).refused_with(place, text);
    const LINE: &str = r#"{"resource":"orders","resource_type":"AWS::DynamoDB::Table"}"#;
    refused(r#"{"resource":"orders"}"#, "config.jsonl:1: resource_type", "is missing");
    refused(r#"{"resource":"","resource_type":"T"}"#, "config.jsonl:1: resource", "fill it in");
    refused(&LINE.replace("}", ",\"attribute\":{}}"), "config.jsonl:1: attribute", "unknown key; allowed: resource");
    refused(
        &LINE.replace("}", ",\"attributes\":{\"a\":[]}}"),
        "config.jsonl:1: attributes.a",
        "is neither text, number, true or false",
    );
    refused(&LINE.replace("}", ",\"attributes\":[]}"), "config.jsonl:1: attributes", "expected a map");
    refused(&format!("{LINE}\n{LINE}"), "config.jsonl:2: resource", "says what line 1 said");
}

#[test]
fn a_role_can_only_be_left_out_where_the_catalogue_knows_the_metric() {
    let incident = read_folder(Folder::sound().metrics(ROW).0.path()).unwrap();
    let error = incident.metrics(&[]).unwrap_err().to_string();
    assert!(error.starts_with("metrics.csv:2: role: the catalogue has no metric AWS/Lambda Errors Sum"), "{error}");
    assert!(error.contains("fill in its role"), "{error}");
}

/// One point each `apart` seconds from the first hour of a range on.
fn points(from: &str, count: i64, apart: i64) -> String {
    let from = from.parse::<stackseer_model::Timestamp>().unwrap().as_second();
    (0..count)
        .map(|i| format!("{},checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,{}\n", from + i * apart, i % 7))
        .collect()
}

#[test]
fn a_period_that_is_not_the_datas_is_refused() {
    let learn = "2026-01-05T00:00:00Z";
    Folder::sound().metrics(&points(learn, 60, 60)).reads();
    let coarse = Folder::sound().metrics(&points(learn, 60, 300));
    coarse.refused_with("incident.toml:3: period", "no two points of metrics.csv are nearer than 300 s; write 300");
    let fine = Folder::sound().metrics(&points(learn, 60, 60)).settings("period = 60", "period = 300");
    fine.refused_with("metrics.csv:3: timestamp", "60 s after the point before it");
    // Few points may lie on multiples of something by chance.
    Folder::sound().metrics(&points(learn, 12, 300)).reads();
}

#[test]
fn a_history_that_is_coarser_than_what_is_watched_is_refused() {
    let watched = points("2026-01-08T00:00:00Z", 60, 60);
    let coarse = points("2026-01-05T00:00:00Z", 600, 300);
    Folder::sound()
        .metrics(&format!("{coarse}{watched}"))
        .refused_with("metrics.csv:2: timestamp", "every 300 s in the learned range and every 60 s in the watched one");
    let fine = points("2026-01-05T00:00:00Z", 600, 60);
    Folder::sound().metrics(&format!("{fine}{watched}")).reads();
}
