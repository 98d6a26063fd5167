//! Incidents of many kinds, each with a twin that is none.

mod families;

use families::{DAY, Family, START, settings};
use stackseer_detect::{
    Bad, Detection, Direction, Kind, Missing, Point, Requests, Span, detect, detect_share, fit, is_suspicious,
};

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

#[test]
fn a_departure_as_large_as_what_matters_is_one() {
    let targets = settings(Kind::Gauge, 60, Missing::Gap, Bad::Up, 1.0);
    let at = |second: i64, value: f64| Point { time: second, value };
    let healthy: Vec<Point> = (START..NOW + HOUR).step_by(60).map(|second| at(second, 0.0)).collect();
    let baseline = fit(&targets, &healthy, START, NOW);
    let with = |unhealthy: f64| {
        let mut points = healthy.clone();
        points.extend((NOW + HOUR..NOW + 2 * HOUR).step_by(60).map(|second| at(second, unhealthy)));
        detect(&baseline, &points, NOW, NOW + 3 * HOUR).spans.len()
    };
    assert_eq!(with(1.0), 1, "one of two targets");
    assert_eq!(with(0.5), 0);
}

/// A job at two every night, of about ten minutes.
fn nightly(last_night: f64) -> Vec<Span> {
    let duration = settings(Kind::Latency, 60, Missing::Gap, Bad::Up, 1_000.0);
    let night =
        |night: i64, minutes: f64| Point { time: START + night * DAY + 2 * HOUR + 600, value: minutes * 60_000.0 };
    let mut runs: Vec<Point> = (0..14).map(|n| night(n, 10.0 + (n * 7 % 5) as f64 / 5.0)).collect();
    let baseline = fit(&duration, &runs, START, NOW);
    assert!(baseline.is_warm());
    runs.push(night(14, last_night));
    detect(&baseline, &runs, NOW + HOUR, NOW + 4 * HOUR).spans
}

#[test]
fn what_runs_once_a_night_is_judged_run_by_run() {
    assert_eq!(nightly(30.0).len(), 1);
    assert_eq!(nightly(14.0), []);
}

/// Failures out of requests, each by minutes after [`NOW`] and a fortnight by the hour before.
fn share(an_hour: &[(i64, f64, f64)], window: &[(i64, f64, f64)]) -> Vec<Span> {
    let failures = settings(Kind::Sparse, 60, Missing::Zero, Bad::Up, 3.0);
    let requests = settings(Kind::Count, 60, Missing::Zero, Bad::Both, 0.0);
    let hours = (START..NOW).step_by(HOUR as usize);
    let before = |of: fn(&(i64, f64, f64)) -> f64| -> Vec<Point> {
        let point = |start: i64| an_hour.iter().map(move |p| Point { time: start + p.0 * 60, value: of(p) });
        hours.clone().flat_map(point).collect()
    };
    let now = |of: fn(&(i64, f64, f64)) -> f64| -> Vec<Point> {
        window.iter().map(|p| Point { time: NOW + p.0 * 60, value: of(p) }).collect()
    };
    let usual = (fit(&failures, &before(|p| p.1), START, NOW), fit(&requests, &before(|p| p.2), START, NOW));
    let (failed, made) = (now(|p| p.1), now(|p| p.2));
    let found = detect_share(&usual.0, &failed, Requests { baseline: &usual.1, window: &made }, NOW, NOW + 3 * HOUR);
    assert!(found.spans.is_empty() || is_suspicious(&usual.0, &failed, NOW, NOW + 3 * HOUR), "nobody would look");
    found.spans.into_iter().filter(|span| !span.is_weak).collect()
}

#[test]
fn of_a_few_calls_all_that_fail_are_an_incident_and_one_is_not() {
    let calls = [(10, 0.0, 1.0), (25, 0.0, 1.0), (50, 0.0, 1.0)];
    let fails = |minutes: &[i64]| {
        let window: Vec<_> = [5, 20, 40, 60, 75].iter().map(|m| (*m, f64::from(minutes.contains(m)), 1.0)).collect();
        share(&calls, &window).len()
    };
    assert_eq!(fails(&[5, 20, 40, 60, 75]), 1);
    assert_eq!(fails(&[20]), 0);
}

#[test]
fn the_usual_share_of_four_times_the_requests_is_ordinary() {
    let usual: Vec<_> = (0..60).map(|m| (m, f64::from(m % 10 == 0), 40.0)).collect();
    let window = |every: i64| (0..180).map(|m| (m, f64::from(m % every == 0), 160.0)).collect::<Vec<_>>();
    assert_eq!(share(&usual, &window(3)), [], "two or three in a thousand, as ever");
    let many: Vec<_> = (0..180).map(|m| (m, 3.0, 160.0)).collect();
    assert_eq!(share(&usual, &many).len(), 1);
}

#[test]
fn a_run_that_fails_where_none_ever_did_is_told_and_one_that_fails_now_and_then_is_not() {
    let run = |failed: f64| [(5, failed, 1.0)];
    assert_eq!(share(&run(0.0), &run(1.0)).len(), 1);
    assert_eq!(share(&run(0.0), &run(0.0)), []);
    // Every other one does.
    assert_eq!(share(&run(0.5), &run(1.0)), []);
}
