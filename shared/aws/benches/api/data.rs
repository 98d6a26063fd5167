//! A store as a year leaves it: so many insights of twenty applications, five anomalies each with three hours of their metric.

use stackseer_aws::store::DynamoStore;
use stackseer_model::ports::{Committed, EventHistory, LearningStore, PortError, Store};
use stackseer_model::*;
use stackseer_testkit::clock::{after, time};
use std::collections::BTreeMap;

pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "eu-central-1";
const APPLICATIONS: usize = 20;
const RESOURCES: usize = 100;
const EVENTS: usize = 500;
pub const ANOMALIES: usize = 5;
const POINTS: i64 = 180;
/// One of so many is open, and one of so many speaks of what will break.
const OPEN: usize = 50;
const PROACTIVE: usize = 4;
const IN_COMMIT: usize = 100;
const TYPES: [&str; 5] = [
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::RDS::DBInstance",
    "AWS::ApiGateway::RestApi",
];

pub fn now() -> Timestamp {
    time("2026-11-27T12:00:00Z")
}

pub fn application(number: usize) -> Application {
    let boundary = match number % 5 {
        0 => Boundary::Tag { key: "devops-guru-app".to_owned(), value: format!("app-{number}") },
        _ => Boundary::Stack { name: format!("app-{number}") },
    };
    Application::new(ACCOUNT, REGION, boundary)
}

fn resource(application: usize, number: usize) -> Resource {
    Resource::new(TYPES[number % TYPES.len()], &format!("app-{application}-resource-{number}"))
}

/// What the calls ask for: the newest insight first.
pub struct Filled {
    pub insights: Vec<Insight>,
}

pub async fn fill(store: &DynamoStore, insights: usize) -> Result<Filled, PortError> {
    for number in 0..APPLICATIONS {
        let application = application(number);
        store.keep_learning(&application, &learning(number)).await?;
        let events: Vec<ChangeEvent> = (0..EVENTS).map(|event| self::event(number, event)).collect();
        for part in events.chunks(IN_COMMIT) {
            store.keep_events(&application.id, part).await?;
        }
    }
    // A year, evenly.
    let apart = 365 * 24 * 3600 / i64::try_from(insights).unwrap_or(i64::MAX);
    let all: Vec<Insight> =
        (0..insights).zip(0..).map(|(number, i)| insight(number, after(now(), -3600 - apart * i))).collect();
    for number in 0..APPLICATIONS {
        let application = application(number);
        let of: Vec<Insight> = all.iter().filter(|insight| insight.application == application).cloned().collect();
        let mut generation = 0;
        for part in of.chunks(IN_COMMIT) {
            match store.commit(&application, generation, part, &[]).await? {
                Committed::At(next) => generation = next,
                Committed::Conflict => unreachable!("nobody else writes"),
            }
        }
    }
    let insights = all.into_iter().map(without_series).collect();
    Ok(Filled { insights })
}

fn without_series(mut insight: Insight) -> Insight {
    insight.anomalies.iter_mut().filter_map(Anomaly::of_metric_mut).for_each(|metric| metric.series.clear());
    insight
}

fn learning(application: usize) -> Learning {
    let resources: Vec<Resource> = (0..RESOURCES).map(|number| resource(application, number)).collect();
    let off = || Watching::WithoutMetrics {
        because: "request metrics are off".to_owned(),
        turn_on: Some("Turn on request metrics.".to_owned()),
    };
    let state = |(number, resource): (usize, &Resource)| ResourceState {
        resource: resource.into(),
        watching: if number % 10 == 9 { off() } else { Watching::Watched },
    };
    let edge = |pair: &[Resource]| Edge { from: pair[0].id.clone(), to: pair[1].id.clone(), kind: EdgeKind::Sync };
    let metrics: Vec<Metric> = resources.iter().map(|resource| metric(resource, "Errors")).collect();
    let byte = |i: usize| ((i * 7919) as f64).sin().to_bits().to_le_bytes()[1];
    let kept = |metric: &Metric| {
        let bytes = (0..1200).map(byte).collect();
        (metric.key.clone(), KeptBaseline { at: now(), published: true, bytes })
    };
    Learning {
        at: now(),
        complete: true,
        watching: resources.iter().enumerate().map(state).collect(),
        baselines: metrics.iter().map(kept).collect(),
        metrics,
        unseen: BTreeMap::new(),
        inventory: Inventory { edges: resources.windows(2).map(edge).collect(), resources, ..Inventory::default() },
    }
}

fn metric(of: &Resource, name: &str) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".to_owned(),
            name: name.to_owned(),
            dimensions: [("FunctionName".to_owned(), of.name.clone())].into(),
            statistic: "Sum".to_owned(),
        },
        resource: of.id.clone(),
        unit: "Count".to_owned(),
        role: Role::Errors,
        kind: Kind::Count,
        bad: BadDirection::Up,
        missing: MissingPoint::Zero,
        period: 60,
        publication_delay: 60,
        opens: true,
        least: 1.0,
        out_of: None,
        harms: None,
        at_most: None,
    }
}

