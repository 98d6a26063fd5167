//! Ordinary weeks: how often is somebody woken for nothing?

mod families;

use families::{DAY, START};
use stackseer_detect::{detect, fit};

const LEARN_DAYS: i64 = 14;
const WATCH_DAYS: i64 = 14;
const SEEDS: u64 = 6;

#[test]
fn ordinary_weeks_have_at_most_one_span_in_ten_metric_weeks() {
    let mut rates = Vec::new();
    for family in families::all() {
        let mut spans = 0;
        for seed in 0..SEEDS {
            let series = family.series(seed * 7919 + 1, LEARN_DAYS + WATCH_DAYS);
            // As in production: learned every day from the fortnight before.
            for day in LEARN_DAYS..LEARN_DAYS + WATCH_DAYS {
                let (from, until) = (START + (day - LEARN_DAYS) * DAY, START + day * DAY);
                let baseline = fit(&family.settings, &series, from, until);
                spans += detect(&baseline, &series, until, until + DAY).spans.len();
            }
        }
        let weeks = (SEEDS as i64 * WATCH_DAYS) as f64 / 7.0;
        rates.push((family.name, spans as f64 / weeks));
    }
    let mean = rates.iter().map(|(_, rate)| rate).sum::<f64>() / rates.len() as f64;
    println!("{rates:#?}\nmean {mean:.3} spans per metric and week");
    assert!(mean <= 0.1, "{mean:.3} spans per metric and week: {rates:#?}");
    assert!(rates.iter().all(|(_, rate)| *rate <= 0.5), "{rates:#?}");
}
