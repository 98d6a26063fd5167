//! Events: how many come by chance in a stretch of time, or out of so many requests.
//!
//! A stretch's sum is judged by a negative binomial of linear variance (NB1, Cameron & Trivedi 1986): its mean from the history,
//! or the history's share of the requests that were made; its dispersion from how the history's own sums scattered, so that
//! what always came in bursts is no surprise in a burst.

use serde::{Deserialize, Serialize};

/// Seconds over which events are summed: a burst, a bad half hour, and what trickles.
const STRETCHES: [i64; 3] = [5 * 60, 30 * 60, 2 * 3600];
/// Nothing is known to be rarer than this.
const RAREST: f64 = 30.0;
/// Events never scatter less than this many times a Poisson process: one cause makes more than one of them.
const LEAST_DISPERSION: f64 = 1.5;
/// What is left after the worst episodes were taken away scatters less than the whole.
const FORGIVEN: f64 = 1.3;
/// So many times the expected is more than chance, out of known requests; without them the traffic itself may have doubled.
const LEAST_TIMES: f64 = 2.0;
const LEAST_TIMES_UNKNOWN: f64 = 3.0;
/// Share of the requests below which failures are no incident, however unusual.
const LEAST_SHARE: f64 = 0.005;
/// What was elevated goes on while its last events would come by chance less often than this.
const GOES_ON: f64 = 0.05;
/// After the last event so many times the usual wait for the next must pass before it is over; an hour at most.
const WAITS: f64 = 3.0;
const LONGEST_WAIT: i64 = 3600;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Events a period.
    mean: f32,
    /// Of the sums over each stretch.
    dispersion: [f32; STRETCHES.len()],
}

impl Counts {
    /// `expected`: the shape of the season, of any size; None: there is none.
    pub fn fit(values: &[Option<f64>], expected: Option<&[f64]>, period: i64) -> Self {
        let (mut known, mut total, mut of_shape) = (0usize, 0.0, 0.0);
        for (i, value) in values.iter().enumerate() {
            if let Some(value) = value {
                known += 1;
                total += value.max(0.0);
                of_shape += expected.map_or(1.0, |e| e[i].max(0.0));
            }
        }
        // One more event is always possible.
        let mean = if known == 0 { 0.0 } else { (total + 1.0) / known as f64 };
        let scale = if of_shape > 0.0 { total / of_shape } else { 0.0 };
        let level = |i: usize| expected.map_or(1.0, |e| e[i].max(0.0)) * scale;
        let sums: Vec<(f64, f64)> = std::iter::once((0.0, 0.0))
            .chain(values.iter().enumerate().scan((0.0, 0.0), |sum, (i, value)| {
                if let Some(value) = value {
                    *sum = (sum.0 + value.max(0.0), sum.1 + level(i));
                }
                Some(*sum)
            }))
            .collect();
        let dispersion = STRETCHES.map(|stretch| {
            let length = slots(stretch, period);
            let (mut squares, mut means) = (0.0, 0.0);
            for (end, start) in sums.iter().skip(length).zip(&sums) {
                let (sum, mean) = (end.0 - start.0, end.1 - start.1);
                squares += (sum - mean) * (sum - mean);
                means += mean;
            }
            let index = if means > 0.0 { squares / means } else { 1.0 };
            (index * FORGIVEN).max(LEAST_DISPERSION) as f32
        });
        Self { mean: mean as f32, dispersion }
    }

    /// Events a period.
    pub fn mean(&self) -> f64 {
        f64::from(self.mean)
    }

    /// The sum over the shortest stretch whose score is `score`, where `mean` are expected in a period.
    pub fn burst_at(&self, score: f64, mean: f64, settings: Looks) -> f64 {
        let mean = mean * slots(STRETCHES[0], settings.period) as f64;
        let rare = |sum: f64| self.score(0, sum, mean, settings) >= score;
        let mut above = mean.max(1.0);
        while !rare(above) && above < 1e12 {
            above *= 2.0;
        }
        let mut below = mean;
        while above - below > 0.5_f64.max(above * 0.01) {
            let middle = (above + below) / 2.0;
            if rare(middle) { above = middle } else { below = middle }
        }
        above
    }

    /// −log10 of how often a week such a sum comes by chance.
    fn score(&self, stretch: usize, sum: f64, mean: f64, looks: Looks) -> f64 {
        let tail = tail(sum, mean, f64::from(self.dispersion[stretch]));
        let a_week = (looks.a_week / slots(STRETCHES[stretch], looks.period) as f64).max(1.0);
        tail - a_week.log10() - (STRETCHES.len() as f64).log10()
    }
}

/// How often is looked.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    pub period: i64,
    /// Points a week at which anything can happen.
    pub a_week: f64,
}

fn slots(stretch: i64, period: i64) -> usize {
    ((stretch / period).max(1)) as usize
}

