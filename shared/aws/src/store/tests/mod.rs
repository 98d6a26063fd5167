//! The store over an engine: the embedded one or, where STACKSEER_DYNAMODB_ENDPOINT says where it listens, DynamoDB Local.

/// The very same tests over the engine and over the store in memory.
macro_rules! over_both {
    ($($name:ident)*) => {
        mod over_the_engine {
            use super::*;
            $(#[tokio::test] async fn $name() { super::$name(&plain().0).await })*
        }
        mod in_memory {
            $(#[tokio::test] async fn $name() { super::$name(&stackseer_testkit::MemoryStore::default()).await })*
        }
    };
}

mod api;
mod changes;
mod counts;
mod deliveries;
mod embedded;
mod engine;
mod insights;
mod learning;
mod lists;
mod scopes;
mod settings;
mod trouble;
mod units;

use super::in_process::{TABLE, table};
use super::*;
use crate::wire::{Call, Calls, Reply, sdk};
use engine::Engine;
use serde_json::{Value, json};
use stackseer_embedded::{Meter, OpenError, Taken};
use stackseer_model::ports::*;
use stackseer_model::*;
use std::collections::BTreeMap;
use std::slice::from_ref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 24 * 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn application(name: &str) -> Application {
    application_in("123456789012", name)
}

fn application_in(account: &str, name: &str) -> Application {
    Application::new(account, "eu-west-1", Boundary::Stack { name: name.to_owned() })
}

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

fn metric(name: &str) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".into(),
            name: name.into(),
            dimensions: BTreeMap::from([("FunctionName".into(), "checkout".into())]),
            statistic: "p90".into(),
        },
        resource: ResourceId("arn:aws:lambda:eu-west-1:123456789012:function:checkout".into()),
        unit: "Milliseconds".into(),
        role: Role::Latency,
        kind: Kind::Latency,
        bad: BadDirection::Up,
        missing: MissingPoint::Gap,
        period: 60,
        publication_delay: 120,
        opens: true,
        least: 50.0,
        out_of: None,
        harms: None,
        at_most: None,
    }
}

/// Values that no short decimal equals, a hole now and then.
fn series(points: usize, seed: usize) -> Vec<BandPoint> {
    let point = |i: usize| {
        let x = ((i * 7919 + seed * 104_729) as f64).sin() * 1000.0;
        let time = at(NOW - 60 * (points - i) as i64);
        BandPoint { time, value: (i % 7 != 3).then_some(x), lower: x / 3.0, expected: x / 2.0, upper: x * 1.1 }
    };
    (0..points).map(point).collect()
}

fn anomaly(insight: &InsightId, index: usize, points: usize) -> Anomaly {
    let metric = metric(&format!("Duration{index}"));
    Anomaly {
        id: AnomalyId::of(insight, &metric.key.to_string(), NOW),
        anomaly_type: AnomalyType::Contextual,
        causal_anomaly: Some(AnomalyId("causal".into())),
        severity: Severity::Medium,
        status: Status::Ongoing,
        start_time: at(NOW - 600),
        end_time: Some(at(NOW - 60)),
        open_time: at(NOW - 300),
        close_time: Some(at(NOW)),
        resource: ResourceRef {
            id: metric.resource.clone(),
            name: "checkout".into(),
            resource_type: "AWS::Lambda::Function".into(),
        },
        description: "p90 duration is 12 times what was expected".into(),
        passed: 0,
        evidence: Evidence::Metric(MetricEvidence {
            metric,
            direction: Direction::Down,
            peak: 1234.5678901234,
            expected: 0.1 + 0.2,
            score: 5.5,
            silent: false,
            limit: Some(3000.0),
            series: series(points, index),
        }),
    }
}

