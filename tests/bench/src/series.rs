//! A fortnight of minutes, as CloudWatch has them, by role.

use stackseer_detect as detect;
use stackseer_model::{Metric, Role, Series, Timestamp};
use stackseer_testkit::clock::after;
use stackseer_testkit::series::{Noise, Ordinary};

pub const DAY: i64 = 24 * 3600;
pub const MINUTE: i64 = 60;
/// A Monday.
pub const START: i64 = 1_767_571_200;

pub fn at(second: i64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, second)
}

/// What is ordinary for a role.
pub fn ordinary(role: Role) -> Ordinary {
    let day = Ordinary { daily: 0.5, weekend: 0.6, ..Ordinary::default() };
    match role {
        Role::Errors | Role::Throttles => {
            Ordinary { base: 0.01, noise: Noise::Poisson, absent_when_zero: true, ..Ordinary::default() }
        }
        Role::Traffic => Ordinary { base: 200.0, noise: Noise::Poisson, ..day },
        Role::Latency => Ordinary { base: 120.0, noise: Noise::Lognormal, spread: 0.3, daily: 0.2, ..day },
        Role::Backlog | Role::Capacity => Ordinary { base: 20.0, noise: Noise::Normal, spread: 0.2, ..day },
        Role::Saturation | Role::Availability => {
            Ordinary { base: 40.0, noise: Noise::Normal, spread: 0.05, min: Some(0.0), max: Some(100.0), ..day }
        }
    }
}

/// Its points from `from` to `to`; from `worse` on ten times as much, and something where there was nothing.
pub fn recorded(metric: &Metric, seed: u64, from: i64, to: i64, worse: Option<i64>) -> Series {
    let change = |time: Timestamp, level: f64| match worse {
        Some(since) if time.as_second() >= since => level.max(1.0) * 10.0,
        _ => level,
    };
    ordinary(metric.role).series(seed, metric.period, at(from), at(to), change)
}

pub fn points(series: &Series) -> Vec<detect::Point> {
    series.0.iter().map(|p| detect::Point { time: p.time.as_second(), value: p.value }).collect()
}

/// Latencies, one a minute.
pub fn latencies(count: u64) -> Vec<detect::Point> {
    let until = START + count as i64 * MINUTE;
    points(&ordinary(Role::Latency).series(7, 60, at(START), at(until), |_, level| level))
}

pub fn settings(kind: detect::Kind, missing: detect::Missing) -> detect::Settings {
    let bad = detect::Bad::Up;
    detect::Settings { kind, period: 60, missing, bad, least: 0.0, sensitivity: detect::Sensitivity::Medium }
}
