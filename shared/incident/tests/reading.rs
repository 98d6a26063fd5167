//! What a sound folder means, and how it answers the line's questions.

use stackseer_incident::{Incident, IncidentSource, read_folder};
use stackseer_model::ports::{EventSource, MetricSource, PortError, ResourceSource};
use stackseer_model::*;
use std::collections::BTreeMap;
use std::fs;

const SETTINGS: &str = r#"format = 1
application = "shop"
period = 300
learn = { from = "2026-01-05T00:00:00+01:00", to = 2026-01-08T00:00:00Z }
watch = { from = 1767830400, to = 2026-01-08T00:12:00Z }
"#;
const METRICS: &str = "\
timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value
2026-01-08T01:05:00+01:00,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,2
1767830400,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,1
2026-01-08T00:10:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,NaN
2026-01-08T00:15:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,inf
2026-01-08T00:20:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,
2026-01-08T00:25:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Errors,Sum,,,-inf
2026-01-08T00:00:00Z,checkout,AWS::Lambda::Function,AWS/Lambda,Throttles,Sum,,,
2026-01-08T00:00:00Z,front,X-Ray::Service,AWS/X-Ray,latency,Average,,latency,0.25
2026-01-08T00:00:00Z,back,X-Ray::Service,AWS/X-Ray,latency,Average,,latency,0.125
2026-01-08T00:00:00Z,orders,AWS::DynamoDB::Table,AWS/DynamoDB,Latency,p90,TableName=orders;Operation=Put,,3
";
const EVENTS: &str = r#"{"time":1767831000,"source":"lambda.amazonaws.com","name":"UpdateFunctionCode","class":"DEPLOYMENT","resources":["checkout"]}
{"time":"2026-01-08T00:05:00Z","source":"ci","name":"Deploy","data_source":"CUSTOM","class":"DEPLOYMENT","resources":[]}
"#;
const CONFIG: &str = r#"{"resource":"orders","resource_type":"AWS::DynamoDB::Table","attributes":{"write_capacity":100,"point_in_time_recovery":"ENABLED","deletion_protection":false}}
"#;

fn incident() -> Incident {
    let folder = tempfile::tempdir().unwrap();
    // TOML itself has no unix seconds; a number is as good as quoted text.
    for (file, text) in [
        ("incident.toml", SETTINGS),
        ("metrics.csv", METRICS),
        ("events.jsonl", EVENTS),
        ("config.jsonl", CONFIG),
        ("topology.csv", "source,target,kind\nfront,back,sync\ncheckout,orders,async\n"),
    ] {
        fs::write(folder.path().join(file), text).unwrap();
    }
    read_folder(folder.path()).unwrap()
}

fn time(text: &str) -> Timestamp {
    format!("2026-01-08T{text}:00Z").parse().unwrap()
}

/// As the catalogue would describe it.
fn catalogued(name: &str, dimensions: &[(&str, &str)]) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".into(),
            name: name.into(),
            dimensions: dimensions.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            statistic: "Sum".into(),
        },
        resource: ResourceId("AWS::Lambda::Function/checkout".into()),
        unit: "Count".into(),
        role: Role::Errors,
        kind: Kind::Sparse,
        bad: BadDirection::Up,
        missing: MissingPoint::Zero,
        period: 60,
        publication_delay: 120,
        opens: true,
        least: 1.0,
        out_of: None,
        harms: None,
        at_most: None,
    }
}

fn values(series: &Series) -> Vec<f64> {
    series.0.iter().map(|p| p.value).collect()
}

#[test]
fn times_of_any_offset_and_unix_seconds_mean_the_same_clock() {
    let incident = incident();
    assert_eq!(incident.learn.from, "2026-01-04T23:00:00Z".parse().unwrap());
    assert_eq!(incident.watch.from, time("00:00"));
    let errors = &incident.series[0].series;
    assert_eq!(errors.0.iter().map(|p| p.time).collect::<Vec<_>>(), [time("00:00"), time("00:05")]);
    assert_eq!(incident.events.iter().map(|e| e.time).collect::<Vec<_>>(), [time("00:05"), time("00:10")]);
}

#[test]
fn no_number_is_a_missing_point_and_a_series_of_none_was_still_read() {
    let incident = incident();
    assert_eq!(values(&incident.series[0].series), [1.0, 2.0]);
    assert_eq!((incident.series[1].key.name.as_str(), values(&incident.series[1].series)), ("Throttles", vec![]));
}

#[test]
fn attributes_are_text_whatever_json_calls_them() {
    let orders = incident().inventory.resource(&ResourceId("AWS::DynamoDB::Table/orders".into())).cloned().unwrap();
    let expected = [("deletion_protection", "false"), ("point_in_time_recovery", "ENABLED"), ("write_capacity", "100")];
    assert_eq!(orders.attributes, expected.map(|(k, v)| (k.to_owned(), v.into())).into());
}

