//! Criterion over all sizes, and its medians as a table.

use crate::{Case, number};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub struct Measured {
    pub case: &'static Case,
    /// Of each size, in nanoseconds.
    medians: Vec<(u64, f64)>,
}

/// Those that the command line asks for.
pub fn measure(cases: impl Iterator<Item = &'static Case>) -> Vec<Measured> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let began = SystemTime::now();
    let mut criterion = Criterion::default()
        .output_directory(&home)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let measured = cases.map(|case| {
        let mut group = criterion.benchmark_group(case.name);
        group.sampling_mode(SamplingMode::Flat);
        for &size in case.sizes {
            group.throughput(Throughput::Elements(size));
            group.bench_with_input(BenchmarkId::from_parameter(size), &size, |bencher, size| {
                let mut work = (case.prepare)(*size);
                bencher.iter(&mut work);
            });
        }
        group.finish();
        let of = |size: &u64| Some((*size, median(&home.join(case.name).join(size.to_string()), began)?));
        Measured { case, medians: case.sizes.iter().filter_map(of).collect() }
    });
    measured.filter(|m| !m.medians.is_empty()).collect()
}

/// None: it was not measured since then.
fn median(of: &Path, since: SystemTime) -> Option<f64> {
    let file: PathBuf = of.join("new").join("estimates.json");
    if fs::metadata(&file).ok()?.modified().ok()? < since {
        return None;
    }
    let estimates: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

pub fn print(measured: &[Measured]) {
    println!("\n| what | input | time | a unit | units a second |");
    println!("|---|--:|--:|--:|--:|");
    for Measured { case, medians } in measured {
        for (size, nanoseconds) in medians {
            let each = nanoseconds / *size as f64;
            let input = format!("{} {}", number(*size as f64), case.unit);
            let a_second = number(1e9 / each);
            println!("| {} | {input} | {} | {} | {a_second} |", case.name, time(*nanoseconds), time(each));
        }
    }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.1} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n if n < 1e9 => format!("{:.1} ms", n / 1e6),
        n => format!("{:.1} s", n / 1e9),
    }
}
