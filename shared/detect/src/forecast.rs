//! Where days go: a robust line through them, with the weekday where it repeats, and how far what comes may be off it.
//! Meant for two weeks and more; nothing random is in it.

use crate::series::median;

const WEEK: usize = 7;
/// So many days on either side make a level.
const LEAST_OF_A_LEVEL: usize = 3;
/// A step that leaves so much less than the line does is no growth.
const STEP: f64 = 0.75;
/// After a step, so many days must have gone by.
const LEAST_AFTER_A_STEP: usize = 7;
/// A weekday that leaves so much less is one.
const WEEKDAY: f64 = 0.8;
/// The normal distribution's quartile.
const QUARTILE: f64 = 0.6745;
/// How much less sure a median is than a mean.
const OF_A_MEDIAN: f64 = 1.2533;
/// What is estimated of so few days is less sure than the normal distribution says, as Student's does of ten.
const FEW: f64 = 1.1;

/// What can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Outlook {
    Forecast(Forecast),
    /// It came to another level so few days ago that where it goes from there is not known.
    Shifted {
        days: usize,
    },
}

/// By difference and by ratio, each as far as it fits; how far they disagree is not known either.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    linear: Model,
    /// None: what can be nothing does not grow by a share.
    ratio: Option<Model>,
    /// The ratio's share in what is said.
    weight: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Model {
    /// Growth is a share of the level: everything is in logarithms.
    is_ratio: bool,
    line: Line,
    /// By the day of the week, counted from the first; empty where it says nothing.
    weekday: Vec<f64>,
    /// Of a day around its expected value.
    spread: f64,
    /// Of the expected value itself, but for the slope.
    uncertain: f64,
    days: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    /// In the middle of the days.
    level: f64,
    slope: f64,
    /// How uncertain the slope is.
    spread: f64,
}

impl Forecast {
    fn of(values: &[f64]) -> Self {
        let linear = model(values, false);
        if values.iter().any(|value| *value <= 0.0) {
            return Self { linear, ratio: None, weight: 0.0 };
        }
        let ratio = model(&values.iter().map(|value| libm::log(*value)).collect::<Vec<_>>(), true);
        let (off, off_by_ratio) = (linear.error(values).powi(4), ratio.error(values).powi(4));
        let weight = if off + off_by_ratio > 0.0 { off / (off + off_by_ratio) } else { 0.0 };
        Self { linear, ratio: Some(ratio), weight }
    }

    /// Of a day so many after the last, at a quantile of the normal distribution (0: the median, −1.28: one in ten).
    pub fn at(&self, ahead: u32, quantile: f64) -> f64 {
        let both = |quantile: f64| {
            let linear = self.linear.at(ahead, quantile);
            let ratio = self.ratio.as_ref().map_or(linear, |ratio| ratio.at(ahead, quantile));
            (linear + self.weight * (ratio - linear), ratio - linear)
        };
        let (middle, apart) = both(0.0);
        let disagreement = quantile * apart * (self.weight * (1.0 - self.weight)).sqrt();
        let off = (both(quantile).0 - middle).hypot(disagreement);
        if quantile < 0.0 { middle - off } else { middle + off }
    }

    /// A day's growth, as it is or as a share, at a quantile.
    pub fn slope(&self, quantile: f64) -> f64 {
        self.ratio.as_ref().filter(|_| self.weight > 0.5).unwrap_or(&self.linear).slope(quantile)
    }

    fn error(&self, values: &[f64]) -> f64 {
        self.linear.error(values).min(self.ratio.as_ref().map_or(f64::INFINITY, |ratio| ratio.error(values)))
    }
}

impl Model {
    fn at(&self, ahead: u32, quantile: f64) -> f64 {
        let day = self.days - 1 + ahead as usize;
        let weekday = self.weekday.get(day % WEEK).copied().unwrap_or(0.0);
        // The line is best known in the middle of the days it was drawn through.
        let reach = day as f64 - middle(self.days);
        let spread = (self.line.spread * reach).hypot(self.spread).hypot(self.uncertain);
        let value = self.line.level + self.line.expected_slope() * reach + weekday + quantile * spread * FEW;
        if self.is_ratio { libm::exp(value) } else { value }
    }

    fn slope(&self, quantile: f64) -> f64 {
        self.line.slope + quantile * self.line.spread * FEW
    }

