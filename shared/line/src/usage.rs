//! The daily use that checks ask about, taken from the same history that the baselines are fitted on.

use stackseer_catalog::Catalog;
use stackseer_insight::DailyUse;
use stackseer_model::{Metric, MissingPoint, Point, Series, Timestamp};

const DAY: i64 = 24 * 3600;

/// None: no check asks about this metric. Whole days, counted back from `to`, oldest first, as far as the first point: before
/// it the resource may not have existed. A day without points is left out where that does not mean zero.
pub fn daily_use(
    catalog: &Catalog,
    metric: &Metric,
    series: &Series,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<DailyUse>> {
    let key = &metric.key;
    let asked = catalog
        .checks()
        .iter()
        .flat_map(|check| check.predicates())
        .any(|predicate| predicate.asks_daily(&key.name, metric.role, &key.statistic));
    if !asked {
        return None;
    }
    let Some(first) = series.0.first() else { return Some(vec![]) };
    let first = first.time.max(from).as_second();
    let mut days: Vec<DailyUse> = (1..)
        .map(|back| to.as_second() - back * DAY)
        .take_while(|start| *start >= first)
        .filter_map(|start| day(metric, series, start))
        .collect();
    days.reverse();
    Some(days)
}

fn day(metric: &Metric, series: &Series, start: i64) -> Option<DailyUse> {
    let inside: Vec<&Point> = series.0.iter().filter(|p| (start..start + DAY).contains(&p.time.as_second())).collect();
    if inside.is_empty() && metric.missing == MissingPoint::Gap {
        return None;
    }
    let period = f64::from(metric.period.max(1));
    let is_sum = metric.key.statistic == "Sum";
    let value = |p: &&Point| if is_sum { p.value / period } else { p.value };
    let total: f64 = inside.iter().map(value).sum();
    let points = match metric.missing {
        MissingPoint::Zero => DAY as f64 / period,
        MissingPoint::Gap => inside.len() as f64,
    };
    Some(DailyUse {
        day: Timestamp::from_second(start).ok()?,
        mean: total / points,
        peak: inside.iter().map(value).fold(0.0, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::Resource;

    const NOON: i64 = 1_768_305_600;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(NOON + hours * 3600).unwrap()
    }

    fn metric(resource_type: &str, name: &str, statistic: &str) -> Metric {
        let mut resource = Resource::new(resource_type, "shop");
        resource.set("billing_mode", "PROVISIONED");
        let (metrics, _) = Catalog::builtin().metrics_of(&resource, |_, _| vec![]);
        metrics.into_iter().find(|m| m.key.name == name && m.key.statistic == statistic).unwrap()
    }

    /// Points at these hours before noon, and the days of a fortnight up to noon.
    fn days(metric: &Metric, points: &[(i64, f64)]) -> Option<Vec<DailyUse>> {
        let series = Series::new(points.iter().map(|(hours, value)| Point { time: at(-hours), value: *value }));
        daily_use(Catalog::builtin(), metric, &series, at(-14 * 24), at(0))
    }

    #[test]
    fn a_sum_is_a_rate_and_its_silence_is_zero() {
        let consumed = metric("AWS::DynamoDB::Table", "ConsumedWriteCapacityUnits", "Sum");
        let days = days(&consumed, &[(72, 600.0), (3, 120.0), (2, 60.0)]).unwrap();
        assert_eq!(days.iter().map(|d| d.peak).collect::<Vec<_>>(), [10.0, 0.0, 2.0]);
        assert_eq!(days[2].day, at(-24), "days are counted back from the end");
        assert!((days[2].mean - 180.0 / 86_400.0).abs() < 1e-12);
    }

    #[test]
    fn a_maximum_is_kept_as_it_is() {
        let runs = metric("AWS::Lambda::Function", "ConcurrentExecutions", "Maximum");
        assert_eq!(
            days(&runs, &[(30, 1.0), (24, 7.0), (1, 9.0)]).unwrap().iter().map(|d| d.peak).max_by(f64::total_cmp),
            Some(9.0)
        );
        assert_eq!(days(&runs, &[(24, 7.0), (1, 9.0)]).unwrap().len(), 1);
    }

    #[test]
    fn a_day_that_nobody_measured_is_no_day_at_zero() {
        let age = metric("AWS::Kinesis::Stream", "GetRecords.IteratorAgeMilliseconds", "Maximum");
        let days = days(&age, &[(72, 5.0), (71, 5.0), (1, 9.0)]).unwrap();
        assert_eq!(days.iter().map(|d| (d.day, d.peak)).collect::<Vec<_>>(), [(at(-72), 5.0), (at(-24), 9.0)]);
    }

    #[test]
    fn before_the_first_point_nothing_is_known_and_of_what_no_check_asks_nothing_is_kept() {
        let runs = metric("AWS::Lambda::Function", "ConcurrentExecutions", "Maximum");
        assert_eq!(days(&runs, &[]), Some(vec![]));
        assert_eq!(days(&runs, &[(23, 9.0)]), Some(vec![]), "not a whole day");
        assert_eq!(days(&metric("AWS::Lambda::Function", "Errors", "Sum"), &[(30, 1.0)]), None);
    }
}
