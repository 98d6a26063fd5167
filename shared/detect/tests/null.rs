//! Ordinary weeks: how often is somebody woken for nothing?

mod families;

use families::{DAY, START};
use stackseer_detect::{Span, detect, fit};

const LEARN_DAYS: i64 = 14;
const WATCH_DAYS: i64 = 14;
const SEEDS: u64 = 6;
/// What opens an insight by itself, see `shared/insight/src/lifecycle.rs`.
const ALONE: f64 = 3.0;
const LASTING_SECONDS: i64 = 30 * 60;

#[test]
fn ordinary_weeks_have_at_most_one_span_in_ten_metric_weeks() {
    let mut rates = Vec::new();
    let mut opening = Vec::new();
    for family in families::all() {
        let mut spans = 0;
        for seed in 0..SEEDS {
            let series = family.series(seed * 7919 + 1, LEARN_DAYS + WATCH_DAYS);
            // As in production: learned every day from the fortnight before.
            for day in LEARN_DAYS..LEARN_DAYS + WATCH_DAYS {
                let (from, until) = (START + (day - LEARN_DAYS) * DAY, START + day * DAY);
                let baseline = fit(&family.settings, &series, from, until);
                let mut found = detect(&baseline, &series, until, until + DAY).spans;
                // Only a change just before speaks for these.
                found.retain(|span| !span.is_weak);
                spans += found.len();
                let opens = |s: &Span| s.score >= ALONE || s.end.unwrap_or(until + DAY) - s.start >= LASTING_SECONDS;
                opening.extend(found.into_iter().filter(opens).map(|span| (family.name, span)));
            }
        }
        let weeks = (SEEDS as i64 * WATCH_DAYS) as f64 / 7.0;
        rates.push((family.name, spans as f64 / weeks));
    }
    let mean = rates.iter().map(|(_, rate)| rate).sum::<f64>() / rates.len() as f64;
    println!("{rates:#?}\nmean {mean:.3} spans per metric and week");
    assert!(opening.is_empty(), "would open by themselves: {opening:#?}");
    assert!(mean <= 0.1, "{mean:.3} spans per metric and week: {rates:#?}");
    assert!(rates.iter().all(|(_, rate)| *rate <= 0.5), "{rates:#?}");
}
