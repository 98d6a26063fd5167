//! The API over a store in memory, asked as clients ask it.

mod errors;
mod insights;
mod scene;