/// −log10 of the share of sums that are `sum` or more.
fn tail(sum: f64, mean: f64, dispersion: f64) -> f64 {
    if sum <= mean || mean <= 0.0 {
        return if mean <= 0.0 && sum > 0.0 { RAREST } else { 0.0 };
    }
    let size = mean / (dispersion - 1.0);
    let chance = 1.0 / dispersion;
    let ln_pmf = libm::lgamma(sum + size) - libm::lgamma(size) - libm::lgamma(sum + 1.0)
        + size * chance.ln()
        + sum * (1.0 - chance).ln();
    // Beyond its mean each next term is at most this part of the one before.
    let falls = ((1.0 - chance) * (sum + size) / (sum + 1.0)).min(0.999);
    (-(ln_pmf - (1.0 - falls).ln()) / std::f64::consts::LN_10).clamp(0.0, RAREST)
}

/// A window's events against what was expected of each period.
pub struct Scan<'a> {
    pub counts: &'a Counts,
    pub looks: Looks,
    /// The smallest excess that matters.
    pub least: f64,
    /// The score that tells.
    pub seldom: f64,
    events: Vec<f64>,
    expected: &'a [f64],
    /// Of events, of what was expected, and of requests where those are known, up to each slot.
    sums: Vec<Sum>,
    of_requests: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    events: f64,
    expected: f64,
    requests: f64,
}

/// Slots, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elevated {
    pub start: usize,
    pub last: usize,
    pub ended: bool,
    pub score: f64,
}

impl<'a> Scan<'a> {
    pub fn new(
        counts: &'a Counts,
        looks: Looks,
        (least, seldom): (f64, f64),
        values: &[Option<f64>],
        expected: &'a [f64],
        requests: Option<&[f64]>,
    ) -> Self {
        let events: Vec<f64> = values.iter().map(|v| v.unwrap_or(0.0).max(0.0)).collect();
        let mut sum = Sum::default();
        let mut sums = vec![sum];
        for (i, count) in events.iter().enumerate() {
            sum.events += count;
            sum.expected += expected[i];
            sum.requests += requests.map_or(0.0, |r| r[i]);
            sums.push(sum);
        }
        Self { counts, looks, least, seldom, events, expected, sums, of_requests: requests.is_some() }
    }

    fn over(&self, start: usize, end: usize) -> Sum {
        let (a, b) = (self.sums[start], self.sums[end]);
        Sum { events: b.events - a.events, expected: b.expected - a.expected, requests: b.requests - a.requests }
    }

    /// Of the rarest stretch that ends with the slot; what was told before `free` is over.
    fn score(&self, free: usize, slot: usize) -> f64 {
        if self.events[slot] <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let of_stretch = |stretch: usize| {
            let start = (slot + 1).saturating_sub(slots(STRETCHES[stretch], self.looks.period)).max(free);
            let sum = self.over(start, slot + 1);
            let matters = sum.events - sum.expected >= self.least * (1.0 - 1e-9)
                && sum.events >= self.least_times() * sum.expected
                && (!self.of_requests || sum.events >= LEAST_SHARE * sum.requests);
            if matters { self.counts.score(stretch, sum.events, sum.expected, self.looks) } else { f64::NEG_INFINITY }
        };
        (0..STRETCHES.len()).map(of_stretch).fold(f64::NEG_INFINITY, f64::max)
    }

    fn least_times(&self) -> f64 {
        if self.of_requests { LEAST_TIMES } else { LEAST_TIMES_UNKNOWN }
    }

    pub fn elevated(&self) -> Vec<Elevated> {
        let mut found = Vec::new();
        let (mut free, mut slot) = (0, 0);
        while slot < self.events.len() {
            if self.score(free, slot) < self.seldom {
                slot += 1;
                continue;
            }
            let start = self.onset(free, slot);
            let elevated = self.follow(start, slot);
            slot = elevated.last + 1;
            free = slot;
            found.push(elevated);
        }
        found
    }

    /// Events in a half hour in which nothing but events came out of the requests.
    pub fn failed_runs(&self, score: f64) -> Vec<Elevated> {
        let half_hour = slots(STRETCHES[1], self.looks.period);
        let failed = |slot: &usize| {
            let around = self.over(slot.saturating_sub(half_hour), (slot + 1 + half_hour).min(self.events.len()));
            self.events[*slot] > 0.0 && around.events >= around.requests
        };
        let failed: Vec<usize> = (0..self.events.len()).filter(failed).collect();
        let (Some(&start), Some(&last)) = (failed.first(), failed.last()) else { return vec![] };
        vec![Elevated { start, last, ended: self.events.len() - last > half_hour, score }]
    }

    /// Since when the events are most unlike what was expected (the scan statistic of Kulldorff 1997).
    fn onset(&self, free: usize, slot: usize) -> usize {
        let longest = slots(STRETCHES[STRETCHES.len() - 1], self.looks.period);
        let unlike = |start: &usize| {
            let Sum { events, expected, .. } = self.over(*start, slot + 1);
            let expected = expected.max(1e-9);
            if events > expected { events * (events / expected).ln() - (events - expected) } else { 0.0 }
        };
        let first = free.max((slot + 1).saturating_sub(longest));
        let starts = (first..=slot).filter(|i| self.events[*i] > 0.0);
        starts.max_by(|a, b| unlike(a).total_cmp(&unlike(b)).then(b.cmp(a))).unwrap_or(slot)
    }

