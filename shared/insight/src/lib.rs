//! The pure planner: from what was normal, what was just observed and what is already open, to what is now open and what
//! to tell people. It sees no clock, no network and no SDK type; `now` comes with the [`Situation`].

mod abnormal;
mod advice;
mod cause;
mod check;
mod cost;
mod findings;
mod group;
mod impact;
mod lifecycle;
mod mute;
mod pattern;
mod predicate;
mod severity;
mod situation;
mod text;
mod topology;
mod verdict;

pub use check::{CheckAnswer, CheckSituation, check_answers, plan_checks};
pub use lifecycle::{Repeats, is_news, plan};
pub use mute::mute;
pub use predicate::{Since, Usage, Use};
pub use situation::{Observed, Outcome, Plan, Situation};
pub use verdict::{Read, Releases};
