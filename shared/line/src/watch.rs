//! One application, one window: collect → detect → plan.

use crate::WINDOW_MINUTES;
use crate::learn::{Fitted, Learned, points};
use stackseer_catalog::Catalog;
use stackseer_detect::{Detection, Point, Requests, detect, detect_share, is_suspicious};
use stackseer_insight::{
    CheckSituation, Observed, Outcome, Plan, Releases, Repeats, Situation, is_news, plan, plan_checks,
};
use stackseer_model::ports::{Ask, EventHistory, EventSource, MOST_IN_PAGE, MetricSource, PortError};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The application's changes in the window and the hour before, each release with its verdict once it has one.
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
    /// The application's changes as they are kept: what was judged stays.
    pub kept: &'a [ChangeEvent],
    pub now: Timestamp,
    pub reach: Reach,
    pub repeats: Repeats,
}

pub async fn watch(
    metrics: &impl MetricSource,
    events: &impl EventSource,
    about: &Watch<'_>,
) -> Result<Watched, PortError> {
    let Watch { catalog, application, learned, known, kept, now, reach, repeats } = *about;
    let window_start = minutes_before(now, WINDOW_MINUTES);
    let mut watched = Watched::default();
    let (symptoms, context): (Vec<&Metric>, Vec<&Metric>) =
        learned.metrics.iter().partition(|m| m.opens || reach == Reach::Everything);
    let mut window = Window::new(learned, window_start, now);
    window.read(metrics, &symptoms, &mut watched).await?;
    // How many failures are many depends on the requests, which are read where something fails.
    window.read(metrics, &window.suspected_of(), &mut watched).await?;
    let mut changes = match events
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
    let inventory = &learned.inventory;
    recall(&mut changes, kept, known);
    let released = judge(metrics, about, &mut changes, &mut window, &mut watched).await?;
    let releases = Releases { catalog, inventory, metrics: &learned.metrics, events: &changes, window_start, now };
    let mut observed = window.observed(&symptoms);
    releases.add_worsened(&released, &window.series, &mut observed);
    let unobserved = Situation {
        now,
        window_start,
        application,
        inventory,
        observed: &[],
        events: &changes,
        known,
        catalog,
        repeats,
    };
    // What is told already needs no explanation, though the window still shows it.
    if is_news(&Situation { observed: &observed, ..unobserved }) {
        window.read(metrics, &context, &mut watched).await?;
        observed = window.observed(&learned.metrics.iter().collect::<Vec<_>>());
        releases.add_worsened(&released, &window.series, &mut observed);
    }
    watched.unseen.extend(observed.iter().filter_map(|o| match &o.outcome {
        Outcome::Unknown(unseen) => Some(unseen.clone()),
        Outcome::Read { .. } => None,
    }));
    watched.watching = learned.watching.iter().map(|state| state.clone().seen(&watched.published)).collect();
    watched.plan = plan(&Situation { observed: &observed, ..unobserved });
    say_watched(&mut watched.plan, &watched.watching);
    watched.changes = changes;
    Ok(watched)
}

/// The changes that a watch at `now` will find again.
pub async fn kept_events(
    store: &impl EventHistory,
    application: &ApplicationId,
    now: Timestamp,
) -> Result<Vec<ChangeEvent>, PortError> {
    let from = minutes_before(now, WINDOW_MINUTES + EVENTS_BEFORE_MINUTES);
    let ask = Ask::newest(MOST_IN_PAGE).within(Some(from), Some(now));
    Ok(store.list_events(application, &ask).await?.items)
}

/// What was judged before, as it is kept or an open insight remembers it.
fn recall(changes: &mut [ChangeEvent], kept: &[ChangeEvent], known: &[Insight]) {
    let remembered = || kept.iter().chain(known.iter().flat_map(|insight| &insight.events));
    for change in changes {
        change.verdict =
            remembered().find(|e| e.id == change.id && e.verdict.is_some()).and_then(|e| e.verdict.clone());
    }
}

/// Judges the releases of which it is time, and reads what tells whether those that made something worse still do. The answer:
/// all releases that are known, those of open insights too.
async fn judge<'a>(
    metrics: &impl MetricSource,
    about: &Watch<'a>,
    changes: &mut [ChangeEvent],
    window: &mut Window<'a>,
    watched: &mut Watched,
) -> Result<Vec<ChangeEvent>, PortError> {
    let Watch { catalog, learned, known, now, .. } = *about;
    let unjudged = changes.to_vec();
    let releases = Releases {
        catalog,
        inventory: &learned.inventory,
        metrics: &learned.metrics,
        events: &unjudged,
        window_start: window.from,
        now,
    };
    for event in releases.due() {
        window.read(metrics, &releases.wanted(event), watched).await?;
        let verdict = releases.judge(event, &window.series);
        changes.iter_mut().filter(|change| change.id == event.id).for_each(|change| change.verdict = verdict.clone());
    }
    let mut released = changes.to_vec();
    let remembered =
        known.iter().filter(|insight| insight.status == Status::Ongoing).flat_map(|insight| &insight.events);
    released.extend(remembered.filter(|e| changes.iter().all(|c| c.id != e.id)).cloned());
    window.read(metrics, &releases.wanted_of_worse(&released), watched).await?;
    Ok(released)
}

