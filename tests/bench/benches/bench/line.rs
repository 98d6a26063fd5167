//! The line: looks at large applications, the planner alone, and a recorded incident.

use crate::{Case, Work};
use pollster::block_on;
use stackseer_bench::application::{LEARNED, Large, NOW, Shape, WORSE, incident, inventory, learned, look};
use stackseer_bench::series::START;
use stackseer_catalog::Catalog;
use stackseer_detect::detect;
use stackseer_incident::{Incident, IncidentSource, read_folder, write_folder};
use stackseer_insight::{Observed, Outcome, Repeats, Situation, plan};
use stackseer_line::watch;
use stackseer_model::{Insight, MetricKey, Role, Status};
use std::hint::black_box;

pub const CASES: &[Case] = &[
    Case { name: "watch, quiet", unit: "series", sizes: &[1_000, 2_000, 4_000, 10_000], prepare: quiet },
    Case { name: "watch, all of it worse", unit: "series", sizes: &[1_000, 2_000, 4_000], prepare: worse },
    Case { name: "plan, a tree", unit: "anomalies", sizes: &[500, 1_000, 2_000], prepare: tree },
    Case { name: "plan, all of which call one", unit: "anomalies", sizes: &[500, 1_000, 2_000], prepare: star },
    Case { name: "plan, unrelated", unit: "anomalies", sizes: &[500, 1_000, 2_000], prepare: apart },
    Case { name: "plan, a tree that is told already", unit: "anomalies", sizes: &[500, 1_000, 2_000], prepare: again },
    Case { name: "read a recorded fortnight", unit: "series", sizes: &[10, 20, 40], prepare: reading },
    Case {
        name: "judge it, learning and twelve hours of looks",
        unit: "series",
        sizes: &[10, 20, 40],
        prepare: judging,
    },
];

fn watching(series: u64, worse: Option<i64>) -> Work {
    let large = Large::new(series as usize, Shape::Tree, worse);
    Box::new(move || {
        black_box(large.watch(&[]));
    })
}

fn quiet(series: u64) -> Work {
    watching(series, None)
}

fn worse(series: u64) -> Work {
    watching(series, Some(WORSE))
}

/// As many failing functions as anomalies, with their traffic.
struct Failing {
    large: Large,
    observed: Vec<Observed>,
}

impl Failing {
    fn new(functions: u64, shape: Shape) -> Self {
        let a_function = stackseer_bench::application::metrics(&inventory(1, shape)).len();
        let large = Large::new(functions as usize * a_function, shape, Some(WORSE));
        let metrics = large.learned.metrics.iter().filter(|m| m.role == Role::Traffic || m.key.name == "Errors");
        let source = |key: &MetricKey| large.window.series.iter().find(|r| r.key == *key);
        let observed = metrics
            .map(|metric| {
                let baseline = &large.learned.baselines[&metric.key].baseline;
                let points = source(&metric.key).map(|r| stackseer_bench::series::points(&r.series));
                let mut detection = detect(baseline, &points.unwrap_or_default(), NOW - 3 * 3600, NOW);
                if metric.role == Role::Traffic {
                    detection.spans.clear();
                }
                Observed { metric: metric.clone(), outcome: Outcome::Read { detection, warm: true } }
            })
            .collect();
        Self { large, observed }
    }

    fn plan(&self, known: &[Insight]) -> stackseer_insight::Plan {
        plan(&Situation {
            now: stackseer_bench::series::at(NOW),
            window_start: stackseer_bench::series::at(NOW - 3 * 3600),
            application: &self.large.window.application,
            inventory: &self.large.learned.inventory,
            observed: &self.observed,
            events: &[],
            known,
            catalog: Catalog::builtin(),
            repeats: Repeats::Keep,
        })
    }
}

fn planning(anomalies: u64, shape: Shape) -> Work {
    let failing = Failing::new(anomalies, shape);
    Box::new(move || {
        black_box(failing.plan(&[]));
    })
}

fn tree(anomalies: u64) -> Work {
    planning(anomalies, Shape::Tree)
}

fn star(anomalies: u64) -> Work {
    planning(anomalies, Shape::Star)
}

fn apart(anomalies: u64) -> Work {
    planning(anomalies, Shape::Apart)
}

fn again(anomalies: u64) -> Work {
    let failing = Failing::new(anomalies, Shape::Tree);
    let known = failing.plan(&[]).changed;
    assert!(known.iter().all(|i| i.status == Status::Ongoing) && !known.is_empty(), "something is open");
    Box::new(move || {
        black_box(failing.plan(&known));
    })
}

fn recorded(series: u64) -> Incident {
    incident(inventory(series as usize, Shape::Tree), series as usize, (START, NOW), Some(WORSE))
}

fn reading(series: u64) -> Work {
    let folder = tempfile::tempdir().expect("a folder");
    write_folder(&folder.path().join("incident"), &recorded(series)).expect("a folder that can be written");
    Box::new(move || {
        black_box(read_folder(&folder.path().join("incident")).expect("what was written"));
    })
}

fn judging(series: u64) -> Work {
    let incident = recorded(series);
    Box::new(move || {
        let learned = learned(&incident);
        let source = IncidentSource::new(&incident);
        let mut known: Vec<Insight> = vec![];
        for now in incident.ticks() {
            let about = look(&incident, &learned, &known, now.as_second());
            let changed = block_on(watch(&source, &source, &about)).expect("a recorded window").plan.changed;
            known.retain(|k| changed.iter().all(|c| c.id != k.id));
            known.extend(changed);
        }
        assert!(known.iter().any(|i| i.start_time.as_second() >= LEARNED), "the incident was found");
    })
}
