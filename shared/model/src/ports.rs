//! What the line needs from outside. Each takes and returns domain types; an adapter turns its own errors into [`PortError`].

mod handling;
mod lists;
mod settings;

use crate::*;
use std::collections::BTreeMap;
use std::future::Future;

pub use handling::{Handled, InsightHandling};
pub use lists::{Ask, Charts, EventHistory, InsightHistory, InsightList, MOST_IN_PAGE, Page, Position};
pub use settings::{AuditLog, FeedbackStore, KeptSettings, SettingsStore, change_settings, give_feedback, settings_or};

/// Why a port could not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Worth trying again later: throttled, timed out, a broken connection.
    #[error("{action}: {message}")]
    Transient { action: String, message: String },
    /// The credentials may not do this.
    #[error("{action}: access denied: {message}")]
    Denied { action: String, message: String },
    /// The thing named does not exist.
    #[error("{what} not found")]
    NotFound { what: String },
    /// Asking again won't help: the request or the stored data is wrong.
    #[error("{action}: {message}")]
    Permanent { action: String, message: String },
}

/// One series, or why it could not be read. `Ok` with an empty series: it was read, and nothing was published.
pub type ReadSeries = Result<Series, Unseen>;

#[derive(Debug, Clone, Default)]
pub struct MetricAnswer {
    /// In the order asked.
    pub series: Vec<ReadSeries>,
    /// `GetMetricData` calls made, pages included.
    pub calls: u32,
    /// Some could not be read for a reason that passes: asking again may bring them.
    pub may_be_retried: bool,
}

pub trait MetricSource: Sync {
    /// Reads `metrics`, each at its own period, from `from` (inclusive) to `to` (exclusive).
    fn read(
        &self,
        metrics: &[&Metric],
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<MetricAnswer, PortError>> + Send;

    /// The dimension sets under which this metric exists.
    fn dimension_sets(
        &self,
        namespace: &str,
        metric: &str,
    ) -> impl Future<Output = Result<Vec<BTreeMap<String, String>>, PortError>> + Send;
}

pub trait ResourceSource: Sync {
    fn applications(&self, coverage: &Coverage) -> impl Future<Output = Result<Vec<Application>, PortError>> + Send;

    /// A service that can't be read lands in `Inventory::unseen`; only the application itself being gone is an error.
    fn inventory(&self, application: &Application) -> impl Future<Output = Result<Inventory, PortError>> + Send;
}

pub trait EventSource: Sync {
    /// Change events of the Region in the range, resources named as the inventory names them.
    fn change_events(
        &self,
        inventory: &Inventory,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<Vec<ChangeEvent>, PortError>> + Send;
}

/// An application's insights as the planner needs them, and the generation they were read at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InsightState {
    pub generation: u64,
    /// Open ones, and those that ended in the last seven days; by start, and by id where that is the same, whatever the
    /// store.
    pub insights: Vec<Insight>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    At(u64),
    /// Somebody else committed since the state was read; nothing was written.
    Conflict,
}

pub trait Store: Sync {
    fn insight_state(
        &self,
        application: &ApplicationId,
        now: Timestamp,
    ) -> impl Future<Output = Result<InsightState, PortError>> + Send;

    /// Only at `generation`: the changed insights with their places in the lists and the messages about them. All or nothing
    /// for each insight, and for all of a commit as long as they fit in one transaction, which a dozen do.
    fn commit(
        &self,
        application: &Application,
        generation: u64,
        changed: &[Insight],
        messages: &[Message],
    ) -> impl Future<Output = Result<Committed, PortError>> + Send;
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct RegionChanges {
    pub changes: Vec<RegionChange>,
    /// The older ones of the range that were not read, if so.
    pub unseen: Option<Unseen>,
}

/// What happened in the Region, whoever it concerns: CloudTrail.
pub trait ChangeSource: Sync {
    fn region_changes(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Future<Output = Result<RegionChanges, PortError>> + Send;
}

/// Where the Region's changes are kept for the watches; they read them as an [`EventSource`].
pub trait ChangeLog: Sync {
    /// The same change again rewrites it.
    fn record_changes(&self, changes: &[RegionChange]) -> impl Future<Output = Result<(), PortError>> + Send;
}

pub trait LearningStore: Sync {
    /// None: never learned, or kept in a form that this version can't read.
    fn learning(&self, application: &Application) -> impl Future<Output = Result<Option<Learning>, PortError>> + Send;

    /// Of what was learned only the inventory, without reading the rest.
    fn learned_inventory(
        &self,
        application: &Application,
    ) -> impl Future<Output = Result<Option<Inventory>, PortError>> + Send;

    /// Of what was learned only which resources are watched, and why the others are not.
    fn resource_states(
        &self,
        application: &Application,
    ) -> impl Future<Output = Result<Option<Vec<ResourceState>>, PortError>> + Send;

    /// Every application of the account and Region of which something is learned.
    fn learned_applications(
        &self,
        scope: &Scope,
    ) -> impl Future<Output = Result<Vec<LearnedApplication>, PortError>> + Send;

    /// Replaces what was learned before. A reader sees the old or the new, never a mixture.
    fn keep_learning(
        &self,
        application: &Application,
        learning: &Learning,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// With it, when it was last watched.
    fn forget_learning(&self, application: &Application) -> impl Future<Output = Result<(), PortError>> + Send;

    /// That the window up to `at` was looked at.
    fn keep_watched(
        &self,
        application: &Application,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// When each application of the account and Region was last watched, as far as it ever was.
    fn last_watched(
        &self,
        scope: &Scope,
    ) -> impl Future<Output = Result<BTreeMap<ApplicationId, Timestamp>, PortError>> + Send;

    /// So that one at a time learns an application: nobody else gets it before `until`, unless it is released. False: somebody
    /// else has it at `now`.
    fn reserve_learning(
        &self,
        application: &ApplicationId,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    fn release_learning(&self, application: &ApplicationId) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Where tasks wait to be done, or messages to be delivered again.
pub trait Queue<T>: Sync {
    /// All of them, or an error; some may then have been sent, which does no harm.
    fn send(&self, items: &[T]) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// One way of telling people.
pub trait Channel: Sync {
    /// Stable and unique among the channels.
    fn id(&self) -> &str;

    fn wants(&self, message: &Message, insight: &Insight) -> bool;

    fn deliver(&self, message: &Message, insight: &Insight) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Which message went to which channel already.
pub trait DeliveryLog: Sync {
    fn is_delivered(&self, message: &str, channel: &str) -> impl Future<Output = Result<bool, PortError>> + Send;

    fn mark_delivered(
        &self,
        message: &str,
        channel: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// Insights by id, as messages name them.
pub trait InsightSource: Sync {
    fn insight(&self, id: &InsightId) -> impl Future<Output = Result<Option<Insight>, PortError>> + Send;
}