    fn follow(&self, start: usize, slot: usize) -> Elevated {
        let mut elevated = Elevated { start, last: slot, ended: false, score: self.score(start, slot) };
        for next in slot + 1..self.events.len() {
            let wait = self.wait(start, elevated.last);
            let recent = self.over((next + 1).saturating_sub(wait).max(start), next + 1);
            let dispersion = f64::from(self.counts.dispersion[0]);
            let weak = self.events[next] > self.expected[next]
                && recent.events >= LEAST_TIMES * recent.expected
                && tail(recent.events, recent.expected, dispersion) >= -GOES_ON.log10();
            if weak {
                elevated.last = next;
                elevated.score = elevated.score.max(self.score(start, next));
            } else if next - elevated.last >= wait {
                elevated.ended = true;
                break;
            }
        }
        elevated
    }

    /// Periods without an event after which it is over.
    fn wait(&self, start: usize, last: usize) -> usize {
        let rate = self.over(start, last + 1).events / (last + 1 - start) as f64;
        let shortest = slots(STRETCHES[0], self.looks.period).max(2);
        let longest = slots(LONGEST_WAIT, self.looks.period).max(shortest);
        ((WAITS / rate.max(1e-9)).ceil() as usize).clamp(shortest, longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOKS: Looks = Looks { period: 60, a_week: 10_080.0 };

    #[test]
    fn the_tail_is_that_of_the_distribution() {
        // Summed term by term.
        let exact = |sum: u32, mean: f64, dispersion: f64| {
            let (size, chance) = (mean / (dispersion - 1.0), 1.0 / dispersion);
            let mut term = chance.powf(size);
            let mut below = 0.0;
            for k in 0..sum {
                below += term;
                term *= (1.0 - chance) * (f64::from(k) + size) / (f64::from(k) + 1.0);
            }
            -(1.0f64 - below).log10()
        };
        for (sum, mean, dispersion) in [(5, 0.5, 1.5), (20, 6.0, 2.0), (40, 10.0, 4.0)] {
            let (got, wanted) = (tail(f64::from(sum), mean, dispersion), exact(sum, mean, dispersion));
            assert!((got - wanted).abs() < 0.15, "{sum} of {mean}: {got} {wanted}");
        }
        assert_eq!(tail(3.0, 4.0, 2.0), 0.0);
    }

    #[test]
    fn what_comes_in_bursts_scatters_more_than_what_comes_alone() {
        let alone: Vec<_> = (0..20_000).map(|i| Some(f64::from(u8::from(i % 100 == 0)))).collect();
        let bursts: Vec<_> = (0..20_000).map(|i| Some(if i % 1000 == 0 { 10.0 } else { 0.0 })).collect();
        let (alone, bursts) = (Counts::fit(&alone, None, 60), Counts::fit(&bursts, None, 60));
        assert!((alone.mean() - bursts.mean()).abs() < 1e-6);
        assert!(alone.burst_at(2.0, alone.mean(), LOOKS) * 3.0 < bursts.burst_at(2.0, bursts.mean(), LOOKS));
    }

    #[test]
    fn a_trickle_is_seen_by_the_longer_stretches_and_ends_when_it_stops() {
        let quiet = Counts::fit(&vec![Some(0.0); 20_000], None, 60);
        let mut values = vec![Some(0.0); 400];
        (100..190).step_by(2).for_each(|i| values[i] = Some(1.0));
        let expected = vec![quiet.mean(); values.len()];
        let found = Scan::new(&quiet, LOOKS, (3.0, 1.7), &values, &expected, None).elevated();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].start, found[0].last, found[0].ended), (100, 188, true));
        let single: Vec<_> = (0..400).map(|i| Some(f64::from(u8::from(i == 7 || i == 300)))).collect();
        assert_eq!(Scan::new(&quiet, LOOKS, (3.0, 1.7), &single, &expected, None).elevated(), []);
    }

    #[test]
    fn out_of_more_requests_more_failures_are_ordinary() {
        let usual: Vec<_> = (0..20_000).map(|i| Some(f64::from(i % 4 == 0))).collect();
        let counts = Counts::fit(&usual, None, 60);
        let scan = |failures: f64, requests: f64| {
            let values = vec![Some(failures); 60];
            let requests = vec![requests; 60];
            let expected: Vec<f64> = requests.iter().map(|r| r * 0.01).collect();
            Scan::new(&counts, LOOKS, (3.0, 1.7), &values, &expected, Some(&requests)).elevated().len()
        };
        assert_eq!(scan(4.0, 400.0), 0, "one in a hundred, as always");
        assert_eq!(scan(4.0, 80.0), 1, "one in twenty");
        assert_eq!(scan(4.0, 2000.0), 0);
    }
}
