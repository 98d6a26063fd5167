//! Insights made by hand, as people see them.

use super::{ApplicationReport, Calls, Permissions, Report, Surveyed, View, Width, Window, insight};
use anstream::adapter::strip_str;
use jiff::Timestamp;
use stackseer_catalog::Catalog;
use stackseer_model::*;
use std::collections::BTreeMap;

const STACK: &str = "shop";

fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}:00Z").parse().unwrap()
}

fn view(columns: usize) -> View<'static> {
    View { catalog: Catalog::builtin(), now: at("15:15"), width: Width::Columns(columns), verbose: false }
}

fn told(told: &Insight, view: &View<'_>) -> String {
    strip_str(&insight(told, view)).to_string()
}

fn application() -> Application {
    Application::new("123456789012", "eu-central-1", Boundary::Stack { name: STACK.to_owned() })
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

/// 12:15 to 15:15, `usual` with a plateau of `high` from 14:03 on; nothing known for a quarter of an hour.
fn series(usual: f64, high: f64) -> Vec<BandPoint> {
    (0..180)
        .map(|minute| {
            let wobble = 1.0 + ((minute * 37) % 11) as f64 / 60.0;
            let value = if minute >= 108 { high * wobble / 1.1 } else { usual * wobble };
            BandPoint {
                time: Timestamp::from_second(at("12:15").as_second() + minute * 60).unwrap(),
                value: (!(30..45).contains(&minute)).then_some(value),
                lower: usual * 0.6,
                expected: usual,
                upper: usual * 1.6,
            }
        })
        .collect()
}

fn anomaly(
    resource: &Resource,
    metric: Metric,
    severity: Severity,
    peak: f64,
    expected: f64,
    description: &str,
) -> Anomaly {
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
            peak,
            expected,
            score: 5.2,
            silent: false,
            limit: None,
            series: series(expected, peak),
        }),
    }
}

fn front() -> ResourceRef {
    ResourceRef::from(&Resource::new("AWS::ApiGateway::RestApi", "shop"))
}

/// All that an insight can have: a share, a change, a way, an impact, a repeat, what was ruled out, where to look.
fn rich() -> Insight {
    let mut insight = load_test();
    let function = insight.causes[0].resource.clone();
    insight.nature = Nature::Reactive {
        pattern: None,
        impact: Some(Impact {
            front_door: front(),
            requests: 12_400.0,
            failed: 4_216.0,
            slow: 0.0,
            last_seen: Some(at("15:11")),
            until: at("15:15"),
        }),
    };
    insight.repeat = Some(Repeat { of: InsightId("earlier".to_owned()), times: 3 });
    let cause = &mut insight.causes[0];
    cause.changes = vec![Change {
        name: "UpdateFunctionConfiguration".to_owned(),
        time: at("13:56"),
        events: vec!["e1".to_owned()],
        what: "memory_mb 512 → 128".to_owned(),
    }];
    cause.path = vec![
        Step { resource: front(), evidence: "5XXError 135 a minute against none expected".to_owned() },
        Step { resource: function, evidence: "errors 133 a minute against none expected".to_owned() },
        Step { resource: orders(), evidence: "throttled writes 855 a minute against none expected".to_owned() },
    ];
    insight.considered = vec![
        Considered {
            what: "lambda-duration-cold-starts".to_owned(),
            because: "no more instances were started than usual".to_owned(),
        },
        Considered { what: "not opened: shop-mail".to_owned(), because: "one point only".to_owned() },
    ];
    let advice = &mut insight.recommendations[0];
    advice.place = "Lambda console, shop-checkout, Configuration, General".to_owned();
    advice.command = "aws lambda get-function-configuration --function-name shop-checkout".to_owned();
    insight.events[0].changes.push(PropertyChange { property: "code".to_owned(), from: None, to: None });
    insight
}

fn orders() -> ResourceRef {
    ResourceRef::from(&Resource::new("AWS::DynamoDB::Table", "shop-orders"))
}

