//! An account with a shop, and the API over it in memory.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use serde_json::Value;
use stackseer_api::generated::Operation;
use stackseer_api::rule::Place;
use stackseer_api::{Api, Caller, Clock, Setup, Tester, router, wire};
use stackseer_model::ports::{LearningStore, Store};
use stackseer_model::*;
use stackseer_testkit::MemoryStore;
pub use stackseer_testkit::clock::after;
use stackseer_testkit::clock::{FixedClock, time};
use std::sync::Arc;
use tower::ServiceExt;

pub const ACCOUNT: &str = "123456789012";
pub const REGION: &str = "eu-central-1";

pub fn start() -> Timestamp {
    time("2026-11-22T14:00:00Z")
}

pub fn now() -> Timestamp {
    after(start(), 24 * 3600)
}

struct Standing(FixedClock);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

pub struct Scene {
    pub store: Arc<MemoryStore>,
    router: Router,
}

pub struct Said {
    pub status: StatusCode,
    pub error: Option<String>,
    pub body: Value,
}

impl Scene {
    pub fn new() -> Self {
        Self::testing(None)
    }

    /// With who sends test messages.
    pub fn testing(tester: Option<Arc<dyn Tester>>) -> Self {
        let store = Arc::new(MemoryStore::default());
        let setup = Setup {
            own: Scope::new(ACCOUNT, REGION),
            others: vec![],
            source: wire::Source::Demo,
            clock: Arc::new(Standing(FixedClock::at(now()))),
            first: Settings {
                coverage: vec![Coverage::Stacks { names: vec!["shop".to_owned()] }],
                ..Settings::default()
            },
            sensitivity: Sensitivity::Medium,
            tester,
        };
        Self { router: router(Api::new(store.clone(), setup)), store }
    }

    pub async fn with(insights: &[Insight]) -> Self {
        let scene = Self::new();
        scene.store.commit(&shop(), 0, insights, &[]).await.unwrap();
        scene
    }

    /// The shop's resources: a function and a queue that are watched, and a bucket that is not.
    pub async fn learned(self) -> Self {
        let (function, queue) =
            (Resource::new("AWS::Lambda::Function", "checkout"), Resource::new("AWS::SQS::Queue", "jobs"));
        let bucket = Resource::new("AWS::S3::Bucket", "images");
        let state = |resource: &Resource, watching| ResourceState { resource: ResourceRef::from(resource), watching };
        let off = Watching::WithoutMetrics {
            because: "request metrics are off".to_owned(),
            turn_on: Some("Turn on request metrics.".to_owned()),
        };
        let watching = vec![state(&function, Watching::Watched), state(&queue, Watching::Watched), state(&bucket, off)];
        let edge = Edge { from: queue.id.clone(), to: function.id.clone(), kind: EdgeKind::Async };
        let metrics = vec![metric("AWS/Lambda", "Errors", &ResourceRef::from(&function))];
        let inventory =
            Inventory { resources: vec![function, queue, bucket], edges: vec![edge], ..Inventory::default() };
        let learning = Learning {
            at: start(),
            complete: true,
            inventory,
            metrics,
            baselines: Default::default(),
            unseen: Default::default(),
            watching,
        };
        self.store.keep_learning(&shop(), &learning).await.unwrap();
        self
    }

    /// What the operation answers, which is as the model says.
    pub async fn call(&self, operation: Operation, values: Value) -> Value {
        let said = self.try_call(operation, values.clone()).await;
        assert_eq!(said.status, StatusCode::OK, "{operation:?} {values}: {}", said.body);
        let wrong = operation.output().violations(&said.body);
        assert!(wrong.is_empty(), "{operation:?} {values}: {wrong:?}");
        said.body
    }

