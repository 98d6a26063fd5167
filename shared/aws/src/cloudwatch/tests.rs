use super::*;
use crate::wire::{Call, Calls, Reply, denied, sdk};
use serde_json::{Value, json};
use stackseer_model::{BadDirection, Kind, MetricKey, MissingPoint, ResourceId, Role};
use std::sync::atomic::{AtomicUsize, Ordering};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const NOW: i64 = 1_800_000_000;

fn metric(name: &str, period: u32) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".into(),
            name: name.into(),
            dimensions: BTreeMap::from([("FunctionName".into(), "checkout".into())]),
            statistic: "Sum".into(),
        },
        resource: ResourceId("checkout".into()),
        unit: "Count".into(),
        role: Role::Errors,
        kind: Kind::Count,
        bad: BadDirection::Up,
        missing: MissingPoint::Zero,
        period,
        publication_delay: 120,
        opens: true,
        least: 1.0,
        out_of: None,
        harms: None,
        at_most: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn source(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (Metrics, Calls) {
    let (sdk, calls) = sdk(answer);
    (Metrics::new(&sdk, "aws", Catalog::builtin()), calls)
}

async fn read(source: &Metrics, metrics: &[Metric], from: i64, to: i64) -> Result<MetricAnswer, PortError> {
    source.read(&metrics.iter().collect::<Vec<_>>(), at(from), at(to)).await
}

fn queries(call: &Call) -> &Vec<Value> {
    call.input["MetricDataQueries"].as_array().unwrap()
}

/// Datapoints that a call may be answered with.
fn points_asked(call: &Call) -> f64 {
    let span = call.input["EndTime"].as_f64().unwrap() - call.input["StartTime"].as_f64().unwrap();
    queries(call).iter().map(|q| span / q["MetricStat"]["Period"].as_f64().unwrap()).sum()
}

/// Every query answered with one point, whose value is the number in the metric's name.
fn numbered(call: &Call) -> Reply {
    let results = queries(call).iter().map(|q| {
        let name = q["MetricStat"]["Metric"]["MetricName"].as_str().unwrap();
        let number: f64 = name.trim_start_matches('M').parse().unwrap();
        json!({"Id": q["Id"], "StatusCode": "Complete", "Timestamps": [call.input["StartTime"]], "Values": [number]})
    });
    // Any order will do: results are told apart by id.
    Reply::Ok(json!({"MetricDataResults": results.rev().collect::<Vec<_>>()}))
}

#[tokio::test]
async fn the_watch_window_takes_one_call_for_500_metrics() {
    let (source, calls) = source(numbered);
    let metrics: Vec<Metric> = (0..1200).map(|i| metric(&format!("M{i}"), 60)).collect();
    let answer = read(&source, &metrics, NOW - 3 * HOUR, NOW).await.unwrap();
    assert_eq!(answer.calls, 3);
    let calls = calls.of("monitoring.GetMetricData");
    assert_eq!(calls.iter().map(|c| queries(c).len()).collect::<Vec<_>>(), [500, 500, 200]);
    assert!(calls.iter().all(|c| points_asked(c) <= 100_800.0));
    for (i, series) in answer.series.iter().enumerate() {
        assert_eq!(series.as_ref().unwrap().0[0].value, i as f64);
    }
}

#[tokio::test]
async fn statistics_of_one_metric_are_in_one_call_where_they_are_billed_as_one() {
    let (source, calls) = source(numbered);
    let of = |statistic: &str| {
        let mut metrics: Vec<Metric> = (0..400).map(|i| metric(&format!("M{i}"), 60)).collect();
        metrics.iter_mut().for_each(|m| m.key.statistic = statistic.to_owned());
        metrics
    };
    let metrics = [of("p90"), of("SampleCount")].concat();
    let answer = read(&source, &metrics, NOW - 3 * HOUR, NOW).await.unwrap();
    assert_eq!(answer.series[401].as_ref().unwrap().0[0].value, 1.0, "in the order of the question");
    let billed = calls.of("monitoring.GetMetricData").into_iter().map(|call| {
        let names = queries(&call).iter().map(|q| q["MetricStat"]["Metric"]["MetricName"].as_str().unwrap().to_owned());
        names.collect::<std::collections::BTreeSet<_>>().len()
    });
    assert_eq!(billed.sum::<usize>(), 400);
}

#[tokio::test]
async fn a_long_history_is_asked_for_by_fewer_metrics_each_named_once() {
    let (source, calls) = source(numbered);
    let metrics: Vec<Metric> = (0..60).map(|i| metric(&format!("M{i}"), 300)).collect();
    let answer = read(&source, &metrics, NOW - 14 * DAY, NOW).await.unwrap();
    let calls = calls.of("monitoring.GetMetricData");
    assert_eq!(answer.calls, 3);
    assert!(calls.iter().all(|c| points_asked(c) <= 100_800.0));
    assert_eq!(calls.iter().map(|c| queries(c).len()).sum::<usize>(), 60);
}

#[tokio::test]
async fn only_one_metric_too_long_for_an_answer_splits_the_time() {
    let (source, calls) = source(numbered);
    let answer = read(&source, &[metric("M7", 60), metric("M8", 3600)], NOW - 100 * DAY, NOW).await.unwrap();
    let calls = calls.of("monitoring.GetMetricData");
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|c| points_asked(c) <= 100_800.0));
    assert_eq!(answer.series[0].as_ref().unwrap().0.len(), 2, "one point from each part");
    assert_eq!(answer.series[1].as_ref().unwrap().0.len(), 1);
}