/// Nothing in it is left out.
fn insight(application: &Application, subject: &str, anomalies: usize, points: usize) -> Insight {
    let id = InsightId::of(&application.id, subject, NOW);
    let orders = ResourceRef {
        id: ResourceId("arn:aws:dynamodb:eu-west-1:123456789012:table/orders".into()),
        name: "orders".into(),
        resource_type: "AWS::DynamoDB::Table".into(),
    };
    Insight {
        name: format!("Anomalous increase in {subject} · „ü“"),
        nature: Nature::Reactive {
            pattern: Some("lambda-duration-invocations".into()),
            impact: Some(Impact {
                front_door: orders.clone(),
                requests: 1200.0,
                failed: 30.0,
                slow: 400.0,
                last_seen: Some(at(NOW - 60)),
                until: at(NOW),
            }),
        },
        subject: Subject { what: subject.to_owned(), resource: Some(orders.id.clone()) },
        severity: Severity::High,
        status: Status::Ongoing,
        start_time: at(NOW - 600),
        end_time: Some(at(NOW - 30)),
        open_time: at(NOW - 300),
        update_time: at(NOW),
        application: application.clone(),
        description: "what happened".into(),
        causes: vec![Cause {
            resource: orders.clone(),
            metric: Some("WriteThrottleEvents".into()),
            share: Some(0.75),
            rank: 1,
            changes: vec![Change {
                name: "UpdateTable".into(),
                time: at(NOW - 700),
                events: vec!["e1".into()],
                what: "write_capacity 10 → 2".into(),
            }],
            path: vec![Step { resource: orders.clone(), evidence: "throttled writes".into() }],
            reason: "it began two minutes earlier".into(),
        }],
        anomalies: (0..anomalies).map(|i| anomaly(&id, i, points)).collect(),
        events: vec![ChangeEvent {
            id: "e1".into(),
            time: at(NOW - 700),
            source: "dynamodb.amazonaws.com".into(),
            name: "UpdateTable".into(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::ConfigChange,
            resources: vec![ResourceId("arn:aws:dynamodb:eu-west-1:123456789012:table/orders".into())],
            changes: vec![PropertyChange {
                property: "write_capacity".into(),
                from: Some("10".into()),
                to: Some("2".into()),
            }],
            actor: Some("ann".into()),
            verdict: None,
        }],
        recommendations: vec![Recommendation {
            name: "Raise the write capacity".into(),
            description: "Set it back to 10".into(),
            reason: "9.3 writes a second met a capacity of 2".into(),
            link: "https://docs.aws.amazon.com/".into(),
            place: "DynamoDB console, table orders, Monitor".into(),
            command: "aws dynamodb describe-table --table-name orders".into(),
            related_events: vec![RelatedEvent { name: "UpdateTable".into(), resources: vec![orders.clone()] }],
            related_anomalies: vec![RelatedAnomaly {
                resource: orders,
                metric: Some(RelatedMetric { namespace: "AWS/DynamoDB".into(), name: "WriteThrottleEvents".into() }),
            }],
        }],
        history: vec![Transition {
            time: at(NOW - 300),
            step: Transited::Opened,
            reason: "five of five minutes".into(),
        }],
        considered: vec![Considered { what: "lambda-errors-timeout".into(), because: "no timeouts".into() }],
        repeat: Some(Repeat { of: InsightId("an earlier one".into()), times: 2 }),
        handling: Handling {
            acknowledgement: Some(Acknowledgement { by: "ann".into(), time: at(NOW - 60) }),
            assignee: Some("bob".into()),
            notes: vec![],
            muted: None,
        },
        id,
    }
}

fn entry(what: &str) -> AuditEntry {
    AuditEntry::new(&scope(), at(NOW), "arn:aws:iam::123456789012:user/ann", what, Some("stackseer …"))
}

/// Of its first anomaly.
fn series_of(insight: &mut Insight) -> &mut Vec<BandPoint> {
    &mut insight.anomalies[0].of_metric_mut().unwrap().series
}

fn closed(insight: &Insight, second: i64) -> Insight {
    Insight { status: Status::Closed, end_time: Some(at(second)), update_time: at(second), ..insight.clone() }
}

fn message(insight: &Insight, number: usize) -> Message {
    Message {
        id: format!("{}/{number}", insight.id),
        message_type: MessageType::NewAssociation,
        insight: insight.id.clone(),
        time: at(NOW),
        anomalies: insight.anomalies.iter().map(|a| a.id.clone()).collect(),
        reason: "a new anomaly belongs to it".into(),
        watching: Some(WatchingCounts { watched: 1, without_metrics: 2, not_supported: 3 }),
    }
}

/// The store over the engine; what `instead` answers never gets there.
fn over(engine: &Engine, instead: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> (DynamoStore, Calls) {
    let engine = engine.clone();
    let (config, calls) = sdk(move |call| instead(call).unwrap_or_else(|| engine.call(call)));
    (DynamoStore::new(aws_sdk_dynamodb::Client::new(&config), TABLE).without_pauses(), calls)
}

fn plain() -> (DynamoStore, Calls) {
    over(&Engine::new(), |_| None)
}

async fn open(store: &DynamoStore, application: &Application) -> Vec<Insight> {
    store.insight_state(&application.id, at(NOW)).await.unwrap().insights
}

fn sorted(mut insights: Vec<Insight>) -> Vec<Insight> {
    insights.sort_by(|a, b| a.id.cmp(&b.id));
    insights
}

/// Items put, by transactions and by batches.
fn put(calls: &Calls) -> Vec<Value> {
    let mut items = Vec::new();
    for call in calls.all() {
        let writes = match call.operation.as_str() {
            "dynamodb.TransactWriteItems" => call.input["TransactItems"].clone(),
            "dynamodb.BatchWriteItem" => call.input["RequestItems"][TABLE].clone(),
            _ => continue,
        };
        let puts = writes.as_array().unwrap().iter().map(|w| [&w["Put"]["Item"], &w["PutRequest"]["Item"]]);
        items.extend(puts.flatten().filter(|item| !item.is_null()).cloned());
    }
    items
}

fn key(item: &Value) -> String {
    format!("{} {}", item["pk"]["S"].as_str().unwrap(), item["sk"]["S"].as_str().unwrap())
}

/// Of an item's body, which travels as base64.
fn bytes(item: &Value) -> usize {
    item["body"]["B"].as_str().unwrap_or_default().len() / 4 * 3
}

/// Baselines that hardly compress, as fitted ones.
fn learning(metrics: usize, seed: usize) -> Learning {
    let metrics: Vec<Metric> = (0..metrics).map(|i| metric(&format!("Duration{i}"))).collect();
    let byte = |i: usize, n: usize| ((i * 2048 + n + seed * 31) as f64).sin().to_bits().to_le_bytes()[1];
    let kept = |i| KeptBaseline {
        at: at(NOW - i as i64),
        published: i % 3 != 0,
        bytes: (0..1200).map(|n| byte(i, n)).collect(),
    };
    let baselines = metrics.iter().enumerate().skip(1);
    Learning {
        at: at(NOW + seed as i64),
        complete: seed.is_multiple_of(2),
        inventory: Inventory {
            resources: vec![Resource::new("AWS::Lambda::Function", "checkout")],
            edges: vec![],
            unseen: vec![Unseen { what: "sqs".into(), action: Some("sqs:ListQueues".into()), reason: "denied".into() }],
            is_partial: seed.is_multiple_of(2),
            is_changing: false,
        },
        baselines: baselines.map(|(i, m)| (m.key.clone(), kept(i))).collect(),
        unseen: metrics
            .first()
            .map(|m| (m.key.clone(), Unseen { what: "it".into(), action: None, reason: "throttled".into() }))
            .into_iter()
            .collect(),
        metrics,
        watching: vec![ResourceState {
            resource: ResourceRef::from(&Resource::new("AWS::Lambda::Function", "checkout")),
            watching: Watching::Watched,
        }],
    }
}