/// The proactive checks, on what learning has seen.
pub fn check(
    catalog: &Catalog,
    application: &Application,
    learned: &Learned,
    known: &[Insight],
    settings: &Settings,
    now: Timestamp,
) -> Plan {
    let mut plan = plan_checks(&CheckSituation {
        now,
        application,
        inventory: &learned.inventory,
        usage: &learned.usage,
        since: &learned.since,
        settings: &settings.checks,
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

/// What the metrics showed in the window.
struct Window<'a> {
    learned: &'a Learned,
    of_resource: BTreeMap<&'a ResourceId, Vec<&'a Metric>>,
    from: Timestamp,
    now: Timestamp,
    series: BTreeMap<&'a MetricKey, Result<Vec<Point>, Unseen>>,
}

impl<'a> Window<'a> {
    fn new(learned: &'a Learned, from: Timestamp, now: Timestamp) -> Self {
        let mut of_resource: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for metric in &learned.metrics {
            of_resource.entry(&metric.resource).or_default().push(metric);
        }
        Self { learned, of_resource, from, now, series: BTreeMap::new() }
    }

    /// Each metric once.
    async fn read(
        &mut self,
        source: &impl MetricSource,
        metrics: &[&'a Metric],
        watched: &mut Watched,
    ) -> Result<(), PortError> {
        let metrics: Vec<&Metric> = metrics.iter().copied().filter(|m| !self.series.contains_key(&m.key)).collect();
        if metrics.is_empty() {
            return Ok(());
        }
        let answer = source.read(&metrics, self.from, self.now).await?;
        watched.calls += answer.calls;
        watched.metrics_read += billed(metrics.iter().map(|m| &m.key));
        for (metric, read) in metrics.iter().zip(answer.series) {
            let read = read.map(|series| points(&series));
            if read.as_ref().is_ok_and(|points| !points.is_empty()) {
                watched.published.insert(metric.resource.clone());
            }
            self.series.insert(&metric.key, read);
        }
        Ok(())
    }

    /// The traffic of what fails more than it does by chance, whatever the traffic.
    fn suspected_of(&self) -> Vec<&'a Metric> {
        let suspicious = |metric: &&Metric| {
            let (Some(Ok(points)), Some(fitted)) =
                (self.series.get(&metric.key), self.learned.baselines.get(&metric.key))
            else {
                return false;
            };
            is_suspicious(&fitted.baseline, points, self.from.as_second(), self.until(metric))
        };
        let failing = self.learned.metrics.iter().filter(|m| m.out_of.is_some()).filter(suspicious);
        failing.filter_map(|metric| self.requests_of(metric)).collect()
    }

    /// The metric that counts the requests out of which this one's events come.
    fn requests_of(&self, metric: &Metric) -> Option<&'a Metric> {
        let name = metric.out_of.as_ref()?;
        self.of_resource.get(&metric.resource)?.iter().copied().find(|other| {
            other.key.name == *name
                && other.role == Role::Traffic
                && other.period == metric.period
                && other.key.dimensions == metric.key.dimensions
                && matches!(other.key.statistic.as_str(), "Sum" | "SampleCount")
        })
    }

    /// What AWS has not published yet must not be taken for zero.
    fn until(&self, metric: &Metric) -> i64 {
        let period = i64::from(metric.period.max(1));
        (self.now.as_second() - i64::from(metric.publication_delay)).div_euclid(period) * period
    }

    fn observed(&self, metrics: &[&Metric]) -> Vec<Observed> {
        let known = metrics.iter().filter_map(|metric| Some((*metric, self.series.get(&metric.key)?)));
        known
            .map(|(metric, read)| {
                let outcome = match (read, self.learned.baselines.get(&metric.key)) {
                    (Ok(points), Some(fitted)) => Outcome::Read {
                        detection: self.detection(metric, fitted, points),
                        warm: fitted.baseline.is_warm(),
                    },
                    (Ok(_), None) => Outcome::Unknown(not_learned(self.learned, metric)),
                    (Err(unseen), _) => Outcome::Unknown(unseen.clone()),
                };
                Observed { metric: metric.clone(), outcome }
            })
            .collect()
    }

    fn detection(&self, metric: &Metric, fitted: &Fitted, points: &[Point]) -> Detection {
        let (from, until) = (self.from.as_second(), self.until(metric));
        let requests = self.requests_of(metric).and_then(|requests| {
            let window = self.series.get(&requests.key)?.as_ref().ok()?;
            let baseline = &self.learned.baselines.get(&requests.key)?.baseline;
            Some(Requests { baseline, window })
        });
        match requests {
            Some(requests) => detect_share(&fitted.baseline, points, requests, from, until),
            None => detect(&fitted.baseline, points, from, until),
        }
    }
}

fn not_learned(learned: &Learned, metric: &Metric) -> Unseen {
    let unlearned =
        || Unseen { what: metric.key.to_string(), action: None, reason: "its normal is not learned yet".to_owned() };
    learned.unseen.get(&metric.key).cloned().unwrap_or_else(unlearned)
}

fn minutes_before(time: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() - minutes * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}
