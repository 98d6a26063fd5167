//! The use over days and hours that checks ask about, taken from the same history that the baselines are fitted on.

use stackseer_catalog::Catalog;
use stackseer_insight::{Since, Usage, Use};
use stackseer_model::{Metric, MissingPoint, Point, Series, Timestamp};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Checks look at no more hours.
const MOST_HOURS: usize = 72;

/// None: no check asks about this metric. Whole days and hours, counted back from `to`. One without points is left out where that
/// does not mean zero.
pub fn usage(catalog: &Catalog, metric: &Metric, series: &Series, from: Timestamp, to: Timestamp) -> Option<Usage> {
    let key = &metric.key;
    let mut asked = catalog.checks().iter().flat_map(|check| check.predicates());
    if !asked.any(|predicate| predicate.asks_use(&key.name, metric.role, &key.statistic)) {
        return None;
    }
    Some(Usage {
        metric: metric.clone(),
        days: spans(metric, series, DAY, from, to, usize::MAX),
        hours: spans(metric, series, HOUR, from, to, MOST_HOURS),
    })
}

/// Takes out what was before its resource is known to exist: nothing came then, but that says nothing.
pub fn trim(usage: &mut [Usage], since: &Since) {
    for usage in usage {
        let since = since.of(&usage.metric.resource);
        let existed = |u: &Use| since.is_some_and(|since| u.start >= since);
        usage.days.retain(existed);
        usage.hours.retain(existed);
    }
}

fn spans(metric: &Metric, series: &Series, length: i64, first: Timestamp, to: Timestamp, most: usize) -> Vec<Use> {
    let starts = (1..).map(|back| to.as_second() - back * length).take(most);
    let starts = starts.take_while(|start| *start >= first.as_second());
    let mut spans: Vec<Use> = starts.filter_map(|start| span(metric, series, start, length)).collect();
    spans.reverse();
    spans
}

fn span(metric: &Metric, series: &Series, start: i64, length: i64) -> Option<Use> {
    let period = i64::from(metric.period.max(1));
    let at = |time: i64| series.0.partition_point(|p| p.time.as_second() < time);
    let inside: &[Point] = &series.0[at(start)..at(start + length)];
    let silent = match metric.missing {
        MissingPoint::Zero => ((length / period).max(1) as usize).saturating_sub(inside.len()),
        MissingPoint::Gap => 0,
    };
    let rate = if metric.key.statistic == "Sum" { period as f64 } else { 1.0 };
    let mut values: Vec<f64> = inside.iter().map(|p| p.value / rate).collect();
    values.resize(inside.len() + silent, 0.0);
    values.sort_by(f64::total_cmp);
    let (lowest, peak) = (*values.first()?, *values.last()?);
    let p95 = values[((values.len() as f64 * 0.95).ceil() as usize).clamp(1, values.len()) - 1];
    Some(Use {
        start: Timestamp::from_second(start).ok()?,
        mean: values.iter().sum::<f64>() / values.len() as f64,
        peak,
        p95,
        lowest,
        total: inside.iter().map(|p| p.value).fold(0.0, |sum, value| sum + value),
        points: values.len() as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::{Inventory, Resource};

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
    fn days(metric: &Metric, points: &[(i64, f64)]) -> Option<Vec<Use>> {
        Some(of(metric, points)?.days)
    }

    fn series(points: &[(i64, f64)]) -> Series {
        Series::new(points.iter().map(|(hours, value)| Point { time: at(-hours), value: *value }))
    }

    fn of(metric: &Metric, points: &[(i64, f64)]) -> Option<Usage> {
        let series = series(points);
        let mut since = Since::default();
        since.saw(metric, &series);
        let mut all = [usage(Catalog::builtin(), metric, &series, at(-14 * 24), at(0))?];
        trim(&mut all, &since);
        let [usage] = all;
        Some(usage)
    }

    #[test]
    fn a_sum_is_a_rate_and_its_silence_is_zero() {
        let consumed = metric("AWS::DynamoDB::Table", "ConsumedWriteCapacityUnits", "Sum");
        let days = days(&consumed, &[(72, 600.0), (3, 120.0), (2, 60.0)]).unwrap();
        assert_eq!(days.iter().map(|d| d.peak).collect::<Vec<_>>(), [10.0, 0.0, 2.0]);
        assert_eq!(days[2].start, at(-24), "days are counted back from the end");
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
        assert_eq!(days.iter().map(|d| (d.start, d.peak)).collect::<Vec<_>>(), [(at(-72), 5.0), (at(-24), 9.0)]);
    }

    #[test]
    fn before_the_first_point_nothing_is_known_and_of_what_no_check_asks_nothing_is_kept() {
        let runs = metric("AWS::Lambda::Function", "ConcurrentExecutions", "Maximum");
        assert_eq!(days(&runs, &[]), Some(vec![]));
        assert_eq!(days(&runs, &[(23, 9.0)]), Some(vec![]), "not a whole day");
        assert_eq!(days(&metric("AWS::Lambda::Function", "Throttles", "Sum"), &[(30, 1.0)]), None);
    }

    #[test]
    fn an_hour_has_its_own_peak_total_and_percentile() {
        let consumed = metric("AWS::DynamoDB::Table", "ConsumedWriteCapacityUnits", "Sum");
        let hours = of(&consumed, &[(80, 60.0), (3, 120.0), (2, 60.0)]).unwrap().hours;
        assert_eq!(hours.len(), 72);
        let third = hours[69];
        assert_eq!((third.start, third.peak, third.p95, third.lowest, third.total), (at(-3), 2.0, 0.0, 0.0, 120.0));
        assert_eq!(third.points, 60);
    }

    #[test]
    fn what_never_came_is_zero_as_long_as_the_resource_is_there() {
        let consumed = metric("AWS::DynamoDB::Table", "ConsumedWriteCapacityUnits", "Sum");
        let age = metric("AWS::Kinesis::Stream", "GetRecords.IteratorAgeMilliseconds", "Maximum");
        let mut inventory = Inventory::default();
        let mut table = Resource::new("AWS::DynamoDB::Table", "shop");
        table.set("created", at(-50).to_string());
        inventory.resources.push(table);
        let read = |metric, points: &[(i64, f64)]| {
            usage(Catalog::builtin(), metric, &series(points), at(-14 * 24), at(0)).unwrap()
        };
        let mut all = [read(&consumed, &[(3, 120.0)]), read(&age, &[(30, 5.0)])];
        trim(&mut all, &Since::created(&inventory));
        assert_eq!(all[0].days.iter().map(|d| d.total).collect::<Vec<_>>(), [0.0, 120.0]);
        assert_eq!(all[0].hours.len(), 50);
        assert_eq!(all[1].days.len(), 0, "of another resource nothing is known");
        let mut since = Since::default();
        since.saw(&consumed, &series(&[(100, 1.0)]));
        assert_eq!(since.of(&consumed.resource), Some(at(-100)));
    }
}