#[tokio::test]
async fn periods_are_asked_for_whole_and_what_lies_outside_is_cut() {
    let (source, calls) = source(|call| {
        let start = call.input["StartTime"].as_f64().unwrap();
        let times: Vec<f64> = (0..4).map(|i| start + 300.0 * f64::from(i)).collect();
        Reply::Ok(
            json!({"MetricDataResults": [{"Id": "m0", "StatusCode": "Complete", "Timestamps": times, "Values": [1, 2, 3, 4]}]}),
        )
    });
    let from = NOW / 300 * 300 + 100;
    let answer = read(&source, &[metric("M", 300)], from, from + 600).await.unwrap();
    let call = &calls.of("monitoring.GetMetricData")[0];
    assert_eq!(call.input["StartTime"].as_f64().unwrap() % 300.0, 0.0);
    assert_eq!(call.input["EndTime"].as_f64().unwrap() % 300.0, 0.0);
    let values: Vec<f64> = answer.series[0].as_ref().unwrap().0.iter().map(|p| p.value).collect();
    assert_eq!(values, [2.0, 3.0]);
}

#[tokio::test]
async fn pages_orders_doubles_and_what_is_no_number() {
    let (source, _) = source(|call| match call.text("NextToken") {
        "" => Reply::Ok(json!({"NextToken": "2", "MetricDataResults": [
            {"Id": "m0", "StatusCode": "PartialData", "Timestamps": [NOW - 60, NOW - 120], "Values": [4, 3]},
            {"Id": "m1", "StatusCode": "Complete", "Timestamps": [NOW - 180, NOW - 120], "Values": [1, "NaN"]},
        ]})),
        "2" => Reply::Ok(json!({"MetricDataResults": [
            {"Id": "m0", "StatusCode": "Complete", "Timestamps": [NOW - 120, NOW - 180, NOW - 240], "Values": [3.5, 2, "inf"]},
            {"Id": "m2", "StatusCode": "Complete", "Timestamps": [], "Values": []},
        ]})),
        other => panic!("{other}"),
    });
    let metrics = [metric("A", 60), metric("B", 60), metric("C", 60)];
    let answer = read(&source, &metrics, NOW - HOUR, NOW).await.unwrap();
    assert_eq!(answer.calls, 2);
    let values: Vec<Vec<f64>> =
        answer.series.iter().map(|s| s.as_ref().unwrap().0.iter().map(|p| p.value).collect()).collect();
    assert_eq!(
        values,
        [vec![2.0, 3.5, 4.0], vec![1.0], vec![]],
        "ascending, the later of two, and no points is no error"
    );
}

