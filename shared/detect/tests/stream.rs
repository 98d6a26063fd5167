//! The streaming detector: which points score.

mod families;

use families::{DAY, Family, START, settings};
use stackseer_detect::{Bad, Detector, Form, Kind, Missing, Point, Step};

const HOUR: i64 = 3600;
/// Ten in the morning of the eleventh day.
const ONSET: i64 = START + 10 * DAY + 10 * HOUR;

fn family(name: &str) -> Family {
    families::all().into_iter().find(|f| f.name == name).unwrap()
}

fn latency() -> Family {
    family("latency, slower when busy")
}

fn run(family: &Family, points: &[Point], form: Form) -> Vec<(i64, f64, Step)> {
    let mut detector = Detector::new(family.settings.clone(), form);
    points.iter().map(|p| (p.time, p.value, detector.step(*p))).collect()
}

fn changed(family: &Family, seconds: i64, change: fn(f64) -> f64) -> Vec<Point> {
    let mut series = family.series(3, 13);
    for point in series.iter_mut().filter(|p| (ONSET..ONSET + seconds).contains(&p.time)) {
        point.value = change(point.value);
    }
    series
}

#[test]
fn every_point_of_an_anomaly_scores_while_it_lasts_and_nothing_after_it() {
    for (name, change) in [
        ("latency, slower when busy", (|v| v * 4.0) as fn(f64) -> f64),
        ("requests, busy by day, half at weekends", |_| 0.0),
        ("requests that double on Mondays", |v| v * 5.0),
        ("availability with single dips", |v| v * 0.5),
    ] {
        let family = family(name);
        for hours in [1, 8] {
            let steps = run(&family, &changed(&family, hours * HOUR, change), Form::Lasting);
            let end = ONSET + hours * HOUR;
            for (time, value, step) in &steps {
                if (ONSET..end).contains(time) {
                    assert!(
                        step.score >= 1.0,
                        "{name}, {hours} h: {value} at +{} s scores {}",
                        time - ONSET,
                        step.score
                    );
                }
            }
            let after = steps.iter().filter(|(time, _, s)| (end..end + DAY).contains(time) && s.score >= 3.0).count();
            assert_eq!(after, 0, "{name}, {hours} h: ordinary points after it");
        }
    }
}

#[test]
fn the_band_does_not_follow_an_anomaly() {
    let family = latency();
    let steps = run(&family, &changed(&family, HOUR, |v| v * 4.0), Form::Lasting);
    let inside: Vec<_> = steps.iter().filter(|(time, ..)| (ONSET..ONSET + HOUR).contains(time)).collect();
    assert!(!inside.is_empty());
    for (_, value, step) in inside {
        assert!(step.upper < *value, "{} at {value}", step.upper);
    }
}

#[test]
fn with_onsets_an_anomaly_is_told_once() {
    let family = latency();
    let steps = run(&family, &changed(&family, HOUR, |v| v * 20.0), Form::Onsets);
    let told = |from: i64, until: i64| {
        steps.iter().filter(|(time, _, step)| (from..until).contains(time) && step.score >= 2.0).count()
    };
    assert!((1..=3).contains(&told(ONSET, ONSET + HOUR)), "{}", told(ONSET, ONSET + HOUR));
    assert_eq!(told(ONSET + HOUR, ONSET + DAY), 0);
}

#[test]
fn a_level_that_stays_is_the_new_normal_after_a_day() {
    let family = latency();
    let steps = run(&family, &changed(&family, 3 * DAY, |v| v * 4.0), Form::Lasting);
    let share = |from: i64, until: i64| {
        let scores: Vec<f64> =
            steps.iter().filter(|(time, ..)| (from..until).contains(time)).map(|(_, _, s)| s.score).collect();
        scores.iter().filter(|score| **score >= 1.0).count() as f64 / scores.len() as f64
    };
    assert!(share(ONSET, ONSET + 20 * HOUR) > 0.99);
    assert!(share(ONSET + 36 * HOUR, ONSET + 3 * DAY) < 0.2, "{}", share(ONSET + 36 * HOUR, ONSET + 3 * DAY));
}

