//! What Stackseer talks about: the domain types, their ids and the ports. No behaviour that needs a clock, a network or an SDK.

mod anomaly;
mod application;
mod attribute;
mod cause;
mod change_event;
mod evidence;
mod id;
mod impact;
mod insight;
mod learning;
mod length;
mod message;
mod metric;
mod place;
pub mod ports;
mod recommendation;
mod resource;
mod series;
mod summary;
mod task;
mod transition;
mod watching;

pub use anomaly::{Anomaly, AnomalyType, Direction};
pub use application::{Application, Boundary, Coverage, Scope};
pub use attribute::Attribute;
pub use cause::{Cause, Change, Step};
pub use change_event::{ChangeEvent, DataSource, EventClass, PropertyChange, RegionChange, without_version};
pub use evidence::{ConfigEvidence, DatabaseEvidence, Evidence, LogEvidence, MetricEvidence};
pub use id::{AnomalyId, ApplicationId, InsightId, ResourceId, event_id};
pub use impact::Impact;
pub use insight::{Considered, Insight, InsightType, Nature, Repeat, Severity, Status, Subject};
pub use learning::{KeptBaseline, LearnedApplication, Learning};
pub use length::{lasted, length, relative};
pub use message::{Message, MessageType};
pub use metric::{BadDirection, Kind, Metric, MetricKey, MissingPoint, Role};
pub use place::Place;
pub use recommendation::{Recommendation, RelatedAnomaly, RelatedEvent, RelatedMetric};
pub use resource::{Edge, EdgeKind, Inventory, Resource, ResourceRef, Unseen};
pub use series::{BandPoint, Point, Series};
pub use summary::{InsightCounts, InsightSummary};
pub use task::{Task, TaskKind};
pub use transition::{Ending, Transited, Transition};
pub use watching::{ResourceState, Watching, WatchingCounts};

pub use jiff::Timestamp;
