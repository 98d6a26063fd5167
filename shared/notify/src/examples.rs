//! Insights made by hand.

use stackseer_model::*;
use std::collections::BTreeMap;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";

pub(crate) fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}:00Z").parse().unwrap()
}

fn metric(resource: &Resource, name: &str, statistic: &str, unit: &str, role: Role) -> Metric {
    Metric {
        key: MetricKey {
            namespace: "AWS/Lambda".to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::from([("FunctionName".to_owned(), resource.name.clone())]),
            statistic: statistic.to_owned(),
        },
        resource: resource.id.clone(),
        unit: unit.to_owned(),
        role,
        kind: Kind::Latency,
        bad: BadDirection::Up,
        missing: MissingPoint::Gap,
        period: 60,
        publication_delay: 60,
        opens: role != Role::Traffic,
        least: 0.0,
        out_of: None,
        harms: None,
        at_most: None,
    }
}

fn anomaly(resource: &Resource, metric: Metric, severity: Severity, description: &str) -> Anomaly {
    Anomaly {
        id: AnomalyId(format!("{}-{}", resource.name, metric.key.name)),
        anomaly_type: if metric.opens { AnomalyType::Causal } else { AnomalyType::Contextual },
        causal_anomaly: None,
        severity,
        status: Status::Ongoing,
        start_time: at("14:03"),
        end_time: None,
        open_time: at("14:10"),
        close_time: None,
        resource: ResourceRef::from(resource),
        description: description.to_owned(),
        passed: 0,
        evidence: Evidence::Metric(MetricEvidence {
            metric,
            direction: Direction::Up,
            peak: 812.0,
            expected: 204.0,
            score: 5.2,
            silent: false,
            limit: None,
            series: vec![],
        }),
    }
}

fn function() -> Resource {
    let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:shop-checkout");
    Resource { id: ResourceId(arn.clone()), arn: Some(arn), ..Resource::new("AWS::Lambda::Function", "shop-checkout") }
}

