//! What the operations run on.

use crate::error::Error;
use crate::wire;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use stackseer_model::ports::{
    AuditLog, EventHistory, FeedbackStore, InsightHandling, InsightHistory, LearningStore, PortError, SettingsStore,
    change_settings, settings_or,
};
use stackseer_model::{AuditEntry, NotificationChannel, Scope, Sensitivity, Settings};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What insights, changes and inventories are read from.
pub trait History: InsightHistory + EventHistory + LearningStore {}

impl<T: InsightHistory + EventHistory + LearningStore> History for T {}

/// What people set and do is kept here.
pub trait Desk: SettingsStore + FeedbackStore + InsightHandling + AuditLog {}

impl<T: SettingsStore + FeedbackStore + InsightHandling + AuditLog> Desk for T {}

/// All that is read and written.
pub trait Ports: History + Desk + Send + Sync + 'static {}

impl<T: History + Desk + Send + Sync + 'static> Ports for T {}

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// None: it can't be stopped or made faster.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// What is none stays as it is. False: it can't be set.
    fn set(&self, _paused: Option<bool>, _speed: Option<f64>, _now: Option<Timestamp>) -> bool {
        false
    }
}

/// How a demo's clock goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    pub paused: bool,
    /// Seconds in a second.
    pub speed: f64,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Who asks, as the front door knows them: it puts this into the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self("unknown".to_owned())))
    }
}

/// Sends a message to a channel that says that it is a test.
pub trait Tester: Send + Sync + 'static {
    fn test<'a>(&'a self, channel: &'a NotificationChannel) -> Pin<Box<dyn Future<Output = Tried> + Send + 'a>>;
}

/// Whether the channel took it, or why not; an error: it could not be tried.
pub type Tried = Result<Result<(), String>, PortError>;

/// Who serves it, for whom.
#[derive(Clone)]
pub struct Setup {
    /// The accounts and Regions that are watched, one's own first: there is always that.
    pub own: Scope,
    pub others: Vec<Scope>,
    pub source: wire::Source,
    pub clock: Arc<dyn Clock>,
    /// What holds until somebody sets anything.
    pub first: Settings,
    /// The sensitivity of what nobody set one of.
    pub sensitivity: Sensitivity,
    /// None: nothing is sent from here.
    pub tester: Option<Arc<dyn Tester>>,
}

pub struct Api<P> {
    pub(crate) ports: Arc<P>,
    pub(crate) setup: Setup,
}

impl<P> Api<P> {
    pub fn new(ports: Arc<P>, setup: Setup) -> Self {
        Self { ports, setup }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.setup.clock.now()
    }

    /// Whether it is one's own account and Region, or one of the account that is named.
    pub(crate) fn is_asked(&self, scope: &Scope, account: Option<&str>) -> bool {
        match account {
            None => *scope == self.setup.own,
            Some(account) => scope.account == account && self.scopes().any(|known| known == scope),
        }
    }

    pub(crate) fn scopes(&self) -> impl Iterator<Item = &Scope> {
        std::iter::once(&self.setup.own).chain(&self.setup.others)
    }
}

impl<P: SettingsStore> Api<P> {
    pub(crate) async fn settings(&self) -> Result<Settings, PortError> {
        settings_or(&*self.ports, &self.setup.own, &self.setup.first).await
    }

    pub(crate) fn entry(&self, caller: &Caller, what: &str, command: Option<&str>) -> AuditEntry {
        AuditEntry::new(&self.setup.own, self.now(), &caller.0, what, command)
    }

    /// Changes what is set; what it is refused with is the answer.
    pub(crate) async fn change<T>(
        &self,
        entry: &AuditEntry,
        change: impl Fn(&mut Settings) -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        change_settings(&*self.ports, &self.setup.own, &self.setup.first, entry, change).await?
    }
}

impl<P> Clone for Api<P> {
    fn clone(&self) -> Self {
        Self { ports: self.ports.clone(), setup: self.setup.clone() }
    }
}
