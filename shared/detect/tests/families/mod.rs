//! Series like those CloudWatch has, from a seed. Nothing here knows how the detector works.
#![allow(dead_code)]

use stackseer_detect::{Bad, Kind, Missing, Point, Sensitivity, Settings};

pub const DAY: i64 = 24 * 3600;
/// A Monday.
pub const START: i64 = 1_700_438_400;

/// splitmix64: any seed is as good as any other.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub fn poisson(&mut self, mean: f64) -> f64 {
        if mean > 50.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0);
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.uniform(), 0.0);
        while product > limit {
            product *= self.uniform();
            count += 1.0;
        }
        count
    }

    pub fn pareto(&mut self, shape: f64) -> f64 {
        (1.0 - self.uniform()).powf(-1.0 / shape)
    }
}

/// 0 at night, 1 in the afternoon.
fn daily(time: i64) -> f64 {
    let hour = time.rem_euclid(DAY) as f64 / 3600.0;
    0.5 - 0.5 * ((hour - 3.0) / 24.0 * std::f64::consts::TAU).cos()
}

fn weekend(time: i64) -> bool {
    (time - START).div_euclid(DAY).rem_euclid(7) >= 5
}

pub struct Family {
    pub name: &'static str,
    pub settings: Settings,
    pub value: fn(&mut Random, i64, &mut f64) -> Option<f64>,
}

impl Family {
    /// `days` of points from [`START`] on.
    pub fn series(&self, seed: u64, days: i64) -> Vec<Point> {
        let mut random = Random(seed);
        let mut state = 0.0;
        (0..days * DAY / i64::from(self.settings.period))
            .filter_map(|i| {
                let time = START + i * i64::from(self.settings.period);
                let value = (self.value)(&mut random, time, &mut state)?;
                Some(Point { time, value })
            })
            .collect()
    }
}

pub fn settings(kind: Kind, period: u32, missing: Missing, bad: Bad, least: f64) -> Settings {
    Settings { kind, period, missing, bad, least, sensitivity: Sensitivity::Medium }
}

pub fn all() -> Vec<Family> {
    use Kind::*;
    use Missing::*;
    vec![
        Family {
            name: "requests, busy by day, half at weekends",
            settings: settings(Count, 60, Zero, Bad::Both, 0.0),
            value: |r, t, _| Some(r.poisson((40.0 + 400.0 * daily(t)) * if weekend(t) { 0.5 } else { 1.0 })),
        },
        Family {
            name: "requests, few",
            settings: settings(Count, 60, Zero, Bad::Both, 0.0),
            value: |r, t, _| Some(r.poisson(1.0 + 3.0 * daily(t))),
        },
        Family {
            name: "requests that double on Mondays",
            settings: settings(Count, 300, Zero, Bad::Both, 0.0),
            value: |r, t, _| {
                let monday = (t - START).div_euclid(DAY).rem_euclid(7) == 0;
                Some(r.poisson(300.0 * if monday { 2.0 } else { 1.0 }))
            },
        },
        Family {
            name: "latency, heavy tail",
            settings: settings(Latency, 60, Gap, Bad::Up, 0.0),
            value: |r, _, _| {
                Some(80.0 * (0.25 * r.normal()).exp() * if r.uniform() < 0.02 { r.pareto(2.0) } else { 1.0 })
            },
        },
        Family {
            name: "latency, slower when busy",
            settings: settings(Latency, 60, Gap, Bad::Up, 0.0),
            value: |r, t, _| (r.uniform() > 0.1).then(|| 40.0 * (1.0 + 0.6 * daily(t)) * (0.15 * r.normal()).exp()),
        },
        Family {
            name: "rare errors",
            settings: settings(Sparse, 60, Zero, Bad::Up, 0.0),
            value: |r, _, _| {
                let errors = r.poisson(0.01);
                (errors > 0.0).then_some(errors)
            },
        },
        Family {
            name: "errors in small bursts",
            settings: settings(Sparse, 60, Zero, Bad::Up, 0.0),
            value: |r, _, burst| {
                *burst = if r.uniform() < 0.002 { 3.0 } else { *burst * 0.5 };
                Some(r.poisson(0.02 + *burst))
            },
        },
        Family {
            name: "CPU, wandering",
            settings: settings(Gauge, 300, Gap, Bad::Up, 0.0),
            value: |r, t, wander| {
                *wander = 0.98 * *wander + r.normal();
                Some((25.0 + 15.0 * daily(t) + *wander).clamp(0.0, 100.0))
            },
        },
        Family {
            name: "batch job at two every night",
            settings: settings(Gauge, 60, Gap, Bad::Up, 0.0),
            value: |r, t, _| {
                let minute = t.rem_euclid(DAY) / 60;
                Some(if (120..150).contains(&minute) { 70.0 } else { 10.0 } + 2.0 * r.normal())
            },
        },
        Family {
            name: "availability with single dips",
            settings: settings(Ratio, 300, Gap, Bad::Down, 0.0),
            value: |r, _, _| Some(if r.uniform() < 0.01 { 100.0 - 5.0 * r.uniform() } else { 100.0 }),
        },
        Family { name: "constant", settings: settings(Gauge, 60, Gap, Bad::Both, 0.0), value: |_, _, _| Some(5.0) },
    ]
}
