//! Metrics in CloudWatch's embedded metric format: a line on stdout that CloudWatch Logs turns into metrics.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "Stackseer";

/// Name, unit and value each, under the dimension `Function`. A zero is left out: CloudWatch bills a metric for each hour in
/// which it has a value.
pub fn emit(function: &str, now: Timestamp, metrics: &[(&str, &str, f64)]) {
    if let Some(line) = line(function, now, metrics) {
        println!("{line}");
    }
}

fn line(function: &str, now: Timestamp, metrics: &[(&str, &str, f64)]) -> Option<Value> {
    let metrics: Vec<_> = metrics.iter().filter(|(_, _, value)| *value != 0.0).collect();
    if metrics.is_empty() {
        return None;
    }
    let described: Vec<Value> = metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let mut line = Map::from_iter([
        (
            "_aws".to_owned(),
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": described}],
            }),
        ),
        ("Function".to_owned(), json!(function)),
    ]);
    line.extend(metrics.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
    Some(Value::Object(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_described_and_has_its_value() {
        let now: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let metrics = [("SeriesRead", "Count", 42.0), ("Unseen", "Count", 0.0), ("Lag", "Seconds", 1.5)];
        let line = line("watch", now, &metrics).unwrap();
        assert_eq!(line["_aws"]["Timestamp"], 1_795_575_600_000_i64);
        let described = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(described["Namespace"], "Stackseer");
        assert_eq!(described["Metrics"][1], json!({"Name": "Lag", "Unit": "Seconds"}));
        assert_eq!(
            (&line["Function"], &line["SeriesRead"], &line["Lag"]),
            (&json!("watch"), &json!(42.0), &json!(1.5))
        );
        assert!(line.get("Unseen").is_none());
    }

    #[test]
    fn with_nothing_but_zeros_there_is_no_line() {
        assert_eq!(line("notify", Timestamp::UNIX_EPOCH, &[("Poison", "Count", 0.0)]), None);
    }
}
