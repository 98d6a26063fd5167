//! What tests and the demo run on instead of AWS: a simulated shop, scenario files, an in-memory store, a clock that stands
//! where it is put, seeded series. Nothing here knows how detection works or what the catalogue holds.

pub mod clock;
pub mod scenario;
pub mod series;
pub mod simulator;
mod store;

pub use store::MemoryStore;
