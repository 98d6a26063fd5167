//! The line from an application to its insights, generic over the ports: learn → watch → plan. The command line and the
//! Lambdas run this very code.

mod deliver;
mod learn;
mod metrics;
mod settings;
mod task;
mod tick;
mod usage;
mod watch;

pub use deliver::{Delivered, Silent, deliver};
pub use learn::{Baselines, Fitted, History, Learned, learn, restored, to_keep};
pub use metrics::metrics_of;
pub use settings::{dismissed, quiet, tune};
pub use stackseer_insight::Repeats;
pub use stackseer_model::Sensitivity;
pub use task::{Done, Learn, Outcome, run_learn, run_retire, run_watch};
pub use tick::{Tick, Ticked, tick};
pub use watch::{Reach, Watch, Watched, check, kept_events, watch};

/// How far back a watch looks. `GetMetricData` is billed per metric, not per point, so each watch reads it all afresh.
pub const WINDOW_MINUTES: i64 = 3 * 60;
/// What CloudWatch keeps at 60 seconds is 15 days; a whole fortnight holds every weekday twice.
pub const HISTORY_DAYS: i64 = 14;
