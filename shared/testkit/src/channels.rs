//! Channels that remember instead of sending, and what is around them.

use stackseer_model::ports::{Channel, DeliveryLog, InsightSource, PortError};
use stackseer_model::{Insight, InsightId, Message, Severity, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A [`Channel`] that fails when it is told to.
#[derive(Debug)]
pub struct MemoryChannel {
    id: String,
    least: Severity,
    state: Mutex<ChannelState>,
}

#[derive(Debug, Default)]
struct ChannelState {
    sent: Vec<String>,
    tries: usize,
    failures: VecDeque<PortError>,
}

impl MemoryChannel {
    pub fn new(id: &str) -> Self {
        Self::of(id, Severity::Low)
    }

    /// Wants nothing about insights of a lower severity.
    pub fn of(id: &str, least: Severity) -> Self {
        Self { id: id.to_owned(), least, state: Mutex::default() }
    }

    /// The next delivery fails with this; several are used up one by one.
    pub fn fail_next(&self, error: PortError) {
        locked(&self.state).failures.push_back(error);
    }

    /// Ids of the messages sent, in order.
    pub fn sent(&self) -> Vec<String> {
        locked(&self.state).sent.clone()
    }

    /// Deliveries tried, failed ones included.
    pub fn tries(&self) -> usize {
        locked(&self.state).tries
    }
}

impl Channel for MemoryChannel {
    fn id(&self) -> &str {
        &self.id
    }

    fn wants(&self, _: &Message, insight: &Insight) -> bool {
        insight.severity >= self.least
    }

    async fn deliver(&self, message: &Message, _: &Insight) -> Result<(), PortError> {
        let mut state = locked(&self.state);
        state.tries += 1;
        match state.failures.pop_front() {
            Some(error) => Err(error),
            None => {
                state.sent.push(message.id.clone());
                Ok(())
            }
        }
    }
}

/// A [`DeliveryLog`] in memory. Reading and writing fail apart from each other.
#[derive(Debug, Default)]
pub struct MemoryDeliveryLog(Mutex<LogState>);

#[derive(Debug, Default)]
struct LogState {
    delivered: BTreeSet<(String, String)>,
    read_failures: VecDeque<PortError>,
    write_failures: VecDeque<PortError>,
}

impl MemoryDeliveryLog {
    pub fn fail_next_read(&self, error: PortError) {
        locked(&self.0).read_failures.push_back(error);
    }

    pub fn fail_next_write(&self, error: PortError) {
        locked(&self.0).write_failures.push_back(error);
    }

    /// Message and channel.
    pub fn delivered(&self) -> Vec<(String, String)> {
        locked(&self.0).delivered.iter().cloned().collect()
    }
}

impl DeliveryLog for MemoryDeliveryLog {
    async fn is_delivered(&self, message: &str, channel: &str) -> Result<bool, PortError> {
        let mut state = locked(&self.0);
        match state.read_failures.pop_front() {
            Some(error) => Err(error),
            None => Ok(state.delivered.contains(&(message.to_owned(), channel.to_owned()))),
        }
    }

    async fn mark_delivered(&self, message: &str, channel: &str, _: Timestamp) -> Result<(), PortError> {
        let mut state = locked(&self.0);
        match state.write_failures.pop_front() {
            Some(error) => Err(error),
            None => {
                state.delivered.insert((message.to_owned(), channel.to_owned()));
                Ok(())
            }
        }
    }
}

/// An [`InsightSource`] in memory.
#[derive(Debug, Default)]
pub struct MemoryInsights {
    insights: BTreeMap<InsightId, Insight>,
    failures: Mutex<VecDeque<PortError>>,
}

impl MemoryInsights {
    pub fn of(insights: impl IntoIterator<Item = Insight>) -> Self {
        let insights = insights.into_iter().map(|insight| (insight.id.clone(), insight)).collect();
        Self { insights, failures: Mutex::default() }
    }

    pub fn fail_next(&self, error: PortError) {
        locked(&self.failures).push_back(error);
    }
}

impl InsightSource for MemoryInsights {
    async fn insight(&self, id: &InsightId) -> Result<Option<Insight>, PortError> {
        match locked(&self.failures).pop_front() {
            Some(error) => Err(error),
            None => Ok(self.insights.get(id).cloned()),
        }
    }
}
