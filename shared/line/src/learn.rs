//! History → baselines.

use crate::usage::daily_use;
use stackseer_catalog::Catalog;
use stackseer_detect::{Baseline, Settings, fit};
use stackseer_insight::DailyUse;
use stackseer_model::ports::{MetricSource, PortError};
use stackseer_model::*;
use std::collections::BTreeMap;

/// Metrics whose history is held in memory at once: 50 × a fortnight of minutes is 16 MB.
const AT_ONCE: usize = 50;

/// What is known about an application before a window is looked at.
#[derive(Debug, Clone)]
pub struct Learned {
    pub inventory: Inventory,
    pub metrics: Vec<Metric>,
    pub baselines: BTreeMap<MetricKey, Baseline>,
    /// Daily use of what the checks ask about.
    pub usage: Vec<(Metric, Vec<DailyUse>)>,
    /// What could not be learned, and why.
    pub unseen: BTreeMap<MetricKey, Unseen>,
    pub calls: u32,
}

/// Fits every metric's baseline on `from..to`. `progress` is told after each batch how many metrics are done.
pub async fn learn(
    source: &impl MetricSource,
    catalog: &Catalog,
    inventory: Inventory,
    metrics: Vec<Metric>,
    from: Timestamp,
    to: Timestamp,
    mut progress: impl FnMut(usize),
) -> Result<Learned, PortError> {
    let mut learned =
        Learned { inventory, metrics, baselines: BTreeMap::new(), usage: vec![], unseen: BTreeMap::new(), calls: 0 };
    let mut done = 0;
    for batch in learned.metrics.chunks(AT_ONCE) {
        let asked: Vec<&Metric> = batch.iter().collect();
        let answer = source.read(&asked, from, to).await?;
        learned.calls += answer.calls;
        for (metric, read) in batch.iter().zip(answer.series) {
            match read {
                Ok(series) => {
                    learned.baselines.insert(
                        metric.key.clone(),
                        fit(&settings(metric), &points(&series), from.as_second(), to.as_second()),
                    );
                    if let Some(days) = daily_use(catalog, metric, &series, from, to) {
                        learned.usage.push((metric.clone(), days));
                    }
                }
                Err(unseen) => {
                    learned.unseen.insert(metric.key.clone(), unseen);
                }
            }
        }
        done += batch.len();
        progress(done);
    }
    Ok(learned)
}

pub(crate) fn points(series: &Series) -> Vec<stackseer_detect::Point> {
    series.0.iter().map(|p| stackseer_detect::Point { time: p.time.as_second(), value: p.value }).collect()
}

pub(crate) fn settings(metric: &Metric) -> Settings {
    use stackseer_detect as detect;
    Settings {
        kind: match metric.kind {
            Kind::Count => detect::Kind::Count,
            Kind::Latency => detect::Kind::Latency,
            Kind::Gauge => detect::Kind::Gauge,
            Kind::Ratio => detect::Kind::Ratio,
            Kind::Sparse => detect::Kind::Sparse,
        },
        period: metric.period,
        missing: match metric.missing {
            MissingPoint::Zero => detect::Missing::Zero,
            MissingPoint::Gap => detect::Missing::Gap,
        },
        bad: match metric.bad {
            BadDirection::Up => detect::Bad::Up,
            BadDirection::Down => detect::Bad::Down,
            BadDirection::Both => detect::Bad::Both,
        },
        least: metric.least,
        sensitivity: detect::Sensitivity::Medium,
    }
}
