//! How long the API takes over the embedded store, and what it reads and writes. `just api-bench`; docs/performance.md has what
//! it prints. Two numbers may follow: insights, and calls of each.

mod calls;
mod data;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use calls::{Call, groups};
use data::{ACCOUNT, ANOMALIES, REGION, fill, now};
use serde_json::Value;
use stackseer_api::generated::Operation;
use stackseer_api::rule::Place;
use stackseer_api::{Api, Caller, Clock, Setup, router, wire};
use stackseer_aws::store::{make_table, store_over};
use stackseer_embedded::{Engine, Meter, Taken};
use stackseer_model::{Coverage, Scope, Sensitivity, Settings, Timestamp};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt;

const USUAL: usize = 10_000;
const USUAL_CALLS: usize = 200;
const WARM_UP: usize = 5;

type Failure = Box<dyn Error>;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        now()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let (insights, calls) = (numbers.next().unwrap_or(USUAL), numbers.next().unwrap_or(USUAL_CALLS));
    let folder = tempfile::tempdir()?;
    let (engine, meter) = Engine::open(&folder.path().join("bench.db"), &make_table())?.metered();
    let store = store_over(move |operation, request| engine.answer(operation, request));
    let began = Instant::now();
    let filled = fill(&store, insights).await?;
    let took = began.elapsed().as_secs();
    println!("{insights} insights with {} anomalies, written in {took} s; {calls} calls each.\n", insights * ANOMALIES);
    println!("| operation | p50 | p99 | rows read | read units | write units | items |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    let bench = Bench { router: router(Api::new(Arc::new(store), setup())), meter, calls };
    for group in groups(&filled) {
        for (call, measured) in bench.measure(&group).await? {
            measured.print(call);
        }
    }
    Ok(())
}

fn setup() -> Setup {
    Setup {
        own: Scope::new(ACCOUNT, REGION),
        others: vec![],
        source: wire::Source::Scan,
        clock: Arc::new(Standing),
        first: Settings { coverage: vec![Coverage::Stacks { names: vec!["*".to_owned()] }], ..Settings::default() },
        sensitivity: Sensitivity::Medium,
        tester: None,
    }
}

struct Bench {
    router: Router,
    meter: Meter,
    calls: usize,
}

#[derive(Default)]
struct Measured {
    times: Vec<Duration>,
    taken: Taken,
    items: usize,
}

impl Bench {
    async fn measure<'a>(&self, group: &'a [Call]) -> Result<Vec<(&'a Call, Measured)>, Failure> {
        let mut measured: BTreeMap<usize, Measured> = BTreeMap::new();
        let mut answer = Value::Null;
        for round in 0..self.calls + WARM_UP {
            for (index, call) in group.iter().enumerate() {
                let request = request(call.operation, (call.request)(round, &answer))?;
                self.meter.take();
                let began = Instant::now();
                let response = self.router.clone().oneshot(request).await?;
                let status = response.status();
                let body = to_bytes(response.into_body(), usize::MAX).await?;
                let took = began.elapsed();
                answer = serde_json::from_slice(&body)?;
                if status != StatusCode::OK {
                    return Err(format!("{:?} ({}): {status} {answer}", call.operation, call.form).into());
                }
                if round >= WARM_UP {
                    let of = measured.entry(index).or_default();
                    of.times.push(took);
                    of.taken += self.meter.take();
                    of.items += items(&answer);
                }
            }
        }
        Ok(group.iter().zip(measured.into_values()).collect())
    }
}

/// The longest list of the answer.
fn items(answer: &Value) -> usize {
    let lists = answer.as_object().into_iter().flat_map(|members| members.values()).filter_map(Value::as_array);
    lists.map(Vec::len).max().unwrap_or(0)
}

fn request(operation: Operation, mut values: Value) -> Result<Request<Body>, Failure> {
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
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let request = Request::builder().method(operation.method()).uri(format!("{path}{query}"));
    let mut request = request.body(Body::from(values.to_string()))?;
    request.extensions_mut().insert(Caller("bench".to_owned()));
    Ok(request)
}

impl Measured {
    fn print(mut self, call: &Call) {
        self.times.sort();
        let calls = self.times.len();
        let milliseconds = |of: usize| self.times[(calls * of).div_ceil(100) - 1].as_secs_f64() * 1000.0;
        let each = |sum: f64| sum / calls as f64;
        let form = if call.form.is_empty() { String::new() } else { format!(" ({})", call.form) };
        println!(
            "| {:?}{form} | {:.1} ms | {:.1} ms | {:.0} | {:.1} | {:.1} | {:.0} |",
            call.operation,
            milliseconds(50),
            milliseconds(99),
            each(self.taken.rows as f64),
            each(self.taken.read),
            each(self.taken.written),
            each(self.items as f64),
        );
    }
}
