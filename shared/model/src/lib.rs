//! What Stackseer talks about: the domain types, their ids and the ports. No behaviour that needs a clock, a network or an SDK.

mod anomaly;
mod application;
mod attribute;
mod audit;
mod cause;
mod change_event;
mod channel;
mod evidence;
mod feedback;
mod handling;
mod id;
mod impact;
mod insight;
mod learning;
mod length;
mod message;
mod metric;
mod mute;
mod place;
pub mod ports;
mod recommendation;
mod resource;
mod sensitivity;
mod series;
mod settings;
mod summary;
mod tally;
mod task;
pub mod time;
mod transition;
mod watching;
mod window;

pub use anomaly::{Anomaly, AnomalyType, Direction};
pub use application::{Application, Boundary, Coverage, Scope};
pub use attribute::Attribute;
pub use audit::AuditEntry;
pub use cause::{Cause, Change, Step};
pub use change_event::{ChangeEvent, DataSource, EventClass, PropertyChange, RegionChange, without_version};
pub use channel::{Filter, FilterError, NotificationChannel};
pub use evidence::{ConfigEvidence, DatabaseEvidence, Evidence, LogEvidence, MetricEvidence};
pub use feedback::{Feedback, FeedbackKind};
pub use handling::{Acknowledgement, Handle, Handling, HandlingError, MOST_NOTES, Note};
pub use id::{
    AnomalyId, ApplicationId, AuditId, ChannelId, InsightId, MuteId, NoteId, ResourceId, SensitivityId, event_id,
};
pub use impact::Impact;
pub use insight::{Considered, Insight, InsightType, Nature, Repeat, Severity, Status, Subject};
pub use learning::{KeptBaseline, LearnedApplication, Learning};
pub use length::{lasted, length, relative};
pub use message::{Message, MessageType};
pub use metric::{BadDirection, Kind, Metric, MetricKey, MissingPoint, Role, billed};
pub use mute::{Mute, Muted, Mutes, Quiet};
pub use place::Place;
pub use recommendation::{Recommendation, RelatedAnomaly, RelatedEvent, RelatedMetric};
pub use resource::{Edge, EdgeKind, Inventory, Resource, ResourceRef, Unseen};
pub use sensitivity::{MetricSensitivity, Sensitivity};
pub use series::{BandPoint, Point, Series};
pub use settings::{Encryption, Estimate, EstimatedResources, EventSources, Integrations, MOST_CHANNELS, Settings};
pub use summary::{InsightCounts, InsightSummary, MOST_NAMED};
pub use tally::{Lasted, Tally, day};
pub use task::{Task, TaskKind};
pub use transition::{Ending, Transited, Transition};
pub use watching::{ResourceState, Watching, WatchingCounts};
pub use window::{Window, WindowError};

pub use jiff::Timestamp;
