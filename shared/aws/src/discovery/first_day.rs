//! The first day of a healthy account: few proactive insights, each to be fixed by somebody, and nothing else. The account is a
//! template (`tests/first-day/account.yaml`) read as the product reads one, with ordinary metrics.

use super::corpus::stack;
use super::tests::World;
use jiff::Timestamp;
use stackseer_catalog::Catalog;
use stackseer_line::{
    Baselines, History, Learned, Reach, Repeats, Sensitivity, WINDOW_MINUTES, Watch, check, learn, metrics_of, watch,
};
use stackseer_model::ports::{EventSource, MetricAnswer, MetricSource, PortError};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::Continue;
use std::path::Path;

const MOST_INSIGHTS: usize = 5;
const LEAST_RESOURCES: usize = 60;
const HISTORY_DAYS: i64 = 14;

fn at(minutes: i64) -> Timestamp {
    let monday: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    Timestamp::from_second(monday.as_second() + minutes * 60).unwrap()
}

/// What is ordinary of a metric by what it means: some requests, no failures, a third of what there is.
fn level(metric: &Metric) -> f64 {
    let of_unit = |milliseconds: f64| match metric.unit.as_str() {
        "Seconds" => milliseconds / 1000.0,
        "Microseconds" => milliseconds * 1000.0,
        _ => milliseconds,
    };
    let much = match metric.unit.as_str() {
        "Bytes" => 5e11,
        "Megabytes" => 150_000.0,
        "Gigabytes" => 500.0,
        "Percent" => 90.0,
        _ => 6.0,
    };
    match (metric.role, metric.bad) {
        (Role::Errors | Role::Throttles, _) => 0.0,
        (Role::Traffic, _) => 300.0,
        (Role::Latency, _) => of_unit(80.0),
        (Role::Backlog, _) => of_unit(3.0),
        (Role::Availability | Role::Capacity, BadDirection::Up) => 0.0,
        (Role::Availability, _) if metric.unit == "Percent" => 100.0,
        (Role::Availability | Role::Capacity, _) => much,
        (Role::Saturation, BadDirection::Down) => much,
        (Role::Saturation, _) if metric.unit == "Percent" => 35.0,
        (Role::Saturation, _) => of_unit(5.0),
    }
}

/// It breathes a little, as everything does.
fn value(metric: &Metric, second: i64) -> f64 {
    let level = level(metric);
    let hash = (second / i64::from(metric.period)).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) as u64;
    let noise = (hash >> 40) as f64 / f64::from(1u32 << 24) - 0.5;
    match metric.kind {
        Kind::Sparse => level,
        _ if level == 0.0 || metric.role == Role::Availability => level,
        _ => level * (1.0 + 0.06 * noise),
    }
}

/// CloudWatch and CloudTrail of a quiet account.
struct Ordinary;

impl MetricSource for Ordinary {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let series = |metric: &&Metric| {
            let period = i64::from(metric.period);
            let first = from.as_second().div_euclid(period) * period;
            let times = (0..).map(|n| first + n * period).take_while(|time| *time < to.as_second());
            let point = |time| Some(Point { time: Timestamp::from_second(time).ok()?, value: value(metric, time) });
            Ok(Series::new(times.filter_map(point)))
        };
        Ok(MetricAnswer { series: metrics.iter().map(series).collect(), calls: 1, may_be_retried: false })
    }

    async fn dimension_sets(&self, _: &str, _: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        Ok(vec![])
    }
}

impl EventSource for Ordinary {
    async fn change_events(&self, _: &Inventory, _: Timestamp, _: Timestamp) -> Result<Vec<ChangeEvent>, PortError> {
        Ok(vec![])
    }
}

async fn account() -> Inventory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/first-day/account.yaml");
    let nothing = BTreeMap::new();
    let account = stack("shop", &path, &nothing, &[], &nothing, &mut BTreeMap::new());
    World::of(vec![account]).read(Boundary::Stack { name: "shop".to_owned() }).await
}

async fn learned(inventory: Inventory) -> Learned {
    let catalog = Catalog::builtin();
    let (metrics, _) = metrics_of(&Ordinary, catalog, &inventory).await.unwrap();
    let (from, to) = (at(-WINDOW_MINUTES - HISTORY_DAYS * 1440), at(-WINDOW_MINUTES));
    let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: Baselines::new() };
    learn(&Ordinary, history, inventory, metrics, |_| Continue(())).await.unwrap()
}

#[tokio::test]
async fn a_healthy_account_opens_few_insights_on_its_first_day_each_to_be_fixed() {
    let inventory = account().await;
    let application = Application::new("123456789012", "eu-central-1", Boundary::Stack { name: "shop".to_owned() });
    let catalog = Catalog::builtin();
    let learned = learned(inventory).await;
    let watching: WatchingCounts = learned.watching.iter().collect();
    assert!(watching.all() >= LEAST_RESOURCES, "{}", watching.said("shop"));
    let was_seen = |state: &&ResourceState| catalog.service_name(&state.resource.resource_type).is_some();
    let lost = learned.watching.iter().filter(was_seen).filter(|state| state.watching == Watching::NotSupported);
    assert_eq!(lost.collect::<Vec<_>>(), [] as [&ResourceState; 0], "DevOps Guru saw it");

    let found = check(catalog, &application, &learned, &[], &Settings::default(), at(0));
    let said: Vec<String> = found.changed.iter().map(|i| format!("{}: {}", i.name, i.description)).collect();
    assert!(found.changed.len() <= MOST_INSIGHTS, "{} insights:\n{}", said.len(), said.join("\n"));
    for insight in &found.changed {
        assert!(!insight.recommendations.is_empty(), "{} says nothing to do", insight.name);
    }
    let about = Watch {
        catalog,
        application: &application,
        learned: &learned,
        known: &[],
        kept: &[],
        now: at(0),
        reach: Reach::Everything,
        repeats: Repeats::default(),
    };
    let watched = watch(&Ordinary, &Ordinary, &about).await.unwrap();
    assert!(watched.plan.changed.is_empty(), "{:#?}", watched.plan.changed);

    // For who comes from DevOps Guru: what of its list is not seen here, and why.
    let not_seen = catalog.not_seen_of_devops_guru(&learned.watching);
    let said: Vec<&str> = not_seen.iter().map(|not_seen| not_seen.because.as_str()).collect();
    assert!(said.contains(&"Performance Insights is not read") && said.contains(&"logs are not read"), "{not_seen:#?}");
}

/// So that it is an account of all services and not of a few.
#[tokio::test]
async fn the_account_has_one_of_every_type_that_is_watched_or_checked() {
    let catalog = Catalog::builtin();
    let there: BTreeSet<String> = account().await.resources.into_iter().map(|r| r.resource_type).collect();
    let watched = catalog.services().iter().map(|s| s.resource_type.as_str());
    let wanted: BTreeSet<&str> = watched.chain(catalog.checks().iter().map(|c| c.resource_type.as_str())).collect();
    let is_there = |of: &&&str| there.iter().any(|known| catalog.resource_type(of).is_some_and(|r| r.is(known)));
    let missing: Vec<&&str> = wanted.iter().filter(|of| !is_there(of)).collect();
    assert!(missing.is_empty(), "tests/first-day/account.yaml has none of {missing:?}");
}
