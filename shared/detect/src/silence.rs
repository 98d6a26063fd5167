//! When nothing comes: how long was ever waited for the next event, at each time of the day.

use crate::series::median;
use serde::{Deserialize, Serialize};

const DAY: i64 = 24 * 3600;
/// Half hours.
const BIN: i64 = 1800;
const BINS: usize = (DAY / BIN) as usize;
/// Days of history without which nothing is said.
const LEAST_DAYS: i64 = 7;
/// So many times the longest wait at this time of day is more than chance; of what comes regularly less will do.
const TIMES: f64 = 3.0;
const REGULAR_TIMES: f64 = 2.0;
/// And so much longer at least: CloudWatch itself is late now and then.
const LATE_SECONDS: i64 = 15 * 60;
/// Waits are alike that differ by less, and so many of them must be.
const ALIKE_WITHIN: f64 = 0.25;
const ALIKE: f64 = 0.8;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Silences {
    /// Minutes waited at the most in each half hour of the day, UTC. Empty: not known.
    longest: Vec<u16>,
    /// It comes after waits that are alike: by a schedule.
    is_regular: bool,
    /// Half hours, from midnight on, in which it came on every day, by a schedule.
    daily: u64,
}

impl Silences {
    /// `present`: whether something came, period by period from `start` on.
    pub fn fit(present: &[bool], start: i64, period: i64) -> Self {
        let unknown = Self { longest: vec![], is_regular: false, daily: 0 };
        if present.len() as i64 * period < LEAST_DAYS * DAY {
            return unknown;
        }
        let mut longest = vec![0u16; BINS];
        let mut last: Option<usize> = None;
        let mut came: Vec<Vec<i64>> = vec![Vec::new(); BINS];
        for (slot, present) in present.iter().enumerate() {
            let time = start + slot as i64 * period;
            let bin = bin(time);
            if *present {
                last = Some(slot);
                if came[bin].last() != Some(&time.div_euclid(DAY)) {
                    came[bin].push(time.div_euclid(DAY));
                }
            }
            // Before the first nobody knows how long was waited.
            let waited = last.map_or(slot + 1, |last| slot - last);
            let minutes = u16::try_from(waited as i64 * period / 60).unwrap_or(u16::MAX);
            longest[bin] = longest[bin].max(minutes);
        }
        if last.is_none() {
            return unknown;
        }
        let days = (present.len() as i64 * period / DAY) as usize;
        let is_regular = wait(present).is_some();
        let daily = (0..BINS).filter(|bin| is_regular && came[*bin].len() >= days);
        let daily = daily.fold(0, |mask, bin| mask | 1 << bin);
        Self { longest, is_regular, daily }
    }

    /// Since when nothing has come that should have; `present` of each period from `from` on.
    pub fn since(&self, present: &[bool], from: i64, period: i64) -> Option<i64> {
        if self.longest.is_empty() || present.is_empty() {
            return None;
        }
        let until = from + present.len() as i64 * period;
        let since = present.iter().rposition(|p| *p).map_or(from, |last| from + (last as i64 + 1) * period);
        let waited = until - since;
        let at = bin(until - period);
        let near = [(at + BINS - 1) % BINS, at, (at + 1) % BINS].map(|bin| i64::from(self.longest[bin]) * 60);
        let usual = near.into_iter().max().unwrap_or(0);
        let times = if self.is_regular { REGULAR_TIMES } else { TIMES };
        let too_long = waited as f64 >= (usual as f64 * times).max((usual + LATE_SECONDS) as f64);
        too_long.then_some(since).or_else(|| self.missed(since, until))
    }

    /// The half hour in which something comes every day, when it and those beside it have passed without.
    fn missed(&self, since: i64, until: i64) -> Option<i64> {
        let first = since.div_euclid(BIN) + 1;
        let last = until.div_euclid(BIN) - 2;
        (first + 1..=last).map(|half_hour| half_hour * BIN).find(|start| self.daily >> bin(*start) & 1 == 1)
    }
}

/// Periods from one coming to the next, where most of the waits are alike. What comes in a row comes once.
pub fn wait(present: &[bool]) -> Option<f64> {
    let began: Vec<usize> = (0..present.len()).filter(|i| present[*i] && !(*i > 0 && present[i - 1])).collect();
    let waits: Vec<f64> = began.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    let usual = median(&mut waits.clone())?;
    let alike = waits.iter().filter(|wait| (**wait - usual).abs() <= usual * ALIKE_WITHIN).count() as f64;
    (alike >= ALIKE * waits.len() as f64).then_some(usual)
}

fn bin(time: i64) -> usize {
    (time.rem_euclid(DAY) / BIN) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60;

    fn days(count: i64, comes: impl Fn(i64) -> bool) -> Vec<bool> {
        (0..count * 1440).map(comes).collect()
    }

    #[test]
    fn what_comes_every_five_minutes_is_missed_when_it_is_a_quarter_of_an_hour_late() {
        let silences = Silences::fit(&days(14, |m| m % 5 == 0), 0, MINUTE);
        let window = |stops: i64, until: i64| (0..until).map(|m| m % 5 == 0 && m <= stops).collect::<Vec<_>>();
        assert_eq!(silences.since(&window(100, 119), 0, MINUTE), None);
        assert_eq!(silences.since(&window(100, 121), 0, MINUTE), Some(101 * MINUTE));
        assert_eq!(silences.since(&window(180, 180), 0, MINUTE), None);
    }

    #[test]
    fn a_nightly_job_is_missed_in_its_night_and_not_at_noon() {
        let at_two = |m: i64| (125..130).contains(&(m % 1440));
        let silences = Silences::fit(&days(14, at_two), 0, MINUTE);
        let nothing = vec![false; 180];
        let look = |hour: i64| silences.since(&nothing, (hour - 3) * 3600, MINUTE);
        assert_eq!(look(2), None, "not yet");
        assert!(look(4).is_some());
        assert_eq!(look(12), None);
        let came: Vec<bool> = (60..240).map(at_two).collect();
        assert_eq!(silences.since(&came, 3600, MINUTE), None);
    }

    #[test]
    fn quiet_nights_and_weekends_are_ordinary() {
        let busy = |m: i64| (m / 1440) % 7 < 5 && (480..1200).contains(&(m % 1440));
        let silences = Silences::fit(&days(14, busy), 0, MINUTE);
        for hour in 3..24 {
            assert_eq!(silences.since(&[false; 180], (hour - 3) * 3600, MINUTE), None, "a holiday, {hour}:00");
        }
    }

    #[test]
    fn nothing_is_said_of_what_never_came_or_is_hardly_known() {
        assert_eq!(Silences::fit(&days(14, |_| false), 0, MINUTE).since(&[false; 180], 0, MINUTE), None);
        assert_eq!(Silences::fit(&days(3, |_| true), 0, MINUTE).since(&[false; 180], 0, MINUTE), None);
    }
}