    /// How far off it is of what it was made of, on average.
    fn error(&self, values: &[f64]) -> f64 {
        let fitted = |day: usize| {
            let weekday = self.weekday.get(day % WEEK).copied().unwrap_or(0.0);
            let value = self.line.level + self.line.slope * (day as f64 - middle(self.days)) + weekday;
            if self.is_ratio { libm::exp(value) } else { value }
        };
        mean(values.iter().enumerate().map(|(day, value)| (value - fitted(day)).abs()))
    }
}

impl Line {
    /// A slope that is mostly chance goes on the less: who expects it is further off than who expects none.
    fn expected_slope(&self) -> f64 {
        let chance = self.spread / self.slope;
        if self.slope == 0.0 { 0.0 } else { self.slope * (1.0 - chance * chance).max(0.0) }
    }
}

fn middle(days: usize) -> f64 {
    (days as f64 - 1.0) / 2.0
}

/// Of one value a day, oldest first. A level that changed once is told from growth; what was before the change then says nothing.
pub fn forecast(values: &[f64]) -> Outlook {
    let whole = Forecast::of(values);
    let Some(step) = step(values, whole.error(values)) else { return Outlook::Forecast(whole) };
    let since = values.len() - step;
    if since < LEAST_AFTER_A_STEP {
        Outlook::Shifted { days: since }
    } else {
        Outlook::Forecast(Forecast::of(&values[step..]))
    }
}

/// With the weekday where it says more.
fn model(values: &[f64], is_ratio: bool) -> Model {
    let plain = by_day(values, is_ratio);
    match by_weekday(values, is_ratio) {
        Some(weekly) if weekly.spread < WEEKDAY * plain.spread => weekly,
        _ => plain,
    }
}

/// Theil and Sen's line, the uncertainty of its slope by Kendall's order of the slopes.
fn by_day(values: &[f64], is_ratio: bool) -> Model {
    let n = values.len() as f64;
    let mut slopes: Vec<f64> = Vec::new();
    for (i, a) in values.iter().enumerate() {
        slopes.extend(values[i + 1..].iter().zip(1..).map(|(b, days)| (b - a) / f64::from(days)));
    }
    slopes.sort_by(f64::total_cmp);
    let slope = median(&mut slopes.clone()).unwrap_or(0.0);
    let order = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt() * QUARTILE / 2.0;
    let half = slopes.len() as f64 / 2.0;
    let quantile = |position: f64| {
        let last = slopes.len().saturating_sub(1);
        slopes.get((position.max(0.0) as usize).min(last)).copied().unwrap_or(slope)
    };
    let spread = (quantile(half + order) - quantile(half - order)) / (2.0 * QUARTILE);
    let mut rest = without_slope(values, slope);
    let level = median(&mut rest).unwrap_or(0.0);
    let of_days = deviation(rest.iter().map(|rest| rest - level), 2.0);
    Model {
        is_ratio,
        line: Line { level, slope, spread },
        weekday: vec![],
        spread: of_days,
        uncertain: of_days * OF_A_MEDIAN / n.sqrt(),
        days: values.len(),
    }
}

/// The line through the same weekdays of following weeks. None: less than six days are there twice.
fn by_weekday(values: &[f64], is_ratio: bool) -> Option<Model> {
    let mut weeks: Vec<f64> = values.iter().zip(values.get(WEEK..)?).map(|(before, after)| after - before).collect();
    let pairs = weeks.len();
    if pairs < WEEK - 1 {
        return None;
    }
    let growth = median(&mut weeks)?;
    let slope = growth / WEEK as f64;
    let rest = without_slope(values, slope);
    let level = median(&mut rest.clone())?;
    let weekday = (0..WEEK).map(|weekday| {
        let mut of_it: Vec<f64> = rest.iter().skip(weekday).step_by(WEEK).map(|rest| rest - level).collect();
        median(&mut of_it)
    });
    let weekday: Vec<f64> = weekday.collect::<Option<_>>()?;
    // Two days differ by the square root of two times what one does.
    let spread = deviation(weeks.iter().map(|week| week - growth), 1.0) / std::f64::consts::SQRT_2;
    let of_slope = spread * std::f64::consts::SQRT_2 * OF_A_MEDIAN / WEEK as f64 / (pairs as f64).sqrt();
    Some(Model {
        is_ratio,
        line: Line { level, slope, spread: of_slope },
        weekday,
        spread,
        // Each weekday was there twice.
        uncertain: spread / std::f64::consts::SQRT_2,
        days: values.len(),
    })
}

