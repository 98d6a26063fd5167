//! What the operations run on.

use jiff::Timestamp;
use stackseer_model::Scope;
use stackseer_model::ports::{EventHistory, InsightHistory, InsightSource, LearningStore};
use std::sync::Arc;

/// All that is read and written.
pub trait Ports: InsightHistory + InsightSource + EventHistory + LearningStore + Send + Sync + 'static {}

impl<T: InsightHistory + InsightSource + EventHistory + LearningStore + Send + Sync + 'static> Ports for T {}

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

/// Who serves it, for whom.
#[derive(Clone)]
pub struct Setup {
    /// The accounts and Regions that are watched, one's own first: there is always that.
    pub own: Scope,
    pub others: Vec<Scope>,
    pub source: crate::wire::Source,
    pub clock: Arc<dyn Clock>,
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

impl<P> Clone for Api<P> {
    fn clone(&self) -> Self {
        Self { ports: self.ports.clone(), setup: self.setup.clone() }
    }
}
