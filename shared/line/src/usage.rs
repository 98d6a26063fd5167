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
