use crate::{GivenRole, IncidentError, METRICS, Place, Problem, grain};
use stackseer_model::{Application, ChangeEvent, Inventory, Metric, MetricKey, ResourceId, Series, Timestamp};
use std::collections::BTreeMap;

/// All that is known of an application over a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    pub application: Application,
    /// Seconds between two points at least; a metric that is published less often may be so here too.
    pub period: u32,
    /// What is normal is learned from here.
    pub learn: Range,
    /// What the line looks at, tick by tick.
    pub watch: Range,
    pub tick_minutes: u32,
    pub inventory: Inventory,
    pub series: Vec<Recorded>,
    /// In the order of their times.
    pub events: Vec<ChangeEvent>,
}

/// From `from` (inclusive) to `to` (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// One series as it was read. An empty one was read too, and nothing had been published.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Without dimensions: those the catalogue has for the metric.
    pub key: MetricKey,
    pub resource: ResourceId,
    pub resource_type: String,
    /// Where the catalogue doesn't know the metric, or where the folder knows better.
    pub role: Option<GivenRole>,
    pub series: Series,
    /// Line of its first point in `metrics.csv`; 0 where it comes from no file.
    pub line: u64,
}

impl Recorded {
    /// The metric as the folder itself describes it; none without a role.
    fn metric(&self, folder_period: u32) -> Option<Metric> {
        let given = self.role.as_ref()?;
        Some(Metric {
            key: self.key.clone(),
            resource: self.resource.clone(),
            unit: given.unit.clone(),
            role: given.role,
            kind: given.kind,
            bad: given.bad,
            missing: given.missing,
            period: self.period_given(given, folder_period),
            publication_delay: 0,
            opens: given.opens,
            least: given.least,
            out_of: None,
            harms: None,
            at_most: None,
        })
    }

    fn known<'a>(&self, catalogued: &BTreeMap<&ResourceId, Vec<&'a Metric>>) -> Option<&'a Metric> {
        catalogued.get(&self.resource)?.iter().copied().find(|metric| self.is_of(metric))
    }

    /// Whether this is the series of a metric of the catalogue.
    pub(crate) fn is_of(&self, metric: &Metric) -> bool {
        let (own, asked) = (&self.key, &metric.key);
        self.resource == metric.resource
            && own.namespace == asked.namespace
            && own.name == asked.name
            && own.statistic == asked.statistic
            && (own.dimensions.is_empty() || own.dimensions == asked.dimensions)
    }
}

impl Incident {
    /// The metrics to learn and watch: of those the catalogue knows for this inventory the recorded ones, at the folder's
    /// grain, and those the folder itself gives a role. A recorded metric that neither knows is an error, as it would be
    /// silently nothing.
    pub fn metrics(&self, catalogued: &[Metric]) -> Result<Vec<Metric>, IncidentError> {
        let by_resource = by_resource(catalogued);
        let mut metrics = Vec::with_capacity(self.series.len());
        for recorded in &self.series {
            if let Some(metric) = recorded.metric(self.period) {
                metrics.push(metric);
            } else if let Some(known) = recorded.known(&by_resource) {
                metrics.push(Metric { period: recorded.period_of(known, self.period), ..known.clone() });
            } else {
                return Err(IncidentError::Invalid {
                    at: Place {
                        file: METRICS.into(),
                        line: (recorded.line > 0).then_some(recorded.line),
                        field: Some("role".to_owned()),
                    },
                    problem: Problem::UnknownMetric {
                        resource: recorded.resource.to_string(),
                        metric: recorded.key.to_string(),
                    },
                });
            }
        }
        metrics.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(metrics)
    }

    /// Seconds between two points of the finest of its series; none where there are too few to tell.
    pub fn grain(&self) -> Option<u32> {
        grain::of(self.series.iter().map(|recorded| &recorded.series))
    }

    /// How many series have a point in the range.
    pub fn with_points(&self, range: Range) -> usize {
        let has = |r: &&Recorded| r.series.0.iter().any(|p| (range.from..range.to).contains(&p.time));
        self.series.iter().filter(has).count()
    }

    /// Leaves out what neither the catalogue nor the series itself describes: an account has more metrics than are watched.
    pub fn keep_described(&mut self, catalogued: &[Metric]) {
        let by_resource = by_resource(catalogued);
        self.series.retain(|recorded| recorded.role.is_some() || recorded.known(&by_resource).is_some());
    }

    /// When the line looks: every tick within the watched range, and its end.
    pub fn ticks(&self) -> impl Iterator<Item = Timestamp> + use<> {
        self.ticks_in(self.watch)
    }

    /// The same within another range.
    pub fn ticks_in(&self, range: Range) -> impl Iterator<Item = Timestamp> + use<> {
        let (from, to) = (range.from.as_second(), range.to.as_second());
        let tick = i64::from(self.tick_minutes.max(1)) * 60;
        (1..=(to - from + tick - 1).div_euclid(tick))
            .filter_map(move |n| Timestamp::from_second((from + n * tick).min(to)).ok())
    }
}

fn by_resource(catalogued: &[Metric]) -> BTreeMap<&ResourceId, Vec<&Metric>> {
    let mut by_resource: BTreeMap<&ResourceId, Vec<&Metric>> = BTreeMap::new();
    for metric in catalogued {
        by_resource.entry(&metric.resource).or_default().push(metric);
    }
    by_resource
}