    pub async fn try_call(&self, operation: Operation, mut values: Value) -> Said {
        let mut path = operation.path().to_owned();
        let mut query = Vec::new();
        for member in operation.input().members().iter().filter(|member| member.place != Place::Body) {
            let Some(value) = values.as_object_mut().and_then(|values| values.remove(member.name)) else { continue };
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match member.place {
                Place::Uri => path = path.replace(&format!("{{{}}}", member.name), &text),
                _ => query.push(format!("{}={text}", member.name)),
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        self.ask(operation.method(), &path, values).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &str) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(Caller("ann".to_owned()));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Said {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = self.send(method, path, &body).await;
        let status = response.status();
        let error = response.headers().get("x-amzn-errortype").map(|value| value.to_str().unwrap().to_owned());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Said { status, error, body: serde_json::from_slice(&bytes).unwrap() }
    }

    /// What it answers when all is well.
    pub async fn answer(&self, method: &str, path: &str, body: Value) -> Value {
        let said = self.ask(method, path, body).await;
        assert_eq!(said.status, StatusCode::OK, "{method} {path}: {}", said.body);
        said.body
    }
}

pub fn shop() -> Application {
    Application::new(ACCOUNT, REGION, Boundary::Stack { name: "shop".to_owned() })
}

pub fn resource(resource_type: &str, name: &str) -> ResourceRef {
    ResourceRef::from(&Resource::new(resource_type, name))
}

pub fn metric(namespace: &str, name: &str, of: &ResourceRef) -> Metric {
    Metric {
        key: MetricKey {
            namespace: namespace.to_owned(),
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

/// The `number`th of its kind: each starts a minute after the one before, and a closed one lasted an hour.
pub fn insight(number: i64, insight_type: InsightType, status: Status) -> Insight {
    let (application, start_time) = (shop(), after(start(), number * 60));
    let id = InsightId::of(&application.id, &format!("{insight_type:?} {number}"), start_time.as_second());
    let function = resource("AWS::Lambda::Function", "checkout");
    let end_time = (status == Status::Closed).then(|| after(start_time, 3600));
    let nature = match insight_type {
        InsightType::Reactive => Nature::Reactive { pattern: None, impact: None },
        InsightType::Proactive => {
            Nature::Proactive { check: "a-check".to_owned(), maps: std::collections::BTreeMap::new() }
        }
    };
    Insight {
        anomalies: vec![anomaly(&id, 0, &function, start_time, end_time)],
        id,
        name: format!("Lambda Errors Anomalous In Stack shop ({number})"),
        nature,
        subject: Subject { what: "errors".to_owned(), resource: Some(function.id.clone()) },
        severity: [Severity::Low, Severity::Medium, Severity::High][number.rem_euclid(3) as usize],
        status,
        start_time,
        end_time,
        open_time: after(start_time, 300),
        update_time: after(start_time, 600),
        application,
        description: "Errors of checkout are 40 a minute, against none expected.".to_owned(),
        causes: vec![Cause {
            resource: function.clone(),
            metric: Some("Errors".to_owned()),
            share: Some(0.9),
            rank: 1,
            changes: vec![],
            path: vec![Step { resource: function.clone(), evidence: "40 errors a minute".to_owned() }],
            reason: "checkout fails since it was deployed.".to_owned(),
        }],
        events: vec![],
        recommendations: vec![],
        history: vec![Transition { time: start_time, step: Transited::Opened, reason: "errors".to_owned() }],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

pub fn anomaly(
    insight: &InsightId,
    number: i64,
    resource: &ResourceRef,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
) -> Anomaly {
    let metric = metric("AWS/Lambda", "Errors", resource);
    let point = |minute: i64| BandPoint {
        time: after(start_time, minute * 60),
        value: (minute != 1).then_some(40.0),
        lower: 0.0,
        expected: 0.0,
        upper: 2.0,
    };
    Anomaly {
        id: AnomalyId::of(insight, &format!("{} {number}", metric.key), start_time.as_second()),
        anomaly_type: AnomalyType::Causal,
        causal_anomaly: None,
        severity: Severity::High,
        status: if end_time.is_some() { Status::Closed } else { Status::Ongoing },
        start_time,
        end_time,
        open_time: start_time,
        close_time: end_time,
        resource: resource.clone(),
        description: String::new(),
        passed: 0,
        evidence: Evidence::Metric(MetricEvidence {
            metric,
            direction: Direction::Up,
            peak: 40.0,
            expected: 0.0,
            score: 9.0,
            silent: false,
            limit: None,
            series: (0..3).map(point).collect(),
        }),
    }
}