#[test]
fn the_recorded_metrics_are_watched_at_the_folders_grain() {
    let mut known = vec![catalogued("Errors", &[("FunctionName", "checkout")])];
    known.push(Metric { role: Role::Throttles, ..catalogued("Throttles", &[("FunctionName", "checkout")]) });
    known.push(catalogued("DeadLetterErrors", &[("FunctionName", "checkout")]));
    let mut put = catalogued("Latency", &[("TableName", "orders"), ("Operation", "Put")]);
    put.key.namespace = "AWS/DynamoDB".into();
    put.key.statistic = "p90".into();
    put.resource = ResourceId("AWS::DynamoDB::Table/orders".into());
    known.push(put);
    let metrics = incident().metrics(&known).unwrap();
    let names: Vec<String> = metrics.iter().map(|m| m.key.to_string()).collect();
    assert_eq!(
        names,
        [
            "AWS/DynamoDB Latency p90 Operation=Put TableName=orders",
            "AWS/Lambda Errors Sum FunctionName=checkout",
            "AWS/Lambda Throttles Sum FunctionName=checkout",
            "AWS/X-Ray latency Average Resource=back",
            "AWS/X-Ray latency Average Resource=front",
        ]
    );
    assert!(metrics.iter().all(|m| m.period == 300));
    assert_eq!((metrics[4].role, metrics[4].unit.as_str(), metrics[4].opens), (Role::Latency, "Seconds", true));
    assert_eq!(metrics[1].publication_delay, 120);
    let mut fewer = incident();
    fewer.keep_described(&known[..1]);
    let fewer = fewer.metrics(&known[..1]).unwrap();
    assert_eq!(
        fewer.iter().map(|m| m.key.to_string()).collect::<Vec<_>>(),
        [names[1].clone(), names[3].clone(), names[4].clone()]
    );
}

#[tokio::test]
async fn nothing_is_told_before_its_time() {
    let incident = incident();
    let source = IncidentSource::new(&incident);
    let errors = Metric { period: 300, ..catalogued("Errors", &[("FunctionName", "checkout")]) };
    let read = async |from: &str, to: &str| {
        let answer = source.read(&[&errors], time(from), time(to)).await.unwrap();
        values(answer.series[0].as_ref().unwrap())
    };
    assert_eq!(read("00:00", "00:04").await, [] as [f64; 0]);
    assert_eq!(read("00:00", "00:05").await, [1.0]);
    assert_eq!(read("00:00", "00:09").await, [1.0]);
    assert_eq!(read("00:00", "00:10").await, [1.0, 2.0]);
    assert_eq!(read("00:01", "00:10").await, [2.0]);
    assert_eq!(read("00:20", "00:10").await, [] as [f64; 0]);

    let names = async |from: &str, to: &str| {
        let events = source.change_events(&incident.inventory, time(from), time(to)).await.unwrap();
        events.into_iter().map(|e| e.name).collect::<Vec<_>>()
    };
    assert_eq!(names("00:00", "00:05").await, [] as [&str; 0]);
    assert_eq!(names("00:05", "00:10").await, ["Deploy"]);
    assert_eq!(names("00:00", "00:30").await, ["Deploy", "UpdateFunctionCode"]);
}

#[tokio::test]
async fn read_and_empty_is_not_the_same_as_not_read() {
    let incident = incident();
    let source = IncidentSource::new(&incident);
    let throttles = catalogued("Throttles", &[("FunctionName", "checkout")]);
    let other = catalogued("Errors", &[("FunctionName", "other")]);
    let elsewhere = Metric { resource: ResourceId("elsewhere".into()), ..other.clone() };
    let answer = source.read(&[&throttles, &elsewhere], time("00:00"), time("01:00")).await.unwrap();
    assert_eq!(answer.series[0], Ok(Series::default()));
    assert!(answer.series[1].as_ref().unwrap_err().reason.contains("not in the incident folder"));
}

#[tokio::test]
async fn the_folder_knows_its_own_application_and_dimensions() {
    let incident = incident();
    let source = IncidentSource::new(&incident);
    assert_eq!(source.applications(&Coverage::Region).await.unwrap(), std::slice::from_ref(&incident.application));
    assert_eq!(source.inventory(&incident.application).await.unwrap(), incident.inventory);
    let other = Application::new("1", "r", Boundary::Unassigned);
    assert!(matches!(source.inventory(&other).await, Err(PortError::NotFound { .. })));
    let sets = source.dimension_sets("AWS/DynamoDB", "Latency").await.unwrap();
    assert_eq!(sets, [BTreeMap::from([("Operation".into(), "Put".into()), ("TableName".into(), "orders".into())])]);
    assert_eq!(source.dimension_sets("AWS/Lambda", "Errors").await.unwrap(), []);
}

#[test]
fn the_clock_ticks_through_the_watched_range_and_ends_at_its_end() {
    let ticks: Vec<Timestamp> = incident().ticks().collect();
    assert_eq!(ticks, [time("00:05"), time("00:10"), time("00:12")]);
}

#[test]
fn a_series_coarser_than_the_folder_is_read_at_its_own_period() {
    let folder = tempfile::tempdir().unwrap();
    let settings = SETTINGS.replace("period = 300", "period = 60");
    fs::write(folder.path().join("incident.toml"), settings).unwrap();
    let mut csv = METRICS.lines().next().unwrap().to_owned() + "\n";
    for i in 0..200 {
        let time = 1_767_571_200 + i * 60;
        csv += &format!("{time},web,Custom::Service,Shop,Requests,Sum,,traffic,{i}\n");
        if i % 5 == 0 {
            csv += &format!("{time},web,Custom::Service,Shop,Failures,Sum,,errors,1\n");
            csv += &format!("{time},web,Custom::Service,Shop,Latency,p90,,latency,1\n");
        }
        // Only now and then, and nothing in between means zero.
        if i % 35 == 0 || i == 72 {
            csv += &format!("{time},web,Custom::Service,Shop,Timeouts,Sum,,errors,1\n");
        }
    }
    fs::write(folder.path().join("metrics.csv"), csv).unwrap();
    let metrics = read_folder(folder.path()).unwrap().metrics(&[]).unwrap();
    let periods: Vec<(&str, u32)> = metrics.iter().map(|m| (m.key.name.as_str(), m.period)).collect();
    assert_eq!(periods, [("Failures", 300), ("Latency", 300), ("Requests", 60), ("Timeouts", 60)]);
}