/// As if all of them were in the middle.
fn without_slope(values: &[f64], slope: f64) -> Vec<f64> {
    let middle = middle(values.len());
    values.iter().enumerate().map(|(day, value)| value - slope * (day as f64 - middle)).collect()
}

/// The day from which on another level says clearly more than the line does, which is off by `error`.
fn step(values: &[f64], error: f64) -> Option<usize> {
    let off = |part: &[f64]| {
        let middle = median(&mut part.to_vec()).unwrap_or(0.0);
        part.iter().map(|value| (value - middle).abs()).sum::<f64>()
    };
    let splits = LEAST_OF_A_LEVEL..=values.len().checked_sub(LEAST_OF_A_LEVEL)?;
    let best = splits.map(|at| (at, (off(&values[..at]) + off(&values[at..])) / values.len() as f64));
    let (at, off) = best.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (off < STEP * error).then_some(at)
}

/// With so many numbers already taken from the values.
fn deviation(values: impl Iterator<Item = f64>, taken: f64) -> f64 {
    let (count, squares) = values.fold((0.0, 0.0), |(count, squares), value| (count + 1.0, squares + value * value));
    if count > taken { (squares / (count - taken)).sqrt() } else { 0.0 }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Forecast {
        match forecast(values) {
            Outlook::Forecast(forecast) => forecast,
            shifted => panic!("{shifted:?}"),
        }
    }

    /// A little off, the same way each time.
    fn wobble(day: usize) -> f64 {
        [0.0, 0.4, -0.3, 0.2, -0.5, 0.1, 0.3, -0.2][day % 8]
    }

    #[test]
    fn eight_percent_a_day_go_on_as_eight_percent_a_day() {
        let values: Vec<f64> =
            (0..13).map(|day| 40.0 * 1.08_f64.powi(day) * (1.0 + 0.01 * wobble(day as usize))).collect();
        let forecast = of(&values);
        let expected = 40.0 * 1.08_f64.powi(18);
        assert!((forecast.at(6, 0.0) / expected - 1.0).abs() < 0.03, "{} {expected}", forecast.at(6, 0.0));
        assert!(forecast.slope(-1.2816) > 0.0);
        assert!(forecast.at(6, -0.6745) < forecast.at(6, 0.0) && forecast.at(6, 0.0) < forecast.at(6, 0.6745));
    }

    #[test]
    fn a_week_that_comes_again_is_no_growth_and_is_expected_again() {
        let week = [100.0, 100.0, 100.0, 100.0, 100.0, 40.0, 30.0];
        let values: Vec<f64> = (0..13).map(|day| week[day % 7] + wobble(day)).collect();
        let forecast = of(&values);
        assert!(forecast.slope(-1.2816) < 0.0, "{forecast:?}");
        assert!((forecast.at(1, 0.0) - 30.0).abs() < 5.0 && (forecast.at(2, 0.0) - 100.0).abs() < 5.0, "{forecast:?}");
    }

    #[test]
    fn a_single_spike_is_no_growth() {
        let mut values: Vec<f64> = (0..13).map(|day| 100.0 + wobble(day)).collect();
        values[12] = 900.0;
        assert!(of(&values).slope(-1.2816) <= 0.0);
    }

    #[test]
    fn a_peak_at_the_end_of_the_month_is_no_growth() {
        let mut values: Vec<f64> = (0..13).map(|day| 100.0 + wobble(day)).collect();
        values[11] = 180.0;
        values[12] = 190.0;
        assert_eq!(forecast(&values), Outlook::Shifted { days: 3 }, "whether it stays there, three days don't tell");
    }

    #[test]
    fn a_step_that_stays_is_a_new_level_and_no_growth() {
        let step = |at: usize| (0..13).map(|day| if day < at { 40.0 } else { 80.0 } + wobble(day)).collect::<Vec<_>>();
        assert_eq!(forecast(&step(9)), Outlook::Shifted { days: 4 });
        let later = of(&step(5));
        assert!(later.slope(-1.2816) < 0.0 && (later.at(6, 0.0) - 80.0).abs() < 3.0, "{later:?}");
    }

    #[test]
    fn what_falls_evenly_reaches_the_ground() {
        let values: Vec<f64> = (0..13).map(|day| 100.0 - 3.0 * f64::from(day)).collect();
        let forecast = of(&values);
        assert!(forecast.slope(1.2816) < 0.0);
        assert!((forecast.at(10, 0.0) - 34.0).abs() < 8.0, "{}", forecast.at(10, 0.0));
    }
}
