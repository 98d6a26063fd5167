//! The daily use that capacity checks ask about, taken from the same history that the baselines are fitted on.

use stackseer_catalog::{Catalog, CheckCondition};
use stackseer_insight::DailyUse;
use stackseer_model::{Metric, Series, Timestamp};

const DAY: i64 = 24 * 3600;

/// None: no check asks about this metric. Only whole UTC days count, from the first point on: before it the resource may not
/// have existed.
pub fn daily_use(
    catalog: &Catalog,
    metric: &Metric,
    series: &Series,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<DailyUse>> {
    let asked = catalog.checks().iter().any(|check| match &check.condition {
        CheckCondition::RatioBelow { namespace, metric: name, .. } => {
            *namespace == metric.key.namespace && *name == metric.key.name && metric.key.statistic == "Sum"
        }
        CheckCondition::ConfigIs { .. } => false,
    });
    if !asked {
        return None;
    }
    let period = f64::from(metric.period.max(1));
    let first = series.0.first().map_or(i64::MAX, |p| p.time.as_second()).max(from.as_second());
    let mut day = if first == i64::MAX { return Some(vec![]) } else { (first + DAY - 1).div_euclid(DAY) * DAY };
    let mut days = Vec::new();
    while day + DAY <= to.as_second() {
        let inside =
            || series.0.iter().filter(|p| (day..day + DAY).contains(&p.time.as_second())).map(|p| p.value / period);
        days.push(DailyUse {
            day: Timestamp::from_second(day).unwrap_or(from),
            mean: inside().sum::<f64>() * period / DAY as f64,
            peak: inside().fold(0.0, f64::max),
        });
        day += DAY;
    }
    Some(days)
}
