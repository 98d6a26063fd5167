//! How many clients come: by hour, weekday, mood and chance.

use crate::series::{normal, poisson};
use crate::simulator::DAY_MINUTES;
use rand::Rng;
use std::f64::consts::TAU;

/// Saturday and Sunday against a working day.
const WEEKEND: f64 = 1.18;
/// A newsletter or a mention, about so often a minute.
const BUMP_CHANCE: f64 = 3.0 / (7.0 * DAY_MINUTES as f64);
/// A crawler that asks for what isn't there.
const CRAWLER_CHANCE: f64 = 2.0 / (7.0 * DAY_MINUTES as f64);

/// The shop's popularity at a minute, around 1 at the busiest hour.
pub struct Traffic {
    day: f64,
    drift: f64,
    bump: Bump,
    crawler_minutes: u32,
}

#[derive(Default)]
struct Bump {
    height: f64,
    minutes: u32,
    left: u32,
}

impl Traffic {
    pub fn new() -> Self {
        Self { day: 1.0, drift: 0.0, bump: Bump::default(), crawler_minutes: 0 }
    }

    /// The factor on every route's busiest rate. `weekday`: 0 is Monday.
    pub fn next(&mut self, minute_of_day: u32, weekday: u32, rng: &mut impl Rng) -> f64 {
        if minute_of_day == 0 {
            self.day = (0.04 * normal(rng)).exp();
        }
        self.drift = 0.96 * self.drift + 0.012 * normal(rng);
        if self.bump.left == 0 && rng.random_bool(BUMP_CHANCE) {
            let minutes = rng.random_range(5..=12);
            self.bump = Bump { height: rng.random_range(0.15..0.4), minutes, left: minutes };
        }
        let bump = match self.bump.left {
            0 => 0.0,
            left => {
                self.bump.left -= 1;
                self.bump.height * (f64::from(left) / f64::from(self.bump.minutes + 1) * TAU / 2.0).sin()
            }
        };
        let weekend = if weekday >= 5 { WEEKEND } else { 1.0 };
        hourly(minute_of_day) * weekend * self.day * (1.0 + self.drift + bump)
    }

    /// Requests of crawlers in this minute.
    pub fn crawlers(&mut self, rng: &mut impl Rng) -> u32 {
        if self.crawler_minutes == 0 && rng.random_bool(CRAWLER_CHANCE) {
            self.crawler_minutes = rng.random_range(3..=8);
        }
        if self.crawler_minutes == 0 {
            return 0;
        }
        self.crawler_minutes -= 1;
        poisson(rng, 1.5) as u32
    }
}

/// Low before dawn, a lunch time shoulder, highest in the evening.
fn hourly(minute_of_day: u32) -> f64 {
    let hour = f64::from(minute_of_day) / 60.0;
    let wave = |hours: f64, top: f64| ((hour - top) / hours * TAU).cos();
    0.64 + 0.28 * wave(24.0, 17.5) + 0.08 * wave(12.0, 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn the_night_is_quiet_and_the_evening_busiest() {
        let busiest = (0..DAY_MINUTES).max_by(|a, b| hourly(*a).total_cmp(&hourly(*b))).unwrap() / 60;
        let quietest = (0..DAY_MINUTES).min_by(|a, b| hourly(*a).total_cmp(&hourly(*b))).unwrap() / 60;
        assert!((17..=21).contains(&busiest) && (2..=6).contains(&quietest), "{quietest} {busiest}");
        assert!(hourly(busiest * 60) < 1.05 && hourly(quietest * 60) > 0.25);
    }

    #[test]
    fn ordinary_traffic_has_bumps_but_no_flood() {
        let (mut traffic, mut rng) = (Traffic::new(), StdRng::seed_from_u64(1));
        let mut highest: f64 = 0.0;
        for minute in 0..21 * DAY_MINUTES {
            let factor = traffic.next(minute % DAY_MINUTES, minute / DAY_MINUTES % 7, &mut rng);
            highest = highest.max(factor / hourly(minute % DAY_MINUTES));
        }
        assert!((1.3..2.2).contains(&highest), "{highest}");
    }
}
