//! What each of the detectors does with a series.

use crate::{Case, Work};
use rcflib::rcf::{RCF, RCFBuilder, RCFOptionsBuilder};
use stackseer_bench::series::{DAY, MINUTE, START, latencies, settings};
use stackseer_detect::{Detector, Form, Kind, Missing, Point, detect, fit};
use std::collections::VecDeque;
use std::hint::black_box;

/// Points of a day of minutes.
const A_DAY: u64 = 1440;

pub const CASES: &[Case] = &[
    Case {
        name: "z-score of a day, by running sums",
        unit: "points",
        sizes: &[20_160, 40_320, 80_640],
        prepare: running,
    },
    Case { name: "z-score of a day, summed anew", unit: "points", sizes: &[20_160, 40_320, 80_640], prepare: summed },
    Case {
        name: "Random Cut Forest of 50 trees, shingle 1",
        unit: "points",
        sizes: &[2_500, 5_000, 10_000],
        prepare: single,
    },
    Case {
        name: "Random Cut Forest of 50 trees, shingle 8",
        unit: "points",
        sizes: &[2_500, 5_000, 10_000],
        prepare: shingled,
    },
    Case { name: "streaming detector", unit: "points", sizes: &[20_160, 40_320, 80_640], prepare: streaming },
    Case { name: "fitted detector, three hours", unit: "points", sizes: &[180, 360, 720], prepare: fitted },
    Case { name: "fit a history of minutes", unit: "points", sizes: &[10_080, 20_160, 40_320], prepare: fitting },
];

/// (mean, standard deviation) of the last `size` values.
trait Window {
    fn push(&mut self, value: f64) -> (f64, f64);
}

struct Running {
    values: VecDeque<f64>,
    size: usize,
    sum: f64,
    squares: f64,
}

impl Window for Running {
    fn push(&mut self, value: f64) -> (f64, f64) {
        if self.values.len() == self.size
            && let Some(old) = self.values.pop_front()
        {
            self.sum -= old;
            self.squares -= old * old;
        }
        self.values.push_back(value);
        self.sum += value;
        self.squares += value * value;
        let mean = self.sum / self.values.len() as f64;
        (mean, (self.squares / self.values.len() as f64 - mean * mean).max(0.0).sqrt())
    }
}

struct Summed {
    values: VecDeque<f64>,
    size: usize,
}

impl Window for Summed {
    fn push(&mut self, value: f64) -> (f64, f64) {
        if self.values.len() == self.size {
            self.values.pop_front();
        }
        self.values.push_back(value);
        let count = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / count;
        (mean, (self.values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt())
    }
}

fn z_scores(window: &mut impl Window, points: &[Point]) -> f64 {
    let mut most = 0.0;
    let (mut mean, mut deviation) = (0.0, 0.0);
    for point in points {
        most = f64::max(most, (point.value - mean).abs() / f64::max(deviation, 1e-9));
        (mean, deviation) = window.push(point.value);
    }
    most
}

fn running(size: u64) -> Work {
    let points = latencies(size);
    Box::new(move || {
        let size = A_DAY as usize;
        let mut window = Running { values: VecDeque::with_capacity(size), size, sum: 0.0, squares: 0.0 };
        black_box(z_scores(&mut window, black_box(&points)));
    })
}

fn summed(size: u64) -> Work {
    let points = latencies(size);
    Box::new(move || {
        let size = A_DAY as usize;
        let mut window = Summed { values: VecDeque::with_capacity(size), size };
        black_box(z_scores(&mut window, black_box(&points)));
    })
}

/// With the defaults of AWS's code: 256 points a tree.
fn forest(shingle: usize) -> Box<dyn RCF + Sync + Send> {
    let mut builder = RCFBuilder::new(1, shingle);
    builder.tree_capacity(256).number_of_trees(50).random_seed(7).parallel_enabled(false).internal_shingling(true);
    builder.build_default().expect("a forest")
}

/// The highest score of the points, each against the forest of those before it.
fn cut(forest: &mut (dyn RCF + Sync + Send), points: &[Point]) -> f64 {
    let mut most = 0.0;
    for point in points {
        let point = [point.value as f32];
        most = f64::max(most, forest.score(&point).expect("a score"));
        forest.update(&point, 0).expect("an update");
    }
    most
}

fn cutting(shingle: usize, size: u64) -> Work {
    let points = latencies(size);
    Box::new(move || {
        let mut forest = forest(shingle);
        black_box(cut(forest.as_mut(), black_box(&points)));
    })
}

pub fn fortnight() -> Vec<Point> {
    latencies(14 * A_DAY)
}

/// A forest that has seen enough to be as large as it becomes.
pub fn grown(shingle: usize) -> impl Sized {
    let mut forest = forest(shingle);
    cut(forest.as_mut(), &latencies(2 * A_DAY));
    forest
}

fn single(size: u64) -> Work {
    cutting(1, size)
}

fn shingled(size: u64) -> Work {
    cutting(8, size)
}

pub fn detector() -> Detector {
    Detector::new(settings(Kind::Latency, Missing::Gap), Form::Lasting)
}

fn streaming(size: u64) -> Work {
    let points = latencies(size);
    Box::new(move || {
        let mut detector = detector();
        black_box(black_box(&points).iter().map(|point| detector.step(*point).score).fold(0.0, f64::max));
    })
}

fn fitted(size: u64) -> Work {
    let until = START + 14 * DAY;
    let points = latencies(14 * A_DAY + size);
    let (history, window) = points.split_at(14 * A_DAY as usize);
    let baseline = fit(&settings(Kind::Latency, Missing::Gap), history, START, until);
    let window = window.to_vec();
    Box::new(move || {
        black_box(detect(&baseline, black_box(&window), until, until + size as i64 * MINUTE));
    })
}

fn fitting(size: u64) -> Work {
    let points = latencies(size);
    let settings = settings(Kind::Latency, Missing::Gap);
    Box::new(move || {
        black_box(fit(&settings, black_box(&points), START, START + size as i64 * MINUTE));
    })
}
