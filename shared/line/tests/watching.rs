//! What is watched, as learning keeps it and as a watch sees it later.

use stackseer_catalog::Catalog;
use stackseer_line::*;
use stackseer_model::ports::{EventSource, LearningStore, MetricAnswer, MetricSource, PortError};
use stackseer_model::*;
use stackseer_testkit::MemoryStore;
use std::collections::BTreeMap;
use std::ops::ControlFlow::Continue;

/// Publishes one a minute of the queues of these names.
struct Queues(&'static [&'static str]);

impl MetricSource for Queues {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let point = |second| Some(Point { time: Timestamp::from_second(second).ok()?, value: 1.0 });
        let (from, to) = (from.as_second(), to.as_second());
        let series = |metric: &&Metric| {
            let publishes = self.0.iter().any(|name| metric.resource.as_str().ends_with(name));
            Ok(Series::new((from..to).step_by(3600).filter(|_| publishes).filter_map(point)))
        };
        Ok(MetricAnswer { series: metrics.iter().map(series).collect(), calls: 1, may_be_retried: false })
    }

    async fn dimension_sets(&self, _: &str, _: &str) -> Result<Vec<BTreeMap<String, String>>, PortError> {
        Ok(vec![])
    }
}

impl EventSource for Queues {
    async fn change_events(&self, _: &Inventory, _: Timestamp, _: Timestamp) -> Result<Vec<ChangeEvent>, PortError> {
        Ok(vec![])
    }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_768_305_600 + hour * 3600).unwrap()
}

fn inventory() -> Inventory {
    let types = [
        ("SQS::Queue", "jobs"),
        ("SQS::Queue", "mail"),
        ("S3::Bucket", "files"),
        ("Glue::Job", "job"),
        ("IAM::Role", "r"),
    ];
    let resources = types.map(|(of, name)| Resource::new(&format!("AWS::{of}"), name));
    Inventory { resources: resources.to_vec(), ..Inventory::default() }
}

async fn learned(known: Baselines, to: Timestamp) -> Learned {
    let source = Queues(&["jobs"]);
    let (metrics, _) = metrics_of(&source, Catalog::builtin(), &inventory()).await.unwrap();
    let from = Timestamp::from_second(to.as_second() - 14 * 86_400).unwrap();
    let history = History { catalog: Catalog::builtin(), sensitivity: Sensitivity::default(), from, to, known };
    learn(&source, history, inventory(), metrics, |_| Continue(())).await.unwrap()
}

fn counts(states: &[ResourceState]) -> (usize, usize, usize) {
    let WatchingCounts { watched, without_metrics, not_supported } = states.iter().collect();
    (watched, without_metrics, not_supported)
}

fn application() -> Application {
    Application::new("123456789012", "eu-central-1", Boundary::Stack { name: "shop".to_owned() })
}

#[tokio::test]
async fn what_published_nothing_is_without_metrics_and_stays_so_where_its_history_is_not_read_again() {
    let first = learned(Baselines::new(), at(0)).await;
    assert_eq!(counts(&first.watching), (1, 2, 1), "{:#?}", first.watching);
    let again = learned(first.baselines, at(1)).await;
    assert_eq!(again.metrics_read, 0);
    assert_eq!(again.watching, first.watching);
}

#[tokio::test]
async fn the_store_keeps_the_states_and_their_counts_apart_from_the_baselines() {
    let (store, application) = (MemoryStore::default(), application());
    assert_eq!(store.resource_states(&application).await.unwrap(), None);
    let learned = learned(Baselines::new(), at(0)).await;
    store.keep_learning(&application, &to_keep(learned.clone(), at(0))).await.unwrap();
    assert_eq!(store.resource_states(&application).await.unwrap().unwrap(), learned.watching);
    let kept = store.learned_applications(&application.scope()).await.unwrap();
    assert_eq!(kept[0].watching(), learned.watching.iter().collect());
    let back = restored(store.learning(&application).await.unwrap().unwrap()).unwrap();
    assert_eq!((back.watching, back.baselines), (learned.watching, learned.baselines));
}

#[tokio::test]
async fn what_publishes_since_it_was_learned_is_watched_and_the_rest_is_as_it_was() {
    let (learned, application) = (learned(Baselines::new(), at(0)).await, application());
    for (publishing, expected) in [(&["jobs", "mail"][..], (2, 1, 1)), (&["jobs"], (1, 2, 1)), (&[], (1, 2, 1))] {
        let source = Queues(publishing);
        let about = Watch {
            catalog: Catalog::builtin(),
            application: &application,
            learned: &learned,
            known: &[],
            kept: &[],
            now: at(3),
            reach: Reach::Everything,
            repeats: Repeats::default(),
        };
        let watched = watch(&source, &source, &about).await.unwrap();
        assert_eq!(counts(&watched.watching), expected, "{publishing:?}");
    }
}
