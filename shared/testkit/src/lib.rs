//! What tests and the demo run on instead of AWS: a simulated shop, scenario files, an in-memory store, a clock that stands
//! where it is put, seeded series. Nothing here knows how detection works or what the catalogue holds.

mod channels;
pub mod clock;
mod faulty;
mod queue;
pub mod scenario;
pub mod series;
pub mod simulator;
mod store;

pub use channels::{MemoryChannel, MemoryDeliveryLog, MemoryInsights};
pub use faulty::Faulty;
pub use queue::MemoryQueue;
pub use store::MemoryStore;
