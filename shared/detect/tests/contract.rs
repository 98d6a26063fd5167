//! What callers rely on, whatever the numbers.

mod families;

use families::{DAY, START};
use stackseer_detect::{BaselineError, Detector, Form, Point, detect, fit};

const NOW: i64 = START + 14 * DAY;

#[test]
fn a_baseline_is_small_and_survives_being_stored() {
    for (family, days) in families::all().iter().flat_map(|family| [14, 28].map(|days| (family, days))) {
        let baseline = fit(&family.settings, &family.series(3, days), START, START + days * DAY);
        let bytes = baseline.to_bytes();
        assert!(bytes.len() <= 1536, "{}, {days} days: {} bytes", family.name, bytes.len());
        assert_eq!(stackseer_detect::Baseline::from_bytes(&bytes).unwrap(), baseline, "{}", family.name);
    }
}

#[test]
fn a_baseline_of_another_version_or_a_damaged_one_is_told_apart() {
    let family = &families::all()[0];
    let mut bytes = fit(&family.settings, &family.series(3, 14), START, NOW).to_bytes();
    let half = bytes[..bytes.len() / 2].to_vec();
    assert_eq!(stackseer_detect::Baseline::from_bytes(&half), Err(BaselineError::Damaged));
    assert_eq!(stackseer_detect::Baseline::from_bytes(&[]), Err(BaselineError::Damaged));
    bytes[0] = 0;
    assert_eq!(stackseer_detect::Baseline::from_bytes(&bytes), Err(BaselineError::Version { found: 0 }));
}

#[test]
fn order_doubles_and_what_is_no_number_change_nothing() {
    for family in families::all() {
        let series = family.series(3, 15);
        let mut messy = series.clone();
        messy.reverse();
        messy.extend(series.iter().step_by(7).copied());
        messy.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(|value| Point { time: NOW + 60, value }));
        let clean = fit(&family.settings, &series, START, NOW);
        assert_eq!(clean, fit(&family.settings, &messy, START, NOW), "{}", family.name);
        let window = |points: &[Point]| detect(&clean, points, NOW, NOW + 3 * 3600);
        assert_eq!(window(&series), window(&messy), "{}", family.name);
    }
}

#[test]
fn no_history_or_an_hour_of_it_is_not_enough_to_say_anything() {
    for family in families::all() {
        let series = family.series(3, 15);
        let hour: Vec<Point> = series.iter().filter(|p| p.time >= NOW - 3600).copied().collect();
        let baseline = fit(&family.settings, &hour, NOW - 3600, NOW);
        assert!(!baseline.is_warm(), "{}", family.name);
        assert_eq!(detect(&baseline, &series, NOW, NOW + 3 * 3600).spans, [], "{}", family.name);
    }
    let family = &families::all()[3];
    let nothing = fit(&family.settings, &[], START, NOW);
    assert_eq!((nothing.learned_points(), nothing.is_warm()), (0, false));
    assert_eq!(detect(&nothing, &family.series(3, 15), NOW, NOW + 3600).spans, []);
    assert_eq!(detect(&nothing, &[], NOW, NOW - 3600).band, [], "a window that ends before it begins is empty");
}

#[test]
fn a_score_never_depends_on_later_points() {
    for family in families::all() {
        let series = family.series(3, 3);
        let run = |points: &[Point], form| {
            let mut detector = Detector::new(family.settings.clone(), form);
            points.iter().map(|p| detector.step(*p)).collect::<Vec<_>>()
        };
        for form in [Form::Lasting, Form::Onsets] {
            let whole = run(&series, form);
            for cut in [50, 101, 150, series.len() / 2] {
                let cut = cut.min(series.len());
                let mut other = series[..cut].to_vec();
                other.extend(series[cut..].iter().map(|p| Point { value: p.value * 1000.0 + 7.0, ..*p }));
                assert_eq!(run(&other, form)[..cut], whole[..cut], "{}", family.name);
            }
        }
    }
}
