//! What the API takes over the store, in the engine's own count: as much among ten thousand insights as among a hundred.

use super::units::counted;
use super::*;
use crate::store::counts::{Counts, Delta};
use crate::store::index;
use crate::store::rows::Write;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use stackseer_api::generated::Operation;
use stackseer_api::{Api, Clock, Setup, router, wire};
use tower::ServiceExt;

const FEW: usize = 100;
const MANY: usize = 10_000;
const OPEN: usize = 10;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        at(NOW)
    }
}

/// As many open ones whatever the number, and all within the same days.
fn the(index: usize, of: usize) -> Insight {
    let app = application(["shop", "blog"][index % 2]);
    let start = NOW - 20 * DAY * index as i64 / of as i64 - 3600;
    let one = Insight { start_time: at(start), ..insight(&app, &format!("subject {index}"), 1, 0) };
    if index < OPEN { one } else { closed(&one, start + 600) }
}

/// The rows of lists and counts, as commits leave them; and what was learned of two applications.
async fn fill(store: &DynamoStore, number: usize) {
    let mut delta = Delta::default();
    let mut rows: Vec<Write> = Vec::new();
    for insight in (0..number).map(|index| the(index, number)) {
        rows.extend(index::list_rows(&insight, None).unwrap());
        delta.extend(Delta::of(None, Some(&insight)));
    }
    rows.extend(Counts::default().change(&delta).unwrap());
    store.rows.write_all(rows).await.unwrap();
    for name in ["shop", "blog"] {
        store.keep_learning(&application(name), &learning(50, 0)).await.unwrap();
    }
}

fn served(store: DynamoStore) -> Router {
    let setup = Setup {
        own: scope(),
        others: vec![],
        source: wire::Source::Scan,
        clock: Arc::new(Standing),
        first: Settings::default(),
        sensitivity: Sensitivity::Medium,
        tester: None,
    };
    router(Api::new(Arc::new(store), setup))
}

fn asked() -> Vec<(Operation, Value)> {
    use Operation::*;
    let month = json!({"FromTime": NOW - 29 * DAY});
    let any = json!({"Any": {"Type": "REACTIVE", "StartTimeRange": month}});
    let ongoing = json!({"Ongoing": {"Type": "REACTIVE"}});
    let closed = json!({"Closed": {"Type": "REACTIVE", "EndTimeRange": month}});
    let search = json!({"StartTimeRange": month, "Type": "REACTIVE", "MaxResults": 10,
        "Filters": {"ResourceCollection": {"CloudFormation": {"StackNames": ["shop"]}}}});
    let mut asked = vec![
        (DescribeAccountHealth, Value::Null),
        (DescribeAccountOverview, month.clone()),
        (DescribeOrganizationHealth, json!({})),
        (DescribeOrganizationOverview, month),
        (SearchInsights, search),
        (ListApplications, Value::Null),
        (GetStatus, Value::Null),
        (ListMonitoredResources, json!({"MaxResults": 10})),
    ];
    asked.extend([any, ongoing, closed].map(|of| (ListInsights, json!({"StatusFilter": of, "MaxResults": 10}))));
    for kind in ["AWS_CLOUD_FORMATION", "AWS_TAGS", "AWS_SERVICE"] {
        asked.push((DescribeResourceCollectionHealth, json!({"ResourceCollectionType": kind})));
        let over = json!({"OrganizationResourceCollectionType": kind});
        asked.push((DescribeOrganizationResourceCollectionHealth, over));
    }
    asked
}

/// The units of each request, and what it answered.
async fn taken(number: usize) -> Vec<(f64, Value)> {
    let engine = Engine::new();
    let (store, meter) = counted(&engine);
    fill(&store, number).await;
    let router = served(store);
    let mut taken = Vec::new();
    for (operation, body) in asked() {
        let kind = body["ResourceCollectionType"].as_str().unwrap_or_default();
        let path = operation.path().replace("{ResourceCollectionType}", kind);
        let body = match operation.method() {
            "GET" => Body::empty(),
            _ => Body::from(body.to_string()),
        };
        let request = Request::builder().method(operation.method()).uri(path).body(body).unwrap();
        meter.take();
        let response = router.clone().oneshot(request).await.unwrap();
        let units = meter.take().read;
        let status = response.status();
        let answer = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{operation:?}: {}", String::from_utf8_lossy(&answer));
        taken.push((units, serde_json::from_slice(&answer).unwrap()));
    }
    taken
}

#[tokio::test]
async fn among_ten_thousand_an_answer_takes_no_more_than_among_a_hundred() {
    let (few, many) = (taken(FEW).await, taken(MANY).await);
    for ((operation, body), ((few, _), (many, answer))) in asked().into_iter().zip(few.iter().zip(&many)) {
        // A call rounds up to half a unit, and a number of five digits is longer than one of three.
        assert!(*many <= few + 0.5, "{operation:?} {body}: {few} units, {many}\n{answer}");
        assert!(*many <= 12.0, "{operation:?} {body}: {many} units");
    }
    let overview = |of: &[(f64, Value)]| of[1].1["ReactiveInsights"].as_u64().unwrap() as usize;
    assert_eq!((overview(&few), overview(&many)), (FEW, MANY));
}

/// An insight's charts are most of it: who describes it reads none, and a page of anomalies its own.
#[tokio::test]
async fn charts_are_read_with_the_page_that_shows_them() {
    let engine = Engine::new();
    let (store, meter) = counted(&engine);
    let whole = insight(&application("shop"), "one", 40, 180);
    store.commit(&whole.application, 0, from_ref(&whole), &[]).await.unwrap();
    meter.take();
    let mut units = vec![];
    for anomalies in [0, 1, 10, 40] {
        let ids: Vec<AnomalyId> = whole.anomalies.iter().take(anomalies).map(|a| a.id.clone()).collect();
        store.look_at(&whole.id, Charts::Of(&ids)).await.unwrap();
        units.push(meter.take().read);
    }
    let chart = units[1] - units[0];
    assert!(units[0] <= 5.0 && (1.0..=4.0).contains(&chart), "{units:?}");
    assert_eq!([units[2], units[3]], [units[0] + 10.0 * chart, units[0] + 40.0 * chart], "{units:?}");
}