fn load_test() -> Insight {
    let function = Resource::new("AWS::Lambda::Function", "shop-checkout");
    let duration = metric(&function, "Duration", "p90", "Milliseconds", Role::Latency);
    let invocations = metric(&function, "Invocations", "Sum", "Count", Role::Traffic);
    let reason = "Invocations of shop-checkout rose to 4,120 a minute against 1,000 expected (4.12×) at 14:02 UTC, and Duration \
                  followed one minute later; no downstream call became slower by itself.";
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
        application: application(),
        description: reason.to_owned(),
        causes: vec![
            Cause {
                resource: ResourceRef::from(&function),
                metric: Some("Invocations".to_owned()),
                share: Some(0.83),
                rank: 1,
                changes: vec![],
                path: vec![],
                reason: reason.to_owned(),
            },
            Cause {
                resource: orders(),
                metric: Some("SuccessfulRequestLatency".to_owned()),
                share: Some(0.12),
                rank: 2,
                changes: vec![],
                path: vec![],
                reason: "12 ms against 8 ms expected.".to_owned(),
            },
        ],
        anomalies: vec![
            anomaly(
                &function,
                invocations,
                Severity::Low,
                4120.0,
                1000.0,
                "Invocations of shop-checkout 4,120 a minute against 1,000 a minute expected from 14:02 UTC",
            ),
            anomaly(
                &function,
                duration,
                Severity::High,
                812.0,
                204.0,
                "Duration of shop-checkout 812 ms against 204 ms expected from 14:03 UTC",
            ),
        ],
        events: vec![ChangeEvent {
            id: "e1".to_owned(),
            time: at("13:56"),
            source: "lambda.amazonaws.com".to_owned(),
            name: "UpdateFunctionConfiguration".to_owned(),
            data_source: DataSource::AwsCloudTrail,
            class: EventClass::ConfigChange,
            resources: vec![ResourceId("arn:aws:lambda:eu-central-1:123456789012:function:shop-checkout".to_owned())],
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
            reason:
                "Invocations are 4.12× the expected, and p90 duration went from 204 ms to 812 ms in the same minute."
                    .to_owned(),
            link: "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html".to_owned(),
            place: String::new(),
            command: String::new(),
            related_events: vec![],
            related_anomalies: vec![],
        }],
        history: vec![
            Transition {
                time: at("14:10"),
                step: Transited::Opened,
                reason: "Duration was 790 ms against 204 ms expected from 14:03 UTC".to_owned(),
            },
            Transition {
                time: at("14:20"),
                step: Transited::SeverityUpgraded { from: Severity::Medium, to: Severity::High },
                reason: "Medium → High: an anomaly of that severity joined".to_owned(),
            },
        ],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

/// No cause, no change, nothing to draw.
fn bare() -> Insight {
    let mut insight = load_test();
    let queue = Resource::new("AWS::SQS::Queue", "shop-mail");
    insight.name = "SQS ApproximateAgeOfOldestMessage Anomalous In Stack shop: shop-mail".to_owned();
    insight.description = "ApproximateAgeOfOldestMessage of shop-mail has been 40 min against 2 s expected since 23:50 UTC. No clear cause: no resource shows most of the harm, and no change came just before.".to_owned();
    insight.severity = Severity::Medium;
    insight.status = Status::Closed;
    insight.start_time = "2026-11-21T23:50:00Z".parse().unwrap();
    insight.end_time = Some(at("00:30"));
    insight.causes = vec![];
    insight.events = vec![];
    insight.recommendations = vec![];
    insight.anomalies = vec![Anomaly {
        start_time: insight.start_time,
        end_time: insight.end_time,
        status: Status::Closed,
        ..anomaly(
            &queue,
            metric(&queue, "ApproximateAgeOfOldestMessage", "Maximum", "Seconds", Role::Backlog),
            Severity::Medium,
            2400.0,
            2.0,
            "ApproximateAgeOfOldestMessage of shop-mail 40 min against 2 s expected from 23:50 UTC",
        )
    }];
    insight.anomalies[0].of_metric_mut().unwrap().series.clear();
    insight
}

fn capacity() -> Insight {
    let mut insight = load_test();
    let reason = "ConsumedWriteCapacityUnits stayed at or below 10 % of the provisioned 50 for 14 days; the busiest minute used 4.1.";
    insight.name = "DynamoDB table writes are under utilized in shop".to_owned();
    insight.nature = Nature::Proactive {
        check: "dynamodb-writes-under-utilized".to_owned(),
        maps: std::collections::BTreeMap::new(),
    };
    insight.severity = Severity::Low;
    insight.description = reason.to_owned();
    insight.start_time = "2026-11-08T00:00:00Z".parse().unwrap();
    insight.causes = vec![Cause {
        resource: orders(),
        metric: Some("ConsumedWriteCapacityUnits".to_owned()),
        share: None,
        rank: 1,
        changes: vec![],
        path: vec![],
        reason: reason.to_owned(),
    }];
    insight.anomalies = vec![];
    insight.events = vec![];
    insight.history.truncate(1);
    insight.recommendations = vec![Recommendation {
        name: "Set the write capacity of shop-orders to 7, or switch it to on-demand".to_owned(),
        description: "7 units hold consumption at 65 %.".to_owned(),
        reason: reason.to_owned(),
        link: String::new(),
        place: String::new(),
        command: String::new(),
        related_events: vec![],
        related_anomalies: vec![],
    }];
    insight
}

fn fits(text: &str, width: usize) {
    // A link or a name that has no space to break at may stick out; nothing else may.
    let long =
        text.lines().find(|line| line.chars().count() > width && line.trim().contains(' ') && !line.contains("://"));
    assert_eq!(long, None);
}

#[test]
fn a_reactive_insight() {
    let text = told(&load_test(), &view(80));
    fits(&text, 80);
    insta::assert_snapshot!(text);
}

#[test]
fn all_that_an_insight_can_have() {
    let text = told(&rich(), &view(80));
    fits(&text, 80);
    insta::assert_snapshot!(text);
}

#[test]
fn without_a_terminal_no_line_is_wrapped() {
    let endless = View { width: Width::Unlimited, ..view(80) };
    let text = told(&rich(), &endless);
    assert!(text.contains(&format!("\n    {}\n", rich().causes[0].reason)), "{text}");
}

#[test]
fn an_application_of_which_nothing_is_known_is_never_fine() {
    let of = |change: &dyn Fn(&mut ApplicationReport)| {
        let mut report = one_report();
        change(&mut report.applications[0]);
        strip_str(&report.text(&view(80))).to_string()
    };
    assert!(of(&|_| {}).starts_with("shop: nothing is wrong."));
    for (change, said) in [
        (
            &(|a: &mut ApplicationReport| a.watching = WatchingCounts::default()) as &dyn Fn(&mut ApplicationReport),
            "no resources found",
        ),
        (&|a| (a.metrics, a.metrics_watched) = (0, 0), "nothing is watched"),
        (&|a| a.metrics_with_points = 0, "nothing was read"),
        (&|a| a.metrics_with_history = 0, "nothing was learned"),
    ] {
        let text = of(change);
        assert!(text.starts_with(&format!("shop: {said}")) && !text.contains("nothing is wrong"), "{text}");
    }
}

#[test]
fn blindness_is_said_before_what_was_found_without_looking() {
    let mut report = one_report();
    report.insights = vec![capacity()];
    report.applications[0].metrics_with_points = 0;
    let text = strip_str(&report.text(&view(80))).to_string();
    assert!(text.starts_with("shop: nothing was read: no metric has a point from 12:15 to 15:15 UTC."), "{text}");
    assert!(text.contains("LOW  proactive"), "{text}");
}

fn bucket() -> Resource {
    Resource::new("AWS::S3::Bucket", "files")
}

/// As the catalogue has it of these, whatever is published.
fn states(resources: &[Resource]) -> Vec<ResourceState> {
    let catalog = Catalog::builtin();
    let metrics: Vec<Metric> = resources.iter().flat_map(|r| catalog.metrics_of(r, |_, _| vec![]).0).collect();
    let inventory = Inventory { resources: resources.to_vec(), ..Inventory::default() };
    catalog.watching(&inventory, &metrics, |m| Some(!m.resource.as_str().contains("silent")))
}

fn one_of_each() -> Vec<ResourceState> {
    let glue = |name| Resource::new("AWS::Glue::Job", name);
    let queue = |name| Resource::new("AWS::SQS::Queue", name);
    let role = Resource::new("AWS::IAM::Role", "role");
    states(&[queue("jobs"), queue("silent"), bucket(), glue("nightly"), glue("weekly"), role])
}

#[test]
fn a_report_says_how_many_are_watched_and_of_the_rest_why_not_and_what_to_turn_on() {
    let mut report = one_report();
    let application = &mut report.applications[0];
    application.states = one_of_each();
    application.watching = application.states.iter().collect();
    insta::assert_snapshot!(strip_str(&report.text(&view(100))).to_string());
    let json = serde_json::to_value(&report).unwrap();
    let told = &json["applications"][0];
    assert_eq!(told["watching"], serde_json::json!({"watched": 1, "without_metrics": 2, "not_supported": 2}));
    let bucket = &told["states"][2];
    assert_eq!((&bucket["name"], &bucket["state"]), (&"files".into(), &"without_metrics".into()));
    assert_eq!(bucket["because"], "request metrics are off");
    assert!(bucket["turn_on"].as_str().unwrap().contains("put-bucket-metrics-configuration"));
}

#[test]
fn a_scan_that_watches_nothing_says_so_first() {
    let of = |states: Vec<ResourceState>, metrics| {
        let mut report = one_report();
        let application = &mut report.applications[0];
        application.watching = states.iter().collect();
        (application.states, application.metrics, application.metrics_watched) = (states, metrics, metrics);
        strip_str(&report.text(&view(100))).to_string()
    };
    let blind = of(states(&[bucket()]), 0);
    assert!(blind.starts_with("shop: nothing is watched: none of its 1 resource has metrics."), "{blind}");
    assert!(blind.contains("Watched: none of 1 resource of shop (1 without metrics)"), "{blind}");
    assert!(!blind.contains("nothing is wrong"), "{blind}");
    let seeing = of(states(&[Resource::new("AWS::SQS::Queue", "jobs")]), 61);
    assert!(seeing.starts_with("shop: nothing is wrong."), "{seeing}");
}

#[test]
fn the_doctor_counts_what_a_scan_would_watch_of_what_it_is_asked_about() {
    let surveyed =
        |states: Vec<ResourceState>| Surveyed { application: application(), watching: states.iter().collect(), states };
    let applications = [surveyed(one_of_each()), surveyed(states(&[bucket()]))];
    let about = |applications| Permissions {
        account: "123456789012",
        region: "eu-central-1",
        checks: &[],
        applications,
        unseen: &[],
    };
    insta::assert_snapshot!(strip_str(&about(&applications[..]).text(Width::Columns(100))).to_string());
    assert!(!about(&[]).text(Width::Columns(100)).contains("atch"));
}

/// One application, looked at in full, without an insight.
fn one_report() -> Report {
    Report {
        applications: vec![ApplicationReport {
            expiries: vec![],
            not_seen_of_devops_guru: vec![],
            application: application(),
            window: Window { from: at("12:15"), to: at("15:15") },
            resources: vec![Resource::new("AWS::Lambda::Function", "shop-checkout")],
            watching: WatchingCounts { watched: 1, without_metrics: 0, not_supported: 0 },
            states: states(&[Resource::new("AWS::Lambda::Function", "shop-checkout")]),
            metrics: 61,
            metrics_with_history: 61,
            metrics_watched: 61,
            metrics_with_points: 40,
            calls: Calls { learn: 3, watch: 1, metrics_billed: 122 },
        }],
        ..Report::default()
    }
}

#[test]
fn a_phone_wide_terminal() {
    let text = told(&load_test(), &view(44));
    fits(&text, 44);
    insta::assert_snapshot!(text);
}

#[test]
fn a_closed_one_without_clear_cause() {
    insta::assert_snapshot!(told(&bare(), &view(80)));
}

#[test]
fn of_many_that_fail_one_check_twenty_are_named_and_the_rest_counted() {
    let mut insight = capacity();
    let (cause, advice) = (insight.causes[0].clone(), insight.recommendations[0].clone());
    let of = |n: usize| {
        let mut cause = cause.clone();
        cause.resource.name = format!("table-{n}");
        cause
    };
    insight.causes = (0..200).map(of).collect();
    insight.recommendations =
        (0..200).map(|n| Recommendation { name: format!("Lower it on table-{n}"), ..advice.clone() }).collect();
    let text = told(&insight, &view(80));
    assert_eq!(text.matches("Also: table-").count(), 19, "{text}");
    assert_eq!(text.matches("Lower it on table-").count(), 20, "{text}");
    assert_eq!(text.matches("and 180 more; --verbose shows them").count(), 2, "{text}");
    assert_eq!(text.matches(advice.description.split_at(30).0).count(), 1, "what to do is described once: {text}");
}

#[test]
fn a_proactive_insight() {
    insta::assert_snapshot!(told(&capacity(), &view(80)));
}

#[test]
fn a_report_puts_the_worst_first_and_says_what_was_not_seen() {
    let denied = |what: &str| Unseen {
        what: what.to_owned(),
        action: Some("kinesis:ListStreams".to_owned()),
        reason: "access denied".to_owned(),
    };
    let mut report = Report {
        insights: vec![capacity(), bare(), load_test()],
        unseen: vec![denied("stream a"), denied("stream b"), denied("stream a")],
        ..one_report()
    };
    report.sort();
    let names: Vec<&str> = report.insights.iter().map(|i| i.name.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["Anomalous", "DynamoDB", "SQS"]);
    report.insights.clear();
    insta::assert_snapshot!(strip_str(&report.text(&view(80))).to_string());
}

#[test]
fn colour_marks_severity_and_what_is_outside() {
    let text = insight(&load_test(), &view(80));
    assert!(text.starts_with("\u{1b}[1m\u{1b}[31mHIGH\u{1b}[0m"), "{text:?}");
    assert!(text.contains("\u{1b}[31m█\u{1b}[0m"), "{text:?}");
}

#[test]
fn json_has_the_documented_fields() {
    let value = serde_json::to_value(load_test()).unwrap();
    for field in [
        "id",
        "name",
        "type",
        "severity",
        "status",
        "start_time",
        "causes",
        "anomalies",
        "events",
        "recommendations",
        "history",
    ] {
        assert!(value.get(field).is_some(), "{field}");
    }
    assert_eq!(value["causes"][0]["resource"]["name"], "shop-checkout");
    for field in ["resource", "metric", "share", "rank", "reason"] {
        assert!(value["causes"][0].get(field).is_some(), "{field}");
    }
}
