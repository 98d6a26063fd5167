//! One application, one window: collect → detect → plan.

use crate::WINDOW_MINUTES;
use crate::learn::{Fitted, Learned, points};
use stackseer_catalog::Catalog;
use stackseer_detect::detect;
use stackseer_insight::{CheckSituation, Observed, Outcome, Plan, Repeats, Situation, is_news, plan, plan_checks};
use stackseer_model::ports::{EventSource, MetricSource, PortError};
use stackseer_model::*;
use std::collections::BTreeSet;

/// Changes this long before the window may still explain what begins in it.
const EVENTS_BEFORE_MINUTES: i64 = 60;

/// Which metrics a watch reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that can open an insight, and the rest only when one of them looks wrong or an insight is open: what keeps the
    /// bill small.
    SymptomsFirst,
    Everything,
}

#[derive(Debug, Clone, Default)]
pub struct Watched {
    pub plan: Plan,
    /// The application's changes in the window and the hour before.
    pub changes: Vec<ChangeEvent>,
    /// What could not be read in this window.
    pub unseen: Vec<Unseen>,
    /// The inventory's resources, watched or not: as learned, and what has published in this window is watched.
    pub watching: Vec<ResourceState>,
    pub metrics_read: usize,
    pub calls: u32,
    /// The resources that published in this window.
    published: BTreeSet<ResourceId>,
}

/// What a watch is about.
pub struct Watch<'a> {
    pub catalog: &'a Catalog,
    pub application: &'a Application,
    pub learned: &'a Learned,
    /// Open insights, and those closed in the last seven days.
    pub known: &'a [Insight],
    pub now: Timestamp,
    pub reach: Reach,
    pub repeats: Repeats,
}

pub async fn watch(
    metrics: &impl MetricSource,
    events: &impl EventSource,
    about: &Watch<'_>,
) -> Result<Watched, PortError> {
    let Watch { catalog, application, learned, known, now, reach, repeats } = *about;
    let window_start = minutes_before(now, WINDOW_MINUTES);
    let mut watched = Watched::default();
    let (symptoms, context): (Vec<&Metric>, Vec<&Metric>) =
        learned.metrics.iter().partition(|m| m.opens || reach == Reach::Everything);
    let mut observed = observe(metrics, learned, &symptoms, window_start, now, &mut watched).await?;
    let inventory = &learned.inventory;
    let unseen =
        Situation { now, window_start, application, inventory, observed: &[], events: &[], known, catalog, repeats };
    // What is told already needs no explanation, though the window still shows it.
    if is_news(&Situation { observed: &observed, ..unseen }) {
        observed.extend(observe(metrics, learned, &context, window_start, now, &mut watched).await?);
    }
    let changes = match events
        .change_events(&learned.inventory, minutes_before(window_start, EVENTS_BEFORE_MINUTES), now)
        .await
    {
        Ok(changes) => changes,
        Err(error) => {
            // Metrics alone still tell that something is wrong.
            watched.unseen.push(Unseen { what: "change events".to_owned(), action: None, reason: error.to_string() });
            vec![]
        }
    };
    watched.watching = learned.watching.iter().map(|state| state.clone().seen(&watched.published)).collect();
    watched.plan = plan(&Situation { observed: &observed, events: &changes, ..unseen });
    say_watched(&mut watched.plan, &watched.watching);
    watched.changes = changes;
    Ok(watched)
}

/// The proactive checks, on what learning has seen.
pub fn check(
    catalog: &Catalog,
    application: &Application,
    learned: &Learned,
    known: &[Insight],
    now: Timestamp,
) -> Plan {
    let mut plan = plan_checks(&CheckSituation {
        now,
        application,
        inventory: &learned.inventory,
        usage: &learned.usage,
        known,
        catalog,
    });
    say_watched(&mut plan, &learned.watching);
    plan
}

/// Each message tells how much of the application is watched, where that is known: not of one that is gone.
pub(crate) fn say_watched(plan: &mut Plan, states: &[ResourceState]) {
    let counts = Some(states.iter().collect()).filter(|counts: &WatchingCounts| counts.all() > 0);
    plan.messages.iter_mut().for_each(|message| message.watching = counts);
}

async fn observe(
    source: &impl MetricSource,
    learned: &Learned,
    metrics: &[&Metric],
    from: Timestamp,
    now: Timestamp,
    watched: &mut Watched,
) -> Result<Vec<Observed>, PortError> {
    if metrics.is_empty() {
        return Ok(vec![]);
    }
    let answer = source.read(metrics, from, now).await?;
    watched.calls += answer.calls;
    watched.metrics_read += metrics.len();
    let mut observed = Vec::with_capacity(metrics.len());
    for (metric, read) in metrics.iter().zip(answer.series) {
        if read.as_ref().is_ok_and(|series| !series.0.is_empty()) {
            watched.published.insert(metric.resource.clone());
        }
        let outcome = match (read, learned.baselines.get(&metric.key)) {
            (Ok(series), Some(Fitted { baseline, .. })) => {
                // What AWS has not published yet must not be taken for zero.
                let period = i64::from(metric.period.max(1));
                let until = (now.as_second() - i64::from(metric.publication_delay)).div_euclid(period) * period;
                Outcome::Read {
                    detection: detect(baseline, &points(&series), from.as_second(), until),
                    warm: baseline.is_warm(),
                }
            }
            (Ok(_), None) => {
                let unlearned = || Unseen {
                    what: metric.key.to_string(),
                    action: None,
                    reason: "its normal is not learned yet".to_owned(),
                };
                Outcome::Unknown(learned.unseen.get(&metric.key).cloned().unwrap_or_else(unlearned))
            }
            (Err(unseen), _) => Outcome::Unknown(unseen),
        };
        if let Outcome::Unknown(unseen) = &outcome {
            watched.unseen.push(unseen.clone());
        }
        observed.push(Observed { metric: (*metric).clone(), outcome });
    }
    Ok(observed)
}

fn minutes_before(time: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() - minutes * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}