/// What a score means: how often a week an ordinary series has one as high. `--nocapture` prints it.
#[test]
fn ordinary_weeks_hardly_score() {
    const WEEKS: f64 = 12.0;
    let cuts = [1.0, 2.0, 3.0, 4.0];
    let mut sums = [0.0; 4];
    for family in families::all() {
        let mut a_week = [0.0; 4];
        for seed in 5..8 {
            let steps = run(&family, &family.series(seed, 28), Form::Lasting);
            for (cut, count) in cuts.iter().zip(&mut a_week) {
                *count += episodes(&steps, *cut) as f64 / WEEKS;
            }
        }
        println!("{:45} {a_week:.2?} a week from {cuts:?} on", family.name);
        assert!(a_week[2] <= 0.5, "{}: {a_week:?}", family.name);
        sums.iter_mut().zip(a_week).for_each(|(sum, count)| *sum += count / families::all().len() as f64);
    }
    println!("mean {sums:.2?}");
    assert!(sums[0] <= 2.5 && sums[1] <= 0.5 && sums[2] <= 0.1, "{sums:?}");
}

/// Runs of points from `cut` on that lie at least six hours apart.
fn episodes(steps: &[(i64, f64, Step)], cut: f64) -> usize {
    let high: Vec<i64> = steps.iter().filter(|(_, _, step)| step.score >= cut).map(|(time, ..)| *time).collect();
    high.windows(2).filter(|pair| pair[1] - pair[0] > 6 * HOUR).count() + usize::from(!high.is_empty())
}

#[test]
fn a_zero_where_zeros_are_usual_never_scores() {
    for kind in [Kind::Sparse, Kind::Count, Kind::Gauge] {
        let family = Family {
            name: "rare errors with a burst",
            settings: settings(kind, 60, Missing::Gap, Bad::Up, 0.0),
            value: |r, t, _| Some(r.poisson(if (ONSET..ONSET + HOUR).contains(&t) { 2.0 } else { 0.01 })),
        };
        for form in [Form::Lasting, Form::Onsets] {
            let steps = run(&family, &family.series(3, 13), form);
            assert!(steps.iter().all(|(_, value, step)| *value > 0.0 || step.score == 0.0), "{kind:?} {form:?}");
            assert!(steps.iter().any(|(_, _, step)| step.score >= 2.0), "{kind:?} {form:?}");
        }
    }
}

/// The twin: where they are not usual, zeros are the anomaly.
#[test]
fn a_zero_among_many_requests_scores() {
    let family = family("requests that double on Mondays");
    let steps = run(&family, &changed(&family, HOUR, |_| 0.0), Form::Lasting);
    assert!(steps.iter().filter(|(_, value, _)| *value == 0.0).all(|(_, _, step)| step.score >= 3.0));
}

#[test]
fn each_kind_measures_on_its_own_scale() {
    let series = changed(&latency(), HOUR, |v| v * 4.0);
    let scores = |kind| {
        let family = Family { settings: settings(kind, 60, Missing::Gap, Bad::Both, 0.0), ..latency() };
        let all: Vec<u64> =
            run(&family, &series, Form::Lasting).iter().map(|(_, _, step)| step.score.to_bits()).collect();
        all
    };
    let kinds = [Kind::Count, Kind::Latency, Kind::Gauge, Kind::Ratio, Kind::Sparse];
    for (i, kind) in kinds.iter().enumerate() {
        for other in &kinds[..i] {
            assert!(scores(*kind) != scores(*other), "{kind:?} and {other:?} score alike");
        }
    }
}

#[test]
fn a_ratio_near_its_limit_moves_by_odds() {
    let family = Family {
        name: "availability",
        settings: settings(Kind::Ratio, 300, Missing::Gap, Bad::Down, 0.0),
        value: |r, t, _| Some(if t == ONSET { 97.0 } else { 99.9 + 0.02 * r.normal() }),
    };
    let steps = run(&family, &family.series(3, 13), Form::Lasting);
    let (_, _, step) = steps.iter().find(|(time, ..)| *time == ONSET).unwrap();
    assert!(step.score >= 3.0, "{}", step.score);
    assert!(steps.iter().all(|(_, _, step)| (0.0..=100.0).contains(&step.lower) && step.upper <= 100.0));
}

#[test]
fn whatever_finite_values_come_the_numbers_stay_finite() {
    for kind in [Kind::Count, Kind::Latency, Kind::Gauge, Kind::Ratio, Kind::Sparse] {
        let mut detector = Detector::new(settings(kind, 60, Missing::Gap, Bad::Both, 0.0), Form::Lasting);
        for i in 0..400i64 {
            let value = match i % 7 {
                0 if i > 150 => 1e300,
                1 if i > 150 => -1e300,
                _ => (i % 5) as f64,
            };
            let step = detector.step(Point { time: START + i * 60, value });
            for number in [step.score, step.lower, step.expected, step.upper] {
                assert!(number.is_finite(), "{kind:?}, point {i}: {step:?}");
            }
        }
    }
}
