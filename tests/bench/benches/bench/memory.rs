//! What each series takes in memory and where it is kept, in a process of its own.

use crate::{forms, number};
use stackseer_bench::application::{Large, Shape, WORSE};
use stackseer_bench::series::{DAY, START, at, ordinary, points, settings};
use stackseer_detect::{Kind, Missing, fit};
use stackseer_model::Role;
use std::collections::VecDeque;
use std::fs;
use std::process::Command;

/// The argument with which this program measures its own memory.
pub const ALONE: &str = "--memory";

const MANY: usize = 5_000;
const FORESTS: usize = 10;
const LEARNED: usize = 10_000;

pub fn print_alone() {
    let own = std::env::current_exe().and_then(|program| Command::new(program).arg(ALONE).status());
    if !own.is_ok_and(|status| status.success()) {
        println!("\nMemory could not be measured.");
    }
}

pub fn print() {
    println!("\n| a series | bytes in memory |\n|---|--:|");
    held("streaming detector, after a fortnight of minutes", MANY, || {
        let mut detector = forms::detector();
        forms::fortnight().iter().for_each(|point| {
            detector.step(*point);
        });
        move || detector.clone()
    });
    held("z-score of a day", MANY, || {
        let window: VecDeque<f64> = forms::fortnight().iter().map(|p| p.value).take(1440).collect();
        move || window.clone()
    });
    for shingle in [1, 8] {
        held(&format!("Random Cut Forest, 50 trees, shingle {shingle}"), FORESTS, || move || forms::grown(shingle));
    }
    let settings = settings(Kind::Latency, Missing::Gap);
    let baseline = fit(&settings, &forms::fortnight(), START, START + 14 * DAY);
    held("baseline", MANY, || move || baseline.clone());
    of_a_look();
    kept();
}

/// How much more is resident once there are so many of it.
fn held<T, M: Fn() -> T>(name: &str, count: usize, prepare: impl FnOnce() -> M) {
    let make = prepare();
    let before = status("VmRSS:");
    let all: Vec<T> = (0..count).map(|_| make()).collect();
    let grown = status("VmRSS:").zip(before).map(|(after, before)| after.saturating_sub(before) * 1024);
    let each = grown.map_or("not known".to_owned(), |bytes| number(bytes as f64 / all.len() as f64));
    println!("| {name} | {each} |");
    // Not to be reused by what comes next.
    std::mem::forget(all);
}

fn of_a_look() {
    let before = status("VmRSS:");
    let large = Large::new(LEARNED, Shape::Tree, Some(WORSE));
    let with_it = status("VmRSS:");
    large.watch(&[]);
    let most = status("VmHWM:");
    let each = |from: Option<u64>, to: Option<u64>| {
        to.zip(from).map_or("not known".to_owned(), |(to, from)| {
            number((to.saturating_sub(from) * 1024) as f64 / LEARNED as f64)
        })
    };
    println!("| learned, with three hours of points | {} |", each(before, with_it));
    println!("| a watch of all, at its peak beside that | {} |", each(with_it, most));
}

/// In kilobytes.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn kept() {
    println!("\n| a baseline, as it is kept | 14 days, bytes | 28 days, bytes |\n|---|--:|--:|");
    let flat = |days| (settings(Kind::Gauge, Missing::Gap), vec![5.0; days as usize * 1440]);
    let of_role = |role: Role, kind: Kind, missing: Missing| {
        move |days: i64| {
            let series = ordinary(role).series(7, 60, at(START), at(START + days * DAY), |_, level| level);
            fit(&settings(kind, missing), &points(&series), START, START + days * DAY).to_bytes().len()
        }
    };
    let flat = |days: i64| {
        let (settings, values) = flat(days);
        let point = |(i, value): (usize, f64)| stackseer_detect::Point { time: START + i as i64 * 60, value };
        let history: Vec<_> = values.into_iter().enumerate().map(point).collect();
        fit(&settings, &history, START, START + days * DAY).to_bytes().len()
    };
    let forms: [(&str, &dyn Fn(i64) -> usize); 4] = [
        ("a gauge that never moves", &flat),
        ("a latency with its day and week", &of_role(Role::Latency, Kind::Latency, Missing::Gap)),
        ("requests", &of_role(Role::Traffic, Kind::Count, Missing::Zero)),
        ("errors, mostly none", &of_role(Role::Errors, Kind::Sparse, Missing::Zero)),
    ];
    for (name, size) in forms {
        println!("| {name} | {} | {} |", size(14), size(28));
    }
}