#[tokio::test]
async fn what_cloudwatch_could_not_give_is_unseen_with_its_words() {
    let (source, _) = source(|_| {
        Reply::Ok(json!({
            "Messages": [{"Code": "MaxMetricsExceeded", "Value": "too many metrics"}],
            "MetricDataResults": [
                {"Id": "m0", "StatusCode": "PartialData", "Timestamps": [NOW - 60], "Values": [1]},
                {"Id": "m1", "StatusCode": "InternalError", "Timestamps": [], "Values": []},
                {"Id": "m2", "StatusCode": "Forbidden", "Timestamps": [], "Values": [],
                 "Messages": [{"Code": "Forbidden", "Value": "not your account"}]},
                {"Id": "m3", "StatusCode": "Complete", "Timestamps": [NOW - 60], "Values": [1]},
            ],
        }))
    });
    let metrics: Vec<Metric> = ["A", "B", "C", "D", "E"].iter().map(|n| metric(n, 60)).collect();
    let answer = read(&source, &metrics, NOW - HOUR, NOW).await.unwrap();
    let reasons: Vec<&str> = answer.series.iter().filter_map(|s| s.as_ref().err().map(|u| u.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            "CloudWatch returned only part of the data",
            "CloudWatch had an internal error",
            "CloudWatch refused this metric: not your account",
            "CloudWatch gave no answer for this metric: too many metrics",
        ]
    );
    assert!(answer.series[3].is_ok());
    let unseen = answer.series[0].as_ref().unwrap_err();
    assert_eq!(unseen.action.as_deref(), Some("cloudwatch:GetMetricData"));
    assert_eq!(unseen.what, "AWS/Lambda A Sum FunctionName=checkout");
}

#[tokio::test]
async fn throttling_is_retried_and_then_forgotten() {
    let tries = AtomicUsize::new(0);
    let (source, calls) = source(move |call| match tries.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Reply::Error(400, "ThrottlingException", "Rate exceeded".into()),
        _ => numbered(call),
    });
    let answer = read(&source, &[metric("M5", 60)], NOW - HOUR, NOW).await.unwrap();
    assert_eq!(answer.series[0].as_ref().unwrap().0[0].value, 5.0);
    assert_eq!(calls.of("monitoring.GetMetricData").len(), 3);
}

#[tokio::test]
async fn throttled_to_the_end_is_transient_alone_and_unseen_beside_what_worked() {
    let throttled = || Reply::Error(400, "ThrottlingException", "Rate exceeded".into());
    let (alone, _) = source(move |_| throttled());
    let error = read(&alone, &[metric("M1", 60)], NOW - HOUR, NOW).await.unwrap_err();
    assert!(matches!(error, PortError::Transient { .. }), "{error:?}");

    let (beside, _) = source(move |call| if queries(call).len() < 500 { throttled() } else { numbered(call) });
    let metrics: Vec<Metric> = (1000..1501).map(|i| metric(&format!("M{i}"), 60)).collect();
    let answer = read(&beside, &metrics, NOW - HOUR, NOW).await.unwrap();
    assert!(answer.series[..500].iter().all(Result::is_ok));
    assert_eq!(answer.series[500].as_ref().unwrap_err().reason, "Rate exceeded");
}

#[tokio::test]
async fn a_denial_is_said_once_and_for_all() {
    let (source, calls) = source(|_| denied("cloudwatch:GetMetricData"));
    let error = read(&source, &[metric("M1", 60)], NOW - HOUR, NOW).await.unwrap_err();
    assert!(matches!(&error, PortError::Denied { action, .. } if action == "cloudwatch:GetMetricData"), "{error:?}");
    assert_eq!(calls.of("monitoring.GetMetricData").len(), 1, "no retry");
}

#[tokio::test]
async fn one_metric_that_cloudwatch_rejects_does_not_take_the_others_along() {
    let (source, _) = source(|call| {
        let wrong = queries(call).iter().any(|q| q["MetricStat"]["Metric"]["MetricName"] == "M321");
        match wrong {
            true => Reply::Error(400, "ValidationError", "The statistic is not one".into()),
            false => numbered(call),
        }
    });
    let metrics: Vec<Metric> = (0..400).map(|i| metric(&format!("M{i}"), 60)).collect();
    let answer = read(&source, &metrics, NOW - HOUR, NOW).await.unwrap();
    for (i, series) in answer.series.iter().enumerate() {
        match series {
            Ok(series) => assert_eq!(series.0[0].value, i as f64),
            Err(unseen) => assert_eq!((i, unseen.reason.as_str()), (321, "ValidationError: The statistic is not one")),
        }
    }
    assert!(answer.calls <= 2 * 9 + 1, "{} calls", answer.calls);
}

