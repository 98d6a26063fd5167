//! History → baselines.

use crate::usage::{trim, usage};
use stackseer_catalog::Catalog;
use stackseer_detect::{Baseline, BaselineError, fit};
use stackseer_insight::{Since, Usage};
use stackseer_model::ports::{MetricSource, PortError};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Metrics whose history is held in memory at once: 50 × a fortnight of minutes is 16 MB.
const AT_ONCE: usize = 50;
/// A baseline older than this is fitted again. Less than the day between two learnings, so that each of them fits all anew, and
/// one in between reads only what is new or was left over: CloudWatch bills each metric read.
const FRESH_HOURS: i64 = 20;

/// What is known about an application before a window is looked at.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// False: it ended before every metric's history was read, or the application is just being changed.
    pub complete: bool,
    pub inventory: Inventory,
    pub metrics: Vec<Metric>,
    pub baselines: Baselines,
    /// Use of what the checks ask about, and since when its resources are there.
    pub usage: Vec<Usage>,
    pub since: Since,
    /// What could not be learned, and why.
    pub unseen: BTreeMap<MetricKey, Unseen>,
    /// The inventory's resources, watched or not.
    pub watching: Vec<ResourceState>,
    pub metrics_read: usize,
    pub calls: u32,
}

pub type Baselines = BTreeMap<MetricKey, Fitted>;

#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The end of the history it was fitted on.
    pub at: Timestamp,
    /// Whether that history had a point.
    pub published: bool,
    pub baseline: Baseline,
}

/// What to learn from.
pub struct History<'a> {
    pub catalog: &'a Catalog,
    pub sensitivity: Sensitivity,
    pub from: Timestamp,
    pub to: Timestamp,
    /// What was learned before. What is fresh of it is not read again; the rest holds until it is.
    pub known: Baselines,
}

impl History<'_> {
    fn is_fresh(&self, metric: &Metric) -> bool {
        self.known.get(&metric.key).is_some_and(|fitted| {
            self.to.as_second() - fitted.at.as_second() < FRESH_HOURS * 3600
                && *fitted.baseline.settings() == settings(metric, self.sensitivity)
        })
    }

    /// What is to be read, most wanted first: what has no baseline yet, and what can open an insight.
    fn wanted<'m>(&self, metrics: &'m [Metric]) -> Vec<&'m Metric> {
        let mut wanted: Vec<&Metric> = metrics.iter().filter(|m| !self.is_fresh(m)).collect();
        wanted.sort_by_key(|m| (self.known.contains_key(&m.key), !m.opens));
        wanted
    }
}

/// Fits the metrics' baselines. `progress` is told after each batch how many are done, and may end it there: then what
/// was fitted so far is the answer, as it is when CloudWatch takes no more.
pub async fn learn(
    source: &impl MetricSource,
    mut history: History<'_>,
    inventory: Inventory,
    metrics: Vec<Metric>,
    mut progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Learned, PortError> {
    let (from, to) = (history.from, history.to);
    let keys: BTreeSet<&MetricKey> = metrics.iter().map(|m| &m.key).collect();
    history.known.retain(|key, fitted| keys.contains(key) && fitted.at > from);
    let wanted = history.wanted(&metrics);
    let known = std::mem::take(&mut history.known);
    let fresh = metrics.len() - wanted.len();
    let since = Since::created(&inventory);
    let mut learned = Learned { inventory, baselines: known, since, ..Learned::default() };
    let mut may_be_retried = false;
    for batch in wanted.chunks(AT_ONCE) {
        let answer = match source.read(batch, from, to).await {
            Ok(answer) => answer,
            Err(error @ PortError::Transient { .. }) if learned.metrics_read > 0 => {
                let unseen = |m: &&Metric| (m.key.clone(), not_read(m, &error));
                learned.unseen.extend(batch.iter().map(unseen));
                break;
            }
            Err(error) => return Err(error),
        };
        learned.calls += answer.calls;
        learned.metrics_read += batch.len();
        may_be_retried |= answer.may_be_retried;
        for (metric, read) in batch.iter().zip(answer.series) {
            match read {
                Ok(series) => {
                    let settings = settings(metric, history.sensitivity);
                    let baseline = fit(&settings, &points(&series), from.as_second(), to.as_second());
                    learned
                        .baselines
                        .insert(metric.key.clone(), Fitted { at: to, published: !series.0.is_empty(), baseline });
                    learned.since.saw(metric, &series);
                    learned.usage.extend(usage(history.catalog, metric, &series, from, to));
                }
                Err(unseen) => {
                    learned.unseen.insert(metric.key.clone(), unseen);
                }
            }
        }
        if progress(fresh + learned.metrics_read).is_break() {
            break;
        }
    }
    trim(&mut learned.usage, &learned.since);
    learned.complete = learned.metrics_read == wanted.len() && !may_be_retried && !learned.inventory.is_changing;
    let published = |metric: &Metric| Some(learned.baselines.get(&metric.key)?.published);
    learned.watching = history.catalog.watching(&learned.inventory, &metrics, published);
    learned.metrics = metrics;
    Ok(learned)
}

fn not_read(metric: &Metric, error: &PortError) -> Unseen {
    Unseen { what: metric.key.to_string(), action: None, reason: error.to_string() }
}

/// As a store keeps it.
pub fn to_keep(learned: Learned, at: Timestamp) -> Learning {
    let kept = |Fitted { at, published, baseline }: Fitted| KeptBaseline { at, published, bytes: baseline.to_bytes() };
    let baselines = learned.baselines.into_iter().map(|(key, fitted)| (key, kept(fitted))).collect();
    let Learned { complete, inventory, metrics, unseen, watching, .. } = learned;
    Learning { at, complete, inventory, metrics, baselines, unseen, watching }
}

/// An error: learned by a version whose baselines can't be read any more, so that it must be learned again.
pub fn restored(kept: Learning) -> Result<Learned, BaselineError> {
    let fitted = |KeptBaseline { at, published, bytes }: KeptBaseline| {
        Baseline::from_bytes(&bytes).map(|baseline| Fitted { at, published, baseline })
    };
    let baselines = kept.baselines.into_iter().map(|(key, kept)| Ok((key, fitted(kept)?))).collect::<Result<_, _>>()?;
    let Learning { complete, inventory, metrics, unseen, watching, .. } = kept;
    Ok(Learned { complete, inventory, metrics, baselines, unseen, watching, ..Learned::default() })
}

pub(crate) fn points(series: &Series) -> Vec<stackseer_detect::Point> {
    series.0.iter().map(|p| stackseer_detect::Point { time: p.time.as_second(), value: p.value }).collect()
}

fn settings(metric: &Metric, sensitivity: Sensitivity) -> stackseer_detect::Settings {
    use stackseer_detect as detect;
    detect::Settings {
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
            BadDirection::Absent => detect::Bad::Absent,
        },
        least: metric.least,
        sensitivity: crate::settings::sensitivity(sensitivity),
    }
}