fn event(application: usize, number: usize) -> ChangeEvent {
    let of = resource(application, number % RESOURCES);
    ChangeEvent {
        id: format!("{:08x}-0000-4000-8000-{number:012x}", application * 7919),
        time: after(now(), -i64::try_from(number).unwrap_or(0) * 3600),
        source: "lambda.amazonaws.com".to_owned(),
        name: "UpdateFunctionConfiguration".to_owned(),
        data_source: DataSource::AwsCloudTrail,
        class: EventClass::ConfigChange,
        resources: vec![of.id],
        changes: vec![PropertyChange {
            property: "timeout_seconds".to_owned(),
            from: Some("30".to_owned()),
            to: Some("3".to_owned()),
        }],
        actor: Some("deployer".to_owned()),
        verdict: None,
    }
}

fn insight(number: usize, start_time: Timestamp) -> Insight {
    // Not in step with what is open and what is proactive.
    let of = number * 7 / 3 % APPLICATIONS;
    let application = application(of);
    let is_open = number % OPEN == 1;
    let end_time = (!is_open).then(|| after(start_time, 1800));
    let id = InsightId::of(&application.id, &format!("subject {number}"), start_time.as_second());
    let resources: Vec<Resource> = (0..ANOMALIES).map(|i| resource(of, (number * 3 + i) % RESOURCES)).collect();
    let first = ResourceRef::from(&resources[0]);
    let events: Vec<ChangeEvent> = (0..3).map(|i| event(of, (number + i) % EVENTS)).collect();
    Insight {
        name: format!("Lambda Errors Anomalous In Stack app-{of}: {}", first.name),
        nature: match number % PROACTIVE {
            0 => Nature::Proactive {
                check: "lambda-timeout-visibility".to_owned(),
                maps: std::collections::BTreeMap::new(),
            },
            _ => Nature::Reactive { pattern: None, impact: None },
        },
        subject: Subject { what: format!("subject {number}"), resource: Some(first.id.clone()) },
        severity: [Severity::Low, Severity::Medium, Severity::High][number % 3],
        status: if is_open { Status::Ongoing } else { Status::Closed },
        start_time,
        end_time,
        open_time: after(start_time, 300),
        update_time: after(start_time, 600),
        description: format!("Errors of {} are 40 a minute, against none expected, since it was deployed.", first.name),
        causes: vec![Cause {
            resource: first.clone(),
            metric: Some("Errors".to_owned()),
            share: Some(0.9),
            rank: 1,
            changes: vec![Change {
                name: events[0].name.clone(),
                time: events[0].time,
                events: vec![events[0].id.clone()],
                what: "timeout_seconds 30 → 3".to_owned(),
            }],
            path: resources
                .iter()
                .map(|resource| Step { resource: resource.into(), evidence: "40 errors a minute".to_owned() })
                .collect(),
            reason: format!("{} fails since its timeout was lowered.", first.name),
        }],
        anomalies: resources
            .iter()
            .zip(0..)
            .map(|(resource, i)| anomaly(&id, number, i, resource, start_time, end_time))
            .collect(),
        events,
        recommendations: (0..3).map(|i| recommendation(i, &first)).collect(),
        history: vec![Transition { time: start_time, step: Transited::Opened, reason: "errors".to_owned() }],
        considered: vec![Considered {
            what: "lambda-errors-throttles".to_owned(),
            because: "nothing was throttled".to_owned(),
        }],
        repeat: None,
        handling: Handling::default(),
        application,
        id,
    }
}

fn recommendation(number: usize, of: &ResourceRef) -> Recommendation {
    Recommendation {
        name: format!("Raise the timeout ({number})"),
        description: format!("Set the timeout of {} back to 30 seconds.", of.name),
        reason: "It takes 8 seconds, and is stopped after 3.".to_owned(),
        link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html".to_owned(),
        place: format!("Lambda console, function {}, Configuration", of.name),
        command: format!("aws lambda get-function-configuration --function-name {}", of.name),
        related_events: vec![RelatedEvent {
            name: "UpdateFunctionConfiguration".to_owned(),
            resources: vec![of.clone()],
        }],
        related_anomalies: vec![],
    }
}

fn anomaly(
    insight: &InsightId,
    seed: usize,
    number: i64,
    of: &Resource,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
) -> Anomaly {
    let point = |minute: i64| {
        let x = ((seed as i64 * 31 + number * 7 + minute) as f64).sin().abs() * 40.0;
        let time = after(start_time, (minute - 60) * 60);
        BandPoint { time, value: Some(x), lower: 0.0, expected: x / 20.0, upper: 2.0 + x / 9.0 }
    };
    Anomaly {
        id: AnomalyId::of(insight, &format!("errors {number}"), start_time.as_second()),
        anomaly_type: if number == 0 { AnomalyType::Causal } else { AnomalyType::Contextual },
        causal_anomaly: None,
        severity: Severity::High,
        status: if end_time.is_some() { Status::Closed } else { Status::Ongoing },
        start_time: after(start_time, number * 60),
        end_time,
        open_time: start_time,
        close_time: end_time,
        resource: of.into(),
        description: format!("40 errors a minute of {}", of.name),
        passed: 0,
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric(of, "Errors"),
            direction: Direction::Up,
            peak: 40.0,
            expected: 0.0,
            score: 9.0,
            silent: false,
            limit: None,
            series: (0..POINTS).map(point).collect(),
        }),
    }
}