#[tokio::test]
async fn nothing_asked_nothing_called() {
    let (source, calls) = source(numbered);
    assert_eq!(read(&source, &[], NOW - HOUR, NOW).await.unwrap().calls, 0);
    assert!(calls.of("monitoring.GetMetricData").is_empty());
}

#[tokio::test]
async fn dimension_sets_are_listed_to_the_last_page_and_once_a_run() {
    let (source, calls) = source(|call| {
        let set = |operation: &str| {
            json!({"Namespace": "AWS/DynamoDB", "MetricName": call.input["MetricName"], "Dimensions": [
                {"Name": "TableName", "Value": "orders"}, {"Name": "Operation", "Value": operation}]})
        };
        match call.text("NextToken") {
            "" => Reply::Ok(json!({"Metrics": [set("GetItem")], "NextToken": "2"})),
            _ => Reply::Ok(json!({"Metrics": [set("Query")]})),
        }
    });
    for _ in 0..2 {
        let sets = source.dimension_sets("AWS/DynamoDB", "SuccessfulRequestLatency").await.unwrap();
        let operations: Vec<&str> = sets.iter().map(|s| s["Operation"].as_str()).collect();
        assert_eq!(operations, ["GetItem", "Query"]);
        assert_eq!(sets[0]["TableName"], "orders");
    }
    assert_eq!(calls.of("monitoring.ListMetrics").len(), 2);
    source.dimension_sets("AWS/DynamoDB", "ThrottledRequests").await.unwrap();
    assert_eq!(calls.of("monitoring.ListMetrics").len(), 4);
}

fn of_a_distribution() -> Metric {
    let mut metric = metric("M7", 60);
    metric.key.namespace = "AWS/CloudFront".into();
    metric
}

#[tokio::test]
async fn what_cloudwatch_keeps_in_one_region_is_read_there() {
    let (source, calls) = source(numbered);
    let answer =
        read(&source, &[metric("M1", 60), of_a_distribution(), metric("M2", 60)], NOW - HOUR, NOW).await.unwrap();
    let values: Vec<f64> = answer.series.iter().map(|s| s.as_ref().unwrap().0[0].value).collect();
    assert_eq!(values, [1.0, 7.0, 2.0], "in the order of the question");
    let calls = calls.of("monitoring.GetMetricData");
    let mut asked: Vec<(&str, usize)> = calls.iter().map(|c| (c.region.as_str(), queries(c).len())).collect();
    asked.sort_unstable();
    assert_eq!(asked, [("eu-west-1", 2), ("us-east-1", 1)]);
}

#[tokio::test]
async fn who_may_not_read_in_the_other_region_reads_at_home_all_the_same() {
    let (source, _) = source(|call| match call.region.as_str() {
        "us-east-1" => denied("cloudwatch:GetMetricData"),
        _ => numbered(call),
    });
    let answer = read(&source, &[of_a_distribution(), metric("M1", 60)], NOW - HOUR, NOW).await.unwrap();
    let unseen = answer.series[0].as_ref().unwrap_err();
    assert_eq!(unseen.action.as_deref(), Some("cloudwatch:GetMetricData"));
    assert_eq!(answer.series[1].as_ref().unwrap().0[0].value, 1.0);
    assert!(!answer.may_be_retried, "the answer would be the same");
    let alone = read(&source, &[of_a_distribution()], NOW - HOUR, NOW).await;
    assert!(matches!(alone, Err(PortError::Denied { .. })), "nothing at all was read: {alone:?}");
}

#[tokio::test]
async fn a_list_is_asked_for_where_the_namespace_is() {
    let (source, calls) = source(|_| Reply::Ok(json!({"Metrics": []})));
    source.dimension_sets("AWS/CloudFront", "Requests").await.unwrap();
    source.dimension_sets("AWS/Lambda", "Errors").await.unwrap();
    let regions: Vec<String> = calls.all().into_iter().map(|c| c.region).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
}
