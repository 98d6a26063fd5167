//! When far fewer come than just before, though the time of day says otherwise. It is judged by the fall, not by the level: a
//! holiday is quiet from its first hour on, an outage begins at some minute.

use crate::tail::Tail;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What came last is compared with what came before, a while apart: it may take some minutes to fall.
const LAST_SECONDS: i64 = 30 * 60;
const APART_SECONDS: i64 = 15 * 60;
const BEFORE_SECONDS: i64 = 60 * 60;
/// At the most this share is left: of what was expected, and of what came before.
const LEFT: f64 = 0.5;
/// It goes on until so much of it has come again, over some minutes.
const BACK: f64 = 0.7;
const BACK_SECONDS: i64 = 10 * 60;
/// Expected in the last half hour. Of fewer, half may stay away by chance.
const LEAST_EVENTS: f64 = 30.0;
/// So many periods without any, where so many are expected in each, are lost.
const LOST_PERIODS: usize = 3;
const LOST_EXPECTED: f64 = 3.0;
/// Smallest scale of the tail, of a logarithm: a tenth more or less is always ordinary.
pub const FLOOR: f64 = 0.05;
/// Seconds after which another look is another chance.
const LOOK_SECONDS: f64 = 15.0 * 60.0;
const WEEK: f64 = 7.0 * 24.0 * 3600.0;

/// How far the history itself fell within half an hour, as a logarithm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Collapses {
    tail: Tail,
}

/// Still going on at the end.
#[derive(Debug, PartialEq)]
pub struct Collapse {
    pub slots: Range<usize>,
    /// Would have come in each period of them.
    pub expected: f64,
    pub came: f64,
    pub score: f64,
}

impl Collapses {
    pub fn new(tail: Tail) -> Self {
        Self { tail }
    }

    /// `expected` by the time of the day, at each of the values.
    pub fn last(&self, values: &[Option<f64>], expected: &[f64], period: i64, seldom: f64) -> Option<Collapse> {
        let falls = Falls::new(values, expected, period);
        let score = |fall: &Fall| self.tail.score(fall.depth()) - (WEEK / LOOK_SECONDS).log10();
        let mut from = 0;
        while let Some((at, fall)) = (from..values.len()).find_map(|at| {
            let fall = falls.at(at)?;
            (fall.is_deep() && score(&fall) >= seldom).then_some((at, fall))
        }) {
            let usual = fall.before;
            let begins = falls.last(at).rev().take_while(|slot| falls.is_low(*slot, usual)).last().unwrap_or(at);
            let Some(back) = (at + 1..values.len()).find(|slot| falls.is_back(*slot, usual)) else {
                let slots = begins..values.len();
                let over = falls.share(&slots);
                let rarest = (at..values.len()).filter_map(|slot| falls.at(slot)).map(|f| score(&f));
                let score = rarest.fold(score(&fall), f64::max);
                let periods = slots.len() as f64;
                return Some(Collapse {
                    expected: over.expected * usual / periods,
                    came: over.came / periods,
                    score,
                    slots,
                });
            };
            from = back;
        }
        None
    }
}

/// How far it had fallen at each moment of the history; none where too few are expected to say.
pub fn falls(values: &[Option<f64>], expected: &[f64], period: i64) -> Vec<Option<f64>> {
    let falls = Falls::new(values, expected, period);
    (0..values.len()).map(|slot| falls.at(slot).map(|fall| fall.depth())).collect()
}

/// Sums up to each slot, so that each share costs the same.
struct Falls {
    came: Vec<f64>,
    expected: Vec<f64>,
    period: i64,
}

/// Both as shares of what was expected.
struct Fall {
    before: f64,
    now: f64,
}

struct Share {
    came: f64,
    expected: f64,
}

impl Share {
    /// One more of each, so that there is always a ratio.
    fn ratio(&self) -> f64 {
        (self.came + 1.0) / (self.expected + 1.0)
    }
}

impl Fall {
    fn depth(&self) -> f64 {
        (self.before / self.now).ln()
    }

    fn is_deep(&self) -> bool {
        self.now <= LEFT * self.before.min(1.0)
    }
}

/// Periods in a row of which nothing is left at all, where that can't be chance: their points are lost or late. If nothing comes
/// any more, the silence says so.
fn lost(values: &[Option<f64>], expected: &[f64]) -> Vec<bool> {
    let none = |slot: usize| expected[slot] >= LOST_EXPECTED && values[slot].is_none_or(|value| value == 0.0);
    let mut lost = vec![false; values.len()];
    let mut run = 0;
    for slot in 0..values.len() {
        run = if none(slot) { run + 1 } else { 0 };
        if run >= LOST_PERIODS {
            lost[slot + 1 - run..=slot].fill(true);
        }
    }
    lost
}

