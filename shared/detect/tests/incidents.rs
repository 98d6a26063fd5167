//! Incidents of many kinds, each with a twin that is none.

mod families;

use families::{DAY, Family, START, settings};
use stackseer_detect::{Bad, Detection, Direction, Kind, Missing, Point, detect, fit};

const NOW: i64 = START + 14 * DAY;
const HOUR: i64 = 3600;

fn family(name: &str) -> Family {
    families::all().into_iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no family {name}"))
}

/// Learns a fortnight and watches three hours, with `change` applied to the points of the middle hour.
fn watch(family: &Family, change: impl Fn(f64) -> f64) -> Detection {
    let mut series = family.series(42, 15);
    for point in series.iter_mut().filter(|p| (NOW + HOUR..NOW + 2 * HOUR).contains(&p.time)) {
        point.value = change(point.value);
    }
    let baseline = fit(&family.settings, &series, START, NOW);
    detect(&baseline, &series, NOW, NOW + 3 * HOUR)
}

#[test]
fn latency_that_triples_for_an_hour_is_one_span_with_its_true_start_and_end() {
    let found = watch(&family("latency, slower when busy"), |v| v * 3.0);
    assert_eq!(found.spans.len(), 1, "{:?}", found.spans);
    let span = &found.spans[0];
    assert!((span.start - (NOW + HOUR)).abs() <= 120, "starts {}", span.start - NOW);
    assert!((span.end.expect("it ended") - (NOW + 2 * HOUR)).abs() <= 120);
    assert_eq!(span.direction, Direction::Up);
    assert!(span.score > 2.0 && span.peak > 2.0 * span.expected);
}

#[test]
fn latency_a_tenth_higher_is_ordinary() {
    assert_eq!(watch(&family("latency, slower when busy"), |v| v * 1.1).spans, []);
}

#[test]
fn latency_that_falls_is_no_problem() {
    assert_eq!(watch(&family("latency, slower when busy"), |v| v / 5.0).spans, []);
}

#[test]
fn traffic_that_stops_departs_downwards_and_a_fifth_less_does_not() {
    let requests = family("requests, busy by day, half at weekends");
    let found = watch(&requests, |_| 0.0);
    assert_eq!(found.spans.iter().map(|s| s.direction).collect::<Vec<_>>(), [Direction::Down]);
    assert_eq!(watch(&requests, |v| (v * 0.8).round()).spans, []);
}

#[test]
fn a_burst_of_first_errors_is_a_span_and_a_stray_one_is_not() {
    let errors = settings(Kind::Sparse, 60, Missing::Zero, Bad::Up, 3.0);
    let baseline = fit(&errors, &[], START, NOW);
    assert!(baseline.is_warm());
    let at = |minute: i64, value: f64| Point { time: NOW + minute * 60, value };
    let burst = detect(&baseline, &[at(30, 20.0)], NOW, NOW + 3 * HOUR);
    assert_eq!(burst.spans.len(), 1);
    assert_eq!(burst.spans[0].start, NOW + 30 * 60);
    assert_eq!(detect(&baseline, &[at(30, 1.0), at(120, 1.0)], NOW, NOW + 3 * HOUR).spans, []);
}

#[test]
fn stray_errors_in_the_history_do_not_hide_a_burst() {
    let rare = family("rare errors");
    let mut series = rare.series(42, 15);
    series.retain(|p| p.time < NOW);
    assert!(series.len() > 100, "one error in every hour or two");
    let baseline = fit(&rare.settings, &series, START, NOW);
    let burst = |errors: f64| {
        let points: Vec<Point> = (30..40).map(|minute| Point { time: NOW + minute * 60, value: errors }).collect();
        detect(&baseline, &points, NOW, NOW + 3 * HOUR).spans
    };
    let found = burst(10.0);
    assert_eq!(found.len(), 1);
    assert!(found[0].score > 3.0, "{}", found[0].score);
    assert_eq!(found[0].start, NOW + 30 * 60);
    assert_eq!(burst(0.0), []);
}

#[test]
fn errors_that_are_common_have_a_daily_season() {
    let mut requests = family("requests, busy by day, half at weekends");
    requests.settings = settings(Kind::Sparse, 60, Missing::Zero, Bad::Up, 3.0);
    assert_eq!(watch(&requests, |v| v).spans, []);
    assert_eq!(watch(&requests, |v| v * 3.0).spans.len(), 1);
}

#[test]
fn one_extreme_point_does_not_persist() {
    let latency = family("latency, slower when busy");
    let mut series = latency.series(42, 15);
    let baseline = fit(&latency.settings, &series, START, NOW);
    series.retain(|p| p.time != NOW + HOUR);
    series.push(Point { time: NOW + HOUR, value: 1e6 });
    assert_eq!(detect(&baseline, &series, NOW, NOW + 3 * HOUR).spans, []);
}

#[test]
fn the_nightly_job_is_ordinary_and_the_same_load_at_noon_is_not() {
    let job = family("batch job at two every night");
    assert_eq!(watch(&job, |v| v).spans, [], "02:00 to 02:30 lies in the window");
    let mut series = job.series(42, 15);
    let noon = NOW + 12 * HOUR;
    for point in series.iter_mut().filter(|p| (noon..noon + 30 * 60).contains(&p.time)) {
        point.value = 70.0;
    }
    let baseline = fit(&job.settings, &series, START, NOW);
    assert_eq!(detect(&baseline, &series, noon - HOUR, noon + HOUR).spans.len(), 1);
}

#[test]
fn a_move_smaller_than_what_matters_is_no_span() {
    let mut constant = family("constant");
    assert_eq!(watch(&constant, |_| 8.0).spans.len(), 1);
    constant.settings.least = 10.0;
    assert_eq!(watch(&constant, |_| 8.0).spans, []);
}

#[test]
fn what_goes_on_at_the_window_s_end_has_no_end() {
    let latency = family("latency, slower when busy");
    let mut series = latency.series(42, 15);
    for point in series.iter_mut().filter(|p| p.time >= NOW + HOUR) {
        point.value *= 3.0;
    }
    let baseline = fit(&latency.settings, &series, START, NOW);
    let found = detect(&baseline, &series, NOW, NOW + 3 * HOUR);
    assert_eq!(found.spans.iter().map(|s| s.end).collect::<Vec<_>>(), [None]);
}

#[test]
fn a_level_that_stays_is_accepted_after_days_of_learning_and_its_start_was_told() {
    let latency = family("latency, slower when busy");
    let mut series = latency.series(42, 20);
    for point in series.iter_mut().filter(|p| p.time >= NOW) {
        point.value *= 2.0;
    }
    let on = |day: i64| {
        let until = NOW + day * DAY;
        let baseline = fit(&latency.settings, &series, until - 14 * DAY, until);
        detect(&baseline, &series, until, until + 3 * HOUR).spans.len()
    };
    assert_eq!(on(0), 1, "told when it starts");
    assert_eq!(on(3), 0, "accepted after three days");
}

#[test]
fn last_week_s_outage_does_not_hide_today_s() {
    let latency = family("latency, slower when busy");
    let mut series = latency.series(42, 15);
    let outage =
        |t: i64| (NOW - 5 * DAY..NOW - 5 * DAY + HOUR).contains(&t) || (NOW + HOUR..NOW + 2 * HOUR).contains(&t);
    for point in series.iter_mut().filter(|p| outage(p.time)) {
        point.value *= 4.0;
    }
    let baseline = fit(&latency.settings, &series, START, NOW);
    assert_eq!(detect(&baseline, &series, NOW, NOW + 3 * HOUR).spans.len(), 1);
}
