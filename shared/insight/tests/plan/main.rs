//! The planner through its one function. Each rule has a twin in which it must not hold.

mod causes;
mod closing;
mod dropped;
mod explaining;
mod extending;
mod felt;
mod grouping;
mod impact;
mod muting;
mod numbers;
mod opening;
mod relapsing;
mod repeating;
mod scene;
mod spoken;
