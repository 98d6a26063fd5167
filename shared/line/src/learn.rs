//! History → baselines.

use crate::usage::daily_use;
use stackseer_catalog::Catalog;
use stackseer_detect::{Baseline, BaselineError, Sensitivity, Settings, fit};
use stackseer_insight::DailyUse;
use stackseer_model::ports::{MetricSource, PortError};
use stackseer_model::*;
use std::collections::BTreeMap;

/// Metrics whose history is held in memory at once: 50 × a fortnight of minutes is 16 MB.
const AT_ONCE: usize = 50;

/// What is known about an application before a window is looked at.
#[derive(Debug, Clone, Default)]
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
#[expect(clippy::too_many_arguments, reason = "each is a different thing, and all are needed")]
pub async fn learn(
    source: &impl MetricSource,
    catalog: &Catalog,
    inventory: Inventory,
    metrics: Vec<Metric>,
    sensitivity: Sensitivity,
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
                        fit(&settings(metric, sensitivity), &points(&series), from.as_second(), to.as_second()),
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

/// As a store keeps it.
pub(crate) fn to_keep(learned: Learned, at: Timestamp) -> Learning {
    let baselines = learned.baselines.into_iter().map(|(key, baseline)| (key, baseline.to_bytes())).collect();
    Learning { at, inventory: learned.inventory, metrics: learned.metrics, baselines, unseen: learned.unseen }
}

/// An error: learned by a version whose baselines can't be read any more, so that it must be learned again.
pub(crate) fn restored(kept: Learning) -> Result<Learned, BaselineError> {
    let baselines = kept
        .baselines
        .into_iter()
        .map(|(key, bytes)| Ok((key, Baseline::from_bytes(&bytes)?)))
        .collect::<Result<_, BaselineError>>()?;
    let Learning { inventory, metrics, unseen, .. } = kept;
    Ok(Learned { inventory, metrics, baselines, usage: vec![], unseen, calls: 0 })
}

pub(crate) fn points(series: &Series) -> Vec<stackseer_detect::Point> {
    series.0.iter().map(|p| stackseer_detect::Point { time: p.time.as_second(), value: p.value }).collect()
}

fn settings(metric: &Metric, sensitivity: Sensitivity) -> Settings {
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
        sensitivity,
    }
}
