//! A back-test of forecasts over simulated series: how often what comes is within the intervals, and how far off the middle is against
//! saying that it will be as a week before.
//!
//! `cargo test -p stackseer-detect --test forecast -- --nocapture` prints it.

use stackseer_detect::{Outlook, forecast};

const DAYS: usize = 13;
const AHEAD: u32 = 6;
const SERIES: u64 = 400;
const Q10: f64 = -1.2816;
const Q25: f64 = -0.6745;

/// Splitmix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of the standard normal distribution, by twelve uniform ones.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

struct Kind {
    name: &'static str,
    /// Of a day, without noise.
    level: fn(f64) -> f64,
    noise: f64,
    /// On weekends it is this share.
    weekend: f64,
}

const KINDS: [Kind; 6] = [
    Kind { name: "flat", level: |_| 100.0, noise: 0.05, weekend: 1.0 },
    Kind { name: "flat, quiet weekends", level: |_| 100.0, noise: 0.05, weekend: 0.5 },
    Kind { name: "grows by 3 a day", level: |day| 60.0 + 3.0 * day, noise: 0.04, weekend: 1.0 },
    Kind { name: "grows by 6 % a day", level: |day| 40.0 * 1.06_f64.powf(day), noise: 0.04, weekend: 1.0 },
    Kind { name: "grows, quiet weekends", level: |day| 60.0 + 3.0 * day, noise: 0.04, weekend: 0.6 },
    Kind { name: "falls by 2 a day", level: |day| 150.0 - 2.0 * day, noise: 0.03, weekend: 1.0 },
];

impl Kind {
    fn series(&self, seed: u64) -> Vec<f64> {
        let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let first = seed as usize % 7;
        let day = |day: usize| {
            let weekend = if (first + day) % 7 >= 5 { self.weekend } else { 1.0 };
            (self.level)(day as f64) * weekend * (self.noise * random.normal()).exp()
        };
        (0..DAYS + AHEAD as usize).map(day).collect()
    }
}

#[derive(Default)]
struct Score {
    said: f64,
    within_half: f64,
    within_most: f64,
    error: f64,
    naive: f64,
}

impl Score {
    fn of(kind: &Kind) -> Self {
        let mut score = Self::default();
        for seed in 0..SERIES {
            let series = kind.series(seed);
            let Outlook::Forecast(forecast) = forecast(&series[..DAYS]) else { continue };
            for ahead in 1..=AHEAD {
                let day = DAYS - 1 + ahead as usize;
                let within = |q: f64| {
                    f64::from(u8::from((forecast.at(ahead, q)..=forecast.at(ahead, -q)).contains(&series[day])))
                };
                score.said += 1.0;
                score.within_half += within(Q25);
                score.within_most += within(Q10);
                score.error += (forecast.at(ahead, 0.0) - series[day]).abs();
                score.naive += (series[day - 7] - series[day]).abs();
            }
        }
        score
    }
}

#[test]
fn intervals_hold_what_they_say_and_the_middle_beats_last_week() {
    println!("{:<24} {:>6} {:>6} {:>6} {:>14}", "", "said", "50 %", "80 %", "against naive");
    let mut all = Score::default();
    for kind in &KINDS {
        let Score { said, within_half, within_most, error, naive } = Score::of(kind);
        let (half, most, ratio) = (within_half / said, within_most / said, error / naive);
        let share = said / (SERIES as f64 * f64::from(AHEAD));
        println!("{:<24} {share:>6.2} {half:>6.2} {most:>6.2} {ratio:>14.2}", kind.name);
        assert!(share > 0.9, "{}: too often nothing is said", kind.name);
        assert!((0.35..0.75).contains(&half) && (0.65..0.95).contains(&most), "{}: {half} {most}", kind.name);
        assert!(ratio < 1.1, "{}: worse than last week", kind.name);
        all.said += said;
        all.within_half += within_half;
        all.within_most += within_most;
        all.error += error;
        all.naive += naive;
    }
    let (half, most, ratio) = (all.within_half / all.said, all.within_most / all.said, all.error / all.naive);
    println!("{:<24} {:>6} {half:>6.2} {most:>6.2} {ratio:>14.2}", "all", "");
    assert!((0.42..0.65).contains(&half) && (0.72..0.9).contains(&most), "{half} {most}");
    assert!(ratio < 0.8, "{ratio}");
}

#[test]
fn what_does_not_grow_is_rarely_said_to() {
    for kind in KINDS.iter().take(2) {
        let grows = |seed: &u64| match forecast(&kind.series(*seed)[..DAYS]) {
            Outlook::Forecast(forecast) => forecast.slope(Q10) > 0.0,
            Outlook::Shifted { .. } => false,
        };
        let said = (0..SERIES).filter(grows).count() as f64 / SERIES as f64;
        println!("{}: {said:.2} are said to grow", kind.name);
        assert!(said < 0.2, "{}: {said}", kind.name);
    }
}
