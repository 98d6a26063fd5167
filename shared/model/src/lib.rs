//! What Stackseer talks about: the domain types, their ids and the ports. No behaviour that needs a clock, a network or an SDK.

mod anomaly;
mod application;
mod change_event;
mod id;
mod insight;
mod learning;
mod message;
mod metric;
pub mod ports;
mod recommendation;
mod resource;
mod series;
mod summary;
mod task;

pub use anomaly::{Anomaly, AnomalyType, Direction};
pub use application::{Application, Boundary, Coverage, Scope};
pub use change_event::{ChangeEvent, DataSource, EventClass, PropertyChange, RegionChange};
pub use id::{AnomalyId, ApplicationId, InsightId, ResourceId, event_id};
pub use insight::{Cause, Insight, InsightType, Severity, Status, Transition};
pub use learning::{KeptBaseline, LearnedApplication, Learning};
pub use message::{Message, MessageType};
pub use metric::{BadDirection, Kind, Metric, MetricKey, MissingPoint, Role};
pub use recommendation::{Recommendation, RelatedAnomaly, RelatedEvent};
pub use resource::{Edge, EdgeKind, Inventory, Resource, Unseen};
pub use series::{BandPoint, Point, Series};
pub use summary::{InsightCounts, InsightSummary};
pub use task::{Task, TaskKind};

pub use jiff::Timestamp;
