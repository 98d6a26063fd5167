//! Lists of what was found, read a page at a time. Each list has one order that all stores share; a page ends at a
//! [`Position`] in it, so that what is written meanwhile neither moves nor doubles what follows.

use super::PortError;
use crate::*;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::future::Future;

/// A place in a list's order: the time the list is ordered by, and what tells two of one time apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Epoch seconds.
    pub second: i64,
    pub id: String,
}

impl Position {
    pub fn new(time: Timestamp, id: &str) -> Self {
        Self { second: time.as_second().max(0), id: id.to_owned() }
    }
}

/// Which part of a list to read: the newest first, at most `limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// By the list's own time, in whole seconds; none: from the very first.
    pub from: Option<Timestamp>,
    /// Exclusive; none: to the very last.
    pub to: Option<Timestamp>,
    /// Where the page before ended.
    pub after: Option<Position>,
    /// At least one is read, and no more than [`MOST_IN_PAGE`].
    pub limit: usize,
}

pub const MOST_IN_PAGE: usize = 500;

impl Ask {
    /// The first page of the whole list.
    pub fn newest(limit: usize) -> Self {
        Self { from: None, to: None, after: None, limit }
    }

    pub fn within(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        Self { from, to, ..self }
    }

    pub fn after(self, position: Option<Position>) -> Self {
        Self { after: position, ..self }
    }

    pub fn limit(&self) -> usize {
        self.limit.clamp(1, MOST_IN_PAGE)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page goes on; there may turn out to be nothing. None: this was the last.
    pub next: Option<Position>,
}

/// The lists of insights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InsightList {
    /// By start.
    Status { scope: Scope, insight_type: InsightType, status: Status },
    /// Open and closed, by start.
    Started { scope: Scope, insight_type: InsightType },
    /// Closed, by end.
    Ended { scope: Scope, insight_type: InsightType },
    /// Of both types, open and closed, by start.
    Application(ApplicationId),
}

impl InsightList {
    /// Where the insight stands in this list; none: it isn't in it.
    pub fn position(&self, insight: &InsightSummary) -> Option<Position> {
        let is_of =
            |scope: &Scope, kind: &InsightType| insight.application.scope() == *scope && insight.insight_type == *kind;
        let time = match self {
            Self::Status { scope, insight_type, status } => {
                (is_of(scope, insight_type) && insight.status == *status).then_some(insight.start_time)
            }
            Self::Started { scope, insight_type } => is_of(scope, insight_type).then_some(insight.start_time),
            Self::Ended { scope, insight_type } => insight.ended().filter(|_| is_of(scope, insight_type)),
            Self::Application(id) => (insight.application.id == *id).then_some(insight.start_time),
        };
        time.map(|time| Position::new(time, insight.id.as_str()))
    }
}

/// The anomalies whose series are read with their insight. They are most of what is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charts<'a> {
    None,
    Of(&'a [AnomalyId]),
}

impl Charts<'_> {
    pub fn has(&self, anomaly: &AnomalyId) -> bool {
        match self {
            Self::None => false,
            Self::Of(anomalies) => anomalies.contains(anomaly),
        }
    }
}

/// Insights for who looks back. A list may be a second behind what was committed.
pub trait InsightHistory: Sync {
    fn list_insights(
        &self,
        list: &InsightList,
        ask: &Ask,
    ) -> impl Future<Output = Result<Page<InsightSummary>, PortError>> + Send;

    /// How many began and ended from the first to the last day, both included, by application; without those of which none did.
    /// It may be a second behind what was committed.
    fn count_insights(
        &self,
        scope: &Scope,
        first: Date,
        last: Date,
    ) -> impl Future<Output = Result<BTreeMap<ApplicationId, Tally>, PortError>> + Send;

    /// The insight, with those charts of it.
    fn look_at(
        &self,
        id: &InsightId,
        charts: Charts<'_>,
    ) -> impl Future<Output = Result<Option<Insight>, PortError>> + Send;

    /// What is open of the application, without charts; by start, and by id where that is the same.
    fn open_insights(
        &self,
        application: &ApplicationId,
    ) -> impl Future<Output = Result<Vec<Insight>, PortError>> + Send;

    /// The insight that holds the anomaly now.
    fn insight_of(&self, anomaly: &AnomalyId) -> impl Future<Output = Result<Option<InsightId>, PortError>> + Send;

    /// With its charts and from every list. False: there is none. After an error it may be without charts, and can be
    /// deleted again. What is still wrong is found again by the next watch. `entry` is written with it.
    fn delete_insight(
        &self,
        id: &InsightId,
        entry: &AuditEntry,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}

/// The changes of each application, its resources named as its inventory names them.
pub trait EventHistory: Sync {
    /// What is known already, and the same, is not written again. A verdict once given stays.
    fn keep_events(
        &self,
        application: &ApplicationId,
        events: &[ChangeEvent],
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// By time.
    fn list_events(
        &self,
        application: &ApplicationId,
        ask: &Ask,
    ) -> impl Future<Output = Result<Page<ChangeEvent>, PortError>> + Send;
}