impl Falls {
    fn new(values: &[Option<f64>], expected: &[f64], period: i64) -> Self {
        let sums = |each: &mut dyn Iterator<Item = f64>| {
            let mut sum = 0.0;
            let mut sums = vec![0.0];
            sums.extend(each.map(|value| {
                sum += value;
                sum
            }));
            sums
        };
        let lost = lost(values, expected);
        // What is not known is as expected.
        let known = |(slot, value): (usize, &Option<f64>)| value.filter(|_| !lost[slot]).unwrap_or(expected[slot]);
        let came = sums(&mut values.iter().enumerate().map(known));
        Self { came, expected: sums(&mut expected.iter().copied()), period }
    }

    fn slots(&self, seconds: i64) -> usize {
        (seconds / self.period).max(1) as usize
    }

    fn share(&self, slots: &Range<usize>) -> Share {
        let of = |sums: &[f64]| sums[slots.end] - sums[slots.start];
        Share { came: of(&self.came), expected: of(&self.expected) }
    }

    fn last(&self, slot: usize) -> Range<usize> {
        slot + 1 - self.slots(LAST_SECONDS + APART_SECONDS).min(slot + 1)..slot + 1
    }

    fn at(&self, slot: usize) -> Option<Fall> {
        let last = (slot + 1).checked_sub(self.slots(LAST_SECONDS))?..slot + 1;
        let until = last.start.checked_sub(self.slots(APART_SECONDS))?;
        let before = until.checked_sub(self.slots(BEFORE_SECONDS))?..until;
        let now = self.share(&last);
        let before = self.share(&before).ratio();
        (now.expected * before.min(1.0) >= LEAST_EVENTS).then(|| Fall { before, now: now.ratio() })
    }

    fn is_low(&self, slot: usize, usual: f64) -> bool {
        self.share(&(slot..slot + 1)).ratio() < BACK * usual
    }

    fn is_back(&self, slot: usize, usual: f64) -> bool {
        let slots = slot + 1 - self.slots(BACK_SECONDS).min(slot + 1)..slot + 1;
        self.share(&slots).ratio() >= BACK * usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60;

    /// Some weeks of ordinary falls of about a tenth.
    fn usual() -> Collapses {
        let mut falls: Vec<f64> = (0..20_000).map(|i| 0.1 * (f64::from(i) * 0.7).sin()).collect();
        Collapses::new(Tail::fit(&mut falls, FLOOR))
    }

    /// Three hours of twenty a minute, of which from minute 120 on a share comes.
    fn look(share: f64, times: impl Fn(usize) -> f64) -> Option<Collapse> {
        let came = |minute: usize| 20.0 * times(minute) * if minute < 120 { 1.0 } else { share };
        let values: Vec<Option<f64>> = (0..180).map(|m| Some(came(m).round())).collect();
        usual().last(&values, &[20.0; 180], MINUTE, 1.7)
    }

    #[test]
    fn what_falls_to_a_third_within_minutes_has_collapsed() {
        let found = look(0.33, |_| 1.0).unwrap();
        assert_eq!(found.slots, 120..180);
        assert!((found.came - 7.0).abs() < 0.5 && (found.expected - 20.0).abs() < 0.5, "{found:?}");
    }

    #[test]
    fn minutes_that_are_lost_have_not() {
        assert_eq!(look(0.0, |_| 1.0), None, "a silence, if it lasts");
        assert_eq!(look(1.0, |minute| if (130..152).contains(&minute) { 0.0 } else { 1.0 }), None);
        assert!(look(0.1, |_| 1.0).is_some(), "a few left");
    }

    #[test]
    fn a_fall_by_a_third_a_quiet_day_and_the_end_of_a_rush_have_not() {
        assert_eq!(look(0.67, |_| 1.0), None);
        assert_eq!(look(1.0, |_| 0.4), None);
        assert_eq!(look(0.33, |minute| if minute < 180 { 3.0 } else { 1.0 }), None, "as many as ever come");
        assert_eq!(look(1.0, |minute| 1.0 - minute as f64 / 360.0), None, "slowly");
    }

    #[test]
    fn what_came_back_is_over() {
        let back = |minute: usize| if minute < 120 { 1.0 } else { 0.1 };
        let values: Vec<Option<f64>> = (0..240).map(|m| Some(20.0 * if m < 160 { back(m) } else { 1.0 })).collect();
        let look = |until: usize| usual().last(&values[..until], &vec![20.0; until], MINUTE, 1.7);
        assert!(look(158).is_some());
        assert_eq!(look(175), None);
    }

    #[test]
    fn of_a_few_an_hour_nothing_is_said() {
        let values: Vec<Option<f64>> = (0..180).map(|m| Some(f64::from(u8::from(m < 120 && m % 3 == 0)))).collect();
        assert_eq!(usual().last(&values, &[0.33; 180], MINUTE, 1.7), None);
    }
}
