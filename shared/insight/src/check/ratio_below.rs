//! A provisioned limit that is hardly used.

use super::{CheckAnswer, DailyUse, Failure};
use crate::text;
use stackseer_model::{Direction, Evidence, Metric, MetricEvidence, Resource};
use std::collections::BTreeMap;

pub struct Wanted<'a> {
    pub limit: &'a str,
    pub share: f64,
    pub days: u32,
    pub target: f64,
}

pub fn answer(resource: &Resource, usage: Option<&(Metric, Vec<DailyUse>)>, wanted: &Wanted<'_>) -> CheckAnswer {
    let Some(limit) = resource.number(wanted.limit).filter(|limit| *limit > 0.0) else {
        return CheckAnswer::Unknown(format!("{} of {} is not known", wanted.limit, resource.name));
    };
    let Some((metric, days)) = usage else {
        return CheckAnswer::Unknown(format!("the use of {} was not read", resource.name));
    };
    if days.len() < wanted.days as usize {
        return CheckAnswer::Unknown(format!("{} days of use are known, {} are needed", days.len(), wanted.days));
    }
    let peak = days.iter().map(|d| d.peak).fold(0.0, f64::max);
    // Just enough that the highest use seen stays at the target.
    let recommended = (peak / wanted.target).ceil().max(1.0);
    if peak > limit * wanted.share || recommended >= limit {
        return CheckAnswer::Pass;
    }
    let percent = |share: f64| text::number((share * 1000.0).round() / 10.0);
    CheckAnswer::Fail(Box::new(Failure {
        evidence: Evidence::Metric(MetricEvidence {
            metric: metric.clone(),
            direction: Direction::Down,
            peak,
            expected: limit,
            score: 0.0,
            limit: Some(limit),
            series: vec![],
        }),
        since: days.first().map(|d| d.day),
        values: BTreeMap::from([
            ("days", days.len().to_string()),
            ("share", percent(wanted.share)),
            ("use", percent(peak / limit)),
            ("peak", text::number(peak)),
            ("limit", text::number(limit)),
            ("target", percent(wanted.target)),
            ("recommended", text::number(recommended)),
        ]),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_model::*;

    fn table(limit: &str) -> Resource {
        let mut table = Resource::new("AWS::DynamoDB::Table", "orders");
        table.set("write_capacity", limit);
        table
    }

    fn usage(days: usize, peak: f64) -> (Metric, Vec<DailyUse>) {
        let metric = Metric {
            key: MetricKey {
                namespace: "AWS/DynamoDB".into(),
                name: "ConsumedWriteCapacityUnits".into(),
                dimensions: BTreeMap::new(),
                statistic: "Sum".into(),
            },
            resource: ResourceId("t".into()),
            unit: "Count".into(),
            role: Role::Traffic,
            kind: Kind::Count,
            bad: BadDirection::Both,
            missing: MissingPoint::Zero,
            period: 60,
            publication_delay: 60,
            opens: false,
            least: 0.0,
        };
        (metric, vec![DailyUse { day: Timestamp::UNIX_EPOCH, mean: peak / 2.0, peak }; days])
    }

    const WANTED: Wanted<'static> = Wanted { limit: "write_capacity", share: 0.1, days: 7, target: 0.65 };

    #[test]
    fn recommends_what_holds_the_peak_at_the_target() {
        let CheckAnswer::Fail(failure) = answer(&table("100"), Some(&usage(10, 6.5)), &WANTED) else { panic!("fails") };
        assert_eq!(failure.values["recommended"], "10");
        assert_eq!(failure.values["use"], "6.5");
        assert_eq!(failure.values["days"], "10");
    }

    #[test]
    fn a_used_table_passes_and_a_single_busy_day_is_enough() {
        let (metric, mut days) = usage(10, 1.0);
        days[4].peak = 40.0;
        assert_eq!(answer(&table("100"), Some(&(metric, days)), &WANTED), CheckAnswer::Pass);
    }

    #[test]
    fn a_table_that_can_be_no_smaller_passes() {
        assert_eq!(answer(&table("1"), Some(&usage(10, 0.0)), &WANTED), CheckAnswer::Pass);
    }

    #[test]
    fn what_was_not_seen_is_unknown() {
        let unknown = |answer: CheckAnswer| matches!(answer, CheckAnswer::Unknown(_));
        assert!(unknown(answer(&table("100"), Some(&usage(6, 1.0)), &WANTED)));
        assert!(unknown(answer(&table("100"), None, &WANTED)));
        assert!(unknown(answer(&Resource::new("AWS::DynamoDB::Table", "t"), Some(&usage(10, 1.0)), &WANTED)));
    }
}