/// A reactive insight of a stack, still going on.
pub(crate) fn load_test() -> Insight {
    let function = function();
    let duration = metric(&function, "Duration", "p90", "Milliseconds", Role::Latency);
    let invocations = metric(&function, "Invocations", "Sum", "Count", Role::Traffic);
    let reason = "Invocations of shop-checkout rose to 4,120 a minute against 1,000 expected (4.12×) at 14:02 UTC, and \
                  Duration followed one minute later; no downstream call became slower by itself.";
    Insight {
        id: InsightId("11111111-1111-5111-8111-111111111111".to_owned()),
        name: "Anomalous increase in Lambda shop-checkout duration due to increased number of invocations".to_owned(),
        nature: Nature::Reactive { pattern: Some("lambda-duration-invocations".to_owned()), impact: None },
        subject: Subject { what: duration.key.to_string(), resource: Some(function.id.clone()) },
        severity: Severity::High,
        status: Status::Ongoing,
        start_time: at("14:03"),
        end_time: None,
        open_time: at("14:10"),
        update_time: at("15:15"),
        application: Application::new(ACCOUNT, REGION, Boundary::Stack { name: "shop".to_owned() }),
        description: reason.to_owned(),
        causes: vec![Cause {
            resource: ResourceRef::from(&function),
            metric: Some("Invocations".to_owned()),
            share: Some(0.83),
            rank: 1,
            changes: vec![],
            path: vec![],
            reason: reason.to_owned(),
        }],
        anomalies: vec![
            anomaly(
                &function,
                invocations,
                Severity::Low,
                "Invocations of shop-checkout 4,120 a minute against 1,000 a minute expected from 14:02 UTC",
            ),
            anomaly(
                &function,
                duration,
                Severity::High,
                "Duration of shop-checkout 812 ms against 204 ms expected from 14:03 UTC",
            ),
        ],
        events: vec![ChangeEvent {
            id: "event".to_owned(),
            time: at("13:56"),
            source: "lambda.amazonaws.com".to_owned(),
            name: "UpdateFunctionConfiguration".to_owned(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::ConfigChange,
            resources: vec![function.id.clone()],
            changes: vec![PropertyChange {
                property: "memory_mb".to_owned(),
                from: Some("512".to_owned()),
                to: Some("128".to_owned()),
            }],
            actor: Some("alice".to_owned()),
            verdict: None,
        }],
        recommendations: vec![Recommendation {
            name: "Give shop-checkout provisioned concurrency for the peak".to_owned(),
            description: "More requests at once than the function has warm environments for: each new one starts cold."
                .to_owned(),
            reason: "Invocations are 4.12× the expected, and p90 duration went from 204 ms to 812 ms.".to_owned(),
            link: "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html".to_owned(),
            place: String::new(),
            command: String::new(),
            related_events: vec![RelatedEvent {
                name: "UpdateFunctionConfiguration".to_owned(),
                resources: vec![ResourceRef::from(&function)],
            }],
            related_anomalies: vec![RelatedAnomaly {
                resource: ResourceRef::from(&function),
                metric: Some(RelatedMetric { namespace: "AWS/Lambda".to_owned(), name: "Duration".to_owned() }),
            }],
        }],
        history: vec![],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

/// The same, when it is over.
pub(crate) fn closed() -> Insight {
    let mut insight = load_test();
    insight.status = Status::Closed;
    insight.end_time = Some(at("15:40"));
    insight.update_time = at("15:50");
    insight.history = vec![over(Ending::Normal, "back to normal since 15:40 UTC, after 1 h 37 min")];
    for anomaly in &mut insight.anomalies {
        anomaly.status = Status::Closed;
        anomaly.end_time = Some(at("15:40"));
        anomaly.close_time = Some(at("15:50"));
    }
    insight
}

fn over(ending: Ending, reason: &str) -> Transition {
    Transition { time: at("15:50"), step: Transited::Closed { ending }, reason: reason.to_owned() }
}

/// The same, over in another way.
pub(crate) fn ended(ending: Ending, reason: &str) -> (Message, Insight) {
    let mut insight = closed();
    insight.history = vec![over(ending, reason)];
    let message =
        Message { time: at("15:50"), reason: reason.to_owned(), ..message(MessageType::ClosedInsight, &insight) };
    (message, insight)
}

/// Part of another: its anomalies are there now.
pub(crate) fn absorbed() -> (Message, Insight) {
    let of = InsightId("33333333-3333-5333-8333-333333333333".to_owned());
    let reason = "part of DynamoDB shop-orders throttles writes since its capacity was cut";
    let (message, mut insight) = ended(Ending::PartOf { insight: of }, reason);
    insight.anomalies.clear();
    (message, insight)
}

/// It was over, and came back within the hour, for the third time in the week; requests fail.
pub(crate) fn came_back() -> Insight {
    let mut insight = with_impact();
    insight.repeat = Some(Repeat { of: insight.id.clone(), times: 3 });
    insight.history = vec![
        over(Ending::Normal, "back to normal since 13:20 UTC"),
        Transition {
            time: at("14:10"),
            step: Transited::Reopened,
            reason: "abnormal again since 14:03 UTC".to_owned(),
        },
    ];
    insight
}

fn front_door() -> ResourceRef {
    ResourceRef::from(&Resource::new("AWS::ApiGateway::RestApi", "shop-api"))
}

pub(crate) fn with_impact() -> Insight {
    let impact = Impact {
        front_door: front_door(),
        requests: 41_200.0,
        failed: 12_360.0,
        slow: 3_300.0,
        last_seen: Some(at("14:08")),
        until: at("14:09"),
    };
    Insight { nature: Nature::Reactive { pattern: None, impact: Some(impact) }, ..load_test() }
}

/// Its cause is a change just before.
pub(crate) fn changed_just_before() -> Insight {
    let mut insight = with_impact();
    let step = |resource: ResourceRef, evidence: &str| Step { resource, evidence: evidence.to_owned() };
    let table = ResourceRef::from(&Resource::new("AWS::DynamoDB::Table", "shop-orders"));
    let function = insight.causes[0].resource.clone();
    insight.causes[0] = Cause {
        metric: None,
        share: None,
        changes: vec![Change {
            name: "UpdateFunctionConfiguration".to_owned(),
            time: at("13:56"),
            events: vec!["event".to_owned()],
            what: "memory_mb 512 → 128".to_owned(),
        }],
        path: vec![step(front_door(), "slow"), step(table, "waits"), step(function, "changed")],
        ..insight.causes[0].clone()
    };
    let advice = &mut insight.recommendations[0];
    advice.place = "Lambda console, shop-checkout, Versions".to_owned();
    advice.command = "aws lambda list-versions-by-function --function-name shop-checkout".to_owned();
    insight
}

/// New lines in a log, and a database busy with one wait event.
pub(crate) fn log_and_database() -> Insight {
    let function = function();
    let database = Resource::new("AWS::RDS::DBInstance", "shop-db");
    let placeholder = |resource: &Resource| metric(resource, "", "", "", Role::Errors);
    let log = Anomaly {
        evidence: Evidence::Log(LogEvidence {
            log_group: "/aws/lambda/shop-checkout".to_owned(),
            template: "ERROR no connection to <*>".to_owned(),
            occurrences: 1240,
        }),
        ..anomaly(&function, placeholder(&function), Severity::High, "")
    };
    let waits = Anomaly {
        evidence: Evidence::Database(DatabaseEvidence {
            wait_event: "Lock:transactionid".to_owned(),
            load: 8.25,
            expected: 0.4,
            statement: None,
        }),
        ..anomaly(&database, placeholder(&database), Severity::Medium, "")
    };
    let mut insight = Insight { anomalies: vec![log, waits], ..load_test() };
    insight.recommendations[0].related_anomalies.clear();
    insight
}

/// The same in an application made of a tag value, for the second time.
pub(crate) fn repeated() -> Insight {
    let boundary = Boundary::Tag { key: "devops-guru-app".to_owned(), value: "shop".to_owned() };
    let insight = load_test();
    Insight {
        name: format!("Repeated Insight: {}", insight.name),
        severity: Severity::Low,
        application: Application::new(ACCOUNT, REGION, boundary),
        repeat: Some(Repeat { of: InsightId("00000000-0000-5000-8000-000000000000".to_owned()), times: 2 }),
        ..insight
    }
}

/// A proactive one whose anomaly is a configuration.
pub(crate) fn unprotected_table() -> Insight {
    let table = Resource::new("AWS::DynamoDB::Table", "shop-orders");
    let placeholder = metric(&table, "", "", "", Role::Capacity);
    let description = "Nothing of shop-orders can be brought back: point-in-time recovery is off.";
    let anomaly = Anomaly {
        id: AnomalyId("shop-orders-recovery".to_owned()),
        anomaly_type: AnomalyType::Causal,
        passed: 0,
        evidence: Evidence::Config(ConfigEvidence {
            attribute: "point_in_time_recovery".to_owned(),
            value: Some("disabled".to_owned()),
        }),
        ..anomaly(&table, placeholder, Severity::Low, "dynamodb-point-in-time-recovery fails: shop-orders")
    };
    Insight {
        id: InsightId("22222222-2222-5222-8222-222222222222".to_owned()),
        name: "Dynamo Table Point In Time Recovery not enabled in shop".to_owned(),
        nature: Nature::Proactive {
            check: "dynamodb-point-in-time-recovery".to_owned(),
            maps: std::collections::BTreeMap::new(),
        },
        subject: Subject { what: "dynamodb-point-in-time-recovery".to_owned(), resource: None },
        severity: Severity::Low,
        description: description.to_owned(),
        causes: vec![Cause {
            resource: ResourceRef::from(&table),
            metric: None,
            share: None,
            rank: 1,
            changes: vec![],
            path: vec![],
            reason: description.to_owned(),
        }],
        anomalies: vec![anomaly],
        events: vec![],
        recommendations: vec![Recommendation {
            name: "Turn on point-in-time recovery of shop-orders".to_owned(),
            description: "It keeps every state of the last 35 days.".to_owned(),
            reason: "PointInTimeRecovery of shop-orders is DISABLED.".to_owned(),
            link: String::new(),
            place: String::new(),
            command: String::new(),
            related_events: vec![],
            related_anomalies: vec![],
        }],
        ..load_test()
    }
}

pub(crate) fn message(message_type: MessageType, insight: &Insight) -> Message {
    let (anomalies, reason) = match message_type {
        MessageType::NewInsight => (vec![], "Duration was 790 ms against 204 ms expected from 14:03 UTC"),
        MessageType::ClosedInsight => (vec![], "back to normal since 15:40 UTC, after 1 h 37 min"),
        MessageType::NewAssociation => {
            (vec![insight.anomalies[insight.anomalies.len() - 1].id.clone()], "Duration of shop-checkout joined")
        }
        MessageType::SeverityUpgraded => (vec![], "Medium → High: an anomaly of that severity joined"),
        MessageType::NewRecommendation => (vec![], "recommends: Give shop-checkout provisioned concurrency"),
    };
    Message {
        id: format!("message-{message_type:?}"),
        message_type,
        insight: insight.id.clone(),
        time: at("14:10"),
        anomalies,
        reason: reason.to_owned(),
        watching: Some(WatchingCounts { watched: 12, without_metrics: 3, not_supported: 2 }),
    }
}

pub(crate) const TYPES: [MessageType; 5] = [
    MessageType::NewInsight,
    MessageType::ClosedInsight,
    MessageType::NewAssociation,
    MessageType::SeverityUpgraded,
    MessageType::NewRecommendation,
];

/// What a message of this type would be about.
pub(crate) fn told_of(message_type: MessageType) -> Insight {
    if message_type == MessageType::ClosedInsight { closed() } else { load_test() }
}
